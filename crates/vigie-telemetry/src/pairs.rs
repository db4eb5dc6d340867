//! Pairs in a line, `name=value name="a value"`, as auditors and firewalls write them.

/// The pairs of a text, in its order; words that are no pair are passed over.
pub(crate) struct Pairs<'a>(pub(crate) &'a str);

/// A name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair<'a> {
    pub(crate) name: &'a str,
    /// Without the marks around it; escapes stand as written.
    pub(crate) value: &'a str,
    /// The mark that stands around the value.
    pub(crate) quote: Option<char>,
}

/// What stands between pairs: blanks, and the byte that the Linux auditor puts before names that it looked up.
const BETWEEN: [char; 5] = [' ', '\t', '\n', '\u{1d}', ','];

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    fn next(&mut self) -> Option<Pair<'a>> {
        loop {
            let text = self.0.trim_start_matches(BETWEEN);
            let end = text.find(|it| it == '=' || BETWEEN.contains(&it))?;
            let (name, rest) = text.split_at_checked(end)?;
            let Some(rest) = rest.strip_prefix('=') else {
                self.0 = rest;
                continue;
            };
            let (value, quote, after) = value(rest);
            self.0 = after;
            if !name.is_empty() {
                return Some(Pair { name, value, quote });
            }
        }
    }
}

/// A value, the mark around it, and what follows.
fn value(text: &str) -> (&str, Option<char>, &str) {
    if let Some(quote) = text.chars().next().filter(|it| matches!(it, '"' | '\''))
        && let Some(inside) = text.get(1..)
        && let Some(end) = closing(inside, quote)
    {
        let after = inside.get(end + 1..).unwrap_or_default();
        return (inside.get(..end).unwrap_or_default(), Some(quote), after);
    }
    let end = text.find([' ', '\t', '\n', '\u{1d}']).unwrap_or(text.len());
    let (value, after) = text.split_at_checked(end).unwrap_or((text, ""));
    (value, None, after)
}

/// The first mark without a `\` before it.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if byte == quote as u8 && !escaped {
            return Some(at);
        }
        escaped = byte == b'\\' && !escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_in_order() {
        #[track_caller]
        fn check(text: &str, want: &str) {
            let got: Vec<_> = Pairs(text).map(|it| format!("{}={}", it.name, it.value)).collect();
            assert_eq!(got.join("|"), want, "{text}");
        }
        check("a=1 b=\"x y\" c='d=\"e\"'\u{1d}F=\"g\"", "a=1|b=x y|c=d=\"e\"|F=g");
        check("word a= b==c  d", "a=|b==c");
        check("a=\"never closed b=1", "a=\"never|b=1");
        check("a=\"x\\\"y\" b=1", "a=x\\\"y|b=1");
        check("=x a=1", "a=1");
        check("", "");
        check("é=ü", "é=ü");
    }

    #[test]
    fn many_pairs_take_one_pass() {
        assert_eq!(Pairs(&"a=1 ".repeat(300_000)).count(), 300_000);
        assert_eq!(Pairs(&"x ".repeat(300_000)).count(), 0);
        assert_eq!(Pairs(&"a=\"".repeat(2_000)).count(), 1_000);
    }
}
