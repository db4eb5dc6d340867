//! Which binaries the phone knows by their UUIDs: `UUIDToBinaryLocations`, and the lists of shared libraries in `olddsc`.

use super::draft::Draft;
use super::program;
use super::tally::{Tally, unreadable};
use super::values;
use crate::{Artefact, Input, Kind, Record, Sign, State, plist};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "binary_locations",
    places: &[
        (Kind::IosDump, &["private/var/db/spindump/UUIDToBinaryLocations"]),
        (Kind::Sysdiagnose, &["logs/tailspindb/UUIDToBinaryLocations", "logs/olddsc/*"]),
    ],
    reader: read,
};

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let list = match plist::read(input.bytes, input.limits) {
        Ok(list) => list,
        Err(error) => return unreadable(error),
    };
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let mut number = 0_u64;
    values::every_text(&list, "", &mut |key, text| {
        let path = text.strip_prefix("file://").unwrap_or(text);
        if !path.starts_with('/') {
            return;
        }
        number += 1;
        let mut draft = Draft::of("binary", number);
        draft.say(path);
        if program::is_uuid(key) {
            draft.tell("UUID", key);
        }
        draft.file(path);
        if program::is_staged(path) {
            draft.sign(Sign::StagingProgram);
        }
        tally.take(draft);
    });
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    #[test]
    fn paths_and_their_uuids() {
        let list = xml(
            "<dict><key>EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34A</key><array><string>/usr/libexec/a</string></array>\
             <key>Binaries</key><array><dict><key>Path</key><string>/private/var/tmp/b</string></dict></array></dict>",
        );
        assert_eq!(
            lines(&ARTEFACT, &list),
            "binary 1 | /usr/libexec/a; UUID EBFB3E7F-4CA4-3656-8E9C-8CCF5995C34A | file:path=/usr/libexec/a \
             file:name=a\n\
             binary 2 | /private/var/tmp/b | file:path=/private/var/tmp/b file:name=b !staging-program\n\
             present 2\n"
        );
        assert!(lines(&ARTEFACT, b"bplist00").starts_with("unreadable: "));
    }
}
