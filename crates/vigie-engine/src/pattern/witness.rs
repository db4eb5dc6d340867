//! Witnesses: what an event must show before a pattern is worth evaluating.
//!
//! A witness is a set of keys, and of paths to be scanned, such that no event satisfies the pattern without holding one
//! of the keys or one of the paths. `AND` needs the witness of one operand only, and takes the rarest; `OR` needs those
//! of all. The whole pattern is then evaluated on the few events that have its witness, so a witness that is too
//! wide costs time and never a wrong answer.

use std::collections::BTreeSet;

use vigie_model::alert::Matched;
use vigie_stix::pattern::{Comparison, ComparisonExpression, Constant, Operator, Test};

use super::canonical;
use super::reach::{Reach, ends_in_value, of_type, reach};
use crate::key::{self, Class, Host, Network};
use crate::probe::{PathSet, Slot};

/// A longer key is not indexed; its pattern is scanned for.
const MAX_KEY: usize = 4096;

/// What an event must show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Witness {
    /// One of these keys …
    pub(crate) keys: Vec<Vec<u8>>,
    /// … or one of these paths.
    pub(crate) scans: PathSet,
    cost: u64,
}

impl Witness {
    /// Makes it the witness of either of two expressions.
    pub(crate) fn join(&mut self, other: Self) {
        self.keys.extend(other.keys);
        self.scans |= other.scans;
        self.cost = self.cost.saturating_add(other.cost);
    }
}

/// The witness of an expression; none if no object satisfies it, because `AND` joins different types.
pub(crate) fn witness(expression: &ComparisonExpression) -> Option<Witness> {
    of(expression, &expression.object_types())
}

fn of(expression: &ComparisonExpression, types: &BTreeSet<&str>) -> Option<Witness> {
    match expression {
        ComparisonExpression::Test(it) => types.contains(it.path.object_type.as_str()).then(|| of_test(it)),
        ComparisonExpression::And(operands) => {
            let common = expression.object_types();
            let common = types.intersection(&common).copied().collect();
            let all: Option<Vec<Witness>> = operands.iter().map(|it| of(it, &common)).collect();
            all?.into_iter().min_by_key(|it| it.cost)
        }
        ComparisonExpression::Or(operands) => {
            let possible = operands.iter().filter_map(|it| of(it, types));
            possible.reduce(|mut all, one| {
                all.join(one);
                all
            })
        }
    }
}

/// Adds the values of which one alone makes an expression true; none if it asks for anything else, or for a network.
pub(super) fn values(expression: &ComparisonExpression, found: &mut Vec<Matched>) -> Option<()> {
    let test = match expression {
        ComparisonExpression::Test(it) if !it.negated => it,
        ComparisonExpression::Or(operands) => return operands.iter().try_for_each(|it| values(it, found)),
        ComparisonExpression::Test(_) | ComparisonExpression::And(_) => return None,
    };
    let constants = match &test.test {
        Test::Compare(Operator::Equal, constant) => std::slice::from_ref(constant),
        Test::In(constants) => constants,
        _ => return None,
    };
    constants.iter().try_for_each(|it| match it {
        Constant::String(value) if key::network(value).is_none_or(Network::is_single) => {
            found.push(Matched { path: test.path.to_string(), value: value.clone() });
            Some(())
        }
        _ => None,
    })
}

fn of_test(test: &Comparison) -> Witness {
    let reach = reach(&test.path);
    if test.negated {
        // `NOT EXISTS` is true of what is absent: every object of the type is to be looked at.
        let absent = matches!(test.test, Test::Exists);
        return scan(if absent { of_type(&test.path.object_type) } else { reach.needs });
    }
    let keys = match &test.test {
        Test::Compare(Operator::Equal, constant) => keys_of(test, reach, constant),
        Test::In(constants) => {
            let all: Option<Vec<_>> = constants.iter().map(|it| keys_of(test, reach, it)).collect();
            all.map(|it| it.concat())
        }
        Test::Like(pattern) => subdomain_key(reach, pattern).map(|it| vec![it]),
        Test::IsSubset(network) if is_host(reach) => network_key(network).map(|it| vec![it]),
        _ => None,
    };
    match keys.filter(|all| all.iter().all(|it| it.len() <= MAX_KEY)) {
        Some(keys) => {
            let cost = keys.iter().map(|it| rarity(it)).sum();
            Witness { keys, scans: 0, cost }
        }
        None => scan(reach.needs),
    }
}

