//! The members, viewers and labels that the tests speak of.

use std::collections::BTreeSet;

use uuid::Uuid;
use vigie_model::id::MemberId;
use vigie_model::label::{Clause, Label, Party, Purpose, Tlp};
use vigie_model::member::{Member, Membership};
use vigie_policy::{Role, Viewer};
use vigie_stix::id::StixId;

/// The instant at which everything is asked.
pub(crate) const NOW: i64 = 1_000;

/// The member who brings everything in, unless a test says otherwise.
pub(crate) const ORIGINATOR: &str = "MA";

/// The active member of a country.
pub(crate) fn member(country: &str) -> Member {
    Member {
        id: member_id(country),
        name: format!("CERT-{country}"),
        country: country.parse().unwrap(),
        identity: identity(country),
        groups: BTreeSet::new(),
        state: Membership::Active,
    }
}

pub(crate) fn member_id(country: &str) -> MemberId {
    MemberId::new(uuid(country))
}

pub(crate) fn identity(country: &str) -> StixId {
    StixId::new("identity", uuid(country))
}

fn uuid(country: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, country.as_bytes())
}

/// Reads `IL`, `IL client`, `IL public`, `IL suspended`, `IL left`, `IL research`, `IL group:hydra`, or several of these.
pub(crate) fn viewer(text: &str) -> Viewer {
    let mut words = text.split(' ');
    let mut viewer = Viewer::of(&member(words.next().unwrap()));
    for word in words {
        match word {
            "client" => viewer.role = Role::Client,
            "public" => viewer.role = Role::Public,
            "suspended" => viewer.membership = Membership::Suspended,
            "left" => viewer.membership = Membership::Left,
            "research" => viewer.purpose = Purpose::Research,
            _ => drop(viewer.groups.insert(word.strip_prefix("group:").unwrap().to_owned())),
        }
    }
    viewer
}

/// Reads `amber+strict REL AE,IL NOT US FOR research UNTIL 900`: a light or `unmarked`, then clauses, purposes, expiry.
/// `nobody` is an empty list, a lower-case name a group, `CERT-IL` an organisation.
pub(crate) fn label(text: &str) -> Label {
    let mut words = text.split(' ');
    let mut label = Label::originator_only(member_id(ORIGINATOR));
    label.tlp = words.next().filter(|it| *it != "unmarked").map(|it| it.parse::<Tlp>().unwrap());
    let mut clause: Option<Clause> = None;
    while let (Some(word), Some(value)) = (words.next(), words.next()) {
        match word {
            "REL" => {
                label.audience.extend(clause.take());
                clause = Some(Clause { any_of: parties(value), except: BTreeSet::new() });
            }
            "NOT" => clause.as_mut().unwrap().except = parties(value),
            "FOR" => label.purposes = Some(purposes(value)),
            "UNTIL" => label.expires = Some(value.parse().unwrap()),
            _ => panic!("{text}: {word}?"),
        }
    }
    label.audience.extend(clause);
    label
}

fn parties(text: &str) -> BTreeSet<Party> {
    let party = |name: &str| match name.strip_prefix("CERT-") {
        Some(country) => Party::Organisation(identity(country).to_string()),
        None if name.chars().all(char::is_uppercase) => Party::Country(name.parse().unwrap()),
        None => Party::Group(name.to_owned()),
    };
    if text == "nobody" { BTreeSet::new() } else { text.split(',').map(party).collect() }
}

fn purposes(text: &str) -> BTreeSet<Purpose> {
    let purpose = |it: &str| match it {
        "defence" => Purpose::Defence,
        "research" => Purpose::Research,
        _ => Purpose::LawEnforcement,
    };
    if text == "nothing" { BTreeSet::new() } else { text.split(',').map(purpose).collect() }
}
