//! Which apps and parts of the system asked for the phone's place, and when.

use vigie_model::event::Path;

use super::draft::Draft;
use super::program;
use super::tally::Tally;
use super::values;
use crate::{Artefact, Input, Kind, Record, State, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "locationd_clients",
    places: &[
        (
            Kind::IosBackup,
            &[
                "RootDomain/Library/Caches/locationd/clients.plist",
                "HomeDomain/Library/Caches/locationd/clients.plist",
            ],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/root/Library/Caches/locationd/clients.plist",
                "private/var/mobile/Library/Caches/locationd/clients.plist",
            ],
        ),
    ],
    reader: read,
};

/// Times, in seconds since 2001, and what they say.
const TIMES: [(&str, &str); 12] = [
    ("LocationTimeStarted", "place asked for"),
    ("LocationTimeStopped", "place asked for no longer"),
    ("BackgroundLocationTimeStopped", "place asked for in the background no longer"),
    ("ReceivingLocationInformationTimeStopped", "place received no longer"),
    ("ConsumptionPeriodBegin", "consumption begins"),
    ("SignificantTimeStarted", "changes of place asked for"),
    ("SignificantTimeStopped", "changes of place asked for no longer"),
    ("NonPersistentSignificantTimeStopped", "passing changes of place asked for no longer"),
    ("VisitTimeStarted", "visits asked for"),
    ("VisitTimeStopped", "visits asked for no longer"),
    ("FenceTimeStopped", "fences asked for no longer"),
    ("BeaconRegionTimeStopped", "beacons asked for no longer"),
];

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let clients = &match values::map_of(input) {
        Ok(map) => map,
        Err(state) => return state,
    };
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    for (client, entry) in clients {
        let Some(entry) = entry.as_dictionary() else {
            tally.lose(format!("the entry of `{client}` is no map"));
            continue;
        };
        let mut draft = Draft::of("client", client);
        let bundle = values::text(entry, "BundleId");
        draft.say(&format!("{} may ask for the place", bundle.unwrap_or(client)));
        if let Some(bundle) = bundle {
            draft.see(Path::AppId, bundle);
        }
        // `icom.example.app:` since iOS 17; a path for parts of the system.
        let plain = client.strip_prefix('i').and_then(|it| it.split(':').next()).unwrap_or(client);
        draft.bundle(client.trim_end_matches(':'));
        draft.bundle(plain);
        for key in ["Executable", "Registered", "BundlePath"] {
            let Some(path) = values::text(entry, key) else { continue };
            draft.tell(key, path);
            if key == "BundlePath" {
                draft.file(path);
            } else {
                program::named(&mut draft, path);
            }
        }
        for (key, what) in TIMES {
            draft.at(what, values::number(entry, key).and_then(time::mac_real));
        }
        tally.take(draft);
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    #[test]
    fn clients_with_their_programs_and_times() {
        let list = xml(
            "<dict><key>com.example.a</key><dict><key>BundleId</key><string>com.example.a</string>\
             <key>LocationTimeStopped</key><real>801692800</real></dict>\
             <key>bad</key><string>x</string>\
             <key>/usr/libexec/x</key><dict><key>Executable</key><string>/private/var/tmp/x</string></dict></dict>",
        );
        assert_eq!(
            lines(&ARTEFACT, &list),
            "client com.example.a | place asked for no longer 2026-05-28T20:26:40Z Exact | \
             com.example.a may ask for the place | app:id=com.example.a\n\
             client /usr/libexec/x | /usr/libexec/x may ask for the place; Executable /private/var/tmp/x | \
             process:name=x file:path=/private/var/tmp/x file:name=x !staging-program\n\
             partial 2 of Some(3): the entry of `bad` is no map\n"
        );
    }
}