/// A test that readers give nothing for is never true, and needs no scan.
fn scan(paths: PathSet) -> Witness {
    let cost = if paths == 0 { 0 } else { 1_000_000 };
    Witness { keys: Vec::new(), scans: paths, cost }
}

/// How many events a key is likely to be in, relative to the others.
fn rarity(key: &[u8]) -> u64 {
    match Class::of(key) {
        Some(Class::Digest) => 1,
        Some(Class::Url | Class::Email) => 2,
        Some(Class::Domain | Class::Address) => 4,
        Some(Class::Network) => 16,
        Some(Class::Text) => 100,
        Some(Class::Number) | None => 1000,
    }
}

/// The keys of a value that equals a constant; none if that is not decided by keys.
fn keys_of(test: &Comparison, reach: Reach, constant: &Constant) -> Option<Vec<Vec<u8>>> {
    let mut key = Vec::new();
    let Some(path) = reach.exact else { return through_reference(test, reach, constant) };
    let plain = path as u8;
    match (Slot::of(path), constant) {
        (Slot::Plain, Constant::String(it)) => key::text(plain, it, &mut key),
        (slot @ (Slot::FilePath | Slot::Folded), Constant::String(it)) => {
            key::text(plain, &canonical::value(slot, it), &mut key);
        }
        (_, Constant::Integer(it)) => key::number(plain, *it, &mut key),
        (Slot::Host, Constant::String(it)) => return Some(host_keys(it)),
        (Slot::Url, Constant::String(it)) => {
            key::url(it, &mut key);
        }
        (Slot::Email, Constant::String(it)) => {
            key::email(it, &mut key);
        }
        (Slot::Digest, Constant::String(it)) => {
            key::digest(it, &mut key);
        }
        _ => return None,
    }
    Some(vec![key])
}

/// The object that a reference leads to may be of several types; its `value` is looked for as each of them.
fn through_reference(test: &Comparison, reach: Reach, constant: &Constant) -> Option<Vec<Vec<u8>>> {
    let Constant::String(value) = constant else { return None };
    if reach.through.is_none() || !ends_in_value(&test.path) {
        return None;
    }
    let mut keys = host_keys(value);
    let mut key = Vec::new();
    key::url(value, &mut key);
    keys.push(key.clone());
    key::email(value, &mut key);
    keys.push(key);
    Some(keys)
}

/// A host: a network stands for the addresses in it as well, which are found through its key.
fn host_keys(text: &str) -> Vec<Vec<u8>> {
    let mut key = Vec::new();
    key::host(text, &mut key);
    vec![key]
}

/// The key of an address or a network; none if the text is neither.
fn network_key(text: &str) -> Option<Vec<u8>> {
    let mut key = Vec::new();
    (key::host(text, &mut key) != Host::Domain).then_some(key)
}

fn is_host(reach: Reach) -> bool {
    reach.exact.is_some_and(|it| Slot::of(it) == Slot::Host)
}

/// `LIKE '%.example.com'` on a domain name holds for names with the parent `example.com` only.
///
/// Taken for plain names alone: what stands before the dot cannot then change what stands after it, neither by NFC nor
/// by IDNA, and a name that ends so is no address.
fn subdomain_key(reach: Reach, pattern: &str) -> Option<Vec<u8>> {
    let parent = pattern.strip_prefix("%.")?;
    let plain = !parent.contains(['%', '_']) && key::is_listable_domain(parent.as_bytes());
    (plain && reach.exact == Some(vigie_model::event::Path::DomainName)).then(|| {
        let mut key = vec![Class::Domain as u8];
        key.extend(parent.bytes());
        key
    })
}
