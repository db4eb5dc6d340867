//! Conditions: `selection and not 1 of filter_*`.
//!
//! From least to most binding: `or`, `and`, `not`, `x of`, parentheses (section "Condition"). Words are the same in either
//! case. A reference to a search that is not there is an error and never merely false.
//!
//! Start with [`any_of`].

use super::parse::Refused;
use super::rule::Condition;
use crate::rule::Reason;

/// Reads conditions, of which any must hold, over the searches `names`; of at most `limit` words together.
pub(super) fn any_of<'t>(
    texts: impl Iterator<Item = Result<&'t str, Refused>>,
    names: &[&str],
    limit: usize,
) -> Result<Condition, Refused> {
    let mut all = Vec::new();
    let mut left = limit;
    for text in texts {
        let text = text?;
        let words = words(text);
        left = left.checked_sub(words.len()).ok_or_else(|| Refused {
            reason: Reason::TooLarge,
            detail: format!("the condition has more than {limit} words"),
        })?;
        let mut reading = Reading { words: &words, names, depth: 0 };
        let condition = reading.either()?;
        if let Some(word) = reading.words.first() {
            return Err(unexpected(word));
        }
        all.push(condition);
    }
    match all.len() {
        0 => Err(Refused::broken("the list of conditions is empty")),
        1 => Ok(all.remove(0)),
        _ => Ok(Condition::Any(all)),
    }
}

/// Words, parentheses and bars.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        let mut rest = part;
        while let Some(at) = rest.find(['(', ')', '|']) {
            let (before, from) = rest.split_at(at);
            let (mark, after) = from.split_at(1);
            words.extend([before, mark].into_iter().filter(|it| !it.is_empty()));
            rest = after;
        }
        words.extend(Some(rest).filter(|it| !it.is_empty()));
    }
    words
}

/// How deep parentheses and `not` may stand inside each other.
const DEPTH: usize = 64;

struct Reading<'w, 't> {
    words: &'w [&'t str],
    names: &'w [&'w str],
    depth: usize,
}

impl Reading<'_, '_> {
    fn either(&mut self) -> Result<Condition, Refused> {
        let mut all = vec![self.both()?];
        while self.take("or") {
            all.push(self.both()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::Any(all) })
    }

    fn both(&mut self) -> Result<Condition, Refused> {
        let mut all = vec![self.negated()?];
        while self.take("and") {
            all.push(self.negated()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::All(all) })
    }

    fn negated(&mut self) -> Result<Condition, Refused> {
        self.depth += 1;
        if self.depth > DEPTH {
            let detail = format!("the condition is more than {DEPTH} levels deep");
            return Err(Refused { reason: Reason::TooLarge, detail });
        }
        let condition =
            if self.take("not") { Condition::Not(Box::new(self.negated()?)) } else { self.operand()? };
        self.depth -= 1;
        Ok(condition)
    }

    fn operand(&mut self) -> Result<Condition, Refused> {
        if self.take("(") {
            let inner = self.either()?;
            let closes = self.take(")");
            return if closes { Ok(inner) } else { Err(Refused::broken("a parenthesis is not closed")) };
        }
        let Some((word, rest)) = self.words.split_first() else {
            return Err(Refused::broken("the condition ends where a search is expected"));
        };
        if rest.first().is_some_and(|it| it.eq_ignore_ascii_case("of")) {
            return self.quantified(word);
        }
        // A search may be called as the words of the language are, but then only these could mean it.
        let is_reserved = ["and", "or", "not", "of", ")", "|"].iter().any(|it| it.eq_ignore_ascii_case(word));
        match self.names.iter().position(|it| it == word) {
            Some(number) if !is_reserved => {
                self.words = rest;
                Ok(Condition::Selection(number))
            }
            None if !is_reserved => {
                Err(Refused::broken(format!("the condition names `{word}`, which is not there")))
            }
            _ => Err(unexpected(word)),
        }
    }

