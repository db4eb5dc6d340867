//! `MATCHES` (section 9.6.1): a Perl-compatible regular expression is searched for, with DOTALL.
//!
//! Two engines. The linear one of the `regex` crate runs first, but only where it surely gives the verdict of PCRE2;
//! PCRE2 runs the rest, under limits. Reaching a limit is an error: an expression that could not be evaluated is never
//! taken for one that did not match.
//!
//! Start with [`Regular`], then `Agreement`.

use std::sync::OnceLock;

use super::octets;
use super::semantics::{EvalLimits, Lines};

/// An expression that is ready to search.
#[derive(Debug)]
pub(super) struct Regular {
    source: String,
    linear: Option<regex::bytes::Regex>,
    agreement: Agreement,
    options: Options,
    backtracking: OnceLock<Result<pcre2::bytes::Regex, String>>,
}

#[derive(Clone, Copy, Debug)]
struct Options {
    octets: bool,
    lines: Lines,
    limits: EvalLimits,
}

impl Regular {
    /// Prepares an expression for strings: characters, with their Unicode properties. The caller has brought it to NFC
    /// as it will bring the strings.
    pub(super) fn for_strings(expression: &str, lines: Lines, limits: EvalLimits) -> Result<Self, String> {
        Self::new(expression.to_owned(), Options { octets: false, lines, limits })
    }

    /// Prepares an expression for octets. None if it has characters that no octet stands for.
    pub(super) fn for_octets(
        expression: &str,
        lines: Lines,
        limits: EvalLimits,
    ) -> Result<Option<Self>, String> {
        let Some(source) = escape_octets(expression) else { return Ok(None) };
        Self::new(source, Options { octets: true, lines, limits }).map(Some)
    }

    fn new(source: String, options: Options) -> Result<Self, String> {
        let agreement = Agreement::of(&source);
        let linear = if agreement.never {
            None
        } else {
            regex::bytes::RegexBuilder::new(&source)
                .dot_matches_new_line(options.lines == Lines::Cross)
                .unicode(!options.octets)
                .size_limit(options.limits.regex_bytes)
                .build()
                .ok()
        };
        let regular = Self { source, linear, agreement, options, backtracking: OnceLock::new() };
        if regular.linear.is_none() {
            regular.backtracking()?;
        }
        Ok(regular)
    }

    /// Whether it is found in the octets, which are UTF-8 unless it was prepared for octets.
    pub(super) fn is_match(&self, subject: &[u8]) -> Result<bool, String> {
        if let Some(linear) = self.linear.as_ref().filter(|_| self.agreement.covers(subject)) {
            return Ok(linear.is_match(subject));
        }
        self.backtracking()?.is_match(subject).map_err(|error| error.to_string())
    }

    fn backtracking(&self) -> Result<&pcre2::bytes::Regex, String> {
        let built = self.backtracking.get_or_init(|| {
            let EvalLimits { regex_steps, regex_heap_kib, .. } = self.options.limits;
            // An expression that names limits of its own can only lower these.
            let limited =
                format!("(*LIMIT_MATCH={regex_steps})(*LIMIT_HEAP={regex_heap_kib}){}", self.source);
            pcre2::bytes::RegexBuilder::new()
                .dotall(self.options.lines == Lines::Cross)
                .utf(!self.options.octets)
                .ucp(!self.options.octets)
                .build(&limited)
                .map_err(|error| {
                    let ours = limited.len() - self.source.len();
                    let at = error.offset().unwrap_or_default();
                    let place = |offset| format!("at offset {offset}:");
                    error.to_string().replace(&place(at), &place(at.saturating_sub(ours)))
                })
        });
        built.as_ref().map_err(Clone::clone)
    }
}

/// Non-ASCII characters as `\xNN`, so that both engines read octets and not their UTF-8. None above U+00FF.
fn escape_octets(expression: &str) -> Option<String> {
    let mut escaped = String::with_capacity(expression.len());
    let mut after_backslash = false;
    for letter in expression.chars() {
        if letter.is_ascii() {
            escaped.push(letter);
            after_backslash = letter == '\\' && !after_backslash;
            continue;
        }
        let octet = u8::try_from(u32::from(letter)).ok()?;
        if after_backslash {
            escaped.pop();
        }
        escaped.push_str("\\x");
        escaped.push_str(&octets::to_hex(&[octet]));
        after_backslash = false;
    }
    Some(escaped)
}

