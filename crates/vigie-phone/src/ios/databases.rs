//! Databases of a sysdiagnose of which nothing is read but names: of the use of power (`PLSQL`), of installations, of the store.
//!
//! Their tables are many and differ between versions, so columns are taken by what their names say they hold. Such a database
//! tells of the same process thousands of times: each name is told once, with when it was first and last met.

use std::collections::BTreeMap;
use std::io::Read;

use super::draft::Draft;
use super::program;
use super::tally::{Tally, unreadable};
use super::values;
use crate::sqlite::{Database, Value};
use crate::{Artefact, Input, Kind, Record, State, time};

pub(crate) const POWER: Artefact = Artefact {
    name: "powerlog",
    places: &[
        (
            Kind::IosDump,
            &[
                "private/var/containers/Shared/SystemGroup/*/Library/BatteryLife/*.PLSQL",
                "private/var/containers/Shared/SystemGroup/*/Library/BatteryLife/*/*.PLSQL.gz",
            ],
        ),
        (
            Kind::Sysdiagnose,
            &["logs/powerlogs/*.PLSQL", "logs/powerlogs/*.PLSQL.gz", "logs/powerlogs/*/*.PLSQL.gz"],
        ),
    ],
    reader: power,
};

pub(crate) const STORE: Artefact = Artefact {
    name: "app_store",
    places: &[
        (
            Kind::IosDump,
            &[
                "private/var/mobile/Library/Caches/com.apple.appstored/*.sqlitedb",
                "private/var/mobile/Media/Downloads/downloads.*.sqlitedb",
            ],
        ),
        (Kind::Sysdiagnose, &["logs/appinstallation/*.sqlitedb", "logs/itunesstored/*.sqlitedb"]),
    ],
    reader: store,
};

/// So many names of one database are told.
const NAMES: usize = 200_000;

/// What a column holds, by a part of its name; the first that fits counts.
const COLUMNS: [(&str, Holds); 13] = [
    ("bundle", Holds::Bundle),
    ("identifier", Holds::Bundle),
    ("appid", Holds::Bundle),
    ("process", Holds::Program),
    ("procname", Holds::Program),
    ("executable", Holds::Program),
    ("launchd", Holds::Program),
    ("daemon", Holds::Program),
    ("coalition", Holds::Program),
    ("url", Holds::Site),
    ("domain", Holds::Site),
    ("hostname", Holds::Site),
    ("path", Holds::Path),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    Program,
    Bundle,
    Site,
    Path,
}

/// Where and when a name was met.
struct Met {
    table: String,
    times: u64,
    first: Option<i64>,
    last: Option<i64>,
}

fn power(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    read(POWER.name, true, input, tell)
}

fn store(input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    read(STORE.name, false, input, tell)
}

fn read(name: &'static str, has_times: bool, input: &Input<'_>, tell: &mut dyn FnMut(Record)) -> State {
    let unpacked;
    let mut cut = None;
    let bytes = if input.bytes.starts_with(&[0x1f, 0x8b]) {
        (unpacked, cut) = unpack(input);
        &unpacked[..]
    } else {
        input.bytes
    };
    let database = match Database::open(bytes, input.wal, input.limits) {
        Ok(database) => database,
        Err(error) => return unreadable(error),
    };
    let mut tally = Tally::of(name, input, tell);
    if let Some(why) = cut.or(database.damage()) {
        tally.cut(why);
    }
    let mut met: BTreeMap<(Holds, String), Met> = BTreeMap::new();
    let tables: Vec<String> = database.tables().map(str::to_owned).collect();
    for table in tables {
        if let Err(why) = names(&database, &table, has_times, &mut met) {
            tally.cut(format!("table `{table}`: {why}"));
        }
    }
    for ((holds, name), met) in met {
        tally.take(draft(holds, &name, &met));
    }
    tally.state()
}

/// The names in a table; an error where some of it cannot be read.
fn names(
    database: &Database<'_>,
    name: &str,
    has_times: bool,
    met: &mut BTreeMap<(Holds, String), Met>,
) -> Result<(), String> {
    let table = database.table(name).map_err(|it| it.to_string())?;
    let holds = |column: &str| {
        let column = column.to_ascii_lowercase();
        COLUMNS.iter().find(|it| column.contains(it.0)).map(|it| it.1)
    };
    let columns: Vec<(usize, Holds)> =
        table.columns().enumerate().filter_map(|(at, it)| Some((at, holds(it)?))).collect();
    if columns.is_empty() {
        return Ok(());
    }
    let mut rows = database.rows(&table);
    let mut too_many = false;
    for row in &mut rows {
        let time = row.real("timestamp").filter(|_| has_times).and_then(time::unix_real);
        for (at, holds) in &columns {
            let Some(Value::Text(text)) = row.at(*at) else { continue };
            if text.is_empty() {
                continue;
            }
            let key = (*holds, text.into_owned());
            if met.len() >= NAMES && !met.contains_key(&key) {
                too_many = true;
                continue;
            }
            let met = met.entry(key).or_insert_with(|| Met {
                table: name.to_owned(),
                times: 0,
                first: None,
                last: None,
            });
            met.times += 1;
            met.first = [met.first, time].into_iter().flatten().min();
            met.last = [met.last, time].into_iter().flatten().max();
        }
    }
    match rows.outcome().damage() {
        Some(why) => Err(why),
        None if too_many => Err(format!("more than {NAMES} names; those after are not told")),
        None => Ok(()),
    }
}

fn draft(holds: Holds, name: &str, met: &Met) -> Draft {
    let mut draft = Draft::of(&met.table, name);
    draft.say(&format!("{name}, met {} times", met.times));
    draft.when(values::exact("first met", met.first));
    draft.when(values::exact("last met", met.last));
    match holds {
        Holds::Program => program::named(&mut draft, name),
        Holds::Bundle => draft.bundle(name),
        Holds::Path if name.starts_with('/') => draft.file(name),
        Holds::Site if name.contains("://") => draft.links_in(name),
        Holds::Site if name.contains('.') && !name.contains(char::is_whitespace) => draft.host(name),
        Holds::Site | Holds::Path => {}
    }
    draft
}

/// The bytes of a packed database, and why some are missing.
fn unpack(input: &Input<'_>) -> (Vec<u8>, Option<String>) {
    let limit = input.limits.unpacked(input.bytes.len() as u64).min(input.limits.file_bytes);
    let mut bytes = Vec::new();
    let read = flate2::read::GzDecoder::new(input.bytes).take(limit + 1).read_to_end(&mut bytes);
    let why = match read {
        Err(error) => Some(format!("cannot be unpacked whole: {error}")),
        Ok(_) if bytes.len() as u64 > limit => {
            bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Some(format!("unpacks to more than {limit} bytes"))
        }
        Ok(_) => None,
    };
    (bytes, why)
}

#[cfg(test)]
mod tests;
