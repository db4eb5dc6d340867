//! Links in what other messengers keep: Threema, Viber, LINE, Wire, Telegram, Signal, Facebook's.
//!
//! Their tables differ and change, so none is known here by name: of every table each row that holds a link is told, with the
//! text that the link stands in, and when, as far as a column says it. What an app encrypts is told as unreadable.

use super::deep;
use super::draft::Draft;
use super::reading::{self, is_set};
use crate::sqlite::{Row, Value};
use crate::{Artefact, Input, Kind, Limits, Record, State, link, time};

pub(crate) const ARTEFACT: Artefact = Artefact {
    name: "messenger_messages",
    places: &[
        (
            Kind::IosBackup,
            &[
                "AppDomainGroup-group.ch.threema*/ThreemaData.sqlite",
                "AppDomainGroup-group.viber.share.container/com.viber/database/Contacts.data",
                "AppDomainGroup-group.com.linecorp.line/Library/Application Support/PrivateStore/*/Messages/Line.sqlite",
                "AppDomainGroup-group.com.wearezeta.zclient.ios/AccountData/*/store/store.wiredatabase",
                "AppDomainGroup-group.ph.telegra.Telegraph/telegram-data/*/postbox/db/db_sqlite",
                "AppDomainGroup-group.org.whispersystems.signal.group/grdb/signal.sqlite",
                "AppDomainGroup-group.com.facebook.Messenger/lightspeed-userDatabases/*.db",
            ],
        ),
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Containers/Shared/AppGroup/*/ThreemaData.sqlite",
                "private/var/mobile/Containers/Shared/AppGroup/*/com.viber/database/Contacts.data",
                "private/var/mobile/Containers/Shared/AppGroup/*/Library/Application Support/PrivateStore/*/Messages/Line.sqlite",
                "private/var/mobile/Containers/Shared/AppGroup/*/AccountData/*/store/store.wiredatabase",
                "private/var/mobile/Containers/Shared/AppGroup/*/telegram-data/*/postbox/db/db_sqlite",
                "private/var/mobile/Containers/Shared/AppGroup/*/grdb/signal.sqlite",
                "private/var/mobile/Containers/Shared/AppGroup/*/lightspeed-userDatabases/*.db",
            ],
        ),
    ],
    reader: read,
};

/// Columns that say whether the owner wrote it, by what their names say; the first that fits counts.
const OWN: [&str; 5] = ["ZISOWN", "ZISFROMME", "is_from_me", "is_outgoing", "outgoing"];

/// Columns that say when.
const WHEN: [&str; 10] = [
    "ZDATE",
    "ZTIMESTAMP",
    "ZSERVERTIMESTAMP",
    "ZREMOTESENTDATE",
    "timestamp_ms",
    "sent_timestamp",
    "receivedAtTimestamp",
    "timestamp",
    "created_at",
    "date",
];

fn read(input: &Input<'_>, out: &mut dyn FnMut(Record)) -> State {
    if input.bytes.len() >= 512 && !input.bytes.starts_with(b"SQLite format 3\0") {
        let why = "it does not begin as a database does; some messengers encrypt theirs with a key that only the phone has";
        return State::Unreadable { why: why.to_owned() };
    }
    reading::read(ARTEFACT.name, input, out, |reading| {
        for table in reading.tables(|it| !it.starts_with("sqlite_")) {
            let columns = reading.columns(&table);
            let named = |all: &[&str]| {
                all.iter().find_map(|name| columns.iter().find(|it| it.eq_ignore_ascii_case(name)))
            };
            let (own, when) = (named(&OWN), named(&WHEN));
            reading.each(&table, &[], |row| {
                let mut draft = message(row, &table, &columns, input.limits)?;
                let what = match own {
                    Some(own) if is_set(row, own) => "written",
                    Some(_) => "received",
                    None => "kept",
                };
                draft.at(what, when.and_then(|it| row.get(it)).and_then(|it| instant(&it)));
                Some(draft)
            });
        }
    })
}

/// A row with every text of it that has a link; none where no text has one.
fn message(row: &Row<'_>, table: &str, columns: &[String], limits: &Limits) -> Option<Draft> {
    let mut draft = Draft::of(table, row.rowid().unwrap_or_default());
    for (at, column) in columns.iter().enumerate() {
        match row.at(at) {
            Some(Value::Text(text)) => quote(&mut draft, column, &text),
            Some(Value::Blob(bytes)) => {
                deep::texts(&bytes, limits).plain().for_each(|it| quote(&mut draft, column, it));
            }
            _ => {}
        }
    }
    (!draft.saw_nothing()).then_some(draft)
}

fn quote(draft: &mut Draft, column: &str, text: &str) {
    if link::of(text).next().is_some() {
        draft.quote(column, text);
    }
}

/// A time on whichever clock it is kept: of the sizes that a time of these decades has, no two clocks share one.
fn instant(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Integer(it) if *it >= 100_000_000_000_000_000 => time::mac(*it),
        Value::Integer(it) if *it >= 100_000_000_000_000 => time::unix_micros(*it),
        Value::Integer(it) if *it >= 100_000_000_000 => time::unix_millis(*it),
        Value::Integer(it) if *it >= UNIX_FROM => time::unix_seconds(*it),
        Value::Integer(it) if *it > 0 => time::mac(*it),
        Value::Real(it) if *it >= UNIX_FROM as f64 => time::unix_real(*it),
        Value::Real(it) if *it > 0.0 => time::mac_real(*it),
        _ => None,
    }
}

/// From here on seconds are counted from 1970: since 2001 they would lead to the year 2039, and since 1970 this is 2008.
const UNIX_FROM: i64 = 1_200_000_000;

#[cfg(test)]
mod tests;
