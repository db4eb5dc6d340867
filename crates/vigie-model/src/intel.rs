//! Intelligence as a node holds it: one version of one STIX object, with its exact text and its label.

use vigie_stix::id::StixId;
pub use vigie_stix::object::SpecVersion;
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

impl Labelled for Intel {
    fn label_id(&self) -> LabelId {
        self.label
    }
}

impl AsRef<str> for Intel {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// A version of an object without its text, as in a manifest (TAXII 2.1 section 5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntelRef {
    /// The object.
    pub id: StixId,
    /// Its version.
    pub version: Timestamp,
    /// The STIX version that it is written in.
    pub spec_version: SpecVersion,
    /// When it entered the collection.
    pub date_added: Timestamp,
    /// The interned label.
    pub label: LabelId,
    /// Whether it says that the object is revoked.
    pub revoked: bool,
}

impl Labelled for IntelRef {
    fn label_id(&self) -> LabelId {
        self.label
    }
}
