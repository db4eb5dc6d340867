//! Who was in touch with whom by which app. `interactionC.db`.
//!
//! The tables that join others have numbers in their names that differ between versions of iOS; they are found by the rest.

use std::collections::HashMap;

use vigie_model::event::Path;

use super::draft::Draft;
use super::reading::{self, Reading, key, mac, number, words};
use crate::sqlite::Row;
use crate::{Artefact, Input, Kind, Record, Sign, State};

const PLACES: &[(Kind, &[&str])] = &[
    (Kind::IosBackup, &["HomeDomain/Library/CoreDuet/People/interactionC.db"]),
    (Kind::IosDump, &["private/var/mobile/Library/CoreDuet/People/interactionC.db"]),
];

pub(crate) const ARTEFACT: Artefact = Artefact { name: "interactions", places: PLACES, reader: read };

/// The people of these interactions, with their first and last times.
pub(crate) const PEOPLE: Artefact = Artefact { name: "interaction_people", places: PLACES, reader: people };

/// What is noted so long after it began was filled in later.
const LATE: i64 = 3_600_000_000_000;

/// A person's name and address.
type Person = (String, String);

/// The pairs of a joining table.
type Pairs = HashMap<i64, Vec<i64>>;

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let mut people: HashMap<i64, Person> = HashMap::new();
        reading.look("ZCONTACTS", &["ZIDENTIFIER"], |row| {
            people.insert(number(row), (words(row, "ZDISPLAYNAME"), words(row, "ZIDENTIFIER")));
        });
        let recipients = pairs(reading, "INTERACTIONRECIPIENT", "INTERACTIONRECIPIENT", "RECIPIENTS");
        let attached = pairs(reading, "INTERACTIONS", "INTERACTIONS", "ATTACHMENTS");
        let mut attachments = HashMap::new();
        reading.look_if_any("ZATTACHMENT", |row| {
            let columns = ["ZCONTENTTEXT", "ZCONTENTURL", "ZUTI"];
            attachments.insert(number(row), columns.map(|it| words(row, it)));
        });
        reading.each("ZINTERACTIONS", &["ZBUNDLEID", "ZSTARTDATE", "ZDIRECTION"], |row| {
            let mut draft = Draft::of("interaction", number(row));
            let of = |pairs: &Pairs| pairs.get(&number(row)).cloned().unwrap_or_default();
            parties(row, &people, &of(&recipients), &mut draft);
            for [text, url, kind] in of(&attached).iter().filter_map(|it| attachments.get(it)) {
                draft.quote("attached", text);
                draft.tell("attached", url);
                draft.links_in(url);
                draft.tell("of type", kind);
            }
            times(row, &mut draft);
            Some(draft)
        });
    })
}

/// Tells by which app, from whom and to whom.
fn parties(row: &Row<'_>, people: &HashMap<i64, Person>, recipients: &[i64], draft: &mut Draft) {
    draft.tell("by", &words(row, "ZBUNDLEID"));
    draft.see(Path::AppId, &words(row, "ZBUNDLEID"));
    draft.see(Path::AppId, &words(row, "ZTARGETBUNDLEID"));
    let outgoing = row.integer("ZDIRECTION").is_some_and(|it| it != 0);
    draft.say(if outgoing { "outgoing" } else { "incoming" });
    let mut person = |what: &str, number: i64| match people.get(&number) {
        Some((name, address)) => {
            draft.tell(what, format!("{name} {address}").trim());
            draft.person(address);
        }
        None => draft.tell(what, "somebody whose entry is gone"),
    };
    if let Some(sender) = key(row, "ZSENDER") {
        person("from", sender);
    }
    for recipient in recipients {
        person("to", *recipient);
    }
    draft.tell("account", &words(row, "ZACCOUNT"));
    draft.tell("in", &words(row, "ZDOMAINIDENTIFIER"));
    draft.person(&words(row, "ZDOMAINIDENTIFIER"));
    draft.tell("group", &words(row, "ZGROUPNAME"));
    draft.tell("about", &words(row, "ZCONTENTURL"));
    draft.links_in(&words(row, "ZCONTENTURL"));
}

fn times(row: &Row<'_>, draft: &mut Draft) {
    let (start, noted) = (mac(row, "ZSTARTDATE"), mac(row, "ZCREATIONDATE"));
    draft.at("began", start);
    draft.at("ended", mac(row, "ZENDDATE"));
    draft.at("noted", noted);
    if start.zip(noted).is_some_and(|(start, noted)| noted.saturating_sub(start) > LATE) {
        draft.sign(Sign::NotedLater);
    }
}

/// The pairs of the table whose name, without its number, is `table`: values of one column by those of the other.
fn pairs(reading: &mut Reading<'_>, table: &str, by: &str, of: &str) -> Pairs {
    let mut pairs = Pairs::new();
    for name in reading.tables(|it| is_numbered(it, table)) {
        let by = reading.column(&name, |it| is_numbered(it, by)).unwrap_or_default();
        let of = reading.column(&name, |it| is_numbered(it, of)).unwrap_or_default();
        reading.look(&name, &[], |row| {
            if let Some((by, of)) = key(row, &by).zip(key(row, &of)) {
                pairs.entry(by).or_default().push(of);
            }
        });
    }
    pairs
}

/// Whether a name is `Z_`, a number, perhaps `_`, and this.
fn is_numbered(name: &str, rest: &str) -> bool {
    let name = name.strip_prefix("Z_").unwrap_or_default();
    name.strip_suffix(rest)
        .is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit() || it == b'_'))
}

fn people(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(PEOPLE.name, input, out, |reading| {
        reading.each("ZCONTACTS", &["ZIDENTIFIER"], |row| {
            let mut draft = Draft::of("person", number(row));
            draft.say(format!("{} {}", words(row, "ZDISPLAYNAME"), words(row, "ZIDENTIFIER")).trim());
            draft.person(&words(row, "ZIDENTIFIER"));
            let columns = [
                ("entered", "ZCREATIONDATE"),
                ("first incoming", "ZFIRSTINCOMINGSENDERDATE"),
                ("last incoming", "ZLASTINCOMINGSENDERDATE"),
                ("first incoming to others too", "ZFIRSTINCOMINGRECIPIENTDATE"),
                ("last incoming to others too", "ZLASTINCOMINGRECIPIENTDATE"),
                ("first outgoing", "ZFIRSTOUTGOINGRECIPIENTDATE"),
                ("last outgoing", "ZLASTOUTGOINGRECIPIENTDATE"),
            ];
            for (what, column) in columns {
                draft.at(what, mac(row, column));
            }
            Some(draft)
        });
    })
}
