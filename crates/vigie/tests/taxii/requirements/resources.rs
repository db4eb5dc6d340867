//! Points 26 to 34: collections, manifests, objects, statuses, versions.

use vigie_model::token::Scope;

use crate::node::Stage;
use crate::stix::{CLEAR, envelope, id, indicator, indicator_at, malware};

#[test]
fn must_26_a_collection_tells_the_clients_own_rights() {
    let stage = Stage::new();
    let alias = stage.node.collection("With alias", Some("short"));
    let only = |scope: bool| if scope { Scope::Only([alias].into()) } else { Scope::none() };
    for (read, write) in [(true, false), (false, true), (true, true)] {
        let client = stage.node.client(Some(stage.member), only(read), only(write));
        for name in [alias.to_string(), "short".to_owned()] {
            let one = client.get(&format!("/api/collections/{name}/")).expect(200).json();
            assert_eq!(one["id"], alias.to_string());
            assert_eq!(one["title"], "With alias");
            assert_eq!(one["alias"], "short");
            assert_eq!((&one["can_read"], &one["can_write"]), (&read.into(), &write.into()));
            let media = one["media_types"].as_array().unwrap();
            assert_eq!(media[0], "application/stix+json;version=2.1");
            let all = client.get("/api/collections/").json();
            assert_eq!(all["collections"], serde_json::json!([one]), "no other is listed");
        }
    }
    assert_eq!(stage.ally.get("/api/collections/short/objects/").expect(200).text(), "{}");
}

#[test]
fn must_27_without_the_right_it_is_403() {
    let stage = Stage::new();
    stage.add(&[indicator(1)]);
    let only = || Scope::Only([stage.id].into());
    let writer = stage.node.client(None, Scope::none(), only());
    let object = format!("{}{}/", stage.objects, id("indicator", 1));
    for path in [&stage.manifest, &stage.objects, &object, &format!("{object}versions/")] {
        writer.get(path).expect(403);
    }
    let reader = stage.node.client(None, only(), Scope::none());
    reader.post(&stage.objects, &envelope(&[indicator(2)])).expect(403);
}

#[test]
fn must_28_the_manifest_has_a_record_for_each_version() {
    let stage = Stage::new();
    let dates = ["2016-01-01T00:00:00.000Z", "2017-01-01T00:00:00.000Z"];
    stage.add(&dates.map(|it| indicator_at(1, it, Some(CLEAR))));
    let answer = stage.ally.get(&format!("{}?match[version]=all", stage.manifest)).expect(200);
    assert_eq!(answer.of_objects("version"), dates);
    for record in answer.json()["objects"].as_array().unwrap() {
        let mut names: Vec<&String> = record.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["date_added", "id", "media_type", "version"]);
        assert_eq!(record["media_type"], "application/stix+json;version=2.1");
    }
}

#[test]
fn must_29_adding_is_accepted_with_a_status() {
    let stage = Stage::new();
    let envelope = envelope(&[indicator(1), malware(2)]);
    for _ in 0..2 {
        // The second time, both are exact duplicates: no error.
        let status = stage.home.post(&stage.objects, &envelope).expect(202).json();
        assert_eq!(status["status"], "complete");
        assert_eq!((&status["success_count"], &status["failure_count"]), (&2.into(), &0.into()));
    }
    assert_eq!(stage.ally.get(&stage.objects).ids().len(), 2);
    stage.home.send("POST", &stage.objects, &[("Content-Type", "text/xml")], b"<a/>").expect(415);
    stage.home.post(&stage.objects, "[").expect(422);
}

#[test]
fn must_30_a_status_can_be_asked_for_by_its_owner() {
    let stage = Stage::new();
    let bad = r#"{"type":"indicator","spec_version":"2.1","id":"indicator--not-a-uuid"}"#.to_owned();
    let answer = stage.home.post(&stage.objects, &envelope(&[indicator(1), bad])).expect(202).json();
    let path = format!("/api/status/{}/", answer["id"].as_str().unwrap());
    let again = stage.home.get(&path).expect(200).json();
    assert_eq!(again, answer);
    assert_eq!(answer["total_count"], 2);
    assert_eq!((&answer["success_count"], &answer["failure_count"]), (&1.into(), &1.into()));
    assert_eq!(answer["pending_count"], 0);
    assert_eq!(answer["successes"][0]["id"], id("indicator", 1));
    assert_eq!(answer["successes"][0]["version"], "2016-01-01T00:00:00.000Z");
    let failure = &answer["failures"][0];
    assert!(failure["id"].is_string() && failure["version"].is_string() && failure["message"].is_string());
    stage.ally.get(&path).expect(404);
    stage.home.get("/api/status/0f2d2d7e-90a3-4a52-9f0c-7a5d9a4f7d11/").expect(404);
    stage.home.get("/api/status/garbage/").expect(404);
}

