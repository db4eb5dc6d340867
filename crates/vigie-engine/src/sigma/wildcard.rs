//! Values with wildcards: `*` for any text, `?` for one character, and with `windash` any dash for a dash.
//!
//! Upper and lower case are the same unless `cased` says otherwise: both sides are folded ([`fold`]), each character to its
//! lower case where that is one character. Nothing else is made equal.
//!
//! Invariants
//! - Matching takes time in proportion to the value seen, times the longest run with a gap
//!   ([`super::Limits::gapped`]): texts between two `*` are looked for from the left, each once, and never again.
//!
//! Start with [`Wildcard`].

use memchr::memmem;

use super::rule::Place;

/// The characters that `windash` takes for each other.
pub(crate) const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// A text to be found in, or to be, a value.
#[derive(Clone, Debug)]
pub(crate) struct Wildcard {
    /// Whether upper and lower case differ.
    pub(crate) cased: bool,
    /// Folded unless `cased`. No two `Any` stand beside each other, nor two `Text`.
    pieces: Box<[Piece]>,
    shape: Shape,
}

/// A piece of a text with wildcards.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Piece {
    Text(Box<str>),
    /// `*`
    Any,
    /// `?`
    One,
    /// One of [`DASHES`].
    Dash,
}

/// The pieces, prepared for matching.
#[derive(Clone, Debug)]
enum Shape {
    /// One text without wildcards inside.
    Plain(Place, Box<memmem::Finder<'static>>),
    /// Runs between `*`, and whether the first and the last are bound to the ends of the value.
    Runs { runs: Box<[Run]>, from_start: bool, to_end: bool },
}

/// Pieces without `Any`.
#[derive(Clone, Debug)]
struct Run {
    pieces: Box<[Piece]>,
    /// Finds the first piece, if that is a text.
    finder: Option<memmem::Finder<'static>>,
    /// How many characters it takes.
    length: usize,
}

/// Each character in lower case, where that is one character; the others as they are.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_onto(text, &mut folded);
    folded
}

/// Adds the folded text.
pub(crate) fn fold_onto(text: &str, folded: &mut String) {
    let start = folded.len();
    if text.is_ascii() {
        folded.push_str(text);
        if let Some(added) = folded.get_mut(start..) {
            added.make_ascii_lowercase();
        }
        return;
    }
    folded.extend(text.chars().map(|letter| {
        let mut lower = letter.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(lower), None) => lower,
            _ => letter,
        }
    }));
}

/// Reads a value: `\` before `*`, `?` and `\` makes them plain.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let wildcard = match letter {
            '\\' => {
                plain.push(rest.next_if(|it| matches!(it, '*' | '?' | '\\')).unwrap_or('\\'));
                continue;
            }
            '*' => Piece::Any,
            '?' => Piece::One,
            _ => {
                plain.push(letter);
                continue;
            }
        };
        push_text(&mut pieces, &mut plain);
        if wildcard != Piece::Any || pieces.last() != Some(&Piece::Any) {
            pieces.push(wildcard);
        }
    }
    push_text(&mut pieces, &mut plain);
    pieces
}

fn push_text(pieces: &mut Vec<Piece>, plain: &mut String) {
    if !plain.is_empty() {
        pieces.push(Piece::Text(std::mem::take(plain).into()));
    }
}

/// Puts [`Piece::Dash`] for each dash (`windash`).
pub(super) fn dashed(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut dashed = Vec::new();
    for piece in pieces {
        let Piece::Text(text) = piece else {
            dashed.push(piece);
            continue;
        };
        let mut plain = String::new();
        for letter in text.chars() {
            if DASHES.contains(&letter) {
                push_text(&mut dashed, &mut plain);
                dashed.push(Piece::Dash);
            } else {
                plain.push(letter);
            }
        }
        push_text(&mut dashed, &mut plain);
    }
    dashed
}

impl Wildcard {
    /// Prepares a value that stands at a place of the text seen.
    pub(super) fn new(mut pieces: Vec<Piece>, place: Place, cased: bool) -> Self {
        if matches!(place, Place::End | Place::Anywhere) && pieces.first() != Some(&Piece::Any) {
            pieces.insert(0, Piece::Any);
        }
        if matches!(place, Place::Start | Place::Anywhere) && pieces.last() != Some(&Piece::Any) {
            pieces.push(Piece::Any);
        }
        if !cased {
            for piece in &mut pieces {
                if let Piece::Text(text) = piece {
                    *text = fold(text).into();
                }
            }
        }
        Self { cased, shape: shape(&pieces), pieces: pieces.into() }
    }

