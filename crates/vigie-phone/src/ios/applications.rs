//! Where each app came from: `Applications` in the `Info.plist` of a backup, `iTunesMetadata.plist` beside each app in a dump.
//!
//! The times of purchase are instants: they are read as such, whatever the zone of who reads them.

use ::plist::{Dictionary, Value};
use vigie_model::event::Path;

use super::draft::Draft;
use super::tally::{Tally, unreadable};
use super::values;
use crate::{Artefact, Input, Kind, Moment, Record, Sign, State, Zone, plist};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "applications",
    places: &[
        (Kind::IosBackup, &["Info.plist"]),
        (Kind::IosDump, &["private/var/containers/Bundle/Application/*/iTunesMetadata.plist"]),
    ],
    reader: read,
};

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let map = &match values::map_of(input) {
        Ok(map) => map,
        Err(state) => return state,
    };
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let Some(apps) = map.get("Applications").filter(|_| input.kind != Kind::IosDump) else {
        if values::text(map, "softwareVersionBundleId").is_some() {
            tally.take(app("the", "app", None, Some(map)));
        } else if input.kind == Kind::IosDump {
            tally.lose("does not say which app it is of");
        }
        return tally.state();
    };
    let Some(apps) = apps.as_dictionary() else { return unreadable("`Applications` is no map") };
    for (bundle, entry) in apps {
        let metadata = entry.as_dictionary().and_then(|it| it.get("iTunesMetadata"));
        let metadata = match metadata {
            None => None,
            Some(Value::Dictionary(map)) => Some(map.clone()),
            Some(Value::Data(bytes)) => match plist::read(bytes, input.limits) {
                Ok(Value::Dictionary(map)) => Some(map),
                Ok(_) => {
                    lost(&mut tally, bundle, "is no map");
                    continue;
                }
                Err(error) => {
                    lost(&mut tally, bundle, &error.to_string());
                    continue;
                }
            },
            Some(_) => {
                lost(&mut tally, bundle, "is no data");
                continue;
            }
        };
        tally.take(app("Applications", bundle, Some(bundle), metadata.as_ref()));
    }
    tally.state()
}

/// An app whose origin cannot be read is told all the same, by what is known: its bundle.
fn lost(tally: &mut Tally<'_, '_>, bundle: &str, why: &str) {
    let mut draft = Draft::of("Applications", bundle);
    draft.say(&format!("{bundle} is installed; where it came from cannot be read"));
    draft.see(Path::AppId, bundle);
    tally.take(draft);
    tally.cut(format!("the iTunesMetadata of {bundle} {why}"));
}

fn app(what: &str, which: &str, bundle: Option<&str>, metadata: Option<&Dictionary>) -> Draft {
    let mut draft = Draft::of(what, which);
    let nothing = Dictionary::new();
    let map = metadata.unwrap_or(&nothing);
    let bundle = bundle.or(values::text(map, "softwareVersionBundleId")).unwrap_or_default();
    let title = values::text(map, "itemName").unwrap_or_default();
    draft.say(&if title.is_empty() { bundle.to_owned() } else { format!("{title} ({bundle})") });
    draft.tell("version", values::text(map, "bundleShortVersionString").unwrap_or_default());
    draft.tell("by", values::text(map, "artistName").unwrap_or_default());
    let source = values::text(map, "sourceApp");
    draft.tell("installed by", source.unwrap_or_default());
    draft.see(Path::AppId, bundle);
    if let Some(inner) = values::text(map, "softwareVersionBundleId") {
        draft.see(Path::AppId, inner);
        if inner != bundle {
            draft.say(&format!("its metadata is of {inner}"));
        }
    }
    let info = map.get("com.apple.iTunesStore.downloadInfo").and_then(Value::as_dictionary);
    draft.when(purchase(map).or_else(|| purchase(info?)));
    if metadata.is_none() {
        draft.say("it has no metadata of a store");
        draft.sign(Sign::NotFromStore);
    } else if source.is_some_and(|it| !is_of_apple(it)) {
        draft.sign(Sign::NotFromStore);
    }
    draft
}

/// Whether a program that installs apps is Apple's: the store, a part of it, or the phone's management.
fn is_of_apple(source: &str) -> bool {
    source.starts_with("com.apple.") || ["dmd", "mdmd", "appstored"].contains(&source)
}

/// Purchases carry a zone, which is UTC: `2023-05-01T12:00:00Z`.
fn purchase(map: &Dictionary) -> Option<Moment> {
    match map.get("purchaseDate")? {
        Value::String(text) => Zone::named("UTC")
            .moment("purchased", text)
            .map(|it| Moment { certainty: crate::Certainty::Exact, ..it }),
        Value::Date(date) => values::exact("purchased", crate::time::date(*date)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    fn entry(bundle: &str, metadata: &str) -> String {
        format!("<key>{bundle}</key><dict>{metadata}</dict>")
    }

    fn metadata(source: &str, date: &str) -> String {
        format!(
            "<key>iTunesMetadata</key><dict><key>softwareVersionBundleId</key><string>com.example.a</string>\
             <key>itemName</key><string>Chat</string><key>sourceApp</key><string>{source}</string>\
             <key>purchaseDate</key>{date}</dict>"
        )
    }

    #[test]
    fn one_bad_app_costs_only_itself() {
        let store = metadata("com.apple.AppStore", "<string>2023-05-01T12:00:00Z</string>");
        let other = metadata("com.example.installer", "<date>2023-05-01T12:00:00Z</date>");
        let apps = [
            entry("com.example.a", &store),
            entry("com.example.b", "<key>iTunesMetadata</key><data>YnBsaXN0</data>"),
            entry("com.example.c", ""),
            entry("com.example.d", &other),
        ];
        let list = xml(&format!("<dict><key>Applications</key><dict>{}</dict></dict>", apps.concat()));
        let told = lines(&ARTEFACT, &list);
        let want = [
            "Applications com.example.a | purchased 2023-05-01T12:00:00Z Exact | Chat (com.example.a); \
             installed by com.apple.AppStore | app:id=com.example.a",
            "Applications com.example.b | com.example.b is installed; where it came from cannot be read | \
             app:id=com.example.b",
            "Applications com.example.c | com.example.c; it has no metadata of a store | app:id=com.example.c \
             !not-from-store",
            "Applications com.example.d | purchased 2023-05-01T12:00:00Z Exact | Chat (com.example.d); \
             installed by com.example.installer; its metadata is of com.example.a | app:id=com.example.d \
             app:id=com.example.a !not-from-store",
        ];
        let got: Vec<&str> = told.lines().collect();
        assert_eq!(got.get(..4), Some(&want[..]), "{told}");
        assert!(told.contains("partial 4 of None: the iTunesMetadata of com.example.b"), "{told}");
    }

    #[test]
    fn metadata_alone() {
        let alone = "<dict><key>softwareVersionBundleId</key><string>com.example.a</string></dict>";
        assert_eq!(
            lines(&ARTEFACT, &xml(alone)),
            "the app | com.example.a | app:id=com.example.a\npresent 1\n"
        );
        assert_eq!(lines(&ARTEFACT, &xml("<dict/>")), "present 0\n");
    }
}
