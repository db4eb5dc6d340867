//! Speak to others: TAXII 2.1 and the federation between nodes.
//!
//! [`taxii::wire`] holds the documents of TAXII 2.1, shared by the client here and the server in `vigie`.
//! [`taxii::client`] reads and writes any TAXII 2.1 server. [`federation`] is what nodes of Vigie say to each other beside:
//! a standing channel of notices, each followed by an ordinary pull.
//!
//! Invariants
//! - Objects travel as exact text: nothing here reads one, so nothing can change one.
//! - Whatever a server sends is hostile: bytes, objects, pages, waiting and retries each have a name in
//!   [`transport::Limits`].
//! - Credentials go to one origin only, encrypted unless that is this machine.
//! - No disk. The clock measures waiting and nothing else: dates are always those of the server.
//!
//! Start with `taxii/wire.rs`, then `transport.rs`, `taxii/client/walk.rs` and `federation/pull.rs`.

pub mod federation;
pub mod taxii;
pub mod tls;
pub mod transport;