    /// `1 of x_*`, `all of them`.
    fn quantified(&mut self, quantity: &str) -> Result<Condition, Refused> {
        let Some(pattern) = self.words.get(2).copied() else {
            return Err(Refused::broken(format!("nothing follows `{quantity} of`")));
        };
        self.words = self.words.get(3..).unwrap_or_default();
        let them = pattern.eq_ignore_ascii_case("them");
        let is_meant = |name: &str| if them { !name.starts_with('_') } else { fits(pattern, name) };
        let meant: Vec<_> = (0..).zip(self.names).filter(|(_, name)| is_meant(name)).collect();
        if meant.is_empty() {
            return Err(Refused::broken(format!("`{quantity} of {pattern}` means no search that is there")));
        }
        let mut meant: Vec<_> = meant.into_iter().map(|(number, _)| Condition::Selection(number)).collect();
        match quantity.to_ascii_lowercase().as_str() {
            "1" | "any" | "all" if meant.len() == 1 => Ok(meant.remove(0)),
            "1" | "any" => Ok(Condition::Any(meant)),
            "all" => Ok(Condition::All(meant)),
            _ => Err(Refused::broken(format!(
                "`{quantity} of`: only `1 of`, `any of` and `all of` are defined"
            ))),
        }
    }

    fn take(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if first.eq_ignore_ascii_case(word) => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

fn unexpected(word: &str) -> Refused {
    if word == "|" {
        let detail =
            "`|` begins an aggregation of old Sigma, which correlations replace: write one".to_owned();
        return Refused { reason: Reason::UnsupportedRule, detail };
    }
    Refused::broken(format!("`{word}` is out of place in the condition"))
}

/// Whether a name fits a pattern with `*` at any places.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let Some((middle, end)) = rest.rsplit_once('*') else { return name.ends_with(rest) };
    for part in middle.split('*') {
        let Some(at) = name.find(part) else { return false };
        name = name.get(at + part.len()..).unwrap_or_default();
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 6] = ["a", "b", "filter_x", "filter_y", "_hidden", "and"];

    #[track_caller]
    fn check(text: &str, want: &str) {
        let said = match any_of([Ok(text)].into_iter(), &NAMES, 20) {
            Ok(condition) => shown(&condition),
            Err(error) => format!("{}: {error}", error.reason),
        };
        assert_eq!(said, want, "{text}");
    }

    fn shown(condition: &Condition) -> String {
        let list = |all: &[Condition]| all.iter().map(shown).collect::<Vec<_>>().join(" ");
        match condition {
            Condition::Selection(number) => NAMES[*number].to_owned(),
            Condition::Not(it) => format!("!{}", shown(it)),
            Condition::All(all) => format!("&({})", list(all)),
            Condition::Any(all) => format!("|({})", list(all)),
        }
    }

    #[test]
    fn precedence() {
        check("a or b and not filter_x", "|(a &(b !filter_x))");
        check("not a and b", "&(!a b)");
        check("not (a or b)", "!|(a b)");
        check("(a)AND(b)", "&(a b)");
        check("a and b and filter_x", "&(a b filter_x)");
        check("not not a", "!!a");
    }

    #[test]
    fn quantities() {
        check("1 of them", "|(a b filter_x filter_y and)");
        check("all of filter_*", "&(filter_x filter_y)");
        check("a and not 1 of filter*", "&(a !|(filter_x filter_y))");
        check("Any Of *_x", "filter_x");
        check("1 of f*e*_*y", "filter_y");
        check("all of _*", "_hidden");
        check("1 of a", "a");
    }

    #[test]
    fn what_is_refused() {
        check("c", "broken-rule: the condition names `c`, which is not there");
        check("1 of c_*", "broken-rule: `1 of c_*` means no search that is there");
        check("2 of filter*", "broken-rule: `2 of`: only `1 of`, `any of` and `all of` are defined");
        check("1 of", "broken-rule: nothing follows `1 of`");
        check("a b", "broken-rule: `b` is out of place in the condition");
        check("a and", "broken-rule: the condition ends where a search is expected");
        check("", "broken-rule: the condition ends where a search is expected");
        check("(a", "broken-rule: a parenthesis is not closed");
        check("a and and", "broken-rule: `and` is out of place in the condition");
        check(
            "a | count() > 5",
            "unsupported-rule: `|` begins an aggregation of old Sigma, which correlations replace: write one",
        );
        check(&"a or ".repeat(11), "too-large: the condition has more than 20 words");
        let deep = any_of([Ok("not ".repeat(65).as_str())].into_iter(), &NAMES, 1_000);
        assert_eq!(deep.map_err(|it| it.detail), Err("the condition is more than 64 levels deep".to_owned()));
    }
}
