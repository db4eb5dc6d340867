//! `vigie doctor`

use std::io::Write;
use std::process::ExitCode;

use vigie_app::check_node::{self, Health};

use crate::cli::data::Data;
use crate::cli::exit;

/// Check a node and say what to do about what is wrong
///
/// Exit status: 0 all is well, 3 something needs attention, 2 the node could not be checked.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
}

pub(crate) async fn run(args: Args, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let mut checks = vec![match args.data.config() {
        Ok(_) => check_node::Check::well("configuration", "every key is known"),
        Err(error) => check_node::Check::ill("configuration", &error, "correct the key that is named"),
    }];
    let settings = args.data.config().unwrap_or_default().settings(&args.data.data);
    checks.extend(check_node::run(settings).await);
    let mut ill = false;
    for check in &checks {
        let mark = match check.health {
            Health::Well => "ok   ",
            Health::Ill => "WRONG",
        };
        ill |= check.health == Health::Ill;
        writeln!(out, "{mark}  {:<14} {}", check.what, check.found)?;
        if let Some(remedy) = &check.remedy {
            writeln!(out, "       {:<14} -> {remedy}", "")?;
        }
    }
    Ok(ExitCode::from(if ill { exit::FOUND } else { exit::CLEAN }))
}
