//! The client against servers on loopback that do what real servers are known to do, and worse.
//!
//! Start with `server.rs`: a server is a function from a request to the bytes of its answer.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

mod adding;
mod answers;
mod federation;
mod paging;
mod server;
mod tls;
