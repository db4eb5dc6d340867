//! What two other servers, in four versions, were seen to get wrong: one test a row of the table in `docs/spec/taxii.md`.

use crate::http::TAXII;
use crate::node::Stage;
use crate::stix::{CLEAR, address, envelope, id, indicator, indicator_at, malware};

#[test]
fn accept_without_a_version_is_answered() {
    let stage = Stage::new();
    stage.ally.send("GET", &stage.objects, &[("Accept", "application/taxii+json")], b"").expect(200);
}

#[test]
fn a_content_type_without_a_version_is_taken() {
    let stage = Stage::new();
    let body = envelope(&[indicator(1)]);
    let kind = [("Content-Type", "application/taxii+json")];
    stage.home.send("POST", &stage.objects, &kind, body.as_bytes()).expect(202);
}

#[test]
fn a_content_type_with_a_space_is_taken() {
    let stage = Stage::new();
    let body = envelope(&[indicator(1)]);
    let kind = [("Content-Type", "application/taxii+json; version=2.1")];
    stage.home.send("POST", &stage.objects, &kind, body.as_bytes()).expect(202);
}

#[track_caller]
fn check_refused(query: &str) {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    stage.ally.get(&format!("{}?{query}", stage.objects)).expect(400);
    stage.ally.get(&format!("{}?{query}", stage.manifest)).expect(400);
}

#[test]
fn a_bad_date_is_the_clients_fault() {
    check_refused("added_after=garbage");
}

#[test]
fn a_bad_version_is_the_clients_fault() {
    check_refused("match[version]=2016");
}

#[test]
fn a_limit_of_nothing_is_the_clients_fault() {
    check_refused("limit=0");
    check_refused("limit=-1");
}

#[test]
fn a_filter_given_twice_is_the_clients_fault() {
    check_refused("match[type]=indicator&match[type]=malware");
}

#[test]
fn all_versions_and_another_is_the_clients_fault() {
    check_refused("match[version]=all,last");
}

#[test]
fn an_observable_can_be_added() {
    let stage = Stage::new();
    let (address_id, text) = address();
    stage.add(&[text]);
    assert_eq!(stage.ally.get(&stage.objects).ids(), [address_id]);
}

#[test]
fn a_duplicate_is_no_failure_and_an_invalid_object_is_no_success() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    let invalid = indicator(2).replace(&id("indicator", 2), "indicator--not-a-uuid");
    let status = stage.home.post(&stage.objects, &envelope(&[indicator(1), invalid])).expect(202).json();
    assert_eq!((&status["success_count"], &status["failure_count"]), (&1.into(), &1.into()), "{status}");
    assert_eq!(status["successes"][0]["id"], id("indicator", 1));
    assert_eq!(stage.ally.get(&stage.objects).ids(), [id("indicator", 1)]);
}

#[test]
fn other_content_under_the_same_version_is_no_success() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    let other = indicator(1).replace(r#""name":"n1""#, r#""name":"something else""#);
    let status = stage.home.post(&stage.objects, &envelope(&[other])).expect(202).json();
    assert_eq!(status["failure_count"], 1, "{status}");
    assert!(status["failures"][0]["message"].is_string());
    assert_eq!(stage.ally.get(&stage.objects).of_objects("name"), ["n1"], "what was there stands");
}

#[test]
fn spacing_and_order_alone_are_no_other_content() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    let spaced = indicator(1).replace(',', ", ").replace(r#""type":"indicator", "#, "");
    let spaced = spaced.replace('}', r#", "type":"indicator"}"#);
    stage.add(&[spaced]);
    assert_eq!(stage.ally.get(&stage.objects).text(), envelope(&[indicator(1)]), "the first bytes stand");
}

#[test]
fn the_stix_version_is_a_stix_version() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    assert_eq!(stage.ally.get(&stage.objects).of_objects("spec_version"), ["2.1"]);
    let media = stage.ally.get(&stage.manifest).of_objects("media_type");
    assert_eq!(media, ["application/stix+json;version=2.1"]);
    let root = stage.ally.get("/api/").json();
    assert_eq!(root["versions"], serde_json::json!([TAXII]));
}

#[test]
fn a_deleted_object_is_not_found() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    let object = format!("{}{}/", stage.objects, id("indicator", 1));
    stage.home.delete(&object).expect(200);
    stage.ally.get(&object).expect(404);
}

#[test]
fn a_version_is_the_text_of_modified() {
    let stage = Stage::new();
    for (number, date) in
        ["2016-01-01T00:00:00Z", "2016-01-01T00:00:00.10Z", "2016-01-01T00:00:00.000Z"].iter().enumerate()
    {
        let text = indicator_at(number, date, Some(CLEAR));
        let status = stage.home.post(&stage.objects, &envelope(&[text])).expect(202).json();
        let taken = status["success_count"] == 1;
        let listed = stage.ally.get(&format!("{}?match[id]={}", stage.manifest, id("indicator", number)));
        let want: Vec<String> = if taken { vec![(*date).to_owned()] } else { Vec::new() };
        assert_eq!(listed.of_objects("version"), want, "{date}");
    }
}

#[test]
fn paging_a_manifest_comes_to_an_end() {
    let stage = Stage::new();
    stage.add(&(1..=5).map(indicator).collect::<Vec<_>>());
    let (mut pages, mut next) = (0, String::new());
    loop {
        let page = stage.ally.get(&format!("{}?limit=2{next}", stage.manifest)).json();
        pages += 1;
        match page["next"].as_str() {
            Some(token) => next = format!("&next={token}"),
            None => break,
        }
        assert!(pages < 10, "the same page for ever");
    }
    assert_eq!(pages, 3);
}

#[test]
fn errors_are_taxii_too() {
    let stage = Stage::new();
    let nobody = crate::http::Client::nobody(stage.node.address);
    // `send` checks the type, the title and the status as a string.
    nobody.get(&stage.objects).expect(401);
    stage.home.post(&stage.objects, "{\"objects\": [}").expect(422);
    stage.home.get("/taxii2/nothing/").expect(404);
    stage.home.send("PATCH", "/api/", &[], b"").expect(405);
}

#[test]
fn an_empty_page_has_dates() {
    let stage = Stage::new();
    let answer = stage.ally.get(&stage.objects).expect(200);
    assert!(answer.header("x-taxii-date-added-first").is_some_and(|it| it != "undefined"));
}

#[test]
fn types_and_many_ids_filter() {
    let stage = Stage::new();
    stage.add(&[indicator(1), malware(2), indicator(3)]);
    let many = format!("{},{},{}", id("indicator", 1), id("malware", 2), id("tool", 9));
    let answer = stage.ally.get(&format!("{}?match[id]={many}", stage.objects)).expect(200);
    assert_eq!(answer.ids(), [id("indicator", 1), id("malware", 2)]);
    let answer = stage.ally.get(&format!("{}?match[type]=malware", stage.objects)).expect(200);
    assert_eq!(answer.ids(), [id("malware", 2)]);
}
