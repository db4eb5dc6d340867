//! `vigie completions`

use std::io::Write;
use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::cli::{Arguments, exit};

/// Print the completions of a shell
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> ExitCode {
    clap_complete::generate(args.shell, &mut Arguments::command(), "vigie", out);
    ExitCode::from(exit::CLEAN)
}
