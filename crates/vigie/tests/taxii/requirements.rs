//! What a TAXII 2.1 server MUST do, one test a point, numbered as in `docs/spec/taxii.md`. Points 1 (transport) and
//! 6 (every answer's media type) are also kept by `transport.rs` and by the check in `http.rs`.

mod answers;
mod filters;
mod resources;
