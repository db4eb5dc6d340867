//! Reading the journal. [`Tx`](crate::Tx) writes it.

use vigie_model::journal::Entry;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;

impl Reader<'_> {
    /// Entries after this one, in order; 0 begins at the beginning.
    pub fn journal(&self, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let rows = sqlite::journal::after(self.connection, after, limit)?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The sequence of the last entry; 0 when there is none.
    pub fn last_sequence(&self) -> Result<u64, StoreError> {
        Ok(sqlite::journal::last(self.connection)?)
    }
}
