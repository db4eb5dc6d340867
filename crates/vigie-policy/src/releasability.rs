//! Releasability: the marking extension that says whom an object may reach, for what, and until when.
//!
//! It is a property extension of marking definitions, described for other implementers in `docs/spec/handling.md`:
//!
//! ```json
//! { "extension_type": "property-extension", "tlp": "amber+strict",
//!   "any_of": { "countries": ["AE"], "organisations": ["identity--…"], "groups": ["…"] },
//!   "except": { "countries": [] }, "purposes": ["defence"], "expires": "2027-01-01T00:00:00.000Z" }
//! ```
//!
//! Its meaning is a strict subset of ACS 3.0 (permitted organisations and nationalities, purposes), with the country
//! codes of ISO 3166-1 alpha-2. The light stands inside it because the marking definitions of TLP 2.0 have fixed
//! identifiers, and so that nobody takes the light for all that the marking says.
//!
//! Invariants
//! - A key or a value that we do not know is an error, never passed over.
//! - An identifier that [`releasability_marking`] could have given (a UUID of version 5) belongs to exactly one
//!   content, so that equal audiences are one object and nobody can send another content under it.

use std::collections::BTreeSet;

use serde::Serialize;
use uuid::Uuid;
use vigie_model::country::Country;
use vigie_model::id::MemberId;
use vigie_model::label::{Clause, Label, Party, Purpose, Tlp};
use vigie_stix::id::StixId;
use vigie_stix::json::{Map, Value};
use vigie_stix::timestamp::Timestamp;

use crate::marking::Terms;

/// The identifier of the extension.
pub const RELEASABILITY_EXTENSION: &str = "extension-definition--a0824a7f-c8b3-4329-8248-871a88126839";

/// The namespace of the identifiers of these marking definitions.
pub const RELEASABILITY_NAMESPACE: Uuid = Uuid::from_u128(0x7b45_6f8e_4594_4f61_bb62_b423_9d27_41a8);

/// All of them say that they were made then, so that equal content is equal text.
const CREATED: &str = "2026-01-01T00:00:00.000Z";

/// Why the extension cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReleasability {
    /// A value of the wrong shape.
    #[error("`{place}` must be {expected}")]
    Value {
        /// The key.
        place: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A key that the extension does not have.
    #[error("the key `{0}` is unknown here, and may restrict what it marks")]
    UnknownKey(String),
    /// Exceptions from an audience that is not given.
    #[error("`except` needs `any_of`; without it nobody is named")]
    ExceptAlone,
    /// Another content has this identifier.
    #[error("its identifier belongs to other content; expected `{expected}`")]
    OtherContent {
        /// The identifier that its content gives.
        expected: StixId,
    },
}

/// The marking definition for these terms: its identifier and its text. Equal terms give equal results, whoever asks.
///
/// The expiry is kept to the millisecond, rounded down.
pub fn releasability_marking(terms: &Terms) -> (StixId, String) {
    let extension = Body::of(terms);
    let statement = terms.statement.as_deref();
    let content = Content { extension: &extension, statement };
    let id = StixId::new(
        "marking-definition",
        Uuid::new_v5(&RELEASABILITY_NAMESPACE, written(&content).as_bytes()),
    );
    let text = written(&Marking {
        object_type: "marking-definition",
        spec_version: "2.1",
        id: id.as_str(),
        created: CREATED,
        name: name(terms),
        definition_type: statement.map(|_| "statement"),
        definition: statement.map(|statement| Statement { statement }),
        extensions: Extensions { releasability: &extension },
    });
    (id, text)
}

/// Reads the extension.
pub(crate) fn read(body: &Value<'_>) -> Result<Terms, BadReleasability> {
    let body = body.as_object().ok_or_else(|| bad("extensions", "an object"))?;
    let known = ["extension_type", "tlp", "any_of", "except", "purposes", "expires"];
    refuse_unknown(body, &known)?;
    if body.get("extension_type").and_then(Value::as_str) != Some("property-extension") {
        return Err(bad("extension_type", "`property-extension`"));
    }
    let audience = match (body.get("any_of"), body.get("except")) {
        (None, None) => None,
        (None, Some(_)) => return Err(BadReleasability::ExceptAlone),
        (Some(any_of), except) => Some(Clause {
            any_of: parties("any_of", any_of)?,
            except: except.map(|it| parties("except", it)).transpose()?.unwrap_or_default(),
        }),
    };
    Ok(Terms {
        tlp: body.get("tlp").map(light).transpose()?,
        audience,
        purposes: body.get("purposes").map(purposes).transpose()?,
        expires: body.get("expires").map(expiry).transpose()?,
        statement: None,
    })
}

/// Refuses other content under an identifier that could be one of ours. Whoever knows an audience can compute its
/// identifier; without this, a weaker definition could be sent ahead under it.
pub(crate) fn check_id(id: &StixId, terms: &Terms) -> Result<(), BadReleasability> {
    let expected = releasability_marking(terms).0;
    if id.uuid().get_version_num() != 5 || *id == expected {
        return Ok(());
    }
    Err(BadReleasability::OtherContent { expected })
}

fn refuse_unknown(map: &Map<'_>, known: &[&str]) -> Result<(), BadReleasability> {
    match map.iter().find(|(key, _)| !known.contains(key)) {
        Some((key, _)) => Err(BadReleasability::UnknownKey(shortened(key))),
        None => Ok(()),
    }
}

