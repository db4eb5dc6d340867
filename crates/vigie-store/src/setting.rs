//! Settings: what a node must remember about itself, by key.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::Tx;

impl Reader<'_> {
    /// A setting's value.
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlite::setting::by_key(self.connection, key)?)
    }
}

impl Tx<'_> {
    /// Sets a value. Leaves no journal entry: what it is for is the caller's to record.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        Ok(sqlite::setting::set(&self.connection, key, value)?)
    }
}
