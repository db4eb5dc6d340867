//! What sites were seen together, as `WebKit` keeps it to hinder tracking: `full_browsing_session_resourceLog.plist`.

use ::plist::Value;

use super::draft::Draft;
use super::tally::{Tally, unreadable};
use super::values;
use crate::{Artefact, Input, Kind, Record, State, plist, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "webkit_session_log",
    places: &[
        (
            Kind::IosBackup,
            &[
                "*/Library/WebKit/WebsiteData/ResourceLoadStatistics/full_browsing_session_resourceLog.plist",
                "*/Library/WebKit/WebsiteData/full_browsing_session_resourceLog.plist",
                "*/Library/WebKit/full_browsing_session_resourceLog.plist",
            ],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Containers/Data/Application/*/SystemData/com.apple.SafariViewService/Library/WebKit/WebsiteData/full_browsing_session_resourceLog.plist",
                "private/var/mobile/Containers/Data/Application/*/SystemData/com.apple.SafariViewService/Library/WebKit/WebsiteData/ResourceLoadStatistics/full_browsing_session_resourceLog.plist",
                "private/var/mobile/Containers/Data/Application/*/Library/WebKit/WebsiteData/ResourceLoadStatistics/full_browsing_session_resourceLog.plist",
                "private/var/mobile/Library/WebClips/*/Storage/full_browsing_session_resourceLog.plist",
                "private/var/mobile/Library/WebKit/WebsiteData/ResourceLoadStatistics/full_browsing_session_resourceLog.plist",
            ],
        ),
    ],
    reader: read,
};

/// Times in seconds since 1970.
const TIMES: [(&str, &str); 2] =
    [("lastSeen", "last seen"), ("mostRecentUserInteraction", "last used by the owner")];

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let list = match plist::read(input.bytes, input.limits) {
        Ok(list) => list,
        Err(error) => return unreadable(error),
    };
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let statistics = list.as_dictionary().and_then(|it| it.get("browsingStatistics"));
    let Some(statistics) = statistics else { return tally.state() };
    let Some(statistics) = statistics.as_array() else {
        return unreadable("`browsingStatistics` is no list");
    };
    for (entry, number) in statistics.iter().zip(1_u64..) {
        let Some(map) = entry.as_dictionary() else {
            tally.lose(format!("entry {number} is no map"));
            continue;
        };
        let mut draft = Draft::of("entry", number);
        for (key, what) in TIMES {
            let seconds = values::number(map, key).filter(|it| *it > 0.0);
            draft.at(what, seconds.and_then(time::unix_real));
        }
        sites(entry, &mut draft);
        tally.take(draft);
    }
    tally.state()
}

/// Sites stand as texts or as keys of maps, under names that differ between versions.
fn sites(entry: &Value, draft: &mut Draft) {
    let mut found = Vec::new();
    values::every_text(entry, "", &mut |key, text| found.push((key, text)));
    for (key, text) in found {
        let host = crate::link::host(text).unwrap_or_default();
        if host.contains('.') && !host.contains(' ') {
            draft.tell(words(key), text);
            draft.host(&host);
        }
    }
}

/// What a key says.
fn words(key: &str) -> &str {
    let key_says = [("RedirectsTo", "leads to"), ("RedirectsFrom", "comes from"), ("Under", "within")];
    key_says.iter().find(|it| key.contains(it.0)).map_or("site", |it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    #[test]
    fn sites_and_where_they_lead() {
        let list = xml("<dict><key>browsingStatistics</key><array><dict><key>PrevalentResourceOrigin</key>\
             <string>a.example</string><key>lastSeen</key><real>1780000000</real>\
             <key>topFrameUniqueRedirectsTo</key><array><dict><key>origin</key><string>b.example</string></dict>\
             <string>c.example</string></array></dict><true/></array></dict>");
        assert_eq!(
            lines(&ARTEFACT, &list),
            "entry 1 | last seen 2026-05-28T20:26:40Z Exact | site a.example; site b.example; leads to c.example | \
             domain-name:value=a.example domain-name:value=b.example domain-name:value=c.example\n\
             partial 1 of Some(2): entry 2 is no map\n"
        );
    }
}
