//! Correlations: rules about several events that other rules matched (the correlation rules specification, 2.1.0).
//!
//! This is what a document says; keeping it over time is the business of `windows`.
//!
//! Start with [`Correlation`].

use super::parse::{Refused, one_or_more, text_of};
use super::rule::Head;
use super::yaml::Node;
use crate::rule::Reason;

/// A rule about several events.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    /// What names it.
    pub head: Head,
    /// What is asked of the events.
    pub kind: Kind,
    /// The rules and correlations whose matches it counts, by id or name, as written and in that order.
    pub rules: Vec<Box<str>>,
    /// The fields whose values set groups apart: only events with the same values are taken together. May be names of
    /// [`Self::aliases`].
    pub group_by: Vec<Box<str>>,
    /// Names that stand for other fields in the events of other rules.
    pub aliases: Vec<Alias>,
    /// The time in which the events must lie, in nanoseconds; more than 0.
    pub timespan: i64,
    /// What must hold of the number counted: all of these. Never empty, but for `temporal` and `temporal_ordered`, where
    /// that means every rule must have matched.
    pub condition: Vec<Bound>,
    /// The fields whose values are counted or added up; empty for the kinds that need none.
    pub fields: Vec<Box<str>>,
    /// For `value_percentile`: which percentile, where the document says it; 50 is the median.
    pub percentile: Option<f64>,
    /// Whether the rules it speaks of give matches of their own too.
    pub generate: bool,
}

/// What a correlation asks of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How many there are.
    EventCount,
    /// How many different values of the fields there are.
    ValueCount,
    /// The sum of a field.
    ValueSum,
    /// The mean of a field.
    ValueAverage,
    /// A percentile of a field.
    ValuePercentile,
    /// That all rules matched.
    Temporal,
    /// That all rules matched, in the order in which they are written.
    TemporalOrdered,
}

impl Kind {
    /// All, with the words for them.
    pub const ALL: [(&str, Self); 7] = [
        ("event_count", Self::EventCount),
        ("value_count", Self::ValueCount),
        ("value_sum", Self::ValueSum),
        ("value_avg", Self::ValueAverage),
        ("value_percentile", Self::ValuePercentile),
        ("temporal", Self::Temporal),
        ("temporal_ordered", Self::TemporalOrdered),
    ];

    /// Whether it works on the values of a field.
    pub fn needs_field(self) -> bool {
        matches!(self, Self::ValueCount | Self::ValueSum | Self::ValueAverage | Self::ValuePercentile)
    }

    /// Whether it asks which rules matched, and not for a number.
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Temporal | Self::TemporalOrdered)
    }
}

/// A name that stands for a field, another one for each rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name, as [`Correlation::group_by`] uses it.
    pub name: Box<str>,
    /// A rule (by name or id, as written) and the field in its events.
    pub fields: Vec<(Box<str>, Box<str>)>,
}

/// A bound of the number counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// How the number is compared.
    pub comparison: Comparison,
    /// With what.
    pub value: f64,
}

/// How a number is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
    /// `eq`
    Equal,
    /// `neq`
    NotEqual,
}

impl Comparison {
    /// All, with the words for them.
    pub const ALL: [(&str, Self); 6] = [
        ("gt", Self::Greater),
        ("gte", Self::GreaterOrEqual),
        ("lt", Self::Less),
        ("lte", Self::LessOrEqual),
        ("eq", Self::Equal),
        ("neq", Self::NotEqual),
    ];
}

impl Bound {
    /// Whether a number is within it.
    #[expect(clippy::float_cmp, reason = "`eq` and `neq` mean exactly that")]
    pub fn holds(&self, counted: f64) -> bool {
        match self.comparison {
            Comparison::Greater => counted > self.value,
            Comparison::GreaterOrEqual => counted >= self.value,
            Comparison::Less => counted < self.value,
            Comparison::LessOrEqual => counted <= self.value,
            Comparison::Equal => counted == self.value,
            Comparison::NotEqual => counted != self.value,
        }
    }
}

