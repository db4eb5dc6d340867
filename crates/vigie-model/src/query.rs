//! What a reader asks of a collection: the filters and the paging of TAXII 2.1 (section 3.4), already parsed.

use std::collections::BTreeSet;

use vigie_stix::id::StixId;
use vigie_stix::timestamp::Timestamp;

use crate::intel::SpecVersion;

/// A question to a collection. Fields add up; the values of one field are alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Only what was added strictly after this instant, microseconds since 1970.
    pub added_after: Option<i64>,
    /// Where the page before ended: the `date_added` of its last row, microseconds since 1970.
    pub resume_after: Option<i64>,
    /// At most this many rows.
    pub limit: usize,
    /// Object identifiers; empty for any. Texts that are no identifiers match nothing.
    pub ids: BTreeSet<StixId>,
    /// Object types; empty for any.
    pub types: BTreeSet<String>,
    /// Which versions of each object.
    pub versions: VersionFilter,
    /// Which versions of STIX; empty for only the latest of each object.
    pub spec_versions: BTreeSet<SpecVersion>,
}

/// Which versions of an object are wanted, among those that the reader may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionFilter {
    /// Every one.
    All,
    /// Any of these.
    Some {
        /// The oldest.
        first: bool,
        /// The newest.
        last: bool,
        /// These instants.
        exact: BTreeSet<Timestamp>,
    },
}

impl VersionFilter {
    /// The newest alone, which is the default of section 3.4.1.
    pub fn last() -> Self {
        Self::Some { first: false, last: true, exact: BTreeSet::new() }
    }
}

impl Query {
    /// Everything current in a collection, in pages of this size.
    pub fn everything(limit: usize) -> Self {
        Self {
            added_after: None,
            resume_after: None,
            limit,
            ids: BTreeSet::new(),
            types: BTreeSet::new(),
            versions: VersionFilter::last(),
            spec_versions: BTreeSet::new(),
        }
    }
}
