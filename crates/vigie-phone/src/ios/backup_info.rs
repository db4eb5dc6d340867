//! Which phone a backup is of, and the apps it says are installed: `Info.plist`.

use vigie_model::event::Path;

use super::draft::Draft;
use super::tally::Tally;
use super::values;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact =
    Artefact { name: "backup_info", places: &[(Kind::IosBackup, &["Info.plist"])], reader: read };

const IDENTITY: [&str; 10] = [
    "Device Name",
    "Product Type",
    "Product Version",
    "Build Version",
    "Serial Number",
    "Unique Identifier",
    "IMEI",
    "ICCID",
    "Phone Number",
    "iTunes Version",
];

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let map = &match values::map_of(input) {
        Ok(map) => map,
        Err(state) => return state,
    };
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let mut draft = Draft::of("the", "device");
    draft.say(&values::listing(map, &IDENTITY));
    draft.when(values::date("last backup", map, "Last Backup Date"));
    tally.take(draft);
    let apps = map.get("Installed Applications").and_then(|it| it.as_array());
    for (app, number) in apps.into_iter().flatten().zip(1_u64..) {
        let Some(bundle) = app.as_string() else {
            tally.lose(format!("Installed Applications {number} is no text"));
            continue;
        };
        let mut draft = Draft::of("Installed Applications", number);
        draft.say(&format!("{bundle} is installed"));
        draft.see(Path::AppId, bundle);
        tally.take(draft);
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    #[test]
    fn the_device_and_its_apps() {
        let list = xml(
            "<dict><key>Product Type</key><string>iPhone16,2</string><key>Serial Number</key><string>S1</string>\
             <key>Last Backup Date</key><date>2026-05-30T10:00:00Z</date>\
             <key>Installed Applications</key><array><string>com.example.a</string><integer>1</integer>\
             <string>ph.telegra.Telegraph</string></array></dict>",
        );
        assert_eq!(
            lines(&ARTEFACT, &list),
            "the device | last backup 2026-05-30T10:00:00Z Exact | Product Type iPhone16,2, Serial Number S1 | \n\
             Installed Applications 1 | com.example.a is installed | app:id=com.example.a\n\
             Installed Applications 3 | ph.telegra.Telegraph is installed | app:id=ph.telegra.Telegraph\n\
             partial 3 of Some(4): Installed Applications 2 is no text\n"
        );
        assert_eq!(
            lines(&ARTEFACT, b"zzz"),
            "unreadable: is no property list: it is neither binary nor XML\n"
        );
        assert_eq!(lines(&ARTEFACT, &xml("<array/>")), "unreadable: is a property list, but no map\n");
    }
}
