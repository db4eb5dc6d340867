//! A node with three members and two collections, and short words for what they bring and see.

use std::collections::BTreeSet;

use uuid::Uuid;
use vigie_model::collection::Collection;
use vigie_model::id::{CollectionId, MemberId};
use vigie_model::label::{Clause, Label, LabelId, Party, Tlp};
use vigie_model::member::{Member, Membership};
use vigie_model::query::Query;
use vigie_policy::{Action, Admitted, Clearance, Policy, Viewer};
use vigie_stix::id::StixId;
use vigie_stix::object::Object;
use vigie_store::{NewIntel, Options, Outcome, Store, StoreError};

/// 2026-01-01T00:00:00Z
pub(crate) const NOW: i64 = 1_767_225_600_000_000_000;

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) policy: Policy,
    pub(crate) folder: tempfile::TempDir,
}

/// A collection by a small number.
pub(crate) fn collection(number: u128) -> CollectionId {
    CollectionId::new(Uuid::from_u128(number))
}

/// A member by the two letters of its country.
pub(crate) fn member(country: &str) -> Member {
    let number = country.bytes().fold(0, |sum, it| sum * 256 + u128::from(it));
    Member {
        id: MemberId::new(Uuid::from_u128(number)),
        name: format!("CERT {country}"),
        country: country.parse().unwrap(),
        identity: StixId::new("identity", Uuid::from_u128(number)),
        groups: BTreeSet::new(),
        state: Membership::Active,
    }
}

/// A label of a member: `clear`, `closed` (originator only), or the countries that may have it, such as `il,ae`.
pub(crate) fn label(of: &str, words: &str) -> Label {
    let originator = member(of).id;
    match words {
        "clear" => Label::plain(originator, Tlp::Clear),
        "closed" => Label::originator_only(originator),
        countries => {
            let any_of = countries.split(',').map(|it| Party::Country(it.parse().unwrap())).collect();
            let clause = Clause { any_of, except: BTreeSet::new() };
            Label { audience: [clause].into(), ..Label::plain(originator, Tlp::Red) }
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&Options::default())
    }

    pub(crate) fn with(options: &Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("vigie.db"), options).unwrap();
        store
            .write("node", NOW, |tx| {
                for country in ["ma", "il", "ae"] {
                    tx.set_member(&member(country))?;
                }
                for number in [1, 2] {
                    let title = format!("Collection {number}");
                    let (id, alias) = (collection(number), Some(format!("c{number}")));
                    tx.add_collection(&Collection { id, title, description: None, alias, created: NOW })?;
                }
                Ok(())
            })
            .unwrap();
        Self { store, policy: Policy::new().unwrap(), folder }
    }

    pub(crate) fn admit<T>(&self, value: T, of: &str, words: &str) -> Admitted<T> {
        let viewer = Viewer::of(&member(of));
        self.policy.admit(value, &label(of, words), &viewer, NOW).unwrap()
    }

    pub(crate) fn add_to(&self, number: u128, of: &str, words: &str, text: &str) -> Outcome {
        let new = NewIntel::of(&Object::parse(text).unwrap(), Vec::new());
        let new = self.admit(new, of, words);
        self.store.write(of, NOW, |tx| tx.add_intel(collection(number), new)).unwrap()
    }

    pub(crate) fn clearance(&self, of: &str) -> Clearance {
        let labels = self.store.read(|it| it.labels()).unwrap();
        let labels = labels.iter().map(|(id, label): &(LabelId, Label)| (*id, label));
        self.policy.clearance(&Viewer::of(&member(of)), Action::View, NOW, labels)
    }

    /// The versions that a member sees in the first collection, as `name@version`, by what the texts say.
    pub(crate) fn sees(&self, of: &str, query: &Query) -> Vec<String> {
        self.sees_in(1, of, query)
    }

    pub(crate) fn sees_in(&self, number: u128, of: &str, query: &Query) -> Vec<String> {
        let clearance = self.clearance(of);
        let page = self.store.read(|it| it.intel(collection(number), query, &clearance)).unwrap();
        page.items.iter().map(|it| it.get()).map(|it| format!("{}@{}", name(&it.text), it.version)).collect()
    }

    pub(crate) fn write<T>(
        &self,
        run: impl FnOnce(&mut vigie_store::Tx<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.store.write("node", NOW, run)
    }
}

/// An object's text: `kind number@version name`, with more properties after it. No version: a cyber-observable.
pub(crate) fn object(kind: &str, number: u128, version: Option<&str>, more: &str) -> String {
    let id = StixId::new(kind, Uuid::from_u128(number));
    let version = version.map(|it| format!(r#","created":"2020-01-01T00:00:00Z","modified":"{it}""#));
    format!(r#"{{"type":"{kind}","spec_version":"2.1","id":"{id}"{}{more}}}"#, version.unwrap_or_default())
}

/// An indicator of the year given.
pub(crate) fn indicator(number: u128, year: u32, name: &str) -> String {
    object("indicator", number, Some(&format!("{year}-01-01T00:00:00Z")), &format!(r#","name":"{name}""#))
}

/// The same in STIX 2.0.
pub(crate) fn old_indicator(number: u128, year: u32, name: &str) -> String {
    indicator(number, year, name).replace(r#""spec_version":"2.1","#, "")
}

pub(crate) fn name(text: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    value.get("name").and_then(|it| it.as_str()).unwrap_or_default().to_owned()
}