/// Where the linear engine is known to read an expression as PCRE2 does.
///
/// `regex` gives other meanings to `$` before a last line end, `\v`, `\<`, possessive quantifiers, set operations in
/// classes and some flags, and has its own idea of `\w` and `\b` beyond ASCII. This scan is coarse on purpose: what it
/// does not know goes to PCRE2.
#[derive(Clone, Copy, Debug, Default)]
struct Agreement {
    never: bool,
    has_dollar: bool,
    has_words: bool,
}

impl Agreement {
    fn of(expression: &str) -> Self {
        let mut found = Self::default();
        let mut rest = expression.chars().peekable();
        let mut in_class = false;
        // Whether a quantifier may come next. One after an anchor or another quantifier (possessive ones included) is
        // read differently by the two, or by one of them not at all.
        let mut repeatable = false;
        while let Some(letter) = rest.next() {
            let next = rest.peek().copied().unwrap_or(' ');
            repeatable = match letter {
                '\\' => {
                    rest.next();
                    found.escape(next);
                    !matches!(next, 'b' | 'B' | 'A')
                }
                '[' if in_class => {
                    found.never = true;
                    false
                }
                ']' if in_class => {
                    in_class = false;
                    true
                }
                '&' | '-' | '~' if in_class && next == letter => {
                    found.never = true;
                    false
                }
                _ if in_class => false,
                '[' => {
                    in_class = true;
                    rest.next_if_eq(&'^');
                    // A `]` that comes first stands for itself in both engines, but not at the start of a range.
                    found.never |= rest.next_if_eq(&']').is_some();
                    // `[.` may open a POSIX name, which PCRE2 has its own rules for; `[.]` does not.
                    let mut ahead = rest.clone();
                    found.never |= matches!(ahead.next(), Some('.' | ':' | '=')) && ahead.next() != Some(']');
                    false
                }
                '(' => {
                    if rest.next_if_eq(&'?').is_some() {
                        found.group(rest.clone());
                    }
                    false
                }
                '$' => {
                    found.has_dollar = true;
                    false
                }
                '^' | '|' => false,
                '*' | '+' | '?' | '}' => {
                    found.never |= !repeatable;
                    // `?` after a quantifier makes it lazy.
                    rest.next_if_eq(&'?');
                    false
                }
                '{' => {
                    found.never |= !repeatable || next == ',';
                    true
                }
                _ => true,
            };
        }
        found.never |= in_class;
        found
    }

    fn escape(&mut self, letter: char) {
        match letter {
            'w' | 'W' | 'b' | 'B' => self.has_words = true,
            'd' | 'D' | 's' | 'S' | 'A' | 'n' | 'r' | 't' | 'f' | 'x' => {}
            '<' | '>' => self.never = true,
            it if it.is_ascii_punctuation() => {}
            _ => self.never = true,
        }
    }

    /// What follows `(?`.
    fn group(&mut self, mut after: impl Iterator<Item = char>) {
        let known = match after.next() {
            Some(':') => true,
            Some('P') => after.next() == Some('<'),
            Some('<') => after.next().is_some_and(|it| it.is_ascii_alphabetic()),
            Some(first) => {
                let flags = std::iter::once(first).chain(after).take_while(|it| !matches!(it, ':' | ')'));
                flags.into_iter().all(|it| matches!(it, 'i' | 's' | '-'))
            }
            None => false,
        };
        self.never |= !known;
    }

