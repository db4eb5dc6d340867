//! Labels: each distinct one is kept once and has a number.

use vigie_model::label::{Label, LabelId};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::Tx;

impl Reader<'_> {
    /// All labels, in the order of their numbers.
    pub fn labels(&self) -> Result<Vec<(LabelId, Label)>, StoreError> {
        self.labels_after(LabelId(0))
    }

    /// The labels interned after this one. A label never changes and is never removed.
    pub fn labels_after(&self, last: LabelId) -> Result<Vec<(LabelId, Label)>, StoreError> {
        sqlite::label::after(self.connection, last)?.into_iter().map(TryInto::try_into).collect()
    }

    /// One label.
    pub fn label(&self, id: LabelId) -> Result<Option<Label>, StoreError> {
        let row = sqlite::label::by_number(self.connection, id)?;
        row.map(|it| Ok(<(LabelId, Label)>::try_from(it)?.1)).transpose()
    }
}

impl Tx<'_> {
    /// The number of a label, which it gets now if it has none. Leaves no journal entry: the thing that carries the
    /// label does.
    pub fn intern_label(&mut self, label: &Label) -> Result<LabelId, StoreError> {
        if let Some(known) = self.intake.labels.get(label) {
            return Ok(*known);
        }
        let text = label.canonical();
        let number = match sqlite::label::by_text(&self.connection, &text)? {
            Some(it) => it,
            None => sqlite::label::add(&self.connection, &text)?,
        };
        self.intake.labels.insert(label.clone(), number);
        Ok(number)
    }
}
