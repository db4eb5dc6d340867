//! The address book, a record for each person. `AddressBook.sqlitedb`.

use std::collections::HashMap;

use super::draft::Draft;
use super::reading::{self, key, mac, number, words};
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "contacts",
    places: &[
        (Kind::IosBackup, &["HomeDomain/Library/AddressBook/AddressBook.sqlitedb"]),
        (Kind::IosDump, &["private/var/mobile/Library/AddressBook/AddressBook.sqlitedb"]),
    ],
    reader: read,
};

/// What is kept of a person as often as one likes.
const NUMBER: i64 = 3;
const MAIL: i64 = 4;
const SITE: i64 = 22;

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let mut values: HashMap<i64, Vec<(i64, String)>> = HashMap::new();
        reading.look("ABMultiValue", &["record_id", "property", "value"], |row| {
            let value = words(row, "value");
            if !value.is_empty() {
                let property = row.integer("property").unwrap_or_default();
                values.entry(key(row, "record_id").unwrap_or_default()).or_default().push((property, value));
            }
        });
        reading.each("ABPerson", &["First", "Last"], |row| {
            let mut draft = Draft::of("person", number(row));
            let name = ["First", "Middle", "Last"].map(|it| words(row, it)).join(" ");
            draft.say(name.trim());
            draft.tell("of", &words(row, "Organization"));
            draft.quote("note", &words(row, "Note"));
            say(&mut draft, &values.remove(&number(row)).unwrap_or_default());
            draft.at("entered", mac(row, "CreationDate"));
            draft.at("changed", mac(row, "ModificationDate"));
            Some(draft)
        });
        let mut left: Vec<_> = values.into_iter().collect();
        left.sort();
        for (person, values) in left {
            let mut draft = Draft::of("person", person);
            draft.say("the person is gone, this is left");
            say(&mut draft, &values);
            reading.tell(draft);
        }
    })
}

fn say(draft: &mut Draft, values: &[(i64, String)]) {
    for (property, value) in values {
        match *property {
            NUMBER => {
                draft.tell("number", value);
                draft.person(value);
            }
            MAIL => {
                draft.tell("mail", value);
                draft.person(value);
            }
            SITE => {
                draft.tell("site", value);
                draft.url(value);
            }
            _ => {
                draft.tell("also", value);
                draft.links_in(value);
            }
        }
    }
}
