//! Sigma documents given as such, put together and kept.
//!
//! Each document is kept as it was read, so that what comes later is put together with what was there before: a
//! filter or a correlation finds its rule wherever that came from, and what was refused for want of a rule is in force
//! once the rule has come.
//!
//! Start with [`Given::of`].

use std::sync::Arc;

use super::correlation::Correlation;
use super::resolve::Ruleset;
use super::rule::{Document, Filter, Head, Rule};
use crate::rule::{Counts, Refusal, State};

/// Documents by their kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    pub(super) rules: Vec<Arc<Rule>>,
    pub(super) correlations: Vec<Arc<Correlation>>,
    pub(super) filters: Vec<Arc<Filter>>,
}

/// Documents, and what they are together.
#[derive(Debug, Default)]
pub(crate) struct Given {
    documents: Documents,
    rules: Ruleset,
    refusals: Vec<Refusal>,
    repeated: u64,
}

impl Documents {
    pub(crate) fn add(&mut self, document: Document) {
        match document {
            Document::Rule(it) => self.rules.push(Arc::new(it)),
            Document::Correlation(it) => self.correlations.push(Arc::new(it)),
            Document::Filter(it) => self.filters.push(Arc::new(it)),
        }
    }

    fn extend(&mut self, others: &Self) {
        self.rules.extend(others.rules.iter().cloned());
        self.correlations.extend(others.correlations.iter().cloned());
        self.filters.extend(others.filters.iter().cloned());
    }

    fn len(&self) -> usize {
        self.rules.len() + self.correlations.len() + self.filters.len()
    }

    /// What names them: rules, then correlations, then filters.
    fn heads(&self) -> impl Iterator<Item = &Head> {
        let rules = self.rules.iter().map(|it| &it.head);
        let correlations = self.correlations.iter().map(|it| &it.head);
        rules.chain(correlations).chain(self.filters.iter().map(|it| &it.head))
    }
}

impl Given {
    /// Puts documents together with those of other sets, which stand before them. One set alone stays what it is.
    pub(crate) fn of(before: &[Arc<Self>], documents: &Documents) -> Arc<Self> {
        if let ([one], 0) = (before, documents.len()) {
            return Arc::clone(one);
        }
        let mut all = Documents::default();
        for set in before {
            all.extend(&set.documents);
        }
        all.extend(documents);
        let (rules, refusals, repeated) = Ruleset::of(all.clone());
        Arc::new(Self { documents: all, rules, refusals, repeated })
    }

    /// The rules and correlations, with the filters put in.
    pub(crate) fn rules(&self) -> &Ruleset {
        &self.rules
    }

    /// What names the documents, those that are refused or repeated included.
    pub(crate) fn heads(&self) -> impl Iterator<Item = &Head> {
        self.documents.heads()
    }

    /// What refers to nothing, or in a circle.
    pub(crate) fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Whether there is no document.
    pub(crate) fn is_empty(&self) -> bool {
        self.documents.len() == 0
    }

    /// Adds what became of the documents.
    pub(crate) fn count(&self, counts: &mut Counts) {
        counts.add(State::Active, self.rules.len() as u64);
        counts.add(State::Duplicate, self.repeated);
        for refusal in &self.refusals {
            counts.refuse(refusal.reason, 1);
        }
    }
}
