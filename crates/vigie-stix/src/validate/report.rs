//! Findings, and how the checks report them without work while all is well.

use std::fmt;

use super::rule::{self, Rule, Severity};
use crate::id::StixId;

/// One departure from the standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub subject: Subject,
    /// The rule that is broken: the [`Rule::id`].
    pub rule: &'static str,
    /// Where, in the syntax of selectors (section 7.2.3.1); empty for the whole object.
    pub path: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What was found, and what the standard asks for.
    pub message: String,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An object.
    Object(StixId),
    /// An item that is no object with an identifier: its place in the container, from zero.
    Item(usize),
    /// The container.
    Bundle,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(id) => id.fmt(f),
            Self::Item(index) => write!(f, "objects.[{index}]"),
            Self::Bundle => f.write_str("bundle"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, rule, path, severity, message } = self;
        let at = if path.is_empty() { "" } else { " " };
        write!(f, "{severity} {rule} {subject}{at}{path}: {message}")
    }
}

/// The way from the object to the value at hand; it lives on the stack and is written only for a finding.
#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    Root,
    Key(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
    Written(&'p Path<'p>, &'p str),
}

impl<'p> Path<'p> {
    pub(super) fn key(&'p self, key: &'p str) -> Path<'p> {
        Path::Key(self, key)
    }

    /// A path that is written already.
    pub(super) fn written(&'p self, path: &'p str) -> Path<'p> {
        Path::Written(self, path)
    }

    pub(super) fn item(&'p self, index: usize) -> Path<'p> {
        Path::Item(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parent, step) = match self {
            Self::Root => return Ok(()),
            Self::Key(parent, key) => (parent, Ok(shortened(key))),
            Self::Written(parent, path) => (parent, Ok(*path)),
            Self::Item(parent, index) => (parent, Err(index)),
        };
        parent.fmt(f)?;
        if !matches!(parent, Path::Root) {
            f.write_str(".")?;
        }
        match step {
            Ok(key) => f.write_str(key),
            Err(index) => write!(f, "[{index}]"),
        }
    }
}

/// What a report is about, not copied before there is something to report.
#[derive(Clone, Copy)]
pub(super) enum Of<'r> {
    Object(&'r StixId),
    Bundle,
}

impl From<Of<'_>> for Subject {
    fn from(it: Of<'_>) -> Self {
        match it {
            Of::Object(id) => Self::Object(id.clone()),
            Of::Bundle => Self::Bundle,
        }
    }
}

/// Collects the findings of one object.
pub(super) struct Report<'r> {
    subject: Of<'r>,
    max: usize,
    findings: Vec<Finding>,
    /// The worst of the findings past the limit.
    dropped: Option<Severity>,
}

impl<'r> Report<'r> {
    pub(super) fn new(subject: Of<'r>, max: usize) -> Self {
        Self { subject, max, findings: Vec::new(), dropped: None }
    }

    /// Whether nothing that could be found would change the verdict, so that one may stop looking.
    pub(super) fn is_full(&self) -> bool {
        self.dropped == Some(Severity::Error)
    }

    /// Takes a finding; past the limit, only what it weighs.
    pub(super) fn add(&mut self, rule: &'static Rule, path: &Path<'_>, message: fmt::Arguments<'_>) {
        if self.findings.len() >= self.max {
            self.dropped = self.dropped.max(Some(rule.severity));
            return;
        }
        self.findings.push(Finding {
            subject: self.subject.into(),
            rule: rule.id,
            path: path.to_string(),
            severity: rule.severity,
            message: message.to_string(),
        });
    }

    /// The findings; where some were left out, one more says so and weighs as much as the worst of them.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        if let Some(severity) = self.dropped {
            self.findings.push(Finding {
                subject: self.subject.into(),
                rule: rule::TOO_MANY.id,
                path: String::new(),
                severity,
                message: format!("only the first {} findings are shown", self.max),
            });
        }
        self.findings
    }
}

/// At most so much of a hostile text goes into a message.
pub(super) fn shortened(text: &str) -> &str {
    match text.char_indices().nth(80) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}
