//! Sigma: rules over the named fields of one event, and correlations of such rules.
//!
//! A text of YAML is read into [`Document`]s ([`read`]): rules, correlations and filters. [`Ruleset::resolve`] puts the
//! filters into the rules that they name and orders the correlations. `evaluate.rs` is the specification clause by
//! clause; `fast.rs` is what an image runs, and says the same (a property test). docs/spec/sigma.md writes down what
//! is supported, and every reading where the specification leaves one open.
//!
//! Invariants
//! - Nothing given vanishes: a document is a rule, a correlation or a filter, or it is refused with a reason.
//! - What strangers write costs bounded time and memory ([`Limits`]).
//! - A rule holds for events of its log source only.
//!
//! Start with `rule.rs`, then `evaluate.rs`.

mod condition;
pub mod correlation;
mod encode;
mod evaluate;
mod explain;
mod fast;
mod given;
mod modifier;
mod network;
mod number;
mod parse;
mod part;
mod proof;
mod regular;
mod resolve;
mod rule;
mod wildcard;
mod yaml;

pub use correlation::Correlation;
pub(crate) use fast::Memory;
pub(crate) use given::{Documents, Given};
pub use parse::{Limits, Options, Refused, read};
pub(crate) use part::Part;
pub use resolve::{Member, Ruleset};
pub use rule::{Document, Filter, Head, Rule};
pub use yaml::{Limits as YamlLimits, YamlError};
