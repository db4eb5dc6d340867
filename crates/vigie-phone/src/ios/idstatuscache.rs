//! Whose addresses the phone looked up to see whether they can be reached by Apple's services.

use vigie_model::event::Path;

use super::draft::Draft;
use super::tally::Tally;
use super::values;
use crate::{Artefact, Input, Kind, Record, Sign, State, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "idstatuscache",
    places: &[
        (Kind::IosBackup, &["HomeDomain/Library/Preferences/com.apple.identityservices.idstatuscache.plist"]),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Library/Preferences/com.apple.identityservices.idstatuscache.plist",
                "private/var/mobile/Library/IdentityServices/idstatuscache.plist",
            ],
        ),
    ],
    reader: read,
};

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let services = &match values::map_of(input) {
        Ok(map) => map,
        Err(state) => return state,
    };
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    for (service, users) in services {
        // Beside services stand numbers and dates of the cache itself.
        let Some(users) = users.as_dictionary() else { continue };
        for (user, entry) in users {
            let Some(entry) = entry.as_dictionary() else {
                tally.lose(format!("{service}: the entry of `{}` is no map", user.escape_debug()));
                continue;
            };
            let mut draft = Draft::of(service, user.escape_debug());
            draft.say(&format!("{} was looked up for {service}", user.escape_debug()));
            if let Some(status) = values::number(entry, "IDStatus") {
                draft.tell("status", &status.to_string());
            }
            draft.at("looked up", values::number(entry, "LookupDate").and_then(time::mac_real));
            // What is told of a name with such characters must not hide what stands around them.
            draft.person(&user.replace('\0', ""));
            draft.see(Path::AppId, service);
            if user.contains('\0') {
                draft.sign(Sign::MalformedIdentity);
            }
            tally.take(draft);
        }
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use ::plist::{Dictionary, Value};

    use super::*;
    use crate::ios::testing::lines;

    #[test]
    fn people_that_were_looked_up() {
        let mut users = Dictionary::new();
        let mut entry = Dictionary::new();
        entry.insert("IDStatus".into(), Value::Integer(1.into()));
        entry.insert("LookupDate".into(), Value::Real(801_692_800.0));
        users.insert("mailto:ann@mail.example".into(), Value::Dictionary(entry.clone()));
        users.insert("mailto:\0\0bob@mail.example".into(), Value::Dictionary(entry));
        users.insert("tel:+1".into(), Value::Boolean(true));
        let mut services = Dictionary::new();
        services.insert("com.apple.madrid".into(), Value::Dictionary(users));
        services.insert("Version".into(), Value::Integer(2.into()));
        let mut bytes = Vec::new();
        Value::Dictionary(services).to_writer_binary(&mut bytes).unwrap();
        assert_eq!(
            lines(&ARTEFACT, &bytes),
            "com.apple.madrid mailto:ann@mail.example | looked up 2026-05-28T20:26:40Z Exact | \
             mailto:ann@mail.example was looked up for com.apple.madrid; status 1 | \
             email-addr:value=ann@mail.example app:id=com.apple.madrid\n\
             com.apple.madrid mailto:\\0\\0bob@mail.example | looked up 2026-05-28T20:26:40Z Exact | \
             mailto:\\0\\0bob@mail.example was looked up for com.apple.madrid; status 1 | \
             email-addr:value=bob@mail.example app:id=com.apple.madrid !malformed-identity\n\
             partial 2 of Some(3): com.apple.madrid: the entry of `tel:+1` is no map\n"
        );
    }
}