    /// A text as it stands, without wildcards.
    pub(super) fn plain(text: &str, place: Place, cased: bool) -> Self {
        let pieces = if text.is_empty() { Vec::new() } else { vec![Piece::Text(text.into())] };
        Self::new(pieces, place, cased)
    }

    /// Its pieces, folded unless it is cased.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The characters of the longest run that has a gap.
    pub(super) fn longest_gapped(&self) -> usize {
        let Shape::Runs { runs, .. } = &self.shape else { return 0 };
        let gapped = runs.iter().filter(|it| it.pieces.len() > 1 || it.finder.is_none());
        gapped.map(|it| it.length).max().unwrap_or(0)
    }

    /// Whether a value fits. The value is folded unless this is cased.
    pub(crate) fn fits(&self, seen: &str) -> bool {
        match &self.shape {
            Shape::Plain(Place::Whole, text) => seen.as_bytes() == text.needle(),
            Shape::Plain(Place::Start, text) => seen.as_bytes().starts_with(text.needle()),
            Shape::Plain(Place::End, text) => seen.as_bytes().ends_with(text.needle()),
            Shape::Plain(Place::Anywhere, text) => text.find(seen.as_bytes()).is_some(),
            Shape::Runs { runs, from_start, to_end } => fits_runs(runs, *from_start, *to_end, seen),
        }
    }
}

fn shape(pieces: &[Piece]) -> Shape {
    let finder = |text: &str| memmem::Finder::new(text).into_owned();
    let plain = match pieces {
        [] => Some(("", Place::Whole)),
        [Piece::Any] => Some(("", Place::Anywhere)),
        [Piece::Text(text)] => Some((text.as_ref(), Place::Whole)),
        [Piece::Any, Piece::Text(text)] => Some((text.as_ref(), Place::End)),
        [Piece::Text(text), Piece::Any] => Some((text.as_ref(), Place::Start)),
        [Piece::Any, Piece::Text(text), Piece::Any] => Some((text.as_ref(), Place::Anywhere)),
        _ => None,
    };
    if let Some((text, place)) = plain {
        return Shape::Plain(place, Box::new(finder(text)));
    }
    let run = |pieces: &[Piece]| {
        let length = |it: &Piece| if let Piece::Text(text) = it { text.chars().count() } else { 1 };
        let first =
            pieces.first().and_then(|it| if let Piece::Text(text) = it { Some(finder(text)) } else { None });
        Run { pieces: pieces.into(), finder: first, length: pieces.iter().map(length).sum() }
    };
    let runs = pieces.split(|it| *it == Piece::Any).filter(|it| !it.is_empty()).map(run).collect();
    let is_any = |it: Option<&Piece>| it == Some(&Piece::Any);
    Shape::Runs { runs, from_start: !is_any(pieces.first()), to_end: !is_any(pieces.last()) }
}

fn fits_runs(runs: &[Run], from_start: bool, to_end: bool, seen: &str) -> bool {
    let mut rest = seen;
    let mut runs = runs;
    if from_start && let [first, others @ ..] = runs {
        let Some(after) = first.at_start(rest) else { return false };
        if others.is_empty() && to_end {
            return after.is_empty();
        }
        (rest, runs) = (after, others);
    }
    let last = if to_end { runs.split_last() } else { None };
    let (last, others) = last.map_or((None, runs), |(last, others)| (Some(last), others));
    for run in others {
        let Some(after) = run.find(rest) else { return false };
        rest = after;
    }
    let Some(last) = last else { return true };
    // Only as many characters from the end as it takes.
    let start = if last.length == 0 { Some(rest.len()) } else { nth_from_end(rest, last.length) };
    start.and_then(|it| rest.get(it..)).and_then(|it| last.at_start(it)).is_some_and(str::is_empty)
}

/// Where the last `count` characters begin.
fn nth_from_end(text: &str, count: usize) -> Option<usize> {
    text.char_indices().rev().nth(count - 1).map(|(at, _)| at)
}

