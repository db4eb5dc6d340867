//! `cargo xtask bench phone`: `vigie phone check` beside MVT, on the same phones in the same run.
//!
//! Each part is a file and answers one question; all print a table, which docs/phone.md shows, and add to a result in JSON.
//! `cargo xtask bench phone/PART` runs one part. A part fails where a promise does: then the command does too, after all
//! parts were run.
//!
//! The phones are the shared data beside the checkout (`VIGIE_SHARED_DATA` names another place) and backups that the shared
//! writer of backups makes, kept in the target folder. MVT is installed from PyPI into an environment of its own and run
//! as a program, without network; `VIGIE_BENCH_MVT` names an environment that has it. `VIGIE_BENCH_BINARY` names a
//! `vigie` that is built already; otherwise the release binary is built.
//!
//! Start with [`PARTS`], then `programs.rs`.

mod case;
mod damage;
mod decryption;
mod json;
mod measure;
mod outcome;
mod privacy;
mod programs;
mod recall;
mod rows;
mod speed;
mod sysdiagnose;
mod zones;

use std::fs;

use anyhow::bail;
use serde_json::{Map, Value};

use outcome::Outcome;
use programs::{Bench, remove};

use crate::run::say;

/// A part: its name, what it asks, and what answers.
struct Part {
    name: &'static str,
    asks: &'static str,
    answer: fn(&Bench) -> anyhow::Result<Outcome>,
}

const PARTS: [Part; 8] = [
    Part { name: "recall", asks: "Which planted traces are found?", answer: recall::answer },
    Part { name: "sysdiagnose", asks: "Is a sysdiagnose searched?", answer: sysdiagnose::answer },
    Part { name: "rows", asks: "How many rows are read of each artefact?", answer: rows::answer },
    Part { name: "damage", asks: "Is damage told?", answer: damage::answer },
    Part { name: "decryption", asks: "Is what is decrypted right?", answer: decryption::answer },
    Part {
        name: "privacy",
        asks: "What is left on the disk, and who is spoken to?",
        answer: privacy::answer,
    },
    Part { name: "zones", asks: "Does the machine's time zone change anything?", answer: zones::answer },
    Part { name: "speed", asks: "How long, and how much memory?", answer: speed::answer },
];

/// The names of the parts.
pub(super) fn parts() -> Vec<&'static str> {
    PARTS.iter().map(|it| it.name).collect()
}

/// Whether there is a part of this name.
pub(super) fn has_part(name: &str) -> bool {
    parts().contains(&name)
}

/// Runs the named parts, or all.
#[expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
pub(super) fn run(names: &[String]) -> anyhow::Result<()> {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let mut all = Map::new();
    let mut text = String::new();
    let mut broken = Vec::new();
    all.insert("programs".to_owned(), bench.describe()?);
    for part in PARTS.iter().filter(|it| names.is_empty() || names.iter().any(|name| name == it.name)) {
        say(&format!("phone/{}: {}", part.name, part.asks));
        let outcome = (part.answer)(&bench)?;
        let written =
            format!("## {}\n\n`cargo xtask bench phone/{}`\n\n{}\n", part.asks, part.name, outcome.text);
        println!("{written}");
        text.push_str(&written);
        all.insert(part.name.to_owned(), outcome.json);
        broken.extend(outcome.broken.into_iter().map(|it| format!("{}: {it}", part.name)));
    }
    let json = serde_json::to_string_pretty(&Value::Object(all))?;
    fs::write(bench.results.join("result.json"), json)?;
    fs::write(bench.results.join("result.md"), text)?;
    say(&format!("written: {0}/result.json, {0}/result.md", bench.results.display()));
    for broken in &broken {
        say(broken);
    }
    if !broken.is_empty() {
        bail!(
            "{} promises are not kept; what the programs wrote is in {}",
            broken.len(),
            bench.work.display()
        );
    }
    remove(&bench.work)
}
