//! `vigie intel`

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use vigie_app::ingest_intel::Fate;
use vigie_app::publish_indicator::{self, Draft};
use vigie_app::{export_intel, ingest_intel, read_objects, revoke_object};
use vigie_model::collection::SHARED;
use vigie_model::label::{Clause, Party, Tlp};
use vigie_stix::id::StixId;

use crate::cli::data::Data;
use crate::cli::exit;

/// Take intelligence in, publish it, look at it, take it back
#[derive(clap::Subcommand, Debug)]
pub(crate) enum Command {
    /// Take STIX files into a collection; each object on its own account
    ///
    /// Exit status: 0 everything was taken in or known, 3 some objects were refused, 2 a file could not be read.
    Import {
        #[command(flatten)]
        data: Data,
        /// The collection's id or alias; what allies pull is `shared`
        #[arg(long, default_value = SHARED)]
        collection: String,
        /// Bundles, envelopes, lists or single objects; `-` for standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print a collection as a bundle, every object with its exact text
    Export {
        #[command(flatten)]
        data: Data,
        /// The collection's id or alias
        #[arg(long, default_value = SHARED)]
        collection: String,
    },
    /// Print the versions of an object, newest last, with their labels
    Show {
        #[command(flatten)]
        data: Data,
        /// The object
        id: StixId,
    },
    /// Print the objects whose text holds these words, one a line
    Search {
        #[command(flatten)]
        data: Data,
        /// Looked for in each object's text, upper and lower case alike
        words: String,
        /// At most this many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Publish an indicator to allies, and print its id
    Publish {
        #[command(flatten)]
        data: Data,
        /// For people to read
        #[arg(long)]
        name: String,
        /// A STIX pattern, such as `[domain-name:value = 'bad.example']`
        #[arg(long)]
        pattern: String,
        /// `clear`, `green`, `amber`, `amber+strict` or `red`
        #[arg(long, default_value = "amber+strict")]
        tlp: Tlp,
        /// Only these may have it: countries, identities or groups, with commas between
        #[arg(long, value_name = "PARTIES", value_delimiter = ',')]
        rel: Vec<String>,
        /// But not these
        #[arg(long, value_name = "PARTIES", value_delimiter = ',')]
        except: Vec<String>,
    },
    /// Take back what this node published: it stops firing at every ally
    Revoke {
        #[command(flatten)]
        data: Data,
        /// The object
        id: StixId,
    },
}

pub(crate) async fn run(command: Command, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    match command {
        Command::Import { data, collection, files } => return import(&data, &collection, &files, out).await,
        Command::Export { data, collection } => {
            let app = data.open()?;
            let home = app.home().await?;
            export_intel::run(&app, &home, &collection, out).await?;
        }
        Command::Show { data, id } => {
            let app = data.open()?;
            for (label, intel) in export_intel::versions(&app, &app.home().await?, &id).await? {
                let it = intel.get();
                writeln!(
                    out,
                    "# {} {} {label}{}",
                    it.id,
                    it.version,
                    if it.revoked { " revoked" } else { "" }
                )?;
                writeln!(out, "{}", it.text)?;
            }
        }
        Command::Search { data, words, limit } => {
            let app = data.open()?;
            for intel in export_intel::search(&app, &app.home().await?, &words, limit).await? {
                writeln!(out, "{}", intel.get().text)?;
            }
        }
        Command::Publish { data, name, pattern, tlp, rel, except } => {
            let app = data.open()?;
            let audience = (!rel.is_empty()).then(|| Clause {
                any_of: rel.iter().map(|it| party(it)).collect(),
                except: except.iter().map(|it| party(it)).collect(),
            });
            anyhow::ensure!(rel.len() + 1 > except.len(), "--except takes away from --rel; give --rel too");
            let draft = Draft { name, description: None, pattern, tlp, audience };
            writeln!(out, "{}", publish_indicator::run(&app, &app.home().await?, draft).await?)?;
        }
        Command::Revoke { data, id } => {
            let app = data.open()?;
            revoke_object::run(&app, &app.home().await?, &id).await?;
        }
    }
    Ok(ExitCode::from(exit::CLEAN))
}

/// Two letters are a country, a STIX identity is an organisation, all else is a group.
fn party(text: &str) -> Party {
    match (text.parse(), text.starts_with("identity--")) {
        (Ok(country), _) => Party::Country(country),
        (_, true) => Party::Organisation(text.to_owned()),
        _ => Party::Group(text.to_owned()),
    }
}

async fn import(
    data: &Data,
    collection: &str,
    files: &[PathBuf],
    out: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let app = data.open()?;
    let home = app.home().await?;
    let collection =
        read_objects::find(&app, &home, collection).await.with_context(|| format!("`{collection}`"))?;
    let (mut added, mut known, mut refused, mut invalid) = (0_u64, 0_u64, 0_u64, 0_u64);
    let bar = indicatif::ProgressBar::new(files.len() as u64);
    for file in files {
        let bytes = read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let taken = ingest_intel::run(&app, &home, collection.id, bytes).await;
        for one in taken.with_context(|| format!("`{}`", file.display()))? {
            if let Some(remark) = one.remark {
                invalid += 1;
                bar.suspend(|| writeln!(out, "{}: {} taken as it is: {remark}", file.display(), one.id))?;
            }
            match one.fate {
                Fate::Added => added += 1,
                Fate::Known => known += 1,
                Fate::Refused(why) => {
                    refused += 1;
                    bar.suspend(|| writeln!(out, "{}: {} refused: {why}", file.display(), one.id))?;
                }
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    writeln!(out, "{added} added, {known} known already, {invalid} of them not valid, {refused} refused")?;
    Ok(ExitCode::from(if refused == 0 { exit::CLEAN } else { exit::FOUND }))
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    std::fs::read(file)
}
