//! Explanations: why a rule did or did not fire, clause by clause.
//!
//! Whatever the language, an explanation is a tree: a clause as the rule writes it, whether it holds, why, and the clauses
//! it is made of.

use std::fmt;

/// Whether a clause holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does not.
    Fails,
    /// A limit of evaluation was reached.
    Undecided,
}

impl Verdict {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Undecided => "undecided",
        }
    }
}

impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

/// One clause of a rule, weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The clause, as the rule writes it.
    pub clause: String,
    /// Whether it holds.
    pub verdict: Verdict,
    /// Why: the value seen, what is absent, and where engines read the standard differently, which reading was taken.
    /// Empty where the clauses below say all.
    pub why: String,
    /// The clauses it is made of.
    pub parts: Vec<Self>,
}

/// One line for each clause, indented by its depth.
impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut open = vec![(0, self)];
        while let Some((depth, clause)) = open.pop() {
            write!(f, "{:indent$}{:<9} {}", "", clause.verdict.as_str(), clause.clause, indent = 2 * depth)?;
            if !clause.why.is_empty() {
                write!(f, ": {}", clause.why)?;
            }
            writeln!(f)?;
            open.extend(clause.parts.iter().rev().map(|it| (depth + 1, it)));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_indented_in_their_order() {
        let leaf = |clause: &str, holds: bool, why: &str| Explained {
            clause: clause.to_owned(),
            verdict: holds.into(),
            why: why.to_owned(),
            parts: Vec::new(),
        };
        let parts = vec![leaf("a = 1", true, "a is `1`"), leaf("b = 2", false, "b is absent")];
        let whole = Explained { parts, ..leaf("a = 1 AND b = 2", false, "") };
        let want = "fails     a = 1 AND b = 2\n  holds     a = 1: a is `1`\n  fails     b = 2: b is absent\n";
        assert_eq!(whole.to_string(), want);
    }
}
