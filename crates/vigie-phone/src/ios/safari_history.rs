//! Pages that Safari showed, and by which way it came to them. `History.db`.
//!
//! A page that the owner asked for is told apart from one that another page led to: a redirect within a second is how
//! attacks through the network bring a browser to a server of theirs.

use std::collections::HashMap;

use super::draft::{Draft, REDIRECT, came_by};
use super::reading::{self, is_set, key, mac, number, words};
use crate::{Artefact, Input, Kind, Record, Sign, State, link};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "safari_history",
    places: &[
        (
            Kind::IosBackup,
            &[
                "HomeDomain/Library/Safari/History.db",
                "HomeDomain/Library/Safari/Profiles/*/History.db",
                "AppDomain-com.apple.mobilesafari/Library/Safari/History.db",
                "AppDomain-com.apple.mobilesafari/Library/Safari/Profiles/*/History.db",
            ],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Library/Safari/History.db",
                "private/var/mobile/Library/Safari/Profiles/*/History.db",
                "private/var/mobile/Containers/Data/Application/*/Library/Safari/History.db",
                "private/var/mobile/Containers/Data/Application/*/Library/Safari/Profiles/*/History.db",
            ],
        ),
    ],
    reader: read,
};

/// So many pages back a chain is told.
const CHAIN: usize = 8;

/// A redirect within so many nanoseconds was nobody's click.
const AT_ONCE: i64 = 1_000_000_000;

#[derive(Clone, Copy, Default)]
struct Visit {
    page: i64,
    time: Option<i64>,
    from: Option<i64>,
    to: Option<i64>,
}

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let mut pages = HashMap::new();
        reading.look("history_items", &["url"], |row| {
            pages.insert(number(row), words(row, "url"));
        });
        let mut visits = HashMap::new();
        reading.look("history_visits", &["history_item", "visit_time"], |row| {
            let page = key(row, "history_item").unwrap_or_default();
            let (from, to) = (key(row, "redirect_source"), key(row, "redirect_destination"));
            visits.insert(number(row), Visit { page, time: mac(row, "visit_time"), from, to });
        });
        // Some versions keep one end of a redirect only.
        let led: Vec<_> = visits.iter().filter_map(|(number, it)| Some((it.to?, *number))).collect();
        for (to, number) in led {
            if let Some(visit) = visits.get_mut(&to) {
                visit.from = visit.from.or(Some(number));
            }
        }
        let mut visited = std::collections::HashSet::new();
        reading.each("history_visits", &[], |row| {
            let Visit { page, time, from, to } = visits.get(&number(row)).copied().unwrap_or_default();
            visited.insert(page);
            let mut draft = Draft::of("visit", number(row));
            let url = pages.get(&page).map(String::as_str).unwrap_or_default();
            draft.say(if url.is_empty() { "a page whose entry is gone" } else { url });
            draft.url(url);
            draft.tell("titled", &words(row, "title"));
            draft.at(came_by(if from.is_some() { REDIRECT } else { "" }), time);
            if is_set(row, "origin") {
                draft.say("on another device of the owner");
            }
            if row.integer("load_successful") == Some(0) {
                draft.say("could not be loaded");
            }
            if from.is_some() {
                draft.tell("redirected here from", &chain(from, &visits, &pages));
            }
            if let Some(next) = to.and_then(|it| visits.get(&it)) {
                let target = pages.get(&next.page).map(String::as_str).unwrap_or_default();
                draft.tell("redirected on to", target);
                let at_once =
                    time.zip(next.time).is_some_and(|(a, b)| (0..AT_ONCE).contains(&b.saturating_sub(a)));
                if at_once && is_plain_to_elsewhere(url, target) {
                    draft.sign(Sign::RedirectedAtOnce);
                }
            }
            if from.is_none() {
                draft.say("not by a redirect");
            }
            Some(draft)
        });
        if reading.has("history_items") {
            unvisited(reading, &visited);
        }
        if reading.has("history_tombstones") {
            reading.each("history_tombstones", &["url"], |row| {
                let mut draft = Draft::of("tombstone", number(row));
                draft.say(&format!("deleted from the history: {}", words(row, "url")));
                draft.url(&words(row, "url"));
                draft.at("deleted from", mac(row, "start_time"));
                draft.at("deleted until", mac(row, "end_time"));
                Some(draft)
            });
        }
    })
}

/// Pages of which no visit is left.
fn unvisited(reading: &mut reading::Reading<'_>, visited: &std::collections::HashSet<i64>) {
    reading.each("history_items", &[], |row| {
        if visited.contains(&number(row)) {
            return None;
        }
        let url = words(row, "url");
        let mut draft = Draft::of("page", number(row));
        draft.say(&format!("{url}; its visits are gone"));
        draft.url(&url);
        Some(draft)
    });
}

/// The pages that led here, the last first.
fn chain(from: Option<i64>, visits: &HashMap<i64, Visit>, pages: &HashMap<i64, String>) -> String {
    let mut told = Vec::new();
    let mut next = from;
    while let Some(number) = next.filter(|_| told.len() < CHAIN) {
        let Some(visit) = visits.get(&number) else {
            told.push(format!("visit {number}, which is gone"));
            break;
        };
        told.push(pages.get(&visit.page).cloned().unwrap_or_else(|| format!("visit {number}")));
        next = visit.from;
    }
    told.join(", before that ")
}

/// Whether a page that is not encrypted led to a page of somebody else.
fn is_plain_to_elsewhere(from: &str, to: &str) -> bool {
    if !from.get(..7).is_some_and(|it| it.eq_ignore_ascii_case("http://")) {
        return false;
    }
    link::host(from).zip(link::host(to)).is_some_and(|(from, to)| owner(&from) != owner(&to))
}

/// The part of a host's name that somebody registered.
fn owner(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}
