//! Mapping files: TOML, checked as a whole before anything is used.
//!
//! ```toml
//! name = "sysmon"             # with the version, the name that a hit gives
//! version = 1                 # raised with each change
//! formats = ["evtx"]          # whose records the classes are looked for in
//! uses = ["windows"]          # files whose [names] and [seen] hold here too
//! time = ["UtcTime"]          # fields that say when it happened, if the reader does not know
//!
//! [names]                     # a field, and its further names in every class of the file
//! SourceName = "Provider_Name"
//!
//! [seen]                      # a field, and what it says in terms of STIX
//! Image = "process.image"
//!
//! [[class]]
//! when = { Channel = "Microsoft-Windows-Sysmon/Operational", EventID = [12, 13] }
//! sources = ["windows/registry_event/sysmon"]  # product/category/service, `*` for none
//! derive = ["hashes"]         # fields that are made of others
//! names = { }                 # as above, for this class
//! seen = { TargetObject = "registry.target" }
//!
//! [class.words.MandatoryLabel.IntegrityLevel]  # a field, a further field, and for each value of the first its word
//! "S-1-16-4096" = "Low"
//! ```
//!
//! `when` compares without regard to case; `kind` is the record's kind; an empty `when` holds for all records of the
//! formats that no other class wants. In `sources`, `{FIELD}` stands for that field's value in `when`, in lower case.

use super::{Class, Derive, Mappings, Route, Rule, Rules, Worded};
use crate::Format;
use crate::meaning::Meaning;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use toml::Spanned;
use vigie_model::log::{LogClass, LogSource};

/// A mapping file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{file}`, line {line}: {reason}")]
pub struct BadMapping {
    /// The file, as it was named.
    pub file: String,
    /// The line of the mistake, from 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// A file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    version: Spanned<u32>,
    formats: Vec<Spanned<String>>,
    #[serde(default)]
    uses: Vec<Spanned<String>>,
    #[serde(default)]
    time: Vec<Box<str>>,
    #[serde(default)]
    names: Words,
    #[serde(default)]
    seen: Words,
    #[serde(default)]
    words: Wordings,
    #[serde(default, rename = "class")]
    classes: Vec<Written>,
}

/// A class, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    when: BTreeMap<String, Spanned<Values>>,
    sources: Vec<Spanned<String>>,
    #[serde(default)]
    derive: Vec<Spanned<String>>,
    #[serde(default)]
    names: Words,
    #[serde(default)]
    seen: Words,
    #[serde(default)]
    words: Wordings,
}

/// A field, a further field, and for each value of the first that of the further one.
type Wordings = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

/// A field, and one or more words about it.
type Words = BTreeMap<String, Spanned<Values>>;

/// One value, or a list of them.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Values {
    One(Value),
    Many(Vec<Value>),
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Value {
    Text(String),
    Number(i64),
}

impl Values {
    fn texts(&self) -> Vec<String> {
        let values = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        };
        let text = |it: &Value| match it {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
        };
        values.iter().map(text).collect()
    }
}

/// Reads files, each a name and its text. Of two classes for the same records, the one of the later file holds.
pub(super) fn load(files: &[(&str, &str)]) -> Result<Mappings, BadMapping> {
    let mut loading = Loading::default();
    for (name, text) in files {
        loading.file(&Text { name, text })?;
    }
    for routes in loading.mappings.routes.values_mut() {
        routes.sort_by_key(|it| std::cmp::Reverse(it.by.len()));
    }
    Ok(loading.mappings)
}

/// A file's text, for the lines of mistakes.
struct Text<'t> {
    name: &'t str,
    text: &'t str,
}

impl Text<'_> {
    fn wrong(&self, at: usize, reason: impl Into<String>) -> BadMapping {
        let before = self.text.get(..at).unwrap_or_default();
        BadMapping {
            file: self.name.to_owned(),
            line: 1 + before.matches('\n').count(),
            reason: reason.into(),
        }
    }
}

#[derive(Default)]
struct Loading {
    mappings: Mappings,
    /// By the name of the file.
    shared: BTreeMap<String, Rules>,
}

