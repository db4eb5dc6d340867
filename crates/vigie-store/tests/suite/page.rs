//! Pages agree with a naive reading of everything: SQL and policy cannot disagree.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;
use vigie_model::intel::SpecVersion;
use vigie_model::label::Label;
use vigie_model::query::{Query, VersionFilter};
use vigie_policy::{Action, Viewer};
use vigie_stix::id::StixId;
use vigie_stix::timestamp::Timestamp;
use vigie_store::{Options, Outcome};

use crate::world::{NOW, World, collection, indicator, label, member, object, old_indicator};

const WHO: [&str; 3] = ["ma", "il", "ae"];
const WORDS: [&str; 4] = ["clear", "closed", "il", "ma,ae"];

/// What a member brings or deletes.
#[derive(Clone, Debug)]
enum Step {
    Bring { who: usize, words: usize, number: u128, year: u32, spec: SpecVersion, sco: bool },
    Delete { who: usize, number: u128, versions: VersionFilter },
}

/// A version that a collection holds, as the test remembers it.
#[derive(Clone, Debug)]
struct Row {
    id: StixId,
    version: Timestamp,
    spec: SpecVersion,
    label: Label,
    added: i64,
}

fn years() -> impl Strategy<Value = u32> {
    2020..2024_u32
}

fn spec() -> impl Strategy<Value = SpecVersion> {
    prop_oneof![1 => Just(SpecVersion::V20), 3 => Just(SpecVersion::V21)]
}

fn version(year: u32) -> Timestamp {
    format!("{year}-01-01T00:00:00Z").parse().unwrap()
}

