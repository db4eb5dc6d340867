//! Points 1 to 13: discovery, media types, errors, the forms of data.

use vigie_model::token::Scope;

use crate::http::{Answer, Client, TAXII, is_taxii_date};
use crate::node::{Node, Stage, Wire};
use crate::stix::{CLEAR, envelope, id, indicator, indicator_at};

#[test]
fn must_01_basic_and_bearer_are_spoken() {
    let stage = Stage::new();
    assert_eq!(stage.home.get("/taxii2/").status, 200);
    let issued = vigie_app::add_token::run(&stage.node.app, "bearer", None, Scope::All, Scope::none());
    let secret = stage.node.runtime.block_on(issued).unwrap().secret;
    let bearer = Client { authorization: Some(format!("Bearer {secret}")), ..stage.home };
    assert_eq!(bearer.get("/taxii2/").status, 200);
}

#[test]
fn must_02_discovery_is_at_the_servers_root() {
    let stage = Stage::new();
    let discovery = stage.ally.get("/taxii2/").expect(200).json();
    assert_eq!(discovery["title"], "Test node");
    assert!(!discovery["api_roots"].as_array().unwrap().is_empty());
}

#[test]
fn must_03_api_roots_are_absolute_or_begin_with_one_slash() {
    let stage = Stage::new();
    let discovery = stage.ally.get("/taxii2/").json();
    for root in discovery["api_roots"].as_array().unwrap() {
        let root = root.as_str().unwrap();
        assert!(root.starts_with('/') && root.ends_with('/'), "{root}");
        assert!(!root.contains("//") && !root.contains("..") && !root.contains('?'), "{root}");
        assert_eq!(stage.ally.get(root).status, 200);
    }
    assert!(discovery["api_roots"].as_array().unwrap().contains(&discovery["default"]));
}

#[test]
fn must_04_the_api_root_says_its_versions_and_what_it_takes() {
    let stage =
        Stage::on(Node::start_with(Wire::Plain, |settings, _| settings.limits.max_content_length = 2000));
    let root = stage.ally.get("/api/").expect(200).json();
    assert!(root["title"].is_string());
    assert!(root["versions"].as_array().unwrap().iter().any(|it| it == TAXII));
    assert_eq!(root["max_content_length"], 2000);
    let full = format!("{:2000}", envelope(&[indicator(1)]));
    assert_eq!(full.len(), 2000);
    stage.home.post(&stage.objects, &full).expect(202);
    stage.home.post(&stage.objects, &format!("{full} ")).expect(413);
}

#[test]
fn must_05_paths_end_in_a_slash() {
    let stage = Stage::new();
    for path in ["/taxii2", "/api", "/api/collections", stage.objects.trim_end_matches('/')] {
        let answer = stage.ally.raw("GET", &format!("{path}?limit=1"), &[], b"");
        assert_eq!(answer.status, 308, "{path}");
        assert_eq!(answer.header("location"), Some(format!("{path}/?limit=1").as_str()));
    }
}

/// One request to each endpoint, with the status that it gets.
fn everywhere(stage: &Stage, client: &Client, headers: &[(&str, &str)]) -> Vec<(String, Answer)> {
    let object = format!("{}{}/", stage.objects, id("indicator", 1));
    let status = stage.home.post(&stage.objects, &envelope(&[indicator(1)])).json()["id"].clone();
    let status = format!("/api/status/{}/", status.as_str().expect("an id"));
    let paths = [
        "/taxii2/",
        "/api/",
        "/api/collections/",
        &status,
        &stage.collection,
        &stage.manifest,
        &stage.objects,
        &object,
        &format!("{object}versions/"),
    ];
    paths.iter().map(|path| ((*path).to_owned(), client.send("GET", path, headers, b""))).collect()
}

#[test]
fn must_06_every_answer_is_taxii() {
    let stage = Stage::new();
    for (path, answer) in everywhere(&stage, &stage.home, &[]) {
        assert_eq!(answer.status, 200, "{path}");
    }
    stage.ally.get("/api/nothing/here/").expect(404);
    stage.ally.send("PUT", &stage.objects, &[], b"").expect(405);
    stage.home.post(&stage.objects, "{").expect(422);
}

#[test]
fn must_07_a_defined_media_type_is_never_refused() {
    let stage = Stage::new();
    for accept in [
        "application/taxii+json;version=2.1",
        "application/taxii+json; version=2.1",
        "application/taxii+json",
        "application/taxii+json;version=2.1,application/stix+json;version=2.1",
        "application/stix+json;version=2.1, application/taxii+json;version=2.1;q=0.5",
        "*/*",
    ] {
        for (path, answer) in everywhere(&stage, &stage.home, &[("Accept", accept)]) {
            assert_eq!(answer.status, 200, "{path} {accept}");
        }
    }
    for kind in [TAXII, "application/taxii+json; version=2.1", "application/taxii+json"] {
        let body = envelope(&[indicator(1)]);
        stage.home.send("POST", &stage.objects, &[("Content-Type", kind)], body.as_bytes()).expect(202);
    }
}

