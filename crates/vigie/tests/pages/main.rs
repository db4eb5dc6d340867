//! The pages of a real node over HTTP: who may see which, what stands in them, and how a browser shows them.
//!
//! What every page promises by itself (escaping, structure, languages) is tested beside the pages, from samples.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

mod access;
mod browser;
mod content;
mod node;
