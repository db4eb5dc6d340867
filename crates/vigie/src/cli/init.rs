//! `vigie init`

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use vigie_app::init_node;
use vigie_model::country::Country;

use crate::cli::exit;

/// Set up a node: its folder, keys, certificate and first collections
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folder to make
    #[arg(long, value_name = "DIR", env = "VIGIE_DATA")]
    data: PathBuf,
    /// The nation, as two letters of ISO 3166-1
    #[arg(long, value_name = "CC")]
    nation: Country,
    /// The name of the CERT, for people to read
    #[arg(long)]
    name: String,
}

pub(crate) fn run(args: &Args, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let node = init_node::run(&args.data, args.nation, &args.name)?;
    writeln!(out, "node         {}", args.data.display())?;
    writeln!(out, "member       {}", node.member)?;
    writeln!(out, "identity     {}", node.identity)?;
    writeln!(out, "fingerprint  {}", node.fingerprint)?;
    writeln!(out, "next         vigie serve --data {}", args.data.display())?;
    Ok(ExitCode::from(exit::CLEAN))
}