#[test]
fn must_08_an_undefined_media_type_is_refused() {
    let stage = Stage::new();
    for accept in ["text/html", "application/taxii+json;version=2.0", "application/json"] {
        for (path, answer) in everywhere(&stage, &stage.home, &[("Accept", accept)]) {
            assert_eq!(answer.status, 406, "{path} {accept}");
        }
    }
    for kind in ["text/plain", "application/json", "application/taxii+json;version=2.0"] {
        let body = envelope(&[indicator(1)]);
        stage.home.send("POST", &stage.objects, &[("Content-Type", kind)], body.as_bytes()).expect(415);
    }
}

#[test]
fn must_09_who_proves_nothing_is_told_how_to() {
    let stage = Stage::new();
    let address = stage.node.address;
    let strangers = [
        Client::nobody(address),
        Client::basic(address, "somebody", "secret"),
        Client { address, authorization: Some("Bearer wrong".into()) },
        Client { address, authorization: Some("Negotiate YII=".into()) },
    ];
    for stranger in &strangers {
        for (path, answer) in everywhere(&stage, stranger, &[]) {
            assert_eq!(answer.status, 401, "{path}");
            let offers = answer.headers.iter().filter(|(name, _)| name == "www-authenticate").count();
            assert_eq!(offers, 2, "{path}");
        }
        stranger.post(&stage.objects, "{}").expect(401);
        stranger.delete(&format!("{}{}/", stage.objects, id("indicator", 1))).expect(401);
    }
}

#[test]
fn must_10_errors_do_not_tell_what_exists() {
    let stage = Stage::new();
    let narrow = stage.node.client(Some(stage.member), Scope::none(), Scope::none());
    let unknown = "/api/collections/0f2d2d7e-90a3-4a52-9f0c-7a5d9a4f7d11/";
    for rest in ["", "objects/", "manifest/", &format!("objects/{}/", id("indicator", 1))] {
        let hidden = narrow.get(&format!("{}{rest}", stage.collection)).expect(404);
        let absent = narrow.get(&format!("{unknown}{rest}")).expect(404);
        assert_eq!(hidden.text(), absent.text(), "{rest}");
    }
}

#[test]
fn must_11_malformed_parameters_are_400() {
    let stage = Stage::new();
    for query in [
        "added_after=garbage",
        "added_after=2016-01-01T00:00:00%2B00:00",
        "added_after=2016-01-01T00:00:00Z&added_after=2016-01-01T00:00:00Z",
        "limit=0",
        "limit=-1",
        "limit=ten",
        "match[type]=indicator&match[type]=malware",
        "match[version]=2016",
        "match[version]=all,last",
        "match[version]=last&match[version]=first",
        "match[spec_version]=two",
        "next=",
        "next=AAAA",
        "match[id]=%ff",
    ] {
        for path in [&stage.objects, &stage.manifest] {
            stage.ally.get(&format!("{path}?{query}")).expect(400);
        }
    }
    let object = format!("{}{}/", stage.objects, id("indicator", 1));
    stage.ally.get(&format!("{object}?match[version]=2016")).expect(400);
    stage.ally.get(&format!("{object}versions/?match[spec_version]=two")).expect(400);
    stage.home.delete(&format!("{object}?match[version]=2016")).expect(400);
}

#[test]
fn must_12_dates_are_in_microseconds_and_versions_as_written() {
    let stage = Stage::new();
    let exact = "2016-01-01T01:01:01.123456789Z";
    stage.add(&[indicator_at(1, exact, Some(CLEAR))]);
    let manifest = stage.ally.get(&stage.manifest).expect(200);
    assert_eq!(manifest.of_objects("version"), [exact]);
    assert!(is_taxii_date(&manifest.of_objects("date_added")[0]));
    let versions = stage.ally.get(&format!("{}{}/versions/", stage.objects, id("indicator", 1))).json();
    assert_eq!(versions["versions"][0], exact);
    let status = stage.home.post(&stage.objects, &envelope(&[indicator(2)])).json();
    assert!(is_taxii_date(status["request_timestamp"].as_str().unwrap()));
}

#[test]
fn must_13_ids_are_random_uuids_and_empty_lists_are_left_out() {
    let stage = Stage::new();
    let is_random = |id: &str| id.parse::<uuid::Uuid>().is_ok_and(|it| it.get_version_num() == 4);
    assert!(is_random(&stage.id.to_string()));
    let status = stage.home.post(&stage.objects, &envelope(&[indicator(1)])).json();
    assert!(is_random(status["id"].as_str().unwrap()));
    let nobody = stage.node.client(None, Scope::none(), Scope::none());
    assert_eq!(nobody.get("/api/collections/").expect(200).text(), "{}");
    let empty = stage.node.collection("Empty", None);
    for rest in ["objects/", "manifest/"] {
        assert_eq!(stage.ally.get(&format!("/api/collections/{empty}/{rest}")).expect(200).text(), "{}");
    }
}
