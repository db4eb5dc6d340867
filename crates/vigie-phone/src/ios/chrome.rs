//! Pages that Chrome showed, and how it came to them. `History`.

use std::collections::{HashMap, HashSet};

use super::draft::{Draft, REDIRECT, TYPED, came_by};
use super::reading::{self, key, number, words};
use crate::sqlite::Row;
use crate::{Artefact, Input, Kind, Record, State, time};

pub(crate) const HISTORY: Artefact = Artefact {
    name: "chrome_history",
    places: &[
        (
            Kind::IosBackup,
            &["AppDomain-com.google.chrome.ios/Library/Application Support/Google/Chrome/*/History"],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Containers/Data/Application/*/Library/Application Support/Google/Chrome/*/History",
            ],
        ),
    ],
    reader: read,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(HISTORY.name, input, out, |reading| {
        let mut pages = HashMap::new();
        reading.look("urls", &["url"], |row| {
            pages.insert(number(row), (words(row, "url"), words(row, "title")));
        });
        let mut page_of_visit = HashMap::new();
        reading.look("visits", &["url"], |row| {
            page_of_visit.insert(number(row), key(row, "url").unwrap_or_default());
        });
        let url_of = |page: i64| pages.get(&page).map(|it| it.0.as_str()).unwrap_or_default();
        let mut visited = HashSet::new();
        reading.each("visits", &["visit_time", "transition"], |row| {
            let page = key(row, "url").unwrap_or_default();
            visited.insert(page);
            let mut draft = Draft::of("visit", number(row));
            let (url, title) = pages.get(&page).cloned().unwrap_or_default();
            draft.say(if url.is_empty() { "a page whose entry is gone" } else { &url });
            draft.url(&url);
            draft.tell("titled", &title);
            let way = way(row.integer("transition").unwrap_or_default());
            draft.say(way);
            if let Some(from) = key(row, "from_visit") {
                let from = page_of_visit.get(&from).map(|it| url_of(*it)).unwrap_or_default();
                draft.tell("from", if from.is_empty() { "a page that is gone" } else { from });
            }
            draft.at(came_by(way), micros(row, "visit_time"));
            Some(draft)
        });
        reading.each("urls", &[], |row| {
            if visited.contains(&number(row)) {
                return None;
            }
            let mut draft = Draft::of("page", number(row));
            draft.say(&format!("{}; its visits are gone", words(row, "url")));
            draft.url(&words(row, "url"));
            draft.at("last visited", micros(row, "last_visit_time"));
            Some(draft)
        });
    })
}

fn micros(row: &Row<'_>, column: &str) -> Option<i64> {
    row.integer(column).filter(|it| *it != 0).and_then(time::webkit_micros)
}

/// How a page was come to: the last byte of the number, and flags for redirects.
fn way(transition: i64) -> &'static str {
    if transition & 0xc000_0000 != 0 {
        return REDIRECT;
    }
    match transition & 0xff {
        0 => "by a link",
        1 => TYPED,
        2 => "by a bookmark",
        3 | 4 => "as part of another page",
        5 | 9 | 10 => "by a search",
        6 => "as the first page",
        7 => "by a form",
        8 => "reloaded",
        _ => "in a way that is not known",
    }
}
