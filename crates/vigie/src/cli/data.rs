//! The option that nearly every command takes: which node.

use std::path::PathBuf;

use vigie_app::app::{App, AppError};

use crate::config::{Config, ConfigError};

/// Which node a command is about.
#[derive(clap::Args, Debug)]
pub(crate) struct Data {
    /// The node's folder, made by `vigie init`
    #[arg(long, value_name = "DIR", env = "VIGIE_DATA")]
    pub(crate) data: PathBuf,
    /// The configuration; `vigie.toml` in the node's folder when not given
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Why a node could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The node cannot be opened.
    #[error(transparent)]
    App(#[from] AppError),
}

impl Data {
    /// The configuration in force.
    pub(crate) fn config(&self) -> Result<Config, ConfigError> {
        let file = self.config.clone().unwrap_or_else(|| self.data.join("vigie.toml"));
        Config::load(&file, self.config.is_some(), std::env::vars())
    }

    /// The node.
    pub(crate) fn open(&self) -> Result<App, OpenError> {
        Ok(App::open(self.config()?.settings(&self.data))?)
    }
}
