//! What became of an artefact.

/// Whether an artefact was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It was there, and all of it was read.
    Present {
        /// How many records it has.
        records: u64,
    },
    /// It was there, and some of it could not be read.
    Partial {
        /// How many records were read.
        read: u64,
        /// How many there should be, where that can be told.
        of: Option<u64>,
        /// What could not be read, and why.
        why: String,
    },
    /// It was there, and nothing of it could be read.
    Unreadable {
        /// Why.
        why: String,
    },
    /// Evidence of this kind has it, and this one has not.
    Absent,
    /// Evidence of this kind never has it.
    NotInThisKind,
}

impl State {
    /// Whether something is there that was not read.
    pub fn is_incomplete(&self) -> bool {
        matches!(self, Self::Partial { .. } | Self::Unreadable { .. })
    }
}
