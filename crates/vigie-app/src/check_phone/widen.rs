//! What a value of a phone implies: the host of a URL, the domains above a host, the folders above a file.
//!
//! A STIX pattern compares whole values. So that an indicator for `evil.example` meets `x.evil.example`, a record is
//! matched together with what its values imply; only what some indicator asks for is added. How a value was reached is
//! remembered, for the grade depends on it.

use std::collections::{HashMap, HashSet};

use vigie_engine::{Image, key};
use vigie_model::event::{Event, Observable, Observed, Path};
use vigie_stix::pattern::{
    Comparison, ComparisonExpression, Constant, ObservationExpression, ParseOptions, Pattern, Test,
};

/// How many characters of a process's name an iPhone keeps in some of its lists.
const CUT_NAME: usize = 16;

/// How an indicator's value was reached from the record's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// It is the record's.
    Itself,
    /// It is the host of the record's URL.
    Host,
    /// It is a domain above the record's host.
    Above,
    /// It is a folder in which the record's file lies.
    Within,
    /// It is the last part of the record's path.
    Name,
    /// The record keeps only the first characters of a name, and they are the same.
    Cut,
}

/// What indicators ask for, of the values that others imply.
#[derive(Debug, Default)]
pub(super) struct Widener {
    domains: HashSet<String>,
    paths: HashSet<String>,
    file_names: HashSet<String>,
    processes: HashSet<String>,
    /// Long names of processes by how they begin.
    cut: HashMap<String, Vec<String>>,
}

/// A value that a record implies.
pub(super) struct Implied {
    pub(super) path: Path,
    pub(super) value: String,
    /// Which of the record's values implies it.
    pub(super) from: usize,
    pub(super) how: How,
}

impl Widener {
    /// Gathers what the patterns in force ask for.
    pub(super) fn new(image: &Image) -> Self {
        let mut widener = Self::default();
        for indicator in image.indicators() {
            let options = ParseOptions { edition: indicator.edition, ..ParseOptions::default() };
            if let Ok(pattern) = Pattern::parse_with(&indicator.pattern, &options) {
                each(pattern.expression(), &mut |it| widener.learn(it));
            }
        }
        widener
    }

    fn learn(&mut self, comparison: &Comparison) {
        for value in constants(comparison) {
            match comparison.path.object_type.as_str() {
                "domain-name" => {
                    let mut name = Vec::new();
                    key::domain_text(value, &mut name);
                    self.domains.extend(String::from_utf8(name));
                }
                "file" => {
                    self.paths.insert(key::file_path(value).into_owned());
                    self.file_names.insert(value.to_owned());
                }
                "process" => {
                    if let Some(start) = value.get(..CUT_NAME).filter(|it| it.len() < value.len()) {
                        self.cut.entry(start.to_owned()).or_default().push(value.to_owned());
                    }
                    self.processes.insert(value.to_owned());
                }
                _ => {}
            }
        }
    }

