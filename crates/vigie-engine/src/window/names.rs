//! Where records stand, with the names of files kept once.

use std::sync::Arc;

use vigie_model::alert::Source;

/// How many names are remembered. Steps come from few files at a time; a name that is forgotten is only stored twice.
const REMEMBERED: usize = 16;

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    file: Arc<str>,
    line: u64,
    format: Arc<str>,
    /// The mapping that named its fields, if a rule asked for fields.
    mapping: Option<Arc<str>>,
}

/// The names met last.
#[derive(Debug, Default)]
pub(super) struct Names {
    recent: Vec<Arc<str>>,
}

impl Names {
    pub(super) fn place(&mut self, source: &Source, mapping: Option<&str>) -> Place {
        Place {
            file: self.name(&source.file),
            line: source.line,
            format: self.name(&source.format),
            mapping: mapping.map(|it| self.name(it)),
        }
    }

    fn name(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.recent.iter().find(|it| it.as_ref() == text) {
            return Arc::clone(known);
        }
        if self.recent.len() == REMEMBERED {
            self.recent.remove(0);
        }
        let name: Arc<str> = text.into();
        self.recent.push(Arc::clone(&name));
        name
    }
}

impl Place {
    pub(super) fn source(&self) -> Source {
        Source { file: self.file.to_string(), line: self.line, format: self.format.to_string() }
    }

    pub(super) fn mapping(&self) -> Option<Box<str>> {
        self.mapping.as_deref().map(Into::into)
    }
}
