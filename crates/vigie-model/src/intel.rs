//! Intelligence as a node holds it: one version of one STIX object, with its exact text and its label.

use vigie_stix::id::StixId;
use vigie_stix::timestamp::Timestamp;

use crate::id::MemberId;
use crate::label::{LabelId, Labelled};

/// One stored version of an object.
#[derive(Clone, Debug)]
pub struct Intel {
    /// The object's identifier.
    pub id: StixId,
    /// Its version: `modified`, else `created`, else the time it was first taken in here (SCOs).
    pub version: Timestamp,
    /// `2.1` or `2.0`.
    pub spec_version: SpecVersion,
    /// When this version entered the collection it was read from: strictly increasing and unique there.
    pub date_added: Timestamp,
    /// The member who brought it.
    pub producer: MemberId,
    /// The interned label.
    pub label: LabelId,
    /// Whether the object says that it is revoked.
    pub revoked: bool,
    /// The exact text that came in.
    pub text: Box<str>,
}

/// The version of STIX that an object is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpecVersion {
    /// STIX 2.0, which carries no `spec_version` itself.
    V20,
    /// STIX 2.1.
    V21,
}

impl SpecVersion {
    /// `2.0` or `2.1`, as in TAXII's `match[spec_version]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V20 => "2.0",
            Self::V21 => "2.1",
        }
    }

    /// The media type of an object of this version, as in a manifest record (TAXII 2.1 section 5.3).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::V20 => "application/stix+json;version=2.0",
            Self::V21 => "application/stix+json;version=2.1",
        }
    }
}

impl Labelled for Intel {
    fn label_id(&self) -> LabelId {
        self.label
    }
}
