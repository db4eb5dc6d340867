//! Taking versions of objects in.

use sha2::{Digest, Sha256};
use vigie_model::id::{CollectionId, MemberId};
use vigie_model::journal::Act;
use vigie_model::label::LabelId;
use vigie_policy::Admitted;
use vigie_stix::timestamp::Timestamp;

use super::{NewIntel, Outcome, Refused};
use crate::error::StoreError;
use crate::sqlite::holding::{self, Holding};
use crate::sqlite::intel::{self, NewObject, NewVersion, ObjectRow, VersionRow, spec_number};
use crate::tx::Tx;

/// Where a version is to be held.
struct Place {
    collection: CollectionId,
    label: LabelId,
    producer: MemberId,
}

impl Tx<'_> {
    /// Takes a version in. The journal gets one entry for each collection and transaction.
    pub fn add_intel(
        &mut self,
        collection: CollectionId,
        new: Admitted<NewIntel>,
    ) -> Result<Outcome, StoreError> {
        let (new, label) = new.into_parts();
        let place = Place { collection, label: self.intern_label(&label)?, producer: label.originator };
        let outcome = self.take_in(&place, &new)?;
        let clock = self.clock(collection)?;
        match outcome {
            Outcome::Added { .. } => clock.added += 1,
            Outcome::Duplicate { .. } => clock.duplicates += 1,
            Outcome::Refused(_) => clock.refused += 1,
            Outcome::Quarantined => {}
        }
        Ok(outcome)
    }

    /// Takes versions in, in order, and says of each what became of it.
    pub fn add_intel_batch(
        &mut self,
        collection: CollectionId,
        batch: impl IntoIterator<Item = Admitted<NewIntel>>,
    ) -> Result<Vec<Outcome>, StoreError> {
        batch.into_iter().map(|it| self.add_intel(collection, it)).collect()
    }

    fn take_in(&mut self, place: &Place, new: &NewIntel) -> Result<Outcome, StoreError> {
        let instant = new.version.as_ref().map(super::instant);
        let Some(object) = intel::object_by_id(&self.connection, new.id.as_str())? else {
            let object = NewObject {
                id: new.id.as_str(),
                creator: place.producer,
                author: new.created_by.as_deref(),
                versioned: instant.is_some(),
                revoked: instant.filter(|_| new.revoked),
            };
            let object = intel::add_object(&self.connection, &object)?;
            return self.add_version(place, new, object, instant, false);
        };
        if let Some(known) = self.same_version(&object, new, instant)? {
            return self.add_again(place, new, &object, &known);
        }
        if let Some(refused) = refusal(place, new, &object, instant) {
            return Ok(Outcome::Refused(refused));
        }
        if let Some(instant) = instant.filter(|_| new.revoked) {
            intel::revoke_object(&self.connection, object.number, instant)?;
        }
        self.add_version(place, new, object.number, instant, true)
    }

    /// The version that must say the same as the new one. An object either has versions or has none: what comes in the
    /// other way is compared with what is there, and differs.
    fn same_version(
        &self,
        object: &ObjectRow,
        new: &NewIntel,
        instant: Option<i64>,
    ) -> Result<Option<VersionRow>, StoreError> {
        Ok(match instant {
            Some(instant) if object.versioned => {
                intel::version_at(&self.connection, object.number, spec_number(new.spec_version), instant)?
            }
            _ => intel::first_version(&self.connection, object.number)?,
        })
    }

    /// Stores a version that is not known and holds it.
    fn add_version(
        &mut self,
        place: &Place,
        new: &NewIntel,
        object: i64,
        instant: Option<i64>,
        known_object: bool,
    ) -> Result<Outcome, StoreError> {
        let added = self.tick(place.collection)?;
        let instant = instant.unwrap_or(added * 1_000);
        let said = match &new.version {
            Some(it) => it.clone(),
            None => Timestamp::from_nanos_micros(instant.into()),
        };
        let spec = spec_number(new.spec_version);
        let version =
            NewVersion { object, spec, instant, said: said.as_str(), revoked: new.revoked, text: &new.text };
        let version = intel::add_version(&self.connection, &version)?;
        intel::add_awaited(&self.connection, version, place.label, &new.awaits)?;
        let kind = self.type_number(new.id.object_type())?;
        let collection = self.clock(place.collection)?.number;
        let label = place.label;
        let held = Holding { collection, label, newest: true, added, object, spec, instant, kind, version };
        if known_object {
            self.hold_beside(held)?;
        } else {
            self.hold(&held)?;
        }
        Ok(Outcome::Added { date_added: added, version: said })
    }

    /// A version that is known comes again.
    fn add_again(
        &mut self,
        place: &Place,
        new: &NewIntel,
        object: &ObjectRow,
        known: &VersionRow,
    ) -> Result<Outcome, StoreError> {
        if !says_the_same(&known.text, &new.text) {
            self.quarantine(place, new)?;
            return Ok(Outcome::Quarantined);
        }
        let version = intel::said("version", new.id.as_str(), &known.said)?;
        let collection = self.clock(place.collection)?.number;
        let (label, object) = (place.label, object.number);
        if holding::at(&self.connection, object, collection, label, known.spec, known.instant)?.is_some() {
            return Ok(Outcome::Duplicate { version });
        }
        intel::add_awaited(&self.connection, known.number, label, &new.awaits)?;
        let kind = self.type_number(new.id.object_type())?;
        let added = self.tick(place.collection)?;
        self.hold_beside(Holding {
            collection,
            label,
            newest: true,
            added,
            object,
            spec: known.spec,
            instant: known.instant,
            kind,
            version: known.number,
        })?;
        Ok(Outcome::Added { date_added: added, version })
    }

    fn quarantine(&mut self, place: &Place, new: &NewIntel) -> Result<(), StoreError> {
        let digest = Sha256::digest(new.text.as_bytes());
        let version = new.version.as_ref().map(Timestamp::as_str);
        let row = intel::NewQuarantined {
            object: new.id.as_str(),
            version,
            producer: place.producer,
            received: self.now,
            label: place.label,
            digest: &digest,
            text: &new.text,
        };
        intel::quarantine(&self.connection, &row)?;
        let version = version.unwrap_or_default().to_owned();
        self.journal(&Act::Quarantined { object: new.id.to_string(), version })
    }

    /// Holds a version of an object of which other versions, or the same under another label, may be held.
    pub(super) fn hold_beside(&mut self, mut new: Holding) -> Result<(), StoreError> {
        let top = holding::top(&self.connection, new.object, new.collection, new.label, new.spec)?;
        match top {
            Some(top) if top.instant > new.instant => new.newest = false,
            Some(top) => holding::set_newest(&self.connection, &top, false)?,
            None => {
                let groups = holding::groups(&self.connection, new.object, new.collection)?;
                if !groups.is_empty() {
                    intel::mix_object(&self.connection, new.object)?;
                }
            }
        }
        self.hold(&new)
    }

    /// Adds a holding and counts it.
    fn hold(&mut self, new: &Holding) -> Result<(), StoreError> {
        holding::add(&self.connection, new)?;
        let change = self.intake.shelves.entry((new.collection, new.label)).or_default();
        change.held += 1;
        change.last_added = change.last_added.max(new.added);
        Ok(())
    }

    fn type_number(&mut self, name: &str) -> Result<i64, StoreError> {
        if let Some(known) = self.intake.types.get(name) {
            return Ok(*known);
        }
        let number = intel::type_number(&self.connection, name)?;
        self.intake.types.insert(name.to_owned(), number);
        Ok(number)
    }
}

/// Why a version that is not known may not be added to an object that is.
fn refusal(place: &Place, new: &NewIntel, object: &ObjectRow, instant: Option<i64>) -> Option<Refused> {
    if !object.versioned {
        None // it has no creator: whoever comes first, also after a deletion
    } else if object.creator != place.producer.to_string() {
        Some(Refused::NotCreator(new.id.clone()))
    } else if object.author != new.created_by {
        Some(Refused::OtherAuthor(new.id.clone()))
    } else if object.revoked.is_some_and(|revoked| instant.is_none_or(|it| revoked < it)) {
        Some(Refused::Revoked(new.id.clone()))
    } else {
        None
    }
}

/// Whether two texts are the same JSON: white space and the order of properties do not count.
fn says_the_same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let read = |text| serde_json::from_str::<serde_json::Value>(text).ok();
    matches!((read(one), read(other)), (Some(one), Some(other)) if one == other)
}
