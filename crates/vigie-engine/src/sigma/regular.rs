//! Regular expressions (`re`): searched for, in either case only where `i` says so.
//!
//! Sigma names a small part of PCRE, which the linear engine of the crate `regex` reads alike. What that engine does not
//! take (look-around, back-references) runs on PCRE2 under limits. Reaching one is an error: an expression that
//! could not be evaluated is never taken for one that did not match.
//!
//! Start with [`Regular`].

use std::sync::Arc;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::parse::{Limits, Refused};
use super::wildcard::fold;
use crate::rule::Reason;

/// An expression that is ready to search.
#[derive(Clone, Debug)]
pub(crate) struct Regular {
    engine: Engine,
    /// Folded texts of which every value that fits has at least one; none where nothing is known.
    pub(crate) needed: Option<Vec<String>>,
}

#[derive(Clone, Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Arc<pcre2::bytes::Regex>),
}

/// The flags that follow `re`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// `i`: upper and lower case are the same.
    pub(super) insensitive: bool,
    /// `m`: `^` and `$` stand at the ends of lines too.
    pub(super) lines: bool,
    /// `s`: `.` stands for a line end too.
    pub(super) dot_all: bool,
}

impl Regular {
    /// Prepares an expression.
    pub(super) fn new(expression: &str, flags: Flags, limits: &Limits) -> Result<Self, Refused> {
        let linear = regex::RegexBuilder::new(expression)
            .case_insensitive(flags.insensitive)
            .multi_line(flags.lines)
            .dot_matches_new_line(flags.dot_all)
            .size_limit(limits.regex_bytes)
            .build();
        match linear {
            Ok(it) => Ok(Self { engine: Engine::Linear(it), needed: needed(expression, flags) }),
            Err(regex::Error::CompiledTooBig(limit)) => Err(Refused {
                reason: Reason::TooLarge,
                detail: format!("the regular expression takes more than {limit} bytes"),
            }),
            Err(_) => Self::backtracking(expression, flags, limits),
        }
    }

    fn backtracking(expression: &str, flags: Flags, limits: &Limits) -> Result<Self, Refused> {
        // An expression that names a limit of its own can only lower this one.
        let limited = format!("(*LIMIT_MATCH={})(*LIMIT_HEAP=2048){expression}", limits.regex_steps);
        let built = pcre2::bytes::RegexBuilder::new()
            .caseless(flags.insensitive)
            .multi_line(flags.lines)
            .dotall(flags.dot_all)
            .utf(true)
            .build(&limited);
        let engine = built.map_err(|error| {
            let at = error.offset().unwrap_or_default().saturating_sub(limited.len() - expression.len());
            Refused::broken(format!("the regular expression `{expression}` is broken at offset {at}"))
        })?;
        Ok(Self { engine: Engine::Backtracking(Arc::new(engine)), needed: None })
    }

    /// Whether it is found in a value; an error says which limit was reached.
    pub(crate) fn is_found(&self, seen: &str) -> Result<bool, String> {
        match &self.engine {
            Engine::Linear(it) => Ok(it.is_match(seen)),
            Engine::Backtracking(it) => it.is_match(seen.as_bytes()).map_err(|error| error.to_string()),
        }
    }
}

/// The most texts that are worth looking for instead of the expression.
const MOST: usize = 64;

fn needed(expression: &str, flags: Flags) -> Option<Vec<String>> {
    let parsed = ParserBuilder::new()
        .case_insensitive(flags.insensitive)
        .multi_line(flags.lines)
        .dot_matches_new_line(flags.dot_all)
        .build()
        .parse(expression);
    needed_by(&parsed.ok()?)
}

/// Texts of which one is in everything that the expression finds.
fn needed_by(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => one_letter_or_text(hir).map(|it| vec![it]),
        HirKind::Repetition(it) if it.min > 0 => needed_by(&it.sub),
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
        HirKind::Capture(it) => needed_by(&it.sub),
        HirKind::Alternation(all) => {
            let each: Vec<_> = all.iter().map(needed_by).collect::<Option<_>>()?;
            Some(each.concat()).filter(|it| it.len() <= MOST)
        }
        HirKind::Concat(all) => {
            // Letters in either case are classes of their own, so neighbours are put together first.
            let mut texts: Vec<String> = vec![String::new()];
            for part in all {
                match (one_letter_or_text(part), texts.last_mut()) {
                    (Some(text), Some(last)) => last.push_str(&text),
                    _ => texts.push(String::new()),
                }
            }
            let inner = all.iter().filter(|it| one_letter_or_text(it).is_none()).filter_map(needed_by);
            let own = texts.into_iter().filter(|it| !it.is_empty()).map(|it| vec![it]);
            let shortest = |it: &Vec<String>| it.iter().map(String::len).min().unwrap_or(0);
            // Few long texts tell more than many short ones.
            inner.chain(own).max_by_key(|it| (shortest(it), std::cmp::Reverse(it.len())))
        }
    }
}

/// The folded text of a literal, or of a class that has one letter in its cases.
fn one_letter_or_text(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(it) => std::str::from_utf8(&it.0).ok().map(fold),
        HirKind::Class(Class::Unicode(class)) => {
            let mut letters = class.iter().flat_map(|it| it.start()..=it.end());
            let few: Vec<char> = letters.by_ref().take(5).collect();
            let folded: Vec<String> = few.iter().map(|it| fold(&it.to_string())).collect();
            let first = folded.first()?;
            (few.len() < 5 && folded.iter().all(|it| it == first)).then(|| first.clone())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regular(expression: &str, insensitive: bool) -> Result<Regular, Refused> {
        Regular::new(expression, Flags { insensitive, ..Flags::default() }, &Limits::default())
    }

    #[test]
    fn searched_for() {
        #[track_caller]
        fn check(expression: &str, seen: &str, want: bool) {
            assert_eq!(regular(expression, false).unwrap().is_found(seen), Ok(want), "{expression} / {seen}");
        }
        check("b+", "abbc", true);
        check("B", "abc", false);
        check("(?i)B", "abc", true);
        check("a.c", "a\nc", false);
        check("^b", "a\nb", false);
        check("(?<!a)b", "ab", false);
        check(r"(.)\1", "abb", true);
        let lines =
            Regular::new("^b.c", Flags { lines: true, dot_all: true, insensitive: true }, &Limits::default());
        assert_eq!(lines.unwrap().is_found("a\nB\nC"), Ok(true));
    }

    #[test]
    fn limits() {
        assert_eq!(regular("(a", false).unwrap_err().reason, Reason::BrokenRule);
        assert_eq!(regular(r"((\w{1000}){1000}){1000}", false).unwrap_err().reason, Reason::TooLarge);
        let runaway = regular("(?=a)(a+)+$", false).unwrap();
        assert!(runaway.is_found(&format!("{}!", "a".repeat(5_000))).is_err());
    }

    #[test]
    fn needed_texts() {
        #[track_caller]
        fn check(expression: &str, insensitive: bool, want: &[&str]) {
            let needed = regular(expression, insensitive).unwrap().needed.unwrap_or_default();
            assert_eq!(needed, want, "{expression}");
        }
        check(r"^.*Invoke-\w+", false, &["invoke-"]);
        check("IEX|Net.Web", false, &["iex", "web"]);
        check("iEx(abc)?d", true, &["iex"]);
        check("a(bcd|efg)h", false, &["bcd", "efg"]);
        check(r"\d+", false, &[]);
        check("(abc)*", false, &[]);
        check("(abc)+", false, &["abc"]);
        check("x|", false, &[]);
        check("(?=abc)abc", false, &[]);
    }
}
