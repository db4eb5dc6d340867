//! From STIX markings to one label: what a marking definition means, and what an object's markings add up to.
//!
//! Several markings on one object must all be satisfied. STIX gives no rule for their combination (section 7.2); ours
//! is that of [`Label::join`]. A mark on a part of an object counts for the whole of it, because whole objects are
//! what we hand out.
//!
//! Invariants
//! - What we do not understand completely means nobody but the originator: no marking, an unknown marking, an
//!   unknown extension or key, a contradiction, a malformed list of markings.
//! - The marking definitions of TLP are built in; what a peer sends under their identifiers changes nothing.
//!
//! Start with [`label_of_object`].

use std::collections::BTreeSet;

use vigie_model::id::MemberId;
use vigie_model::label::{Clause, Label, Purpose, Tlp};
use vigie_stix::json::{Map, Value};
use vigie_stix::marking::{
    BadDefinition, MarkingDefinition, TLP_EXTENSION, all_marking_refs, object_marking_refs,
};
use vigie_stix::object::Object;

use crate::releasability::{self, BadReleasability, RELEASABILITY_EXTENSION};

/// What one marking definition says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// These terms, and nothing else.
    Known(Terms),
    /// Something that we cannot be sure of, for this reason.
    Unknown(Unreadable),
}

/// The terms of one marking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The traffic light.
    pub tlp: Option<Tlp>,
    /// Whom the object may reach.
    pub audience: Option<Clause>,
    /// For what, if that is limited. An empty set allows nothing.
    pub purposes: Option<BTreeSet<Purpose>>,
    /// Until when, nanoseconds since 1970.
    pub expires: Option<i64>,
    /// A text that readers must be shown. It permits nothing by itself.
    pub statement: Option<String>,
}

/// Why we cannot be sure what a marking definition means.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It states no or more than one level of TLP, or is no marking definition.
    #[error(transparent)]
    Definition(#[from] BadDefinition),
    /// `definition` is not one of the two forms of the standard (sections 7.2.1.3 and 7.2.1.4).
    #[error("`definition` must hold exactly the property that `definition_type` names, `statement` or `tlp`")]
    DefinitionType,
    /// `extensions` is no object.
    #[error("`extensions` must be an object")]
    Extensions,
    /// It carries an extension that we do not know.
    #[error("the extension `{0}` is unknown here, and may restrict what it marks")]
    UnknownExtension(String),
    /// The extension for TLP 2.0 names no level.
    #[error("the extension for TLP 2.0 must hold `tlp_2_0` and nothing more")]
    NoLevel,
    /// Our own extension cannot be read.
    #[error("releasability: {0}")]
    Releasability(#[from] BadReleasability),
    /// It says nothing.
    #[error("it says nothing")]
    Nothing,
}

impl Meaning {
    /// What a marking definition says.
    pub fn of(object: &Object<'_>) -> Self {
        read(object).map_or_else(Self::Unknown, Self::Known)
    }
}

/// The label of an object that a member brings in.
///
/// `known` gives the meaning of other marking definitions than those of TLP. A marking definition is itself labelled
/// as if it were marked with itself: who may not have the one must not learn of an audience from the other. Those of
/// TLP are for everybody.
pub fn label_of_object(
    object: &Object<'_>,
    known: impl Fn(&str) -> Option<Meaning>,
    originator: MemberId,
) -> Label {
    let closed = Label::originator_only(originator);
    let (Ok(whole), Ok(all)) = (object_marking_refs(object), all_marking_refs(object)) else { return closed };
    if object.object_type() != "marking-definition" {
        return label_of_marks(&whole, &all, known, originator);
    }
    let id = object.id().as_str();
    let own = Meaning::of(object);
    match own {
        Meaning::Unknown(_) => closed,
        Meaning::Known(_) if Tlp::of_marking(id).is_some() => Label::plain(originator, Tlp::Clear),
        Meaning::Known(_) => {
            let known = |it: &str| if it == id { Some(own.clone()) } else { known(it) };
            label_of_marks(&[&whole[..], &[id]].concat(), &[&all[..], &[id]].concat(), known, originator)
        }
    }
}

/// The marks on parts restrict an object further, but they cannot open one that as a whole has no marking.
fn label_of_marks(
    whole: &[&str],
    all: &[&str],
    known: impl Fn(&str) -> Option<Meaning>,
    originator: MemberId,
) -> Label {
    let label = label_of(whole.iter().copied(), &known, originator);
    if label.tlp.is_none() { label } else { label_of(all.iter().copied(), &known, originator) }
}

/// The label that several markings add up to.
///
/// Without any, with one that is unknown, or with statements alone, the object is for its originator only. An audience
/// without a traffic light stands for TLP:AMBER+STRICT.
pub fn label_of<'r>(
    refs: impl IntoIterator<Item = &'r str>,
    known: impl Fn(&str) -> Option<Meaning>,
    originator: MemberId,
) -> Label {
    let mut label = Label::originator_only(originator);
    let mut understood = true;
    for reference in refs {
        let tlp = Tlp::of_marking(reference);
        let built_in = tlp.map(|it| Meaning::Known(Terms { tlp: Some(it), ..Terms::default() }));
        match built_in.or_else(|| known(reference)) {
            Some(Meaning::Known(terms)) => add(&mut label, terms),
            Some(Meaning::Unknown(_)) | None => understood = false,
        }
    }
    if !understood {
        label.tlp = None;
    } else if label.tlp.is_none() && !label.audience.is_empty() {
        label.tlp = Some(Tlp::AmberStrict);
    }
    label
}

