//! Speak to others: TAXII 2.1 and the federation between nodes.
//!
//! [`taxii::wire`] holds the documents of TAXII 2.1, shared by the client here and the server in `vigie`.
//!
//! Invariants
//! - Objects travel as exact text: nothing here reads into a STIX object, so nothing can change one.
//! - Whatever a server sends is hostile: bytes, pages, waiting and retries each have a named limit.
//! - No disk, and no clock but the one that measures waiting.
//!
//! Start with `taxii/wire.rs`.

pub mod taxii;
