//! `cargo xtask test`: the whole suite, after providing what it needs.

use std::process::Command;

use crate::{provide, run};

/// Runs all tests of the workspace.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let clients = provide::python_clients()?;
    let browser = provide::browser()?;
    provide::fonts()?;
    let strace = provide::strace()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--workspace"]).args(arguments).current_dir(run::root());
    if let Some(python) = clients {
        command.env("VIGIE_TEST_PYTHON", python);
    }
    if let Some(browser) = browser {
        command.env("VIGIE_TEST_BROWSER", browser);
    }
    if let Some(strace) = strace {
        command.env("VIGIE_TEST_STRACE", strace);
    }
    run::checked(&mut command)
}
