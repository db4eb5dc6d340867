//! `vigie manual`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::cli::{Arguments, exit};

/// Print the manual page, or write the pages of all commands into a folder
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Write `vigie.1`, `vigie-serve.1`, … there
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match &args.dir {
        Some(dir) => clap_mangen::generate_to(Arguments::command(), dir)?,
        None => clap_mangen::Man::new(Arguments::command()).render(out)?,
    }
    Ok(ExitCode::from(exit::CLEAN))
}
