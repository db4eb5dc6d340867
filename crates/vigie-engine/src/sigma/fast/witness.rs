//! Witnesses: what an event must show, at least one of it, for a rule to fire.
//!
//! Of parts that must all hold the rarest witness serves; of parts of which any may hold all of theirs together. What is
//! negated has none. How rare a text is can only be guessed: the longer the rarer, but for what every log is full of
//! ([`COMMON`]). A bad guess costs time and never a match.
//!
//! Start with [`witness`].

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::super::rule::{Check, Condition, Detection, Item, Place, Search};
use super::super::wildcard::{DASHES, Piece, Wildcard, fold};
use super::FieldNumber;

/// What to look for; none if the rule must be asked about every event of its log source.
pub(super) type Witness = Option<Vec<Key>>;

/// One thing to look for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    /// The field; none for any.
    pub(super) field: Option<FieldNumber>,
    pub(super) sign: Sign,
}

/// What about a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sign {
    /// It is there.
    Present,
    /// Its folded value has this text at this place.
    Text(String, Place),
}

/// The fields that rules ask for, by name.
type Fields = HashMap<Box<str>, FieldNumber, RandomState>;

/// Texts that events of many hosts are full of. A witness that is a part of one of them is no rare one.
const COMMON: &[&str] = &[
    "c:\\windows\\system32\\svchost.exe",
    "c:\\windows\\explorer.exe",
    "c:\\windows\\syswow64\\",
    "c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe",
    "c:\\windows\\system32\\cmd.exe",
    "c:\\windows\\system32\\lsass.exe",
    "c:\\program files (x86)\\microsoft\\",
    "c:\\program files\\",
    "c:\\programdata\\",
    "c:\\users\\public\\",
    "\\appdata\\local\\temp\\",
    "\\appdata\\roaming\\",
    "hklm\\system\\currentcontrolset\\services\\",
    "hklm\\software\\microsoft\\windows\\currentversion\\",
    "hklm\\software\\microsoft\\windows nt\\currentversion\\",
    "hku\\s-1-5-21-",
    "nt authority\\system",
    "microsoft corporation",
    "microsoft® windows® operating system",
    "microsoft-windows-security-auditing",
    ".dll",
    ".exe",
    "http://",
    "https://",
    "/usr/bin/",
    "/bin/sh",
    "function ",
    "invoke-",
    "get-",
    "false",
    "true",
    "dword (0x00000001)",
];

/// The witness of a detection. Every field that it asks for is among `fields`.
pub(super) fn witness(detection: &Detection, fields: &Fields) -> Witness {
    of_condition(&detection.condition, detection, fields)
}

fn of_condition(condition: &Condition, detection: &Detection, fields: &Fields) -> Witness {
    let each =
        |all: &[Condition]| all.iter().map(|it| of_condition(it, detection, fields)).collect::<Vec<_>>();
    match condition {
        Condition::Selection(number) => of_search(&detection.selections.get(*number)?.search, fields),
        Condition::Not(_) => None,
        Condition::All(all) => rarest(each(all)),
        Condition::Any(all) => together(each(all)),
    }
}

fn of_search(search: &Search, fields: &Fields) -> Witness {
    let each = |all: &[Search]| all.iter().map(|it| of_search(it, fields)).collect::<Vec<_>>();
    match search {
        Search::All(all) => rarest(each(all)),
        Search::Any(all) => together(each(all)),
        Search::Item(it) => of_item(it, fields),
    }
}

