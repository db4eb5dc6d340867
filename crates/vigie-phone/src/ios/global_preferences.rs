//! Settings of the whole phone: above all whether Lockdown Mode is on.

use super::draft::Draft;
use super::tally::Tally;
use super::values;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "global_preferences",
    places: &[
        (Kind::IosBackup, &["HomeDomain/Library/Preferences/.GlobalPreferences.plist"]),
        (Kind::IosDump, &["private/var/mobile/Library/Preferences/.GlobalPreferences.plist"]),
    ],
    reader: read,
};

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let map = &match values::map_of(input) {
        Ok(map) => map,
        Err(state) => return state,
    };
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let mut draft = Draft::of("key", "LDMGlobalEnabled");
    draft.say(match values::flag(map, "LDMGlobalEnabled") {
        Some(true) => "Lockdown Mode is on",
        Some(false) => "Lockdown Mode is off",
        None => "Lockdown Mode was never set",
    });
    tally.take(draft);
    let mut draft = Draft::of("keys", "of the region");
    let words = values::listing(map, &["AppleLocale", "AppleLanguages", "AppleKeyboards"]);
    if !words.is_empty() {
        draft.say(&words);
        tally.take(draft);
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    #[test]
    fn lockdown_mode_is_told() {
        #[track_caller]
        fn check(body: &str, want: &str) {
            let told = lines(&ARTEFACT, &xml(&format!("<dict>{body}</dict>")));
            assert_eq!(told.lines().next(), Some(format!("key LDMGlobalEnabled | {want} | ").as_str()));
        }
        check("<key>LDMGlobalEnabled</key><true/>", "Lockdown Mode is on");
        check("<key>LDMGlobalEnabled</key><integer>1</integer>", "Lockdown Mode is on");
        check("<key>LDMGlobalEnabled</key><false/>", "Lockdown Mode is off");
        check("<key>AppleLocale</key><string>fr_MA</string>", "Lockdown Mode was never set");
        assert!(lines(&ARTEFACT, b"<plist").starts_with("unreadable: "));
    }
}