fn parties(place: &str, value: &Value<'_>) -> Result<BTreeSet<Party>, BadReleasability> {
    let lists = value.as_object().ok_or_else(|| bad(place, "an object"))?;
    refuse_unknown(lists, &["countries", "organisations", "groups"])?;
    let mut parties = BTreeSet::new();
    for (kind, list) in lists.iter() {
        let place = format!("{place}.{kind}");
        for text in texts(&place, list)? {
            parties.insert(party(kind, text).ok_or_else(|| match kind {
                "countries" => bad(&place, "codes of ISO 3166-1 alpha-2"),
                "organisations" => bad(&place, "identifiers of STIX identities"),
                _ => bad(&place, "names of groups"),
            })?);
        }
    }
    Ok(parties)
}

fn party(kind: &str, text: &str) -> Option<Party> {
    match kind {
        "countries" => text.parse::<Country>().ok().map(Party::Country),
        "organisations" => {
            let id: StixId = text.parse().ok()?;
            (id.object_type() == "identity").then(|| Party::Organisation(text.to_owned()))
        }
        _ => (!text.is_empty()).then(|| Party::Group(text.to_owned())),
    }
}

fn purposes(value: &Value<'_>) -> Result<BTreeSet<Purpose>, BadReleasability> {
    let purpose = |text: &str| match text {
        "defence" => Some(Purpose::Defence),
        "research" => Some(Purpose::Research),
        "law-enforcement" => Some(Purpose::LawEnforcement),
        _ => None,
    };
    let expected = || bad("purposes", "a list of `defence`, `research` and `law-enforcement`");
    texts("purposes", value)?.into_iter().map(|it| purpose(it).ok_or_else(expected)).collect()
}

fn light(value: &Value<'_>) -> Result<Tlp, BadReleasability> {
    let exactly = |text: &str| Tlp::ALL.into_iter().find(|it| it.as_str() == text);
    let expected = || bad("tlp", "`clear`, `green`, `amber`, `amber+strict` or `red`");
    value.as_str().and_then(exactly).ok_or_else(expected)
}

fn expiry(value: &Value<'_>) -> Result<i64, BadReleasability> {
    let read = |text: &str| text.parse::<Timestamp>().ok()?.nanos().try_into().ok();
    value.as_str().and_then(read).ok_or_else(|| bad("expires", "a timestamp between 1678 and 2262"))
}

fn texts<'v>(place: &str, value: &'v Value<'_>) -> Result<Vec<&'v str>, BadReleasability> {
    let list = value.as_array().map(|it| it.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    list.flatten().ok_or_else(|| bad(place, "a list of strings"))
}

fn bad(place: &str, expected: &'static str) -> BadReleasability {
    BadReleasability::Value { place: place.to_owned(), expected }
}

/// At most so much of a hostile text goes into a message.
fn shortened(text: &str) -> String {
    text.chars().take(120).collect()
}

/// For people: `TLP:AMBER+STRICT REL AE,IL,US`.
fn name(terms: &Terms) -> Option<String> {
    let label = Label {
        tlp: terms.tlp,
        audience: terms.audience.iter().cloned().collect(),
        expires: terms.expires,
        ..Label::originator_only(MemberId::new(Uuid::nil()))
    };
    terms.tlp.map(|_| label.to_string())
}

fn written(value: &impl Serialize) -> String {
    // These structures hold only strings, lists and objects with string keys, which cannot fail to be written.
    serde_json::to_string(value).unwrap_or_default()
}

/// What the identifier stands for. Keys are written in the order of RFC 8785.
#[derive(Serialize)]
struct Content<'t> {
    extension: &'t Body<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<&'t str>,
}

#[derive(Serialize)]
struct Marking<'t> {
    #[serde(rename = "type")]
    object_type: &'static str,
    spec_version: &'static str,
    id: &'t str,
    created: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    definition_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<Statement<'t>>,
    extensions: Extensions<'t>,
}

#[derive(Serialize)]
struct Statement<'t> {
    statement: &'t str,
}

#[derive(Serialize)]
struct Extensions<'t> {
    #[serde(rename = "extension-definition--a0824a7f-c8b3-4329-8248-871a88126839")]
    releasability: &'t Body<'t>,
}

/// The extension's body. Keys are written in the order of RFC 8785.
#[derive(Serialize)]
struct Body<'t> {
    #[serde(skip_serializing_if = "Option::is_none")]
    any_of: Option<Parties<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    except: Option<Parties<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    extension_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    purposes: Option<&'t BTreeSet<Purpose>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tlp: Option<Tlp>,
}

#[derive(Default, Serialize)]
struct Parties<'t> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    countries: Vec<&'t str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<&'t str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    organisations: Vec<&'t str>,
}

impl<'t> Body<'t> {
    fn of(terms: &'t Terms) -> Self {
        let audience = terms.audience.as_ref();
        let except = audience.map(|it| &it.except).filter(|it| !it.is_empty());
        let expires = terms.expires.map(|it| Timestamp::from_nanos_millis(it.into()).to_string());
        Self {
            any_of: audience.map(|it| Parties::of(&it.any_of)),
            except: except.map(Parties::of),
            expires,
            extension_type: "property-extension",
            purposes: terms.purposes.as_ref(),
            tlp: terms.tlp,
        }
    }
}

impl<'t> Parties<'t> {
    fn of(parties: &'t BTreeSet<Party>) -> Self {
        let mut lists = Self::default();
        for party in parties {
            match party {
                Party::Country(it) => lists.countries.push(it.as_str()),
                Party::Organisation(it) => lists.organisations.push(it),
                Party::Group(it) => lists.groups.push(it),
            }
        }
        lists
    }
}