fn of_item(item: &Item, fields: &Fields) -> Witness {
    let field = match &item.field {
        Some(name) => Some(*fields.get(name)?),
        None => None,
    };
    let present = || field.map(|_| vec![Key { field, sign: Sign::Present }]);
    if item.negated {
        return present();
    }
    let of_check = |check: &Check| match check {
        Check::Null | Check::Exists(false) => None,
        Check::Text(wanted) => of_wildcard(wanted, field).or_else(present),
        Check::Number(text, number) => {
            let mut keys = of_wildcard(text, field).unwrap_or_default();
            keys.push(Key { field, sign: Sign::Text(number.canonical(), Place::Whole) });
            Some(keys)
        }
        Check::Regular(wanted) => {
            let text = |it: &String| Key { field, sign: Sign::Text(it.clone(), Place::Anywhere) };
            wanted.needed.as_ref().map(|all| all.iter().map(text).collect()).or_else(present)
        }
        Check::Exists(true)
        | Check::Network(_)
        | Check::Compare(..)
        | Check::TimePart(..)
        | Check::Field(_) => present(),
    };
    let tests = item.tests.iter().map(|it| together(it.checks.iter().map(of_check).collect())).collect();
    if item.all { rarest(tests) } else { together(tests) }
}

/// The best text that every value which fits has in it; none if there is no text at all.
fn of_wildcard(wanted: &Wildcard, field: Option<FieldNumber>) -> Witness {
    let pieces = wanted.pieces();
    let is_gap = |it: &Piece| matches!(it, Piece::Any | Piece::One);
    if pieces.is_empty() {
        return field.map(|_| vec![Key { field, sign: Sign::Text(String::new(), Place::Whole) }]);
    }
    let mut best: Witness = None;
    let mut from = 0;
    for run in pieces.split(is_gap) {
        let place = match (from == 0, from + run.len() == pieces.len()) {
            (true, true) => Place::Whole,
            (true, false) => Place::Start,
            (false, true) => Place::End,
            (false, false) => Place::Anywhere,
        };
        from += run.len() + 1;
        let keys = |(text, place): (String, Place)| Key { field, sign: Sign::Text(fold(&text), place) };
        let one: Witness = texts(run, place).map(|all| all.into_iter().map(keys).collect());
        if one.is_some() && (best.is_none() || cost(&one) < cost(&best)) {
            best = one;
        }
    }
    best
}

/// The texts that a run may be, or one of its pieces if there are too many.
fn texts(run: &[Piece], place: Place) -> Option<Vec<(String, Place)>> {
    let dashes = run.iter().filter(|it| **it == Piece::Dash).count();
    if run.is_empty() {
        return None;
    }
    if dashes > 2 {
        let text = |it: &Piece| if let Piece::Text(text) = it { Some(text.to_string()) } else { None };
        let longest = run.iter().filter_map(text).max_by_key(String::len);
        return longest.map(|it| vec![(it, Place::Anywhere)]);
    }
    let mut texts = vec![String::new()];
    for piece in run {
        match piece {
            Piece::Text(text) => texts.iter_mut().for_each(|it| it.push_str(text)),
            _ => {
                texts = texts.iter().flat_map(|it| DASHES.map(|dash| format!("{it}{dash}"))).collect();
            }
        }
    }
    Some(texts.into_iter().map(|it| (it, place)).collect())
}

fn rarest(all: Vec<Witness>) -> Witness {
    all.into_iter().flatten().map(Some).min_by(|a, b| cost(a).total_cmp(&cost(b))).flatten()
}

fn together(all: Vec<Witness>) -> Witness {
    all.into_iter().collect::<Option<Vec<_>>>().map(|it| it.concat())
}

/// How often a witness is seen, as a guess.
fn cost(witness: &Witness) -> f64 {
    witness.as_ref().map_or(f64::INFINITY, |keys| keys.iter().map(cost_of).sum())
}

fn cost_of(key: &Key) -> f64 {
    let anywhere = if key.field.is_none() { 4.0 } else { 1.0 };
    anywhere
        * match &key.sign {
            Sign::Present => 100.0,
            Sign::Text(_, Place::Whole) => 0.05,
            Sign::Text(text, place) => {
                let length = 0.6_f64.powi(i32::try_from(text.len().min(30)).unwrap_or(30));
                let is_common = COMMON.iter().any(|it| it.contains(text.as_str()));
                let bound = if *place == Place::Anywhere { 1.0 } else { 0.5 };
                bound * (4.0 * length + if is_common { 2.0 } else { 0.0 })
            }
        }
}
