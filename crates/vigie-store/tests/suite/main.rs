//! What the store promises, held against any back end: it asks nothing but the public interface.
//!
//! Start with `world.rs`, a node with three members; `page.rs` compares pages with a naive reading of everything.

#![cfg(test)]
#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "what it advises does not compile for a type with a lifetime, such as Reader"
)]

mod collection;
mod crash;
mod failure;
mod intel;
mod listing;
mod member;
mod page;
mod world;
