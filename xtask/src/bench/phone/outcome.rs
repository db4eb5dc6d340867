//! What a part of the benchmark came to.

use serde_json::Value;

/// What a part came to.
pub(super) struct Outcome {
    /// For machines.
    pub(super) json: Value,
    /// For people: tables in Markdown.
    pub(super) text: String,
    /// Promises that are not kept, each in a line; any fails the command.
    pub(super) broken: Vec<String>,
}

/// A table in Markdown.
pub(super) struct Table {
    lines: Vec<String>,
}

impl Table {
    /// A table with these columns.
    pub(super) fn new(columns: &[&str]) -> Self {
        let mut table = Self { lines: Vec::new() };
        table.row(columns);
        table.row(&vec!["---"; columns.len()]);
        table
    }

    /// Adds a row.
    pub(super) fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        let cells: Vec<String> = cells.iter().map(|it| it.as_ref().replace('|', "\\|")).collect();
        self.lines.push(format!("| {} |\n", cells.join(" | ")));
    }

    /// Its text.
    pub(super) fn text(self) -> String {
        self.lines.concat()
    }
}
