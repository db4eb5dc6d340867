//! Domains that a browser or an app's pages met. `observations.db`.

use super::draft::Draft;
use super::reading::{self, is_set, number, words};
use crate::sqlite::Row;
use crate::{Artefact, Input, Kind, Record, State, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "webkit_statistics",
    places: &[(Kind::IosBackup, &["**/observations.db"]), (Kind::IosDump, &["**/observations.db"])],
    reader: read,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        reading.each("ObservedDomains", &["registrableDomain", "lastSeen"], |row| {
            let mut draft = Draft::of("domain", number(row));
            let domain = words(row, "registrableDomain");
            draft.say(&domain);
            draft.host(&domain);
            if is_set(row, "hadUserInteraction") {
                draft.say("the owner used a page of it");
            }
            draft.at("last seen", seconds(row, "lastSeen"));
            draft.at("last used", seconds(row, "mostRecentUserInteractionTime"));
            draft.at("last push", seconds(row, "mostRecentWebPushInteractionTime"));
            Some(draft)
        });
    })
}

/// Seconds since 1970; -1 stands for never.
fn seconds(row: &Row<'_>, column: &str) -> Option<i64> {
    row.real(column).filter(|it| *it > 0.0).and_then(time::unix_real)
}
