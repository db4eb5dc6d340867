//! The documents of TAXII 2.1, one type each, used by the client and by the server alike.
//!
//! Invariants
//! - Writing follows the standard: what is optional and absent is left out, and so is an empty list (section 2 forbids
//!   empty lists; an empty page is `{}`).
//! - Reading is forgiving: unknown properties are ignored (section 3.1), `null` stands for absent, and what servers are
//!   known to get wrong is taken where its meaning is beyond doubt.
//!
//! Start with [`Collection`], then `wire/envelope.rs`.

mod envelope;
mod lenient;

use serde::{Deserialize, Serialize};

pub use self::envelope::{Envelope, EnvelopeError, write_envelope};
use super::date::DateAdded;

/// Header with the date added of the first object of a page (section 3.5). On every 200 of objects, object, manifest and
/// versions. Lower case, as HTTP/2 wants it.
pub const DATE_ADDED_FIRST: &str = "x-taxii-date-added-first";

/// Header with the date added of the last object of a page (section 3.5).
pub const DATE_ADDED_LAST: &str = "x-taxii-date-added-last";

/// Header of Vigie's own on pages of objects: a number that changes whenever what the client may see has changed other
/// than by addition, so that it must pull from the beginning.
pub const EPOCH: &str = "x-vigie-epoch";

/// The value that `versions` of an API root must contain (section 4.2.1).
pub const API_ROOT_VERSION: &str = super::media::TAXII;

/// Where discovery lies at the server's root (section 4.1).
pub const DISCOVERY_PATH: &str = "/taxii2/";

/// Discovery: what a server says of itself (section 4.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discovery {
    /// For people to read.
    #[serde(default, deserialize_with = "lenient::text")]
    pub title: String,
    /// More for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whom to turn to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// One of `api_roots`: the one to use when in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Addresses of API roots: absolute, or a path that begins with a single `/`.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::null_is_default")]
    pub api_roots: Vec<String>,
}

/// API root: one group of collections (section 4.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiRoot {
    /// For people to read.
    #[serde(default, deserialize_with = "lenient::text")]
    pub title: String,
    /// More for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it speaks; must contain [`API_ROOT_VERSION`]. Some servers say `2.1` or `taxii-2.1`.
    #[serde(default, deserialize_with = "lenient::null_is_default")]
    pub versions: Vec<String>,
    /// The largest body it takes, in bytes. Zero, never written by a server that follows the standard: it did not say.
    #[serde(default, deserialize_with = "lenient::count")]
    pub max_content_length: u64,
}

/// The collections that a client may know of (section 5.1.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collections {
    /// In a stable order.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::null_is_default")]
    pub collections: Vec<Collection>,
}

/// A collection, as one client sees it (section 5.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// A UUID of version 4.
    pub id: String,
    /// For people to read.
    #[serde(default, deserialize_with = "lenient::text")]
    pub title: String,
    /// More for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A short name that may stand in addresses for the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Whether this client may read objects.
    #[serde(default, deserialize_with = "lenient::null_is_default")]
    pub can_read: bool,
    /// Whether this client may add and delete objects.
    #[serde(default, deserialize_with = "lenient::null_is_default")]
    pub can_write: bool,
    /// What objects it holds: [`super::media::STIX`] unless said.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::null_is_default")]
    pub media_types: Vec<String>,
}

/// What a collection holds, without the objects themselves (section 5.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Whether there is another page.
    #[serde(default, skip_serializing_if = "is_false", deserialize_with = "lenient::null_is_default")]
    pub more: bool,
    /// Where the next page begins. The standard forgot it here (`oasis-tcs/cti-taxii2#110`); clients need it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_text")]
    pub next: Option<String>,
    /// Ascending by date added.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::null_is_default")]
    pub objects: Vec<ManifestRecord>,
}

/// One version of one object (section 5.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ManifestRecord {
    /// Of the STIX object.
    pub id: String,
    /// When the collection took it in.
    pub date_added: DateAdded,
    /// `modified`, else `created`, as the object writes it; else a date that stays the same.
    #[serde(default, deserialize_with = "lenient::text")]
    pub version: String,
    /// One of the collection's `media_types`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
}

/// The versions that a collection holds of one object (section 5.8.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Whether there is another page.
    #[serde(default, skip_serializing_if = "is_false", deserialize_with = "lenient::null_is_default")]
    pub more: bool,
    /// Where the next page begins; see [`Manifest::next`].
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_text")]
    pub next: Option<String>,
    /// As the objects write them.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::null_is_default")]
    pub versions: Vec<String>,
}

/// What became of objects that a client added (section 4.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// A UUID of version 4; asking for it again tells how far the server is.
    pub id: String,
    /// Whether anything is still to be done.
    pub status: Progress,
    /// When the request came in.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_date")]
    pub request_timestamp: Option<DateAdded>,
    /// Objects in the request.
    #[serde(default, deserialize_with = "lenient::count")]
    pub total_count: u64,
    /// Objects taken, duplicates of what was there included.
    #[serde(default, deserialize_with = "lenient::count")]
    pub success_count: u64,
    /// Each object taken. A server may leave the list out.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::null_is_default")]
    pub successes: Vec<StatusDetail>,
    /// Objects not taken.
    #[serde(default, deserialize_with = "lenient::count")]
    pub failure_count: u64,
    /// Each object not taken, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::null_is_default")]
    pub failures: Vec<StatusDetail>,
    /// Objects not looked at yet.
    #[serde(default, deserialize_with = "lenient::count")]
    pub pending_count: u64,
    /// Each object not looked at yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::null_is_default")]
    pub pendings: Vec<StatusDetail>,
}

/// How far a server is with a request (section 4.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// Nothing is left to do.
    Complete,
    /// Something is.
    Pending,
}

/// What became of one object (section 4.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDetail {
    /// Of the STIX object; of what claims to be one where it carries no valid id.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: String,
    /// As in [`ManifestRecord::version`].
    #[serde(default, deserialize_with = "lenient::text")]
    pub version: String,
    /// Why, for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The body of every answer that is not a success (section 3.6.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorMessage {
    /// What went wrong.
    #[serde(default, deserialize_with = "lenient::text")]
    pub title: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Names this one occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_id: Option<String>,
    /// Names this kind of error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// The status of the answer: on the wire a string that equals the status line.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "lenient::write_http_status",
        deserialize_with = "lenient::http_status"
    )]
    pub http_status: Option<u16>,
    /// An address with more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_details: Option<String>,
    /// Anything else the server says.
    #[serde(
        default,
        skip_serializing_if = "serde_json::Map::is_empty",
        deserialize_with = "lenient::null_is_default"
    )]
    pub details: serde_json::Map<String, serde_json::Value>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(it: &bool) -> bool {
    !*it
}

#[cfg(test)]
mod tests;
