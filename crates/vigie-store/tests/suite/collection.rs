//! Collections: names, dates and counts.

use vigie_model::collection::Collection;
use vigie_model::query::Query;
use vigie_store::{Outcome, StoreError};

use crate::world::{NOW, World, collection, indicator};

#[test]
fn a_collection_is_found_by_either_name() {
    let world = World::new();
    for name in [collection(1).to_string(), "c1".to_owned()] {
        let found = world.store.read(|it| it.collection(&name)).unwrap();
        assert_eq!(found.map(|it| it.title).as_deref(), Some("Collection 1"));
    }
    assert_eq!(world.store.read(|it| it.collection("c3")).unwrap(), None);
    let taken = Collection {
        id: collection(3),
        title: String::new(),
        description: None,
        alias: Some("c1".to_owned()),
        created: NOW,
    };
    let error = world.write(|tx| tx.add_collection(&taken)).unwrap_err();
    assert_eq!(error.to_string(), "a collection `c1` exists already; choose another name");
    let named = Collection { id: collection(2), title: "Named".to_owned(), ..taken.clone() };
    world.write(|tx| tx.set_collection(&Collection { alias: None, ..named.clone() })).unwrap();
    assert!(matches!(world.write(|tx| tx.set_collection(&named)), Err(StoreError::Taken { .. })));
    let unknown = Collection { alias: None, ..taken };
    assert!(matches!(world.write(|tx| tx.set_collection(&unknown)), Err(StoreError::NotFound { .. })));
}

#[test]
fn dates_are_unique_and_never_go_back() {
    let world = World::new();
    let mut last = NOW / 1_000;
    for (number, clock) in [0, 0, -5_000_000, 7_000, 1_000].into_iter().enumerate() {
        let text = indicator(number as u128, 2020, "a");
        let new = vigie_store::NewIntel::of(&vigie_stix::object::Object::parse(&text).unwrap(), Vec::new());
        let new = world.admit(new, "ma", "clear");
        let outcome = world.store.write("ma", NOW + clock, |tx| tx.add_intel(collection(1), new)).unwrap();
        let Outcome::Added { date_added, .. } = outcome else { panic!("{outcome:?}") };
        assert!(date_added > last, "{date_added} after {last}");
        last = date_added;
    }
    // Also after everything was deleted.
    let clearance = world.clearance("ma");
    for number in 0..5 {
        let id = vigie_stix::id::StixId::new("indicator", uuid::Uuid::from_u128(number));
        world.write(|tx| tx.delete_intel(collection(1), &id, &Query::everything(1), &clearance)).unwrap();
    }
    let Outcome::Added { date_added, .. } = world.add_to(1, "ma", "clear", &indicator(9, 2020, "a")) else {
        panic!("not added")
    };
    assert!(date_added > last);
}

#[test]
fn only_what_may_be_seen_is_counted() {
    let world = World::new();
    world.add_to(1, "ma", "clear", &indicator(1, 2020, "a"));
    world.add_to(1, "ma", "il", &indicator(2, 2020, "b"));
    world.add_to(1, "ma", "closed", &indicator(3, 2020, "c"));
    for (who, want) in [("ma", 3), ("il", 2), ("ae", 1)] {
        let clearance = world.clearance(who);
        assert_eq!(world.store.read(|it| it.count(collection(1), &clearance)).unwrap(), want, "{who}");
    }
    let missing = world.store.read(|it| it.count(collection(3), &world.clearance("ma"))).unwrap_err();
    assert_eq!(missing.to_string(), format!("there is no collection `{}`", collection(3)));
}