impl Loading {
    fn file(&mut self, text: &Text<'_>) -> Result<(), BadMapping> {
        let file: File = toml::from_str(text.text)
            .map_err(|it| text.wrong(it.span().map_or(0, |it| it.start), it.message().replace('\n', ", ")))?;
        if *file.version.get_ref() == 0 {
            return Err(text.wrong(file.version.span().start, "`version` begins with 1"));
        }
        let formats: Result<Vec<Format>, _> = file
            .formats
            .iter()
            .map(|it| {
                it.get_ref()
                    .parse()
                    .map_err(|bad: crate::BadFormat| text.wrong(it.span().start, bad.to_string()))
            })
            .collect();
        let formats = formats?;
        let mut rules = Rules::default();
        for used in &file.uses {
            let found = self.shared.get(used.get_ref()).ok_or_else(|| {
                text.wrong(
                    used.span().start,
                    format!("there is no mapping `{}` before this one", used.get_ref()),
                )
            })?;
            for (name, rule) in found {
                merge(rules.entry(name.clone()).or_default(), rule);
            }
        }
        add(text, &mut rules, &file.names, &file.seen)?;
        add_words(&mut rules, &file.words);
        for class in &file.classes {
            self.class(text, &file, class, &formats, &rules)?;
        }
        self.shared.insert(file.name, rules);
        Ok(())
    }

    fn class(
        &mut self,
        text: &Text<'_>,
        file: &File,
        written: &Written,
        formats: &[Format],
        shared: &Rules,
    ) -> Result<(), BadMapping> {
        let mut rules = shared.clone();
        add(text, &mut rules, &written.names, &written.seen)?;
        add_words(&mut rules, &written.words);
        let derive: Result<Vec<Derive>, _> = written
            .derive
            .iter()
            .map(|it| {
                let unknown =
                    || text.wrong(it.span().start, format!("nothing can derive `{}`", it.get_ref()));
                Derive::named(it.get_ref()).ok_or_else(unknown)
            })
            .collect();
        let derive = derive?;
        let rules = Arc::new(rules);
        let mapping: Box<str> = format!("{} {}", file.name, file.version.get_ref()).into();
        let by: Vec<Box<str>> = written.when.keys().map(|it| it.as_str().into()).collect();
        let first = self.mappings.classes.len();
        for values in combinations(&written.when) {
            let sources: Result<_, _> =
                written.sources.iter().map(|it| source(text, it, &by, &values)).collect();
            let log = LogClass { mapping: mapping.clone(), sources: sources? };
            // Values that make no difference to the sources share a class.
            let known = self.mappings.classes.iter().skip(first).position(|it| it.log == log);
            let number = known.map_or(self.mappings.classes.len(), |it| first + it);
            if known.is_none() {
                let (rules, derive, time) = (Arc::clone(&rules), derive.clone(), file.time.clone());
                self.mappings.classes.push(Class { log, rules, derive, time });
            }
            self.route(formats, &by, &values, number);
        }
        Ok(())
    }

    /// Leads records with these values to a class.
    fn route(&mut self, formats: &[Format], by: &[Box<str>], values: &[String], class: usize) {
        let mut key = Vec::new();
        for value in values {
            key.extend(value.bytes().map(|it| it.to_ascii_lowercase()));
            key.push(0);
        }
        for format in formats {
            let routes = self.mappings.routes.entry(*format).or_default();
            let at = routes.iter().position(|it| it.by == by).unwrap_or_else(|| {
                routes.push(Route { by: by.into(), classes: HashMap::default() });
                routes.len() - 1
            });
            if let Some(route) = routes.get_mut(at) {
                route.classes.insert(key.clone().into(), class);
            }
        }
    }
}

/// Every choice of one value for each field, in the order of the fields.
fn combinations(when: &BTreeMap<String, Spanned<Values>>) -> Vec<Vec<String>> {
    let mut chosen = vec![Vec::new()];
    for values in when.values() {
        let texts = values.get_ref().texts();
        let longer = |start: &Vec<String>| {
            let one = |text: &String| start.iter().chain([text]).cloned().collect();
            texts.iter().map(one).collect::<Vec<Vec<String>>>()
        };
        chosen = chosen.iter().flat_map(longer).collect();
    }
    chosen
}

/// `product/category/service`, with the values of the class's fields put in.
fn source(
    text: &Text<'_>,
    written: &Spanned<String>,
    by: &[Box<str>],
    values: &[String],
) -> Result<LogSource, BadMapping> {
    let mut filled = written.get_ref().clone();
    for (name, value) in by.iter().zip(values) {
        filled = filled.replace(&format!("{{{name}}}"), &value.to_lowercase());
    }
    let mut parts = filled.split('/').map(|it| (it != "*").then(|| Box::from(it)));
    let (Some(product), Some(category), Some(service), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        let why = format!("`{filled}` is not `product/category/service`, with `*` for none");
        return Err(text.wrong(written.span().start, why));
    };
    Ok(LogSource { product, category, service })
}

