//! Events and who takes part in them. `Calendar.sqlitedb`.
//!
//! One spyware came by invitations to events in the past, which a phone takes in without asking.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::draft::Draft;
use super::reading::{self, key, mac, number, words};
use crate::sqlite::Row;
use crate::{Artefact, Input, Kind, Record, Sign, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "calendar",
    places: &[
        (Kind::IosBackup, &["HomeDomain/Library/Calendar/Calendar.sqlitedb"]),
        (Kind::IosDump, &["private/var/mobile/Library/Calendar/Calendar.sqlitedb"]),
    ],
    reader: read,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let mut identities = HashMap::new();
        reading.look_if_any("Identity", |row| {
            identities.insert(number(row), (words(row, "display_name"), words(row, "address")));
        });
        // Who takes part names the event; who organises it is named by the event.
        let (mut people, mut loose) = (HashMap::<i64, Vec<[String; 4]>>::new(), BTreeMap::new());
        reading.look("Participant", &["owner_id", "email"], |row| {
            let identity = key(row, "identity_id").and_then(|it| identities.get(&it)).cloned();
            let (name, address) = identity.unwrap_or_default();
            let person = [name, address, words(row, "email"), words(row, "phone_number")];
            match key(row, "owner_id") {
                Some(event) => people.entry(event).or_default().push(person),
                None => drop(loose.insert(number(row), person)),
            }
        });
        let mut places = HashMap::new();
        reading.look_if_any("Location", |row| {
            places.insert(number(row), words(row, "title"));
        });
        let mut named = BTreeSet::new();
        reading.each("CalendarItem", &["summary", "description", "start_date"], |row| {
            let mut draft = Draft::of("event", number(row));
            let place = key(row, "location_id").and_then(|it| places.get(&it));
            draft.quote("at", place.map(String::as_str).unwrap_or_default());
            event(row, &mut draft);
            let organisers = ["organizer_id", "self_attendee_id"].map(|it| key(row, it));
            for number in organisers.into_iter().flatten() {
                if let Some(person) = loose.get(&number) {
                    invited(&mut draft, std::slice::from_ref(person));
                    named.insert(number);
                }
            }
            invited(&mut draft, &people.remove(&number(row)).unwrap_or_default());
            Some(draft)
        });
        let gone = people.into_iter().map(|it| ("event", it.0, it.1));
        let loose = loose.into_iter().filter(|it| !named.contains(&it.0));
        let mut left: Vec<_> = gone.chain(loose.map(|it| ("participant", it.0, vec![it.1]))).collect();
        left.sort();
        for (what, number, people) in left {
            let mut draft = Draft::of(what, number);
            draft.say("the event is gone, who took part is left");
            invited(&mut draft, &people);
            reading.tell(draft);
        }
    })
}

fn event(row: &Row<'_>, draft: &mut Draft) {
    let (summary, description) = (words(row, "summary"), words(row, "description"));
    draft.quote("titled", &summary);
    draft.quote("text", &description);
    draft.tell("link", &words(row, "url"));
    draft.url(&words(row, "url"));
    // The words that QuaDream's invitations had.
    if summary == "Meeting" && description == "Notes" {
        draft.sign(Sign::TrickInvitation);
    }
    draft.at("begins", mac(row, "start_date"));
    draft.at("ends", mac(row, "end_date"));
    draft.at("entered", mac(row, "creation_date"));
    draft.at("changed", mac(row, "last_modified"));
}

fn invited(draft: &mut Draft, people: &[[String; 4]]) {
    for [name, address, mail, phone] in people {
        let all = [name, address, mail, phone].map(|it| it.trim_start_matches("mailto:"));
        let told: Vec<_> = all.into_iter().filter(|it| !it.is_empty()).collect();
        draft.tell("with", &told.join(" "));
        for it in [address, mail, phone] {
            draft.person(it);
        }
    }
}
