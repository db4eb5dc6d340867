//! Calls, by phone and by apps that report theirs. `CallHistory.storedata`.

use std::collections::HashMap;

use vigie_model::event::Path;

use super::draft::Draft;
use super::reading::{self, is_set, key, mac, number, words};
use crate::{Artefact, Input, Kind, Record, State};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "calls",
    places: &[
        (Kind::IosBackup, &["HomeDomain/Library/CallHistoryDB/CallHistory.storedata"]),
        (Kind::IosDump, &["private/var/mobile/Library/CallHistoryDB/CallHistory.storedata"]),
    ],
    reader: read,
};

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    reading::read(ARTEFACT.name, input, out, |reading| {
        let mut handles = HashMap::new();
        reading.look_if_any("ZHANDLE", |row| {
            handles.insert(number(row), words(row, "ZVALUE"));
        });
        let mut others: HashMap<i64, Vec<i64>> = HashMap::new();
        for table in reading.tables(|it| it.starts_with("Z_") && it.ends_with("REMOTEPARTICIPANTHANDLES")) {
            let call =
                reading.column(&table, |it| it.ends_with("REMOTEPARTICIPANTCALLS")).unwrap_or_default();
            let handle =
                reading.column(&table, |it| it.ends_with("REMOTEPARTICIPANTHANDLES")).unwrap_or_default();
            reading.look(&table, &[], |row| {
                if let Some((call, handle)) = key(row, &call).zip(key(row, &handle)) {
                    others.entry(call).or_default().push(handle);
                }
            });
        }
        reading.each("ZCALLRECORD", &["ZADDRESS", "ZDATE"], |row| {
            let mut draft = Draft::of("call", number(row));
            let outgoing = is_set(row, "ZORIGINATED");
            draft.say(if outgoing { "outgoing" } else { "incoming" });
            let with = others.get(&number(row)).into_iter().flatten().filter_map(|it| handles.get(it));
            for other in [words(row, "ZADDRESS")].iter().chain(with) {
                draft.tell(if outgoing { "to" } else { "from" }, other);
                draft.person(other);
            }
            draft.tell("named", &words(row, "ZNAME"));
            let provider = words(row, "ZSERVICE_PROVIDER");
            draft.tell("by", &provider);
            draft.see(Path::AppId, &provider);
            draft.say(if outgoing || is_set(row, "ZANSWERED") { "" } else { "not answered" });
            if let Some(seconds) = row.real("ZDURATION") {
                draft.say(&format!("{seconds:.0} seconds"));
            }
            draft.tell("country", &words(row, "ZISO_COUNTRY_CODE"));
            draft.at("called", mac(row, "ZDATE"));
            Some(draft)
        });
    })
}
