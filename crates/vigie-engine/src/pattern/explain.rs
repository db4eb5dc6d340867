//! Why a pattern does or does not fire on events, in both readings.

use vigie_model::event::Event;
use vigie_stix::pattern::{
    CompileError, Explanation, Observation, ObservationExpression, Pattern, Qualified, Semantics,
};

use super::canonical::canonical;
use crate::explain::{Explained, Verdict};
use crate::observation::{Spelling, observation};

/// Why a pattern does or does not hold of events, clause by clause: as the standard reads it, and if that fails, between
/// canonical forms too. Events without a time count with `at`, nanoseconds since 1970.
///
/// # Errors
/// The pattern holds an invalid constant, such as a wrong regular expression.
pub fn explain_pattern(
    pattern: &Pattern,
    events: &[Event<'_>],
    at: i64,
    semantics: &Semantics,
) -> Result<Explained, CompileError> {
    let seen = |spelling| -> Vec<Observation<'_>> {
        events.iter().map(|it| observation(it, it.time.unwrap_or(at), spelling)).collect()
    };
    let literal = pattern.explain(&seen(Spelling::Literal), semantics)?;
    if literal.holds == Some(true) {
        return Ok(literal.into());
    }
    let other = Pattern::from(rewritten(pattern.expression()));
    let other = other.explain(&seen(Spelling::Canonical), semantics)?;
    let verdict = if other.holds == Some(true) { verdict(other.holds) } else { verdict(literal.holds) };
    let named = |reading: &str, it: Explanation| Explained {
        clause: reading.to_owned(),
        verdict: self::verdict(it.holds),
        why: String::new(),
        parts: vec![it.into()],
    };
    let parts = vec![named("as written", literal), named("between canonical forms", other)];
    Ok(Explained { clause: pattern.to_string(), verdict, why: String::new(), parts })
}

impl From<Explanation> for Explained {
    fn from(it: Explanation) -> Self {
        let Explanation { clause, holds, why, parts } = it;
        Self { clause, verdict: verdict(holds), why, parts: parts.into_iter().map(Self::from).collect() }
    }
}

fn verdict(holds: Option<bool>) -> Verdict {
    holds.map_or(Verdict::Undecided, Verdict::from)
}

/// The canonical reading of a whole pattern.
fn rewritten(expression: &ObservationExpression) -> ObservationExpression {
    let all = |operands: &[ObservationExpression]| operands.iter().map(rewritten).collect();
    match expression {
        ObservationExpression::Single(it) => ObservationExpression::Single(canonical(it)),
        ObservationExpression::And(operands) => ObservationExpression::And(all(operands)),
        ObservationExpression::Or(operands) => ObservationExpression::Or(all(operands)),
        ObservationExpression::FollowedBy(operands) => ObservationExpression::FollowedBy(all(operands)),
        ObservationExpression::Qualified(it) => ObservationExpression::Qualified(Qualified {
            expression: Box::new(rewritten(&it.expression)),
            qualifiers: it.qualifiers.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use vigie_model::event::Path;

    use super::*;

    #[track_caller]
    fn check(pattern: &str, want: &str) {
        let mut event = Event::default();
        event.push(0, Path::DomainName, "EVIL.example");
        let pattern = Pattern::parse(pattern).expect("a pattern");
        let got = explain_pattern(&pattern, &[event], 0, &Semantics::default()).expect("it compiles");
        assert_eq!(got.to_string(), want);
    }

    #[test]
    fn the_canonical_reading_is_told_where_the_literal_one_fails() {
        let of = "observation 1, object `0` of type `domain-name`";
        check(
            "[domain-name:value = 'EVIL.example']",
            &format!(
                "holds     [domain-name:value = 'EVIL.example']: {of}\n  holds     domain-name:value = 'EVIL.example': seen: `EVIL.example`\n"
            ),
        );
        check(
            "[domain-name:value = 'Evil.example']",
            &format!(
                "holds     [domain-name:value = 'Evil.example']\n  fails     as written\n    fails     [domain-name:value = 'Evil.example']: {of}\n      fails     domain-name:value = 'Evil.example': seen: `EVIL.example`\n  holds     between canonical forms\n    holds     [domain-name:value = 'evil.example']: {of}\n      holds     domain-name:value = 'evil.example': seen: `evil.example`\n"
            ),
        );
    }
}
