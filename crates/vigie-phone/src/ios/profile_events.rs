//! When configuration profiles were installed and removed, and by which process.

use ::plist::{Dictionary, Value};
use vigie_model::event::Path;

use super::draft::Draft;
use super::program;
use super::tally::{Tally, unreadable};
use super::values;
use crate::{Artefact, Input, Kind, Record, State, plist, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "profile_events",
    places: &[
        (
            Kind::IosBackup,
            &[
                "SysSharedContainerDomain-systemgroup.com.apple.configurationprofiles/Library/ConfigurationProfiles/MCProfileEvents.plist",
            ],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/containers/Shared/SystemGroup/*/Library/ConfigurationProfiles/MCProfileEvents.plist",
                "private/var/mobile/Library/ConfigurationProfiles/MCProfileEvents.plist",
            ],
        ),
        (Kind::Sysdiagnose, &["logs/MCState/*/MCProfileEvents.plist"]),
    ],
    reader: read,
};

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let list = match plist::read(input.bytes, input.limits) {
        Ok(list) => list,
        Err(error) => return unreadable(error),
    };
    let events = list.as_dictionary().and_then(|it| it.get("ProfileEvents"));
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let Some(events) = events else { return tally.state() };
    let Some(events) = events.as_array() else { return unreadable("`ProfileEvents` is no list") };
    for (event, number) in events.iter().zip(1_u64..) {
        let Some(event) = event.as_dictionary() else {
            tally.lose(format!("event {number} is no map"));
            continue;
        };
        // An event is a map whose key is the profile; one that is the event itself is told too.
        let inner: Vec<_> =
            event.iter().filter_map(|(id, it)| Some((id.as_str(), it.as_dictionary()?))).collect();
        if inner.is_empty() {
            tally.take(draft(number, "", event));
        }
        for (profile, event) in inner {
            tally.take(draft(number, profile, event));
        }
    }
    tally.state()
}

fn draft(number: u64, profile: &str, event: &Dictionary) -> Draft {
    let mut draft = Draft::of("event", number);
    let operation = values::text(event, "operation").or(values::text(event, "Operation")).unwrap_or("event");
    draft.say(&format!("{operation} of profile {profile}"));
    draft.see(Path::ProfileId, profile);
    for (key, value) in event {
        match value {
            Value::Date(date) => draft.when(values::exact("happened", time::date(*date))),
            Value::String(text) if key.eq_ignore_ascii_case("process") => {
                draft.tell("by", text);
                program::named(&mut draft, text);
            }
            Value::String(text) if !key.eq_ignore_ascii_case("operation") => draft.tell(key, text),
            _ => {}
        }
    }
    draft
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    #[test]
    fn events_with_their_profile_and_process() {
        let list = xml("<dict><key>ProfileEvents</key><array><dict><key>com.example.profile</key><dict>\
             <key>operation</key><string>install</string><key>process</key><string>profiled</string>\
             <key>timestamp</key><date>2026-05-01T00:00:00Z</date></dict></dict><string>x</string></array></dict>");
        assert_eq!(
            lines(&ARTEFACT, &list),
            "event 1 | happened 2026-05-01T00:00:00Z Exact | install of profile com.example.profile; by profiled | \
             configuration-profile:id=com.example.profile process:name=profiled\n\
             partial 1 of Some(2): event 2 is no map\n"
        );
    }
}