impl Run {
    /// What follows it, if the text begins with it.
    fn at_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.pieces.iter().try_fold(text, |rest, piece| match piece {
            Piece::Text(text) => rest.strip_prefix(text.as_ref()),
            Piece::Dash => rest.strip_prefix(DASHES),
            Piece::One | Piece::Any => {
                let mut letters = rest.chars();
                letters.next().map(|_| letters.as_str())
            }
        })
    }

    /// What follows its first place in the text.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        if let Some(finder) = &self.finder {
            let mut from = 0;
            while let Some(at) = finder.find(text.as_bytes().get(from..)?) {
                let begins = text.get(from + at..)?;
                if let Some(after) = self.at_start(begins) {
                    return Some(after);
                }
                // Places may overlap.
                from += at + begins.chars().next().map_or(1, char::len_utf8);
            }
            return None;
        }
        text.char_indices().find_map(|(at, _)| self.at_start(text.get(at..)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(value: &str, seen: &str, want: bool) {
        let wildcard = Wildcard::new(pieces(value), Place::Whole, false);
        assert_eq!(wildcard.fits(&fold(seen)), want, "{value} / {seen}");
    }

    #[test]
    fn wildcards() {
        check("prog?.exe", "progA.exe", true);
        check("prog?.exe", "prog.exe", false);
        check("a*c", "abbbc", true);
        check("a*c", "ac", true);
        check("a*c", "ab", false);
        check("*a*b*", "xxaxxbxx", true);
        check("*a*b*", "ba", false);
        check("a*ab", "ab", false);
        check("a*b?", "abcbx", true);
        check("?", "é", true);
        check("caf?", "CAFÉ", true);
        check("*", "", true);
        check("", "", true);
        check("", "a", false);
        check("a*", "A\nb", true);
        check("ÀÉ", "àé", true);
        check("?*?", "a", false);
    }

    #[test]
    fn a_backslash_makes_a_wildcard_plain() {
        #[track_caller]
        fn check(value: &str, want: &[Piece]) {
            assert_eq!(pieces(value), want, "{value}");
        }
        let text = |it: &str| Piece::Text(it.into());
        check(r"a\b", &[text(r"a\b")]);
        check(r"a\\b", &[text(r"a\b")]);
        check(r"a\*", &[text("a*")]);
        check(r"a\\*", &[text(r"a\"), Piece::Any]);
        check(r"a\\\*", &[text(r"a\*")]);
        check(r"\\\b", &[text(r"\\b")]);
        check(r"\\\\b", &[text(r"\\b")]);
        check("a**b", &[text("a"), Piece::Any, text("b")]);
        check(r"a\", &[text(r"a\")]);
    }

    #[test]
    fn every_dash_stands_for_every_other() {
        let flag = Wildcard::new(dashed(pieces(" -f/x")), Place::Anywhere, false);
        for (seen, want) in [("a /f-x", true), ("a –f―X", true), ("a -f/x y", true), ("a _f/x", false)] {
            assert_eq!(flag.fits(&fold(seen)), want, "{seen}");
        }
    }

    #[test]
    fn a_billion_wildcards_take_no_time() {
        let value = "a*".repeat(8_000) + "b";
        let wildcard = Wildcard::new(pieces(&value), Place::Anywhere, false);
        assert!(!wildcard.fits(&"a".repeat(60_000)));
        let gaps = Wildcard::new(pieces(&format!("*{}b", "?".repeat(300))), Place::Whole, false);
        assert_eq!(gaps.longest_gapped(), 301);
    }

    /// Every way to read the wildcards, one after the other.
    fn naive(pieces: &[Piece], seen: &[char]) -> bool {
        match pieces.split_first() {
            None => seen.is_empty(),
            Some((Piece::Any, rest)) => (0..=seen.len()).any(|it| naive(rest, &seen[it..])),
            Some((Piece::One, rest)) => !seen.is_empty() && naive(rest, &seen[1..]),
            Some((Piece::Dash, rest)) => {
                seen.first().is_some_and(|it| DASHES.contains(it)) && naive(rest, &seen[1..])
            }
            Some((Piece::Text(text), rest)) => {
                let text: Vec<char> = text.chars().collect();
                seen.starts_with(&text) && naive(rest, &seen[text.len()..])
            }
        }
    }

    proptest! {
        #[test]
        fn matching_is_what_the_wildcards_mean(value in "[aéB*?/-]{0,7}", seen in "[aéb/–]{0,8}", dash: bool) {
            let read = if dash { dashed(pieces(&value)) } else { pieces(&value) };
            for place in [Place::Whole, Place::Start, Place::End, Place::Anywhere] {
                let wildcard = Wildcard::new(read.clone(), place, false);
                let letters: Vec<char> = seen.chars().collect();
                prop_assert_eq!(wildcard.fits(&seen), naive(wildcard.pieces(), &letters), "{} {:?}", value, place);
            }
        }
    }
}
