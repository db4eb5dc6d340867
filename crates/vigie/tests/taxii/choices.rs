//! What we chose where the standard is silent (`docs/spec/taxii.md`, choices).

use vigie_model::member::Membership;

use crate::node::{Node, Stage, Wire};
use crate::stix::{envelope, id, indicator};

#[test]
fn date_added_is_unique_and_increases() {
    let stage = Stage::new();
    stage.add(&(1..=50).map(indicator).collect::<Vec<_>>());
    stage.add(&(51..=60).map(indicator).collect::<Vec<_>>());
    let dates = stage.ally.get(&stage.manifest).of_objects("date_added");
    assert_eq!(dates.len(), 60);
    assert!(dates.is_sorted_by(|a, b| a < b), "{dates:?}");
}

/// Sixty objects that came in one request have sixty dates, so a client that pages by date alone misses none, and one
/// that both pages by token and moves the date along does not either.
#[test]
fn every_known_way_of_paging_misses_nothing() {
    let stage = Stage::new();
    stage.add(&(1..=25).map(indicator).collect::<Vec<_>>());
    let want: Vec<String> = (1..=25).map(|it| id("indicator", it)).collect();
    let (mut got, mut rest) = (Vec::new(), String::new());
    loop {
        let answer = stage.ally.get(&format!("{}?limit=10{rest}", stage.objects)).expect(200);
        got.extend(answer.ids());
        let last = answer.header("x-taxii-date-added-last").unwrap().to_owned();
        match answer.json()["next"].as_str() {
            Some(next) => rest = format!("&next={next}&added_after={last}"),
            None => break,
        }
    }
    assert_eq!(got, want);
}

#[test]
fn a_manifest_and_versions_have_a_next() {
    let stage = Stage::new();
    stage.add(&[indicator(1), indicator(2)]);
    let page = stage.ally.get(&format!("{}?limit=1", stage.manifest)).json();
    assert!(page["more"] == true && page["next"].is_string(), "{page}");
}

#[test]
fn a_paging_token_survives_a_restart_and_a_change_of_limit() {
    let stage = Stage::new();
    stage.add(&(1..=5).map(indicator).collect::<Vec<_>>());
    let token = stage.ally.get(&format!("{}?limit=2", stage.objects)).json()["next"].clone();
    let Stage { node, mut ally, objects, .. } = stage;
    let node = node.restart();
    ally.address = node.address;
    let rest = ally.get(&format!("{objects}?limit=10&next={}", token.as_str().unwrap())).expect(200);
    assert_eq!(rest.ids(), [3, 4, 5].map(|it| id("indicator", it)));
}

#[test]
fn a_paging_token_ends_with_the_audience_epoch() {
    let stage = Stage::new();
    stage.add(&(1..=3).map(indicator).collect::<Vec<_>>());
    let first = stage.ally.get(&format!("{}?limit=2", stage.objects));
    let token = first.json()["next"].as_str().unwrap().to_owned();
    let epoch = |it: &crate::http::Answer| it.header("x-vigie-epoch").unwrap().parse::<u64>().unwrap();
    for state in [Membership::Suspended, Membership::Active] {
        stage.node.set_state(stage.member, state);
    }
    let again = stage.ally.get(&stage.objects).expect(200);
    assert!(epoch(&again) > epoch(&first));
    assert_eq!(again.ids().len(), 3);
    stage.ally.get(&format!("{}?limit=2&next={token}", stage.objects)).expect(400);
}

#[test]
fn an_empty_page_lies_where_the_client_was_or_where_the_collection_began() {
    let stage = Stage::new();
    let asked = "2031-01-01T00:00:00.000001Z";
    for path in [&stage.objects, &stage.manifest] {
        let answer = stage.ally.get(&format!("{path}?added_after={asked}")).expect(200);
        assert_eq!(answer.text(), "{}");
        assert_eq!(answer.header("x-taxii-date-added-first"), Some(asked));
        assert_eq!(answer.header("x-taxii-date-added-last"), Some(asked));
    }
    let began = stage.ally.get(&stage.objects).header("x-taxii-date-added-last").unwrap().to_owned();
    stage.add(&[indicator(1)]);
    let after = stage.ally.get(&format!("{}?added_after={began}", stage.objects));
    assert_eq!(after.ids().len(), 1, "nothing is older than its collection");
}

#[test]
fn bodies_may_call_themselves_stix() {
    let stage = Stage::new();
    for kind in ["application/stix+json;version=2.1", "application/stix+json; version=2.1"] {
        let body = envelope(&[indicator(1)]);
        stage.home.send("POST", &stage.objects, &[("Content-Type", kind)], body.as_bytes()).expect(202);
    }
}

#[test]
fn a_deletion_ignores_no_filter() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    let object = format!("{}{}/", stage.objects, id("indicator", 1));
    for query in ["match[versions]=first", "version=first", "limit=1", "added_after=2016-01-01T00:00:00Z"] {
        stage.home.delete(&format!("{object}?{query}")).expect(400);
    }
    stage.ally.get(&object).expect(200);
}

#[test]
fn a_limit_beyond_the_nodes_own_is_cut_to_it() {
    let stage = Stage::on(Node::start_with(Wire::Plain, |settings, _| settings.limits.max_page = 2));
    stage.add(&(1..=3).map(indicator).collect::<Vec<_>>());
    let answer = stage.ally.get(&format!("{}?limit=99999999999999999999", stage.objects)).expect(200);
    assert_eq!(answer.ids().len(), 2);
    assert_eq!(answer.json()["more"], true);
}

#[test]
fn pages_of_every_size_are_whole() {
    let stage = Stage::new();
    let long = |number: usize| {
        let text = indicator(number);
        text.replace(r#""name":"n"#, &format!(r#""description":"{}","name":"n"#, "é".repeat(20_000)))
    };
    let objects: Vec<String> = (1..=12).map(long).collect();
    stage.add(&objects);
    for limit in [1, 2, 11, 12] {
        let answer = stage.ally.get(&format!("{}?limit={limit}", stage.objects)).expect(200);
        let json = answer.json();
        let next =
            json["next"].as_str().map(|it| format!(r#""more":true,"next":"{it}","#)).unwrap_or_default();
        assert_eq!(
            answer.text(),
            format!(r#"{{{next}"objects":[{}]}}"#, objects[..limit].join(",")),
            "{limit}"
        );
    }
}
