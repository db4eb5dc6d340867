//! What the keychain and iCloud noted of their failures. Databases below `Keychains/Analytics`.
//!
//! Each row is a property list. Programs and domains that an attack used stand in it under names that differ; so every short
//! text counts as the name of a program, and every one that looks like a host as one.

use vigie_model::event::Path;

use super::deep;
use super::draft::Draft;
use super::reading::{self, number};
use crate::{Artefact, Input, Kind, Record, State, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "analytics",
    places: &[(Kind::IosDump, &["private/var/Keychains/Analytics/*.db"])],
    reader: read,
};

const TABLES: [&str; 3] = ["hard_failures", "soft_failures", "all_events"];

/// Longer texts are messages.
const NAME: usize = 64;

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let limits = reading.limits();
        let mut damaged = 0;
        let there: Vec<_> = TABLES.into_iter().filter(|it| reading.has(it)).collect();
        if there.is_empty() {
            reading.lose(format!("the database has none of the tables `{}`", TABLES.join("`, `")));
        }
        for table in there {
            reading.each(table, &["timestamp", "data"], |row| {
                let data = row.blob("data").unwrap_or_default();
                if data.is_empty() {
                    return None;
                }
                let texts = deep::texts(&data, limits);
                damaged += u64::from(texts.damaged);
                let mut draft = Draft::of(table, number(row));
                for (name, text) in &texts.named {
                    draft.tell(&format!("{name}:"), text);
                    name_of(&mut draft, text);
                }
                let time = row.real("timestamp").filter(|it| *it > 0.0);
                draft.at("noted", time.and_then(time::unix_real));
                Some(draft)
            });
        }
        if damaged > 0 {
            reading.lose(format!("{damaged} entries were read in part only"));
        }
    })
}

fn name_of(draft: &mut Draft, text: &str) {
    draft.links_in(text);
    if text.len() > NAME || text.contains(char::is_whitespace) {
        return;
    }
    draft.see(Path::ProcessName, text.rsplit('/').next().unwrap_or_default());
    if text.starts_with('/') {
        draft.file(text);
    } else if psl::suffix(text.as_bytes()).is_some_and(|it| it.is_known()) && psl::domain_str(text).is_some()
    {
        draft.host(text);
    }
}
