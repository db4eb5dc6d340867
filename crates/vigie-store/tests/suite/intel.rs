//! What becomes of what members bring, what is kept of it, and what is deleted.

use vigie_model::journal::Act;
use vigie_model::query::{Query, VersionFilter};
use vigie_stix::object::Object;
use vigie_store::{Change, NewIntel, Outcome};

use crate::world::{World, collection, indicator, member, object, old_indicator};

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Added { .. } => "added",
        Outcome::Duplicate { .. } => "duplicate",
        Outcome::Refused(why) => match why.to_string() {
            it if it.starts_with("only the creator of") => "not creator",
            it if it.contains("another identity") => "other author",
            it if it.contains("was revoked") => "revoked",
            _ => "refused",
        },
        Outcome::Quarantined => "quarantined",
    }
}

/// Who brings what, and what becomes of it, one after the other in one node.
#[track_caller]
fn check(steps: &[(&str, &str, &str)]) {
    let world = World::new();
    for (who, text, want) in steps {
        let outcome = world.add_to(1, who, "clear", text);
        assert_eq!(word(&outcome), *want, "{who} brings {text}");
    }
}

#[test]
fn only_the_creator_adds_versions() {
    check(&[
        ("ma", &indicator(1, 2020, "a"), "added"),
        ("ma", &indicator(1, 2021, "b"), "added"),
        ("il", &indicator(1, 2022, "c"), "not creator"),
        ("ma", &indicator(1, 2019, "older"), "added"),
        ("il", &indicator(2, 2022, "its own"), "added"),
    ]);
    let by = |identity: &str, year| {
        let author = format!(r#","created_by_ref":"{identity}""#);
        object("indicator", 1, Some(&format!("{year}-01-01T00:00:00Z")), &author)
    };
    let (one, other) = (member("ma").identity.to_string(), member("ae").identity.to_string());
    check(&[
        ("ma", &by(&one, 2020), "added"),
        ("ma", &by(&other, 2021), "other author"),
        ("ma", &indicator(1, 2021, "nobody's"), "other author"),
        ("ma", &by(&one, 2021), "added"),
    ]);
}

#[test]
fn only_the_creator_revokes_and_that_is_final() {
    let revoked = |year: u32| {
        object("indicator", 1, Some(&format!("{year}-01-01T00:00:00Z")), r#","name":"r","revoked":true"#)
    };
    check(&[
        ("ma", &indicator(1, 2020, "a"), "added"),
        ("il", &revoked(2021), "not creator"),
        ("ma", &revoked(2021), "added"),
        ("ma", &revoked(2021), "duplicate"),
        ("ma", &indicator(1, 2022, "again"), "revoked"),
        ("ma", &revoked(2022), "revoked"),
        ("ma", &indicator(1, 2019, "late, but from before"), "added"),
    ]);
    check(&[("ma", &revoked(2021), "added"), ("ma", &indicator(1, 2022, "again"), "revoked")]);
}

#[test]
fn the_same_version_is_the_same_json() {
    let spaced = indicator(1, 2020, "a").replace(',', " ,\n ");
    let turned = r#"{"name":"a","modified":"2020-01-01T00:00:00Z","created":"2020-01-01T00:00:00Z","id":"indicator--00000000-0000-0000-0000-000000000001","spec_version":"2.1","type":"indicator"}"#;
    check(&[
        ("ma", &indicator(1, 2020, "a"), "added"),
        ("ma", &indicator(1, 2020, "a"), "duplicate"),
        ("ma", &spaced, "duplicate"),
        ("ma", turned, "duplicate"),
        ("ma", &indicator(1, 2020, "b"), "quarantined"),
        ("il", &indicator(1, 2020, "b"), "quarantined"),
        // The instant counts, not its spelling; the spelling is content.
        ("ma", &indicator(1, 2020, "a").replace(r#"00:00Z","name"#, r#"00:00.000Z","name"#), "quarantined"),
        // STIX 2.0 and 2.1 are two versions of it.
        ("ma", &old_indicator(1, 2020, "a"), "added"),
        ("il", &old_indicator(1, 2020, "b"), "quarantined"),
    ]);
}

#[test]
fn objects_without_versions_are_what_they_first_were() {
    let address = |value: &str| object("ipv4-addr", 1, None, &format!(r#","name":"x","value":"{value}""#));
    check(&[
        ("ma", &address("198.51.100.1"), "added"),
        ("ma", &address("198.51.100.1"), "duplicate"),
        ("ma", &address("198.51.100.2"), "quarantined"),
        ("il", &address("198.51.100.2"), "quarantined"),
        ("ma", &object("ipv4-addr", 1, Some("2020-01-01T00:00:00Z"), ""), "quarantined"),
    ]);
}

/// Dates that stand for none, such as the last day of 9999, count as one instant at either end.
#[test]
fn versions_beyond_the_centuries_come_first_or_last() {
    check(&[
        ("ma", &indicator(1, 2020, "now"), "added"),
        ("ma", &indicator(1, 9999, "never"), "added"),
        ("ma", &indicator(1, 9998, "hardly ever"), "quarantined"),
        ("ma", &indicator(1, 1600, "long ago"), "added"),
    ]);
}

/// Two members bring the same text: whoever may see one of them sees it, once.
#[test]
fn the_same_text_under_two_labels_is_seen_once() {
    let world = World::new();
    let text = object("ipv4-addr", 1, None, r#","name":"x""#);
    assert_eq!(word(&world.add_to(1, "ma", "closed", &text)), "added");
    assert!(world.sees("il", &Query::everything(9)).is_empty());
    assert_eq!(word(&world.add_to(1, "il", "ma,ae", &text)), "added");
    assert_eq!(word(&world.add_to(1, "il", "ma,ae", &text)), "duplicate");
    for who in ["ma", "il", "ae"] {
        assert_eq!(world.sees(who, &Query::everything(9)).len(), 1, "{who}");
    }
    let producer = |who| {
        let clearance = world.clearance(who);
        let page = world.store.read(|it| it.intel(collection(1), &Query::everything(9), &clearance)).unwrap();
        page.items.first().map(|it| it.get().producer)
    };
    assert_eq!(producer("ma"), Some(member("ma").id));
    assert_eq!(producer("ae"), Some(member("il").id), "who may not see the first does not learn of it");
}

#[test]
fn content_is_stored_once_and_dated_in_each_collection() {
    let world = World::new();
    let text = indicator(1, 2020, "a");
    let dates: Vec<i64> = [1, 2]
        .into_iter()
        .map(|number| match world.add_to(number, "ma", "clear", &text) {
            Outcome::Added { date_added, .. } => date_added,
            other => panic!("{other:?}"),
        })
        .collect();
    world.add_to(1, "ma", "clear", &indicator(2, 2020, "b"));
    assert_eq!(world.sees_in(1, "il", &Query::everything(9)).len(), 2);
    assert_eq!(world.sees_in(2, "il", &Query::everything(9)), ["a@2020-01-01T00:00:00Z"]);
    assert_eq!(dates[0], dates[1], "each collection has its own clock");
}

#[test]
fn bytes_in_are_bytes_out() {
    let world = World::new();
    let text = "{\"type\":\"x-acme\" ,\"id\":\"x-acme--00000000-0000-0000-0000-000000000001\",\n\"é\":1.50,\"z\":[1e3 , null]}";
    world.add_to(1, "ma", "clear", text);
    let clearance = world.clearance("il");
    let page = world.store.read(|it| it.intel(collection(1), &Query::everything(9), &clearance)).unwrap();
    let texts: Vec<&str> = page.items.iter().map(|it| &*it.get().text).collect();
    assert_eq!(texts, [text]);
}

#[test]
fn quarantine_shows_each_text_once_to_those_who_may_see_it() {
    let world = World::new();
    world.add_to(1, "ma", "clear", &indicator(1, 2020, "a"));
    for (who, words, name) in [("il", "closed", "b"), ("il", "closed", "b"), ("ae", "ma", "c")] {
        assert_eq!(word(&world.add_to(1, who, words, &indicator(1, 2020, name))), "quarantined");
    }
    let names = |who| {
        let clearance = world.clearance(who);
        let page = world.store.read(|it| it.quarantine(None, 9, &clearance)).unwrap();
        let items = page.items.into_iter().map(vigie_policy::Released::into_inner);
        items.map(|it| (crate::world::name(&it.text), it.producer, it.version)).collect::<Vec<_>>()
    };
    let version = Some("2020-01-01T00:00:00Z".to_owned());
    assert_eq!(names("il"), [("b".to_owned(), member("il").id, version.clone())]);
    assert_eq!(names("ma"), [("c".to_owned(), member("ae").id, version)]);
    assert_eq!(world.sees("ma", &Query::everything(9)), ["a@2020-01-01T00:00:00Z"]);
}

#[test]
fn deleting_takes_the_versions_asked_for_and_nobody_takes_the_object_over() {
    let world = World::new();
    for year in [2020, 2021, 2022] {
        world.add_to(1, "ma", "clear", &indicator(1, year, "a"));
    }
    world.add_to(2, "ma", "clear", &indicator(1, 2022, "a"));
    world.add_to(1, "ma", "closed", &indicator(2, 2020, "unseen"));
    let clearance = world.clearance("il");
    let id = Object::parse(&indicator(1, 2020, "a")).unwrap().id().clone();
    let delete =
        |query: &Query| world.write(|tx| tx.delete_intel(collection(1), &id, query, &clearance)).unwrap();

    assert_eq!(delete(&Query::everything(1)), 1);
    assert_eq!(
        world.sees("il", &Query::everything(9)),
        ["a@2021-01-01T00:00:00Z"],
        "the one before is last now"
    );
    assert_eq!(world.sees_in(2, "il", &Query::everything(9)).len(), 1);
    assert_eq!(delete(&Query { versions: VersionFilter::All, ..Query::everything(1) }), 2);
    assert!(world.sees("il", &Query::everything(9)).is_empty());
    assert_eq!(delete(&Query::everything(1)), 0);
    assert_eq!(world.store.read(|it| it.count(collection(1), &world.clearance("ma"))).unwrap(), 1);

    assert_eq!(word(&world.add_to(1, "il", "clear", &indicator(1, 2021, "mine"))), "not creator");
    assert_eq!(word(&world.add_to(1, "ma", "clear", &indicator(1, 2021, "a"))), "added");
    assert!(world.store.check().unwrap().is_empty());

    let unseen = Object::parse(&indicator(2, 2020, "")).unwrap().id().clone();
    let deleted =
        world.write(|tx| tx.delete_intel(collection(1), &unseen, &Query::everything(1), &clearance)).unwrap();
    assert_eq!(deleted, 0, "what may not be seen is not there");
}

#[test]
fn a_deleted_object_is_nobody_elses() {
    let world = World::new();
    world.add_to(1, "ma", "clear", &indicator(1, 2020, "a"));
    world.add_to(1, "ma", "clear", &object("ipv4-addr", 2, None, ""));
    let clearance = world.clearance("ma");
    for text in [indicator(1, 2020, "a"), object("ipv4-addr", 2, None, "")] {
        let id = Object::parse(&text).unwrap().id().clone();
        world.write(|tx| tx.delete_intel(collection(1), &id, &Query::everything(1), &clearance)).unwrap();
    }
    for (text, want) in [
        (indicator(1, 2020, "a"), "not creator"),
        (object("indicator", 1, None, ""), "not creator"),
        (object("ipv4-addr", 2, None, r#","name":"new""#), "added"), // what has no versions has no creator
    ] {
        assert_eq!(word(&world.add_to(1, "il", "clear", &text)), want, "{text}");
    }
}

/// A label that waited for its marking definition is given, and the object is new for those who may see it now.
#[test]
fn a_version_gets_the_label_that_it_waited_for() {
    let world = World::new();
    let marking = "marking-definition--00000000-0000-0000-0000-000000000009";
    let text = indicator(1, 2020, "a");
    let new = NewIntel::of(&Object::parse(&text).unwrap(), vec![marking.to_owned()]);
    let new = world.admit(new, "ma", "closed");
    world.write(|tx| tx.add_intel(collection(1), new)).unwrap();
    let cursor = Query { added_after: Some(i64::MAX - 1), ..Query::everything(9) };
    assert!(world.sees("il", &cursor).is_empty());
    let before = world.store.read(|it| it.last_message()).unwrap();
    let dated = |who| {
        let clearance = world.clearance(who);
        let page =
            world.store.read(|it| it.manifest(collection(1), &Query::everything(9), &clearance)).unwrap();
        page.items.iter().map(|it| it.get().date_added.clone()).next()
    };
    let first = dated("ma").unwrap();

    let waiting = world.store.read(|it| it.waiting_for(marking, 0, 9)).unwrap();
    let [mut waiting] = <[_; 1]>::try_from(waiting).unwrap();
    assert_eq!(&*waiting.text, text);
    assert!(world.store.read(|it| it.waiting_for(marking, waiting.number, 9)).unwrap().is_empty());
    assert_eq!(waiting.awaits, [marking]);
    waiting.awaits.clear();
    let waiting = world.admit(waiting, "ma", "il");
    world.write(|tx| tx.relabel(marking, waiting)).unwrap();

    assert!(world.store.read(|it| it.waiting_for(marking, 0, 9)).unwrap().is_empty());
    assert!(dated("il").unwrap() > first);
    assert_eq!(dated("ma"), dated("il"));
    assert_eq!(dated("ae"), None);
    let told = world.store.read(|it| it.outbox(before, 9)).unwrap().messages;
    assert_eq!(told.iter().map(|it| it.change).collect::<Vec<_>>(), [Change::Intel]);
    assert!(told.iter().all(|it| it.label.is_some_and(|it| world.clearance("il").allows(it))));
    assert!(world.store.check().unwrap().is_empty());
}

#[test]
fn a_marking_definition_is_found_whoever_brought_it() {
    let world = World::new();
    let text = object("marking-definition", 9, Some("2020-01-01T00:00:00Z"), r#","name":"m""#);
    world.add_to(1, "ma", "closed", &text);
    let id = "marking-definition--00000000-0000-0000-0000-000000000009";
    assert_eq!(world.store.read(|it| it.marking(id)).unwrap().as_deref(), Some(&*text));
    assert_eq!(world.store.read(|it| it.marking("marking-definition--x")).unwrap(), None);
}

#[test]
fn the_engine_reads_on_from_where_it_was() {
    let world = World::new();
    world.add_to(1, "ma", "clear", &indicator(1, 2020, "a"));
    world.add_to(2, "ma", "clear", &indicator(2, 2020, "b"));
    world.add_to(1, "ma", "closed", &indicator(3, 2020, "unseen"));
    world.add_to(1, "ma", "clear", &object("malware", 4, Some("2020-01-01T00:00:00Z"), ""));
    let clearance = world.clearance("il");
    let read = |position: &_, limit| {
        let (found, position) = world.store.read(|it| it.indicators(position, limit, &clearance)).unwrap();
        (found.iter().map(|it| crate::world::name(&it.get().text)).collect::<Vec<_>>(), position)
    };
    let (one, position) = read(&vigie_store::Position::new(), 1);
    let (other, position) = read(&position, 1);
    assert_eq!((one, other), (vec!["a".to_owned()], vec!["b".to_owned()]));
    assert!(read(&position, 9).0.is_empty());
    let revoked = object("indicator", 1, Some("2021-01-01T00:00:00Z"), r#","name":"a","revoked":true"#);
    world.add_to(1, "ma", "clear", &revoked);
    let (found, _) = world.store.read(|it| it.indicators(&position, 9, &clearance)).unwrap();
    assert!(found.iter().all(|it| it.get().revoked) && found.len() == 1);
}

/// One entry sums up what came in; what is set aside has its own.
#[test]
fn the_journal_sums_up_a_transaction() {
    let world = World::new();
    let last = world.store.read(|it| it.last_sequence()).unwrap();
    let batch = ["a", "b", "a", "c"].into_iter().enumerate().map(|(at, name)| {
        let text = indicator(u128::from(at != 1), 2020, name);
        world.admit(NewIntel::of(&Object::parse(&text).unwrap(), Vec::new()), "ma", "clear")
    });
    let batch: Vec<_> = batch.collect();
    world
        .write(|tx| {
            tx.count_refused(collection(1), 5)?;
            tx.add_intel_batch(collection(1), batch)
        })
        .unwrap();
    let entries = world.store.read(|it| it.journal(last, 9)).unwrap();
    let [aside, summary] = <[_; 2]>::try_from(entries).unwrap();
    assert!(matches!(aside.act, Act::Quarantined { .. }));
    let want = Act::Ingested { collection: collection(1).to_string(), added: 2, duplicates: 1, refused: 5 };
    assert_eq!(summary.act, want);
    assert_eq!((aside.sequence, summary.sequence), (last + 1, last + 2));
}