    /// What the values of a record imply.
    pub(super) fn implied(&self, seen: &[Observable<'_>]) -> Vec<Implied> {
        let mut implied = Vec::new();
        for (from, observable) in seen.iter().enumerate() {
            let Observed::Text(text) = &observable.value else { continue };
            let mut add = |path, value: String, how| implied.push(Implied { path, value, from, how });
            match observable.path {
                Path::Url => self.url(text, &mut add),
                Path::DomainName | Path::HttpHost => self.above(text, &mut add),
                Path::FilePath => self.path(text, &mut add),
                Path::ProcessName => self.process(text, &mut add),
                _ => {}
            }
        }
        implied
    }

    fn url(&self, text: &str, add: &mut impl FnMut(Path, String, How)) {
        let mut read = Vec::new();
        let Some(at) = key::url(text, &mut read).authority else { return };
        let Some(host) = read.get(at.start..at.end).and_then(|it| str::from_utf8(it).ok()) else { return };
        let mut canonical = Vec::new();
        match key::host(host, &mut canonical) {
            key::Host::Address(it) if it.is_ipv4() => add(Path::Ipv4, it.to_string(), How::Host),
            key::Host::Address(it) => add(Path::Ipv6, it.to_string(), How::Host),
            key::Host::Network(_) => {}
            key::Host::Domain => {
                if self.domains.contains(host) {
                    add(Path::DomainName, host.to_owned(), How::Host);
                }
                self.above(host, add);
            }
        }
    }

    fn above(&self, host: &str, add: &mut impl FnMut(Path, String, How)) {
        let mut name = Vec::new();
        key::domain_text(host, &mut name);
        for parent in key::parents(&name) {
            let Ok(text) = str::from_utf8(parent) else { continue };
            if self.domains.contains(text) && !key::under_suffix_only(&name, parent) {
                add(Path::DomainName, text.to_owned(), How::Above);
            }
        }
    }

    fn path(&self, text: &str, add: &mut impl FnMut(Path, String, How)) {
        let path = key::file_path(text);
        let ends = path.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
        for end in ends {
            if let Some(folder) = path.get(..end).filter(|it| self.paths.contains(*it)) {
                add(Path::FilePath, folder.to_owned(), How::Within);
            }
        }
        let last = path.rsplit('/').next().unwrap_or_default();
        if self.file_names.contains(last) {
            add(Path::FileName, last.to_owned(), How::Name);
        }
    }

    fn process(&self, text: &str, add: &mut impl FnMut(Path, String, How)) {
        if let Some((_, last)) = text.rsplit_once('/')
            && self.processes.contains(last)
        {
            add(Path::ProcessName, last.to_owned(), How::Name);
        }
        if text.len() == CUT_NAME {
            for whole in self.cut.get(text).into_iter().flatten() {
                add(Path::ProcessName, whole.clone(), How::Cut);
            }
        }
    }
}

/// A record as an event, with what it implies: each of these an object of its own.
pub(super) fn event<'e>(
    kind: &'static str,
    time: Option<i64>,
    seen: &'e [Observable<'static>],
    implied: &'e [Implied],
) -> Event<'e> {
    let mut event = Event { time, kind: kind.into(), ..Event::default() };
    let mut next = 0;
    for observable in seen {
        let value = match &observable.value {
            Observed::Text(it) => Observed::Text(it.as_ref().into()),
            other => other.clone(),
        };
        event.observables.push(Observable { value, ..*observable });
        next = next.max(observable.object.saturating_add(1));
    }
    for one in implied {
        event.push(next, one.path, one.value.as_str());
        next = next.saturating_add(1);
    }
    event
}

/// Every comparison of a pattern.
pub(super) fn each(expression: &ObservationExpression, tell: &mut dyn FnMut(&Comparison)) {
    match expression {
        ObservationExpression::Single(it) => comparisons(it, tell),
        ObservationExpression::And(all)
        | ObservationExpression::Or(all)
        | ObservationExpression::FollowedBy(all) => {
            for it in all {
                each(it, tell);
            }
        }
        ObservationExpression::Qualified(it) => each(&it.expression, tell),
    }
}

fn comparisons(expression: &ComparisonExpression, tell: &mut dyn FnMut(&Comparison)) {
    match expression {
        ComparisonExpression::Test(it) => tell(it),
        ComparisonExpression::And(all) | ComparisonExpression::Or(all) => {
            for it in all {
                comparisons(it, tell);
            }
        }
    }
}

/// The texts that a comparison holds of by being equal.
pub(super) fn constants(comparison: &Comparison) -> impl Iterator<Item = &str> {
    let all = match &comparison.test {
        Test::Compare(vigie_stix::pattern::Operator::Equal, it) => std::slice::from_ref(it),
        Test::In(all) => all.as_slice(),
        _ => &[],
    };
    all.iter().filter_map(|it| match it {
        Constant::String(text) => Some(text.as_str()),
        _ => None,
    })
}
