//! Documents read together become a set of rules: filters are put into the rules that they name, references of
//! correlations are found, and what refers to nothing, or in a circle, is refused.
//!
//! References are looked for among the documents given together. Invariant: the members of a correlation stand
//! before it, so that one pass in order decides them all.
//!
//! Start with [`Ruleset::resolve`].

use std::collections::HashMap;
use std::sync::Arc;

use super::correlation::Correlation;
use super::given::Documents;
use super::rule::{Condition, Detection, Document, Filter, Head, Rule, Selection};
use crate::rule::{Reason, Refusal};

/// Rules and correlations that belong together.
#[derive(Clone, Debug, Default)]
pub struct Ruleset {
    /// The rules, with the filters put in.
    pub rules: Vec<Arc<Rule>>,
    /// Which of the rules give matches of their own: all but those that serve correlations only. As many as rules.
    pub alone: Vec<bool>,
    /// The correlations; one stands after those that it builds on.
    pub correlations: Vec<Arc<Correlation>>,
    /// What each correlation builds on, in the order of [`Correlation::rules`]. As many as correlations.
    pub members: Vec<Vec<Member>>,
    /// Which of the correlations give matches of their own. As many as correlations.
    pub correlations_alone: Vec<bool>,
}

/// What a correlation builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Member {
    /// A rule, by its place in [`Ruleset::rules`].
    Rule(usize),
    /// A correlation, by its place in [`Ruleset::correlations`].
    Correlation(usize),
}

impl Ruleset {
    /// How many rules and correlations there are.
    pub fn len(&self) -> usize {
        self.rules.len() + self.correlations.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts documents together; also what had to be refused. Of two rules with one id the one changed later counts, and of
    /// those changed on one day the first; `repeated` counts the others.
    pub fn resolve(documents: Vec<Document>) -> (Self, Vec<Refusal>, u64) {
        let mut all = Documents::default();
        for document in documents {
            all.add(document);
        }
        Self::of(all)
    }

    /// [`Self::resolve`] of documents by their kind.
    pub(crate) fn of(documents: Documents) -> (Self, Vec<Refusal>, u64) {
        let Documents { mut rules, mut correlations, mut filters } = documents;
        let mut repeated = newest(&mut rules, |it| &it.head);
        repeated += newest(&mut correlations, |it| &it.head);
        repeated += newest(&mut filters, |it| &it.head);
        let mut refusals = Vec::new();
        for filter in &filters {
            refusals.extend(put_in(filter, &mut rules));
        }
        let (correlations, members) = ordered(&rules, correlations, &mut refusals);
        let mut set = Self {
            alone: vec![true; rules.len()],
            rules,
            correlations_alone: vec![true; correlations.len()],
            correlations,
            members,
        };
        for (correlation, members) in set.correlations.iter().zip(&set.members) {
            for member in members.iter().filter(|_| !correlation.generate) {
                let alone = match *member {
                    Member::Rule(number) => set.alone.get_mut(number),
                    Member::Correlation(number) => set.correlations_alone.get_mut(number),
                };
                if let Some(alone) = alone {
                    *alone = false;
                }
            }
        }
        (set, refusals, repeated)
    }
}

/// Leaves one document for each id.
fn newest<T>(all: &mut Vec<T>, head: impl Fn(&T) -> &Head) -> u64 {
    let before = all.len();
    let mut kept: Vec<T> = Vec::with_capacity(before);
    let mut places: HashMap<Box<str>, usize> = HashMap::new();
    for document in all.drain(..) {
        let Some(id) = head(&document).id.clone() else {
            kept.push(document);
            continue;
        };
        match places.get(&id).and_then(|it| kept.get_mut(*it)) {
            Some(known) if head(known).modified < head(&document).modified => *known = document,
            Some(_) => {}
            None => {
                places.insert(id, kept.len());
                kept.push(document);
            }
        }
    }
    *all = kept;
    (before - all.len()) as u64
}

/// Takes what a filter describes out of the rules that it names. Each name that leads to none is a refusal.
fn put_in(filter: &Filter, rules: &mut [Arc<Rule>]) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for reference in &filter.rules {
        let refuse = |detail: String| Refusal {
            place: filter.head.shown(),
            reason: Reason::DanglingReference,
            detail,
        };
        let named: Vec<&mut Arc<Rule>> =
            rules.iter_mut().filter(|it| it.head.answers_to(reference)).collect();
        if named.is_empty() {
            refusals.push(refuse(format!("it filters `{reference}`, and there is no such rule")));
        }
        for rule in named {
            if filter.source.covers(&rule.source) {
                Arc::make_mut(rule).detection.restrict(filter);
            } else {
                let detail = format!(
                    "it filters `{reference}`, which is about {} and not about {}",
                    rule.source, filter.source
                );
                refusals.push(refuse(detail));
            }
        }
    }
    refusals
}

