//! Handling labels: who may have a thing, for what, and until when.
//!
//! A [`Label`] travels with every object. Its parts add up: a reader must satisfy the traffic light, every clause of
//! the audience, the purpose and the expiry. [`Label::join`] combines two labels into one that is at least as
//! restricted as either; STIX gives no rule for this (section 7.2), so the rule is ours: the higher light, both
//! audiences, the common purposes, the earlier expiry, all statements.
//!
//! Invariants
//! - A clause that names nobody lets nobody in; a label with an unknown marking lets in its originator only.
//! - A label has one spelling ([`Label::canonical`]): equal labels are interned once.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
pub use vigie_stix::marking::Tlp;
use vigie_stix::timestamp::Timestamp;

use crate::country::Country;
use crate::id::MemberId;

/// Somebody whom an audience can name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// Every member of this country.
    Country(Country),
    /// One organisation, by its STIX identity.
    Organisation(String),
    /// Every member of a group of the accord; its members are not told to each other by it.
    Group(String),
}

/// One condition on readers: named here, and not excepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Clause {
    /// The reader must be one of these. Empty means nobody.
    pub any_of: BTreeSet<Party>,
    /// The reader must be none of these.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<Party>,
}

/// What a thing may be used for. A label without purposes allows all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Network defence: reading, detecting, blocking.
    Defence,
    /// Research on the threat.
    Research,
    /// Law enforcement.
    LawEnforcement,
}

/// The handling label of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Label {
    /// The member who brought the object in, and who always may see it while active.
    pub originator: MemberId,
    /// The traffic light. None stands for no marking, or one that we cannot read: originator only.
    pub tlp: Option<Tlp>,
    /// All of these conditions must hold. Without any, the traffic light alone decides.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub audience: BTreeSet<Clause>,
    /// The purposes allowed, if they are limited. An empty set allows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<BTreeSet<Purpose>>,
    /// Nanoseconds since 1970 after which only the originator may have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<i64>,
    /// Texts that readers must be shown.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub statements: BTreeSet<String>,
}

impl Label {
    /// The closed label: the originator and nobody else.
    pub fn originator_only(originator: MemberId) -> Self {
        Self {
            originator,
            tlp: None,
            audience: BTreeSet::new(),
            purposes: None,
            expires: None,
            statements: BTreeSet::new(),
        }
    }

    /// A traffic light and nothing more.
    pub fn plain(originator: MemberId, tlp: Tlp) -> Self {
        Self { tlp: Some(tlp), ..Self::originator_only(originator) }
    }

    /// The label of something made from both. The originator is that of `self`: who derives, answers for it.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let purposes = match (&self.purposes, &other.purposes) {
            (Some(a), Some(b)) => Some(a & b),
            (one, None) | (None, one) => one.clone(),
        };
        Self {
            originator: self.originator,
            tlp: self.tlp.zip(other.tlp).map(|(a, b)| a.max(b)),
            audience: &self.audience | &other.audience,
            purposes,
            expires: [self.expires, other.expires].into_iter().flatten().min(),
            statements: &self.statements | &other.statements,
        }
    }

    /// The one spelling under which the store interns it: JSON with sorted sets.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether it has run out at this instant (nanoseconds since 1970).
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires.is_some_and(|it| it <= now)
    }
}

/// For people: `TLP:AMBER+STRICT REL AE,IL,US`.
impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(tlp) = self.tlp else { return f.write_str("originator only") };
        write!(f, "{tlp}")?;
        for clause in &self.audience {
            let names = |parties: &BTreeSet<Party>| {
                let names: Vec<String> = parties.iter().map(ToString::to_string).collect();
                if names.is_empty() { "nobody".to_owned() } else { names.join(",") }
            };
            write!(f, " REL {}", names(&clause.any_of))?;
            if !clause.except.is_empty() {
                write!(f, " NOT {}", names(&clause.except))?;
            }
        }
        if let Some(expires) = self.expires {
            write!(f, " UNTIL {}", Timestamp::from_nanos_millis(expires.into()))?;
        }
        Ok(())
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Country(it) => it.fmt(f),
            Self::Organisation(it) | Self::Group(it) => f.write_str(it),
        }
    }
}

/// A thing that carries a label.
pub trait Labelled {
    /// The interned number of its label.
    fn label_id(&self) -> LabelId;
}

/// The number under which a store interned a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelId(pub i64);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn clause() -> impl Strategy<Value = Clause> {
        let parties = || {
            prop::collection::btree_set(
                prop::sample::select(vec!["MA", "IL", "AE"])
                    .prop_map(|it| Party::Country(it.parse().expect("a country"))),
                0..3,
            )
        };
        (parties(), parties()).prop_map(|(any_of, except)| Clause { any_of, except })
    }

    fn label() -> impl Strategy<Value = Label> {
        let purposes = prop::collection::btree_set(
            prop::sample::select(vec![Purpose::Defence, Purpose::Research, Purpose::LawEnforcement]),
            0..3,
        );
        (
            prop::option::of(prop::sample::select(Tlp::ALL.to_vec())),
            prop::collection::btree_set(clause(), 0..3),
            prop::option::of(purposes),
            prop::option::of(0..9_i64),
        )
            .prop_map(|(tlp, audience, purposes, expires)| Label {
                tlp,
                audience,
                purposes,
                expires,
                ..Label::originator_only(MemberId::new(Uuid::nil()))
            })
    }

    proptest! {
        #[test]
        fn a_join_is_never_less_restricted_than_its_sources(a in label(), b in label()) {
            let both = a.join(&b);
            for one in [&a, &b] {
                prop_assert!(both.tlp.is_none() || one.tlp.is_some_and(|it| it <= both.tlp.unwrap_or(Tlp::Clear)));
                prop_assert!(both.audience.is_superset(&one.audience));
                if let Some(purposes) = &one.purposes {
                    prop_assert!(both.purposes.as_ref().is_some_and(|it| it.is_subset(purposes)));
                }
                prop_assert!((0..9).all(|now| !one.is_expired(now) || both.is_expired(now)));
            }
            prop_assert_eq!(both.canonical(), b.join(&a).canonical());
            prop_assert_eq!(both.join(&a).canonical(), both.canonical());
        }
    }
}
