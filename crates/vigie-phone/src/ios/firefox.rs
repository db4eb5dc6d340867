//! Pages that Firefox showed. `places.db`, and `browser.db` of older versions.

use std::collections::HashMap;

use super::draft::{Draft, REDIRECT, TYPED, came_by};
use super::reading::{self, Reading, key, number, words};
use crate::{Artefact, Input, Kind, Record, State, time};

/// Where Firefox keeps everything but its newer history.
pub(super) const BROWSER: &[(Kind, &[&str])] = &[
    (Kind::IosBackup, &["AppDomainGroup-group.org.mozilla.ios.*/profile.profile/browser.db"]),
    (Kind::IosDump, &["private/var/mobile/Containers/Shared/AppGroup/*/profile.profile/browser.db"]),
];

pub(crate) const HISTORY: Artefact = Artefact {
    name: "firefox_history",
    places: &[
        (
            Kind::IosBackup,
            &[
                "AppDomainGroup-group.org.mozilla.ios.*/profile.profile/browser.db",
                "AppDomainGroup-group.org.mozilla.ios.*/profile.profile/places.db",
            ],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Containers/Shared/AppGroup/*/profile.profile/browser.db",
                "private/var/mobile/Containers/Shared/AppGroup/*/profile.profile/places.db",
            ],
        ),
    ],
    reader: read,
};

/// The names of the tables and columns of one version.
struct Schema {
    pages: &'static str,
    visits: &'static str,
    page: &'static str,
    time: &'static str,
    way: &'static str,
    clock: fn(i64) -> Option<i64>,
}

const BROWSER_DB: Schema = Schema {
    pages: "history",
    visits: "visits",
    page: "siteID",
    time: "date",
    way: "type",
    clock: time::unix_micros,
};

const PLACES_DB: Schema = Schema {
    pages: "moz_places",
    visits: "moz_historyvisits",
    page: "place_id",
    time: "visit_date",
    way: "visit_type",
    clock: time::unix_millis,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(HISTORY.name, input, out, |reading| {
        let is_new = reading.has(PLACES_DB.pages);
        history(reading, if is_new { &PLACES_DB } else { &BROWSER_DB });
    })
}

fn history(reading: &mut Reading<'_>, schema: &Schema) {
    let mut pages = HashMap::new();
    reading.look(schema.pages, &["url"], |row| {
        pages.insert(number(row), (words(row, "url"), words(row, "title"), false));
    });
    reading.each(schema.visits, &[schema.page, schema.time], |row| {
        let mut draft = Draft::of("visit", number(row));
        match key(row, schema.page).and_then(|it| pages.get_mut(&it)) {
            Some((url, title, visited)) => {
                *visited = true;
                draft.say(url);
                draft.url(url);
                draft.tell("titled", title);
            }
            None => draft.say("a page whose entry is gone"),
        }
        let way = way(row.integer(schema.way).unwrap_or_default());
        draft.say(way);
        let time = row.real(schema.time).filter(|it| *it > 0.0);
        // Microseconds and milliseconds are whole; a fraction says nothing more.
        draft.at(came_by(way), time.and_then(|it| (schema.clock)(it as i64)));
        Some(draft)
    });
    let mut left: Vec<_> = pages.into_iter().filter(|it| !it.1.2 && !it.1.0.is_empty()).collect();
    left.sort();
    for (number, (url, _, _)) in left {
        let mut draft = Draft::of("page", number);
        draft.say(&format!("{url}; without a visit"));
        draft.url(&url);
        reading.tell(draft);
    }
}

fn way(number: i64) -> &'static str {
    match number {
        1 => "by a link",
        2 => TYPED,
        3 => "by a bookmark",
        4 | 8 => "as part of another page",
        5 | 6 => REDIRECT,
        7 => "downloaded",
        9 => "reloaded",
        _ => "in a way that is not known",
    }
}
