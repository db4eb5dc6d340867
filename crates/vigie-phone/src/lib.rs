//! A phone's evidence in, records and a statement of completeness out.
//!
//! ```text
//! evidence (its kind, its files by path) ─► artefacts (one file each) ─► Record…, State
//! ```
//!
//! Nothing here matches, grades, tells or keeps anything: `vigie-engine` says which indicators a record meets, `vigie-app`
//! what that means.
//!
//! Invariants
//! - A phone may be built to attack its examiner: readers take bytes under [`Limits`], never panic and never allocate past
//!   them. One bad record costs only itself.
//! - No network, no child process. Only `evidence/disk.rs` touches a disk, and only to read; what an extract keeps is written
//!   where the caller says.
//! - What could not be read is said: each artefact ends in a [`State`], and damage is never silence.
//!
//! Start with [`Record`] and [`Files`].

pub mod android;
pub mod apart;
mod artefact;
mod evidence;
pub mod extract;
mod held;
mod hexadecimal;
pub mod ios;
pub mod keyed;
mod limits;
mod lines;
mod link;
pub mod plist;
mod record;
pub mod sealed;
mod sign;
pub mod sqlite;
mod state;
pub mod time;
pub mod typedstream;
mod zone;

pub use artefact::{Artefact, Input, Told, read};
pub use evidence::{
    ArchiveError, Asked, BackupError, Entry, Files, KeyError, Kind, NotEvidence, Notes, OpenError, Plain,
    Progress, Recognised, Store, Tree, Unreadable, open, open_file, recognise,
};
pub use held::Held;
pub use limits::Limits;
pub use record::{Certainty, Moment, Record};
pub use sign::{Sign, Weight};
pub use state::State;
pub use zone::Zone;
