//! Which apps may use what: camera, microphone, location. `TCC.db`.
//!
//! Older versions keep `allowed`, newer ones `auth_value` with a reason, and only newer ones a time.

use vigie_model::event::Path;

use super::draft::Draft;
use super::reading::{self, number, words};
use crate::sqlite::Row;
use crate::{Artefact, Input, Kind, Record, State, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "tcc",
    places: &[
        (Kind::IosBackup, &["HomeDomain/Library/TCC/TCC.db"]),
        (Kind::IosDump, &["private/var/mobile/Library/TCC/TCC.db"]),
        (Kind::Sysdiagnose, &["logs/Accessibility/TCC.db"]),
    ],
    reader: read,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let answer = reading.column("access", |it| it == "auth_value" || it == "allowed");
        if answer.is_none() {
            reading.lose("table `access` says neither `auth_value` nor `allowed`".to_owned());
        }
        let mut count = 0;
        for (table, gone) in [("access", false), ("expired", true)] {
            if gone && !reading.has(table) {
                continue;
            }
            reading.each(table, &["service", "client"], |row| {
                count += 1;
                // Not every version numbers these rows.
                let at = row.rowid().map_or(count, |_| number(row));
                let mut draft = Draft::of(if gone { "expired" } else { "permission" }, at);
                permission(row, &mut draft);
                if gone {
                    draft.say("taken away");
                }
                Some(draft)
            });
        }
    })
}

fn permission(row: &Row<'_>, draft: &mut Draft) {
    let client = words(row, "client");
    let service = words(row, "service");
    draft.say(&format!("{client} asked for {}", service.trim_start_matches("kTCCService")));
    draft.say(answer(row));
    draft.tell("for", &words(row, "indirect_object_identifier").replace("UNUSED", ""));
    let is_path = row.integer("client_type") == Some(1) || client.starts_with('/');
    if is_path {
        draft.file(&client);
        draft.see(Path::ProcessName, client.rsplit('/').next().unwrap_or_default());
    } else {
        draft.see(Path::AppId, &client);
        draft.see(Path::ProcessName, &client);
    }
    let seconds = |column: &str| row.integer(column).filter(|it| *it != 0).and_then(time::unix_seconds);
    draft.at("changed", seconds("last_modified"));
    draft.at("last reminded", seconds("last_reminded"));
    draft.at("expired", seconds("expired_at"));
}

fn answer(row: &Row<'_>) -> &'static str {
    if let Some(answer) = row.integer("auth_value") {
        return match answer {
            0 => "denied",
            1 => "answer unknown",
            2 => "allowed",
            3 => "allowed in part",
            _ => "answer of an unknown kind",
        };
    }
    match row.integer("allowed") {
        Some(0) => "denied",
        Some(_) => "allowed",
        None => "answer not kept",
    }
}
