//! YAML from strangers, as a tree of bounded size.
//!
//! A text may hold several documents, each after a line `---`. They are cut apart first and read one by one, so that a
//! broken one costs only itself; YAML allows no such line inside any value. Aliases are put in place, and what
//! they add counts against the same [`Limits`] as what is written out.
//!
//! Start with [`documents`] and [`read`].

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle};

/// Bounds of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Its text, and its scalars together after aliases are put in place, in bytes.
    pub bytes: usize,
    /// Scalars, lists and maps together, after aliases are put in place.
    pub nodes: usize,
    /// Lists and maps inside each other.
    pub depth: usize,
    /// Aliases.
    pub aliases: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 1 << 20, nodes: 100_000, depth: 32, aliases: 100 }
    }
}

/// Why a document was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    /// It is larger than a limit.
    #[error("the document has more than {limit} {unit}")]
    TooLarge {
        /// What there is too much of.
        unit: &'static str,
        /// The limit.
        limit: usize,
    },
    /// It is not YAML.
    #[error("line {line}: {why}")]
    Syntax {
        /// The line in the document, from 1.
        line: usize,
        /// What the parser says.
        why: String,
    },
    /// A map has a key twice, and so no one meaning.
    #[error("line {line}: the key `{key}` stands twice in one map")]
    RepeatedKey {
        /// The line in the document, from 1.
        line: usize,
        /// The key.
        key: String,
    },
    /// A map has a list or a map as a key.
    #[error("line {line}: a key must be a text")]
    KeyIsNoText {
        /// The line in the document, from 1.
        line: usize,
    },
    /// It has no content, or `...` ends it before its text does.
    #[error("expected one document")]
    NotOne,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// A text, number, truth value or nothing.
    Scalar(Scalar),
    /// A list.
    List(Vec<Self>),
    /// A map, in the order of the text; no key stands twice.
    Map(Vec<(String, Self)>),
}

/// A scalar as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar {
    /// Its text, without quotes.
    pub(crate) text: String,
    /// Whether it stood without quotes, so that it may be a number, a truth value or nothing.
    pub(crate) plain: bool,
}

impl Node {
    /// The value under a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The text of a scalar; none if it says nothing.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(it) if !it.is_null() => Some(&it.text),
            _ => None,
        }
    }

    /// What kind of value it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Scalar(it) if it.is_null() => "nothing",
            Self::Scalar(_) => "a single value",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl Scalar {
    /// Whether it says nothing (YAML 1.2, core schema).
    pub(crate) fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// Its truth value, if it is one (YAML 1.2, core schema).
    pub(crate) fn truth(&self) -> Option<bool> {
        match self.text.as_str() {
            "true" | "True" | "TRUE" if self.plain => Some(true),
            "false" | "False" | "FALSE" if self.plain => Some(false),
            _ => None,
        }
    }
}

/// Cuts a text into its documents, each with the number of its first line. Parts without any content are left out.
pub(crate) fn documents(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut starts = vec![(1, 0)];
    let mut offset = 0;
    for (line, content) in (1..).zip(text.split_inclusive('\n')) {
        if content
            .strip_prefix("---")
            .is_some_and(|it| it.is_empty() || it.starts_with([' ', '\t', '\r', '\n']))
        {
            starts.push((line, offset));
        }
        offset += content.len();
    }
    let mut ends: Vec<usize> = starts.iter().skip(1).map(|(_, at)| *at).collect();
    ends.push(text.len());
    let parts =
        starts.into_iter().zip(ends).filter_map(|((line, start), end)| Some((line, text.get(start..end)?)));
    parts.filter(|(_, part)| has_content(part))
}

fn has_content(part: &str) -> bool {
    let lines = part.lines().map(|it| it.trim_start_matches("---").trim());
    lines.into_iter().any(|it| !it.is_empty() && it != "..." && !it.starts_with(['#', '%']))
}

/// Reads one document.
pub(crate) fn read(text: &str, limits: Limits) -> Result<Node, YamlError> {
    if text.len() > limits.bytes {
        return Err(YamlError::TooLarge { unit: "bytes", limit: limits.bytes });
    }
    let mut tree = Tree { limits, ..Tree::default() };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| YamlError::Syntax {
            line: error.marker().line(),
            why: error.info().to_owned(),
        })?;
        tree.line = span.start.line();
        tree.take(event)?;
    }
    tree.root.ok_or(YamlError::NotOne)
}

/// A tree while it is being read.
#[derive(Default)]
struct Tree {
    limits: Limits,
    /// The lists and maps that are not closed yet.
    open: Vec<Open>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    bytes: usize,
    aliases: usize,
    line: usize,
}

struct Open {
    anchor: usize,
    node: Node,
    /// The key whose value comes next, in a map.
    key: Option<String>,
    /// The keys of a map until now.
    keys: HashSet<String>,
}

