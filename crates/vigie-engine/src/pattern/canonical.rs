//! The canonical reading of a pattern: its constants in the forms under which values are indexed.
//!
//! The standard compares strings character by character (section 9.6.2), so `EVIL.example` does not equal
//! `evil.example` and `198.51.100.0/24` equals no address. Authors mean otherwise. A pattern is therefore true of
//! an event when it is true as it stands, or when its canonical reading is true of the event's canonical values; a hit
//! says which.

use vigie_stix::pattern::{Comparison, ComparisonExpression, Constant, Operator, Step, Test};

use super::reach::{ends_in_value, hash_name, reach};
use crate::key;
use crate::probe::Slot;

/// Rewrites an expression.
pub(crate) fn canonical(expression: &ComparisonExpression) -> ComparisonExpression {
    match expression {
        ComparisonExpression::Test(it) => of_test(it),
        ComparisonExpression::And(operands) => {
            ComparisonExpression::And(operands.iter().map(canonical).collect())
        }
        ComparisonExpression::Or(operands) => {
            ComparisonExpression::Or(operands.iter().map(canonical).collect())
        }
    }
}

/// The canonical text of a value of a kind.
pub(crate) fn value(slot: Slot, text: &str) -> String {
    let mut key = Vec::new();
    let keyed = match slot {
        Slot::Host => return host_text(text),
        Slot::Url => return key::normal_url(text).unwrap_or_else(|| text.to_owned()),
        Slot::Email => key::email(text, &mut key).is_some(),
        Slot::Digest | Slot::Folded => return text.to_ascii_lowercase(),
        Slot::FilePath => return key::file_path(text).into_owned(),
        Slot::Plain => false,
    };
    if keyed { key::shown(&key) } else { text.to_owned() }
}

fn host_text(text: &str) -> String {
    let mut key = Vec::new();
    key::host(text, &mut key);
    key::shown(&key)
}

fn of_test(test: &Comparison) -> ComparisonExpression {
    let mut test = test.clone();
    // The spelling that readers use where they give the very property, else the standard's.
    let exact = reach(&test.path).exact.map(|it| it.steps());
    for (at, step) in test.path.steps.iter_mut().enumerate() {
        let ours = exact.and_then(|it| it.get(at)).copied();
        if let Step::Key(name) = step
            && let Some(standard) = hash_name(name)
        {
            ours.unwrap_or(standard).clone_into(name);
        }
    }
    let Some(slot) = slot_of(&test) else { return ComparisonExpression::Test(test) };
    let mut networks = Vec::new();
    let mut each = |constant: &mut Constant| {
        if let Constant::String(text) = constant {
            let is_network = key::network(text).is_some_and(|it| !it.is_single());
            *text = value(slot, text);
            if slot == Slot::Host && is_network {
                networks.push(text.clone());
            }
        }
    };
    match &mut test.test {
        Test::Compare(_, constant) => each(constant),
        Test::In(constants) => constants.iter_mut().for_each(each),
        _ => {}
    }
    // To equal a network is, for an address, to lie in it.
    let equal = matches!(test.test, Test::Compare(Operator::Equal, _) | Test::In(_)) && !test.negated;
    if networks.is_empty() || !equal {
        return ComparisonExpression::Test(test);
    }
    let inside = networks.into_iter().map(|it| Comparison { test: Test::IsSubset(it), ..test.clone() });
    let inside: Vec<_> = inside.map(ComparisonExpression::Test).collect();
    let mut operands = vec![ComparisonExpression::Test(test)];
    operands.extend(inside);
    ComparisonExpression::Or(operands)
}

/// The kind of value that a test speaks of; behind a reference, the name of the reference tells.
fn slot_of(test: &Comparison) -> Option<Slot> {
    let reach = reach(&test.path);
    if let Some(path) = reach.exact {
        return Some(Slot::of(path)).filter(|it| *it != Slot::Plain);
    }
    let through = reach.through.filter(|_| ends_in_value(&test.path))?;
    match through.object_type() {
        "network-traffic" | "domain-name" => Some(Slot::Host),
        "email-message" => Some(Slot::Email),
        _ => None,
    }
}
