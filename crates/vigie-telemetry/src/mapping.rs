//! What the fields of a log mean, as data.
//!
//! A mapping file (`mappings/*.toml`, see [`file`](self::file)) says which records form a log class, in the words of
//! Sigma; under which further names rules speak of a field; and which fields are cyber-observable values. The files of
//! this crate are compiled in ([`Mappings::built_in`]); more can be given as text ([`Mappings::with`]).
//!
//! Invariants
//! - A record's class is found by looking up the values of a few fields, never by going through classes.
//! - A file with a mistake is refused as a whole, with its line: a mapping is never half in use.
//!
//! Start with `mappings/sysmon.toml`, then `mapping/file.rs`.

mod apply;
mod derive;
mod file;
mod tables;

use crate::Format;
use crate::meaning::Meaning;
use derive::Derive;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use vigie_model::event::Field;
use vigie_model::log::LogClass;

pub use file::BadMapping;
pub use tables::markdown;

/// The mapping files of this crate, by name. A later one may use the names of an earlier one.
const BUILT_IN: &[(&str, &str)] = &[
    ("windows.toml", include_str!("../mappings/windows.toml")),
    ("sysmon.toml", include_str!("../mappings/sysmon.toml")),
    ("security.toml", include_str!("../mappings/security.toml")),
    ("powershell.toml", include_str!("../mappings/powershell.toml")),
    ("eve.toml", include_str!("../mappings/eve.toml")),
    ("zeek.toml", include_str!("../mappings/zeek.toml")),
    ("ecs.toml", include_str!("../mappings/ecs.toml")),
    ("ocsf.toml", include_str!("../mappings/ocsf.toml")),
    ("web.toml", include_str!("../mappings/web.toml")),
    ("proxy.toml", include_str!("../mappings/proxy.toml")),
    ("linux.toml", include_str!("../mappings/linux.toml")),
    ("auditd.toml", include_str!("../mappings/auditd.toml")),
    ("cef.toml", include_str!("../mappings/cef.toml")),
    ("table.toml", include_str!("../mappings/table.toml")),
    ("json.toml", include_str!("../mappings/json.toml")),
];

/// All mappings that are in use.
#[derive(Debug, Default)]
pub struct Mappings {
    classes: Vec<Class>,
    routes: HashMap<Format, Vec<Route>, RandomState>,
}

/// Records of one class, and what their fields mean.
#[derive(Debug)]
struct Class {
    log: LogClass,
    rules: Arc<Rules>,
    derive: Vec<Derive>,
    /// Names of the fields that say when the event happened, where the reader does not know.
    time: Vec<Box<str>>,
}

/// What fields mean, by name.
type Rules = HashMap<Box<str>, Rule, RandomState>;

/// What one field means.
#[derive(Clone, Debug, Default)]
struct Rule {
    /// Its further names.
    names: Vec<Arc<str>>,
    meanings: Vec<Meaning>,
    /// Fields that say the same in other words.
    worded: Vec<Worded>,
}

/// A field that says what another says, in the words of rules.
#[derive(Clone, Debug)]
struct Worded {
    name: Arc<str>,
    /// By the value of the other, in lower case. A value that is not here is not said.
    words: Arc<HashMap<Box<str>, Box<str>, RandomState>>,
}

/// Fields that tell the class, and the class of each of their values.
#[derive(Debug)]
struct Route {
    /// Names of the fields; `kind` stands for the record's kind.
    by: Vec<Box<str>>,
    /// By the values in lower case, each with a zero byte behind it.
    classes: HashMap<Box<[u8]>, usize, RandomState>,
}

impl Mappings {
    /// Those of this crate.
    pub fn built_in() -> Arc<Self> {
        static BUILT: LazyLock<Arc<Mappings>> = LazyLock::new(|| {
            // Invariant: a test reads every file that is compiled in.
            Arc::new(file::load(BUILT_IN).expect("the mappings of this crate are right"))
        });
        Arc::clone(&BUILT)
    }

    /// Those of this crate and further ones, each a name for messages and its text. A further file goes before one of
    /// this crate for the records that both speak of, and may use the names of any file before it.
    pub fn with(further: &[(&str, &str)]) -> Result<Self, BadMapping> {
        let files: Vec<_> = BUILT_IN.iter().chain(further).copied().collect();
        file::load(&files)
    }

    /// Every log class that a record can have, in the order of the files.
    pub fn classes(&self) -> impl Iterator<Item = &LogClass> {
        self.classes.iter().map(|it| &it.log)
    }

