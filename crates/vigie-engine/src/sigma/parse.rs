//! Reads a text of YAML into Sigma documents.
//!
//! Start with [`read`].

use std::collections::HashMap;

use vigie_model::log::LogSource;

use super::condition;
use super::correlation;
use super::modifier;
use super::rule::{Detection, Document, Filter, Head, Rule, Search, Selection};
use super::yaml::{self, Node};
use crate::hit::hash;
use crate::rule::{Reason, Refusal};

/// How rules are read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Bounds of what strangers write.
    pub limits: Limits,
    /// What placeholders (`%Administrators%`, with the modifier `expand`) stand for in this place, by their name without
    /// the percent signs. Values may have wildcards. A rule with another placeholder is refused.
    pub placeholders: HashMap<String, Vec<String>>,
}

/// Bounds of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of its YAML.
    pub yaml: yaml::Limits,
    /// The longest value, in bytes.
    pub value: usize,
    /// The longest run between two `*` that has a `?` or a dash of `windash` in it, in characters. Looking for such a
    /// run takes its length times that of the value seen.
    pub gapped: usize,
    /// The values that placeholders make of one.
    pub expanded: usize,
    /// The words and parentheses of a condition.
    pub condition: usize,
    /// The size of a compiled regular expression, in bytes.
    pub regex_bytes: usize,
    /// The steps that a regular expression with look-around or back-references may take on one value.
    pub regex_steps: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            yaml: yaml::Limits::default(),
            value: 16_384,
            gapped: 256,
            expanded: 10_000,
            condition: 1_000,
            regex_bytes: 4 << 20,
            regex_steps: 10_000,
        }
    }
}

/// Why a document, or a part of one, cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refused {
    /// As it is counted.
    pub reason: Reason,
    /// For people.
    pub detail: String,
}

impl Refused {
    /// What is not as the specification has it.
    pub(super) fn broken(detail: impl Into<String>) -> Self {
        Self { reason: Reason::BrokenRule, detail: detail.into() }
    }
}

/// Reads the documents of a text in their order. `place` names the text, for refusals and heads.
pub fn read(place: &str, text: &str, options: &Options) -> Vec<Result<Document, Refusal>> {
    let documents: Vec<(usize, &str)> = yaml::documents(text).collect();
    let several = documents.len() > 1;
    let one = |(line, text): (usize, &str)| {
        let place = if several { format!("{place}, line {line}") } else { place.to_owned() };
        let node = match yaml::read(text, options.limits.yaml) {
            Ok(node) => node,
            Err(error) => {
                let too_large = matches!(error, yaml::YamlError::TooLarge { .. });
                let reason = if too_large { Reason::TooLarge } else { Reason::BrokenRule };
                return Err(Refusal { place, reason, detail: error.to_string() });
            }
        };
        let head = head(&place, &node, text);
        let shown = head.shown();
        document(head, &node, options).map_err(|it| Refusal {
            place: shown,
            reason: it.reason,
            detail: it.detail,
        })
    };
    let read: Vec<_> = documents.into_iter().map(one).collect();
    if read.is_empty() {
        let detail = "it holds no document".to_owned();
        return vec![Err(Refusal { place: place.to_owned(), reason: Reason::BrokenRule, detail })];
    }
    read
}

fn head(place: &str, node: &Node, text: &str) -> Head {
    let property = |key: &str| node.get(key).and_then(Node::text).map(|it| it.trim().into());
    Head {
        place: place.into(),
        title: property("title").unwrap_or_default(),
        id: property("id").map(|it: Box<str>| it.to_ascii_lowercase().into()),
        name: property("name"),
        author: property("author"),
        level: property("level"),
        modified: property("modified").or_else(|| property("date")),
        text: text.into(),
        hash: hash(text),
    }
}

fn document(head: Head, node: &Node, options: &Options) -> Result<Document, Refused> {
    let Node::Map(_) = node else {
        return Err(Refused::broken(format!("the document is {}, and must be a map", node.kind())));
    };
    if node.get("action").is_some() {
        let detail =
            "`action` (global, reset, repeat) is not in the specification: write each rule out".to_owned();
        return Err(Refused { reason: Reason::UnsupportedRule, detail });
    }
    if head.title.is_empty() {
        return Err(Refused::broken("it has no `title`"));
    }
    match (node.get("detection"), node.get("correlation"), node.get("filter")) {
        (Some(it), None, None) => {
            let source = source(node)?;
            Ok(Document::Rule(Rule {
                head,
                source,
                detection: detection(it, &["condition", "timeframe"], options)?,
            }))
        }
        (None, Some(it), None) => Ok(Document::Correlation(correlation::read(head, node, it)?)),
        (None, None, Some(it)) => {
            let (source, rules) = (source(node)?, one_or_more(it, "rules")?);
            let detection = detection(it, &["condition", "rules"], options)?;
            Ok(Document::Filter(Filter { head, source, rules, detection }))
        }
        (None, None, None) => Err(Refused::broken("it has none of `detection`, `correlation` and `filter`")),
        _ => Err(Refused::broken("it has more than one of `detection`, `correlation` and `filter`")),
    }
}