#[test]
fn must_31_one_object_comes_in_an_envelope() {
    let stage = Stage::new();
    let text = indicator(1);
    stage.add(std::slice::from_ref(&text));
    let answer = stage.ally.get(&format!("{}{}/", stage.objects, id("indicator", 1))).expect(200);
    assert_eq!(answer.text(), format!(r#"{{"objects":[{text}]}}"#));
    stage.ally.get(&format!("{}{}/", stage.objects, id("indicator", 2))).expect(404);
    stage.ally.get(&format!("{}garbage/", stage.objects)).expect(404);
    stage.ally.get(&format!("{}{}/versions/", stage.objects, id("indicator", 2))).expect(404);
}

#[test]
fn must_32_what_is_deleted_is_gone() {
    let stage = Stage::new();
    let dates = ["2016-01-01T00:00:00.000Z", "2017-01-01T00:00:00.000Z", "2018-01-01T00:00:00.000Z"];
    stage.add(&dates.map(|it| indicator_at(1, it, Some(CLEAR))));
    stage.add(&[indicator(2)]);
    let object = format!("{}{}/", stage.objects, id("indicator", 1));
    stage.home.delete(&format!("{object}?match[version]=first")).expect(200);
    let left = stage.ally.get(&format!("{object}versions/")).json();
    assert_eq!(left["versions"], serde_json::json!(dates[1..]));
    stage.home.delete(&object).expect(200);
    stage.ally.get(&object).expect(404);
    stage.ally.get(&format!("{object}versions/")).expect(404);
    stage.home.delete(&object).expect(404);
    for path in [&stage.objects, &stage.manifest] {
        assert_eq!(stage.ally.get(&format!("{path}?match[version]=all")).ids(), [id("indicator", 2)]);
    }
    let only = |yes: bool| if yes { Scope::Only([stage.id].into()) } else { Scope::none() };
    let other = format!("{}{}/", stage.objects, id("indicator", 2));
    for (read, write, status) in
        [(false, false, 404), (true, false, 403), (false, true, 403), (true, true, 200)]
    {
        let client = stage.node.client(None, only(read), only(write));
        client.delete(&other).expect(status);
    }
}

#[test]
fn must_33_versions_are_listed() {
    let stage = Stage::new();
    let dates = ["2016-01-01T00:00:00.000Z", "2017-01-01T00:00:00.000Z", "2018-01-01T00:00:00.000Z"];
    stage.add(&dates.map(|it| indicator_at(1, it, Some(CLEAR))));
    let path = format!("{}{}/versions/", stage.objects, id("indicator", 1));
    assert_eq!(stage.ally.get(&path).expect(200).json(), serde_json::json!({ "versions": dates }));
    let page = stage.ally.get(&format!("{path}?limit=2")).expect(200).json();
    assert_eq!((&page["more"], &page["versions"]), (&true.into(), &serde_json::json!(dates[..2])));
    let rest = stage.ally.get(&format!("{path}?limit=2&next={}", page["next"].as_str().unwrap())).expect(200);
    assert_eq!(rest.json(), serde_json::json!({ "versions": dates[2..] }));
}

#[test]
fn must_34_unknown_properties_are_ignored_and_kept() {
    let stage = Stage::new();
    let odd = indicator(1).replace(r#""name""#, r#""x_ours": {"b":1,  "a":[1.0,1e2,"é"]},"name""#);
    let body = format!(r#"{{"x_more":{{"y":[]}},"objects":[{odd}],"more":false}}"#);
    let status = stage.home.post(&stage.objects, &body).expect(202).json();
    assert_eq!(status["success_count"], 1, "{status}");
    assert_eq!(stage.ally.get(&stage.objects).text(), format!(r#"{{"objects":[{odd}]}}"#));
}
