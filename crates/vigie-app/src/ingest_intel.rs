//! Intelligence in: from bytes to stored versions, each object on its own account.
//!
//! The text is split and every object validated and labelled before the store's lock is taken; then one transaction
//! writes all that was admitted. One bad object costs only itself.
//!
//! Markings may arrive after the objects that use them: such objects wait under the closed label (originator only),
//! and get their own as soon as the definition is here.

use std::collections::{BTreeSet, HashMap};

use vigie_model::id::{CollectionId, MemberId};
use vigie_model::label::Label;
use vigie_policy::{Meaning, Viewer, label_of_object};
use vigie_stix::bundle::{self, BadBundle, BadUtf8};
use vigie_stix::json::{self, Value};
use vigie_stix::marking::Tlp;
use vigie_stix::object::Object;
use vigie_stix::timestamp::Timestamp;
use vigie_stix::validate::{Finding, Severity, validate_object};
use vigie_store::{NewIntel, NewSighting, Outcome, Reader, StoreError, Tx, Waiting};

use crate::app::{App, AppError};
use crate::clock;
use crate::session::Session;

/// Errors that make an object unfit to be held: we could not be sure which object it is, which version, or who may have
/// it. Any other error leaves it as useful as its producer made it (a CERT must be able to hold what feeds publish), so it
/// is taken with a remark.
const REFUSED: [&str; 4] = ["stix-2.9-id-format", "stix-3.2-spec-version", "stix-3.6-", "stix-7.2"];

/// Waiting objects looked at in one go.
const WAITING: usize = 500;

/// What became of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its identifier, or its place in the text when it has none.
    pub id: String,
    /// Its version, as it wrote it.
    pub version: Option<String>,
    /// What was done with it.
    pub fate: Fate,
    /// The first error of the standard in an object that was taken all the same.
    pub remark: Option<String>,
}

/// What was done with an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is new here, and stored.
    Added,
    /// It was here already.
    Known,
    /// It was not taken, for this reason.
    Refused(String),
}