fn add(label: &mut Label, terms: Terms) {
    label.tlp = label.tlp.max(terms.tlp);
    label.audience.extend(terms.audience);
    label.purposes = match (label.purposes.take(), terms.purposes) {
        (Some(a), Some(b)) => Some(&a & &b),
        (one, other) => one.or(other),
    };
    label.expires = [label.expires, terms.expires].into_iter().flatten().min();
    label.statements.extend(terms.statement);
}

fn read(object: &Object<'_>) -> Result<Terms, Unreadable> {
    let definition = MarkingDefinition::read(object)?;
    let mut terms = Terms::default();
    if let Some(extensions) = object.get("extensions") {
        let extensions = extensions.as_object().ok_or(Unreadable::Extensions)?;
        for (id, body) in extensions.iter() {
            match id {
                TLP_EXTENSION => check_tlp_extension(body)?,
                RELEASABILITY_EXTENSION => terms = releasability::read(body)?,
                _ => return Err(Unreadable::UnknownExtension(id.chars().take(120).collect())),
            }
        }
    }
    check_definition(object.properties())?;
    if let (Some(one), Some(other)) = (definition.tlp(), terms.tlp)
        && one != other
    {
        return Err(BadDefinition::Contradiction { id: object.id().to_string(), one, other }.into());
    }
    terms.tlp = terms.tlp.or(definition.tlp());
    terms.statement = definition.statement.map(str::to_owned);
    if terms == Terms::default() {
        return Err(Unreadable::Nothing);
    }
    releasability::check_id(object.id(), &terms)?;
    Ok(terms)
}

/// `definition_type` and `definition` are absent, or one of the two forms of the standard.
fn check_definition(properties: &Map<'_>) -> Result<(), Unreadable> {
    let (definition_type, definition) = (properties.get("definition_type"), properties.get("definition"));
    if definition_type.is_none() && definition.is_none() {
        return Ok(());
    }
    let named = definition_type.and_then(Value::as_str).filter(|it| ["statement", "tlp"].contains(it));
    let body = definition.and_then(Value::as_object).filter(|it| it.len() == 1);
    match named.zip(body).and_then(|(named, body)| body.get(named)?.as_str()) {
        Some(_) => Ok(()),
        None => Err(Unreadable::DefinitionType),
    }
}

fn check_tlp_extension(body: &Value<'_>) -> Result<(), Unreadable> {
    let only_known = |it: &Map<'_>| it.iter().all(|(key, _)| ["extension_type", "tlp_2_0"].contains(&key));
    match body.as_object() {
        Some(body) if body.contains("tlp_2_0") && only_known(body) => Ok(()),
        _ => Err(Unreadable::NoLevel),
    }
}