/// Reads the part `correlation` of a document; `generate` may stand beside it too.
pub(super) fn read(head: Head, document: &Node, node: &Node) -> Result<Correlation, Refused> {
    let word = text_of(node, "type")?;
    let kind = Kind::ALL.into_iter().find(|(name, _)| *name == word).map(|(_, kind)| kind);
    let kind = kind.ok_or_else(|| broken(format!("`type` is `{word}`, which is no correlation")))?;
    let rules = one_or_more(node, "rules")?;
    let (condition, fields, percentile) = read_condition(node, kind)?;
    if kind == Kind::TemporalOrdered && rules.len() < 2 {
        return Err(broken("`temporal_ordered` needs two rules".to_owned()));
    }
    let group_by = if node.get("group-by").is_some() { one_or_more(node, "group-by")? } else { Vec::new() };
    let generates = |it: &Node| it.get("generate").and_then(Node::text).is_some_and(|it| it == "true");
    Ok(Correlation {
        head,
        kind,
        rules,
        group_by,
        aliases: read_aliases(node)?,
        timespan: read_timespan(text_of(node, "timespan")?)?,
        condition,
        fields,
        percentile,
        generate: generates(document) || generates(node),
    })
}

type Condition = (Vec<Bound>, Vec<Box<str>>, Option<f64>);

fn read_condition(node: &Node, kind: Kind) -> Result<Condition, Refused> {
    let mut bounds = Vec::new();
    let (mut fields, mut percentile) = (Vec::new(), None);
    match node.get("condition") {
        None => {}
        Some(Node::Map(entries)) => {
            let condition = node.get("condition").unwrap_or(node);
            for (key, value) in entries {
                let number = || {
                    let value =
                        value.text().and_then(|it| it.parse::<f64>().ok()).filter(|it| it.is_finite());
                    value.ok_or_else(|| broken(format!("`{key}` of the condition must be a number")))
                };
                if let Some((_, comparison)) = Comparison::ALL.into_iter().find(|(name, _)| name == key) {
                    bounds.push(Bound { comparison, value: number()? });
                } else if key == "field" {
                    fields = one_or_more(condition, "field")?;
                } else if key == "percentile" {
                    percentile = Some(number()?).filter(|it| (0.0..=100.0).contains(it));
                    percentile.ok_or_else(|| broken("`percentile` must be from 0 to 100".to_owned()))?;
                } else {
                    return Err(broken(format!("the condition has the key `{key}`, which means nothing")));
                }
            }
        }
        Some(other) => return Err(broken(format!("`condition` must be a map, but is {}", other.kind()))),
    }
    if bounds.is_empty() && !kind.is_temporal() {
        return Err(broken("the condition names no number to compare with".to_owned()));
    }
    if fields.is_empty() == kind.needs_field() {
        let why = if kind.needs_field() { "needs a `field`" } else { "has no use for a `field`" };
        return Err(broken(format!("this correlation {why} in its condition")));
    }
    Ok((bounds, fields, percentile))
}

fn read_aliases(node: &Node) -> Result<Vec<Alias>, Refused> {
    let shape = || broken("`aliases` must be a map from names to maps from rules to fields".to_owned());
    let Some(aliases) = node.get("aliases") else { return Ok(Vec::new()) };
    let Node::Map(entries) = aliases else { return Err(shape()) };
    let alias = |(name, fields): &(String, Node)| {
        let Node::Map(fields) = fields else { return Err(shape()) };
        let fields = fields.iter().map(|(rule, field)| {
            let field = field.text().ok_or_else(shape)?;
            Ok((rule.as_str().into(), field.into()))
        });
        Ok(Alias { name: name.as_str().into(), fields: fields.collect::<Result<_, Refused>>()? })
    };
    entries.iter().map(alias).collect()
}

/// `10s`, `5m`, `1h`, `7d`, in nanoseconds.
fn read_timespan(text: &str) -> Result<i64, Refused> {
    let bad = || broken(format!("`timespan` is `{text}`; expected a number and `s`, `m`, `h` or `d`"));
    let seconds = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(bad()),
    };
    let number: i64 = text.get(..text.len() - 1).and_then(|it| it.parse().ok()).ok_or_else(bad)?;
    let span = number.checked_mul(seconds).and_then(|it| it.checked_mul(1_000_000_000));
    span.filter(|it| *it > 0).ok_or_else(bad)
}

fn broken(detail: String) -> Refused {
    Refused { reason: Reason::BrokenRule, detail }
}