    /// The class of a record; the one that asks for the most fields goes first. What Winlogbeat sends is a Windows event.
    fn class(&self, format: Format, kind: &str, fields: &[Field<'_>]) -> Option<&Class> {
        let is_windows = format == Format::Ecs && fields.iter().any(|it| it.name == "Channel");
        let format = if is_windows { Format::Winlog } else { format };
        let mut key = Vec::with_capacity(96);
        for route in self.routes.get(&format)? {
            key.clear();
            if let Some(class) = route.find(kind, fields, 0, &mut key) {
                return self.classes.get(class);
            }
        }
        None
    }

    /// Whether records of this kind can have a class, where the kind alone tells it.
    pub(crate) fn knows_kind(&self, format: Format, kind: &str) -> bool {
        self.class(format, kind, &[]).is_some()
    }
}

/// How many values of one field are tried, where a record has it several times.
const VALUES_TRIED: usize = 4;

impl Route {
    /// The class of the values, from field number `at` on, with those of the fields before it in `key`.
    fn find(&self, kind: &str, fields: &[Field<'_>], at: usize, key: &mut Vec<u8>) -> Option<usize> {
        let Some(name) = self.by.get(at) else { return self.classes.get(&**key).copied() };
        if &**name == "kind" {
            return self.find_with(kind, kind, fields, at, key);
        }
        let values = fields.iter().filter(|it| it.name == **name).filter_map(|it| it.value.text());
        values.take(VALUES_TRIED).find_map(|it| self.find_with(it, kind, fields, at, key))
    }

    fn find_with(
        &self,
        value: &str,
        kind: &str,
        fields: &[Field<'_>],
        at: usize,
        key: &mut Vec<u8>,
    ) -> Option<usize> {
        let length = key.len();
        key.extend(value.bytes().map(|it| it.to_ascii_lowercase()));
        key.push(0);
        let found = self.find(kind, fields, at + 1, key);
        key.truncate(length);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_model::event::Scalar;

    #[test]
    fn the_mappings_of_this_crate_are_right() {
        let mappings = Mappings::with(&[]).unwrap_or_else(|it| panic!("{it}"));
        assert!(mappings.classes().count() > 100);
        let versioned = |it: &LogClass| {
            it.mapping.rsplit_once(' ').is_some_and(|it| it.1.parse::<u32>().is_ok_and(|it| it > 0))
        };
        assert!(mappings.classes().all(versioned));
        let lower =
            |it: &LogClass| it.sources.iter().all(|it| it.to_string().to_lowercase() == it.to_string());
        assert!(mappings.classes().all(lower), "Sigma's sources are in lower case");
    }

    #[track_caller]
    fn check(further: &[(&str, &str)], format: Format, record: &[(&'static str, &'static str)], want: &str) {
        let mappings = Mappings::with(further).unwrap_or_else(|it| panic!("{it}"));
        let field =
            |it: &(&'static str, &'static str)| Field { name: it.0.into(), value: Scalar::Text(it.1.into()) };
        let fields: Vec<_> = record.iter().map(field).collect();
        let sources =
            |it: &Class| it.log.sources.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let got = mappings.class(format, "", &fields).map_or("none".into(), sources);
        assert_eq!(got, want, "{record:?}");
    }

    #[test]
    fn the_class_that_asks_for_most_holds() {
        let channel = ("Channel", "SECURITY");
        check(&[], Format::Winlog, &[], "windows/*/*");
        check(&[], Format::Winlog, &[channel], "windows/*/security");
        check(&[], Format::Winlog, &[("EventID", "4688"), channel], "windows/process_creation/security");
        check(
            &[],
            Format::Winlog,
            &[("EventID", "1"), ("EventID", "4688"), channel],
            "windows/process_creation/security",
        );
        check(&[], Format::Winlog, &[("Channel", "x"), ("EventID", "4688")], "windows/*/*");
        check(
            &[],
            Format::Ecs,
            &[("event.category", "process"), ("event.type", "start"), ("host.os.type", "linux")],
            "linux/process_creation/*",
        );
        check(&[], Format::Eve, &[], "none");
        let own = "name = \"own\"\nversion = 3\nformats = [\"winlog\"]\nuses = [\"security\"]\n[[class]]\nwhen = { Channel = \"Security\" }\nsources = [\"own/*/*\"]\n";
        check(&[("own.toml", own)], Format::Winlog, &[channel], "own/*/*");
    }
}
