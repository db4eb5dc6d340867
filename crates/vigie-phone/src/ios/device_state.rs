//! Which phone a sysdiagnose is of: `remotectl_dumpstate.txt`.

use super::draft::Draft;
use super::tally::Tally;
use super::values;
use crate::lines::Lines;
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "device_state",
    places: &[(Kind::Sysdiagnose, &["remotectl_dumpstate.txt"])],
    reader: read,
};

const IDENTITY: [&str; 11] = [
    "Product Type",
    "ProductType",
    "ProductName",
    "OS Build",
    "OSVersion",
    "BuildVersion",
    "SerialNumber",
    "UniqueDeviceID",
    "HWModel",
    "DeviceClass",
    "RegionCode",
];

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let mut draft = Draft::of("the", "device");
    let mut told: Vec<String> = Vec::new();
    let mut local = false;
    for line in Lines::new(input.bytes).iter() {
        let text = line.text.trim();
        if line.indent() == 0 && !text.is_empty() {
            // After the phone itself come computers that it knows, which have the same keys.
            if local && !told.is_empty() {
                break;
            }
            local = text.starts_with("Local device");
        }
        let Some((key, value)) = text.split_once(" => ").or_else(|| text.split_once(": ")) else { continue };
        let (key, value) = (key.trim(), value.trim());
        if IDENTITY.contains(&key) && !told.iter().any(|it| it == key) {
            draft.tell(key, value);
            told.push(key.to_owned());
        }
    }
    if told.is_empty() {
        tally.cut("does not say which phone it is of");
    } else {
        draft.when(values::exact("sysdiagnose taken", input.zone.instant()));
        tally.take(draft);
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::lines;

    #[test]
    fn the_phone_and_not_its_computers() {
        let text = "Local device\n\tUUID: X\n\tProduct Type: iPhone16,2\n\tOS Build: 26.1 (23B85)\n\tProperties: {\n\
            \t\tSerialNumber => S1\n\t\tOSVersion => 26.1\n\t}\nFound a computer\n\tProduct Type: Mac1,1\n\
            \tUniqueDeviceID => Y\n";
        assert_eq!(
            lines(&ARTEFACT, text.as_bytes()),
            "the device | Product Type iPhone16,2; OS Build 26.1 (23B85); SerialNumber S1; OSVersion 26.1 | \n\
             present 1\n"
        );
        assert_eq!(lines(&ARTEFACT, b"\xff"), "unreadable: does not say which phone it is of\n");
    }
}
