//! What became of the objects of one request: the status resource of TAXII 2.1 (section 4.3).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::sqlite;
use crate::tx::Tx;

/// The status of one request. Its totals are the lengths of its lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// On the wire.
    pub id: Uuid,
    /// Whose it is, a token's or member's id; for everybody else it is not there.
    pub owner: String,
    /// When the request came, nanoseconds since 1970.
    pub requested: i64,
    /// Taken in.
    pub successes: Vec<StatusItem>,
    /// Not taken in.
    pub failures: Vec<StatusItem>,
    /// Not decided yet.
    pub pendings: Vec<StatusItem>,
}

/// What became of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusItem {
    /// The object, as the request named it.
    pub id: String,
    /// Its version.
    pub version: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Reader<'_> {
    /// A status, if it is this owner's and not yet forgotten.
    pub fn status(&self, id: Uuid, owner: &str) -> Result<Option<Status>, StoreError> {
        sqlite::status::by_id(self.connection, id, owner)?.map(TryInto::try_into).transpose()
    }
}

impl Tx<'_> {
    /// Keeps a status, and forgets those older than [`Options::status_retention`](crate::Options). Leaves no journal
    /// entry: what came in does.
    pub fn save_status(&mut self, status: &Status) -> Result<(), StoreError> {
        let retention = sqlite::nanoseconds(self.options.status_retention);
        sqlite::status::purge(&self.connection, self.now.saturating_sub(retention))?;
        Ok(sqlite::status::set(&self.connection, status)?)
    }
}
