//! `vigie journal`

use std::io::Write;
use std::process::ExitCode;

use vigie_app::read_journal;
use vigie_stix::timestamp::Timestamp;

use crate::cli::data::Data;
use crate::cli::exit;

/// Read what a node did
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Print the entries in order, one JSON object a line
    Show {
        #[command(flatten)]
        data: Data,
        /// Begin after this entry
        #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
        after: u64,
        /// At most this many
        #[arg(long, default_value_t = 1_000)]
        limit: usize,
    },
}

pub(crate) async fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let Command::Show { data, after, limit } = command;
    for entry in read_journal::run(&data.open()?, after, limit).await? {
        let line = serde_json::json!({
            "sequence": entry.sequence,
            "time": Timestamp::from_nanos_micros(entry.time.into()).as_str(),
            "actor": entry.actor,
            "act": entry.act,
        });
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::from(exit::CLEAN))
}
