//! The configuration: a file, and after the first NUL the environment, one `NAME=VALUE` a line.

use std::path::Path;

use vigie::config::Config;

/// What is taken makes settings.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (file, environment) = text.split_once('\0').unwrap_or((text, ""));
    let variables = environment.lines().filter_map(|it| it.split_once('='));
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    match Config::parse(file, Path::new("vigie.toml"), variables) {
        Ok(config) => drop(config.settings(Path::new("data"))),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
