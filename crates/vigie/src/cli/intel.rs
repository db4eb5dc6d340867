//! `vigie intel`

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use vigie_app::export_sensor_rules::{self, Manifest, Range};
use vigie_app::ingest_intel::Fate;
use vigie_app::publish_indicator::{self, Draft};
use vigie_app::{export_intel, ingest_intel, read_objects, revoke_object};
use vigie_model::collection::SHARED;
use vigie_model::label::{Clause, Party, Tlp};
use vigie_stix::id::StixId;

use crate::cli::data::Data;
use crate::cli::exit;

/// What `intel export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExportFormat {
    /// A STIX bundle, to standard output
    Stix,
    /// Rules and datasets for Suricata, and rules for Snort, into a folder
    Suricata,
}

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
    /// Print a collection as a bundle, every object with its exact text; or write what the nation's sensors can look for
    ///
    /// `--format suricata` writes a folder: rules of indicators, datasets of plain values with a rule for each place
    /// where a sensor sees such values, and `manifest.json`, which says what could not be expressed and until when the
    /// export is good. Only what this node may detect with now is written.
    Export {
        #[command(flatten)]
        data: Data,
        /// The collection's id or alias; `shared` unless given. For sensors every collection counts
        #[arg(long)]
        collection: Option<String>,
        /// What to write
        #[arg(long, value_enum, default_value_t = ExportFormat::Stix)]
        format: ExportFormat,
        /// The folder for the files for sensors
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// The first number (`sid`) that rules may be given
        #[arg(long, value_name = "SID", default_value_t = Range::default().first)]
        first_sid: u32,
        /// How many numbers there are from it on
        #[arg(long, value_name = "N", default_value_t = Range::default().count)]
        sids: u32,
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
        Command::Export { data, collection, format: ExportFormat::Stix, .. } => {
            let app = data.open()?;
            let home = app.home().await?;
            export_intel::run(&app, &home, collection.as_deref().unwrap_or(SHARED), out).await?;
        }
        Command::Export { data, collection, out: folder, first_sid, sids, .. } => {
            anyhow::ensure!(
                collection.is_none(),
                "sensors are given every collection; leave `--collection` out"
            );
            let folder = folder.context("give the folder for the files with `--out DIR`")?;
            let numbers = Range { first: first_sid, count: sids };
            let request = export_sensor_rules::Request { out: folder, numbers };
            tell(&export_sensor_rules::run(&data.open()?, request).await?, out)?;
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

/// What was exported for sensors, for people.
fn tell(manifest: &Manifest, out: &mut impl Write) -> anyhow::Result<()> {
    for (file, entries) in &manifest.files {
        writeln!(out, "{entries:>8} {file}")?;
    }
    for (reason, indicators) in &manifest.left_out {
        writeln!(out, "{indicators:>8} left out: {reason}")?;
    }
    if let Some(end) = &manifest.good_until {
        writeln!(out, "good until {end}")?;
    }
    Ok(())
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
