//! Small pictures of sites, which browsers keep longer than the history. One file for three browsers.

use std::collections::HashMap;

use super::draft::Draft;
use super::reading::{self, key, mac, number, words};
use crate::{Artefact, Input, Kind, Record, State, time};

pub(crate) const SAFARI: Artefact = Artefact {
    name: "safari_favicons",
    places: &[
        (Kind::IosBackup, &["*/Library/Image Cache/Favicons/Favicons.db"]),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Library/Image Cache/Favicons/Favicons.db",
                "private/var/mobile/Containers/Data/Application/*/Library/Image Cache/Favicons/Favicons.db",
            ],
        ),
    ],
    reader: safari,
};

pub(crate) const CHROME: Artefact = Artefact {
    name: "chrome_favicons",
    places: &[
        (
            Kind::IosBackup,
            &["AppDomain-com.google.chrome.ios/Library/Application Support/Google/Chrome/*/Favicons"],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Containers/Data/Application/*/Library/Application Support/Google/Chrome/*/Favicons",
            ],
        ),
    ],
    reader: chrome,
};

pub(crate) const FIREFOX: Artefact =
    Artefact { name: "firefox_favicons", places: super::firefox::BROWSER, reader: firefox };

fn safari(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(SAFARI.name, input, out, |reading| {
        let mut icons = HashMap::new();
        reading.look("icon_info", &["uuid", "url"], |row| {
            icons.insert(words(row, "uuid"), (words(row, "url"), mac(row, "timestamp")));
        });
        let mut used = std::collections::HashSet::new();
        reading.each("page_url", &["url", "uuid"], |row| {
            let uuid = words(row, "uuid");
            let (icon, time) = icons.get(&uuid).cloned().unwrap_or_default();
            used.insert(uuid);
            Some(picture("page", number(row), &words(row, "url"), &icon, time))
        });
        let mut left: Vec<_> = icons.into_iter().filter(|it| !used.contains(&it.0)).collect();
        left.sort();
        for (uuid, (icon, time)) in left {
            reading.tell(picture("icon", uuid, "", &icon, time));
        }
        if reading.has("rejected_resources") {
            reading.each("rejected_resources", &["page_url", "icon_url"], |row| {
                let time = mac(row, "timestamp");
                let (page, icon) = (words(row, "page_url"), words(row, "icon_url"));
                Some(picture("rejected", number(row), &page, &icon, time))
            });
        }
    })
}

fn chrome(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(CHROME.name, input, out, |reading| {
        let mut icons = HashMap::new();
        reading.look("favicons", &["url"], |row| {
            icons.insert(number(row), words(row, "url"));
        });
        let mut updated = HashMap::new();
        reading.look_if_any("favicon_bitmaps", |row| {
            let time = row.integer("last_updated").filter(|it| *it != 0).and_then(time::webkit_micros);
            if let Some(icon) = key(row, "icon_id") {
                let known = updated.entry(icon).or_insert(time);
                *known = time.max(*known);
            }
        });
        let mut used = std::collections::HashSet::new();
        reading.each("icon_mapping", &["page_url", "icon_id"], |row| {
            let icon = key(row, "icon_id").unwrap_or_default();
            used.insert(icon);
            let url = icons.get(&icon).map(String::as_str).unwrap_or_default();
            let time = updated.get(&icon).copied().flatten();
            Some(picture("page", number(row), &words(row, "page_url"), url, time))
        });
        let mut left: Vec<_> = icons.into_iter().filter(|it| !used.contains(&it.0)).collect();
        left.sort();
        for (number, icon) in left {
            reading.tell(picture("icon", number, "", &icon, updated.get(&number).copied().flatten()));
        }
    })
}

fn firefox(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(FIREFOX.name, input, out, |reading| {
        let mut pages: HashMap<i64, String> = HashMap::new();
        reading.look_if_any("history", |row| {
            pages.insert(number(row), words(row, "url"));
        });
        let mut of_icon: HashMap<i64, Vec<i64>> = HashMap::new();
        reading.look_if_any("favicon_sites", |row| {
            if let Some((icon, site)) = key(row, "faviconID").zip(key(row, "siteID")) {
                of_icon.entry(icon).or_default().push(site);
            }
        });
        reading.each("favicons", &["url"], |row| {
            let time = row.integer("date").filter(|it| *it != 0).and_then(time::unix_millis);
            let mut draft = picture("icon", number(row), "", &words(row, "url"), time);
            for page in of_icon.get(&number(row)).into_iter().flatten().filter_map(|it| pages.get(it)) {
                draft.tell("of", page);
                draft.url(page);
            }
            Some(draft)
        });
    })
}

fn picture(
    what: &str,
    number: impl std::fmt::Display,
    page: &str,
    icon: &str,
    updated: Option<i64>,
) -> Draft {
    let mut draft = Draft::of(what, number);
    draft.tell("page", page);
    draft.tell("picture", icon);
    draft.url(page);
    draft.url(icon);
    draft.at("picture updated", updated);
    draft
}