/// Adds what a file or a class says about fields.
fn add(text: &Text<'_>, rules: &mut Rules, names: &Words, seen: &Words) -> Result<(), BadMapping> {
    for (field, further) in names {
        let names = further.get_ref().texts().into_iter().map(Arc::from).collect();
        merge(rules.entry(field.as_str().into()).or_default(), &Rule { names, ..Rule::default() });
    }
    for (field, words) in seen {
        let unknown = |word: &String| {
            text.wrong(
                words.span().start,
                format!("`{word}` is nothing that a field can say; see `meaning/names.rs`"),
            )
        };
        let meanings: Result<Vec<_>, _> =
            words.get_ref().texts().iter().map(|it| Meaning::named(it).ok_or_else(|| unknown(it))).collect();
        merge(
            rules.entry(field.as_str().into()).or_default(),
            &Rule { meanings: meanings?, ..Rule::default() },
        );
    }
    Ok(())
}

/// Adds fields that say in other words what a field says.
fn add_words(rules: &mut Rules, wordings: &Wordings) {
    for (field, further) in wordings {
        for (name, words) in further {
            let lower =
                |(value, word): (&String, &String)| (value.to_lowercase().into(), word.as_str().into());
            let words = Arc::new(words.iter().map(lower).collect());
            let worded = vec![Worded { name: name.as_str().into(), words }];
            merge(rules.entry(field.as_str().into()).or_default(), &Rule { worded, ..Rule::default() });
        }
    }
}

/// Adds further names to those of a rule; what a field says is said anew.
fn merge(rule: &mut Rule, other: &Rule) {
    for name in &other.names {
        if !rule.names.contains(name) {
            rule.names.push(Arc::clone(name));
        }
    }
    for worded in &other.worded {
        rule.worded.retain(|it| it.name != worded.name);
        rule.worded.push(worded.clone());
    }
    if !other.meanings.is_empty() {
        rule.meanings.clone_from(&other.meanings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let got = load(&[("a.toml", text)]).map(|it| format!("{} classes", it.classes.len()));
        assert_eq!(got.unwrap_or_else(|it| it.to_string()), want, "{text}");
    }

    const HEAD: &str = "name = \"a\"\nversion = 1\nformats = [\"eve\"]\n";

    #[test]
    fn mistakes_are_told_with_their_line() {
        check(HEAD, "0 classes");
        check(&format!("{HEAD}[[class]]\nwhen = {{}}\nsources = [\"a/*/b\"]\n"), "1 classes");
        check(&HEAD.replace('1', "0"), "`a.toml`, line 2: `version` begins with 1");
        check(&HEAD.replace("eve", "evf"), &format!("`a.toml`, line 3: {}", crate::BadFormat("evf".into())));
        check(
            &format!("{HEAD}[seen]\nx = \"nonsense\"\n"),
            "`a.toml`, line 5: `nonsense` is nothing that a field can say; see `meaning/names.rs`",
        );
        check(
            &format!("{HEAD}uses = [\"b\"]\n"),
            "`a.toml`, line 4: there is no mapping `b` before this one",
        );
        check(
            &format!("{HEAD}[[class]]\nwhen = {{}}\nsources = [\"a/b\"]\n"),
            "`a.toml`, line 6: `a/b` is not `product/category/service`, with `*` for none",
        );
        check(
            &format!("{HEAD}[[class]]\nwhen = {{}}\nsources = []\nderive = [\"x\"]\n"),
            "`a.toml`, line 7: nothing can derive `x`",
        );
    }

    #[test]
    fn words_are_found_whatever_the_case_and_said_anew_by_the_class() {
        let words = "[words.l.Level]\n\"S-1\" = \"Low\"\n[words.l.Other]\nx = \"y\"\n";
        let class = "[[class]]\nwhen = {}\nsources = []\n[class.words.l.Level]\n\"S-2\" = \"High\"\n";
        let got = load(&[("a.toml", &format!("{HEAD}{words}{class}"))]).expect("it is right");
        let worded = &got.classes[0].rules["l"].worded;
        let said: Vec<_> =
            worded.iter().map(|it| (&*it.name, it.words.get("s-2").map(AsRef::as_ref))).collect();
        assert_eq!(said, [("Other", None), ("Level", Some("High"))]);
    }

    #[test]
    fn values_are_put_into_sources_and_combined() {
        let class =
            "[[class]]\nwhen = { kind = [\"dns\", \"x\"], n = [1, 2] }\nsources = [\"zeek/*/{kind}\"]\n";
        let got = load(&[("a.toml", &format!("{HEAD}{class}"))]).expect("it is right");
        let sources: Vec<_> = got.classes().map(|it| it.sources[0].to_string()).collect();
        assert_eq!(sources, ["zeek/*/dns", "zeek/*/x"]);
        assert_eq!(got.routes[&Format::Eve][0].classes.len(), 4);
    }
}