fn source(node: &Node) -> Result<LogSource, Refused> {
    let Some(source) = node.get("logsource") else { return Ok(LogSource::default()) };
    let part = |key: &str| match source.get(key) {
        None => Ok(None),
        Some(it) if it.kind() == "nothing" => Ok(None),
        Some(it) => {
            let text = it.text().ok_or_else(|| Refused::broken(format!("`{key}` is {}", it.kind())))?;
            Ok(Some(text.trim().to_lowercase().into()))
        }
    };
    Ok(LogSource { product: part("product")?, category: part("category")?, service: part("service")? })
}

/// Reads the searches and the condition over them; `others` are the keys that are no searches.
fn detection(node: &Node, others: &[&str], options: &Options) -> Result<Detection, Refused> {
    let Node::Map(entries) = node else {
        return Err(Refused::broken(format!("the searches are {}, and must be a map", node.kind())));
    };
    let mut selections = Vec::new();
    for (name, value) in entries.iter().filter(|(name, _)| !others.contains(&name.as_str())) {
        let within = |it: Refused| Refused { detail: format!("`{name}`: {}", it.detail), ..it };
        let search = search(value, options).map_err(within)?;
        selections.push(Selection { name: name.as_str().into(), search });
    }
    let names: Vec<&str> = selections.iter().map(|it| it.name.as_ref()).collect();
    let conditions = match node.get("condition") {
        None => return Err(Refused::broken("it has no `condition`")),
        Some(Node::List(all)) => all.iter().collect(),
        Some(it) => vec![it],
    };
    let texts = conditions.into_iter().map(|it| {
        it.text()
            .ok_or_else(|| Refused::broken(format!("the condition is {}, and must be a text", it.kind())))
    });
    let condition = condition::any_of(texts, &names, options.limits.condition)?;
    Ok(Detection { selections, condition })
}

fn search(node: &Node, options: &Options) -> Result<Search, Refused> {
    match node {
        Node::Map(entries) if entries.is_empty() => Err(Refused::broken("the map is empty")),
        Node::Map(entries) => {
            let items =
                entries.iter().map(|(key, value)| modifier::item(key, value, options).map(Search::Item));
            joined(items, Search::All)
        }
        Node::List(elements) if elements.is_empty() => Err(Refused::broken("the list is empty")),
        Node::List(elements) => {
            let is_keyword = |it: &&Node| matches!(it, Node::Scalar(_));
            let keywords: Vec<Node> = elements.iter().filter(is_keyword).cloned().collect();
            let keywords = (!keywords.is_empty())
                .then(|| modifier::item("", &Node::List(keywords), options).map(Search::Item));
            let maps = elements.iter().filter(|it| !is_keyword(it)).map(|it| match it {
                Node::Map(_) => search(it, options),
                _ => Err(Refused::broken("a list stands inside a list")),
            });
            joined(keywords.into_iter().chain(maps), Search::Any)
        }
        Node::Scalar(_) => modifier::item("", node, options).map(Search::Item),
    }
}

/// One search as it is, several joined.
fn joined(
    all: impl Iterator<Item = Result<Search, Refused>>,
    join: impl Fn(Vec<Search>) -> Search,
) -> Result<Search, Refused> {
    let mut all: Vec<Search> = all.collect::<Result<_, _>>()?;
    Ok(if all.len() == 1 { all.remove(0) } else { join(all) })
}

/// The text under a key, which must be there.
pub(super) fn text_of<'n>(node: &'n Node, key: &str) -> Result<&'n str, Refused> {
    let text = node.get(key).and_then(Node::text);
    text.ok_or_else(|| Refused::broken(format!("`{key}` is missing, or is no text")))
}

/// The text, or the list of texts, under a key; at least one.
pub(super) fn one_or_more(node: &Node, key: &str) -> Result<Vec<Box<str>>, Refused> {
    let bad = || Refused::broken(format!("`{key}` must be a text or a list of texts"));
    match node.get(key) {
        Some(Node::List(all)) if !all.is_empty() => {
            all.iter().map(|it| it.text().map(Into::into).ok_or_else(bad)).collect()
        }
        Some(it) => Ok(vec![it.text().ok_or_else(bad)?.into()]),
        None => Err(bad()),
    }
}
