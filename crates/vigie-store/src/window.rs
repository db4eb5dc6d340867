//! What is remembered of records for rules over several of them: a state, and the steps since.

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::Tx;

impl Reader<'_> {
    /// The lines of the state that was stored last; none if there is none.
    pub fn window_state(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlite::window::state(self.connection)?)
    }

    /// The steps since, in order.
    pub fn window_steps(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlite::window::steps(self.connection)?)
    }
}

impl Tx<'_> {
    /// Stores a state, in place of the last one and of the steps since. Leaves no journal entry: what it is for is the
    /// caller's to record.
    pub fn set_window_state<'l>(&mut self, lines: impl Iterator<Item = &'l str>) -> Result<(), StoreError> {
        Ok(sqlite::window::set_state(&self.connection, lines)?)
    }

    /// Adds a step to those since the last state. Leaves no journal entry, either.
    pub fn add_window_step(&mut self, step: &str) -> Result<(), StoreError> {
        Ok(sqlite::window::add_step(&self.connection, step)?)
    }
}
