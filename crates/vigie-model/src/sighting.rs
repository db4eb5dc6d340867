//! Sightings: "we saw it too", told back to the ally who published an indicator.
//!
//! On the wire a sighting is a STIX 2.1 `sighting` object (section 5.2); this is the row that a node keeps of each,
//! its own and those of others, so that counts need no parsing.

use vigie_stix::id::StixId;

use crate::id::MemberId;
use crate::label::{LabelId, Labelled};

/// A sighting of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The STIX sighting's identifier.
    pub id: StixId,
    /// What was seen.
    pub indicator: StixId,
    /// Who saw it.
    pub member: MemberId,
    /// How often; 0 says that it was looked for and not seen.
    pub count: u32,
    /// When it was first seen, nanoseconds since 1970.
    pub first_seen: i64,
    /// When it was last seen, nanoseconds since 1970.
    pub last_seen: i64,
    /// The interned label: that of the indicator or stricter.
    pub label: LabelId,
}

impl Labelled for Sighting {
    fn label_id(&self) -> LabelId {
        self.label
    }
}