impl Tree {
    fn take(&mut self, event: Event<'_>) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = tag.is_some_and(|it| it.is_yaml_core_schema() && it.suffix == "str");
                let plain = style == ScalarStyle::Plain && !is_text;
                self.close(anchor, Node::Scalar(Scalar { text: text.into_owned(), plain }))
            }
            Event::SequenceStart(anchor, _) => self.open(anchor, Node::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.open(anchor, Node::Map(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.close(open.anchor, open.node),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                self.aliases += 1;
                if self.aliases > self.limits.aliases {
                    return Err(YamlError::TooLarge { unit: "aliases", limit: self.limits.aliases });
                }
                // An anchor that is not closed yet would be a value inside itself.
                let inside =
                    || YamlError::Syntax { line: self.line, why: "an alias of what holds it".to_owned() };
                let node = self.anchors.get(&anchor).ok_or_else(inside)?.clone();
                self.count(&node)?;
                self.close(0, node)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, anchor: usize, node: Node) -> Result<(), YamlError> {
        if self.open.len() >= self.limits.depth {
            return Err(YamlError::TooLarge { unit: "levels", limit: self.limits.depth });
        }
        self.open.push(Open { anchor, node, key: None, keys: HashSet::new() });
        Ok(())
    }

    /// Puts a whole value where it belongs.
    fn close(&mut self, anchor: usize, node: Node) -> Result<(), YamlError> {
        let text = if let Node::Scalar(it) = &node { it.text.len() } else { 0 };
        self.add(1, text)?;
        if anchor > 0 {
            // What an anchor keeps is a copy too.
            self.count(&node)?;
            self.anchors.insert(anchor, node.clone());
        }
        let line = self.line;
        let Some(open) = self.open.last_mut() else {
            return if self.root.replace(node).is_some() { Err(YamlError::NotOne) } else { Ok(()) };
        };
        match (&mut open.node, open.key.take()) {
            (Node::Map(entries), Some(key)) => entries.push((key, node)),
            (Node::Map(_), None) => {
                let Node::Scalar(key) = node else { return Err(YamlError::KeyIsNoText { line }) };
                if !open.keys.insert(key.text.clone()) {
                    return Err(YamlError::RepeatedKey { line, key: key.text });
                }
                open.key = Some(key.text);
            }
            (Node::List(elements), _) => elements.push(node),
            (Node::Scalar(_), _) => {}
        }
        Ok(())
    }

    /// Counts what a copy adds.
    fn count(&mut self, node: &Node) -> Result<(), YamlError> {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            match node {
                Node::Scalar(it) => self.add(1, it.text.len())?,
                Node::List(elements) => {
                    self.add(1, 0)?;
                    open.extend(elements);
                }
                Node::Map(entries) => {
                    for (key, value) in entries {
                        self.add(1, key.len())?;
                        open.push(value);
                    }
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, nodes: usize, bytes: usize) -> Result<(), YamlError> {
        self.nodes += nodes;
        self.bytes += bytes;
        if self.nodes > self.limits.nodes {
            return Err(YamlError::TooLarge { unit: "values", limit: self.limits.nodes });
        }
        if self.bytes > self.limits.bytes {
            return Err(YamlError::TooLarge { unit: "bytes", limit: self.limits.bytes });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let said = match read(text, Limits { bytes: 2_000, nodes: 40, depth: 4, aliases: 3 }) {
            Ok(node) => shown(&node),
            Err(error) => format!("error: {error}"),
        };
        assert_eq!(said, want, "{text}");
    }

    fn shown(node: &Node) -> String {
        match node {
            Node::Scalar(it) if it.is_null() => "null".to_owned(),
            Node::Scalar(it) if it.plain => it.text.clone(),
            Node::Scalar(it) => format!("{:?}", it.text),
            Node::List(all) => format!("[{}]", all.iter().map(shown).collect::<Vec<_>>().join(", ")),
            Node::Map(all) => {
                let each: Vec<_> =
                    all.iter().map(|(key, value)| format!("{key}: {}", shown(value))).collect();
                format!("{{{}}}", each.join(", "))
            }
        }
    }

    #[test]
    fn values() {
        check("a: 1\nb: '1'\nc:\n  - x\n  - ~\nd:", "{a: 1, b: \"1\", c: [x, null], d: null}");
        check("a: !!str 1", "{a: \"1\"}");
        check("a: &x [1]\nb: *x", "{a: [1], b: [1]}");
        check("- a: |\n    one\n    two\n", "[{a: \"one\\ntwo\\n\"}]");
    }

    #[test]
    fn what_is_refused() {
        check("a: 1\na: 2", "error: line 2: the key `a` stands twice in one map");
        check("[a]: 2", "error: line 1: a key must be a text");
        check("[[[[[1]]]]]", "error: the document has more than 4 levels");
        check("a: [*b]", "error: line 1: while parsing node, found unknown anchor");
        check("a: &x [*x]", "error: line 1: an alias of what holds it");
        check("a: ]", "error: line 1: misplaced bracket");
        check("a\n...\nb", "error: expected one document");
        check("", "error: expected one document");
        let bomb = "a: &a [1]\nb: &b [*a, *a]\nc: &c [*b]\nd: [*c]";
        check(bomb, "error: the document has more than 3 aliases");
        check(
            "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\nb: &b [*a, *a]\nc: [*b]",
            "error: the document has more than 40 values",
        );
        check(
            &format!("a: &a {}\nb: [*a, *a]", "x".repeat(600)),
            "error: the document has more than 2000 bytes",
        );
    }

    #[test]
    fn a_text_is_cut_into_documents() {
        #[track_caller]
        fn check(text: &str, want: &[(usize, &str)]) {
            assert_eq!(documents(text).collect::<Vec<_>>(), want);
        }
        check("a: 1\n", &[(1, "a: 1\n")]);
        check("\u{feff}a: 1\n--- \nb: 2\n---\n", &[(1, "a: 1\n"), (2, "--- \nb: 2\n")]);
        check("# only\n---\r\na: ---\r\n---x: 1", &[(2, "---\r\na: ---\r\n---x: 1")]);
        check("%YAML 1.2\n---\na: 1\n...\n", &[(2, "---\na: 1\n...\n")]);
    }
}