fn filter() -> impl Strategy<Value = VersionFilter> {
    let exact = prop::collection::btree_set(years().prop_map(version), 0..3);
    prop_oneof![
        1 => Just(VersionFilter::All),
        2 => Just(VersionFilter::last()),
        3 => (any::<bool>(), any::<bool>(), exact)
            .prop_map(|(first, last, exact)| VersionFilter::Some { first, last, exact }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let bring = (0..3_usize, 0..4_usize, 0..4_u128, years(), spec(), prop::bool::weighted(0.2)).prop_map(
        |(who, words, number, year, spec, sco)| Step::Bring { who, words, number, year, spec, sco },
    );
    let delete = (0..3_usize, 0..4_u128, filter()).prop_map(|(who, number, versions)| Step::Delete {
        who,
        number,
        versions,
    });
    prop_oneof![12 => bring, 1 => delete]
}

fn query() -> impl Strategy<Value = Query> {
    let ids = prop::collection::btree_set((0..5_u128).prop_map(|it| id("indicator", it)), 0..3);
    let types =
        prop::collection::btree_set(prop::sample::select(vec!["indicator", "ipv4-addr", "x-none"]), 0..3);
    let specs = prop::collection::btree_set(spec(), 0..3);
    let after = prop::option::weighted(0.3, NOW / 1_000..NOW / 1_000 + 20);
    (after, 1..6_usize, prop_oneof![2 => Just(BTreeSet::new()), 1 => ids], types, filter(), specs).prop_map(
        |(added_after, limit, ids, types, versions, spec_versions)| Query {
            added_after,
            resume_after: None,
            limit,
            ids,
            types: types.into_iter().map(str::to_owned).collect(),
            versions,
            spec_versions,
        },
    )
}

fn id(kind: &str, number: u128) -> StixId {
    StixId::new(kind, Uuid::from_u128(number))
}

/// The answer by definition: filter everything by policy, then by the question.
fn naive(world: &World, rows: &[Row], who: &str, query: &Query) -> Vec<Row> {
    let viewer = Viewer::of(&member(who));
    let visible: Vec<&Row> = rows
        .iter()
        .filter(|it| world.policy.decide(&viewer, &it.label, Action::View, NOW).is_release())
        .collect();
    let once: Vec<&Row> = visible
        .iter()
        .copied()
        .filter(|it| !visible.iter().any(|other| same(it, other) && other.added < it.added))
        .collect();
    let of_object = |it: &Row| once.iter().copied().filter(|other| other.id == it.id).collect::<Vec<_>>();
    let mut found: Vec<Row> = once
        .iter()
        .copied()
        .filter(|it| {
            let latest =
                query.spec_versions.is_empty() && of_object(it).iter().all(|other| other.spec <= it.spec);
            latest || query.spec_versions.contains(&it.spec)
        })
        .filter(|it| {
            let others: Vec<&Row> = of_object(it).into_iter().filter(|other| other.spec == it.spec).collect();
            match &query.versions {
                VersionFilter::All => true,
                VersionFilter::Some { first, last, exact } => {
                    exact.contains(&it.version)
                        || (*first && others.iter().all(|other| other.version >= it.version))
                        || (*last && others.iter().all(|other| other.version <= it.version))
                }
            }
        })
        .filter(|it| query.ids.is_empty() || query.ids.contains(&it.id))
        .filter(|it| query.types.is_empty() || query.types.contains(it.id.object_type()))
        .filter(|it| query.added_after.is_none_or(|after| it.added > after))
        .cloned()
        .collect();
    found.sort_by_key(|it| it.added);
    found
}

fn same(one: &Row, other: &Row) -> bool {
    one.id == other.id && one.version == other.version && one.spec == other.spec
}

/// Does a step in the store, and remembers what it did.
fn play(world: &World, rows: &mut Vec<Row>, step: &Step) {
    match step {
        Step::Bring { who, words, number, year, spec, sco } => {
            let (who, words) = (WHO[*who], WORDS[*words]);
            let text = match (sco, spec) {
                (true, _) => object("ipv4-addr", *number, None, ""),
                (false, SpecVersion::V21) => indicator(*number, *year, "a"),
                (false, SpecVersion::V20) => old_indicator(*number, *year, "a"),
            };
            let outcome = world.add_to(1, who, words, &text);
            if let Outcome::Added { date_added, version } = outcome {
                let id = id(if *sco { "ipv4-addr" } else { "indicator" }, *number);
                let spec = if *sco { SpecVersion::V21 } else { *spec };
                rows.push(Row { id, version, spec, label: label(who, words), added: date_added });
            }
        }
        Step::Delete { who, number, versions } => {
            let who = WHO[*who];
            let query = Query { versions: versions.clone(), ..Query::everything(1) };
            let id = id("indicator", *number);
            let clearance = world.clearance(who);
            let of_id = Query { ids: [id.clone()].into(), ..query.clone() };
            let gone = naive(world, rows, who, &of_id);
            let deleted = world.write(|tx| tx.delete_intel(collection(1), &id, &query, &clearance)).unwrap();
            assert_eq!(deleted, gone.len() as u64);
            let viewer = Viewer::of(&member(who));
            let sees = |it: &Row| world.policy.decide(&viewer, &it.label, Action::View, NOW).is_release();
            rows.retain(|it| !(sees(it) && gone.iter().any(|other| same(it, other))));
        }
    }
}

/// All pages of an answer, read one after the other.
fn pages(world: &World, who: &str, query: &Query) -> Vec<(StixId, Timestamp, SpecVersion, i128)> {
    let clearance = world.clearance(who);
    let mut query = query.clone();
    let mut all = Vec::new();
    loop {
        let (page, manifest) = world
            .store
            .read(|it| {
                Ok((
                    it.intel(collection(1), &query, &clearance)?,
                    it.manifest(collection(1), &query, &clearance)?,
                ))
            })
            .unwrap();
        assert!(page.items.len() <= query.limit);
        assert_eq!(page.next, manifest.next);
        assert_eq!(page.more, page.next.is_some());
        let listed: Vec<_> = manifest.items.iter().map(|it| (&it.get().id, &it.get().date_added)).collect();
        assert_eq!(
            listed,
            page.items.iter().map(|it| (&it.get().id, &it.get().date_added)).collect::<Vec<_>>()
        );
        all.extend(
            page.items
                .into_iter()
                .map(vigie_policy::Released::into_inner)
                .map(|it| (it.id, it.version, it.spec_version, it.date_added.nanos() / 1_000)),
        );
        if page.next.is_none() {
            return all;
        }
        query.resume_after = page.next;
    }
}

/// The same for last versions, the newest first.
fn newest(world: &World, who: &str, query: &Query) -> Vec<(StixId, Timestamp, SpecVersion, i128)> {
    let clearance = world.clearance(who);
    let (mut before, mut all) = (None, Vec::new());
    loop {
        let read =
            world.store.read(|it| it.newest(collection(1), &query.types, before, query.limit, &clearance));
        let page = read.unwrap();
        assert!(page.items.len() <= query.limit);
        all.extend(
            page.items
                .into_iter()
                .map(vigie_policy::Released::into_inner)
                .map(|it| (it.id, it.version, it.spec_version, it.date_added.nanos() / 1_000)),
        );
        before = page.next;
        if before.is_none() {
            return all;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn pages_are_what_a_naive_reader_finds(
        steps in prop::collection::vec(step(), 1..30),
        queries in prop::collection::vec(query(), 12),
        merged_labels in prop::sample::select(vec![0, 3, 1_000]),
    ) {
        let world = World::with(&Options { merged_labels, ..Options::default() });
        let mut rows = Vec::new();
        for step in &steps {
            play(&world, &mut rows, step);
        }
        for who in WHO {
            for query in &queries {
                let want: Vec<_> = naive(&world, &rows, who, query)
                    .into_iter()
                    .map(|it| (it.id, it.version, it.spec, i128::from(it.added)))
                    .collect();
                prop_assert_eq!(pages(&world, who, query), want, "{} asks {:?} of {:#?}", who, query, rows);
                let last = Query { types: query.types.clone(), ..Query::everything(query.limit) };
                let mut forwards = pages(&world, who, &last);
                forwards.reverse();
                prop_assert_eq!(newest(&world, who, &last), forwards, "{} asks {:?} of {:#?}", who, last, rows);
            }
        }
        prop_assert_eq!(world.store.check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn a_page_ends_when_it_has_enough_text() {
    let world = World::with(&Options { page_bytes: 300, ..Options::default() });
    for number in 0..10 {
        world.add_to(1, "ma", "clear", &indicator(number, 2020, "a"));
    }
    let clearance = world.clearance("il");
    let page = world.store.read(|it| it.intel(collection(1), &Query::everything(9), &clearance)).unwrap();
    assert_eq!((page.items.len(), page.more), (2, true));
    assert_eq!(pages_of_text(&world), 10);
}

fn pages_of_text(world: &World) -> usize {
    let clearance = world.clearance("il");
    let mut query = Query::everything(9);
    let mut seen = 0;
    loop {
        let page = world.store.read(|it| it.intel(collection(1), &query, &clearance)).unwrap();
        seen += page.items.len();
        let Some(next) = page.next else { return seen };
        query.resume_after = Some(next);
    }
}