    fn covers(self, subject: &[u8]) -> bool {
        !(self.has_dollar && subject.ends_with(b"\n") || self.has_words && !subject.is_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(expression: &str) -> Result<Regular, String> {
        Regular::for_strings(expression, Lines::Cross, EvalLimits::default())
    }

    /// The verdict, and that PCRE2 alone gives the same.
    #[track_caller]
    fn check(expression: &str, subject: &str, want: bool) {
        let regular = strings(expression).unwrap();
        assert_eq!(regular.is_match(subject.as_bytes()), Ok(want), "{expression} in {subject:?}");
        let alone = regular.backtracking().unwrap().is_match(subject.as_bytes()).unwrap();
        assert_eq!(alone, want, "PCRE2: {expression} in {subject:?}");
    }

    #[test]
    fn searches_with_dotall() {
        check("l+", "hello", true);
        check("^l+", "hello", false);
        check("a.c", "a\nc", true);
        check("^[^a]$", "\n", true);
        check("", "", true);
    }

    #[test]
    fn means_what_pcre_means() {
        check("lo$", "hello\n", true);
        check("lo$", "hello\n\n", false);
        check("a++a", "aaa", false);
        check("a*+a", "aaa", false);
        check("[a&&b]", "&", true);
        check("[[a]b]", "[b]", true);
        check(r"\<a\>", "<a>", true);
        check(r"\v", "\n", true);
        check("a{,2}", "a{,2}", true);
        check("(?<=a)b", "ab", true);
        check("(?!a)b", "b", true);
        check(r"(a)\1", "aa", true);
        check(r"\Aab\Z", "ab\n", true);
        check(r"\Qa.c\E", "a.c", true);
        check(r"\Qa.c\E", "abc", false);
        check(r"^\w+$", "é", true);
        check("(?i)É", "é", true);
        check(r"^\S+@example\.com$", "jdoe@example.com", true);
        check("[]a]", "]", true);
        check("[^]a]", "]", false);
    }

    #[test]
    fn the_linear_engine_takes_the_common_ones() {
        for expression in [r"^.+\.exe$", r"(?i)^(?:a|b)[0-9]{1,3}$", r"\d+\.\d+", "x[^/]*?y", "(?P<n>a)b"] {
            assert!(strings(expression).unwrap().linear.is_some(), "{expression}");
        }
        for expression in ["(a|b", "a**", "(?<=a*)b", "[a"] {
            assert!(strings(expression).is_err(), "{expression}");
        }
    }

    #[test]
    fn octets() {
        let octets = |expression| Regular::for_octets(expression, Lines::Cross, EvalLimits::default());
        let pcap = octets(r"^\xd4\xc3\xb2\xa1\x02\x00").unwrap().unwrap();
        assert_eq!(pcap.is_match(&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4]), Ok(true));
        let e_acute = octets("^é[éa]\\é$").unwrap().unwrap();
        assert_eq!(e_acute.is_match(&[0xe9, 0xe9, 0xe9]), Ok(true));
        assert_eq!(e_acute.is_match("ééé".as_bytes()), Ok(false));
        assert!(octets("ă").unwrap().is_none());
        assert_eq!(octets(r"\w").unwrap().unwrap().is_match(&[0xe9]), Ok(false));
    }

    #[test]
    fn a_runaway_expression_is_an_error_and_not_a_verdict() {
        let linear = strings("(a+)+$").unwrap();
        let subject = format!("{}!", "a".repeat(5_000));
        assert_eq!(linear.is_match(subject.as_bytes()), Ok(false));
        let runaway = strings("(?=a)(a+)+$").unwrap();
        let error = runaway.is_match(subject.as_bytes()).unwrap_err();
        assert!(error.contains("match limit"), "{error}");
        let own_limit = strings("(*LIMIT_MATCH=4000000000)(?=a)(a+)+$").unwrap();
        assert!(own_limit.is_match(subject.as_bytes()).is_err());
        assert!(strings("((a{1000}){1000}){1000}").is_err());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig {
            failure_persistence: None,
            ..proptest::prelude::ProptestConfig::with_cases(4_000)
        })]

        /// Whatever the linear engine is trusted with, PCRE2 says the same.
        #[test]
        fn both_engines_agree(
            expression in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 1..8),
            subject in "[ab1 \n\u{b}é_.<&-]{0,6}",
            in_octets in proptest::prelude::any::<bool>(),
        ) {
            let expression = expression.concat();
            let limits = EvalLimits::default();
            let (regular, subject) = if in_octets {
                let octets = subject.chars().map(|it| u32::from(it) as u8).collect();
                (Regular::for_octets(&expression, Lines::Cross, limits).map(Option::unwrap), octets)
            } else {
                (strings(&expression), subject.into_bytes())
            };
            if let Some((regular, got)) = regular.ok().and_then(|it| it.is_match(&subject).ok().map(|got| (it, got))) {
                let alone = regular.backtracking().unwrap().is_match(&subject).unwrap();
                proptest::prop_assert_eq!(got, alone, "{} in {:?}", expression, subject);
            }
        }
    }

    const PIECES: [&str; 40] = [
        "a",
        "b",
        "1",
        ".",
        "^",
        "$",
        "\\n",
        "*",
        "+",
        "?",
        "{2}",
        "{1,2}",
        "{,2}",
        "(",
        ")",
        "(?:",
        "(?i)",
        "(?P<n>",
        "|",
        "[",
        "]",
        "[^",
        "-",
        "&&",
        "--",
        "\\w",
        "\\W",
        "\\b",
        "\\d",
        "\\s",
        "\\S",
        "\\v",
        "\\<",
        "\\.",
        "\\x61",
        "é",
        "<",
        "[[:alpha:]]",
        "\\A",
        "\\Z",
    ];
}
