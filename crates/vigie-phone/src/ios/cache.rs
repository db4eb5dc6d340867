//! What apps loaded from the web and kept. Every `Cache.db`.

use super::draft::Draft;
use super::reading::{self, number, words};
use crate::{Artefact, Input, Kind, Record, State, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "cache",
    places: &[(Kind::IosBackup, &["**/Cache.db"]), (Kind::IosDump, &["**/Cache.db"])],
    reader: read,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        reading.each("cfurl_cache_response", &["request_key", "time_stamp"], |row| {
            let mut draft = Draft::of("response", number(row));
            let url = words(row, "request_key");
            draft.say(&url);
            draft.url(&url);
            draft.tell("for", &words(row, "partition"));
            draft.url(&words(row, "partition"));
            draft.at("loaded", written(&words(row, "time_stamp")));
            Some(draft)
        });
    })
}

/// `2026-05-28 20:26:40`, UTC.
fn written(text: &str) -> Option<i64> {
    let time: jiff::civil::DateTime = text.parse().ok()?;
    let time = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    time::unix_seconds(time.timestamp().as_second())
}
