//! Everything a node keeps, in SQLite, written through one [`Tx`].
//!
//! [`Store::read`] gives a [`Reader`] on one snapshot; [`Store::write`] gives the [`Tx`]. Each noun has one file here,
//! with what the store promises of it, and one of the same name in `sqlite/` with its rows; the statements are in
//! `sql/sqlite/queries`.
//!
//! Invariants
//! - Only [`Tx`] writes. Rows, journal entries and outbox messages are committed together and are durable when
//!   [`Store::write`] returns; a transaction that wrote and journalled nothing is refused.
//! - Labelled things come in as [`Admitted`](vigie_policy::Admitted) and go out as
//!   [`Released`](vigie_policy::Released). What a viewer may not see is not found, not counted, and changes neither
//!   which version is the last nor any date.
//! - Bytes in are bytes out for each version of an object; only its creator may add versions or revoke it.
//! - `date_added` is unique and strictly increasing in a collection, the journal has no gaps.
//!
//! Start with `store.rs`, then `intel.rs`.

mod error;
mod page;
mod reader;
mod store;
mod tx;

mod alert;
mod collection;
mod intel;
mod journal;
mod label;
mod member;
mod outbox;
mod peer;
mod setting;
mod sighting;
mod status;
mod token;
mod window;

mod sqlite;

pub use alert::NewAlert;
pub use error::StoreError;
pub use intel::{NewIntel, Outcome, Position, Quarantined, Refused, Waiting};
pub use outbox::{Change, Message, Outbox};
pub use page::{Mark, Page};
pub use reader::Reader;
pub use sighting::NewSighting;
pub use status::{Status, StatusItem};
pub use store::{Options, Store};
pub use token::hash_secret;
pub use tx::Tx;