/// Why a whole text was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// It is not text.
    #[error(transparent)]
    Utf8(#[from] BadUtf8),
    /// It holds no objects.
    #[error(transparent)]
    Bundle(#[from] BadBundle),
    /// Something failed here.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for IngestError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Takes a bundle, an envelope, a list or a bare object into a collection, as the session's member.
pub async fn run(
    app: &App,
    session: &Session,
    collection: CollectionId,
    bytes: Vec<u8>,
) -> Result<Vec<Taken>, IngestError> {
    let (own, session) = (app.clone(), session.clone());
    let task = tokio::task::spawn_blocking(move || ingest(&own, &session, collection, &bytes, |_, _| Ok(())));
    task.await.map_err(|_| AppError::Stopping)?
}

/// Where an object's fate is, before the store has spoken.
enum Checked<'a> {
    Fit(Box<Object<'a>>, Option<String>),
    Unfit(Taken),
}

/// Takes a text in; `also` is done in the same transaction, with what became of each object.
pub(crate) fn ingest(
    app: &App,
    session: &Session,
    collection: CollectionId,
    bytes: &[u8],
    also: impl FnOnce(&mut Tx<'_>, &[Taken]) -> Result<(), StoreError>,
) -> Result<Vec<Taken>, IngestError> {
    let limits =
        bundle::Limits { max_objects: app.settings().limits.max_objects, ..bundle::Limits::default() };
    let parts = bundle::split(bundle::from_bytes(bytes)?, limits)?;
    let mut checked: Vec<Checked<'_>> = parts.objects.iter().map(|it| check(it.index, it.text)).collect();
    for refused in &parts.refused {
        let fate = Fate::Refused(refused.to_string());
        checked.push(Checked::Unfit(Taken {
            id: format!("objects[{}]", refused.index()),
            version: None,
            fate,
            remark: None,
        }));
    }
    let (meanings, others) = app.inner().store.read(|reader| {
        let others = reader.members()?.into_iter().filter(|it| it.id != session.viewer.member);
        let others: BTreeSet<String> = others.map(|it| it.identity.to_string()).collect();
        Ok((meanings(reader, &checked)?, others))
    })?;
    let now = clock::now();
    let taken = app.inner().store.write(&session.name, now, |tx| {
        let viewer = &session.viewer;
        let mut batch = Batch { app, viewer, collection, now, meanings: &meanings, others: &others };
        let taken = batch.write(tx, checked)?;
        also(tx, &taken)?;
        Ok(taken)
    });
    app.announce();
    Ok(taken?)
}

fn check(index: usize, text: &str) -> Checked<'_> {
    let object = match Object::parse(text) {
        Ok(object) => object,
        Err(error) => return Checked::Unfit(unreadable(index, text, error.to_string())),
    };
    let mut errors = validate_object(&object);
    errors.retain(|it| it.severity == Severity::Error);
    let told = |it: &Finding| format!("{} ({})", it.message, it.rule);
    match errors.iter().find(|it| REFUSED.iter().any(|rule| it.rule.starts_with(rule))) {
        None => Checked::Fit(Box::new(object), errors.first().map(told)),
        Some(error) => Checked::Unfit(Taken::of(&object, Fate::Refused(told(error)), None)),
    }
}

/// A text that is no object, under the name that it gives itself, else under its place.
fn unreadable(index: usize, text: &str, why: String) -> Taken {
    let value = json::parse(text).unwrap_or(Value::Null);
    let said = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let id = said("id").unwrap_or_else(|| format!("objects[{index}]"));
    let version = said("modified").or_else(|| said("created"));
    Taken { id, version, fate: Fate::Refused(why), remark: None }
}

/// What every marking used here means: those of this text, and those that the store holds.
fn meanings(reader: &Reader, checked: &[Checked<'_>]) -> Result<HashMap<String, Meaning>, StoreError> {
    let mut meanings = HashMap::new();
    for object in checked.iter().filter_map(Checked::object) {
        for marking in marking_refs(object) {
            if meanings.contains_key(marking) {
                continue;
            }
            let text = reader.marking(marking)?;
            if let Some(Ok(stored)) = text.as_deref().map(Object::parse) {
                meanings.insert(marking.to_owned(), Meaning::of(&stored));
            }
        }
    }
    for object in checked.iter().filter_map(Checked::object) {
        if object.object_type() == "marking-definition" {
            // What the store holds stands: a second definition under one id is quarantined.
            meanings.entry(object.id().to_string()).or_insert_with(|| Meaning::of(object));
        }
    }
    Ok(meanings)
}

fn marking_refs<'o>(object: &'o Object<'_>) -> Vec<&'o str> {
    vigie_stix::marking::all_marking_refs(object).unwrap_or_default()
}

/// One transaction's worth of objects.
struct Batch<'a> {
    app: &'a App,
    viewer: &'a Viewer,
    collection: CollectionId,
    now: i64,
    meanings: &'a HashMap<String, Meaning>,
    /// The identities of all members but the one who brings this.
    others: &'a BTreeSet<String>,
}

impl Batch<'_> {
    fn write(&mut self, tx: &mut Tx<'_>, checked: Vec<Checked<'_>>) -> Result<Vec<Taken>, StoreError> {
        let mut taken = Vec::with_capacity(checked.len());
        for one in checked {
            let one = match one {
                Checked::Unfit(it) => {
                    tx.count_refused(self.collection, 1)?;
                    it
                }
                Checked::Fit(object, remark) => Taken::of(&object, self.store(tx, &object)?, remark),
            };
            taken.push(one);
        }
        Ok(taken)
    }

    fn store(&self, tx: &mut Tx<'_>, object: &Object<'_>) -> Result<Fate, StoreError> {
        if let Some(author) = self.foreign_author(object) {
            tx.count_refused(self.collection, 1)?;
            return Ok(Fate::Refused(format!(
                "`{author}` is another member; only that member may bring what it created"
            )));
        }
        let label = label_of_object(object, |id| self.meanings.get(id).cloned(), self.viewer.member);
        let intel = NewIntel::of(object, self.unknown_markings(object));
        let admitted = match self.app.inner().policy.admit(intel, &label, self.viewer, self.now) {
            Ok(admitted) => admitted,
            Err(refusal) => return Ok(Fate::Refused(refusal.to_string())),
        };
        let outcome = tx.add_intel(self.collection, admitted)?;
        if matches!(outcome, Outcome::Added { .. }) {
            match object.object_type() {
                "marking-definition" => self.relabel(tx, object)?,
                "sighting" => self.sighting(tx, object, &label)?,
                _ => {}
            }
        }
        Ok(match outcome {
            Outcome::Added { .. } => Fate::Added,
            Outcome::Duplicate { .. } => Fate::Known,
            Outcome::Refused(why) => Fate::Refused(why.to_string()),
            Outcome::Quarantined => Fate::Refused(
                "another content is known under this id and version; this one was set aside for an analyst"
                    .to_owned(),
            ),
        })
    }

    /// The other member who says to have created the object, or whom it describes. The first to bring an object is held
    /// to be its creator, so nobody may be first with what is another's.
    fn foreign_author<'o>(&self, object: &'o Object<'_>) -> Option<&'o str> {
        let said = [object.created_by_ref(), Some(object.id().as_str())];
        said.into_iter().flatten().find(|it| self.others.contains(*it))
    }

    /// The markings that the object must wait for.
    fn unknown_markings(&self, object: &Object<'_>) -> Vec<String> {
        let unknown = |it: &&str| Tlp::of_marking(it).is_none() && !self.meanings.contains_key(*it);
        marking_refs(object).into_iter().filter(unknown).map(str::to_owned).collect()
    }

    /// Gives the objects that waited for this definition their label.
    fn relabel(&self, tx: &mut Tx<'_>, definition: &Object<'_>) -> Result<(), StoreError> {
        let marking = definition.id().as_str();
        let mut after = 0;
        loop {
            let waiting = tx.reader()?.waiting_for(marking, after, WAITING)?;
            let Some(last) = waiting.last() else { return Ok(()) };
            after = last.number;
            for one in waiting {
                self.relabel_one(tx, marking, one)?;
            }
        }
    }

    fn relabel_one(&self, tx: &mut Tx<'_>, marking: &str, mut waiting: Waiting) -> Result<(), StoreError> {
        let text = waiting.text.clone();
        let Ok(object) = Object::parse(&text) else { return Ok(()) };
        let Some(closed) = tx.reader()?.label(waiting.label)? else { return Ok(()) };
        let mut known = HashMap::new();
        for id in marking_refs(&object) {
            let stored = match self.meanings.get(id) {
                Some(meaning) => Some(meaning.clone()),
                None => tx
                    .reader()?
                    .marking(id)?
                    .and_then(|it| Object::parse(&it).ok().map(|it| Meaning::of(&it))),
            };
            known.extend(stored.map(|it| (id.to_owned(), it)));
        }
        waiting.awaits.retain(|it| it != marking && !known.contains_key(it));
        let label = label_of_object(&object, |id| known.get(id).cloned(), closed.originator);
        // It was admitted when it came; what changes is the label, computed by the same rules.
        let Some(producer) = tx.reader()?.member(closed.originator)? else { return Ok(()) };
        match self.app.inner().policy.admit(waiting, &label, &Viewer::of(&producer), self.now) {
            Ok(admitted) => tx.relabel(marking, admitted),
            Err(_) => Ok(()),
        }
    }

    /// Keeps the row of a sighting beside its object.
    fn sighting(&self, tx: &mut Tx<'_>, object: &Object<'_>, label: &Label) -> Result<(), StoreError> {
        let Some(sighting) = read_sighting(object, self.viewer.member, self.now) else { return Ok(()) };
        // It was admitted as an object already; its row carries the same label.
        if let Ok(admitted) = self.app.inner().policy.admit(sighting, label, self.viewer, self.now) {
            tx.add_sighting(admitted)?;
        }
        Ok(())
    }
}

/// The row of a STIX sighting (section 5.2); none if it does not say of what.
fn read_sighting(object: &Object<'_>, member: MemberId, now: i64) -> Option<NewSighting> {
    let text = |key: &str| object.get(key).and_then(|it| it.as_str());
    let instant = |key: &str| {
        let read: Option<Timestamp> = text(key).and_then(|it| it.parse().ok());
        read.and_then(|it| i64::try_from(it.nanos()).ok())
    };
    let last_seen = instant("last_seen").or_else(|| instant("modified")).unwrap_or(now);
    let count = object.get("count").and_then(Value::as_integer).unwrap_or(1);
    Some(NewSighting {
        id: object.id().clone(),
        indicator: text("sighting_of_ref")?.parse().ok()?,
        member,
        count: u32::try_from(count).unwrap_or(u32::MAX),
        first_seen: instant("first_seen").unwrap_or(last_seen),
        last_seen,
    })
}

impl<'a> Checked<'a> {
    fn object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Fit(object, _) => Some(object),
            Self::Unfit(_) => None,
        }
    }
}

impl Taken {
    fn of(object: &Object<'_>, fate: Fate, remark: Option<String>) -> Self {
        let version = object.version().map(ToString::to_string);
        Self { id: object.id().to_string(), version, fate, remark }
    }
}
