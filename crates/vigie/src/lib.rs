//! The faces of a node: command line, TAXII server, pages.
//!
//! A face takes what a person or program typed, parses it, calls one verb of `vigie-app`, and renders the answer.
//! There is no SQL, no policy and no clock here.
//!
//! Start with `cli.rs` for commands and `web/routes.rs` for addresses.

pub mod cli;
pub mod config;
mod phone_report;
mod texts;
pub mod web;