impl Detection {
    /// Adds what a filter takes out.
    fn restrict(&mut self, filter: &Filter) {
        let offset = self.selections.len();
        let searches = filter.detection.selections.iter().map(|it| Selection {
            name: format!("{} of filter `{}`", it.name, filter.head.title).into(),
            search: it.search.clone(),
        });
        self.selections.extend(searches);
        let condition = filter.detection.condition.moved(offset);
        let wanted = if condition.is_exclusion() { condition } else { Condition::Not(Box::new(condition)) };
        self.condition = Condition::All(vec![self.condition.clone(), wanted]);
    }
}

impl Condition {
    /// The same about selections further behind.
    fn moved(&self, by: usize) -> Self {
        let all = |it: &[Self]| it.iter().map(|it| it.moved(by)).collect();
        match self {
            Self::Selection(number) => Self::Selection(number + by),
            Self::Not(it) => Self::Not(Box::new(it.moved(by))),
            Self::All(it) => Self::All(all(it)),
            Self::Any(it) => Self::Any(all(it)),
        }
    }

    /// Whether it says what must not be seen, `not selection`, as filters for pySigma are written; the examples of the
    /// specification say what is taken out.
    fn is_exclusion(&self) -> bool {
        match self {
            Self::Selection(_) => false,
            Self::Not(it) => !it.is_exclusion(),
            Self::All(all) | Self::Any(all) => all.iter().all(Self::is_exclusion),
        }
    }
}

/// Orders correlations after what they build on.
fn ordered(
    rules: &[Arc<Rule>],
    correlations: Vec<Arc<Correlation>>,
    refusals: &mut Vec<Refusal>,
) -> (Vec<Arc<Correlation>>, Vec<Vec<Member>>) {
    let refuse = |it: &Correlation, reason, detail| Refusal { place: it.head.shown(), reason, detail };
    let (mut done, mut members): (Vec<Arc<Correlation>>, Vec<Vec<Member>>) = (Vec::new(), Vec::new());
    let mut waiting = correlations;
    loop {
        let before = waiting.len();
        let mut still = Vec::new();
        for correlation in waiting {
            let found: Option<Vec<Member>> =
                correlation.rules.iter().map(|it| member(it, rules, &done)).collect();
            match found {
                Some(found) => {
                    members.push(found);
                    done.push(correlation);
                }
                None => still.push(correlation),
            }
        }
        waiting = still;
        if waiting.is_empty() || waiting.len() == before {
            break;
        }
    }
    for correlation in &waiting {
        let is_there = |it: &str| {
            member(it, rules, &done).is_some() || waiting.iter().any(|other| other.head.answers_to(it))
        };
        refusals.push(match correlation.rules.iter().find(|it| !is_there(it.as_ref())) {
            Some(missing) => refuse(
                correlation,
                Reason::DanglingReference,
                format!("it builds on `{missing}`, and there is no such rule"),
            ),
            None => refuse(
                correlation,
                Reason::CyclicReference,
                "it builds on itself, or on a correlation that was refused".to_owned(),
            ),
        });
    }
    (done, members)
}

fn member(reference: &str, rules: &[Arc<Rule>], correlations: &[Arc<Correlation>]) -> Option<Member> {
    let rule = rules.iter().position(|it| it.head.answers_to(reference)).map(Member::Rule);
    rule.or_else(|| correlations.iter().position(|it| it.head.answers_to(reference)).map(Member::Correlation))
}
