//! Tabs that are open or were lately. `BrowserState.db`, and since iOS 15 `SafariTabs.db`.

use std::collections::HashMap;

use super::deep;
use super::draft::Draft;
use super::reading::{self, Reading, is_set, mac, number, words};
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "safari_tabs",
    places: &[
        (
            Kind::IosBackup,
            &[
                "HomeDomain/Library/Safari/BrowserState.db",
                "HomeDomain/Library/Safari/SafariTabs.db",
                "HomeDomain/Library/Safari/Profiles/*/BrowserState.db",
                "AppDomain-com.apple.mobilesafari/Library/Safari/BrowserState.db",
                "AppDomain-com.apple.mobilesafari/Library/Safari/SafariTabs.db",
                "AppDomain-com.apple.mobilesafari/Library/Safari/Profiles/*/BrowserState.db",
            ],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Library/Safari/BrowserState.db",
                "private/var/mobile/Library/Safari/SafariTabs.db",
                "private/var/mobile/Library/Safari/Profiles/*/BrowserState.db",
                "private/var/mobile/Containers/Data/Application/*/Library/Safari/BrowserState.db",
                "private/var/mobile/Containers/Data/Application/*/Library/Safari/SafariTabs.db",
                "private/var/mobile/Containers/Data/Application/*/Library/Safari/Profiles/*/BrowserState.db",
            ],
        ),
    ],
    reader: read,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        if reading.has("bookmarks") && !reading.has("tabs") {
            reading.each("bookmarks", &["url"], |row| {
                let mut draft = Draft::of("tab", number(row));
                page(&mut draft, &words(row, "title"), &words(row, "url"));
                draft.at("changed", mac(row, "last_modified"));
                Some(draft)
            });
            return;
        }
        tabs(reading);
    })
}

fn tabs(reading: &mut Reading<'_>) {
    let limits = reading.limits();
    let (mut sessions, mut damaged) = (HashMap::new(), 0);
    reading.look("tab_sessions", &["tab_uuid", "session_data"], |row| {
        let data = row.blob("session_data").unwrap_or_default();
        // Four bytes before the list tell of its version.
        let list = if data.starts_with(b"bplist") { &data } else { data.get(4..).unwrap_or_default() };
        let texts = deep::texts(list, limits);
        damaged += u64::from(texts.damaged || (!list.is_empty() && !list.starts_with(b"bplist")));
        let entries = texts.named.into_iter().filter(|it| it.0.contains("URL") || it.0.contains("Title"));
        sessions.entry(words(row, "tab_uuid")).or_insert_with(Vec::new).extend(entries);
    });
    if damaged > 0 {
        reading.lose(format!("the histories of {damaged} tabs could not be read"));
    }
    reading.each("tabs", &["url"], |row| {
        let mut draft = Draft::of("tab", number(row));
        page(&mut draft, &words(row, "title"), &words(row, "url"));
        draft.url(&words(row, "user_visible_url"));
        if is_set(row, "private_browsing") {
            draft.say("private");
        }
        if is_set(row, "opened_from_link") {
            draft.say("opened from a link");
        }
        draft.at("last viewed", mac(row, "last_viewed_time"));
        history(&mut draft, sessions.remove(&words(row, "uuid")).unwrap_or_default());
        Some(draft)
    });
    let mut closed: Vec<_> = sessions.into_iter().filter(|it| !it.1.is_empty()).collect();
    closed.sort();
    for (uuid, entries) in closed {
        let mut draft = Draft::of("tab", uuid);
        draft.say("the tab is gone, its history is left");
        history(&mut draft, entries);
        reading.tell(draft);
    }
}

fn page(draft: &mut Draft, title: &str, url: &str) {
    draft.say(url);
    draft.url(url);
    draft.tell("titled", title);
}

fn history(draft: &mut Draft, entries: Vec<(String, String)>) {
    for (name, text) in entries {
        draft.tell(if name.contains("URL") { "history:" } else { "titled" }, &text);
        draft.url(&text);
    }
}
