//! What is to be said of evidence as a whole.

/// How many sentences on damage are kept. What comes after is counted.
const KEPT: usize = 100;

/// What of the evidence is not among its files, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Links, which are never followed.
    pub links: u64,
    /// Devices, pipes and the like.
    pub special: u64,
    /// Files whose path leads out of the evidence (`..`), or is none.
    pub outside: u64,
    /// Files that have the path of an earlier one. They are among the files.
    pub duplicates: u64,
    /// Files by which a Mac keeps attributes of others (`._*`).
    pub apple_double: u64,
    /// Files that a list names and that are not there. They are among the files, and cannot be read.
    pub missing: u64,
    /// What is damaged or odd, a sentence each.
    pub damage: Vec<String>,
    /// Sentences that were too many to keep.
    pub more_damage: u64,
}

/// Nothing to say.
pub(super) static NONE: Notes = Notes {
    links: 0,
    special: 0,
    outside: 0,
    duplicates: 0,
    apple_double: 0,
    missing: 0,
    damage: Vec::new(),
    more_damage: 0,
};

impl Notes {
    /// Adds a sentence on damage.
    pub fn damaged(&mut self, what: String) {
        if self.damage.len() < KEPT {
            self.damage.push(what);
        } else {
            self.more_damage += 1;
        }
    }
}
