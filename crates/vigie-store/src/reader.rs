//! Reading on one snapshot. Each noun's file adds its questions.

use rusqlite::Connection;

use crate::store::Options;

/// A snapshot of the store, given by [`Store::read`](crate::Store::read).
pub struct Reader<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) options: &'c Options,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(connection: &'c Connection, options: &'c Options) -> Self {
        Self { connection, options }
    }
}
