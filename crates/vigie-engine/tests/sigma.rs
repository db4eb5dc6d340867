//! Sigma from the outside: what rules say of events, what is refused, and how documents are put together.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

#[path = "sigma/archives.rs"]
mod archives;
#[path = "sigma/documents.rs"]
mod documents;
#[path = "sigma/evaluation.rs"]
mod evaluation;
#[path = "sigma/events.rs"]
mod events;
#[path = "sigma/image.rs"]
mod image;
#[path = "sigma/logs.rs"]
mod logs;
#[path = "sigma/oracle.rs"]
mod oracle;
#[path = "sigma/shared_rules.rs"]
mod shared_rules;
#[path = "sigma/sides.rs"]
mod sides;
