//! Sigma from the outside: what rules say of events, what is refused, and how documents are put together.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

#[path = "sigma/archives.rs"]
mod archives;
#[path = "sigma/documents.rs"]
mod documents;
#[path = "sigma/evaluation.rs"]
mod evaluation;
#[path = "sigma/event.rs"]
mod event;
#[path = "sigma/image.rs"]
mod image;
#[path = "sigma/log.rs"]
mod log;
#[path = "sigma/oracle.rs"]
mod oracle;
#[path = "sigma/saved.rs"]
mod saved;
#[path = "sigma/shared_rules.rs"]
mod shared_rules;
#[path = "sigma/sides.rs"]
mod sides;
