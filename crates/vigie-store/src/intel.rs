//! Intelligence: versions of STIX objects, in collections, under labels.
//!
//! The text of a version is kept once. A *holding* says that a collection holds it under a label, since a `date_added`
//! of its own. Two members who bring the same text bring two labels, so there can be two holdings in one collection; a
//! viewer who may see both gets the earlier one.
//!
//! Who may bring what (section 3.6 of STIX 2.1)
//! - The member who first brings an object is its creator, together with the `created_by_ref` that it carried. Nobody
//!   else may bring further versions or revoke it.
//! - A version that is known comes again from anybody as a duplicate, when its JSON says the same. Otherwise it is set
//!   aside in quarantine.
//! - A revoked object takes no later version.
//! - An object without versions (a cyber-observable) is what it first was.
//!
//! Which version is the last, and which version of STIX the latest, is decided among what the viewer may see.
//!
//! Start with [`Outcome`]; taking in is in `intel/add.rs`, reading in `intel/find.rs` and `intel/select.rs`.

use vigie_model::id::MemberId;
use vigie_model::intel::SpecVersion;
use vigie_model::label::{LabelId, Labelled};
use vigie_stix::id::StixId;
use vigie_stix::object::Object;
use vigie_stix::timestamp::Timestamp;

mod add;
mod find;
mod relabel;
mod remove;
mod select;

pub use find::Position;

/// A version of an object on its way in. Its producer is the originator of its label.
#[derive(Clone, Debug)]
pub struct NewIntel {
    /// The object.
    pub id: StixId,
    /// Its version; None for an object that has no versions.
    pub version: Option<Timestamp>,
    /// The STIX version that it is written in.
    pub spec_version: SpecVersion,
    /// Its `created_by_ref`.
    pub created_by: Option<String>,
    /// Whether it says that it is revoked.
    pub revoked: bool,
    /// Marking definitions that were not known when its label was made out; see [`Waiting`].
    pub awaits: Vec<String>,
    /// The exact text.
    pub text: Box<str>,
}

impl NewIntel {
    /// What the store needs of an object.
    pub fn of(object: &Object<'_>, awaits: Vec<String>) -> Self {
        Self {
            id: object.id().clone(),
            version: object.version().cloned(),
            spec_version: object.spec_version(),
            created_by: object.created_by_ref().map(str::to_owned),
            revoked: object.is_revoked(),
            awaits,
            text: object.text().into(),
        }
    }
}

/// What became of a version that was brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The collection holds it now.
    Added {
        /// Since when: microseconds since 1970, unique in the collection.
        date_added: i64,
        /// The version, which an object without one gets here.
        version: Timestamp,
    },
    /// The collection held it already, under the same label.
    Duplicate {
        /// The version.
        version: Timestamp,
    },
    /// It may not be brought.
    Refused(Refused),
    /// The same version is known with other content; this one is set aside.
    Quarantined,
}

/// Why a version may not be brought.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refused {
    /// Somebody else brought the object first.
    #[error(
        "only the creator of `{0}` may bring another version of it or revoke it; make a new object and relate it"
    )]
    NotCreator(StixId),
    /// Its `created_by_ref` is not that of the versions before.
    #[error("`{0}` was created by another identity than this version says; make a new object and relate it")]
    OtherAuthor(StixId),
    /// It was revoked.
    #[error("`{0}` was revoked and takes no later version; make a new object")]
    Revoked(StixId),
}

/// A version held under a label that could not be made out, for want of a marking definition that has now come.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Orders the answers; give the last one to [`Reader::waiting_for`](crate::Reader::waiting_for) to go on.
    pub number: i64,
    /// The object.
    pub id: StixId,
    /// The label that it has now.
    pub label: LabelId,
    /// All marking definitions that it waits for. The caller takes out those that are known now.
    pub awaits: Vec<String>,
    /// The exact text.
    pub text: Box<str>,
    pub(crate) version: i64,
    pub(crate) object: i64,
    pub(crate) spec: i64,
    pub(crate) instant: i64,
}

/// The instant that orders a version, in nanoseconds since 1970. What lies before 1678 or after 2261, as the dates do that
/// some producers write where they know none, counts as the first or last instant of all.
fn instant(version: &Timestamp) -> i64 {
    let ends = if version.nanos() < 0 { i64::MIN } else { i64::MAX };
    i64::try_from(version.nanos()).unwrap_or(ends)
}

/// A version that was set aside: the same object and version is known with other content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Orders the answers.
    pub number: i64,
    /// The object.
    pub id: StixId,
    /// Its version, as it says.
    pub version: Option<String>,
    /// Who brought it.
    pub producer: MemberId,
    /// When, nanoseconds since 1970.
    pub received: i64,
    /// The label that it came with.
    pub label: LabelId,
    /// The exact text.
    pub text: Box<str>,
}

impl Labelled for Quarantined {
    fn label_id(&self) -> LabelId {
        self.label
    }
}
