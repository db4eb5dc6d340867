//! Alerts, sightings and statuses.

use std::time::Duration;

use uuid::Uuid;
use vigie_model::alert::{Hit, Rule, Source};
use vigie_model::id::AlertId;
use vigie_model::journal::Act;
use vigie_stix::id::StixId;
use vigie_store::{NewAlert, NewSighting, Options, Status, StatusItem};

use crate::world::{NOW, World, collection, member};

fn alert(number: u128, noticed: i64) -> NewAlert {
    NewAlert {
        id: AlertId::new(Uuid::from_u128(number)),
        noticed,
        hit: Hit {
            proof: vigie_model::alert::Proof::default(),
            time: None,
            rule: Rule::new("indicator--1", "n", "stix"),
            matched: Vec::new(),
            source: Source { file: "-".into(), line: 1, format: "eve".into() },
            event: serde_json::json!({ "number": number as u64 }),
        },
        indicator: Some(StixId::new("indicator", Uuid::from_u128(number))),
    }
}

#[test]
fn alerts_come_newest_first_to_those_who_may_see_them() {
    let world = World::new();
    for (number, noticed, words) in
        [(1, 10, "clear"), (2, 30, "closed"), (3, 20, "il"), (4, 20, "il"), (5, 5, "clear")]
    {
        let alert = world.admit(alert(number, noticed), "ma", words);
        world.write(|tx| tx.add_alert(alert)).unwrap();
    }
    let numbers = |who, limit| {
        let clearance = world.clearance(who);
        let (mut numbers, mut mark) = (Vec::new(), None);
        loop {
            let page = world.store.read(|it| it.alerts(None, mark, limit, &clearance)).unwrap();
            assert!(page.items.len() <= limit);
            numbers.extend(page.items.iter().map(|it| it.get().id.uuid().as_u128()));
            mark = page.next;
            if !page.more {
                return numbers;
            }
        }
    };
    for limit in [1, 2, 9] {
        assert_eq!(numbers("ma", limit), [2, 4, 3, 1, 5]);
        assert_eq!(numbers("il", limit), [4, 3, 1, 5]);
        assert_eq!(numbers("ae", limit), [1, 5]);
    }
    let clearance = world.clearance("ma");
    let page = world.store.read(|it| it.alerts(None, None, 1, &clearance)).unwrap();
    assert_eq!(page.items.first().map(|it| it.get().hit.clone()), Some(alert(2, 30).hit));
    let of = StixId::new("indicator", Uuid::from_u128(3));
    let page = world.store.read(|it| it.alerts(Some(&of), None, 9, &clearance)).unwrap();
    assert_eq!(page.items.iter().map(|it| it.get().noticed).collect::<Vec<_>>(), [20]);
    let again = world.admit(alert(1, 10), "ma", "clear");
    assert!(world.write(|tx| tx.add_alert(again)).is_err());
}

#[test]
fn a_sighting_is_counted_again_by_its_member_only() {
    let world = World::new();
    let sighting = |who, indicator: u128, count| NewSighting {
        id: StixId::new("sighting", Uuid::from_u128(1)),
        indicator: StixId::new("indicator", Uuid::from_u128(indicator)),
        member: member(who).id,
        count,
        first_seen: 1,
        last_seen: 2,
    };
    let add = |who, words, it| {
        let it = world.admit(it, who, words);
        world.write(|tx| tx.add_sighting(it)).unwrap()
    };
    assert!(add("ma", "il", sighting("ma", 1, 1)));
    assert!(add("ma", "il", sighting("ma", 1, 5)));
    assert!(!add("il", "clear", sighting("il", 1, 9)));
    assert!(!add("ma", "il", sighting("ma", 2, 9)));
    let counts = |who, of: u128| {
        let clearance = world.clearance(who);
        let of = StixId::new("indicator", Uuid::from_u128(of));
        let page = world.store.read(|it| it.sightings(Some(&of), None, 9, &clearance)).unwrap();
        let all = world.store.read(|it| it.sightings(None, None, 9, &clearance)).unwrap();
        assert_eq!(all.items.len(), usize::from(who != "ae"));
        page.items.iter().map(|it| it.get().count).collect::<Vec<_>>()
    };
    assert_eq!(counts("il", 1), [5]);
    assert!(counts("il", 2).is_empty());
    assert!(counts("ae", 1).is_empty());
}

#[test]
fn a_status_is_its_owners_for_a_time() {
    let world = World::with(&Options { status_retention: Duration::from_mins(1), ..Options::default() });
    let item = |message: Option<&str>| StatusItem {
        id: "indicator--1".into(),
        version: "2020-01-01T00:00:00Z".into(),
        message: message.map(str::to_owned),
    };
    let status = |number, requested| Status {
        id: Uuid::from_u128(number),
        owner: "token--1".into(),
        requested,
        successes: vec![item(None)],
        failures: vec![item(Some("why"))],
        pendings: Vec::new(),
    };
    let save = |it: &Status, now| {
        world.store.write("node", now, |tx| {
            tx.count_refused(collection(1), 1)?;
            tx.save_status(it)
        })
    };
    let first = status(1, NOW);
    save(&first, NOW).unwrap();
    let find = |number, owner| world.store.read(|it| it.status(Uuid::from_u128(number), owner)).unwrap();
    assert_eq!(find(1, "token--1"), Some(first));
    assert_eq!(find(1, "token--2"), None);
    assert_eq!(find(2, "token--1"), None);
    save(&status(2, NOW + 61_000_000_000), NOW + 61_000_000_000).unwrap();
    assert_eq!(find(1, "token--1"), None);
    assert!(find(2, "token--1").is_some());
    let last = world.store.read(|it| it.journal(0, 99)).unwrap().pop().map(|it| it.act);
    assert!(matches!(last, Some(Act::Ingested { refused: 1, .. })));
}
