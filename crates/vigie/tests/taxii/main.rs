//! Conformance of the TAXII 2.1 server, over the wire.
//!
//! Each test starts a node of its own in a temporary folder, serves it on loopback and speaks raw HTTP/1.1 to it, so
//! that nothing between hides what goes over the wire. Every answer is checked for what all answers must have
//! (`http.rs`); the tests then look at what is particular.
//!
//! - `requirements/`: what a server MUST do, numbered as in `docs/spec/taxii.md`;
//! - `choices.rs`: what we chose where the standard is silent;
//! - `mistakes.rs`: what other servers were seen to get wrong;
//! - `visibility.rs`: what a reader may not see does not exist;
//! - `hostile.rs`: bodies and addresses that mean harm;
//! - `transport.rs`: TLS, client certificates, the notice channel, health and figures.

mod choices;
mod hostile;
mod http;
mod mistakes;
mod node;
mod requirements;
mod stix;
mod transport;
mod visibility;
