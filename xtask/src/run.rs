//! Running other programs, with their command line shown.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail};

/// The top of the checkout.
pub(crate) fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(PathBuf::from).unwrap_or(own)
}

/// Runs cargo at the top of the checkout.
pub(crate) fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    checked(Command::new(cargo).args(arguments).current_dir(root()))
}

/// Runs a command, and fails when it does.
pub(crate) fn checked(command: &mut Command) -> anyhow::Result<()> {
    say(&format!("running {command:?}"));
    let status = command.status().with_context(|| format!("could not start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

/// Tells the person at the terminal what is being done.
#[expect(clippy::print_stderr, reason = "this is a command-line tool")]
pub(crate) fn say(text: &str) {
    eprintln!("xtask: {text}");
}
