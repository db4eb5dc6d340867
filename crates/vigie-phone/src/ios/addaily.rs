//! How much each process sent and received, as kept for daily reports.

use ::plist::Value;

use super::draft::Draft;
use super::program;
use super::tally::{Tally, unreadable};
use super::values;
use crate::{Artefact, Input, Kind, Record, State, plist, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "osanalytics_addaily",
    places: &[
        (Kind::IosBackup, &["HomeDomain/Library/Preferences/com.apple.osanalytics.addaily.plist"]),
        (Kind::IosDump, &["private/var/mobile/Library/Preferences/com.apple.osanalytics.addaily.plist"]),
    ],
    reader: read,
};

const BYTES: [&str; 4] = ["Wi-Fi in", "Wi-Fi out", "mobile in", "mobile out"];

fn read(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let list = match plist::read(input.bytes, input.limits) {
        Ok(list) => list,
        Err(error) => return unreadable(error),
    };
    let baseline = list.as_dictionary().and_then(|it| it.get("netUsageBaseline"));
    let mut tally = Tally::of(ARTEFACT.name, input, tell);
    let Some(baseline) = baseline else { return tally.state() };
    let Some(processes) = baseline.as_dictionary() else { return unreadable("`netUsageBaseline` is no map") };
    for (name, usage) in processes {
        let mut draft = Draft::of("process", name);
        draft.say(name);
        program::named(&mut draft, name);
        let parts = usage.as_array().map(Vec::as_slice).unwrap_or_default();
        let date = parts.first().and_then(Value::as_date).and_then(time::date);
        draft.when(values::exact("counted", date));
        let mut missing = usize::from(date.is_none());
        for (what, value) in BYTES.iter().zip(1..) {
            match parts.get(value).and_then(values::as_number) {
                Some(bytes) => draft.tell(what, &format!("{bytes} bytes")),
                None => missing += 1,
            }
        }
        // The name is what counts: a process whose figures are short is told all the same.
        tally.take(draft);
        if missing > 0 {
            tally.cut(format!("the entry of `{name}` lacks {missing} of its 5 values"));
        }
    }
    tally.state()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ios::testing::{lines, xml};

    #[test]
    fn a_short_entry_costs_only_itself() {
        let whole = "<array><date>2026-05-01T00:00:00Z</date><real>1</real><real>2</real><real>3</real>\
                     <real>4.5</real></array>";
        let list = xml(&format!(
            "<dict><key>netUsageBaseline</key><dict><key>bh</key>{whole}<key>roleaccountd</key>\
             <array><date>2026-05-01T00:00:00Z</date></array><key>apsd</key>{whole}</dict></dict>"
        ));
        let bytes = "Wi-Fi in 1 bytes; Wi-Fi out 2 bytes; mobile in 3 bytes; mobile out 4.5 bytes";
        let when = "counted 2026-05-01T00:00:00Z Exact";
        assert_eq!(
            lines(&ARTEFACT, &list),
            format!(
                "process bh | {when} | bh; {bytes} | process:name=bh\n\
                 process roleaccountd | {when} | roleaccountd | process:name=roleaccountd\n\
                 process apsd | {when} | apsd; {bytes} | process:name=apsd\n\
                 partial 3 of None: the entry of `roleaccountd` lacks 4 of its 5 values\n"
            )
        );
        assert_eq!(lines(&ARTEFACT, &xml("<dict/>")), "present 0\n");
        assert!(
            lines(&ARTEFACT, &xml("<dict><key>netUsageBaseline</key><true/></dict>")).starts_with("unread")
        );
    }
}
