//! What a TAXII 2.1 server MUST do, one test a point, numbered as in `docs/spec/taxii.md`. Points 1 (transport) and
//! 6 (every answer's media type) are also kept by `transport.rs` and by the check in `http.rs`.

use vigie_model::token::Scope;

use crate::http::{Answer, Client, TAXII, is_taxii_date};
use crate::node::{Node, Stage, Wire};
use crate::stix::{CLEAR, address, envelope, id, indicator, indicator_at, malware, tool_20, tool_21};

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

#[test]
fn must_14_filters_add_up_and_their_values_are_alternatives() {
    let stage = Stage::new();
    let (address_id, address) = address();
    stage.add(&[indicator(1), indicator(2), malware(3), address]);
    let (one, two, three) = (id("indicator", 1), id("indicator", 2), id("malware", 3));
    let check = |query: &str, want: &[&String]| {
        for path in [&stage.objects, &stage.manifest] {
            let got = stage.ally.get(&format!("{path}?{query}")).expect(200).ids();
            assert_eq!(got.iter().collect::<Vec<_>>(), want, "{path} {query}");
        }
    };
    check("", &[&one, &two, &three, &address_id]);
    check("match[type]=malware", &[&three]);
    check("match[type]=malware,ipv4-addr", &[&three, &address_id]);
    check(&format!("match[id]={two},{three}"), &[&two, &three]);
    check(&format!("match[id]={two},{three}&match[type]=indicator"), &[&two]);
    check(&format!("match%5Bid%5D={one}"), &[&one]);
    check("match[spec_version]=2.1&match[type]=malware", &[&three]);
    check("match[spec_version]=2.0", &[]);
    check("match[id]=not-an-id", &[]);
    check("match[colour]=blue", &[&one, &two, &three, &address_id]);
}

#[test]
fn must_15_versions_are_last_first_all_or_exact() {
    let stage = Stage::new();
    let dates = ["2016-01-01T00:00:00.000Z", "2017-01-01T00:00:00.000Z", "2018-01-01T00:00:00.000Z"];
    // The newest first: the order of arrival must not matter.
    for date in dates.iter().rev() {
        stage.add(&[indicator_at(1, date, Some(CLEAR))]);
    }
    let [first, second, third] = dates;
    let check = |query: &str, want: &[&str]| {
        let manifest = stage.ally.get(&format!("{}?{query}", stage.manifest)).expect(200);
        let object = stage.ally.get(&format!("{}{}/?{query}", stage.objects, id("indicator", 1))).expect(200);
        for mut got in [
            manifest.of_objects("version"),
            stage.ally.get(&format!("{}?{query}", stage.objects)).of_objects("modified"),
            object.of_objects("modified"),
        ] {
            got.sort();
            assert_eq!(got, want, "{query}");
        }
    };
    check("", &[third]);
    check("match[version]=last", &[third]);
    check("match[version]=first", &[first]);
    check("match[version]=first,last", &[first, third]);
    check("match[version]=all", &[first, second, third]);
    check(&format!("match[version]={second}"), &[second]);
    check("match[version]=2017-01-01T00:00:00Z", &[second]);
    check(&format!("match[version]=first,{second},last"), &[first, second, third]);
    check("match[version]=2001-01-01T00:00:00Z", &[]);
}

#[test]
fn must_16_only_the_latest_stix_version_is_meant_by_default() {
    let stage = Stage::new();
    let date = "2016-01-01T00:00:00.000Z";
    stage.add(&[tool_20(1, date), tool_20(2, date)]);
    stage.add(&[tool_21(2, "2017-01-01T00:00:00.000Z")]);
    let check = |query: &str, want: &[(&str, &str)]| {
        let answer = stage.ally.get(&format!("{}?{query}", stage.manifest)).expect(200);
        let media = answer.of_objects("media_type");
        let got: Vec<(String, String)> = answer.ids().into_iter().zip(media).collect();
        let want: Vec<(String, String)> = want
            .iter()
            .map(|(number, version)| {
                (id("tool", number.parse().unwrap()), format!("application/stix+json;version={version}"))
            })
            .collect();
        assert_eq!(got, want, "{query}");
    };
    check("", &[("1", "2.0"), ("2", "2.1")]);
    check("match[spec_version]=2.0", &[("1", "2.0"), ("2", "2.0")]);
    check("match[spec_version]=2.1", &[("2", "2.1")]);
    let versions = format!("{}{}/versions/", stage.objects, id("tool", 2));
    assert_eq!(stage.ally.get(&versions).json()["versions"].as_array().unwrap().len(), 1);
    let old = stage.ally.get(&format!("{versions}?match[spec_version]=2.0")).json();
    assert_eq!(old["versions"], serde_json::json!([date]));
}

#[test]
fn must_17_no_type_of_stix_is_an_error() {
    let stage = Stage::new();
    for object_type in [
        "attack-pattern",
        "campaign",
        "course-of-action",
        "grouping",
        "identity",
        "incident",
        "indicator",
        "infrastructure",
        "intrusion-set",
        "location",
        "malware",
        "malware-analysis",
        "note",
        "observed-data",
        "opinion",
        "report",
        "threat-actor",
        "tool",
        "vulnerability",
        "relationship",
        "sighting",
        "artifact",
        "autonomous-system",
        "directory",
        "domain-name",
        "email-addr",
        "email-message",
        "file",
        "ipv4-addr",
        "ipv6-addr",
        "mac-addr",
        "mutex",
        "network-traffic",
        "process",
        "software",
        "url",
        "user-account",
        "windows-registry-key",
        "x509-certificate",
        "marking-definition",
        "extension-definition",
        "language-content",
        "x-of-our-own",
    ] {
        stage.ally.get(&format!("{}?match[type]={object_type}", stage.objects)).expect(200);
    }
}

#[test]
fn must_18_objects_without_modified_have_a_version_that_stays() {
    let stage = Stage::new();
    let (address_id, address) = address();
    let marking = format!(
        r#"{{"type":"marking-definition","spec_version":"2.1","id":"{}","created":"2016-01-01T00:00:00.000Z","definition_type":"statement","definition":{{"statement":"ours"}},"object_marking_refs":["{CLEAR}"]}}"#,
        id("marking-definition", 1)
    );
    stage.add(&[marking, address]);
    let manifest = stage.ally.get(&stage.manifest).expect(200);
    let versions = manifest.of_objects("version");
    assert_eq!(versions[0], "2016-01-01T00:00:00.000Z");
    let listed = stage.ally.get(&format!("{}{address_id}/versions/", stage.objects)).json();
    assert_eq!(listed["versions"][0], versions[1].as_str());
    let by_version = format!("{}?match[id]={address_id}&match[version]={}", stage.objects, versions[1]);
    assert_eq!(stage.ally.get(&by_version).ids(), [address_id]);
}

#[test]
fn must_19_rows_are_sorted_by_date_added_and_collections_by_id() {
    let stage = Stage::new();
    for number in [5, 1, 9] {
        stage.add(&[indicator(number)]);
    }
    let want: Vec<String> = [5, 1, 9].iter().map(|it| id("indicator", *it)).collect();
    assert_eq!(stage.ally.get(&stage.objects).ids(), want);
    let manifest = stage.ally.get(&stage.manifest);
    assert_eq!(manifest.ids(), want);
    assert!(manifest.of_objects("date_added").is_sorted());
    for _ in 0..5 {
        stage.node.collection("More", None);
    }
    let listed = stage.ally.get("/api/collections/").json();
    let ids: Vec<&str> =
        listed["collections"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(ids.len() > 5 && ids.is_sorted(), "{ids:?}");
}

#[test]
fn must_20_added_after_is_strictly_after_and_by_the_collections_clock() {
    let stage = Stage::new();
    stage.add(&[indicator_at(1, "2040-01-01T00:00:00.000Z", Some(CLEAR))]);
    stage.add(&[indicator_at(2, "2017-01-01T00:00:00.000Z", Some(CLEAR))]);
    let dates = stage.ally.get(&stage.manifest).of_objects("date_added");
    let after =
        |date: &str| stage.ally.get(&format!("{}?added_after={date}", stage.objects)).expect(200).ids();
    assert_eq!(after(&dates[0]), [id("indicator", 2)]);
    assert_eq!(after(&dates[1]), Vec::<String>::new());
    assert_eq!(after("2016-01-01T00:00:00Z").len(), 2);
    let object = format!("{}{}/", stage.objects, id("indicator", 1));
    let later = stage.ally.get(&format!("{object}?added_after={}", dates[0])).expect(200);
    assert_eq!(later.ids(), Vec::<String>::new());
}

#[test]
fn must_21_a_page_is_never_longer_than_its_limit() {
    let stage = Stage::on(Node::start_with(Wire::Plain, |settings, _| {
        settings.limits.max_page = 4;
        settings.limits.default_page = 3;
    }));
    stage.add(&(1..=5).map(indicator).collect::<Vec<_>>());
    for path in [&stage.objects, &stage.manifest] {
        for (query, rows, more) in [
            ("limit=2", 2, true),
            ("limit=4", 4, true),
            ("limit=5", 4, true),
            ("", 3, true),
            ("match[type]=malware", 0, false),
        ] {
            let answer = stage.ally.get(&format!("{path}?{query}"));
            assert_eq!(answer.ids().len(), rows, "{path} {query}");
            assert_eq!(answer.json()["more"] == true, more, "{path} {query}");
            assert_eq!(answer.json()["next"].is_string(), more, "{path} {query}");
        }
    }
    let all = stage.ally.get(&format!("{}?limit=4&match[id]={}", stage.objects, id("indicator", 5)));
    assert!(all.json().get("more").is_none(), "all fit, so there is no more");
}

/// Pages through an address by `next`; the ids of each page.
fn walk(client: &Client, address: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next = String::new();
    loop {
        let answer = client.get(&format!("{address}{next}")).expect(200);
        pages.push(answer.ids());
        assert!(pages.len() < 100, "{address} never ends");
        match answer.json()["next"].as_str() {
            Some(token) => next = format!("&next={token}"),
            None => return pages,
        }
    }
}

#[test]
fn must_22_pages_are_walked_by_next_or_by_date() {
    let stage = Stage::new();
    stage.add(&(1..=7).map(indicator).collect::<Vec<_>>());
    let want: Vec<String> = (1..=7).map(|it| id("indicator", it)).collect();
    for path in [&stage.objects, &stage.manifest] {
        let pages = walk(&stage.ally, &format!("{path}?limit=3&match[type]=indicator"));
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
        assert_eq!(pages.concat(), want);
        let (mut by_date, mut after) = (Vec::new(), String::new());
        loop {
            let answer = stage.ally.get(&format!("{path}?limit=3{after}"));
            by_date.extend(answer.ids());
            after = format!("&added_after={}", answer.header("x-taxii-date-added-last").unwrap());
            if answer.json()["more"] != true {
                break;
            }
        }
        assert_eq!(by_date, want, "{path}");
    }
}

#[test]
fn must_23_next_is_not_trusted() {
    use vigie_model::member::Membership;

    let stage = Stage::new();
    stage.add(&(1..=4).map(indicator).collect::<Vec<_>>());
    let query = format!("{}?limit=2&match[type]=indicator", stage.objects);
    let token = stage.ally.get(&query).json()["next"].as_str().unwrap().to_owned();
    assert_eq!(stage.ally.get(&format!("{query}&next={token}")).expect(200).ids().len(), 2);
    stage.home.get(&format!("{query}&next={token}")).expect(400);
    stage.ally.get(&format!("{}?next={token}", stage.objects)).expect(400);
    stage.ally.get(&format!("{}?match[type]=indicator&next={token}", stage.manifest)).expect(400);
    let mut forged = token.clone().into_bytes();
    forged[3] = if forged[3] == b'A' { b'B' } else { b'A' };
    stage.ally.get(&format!("{query}&next={}", String::from_utf8(forged).unwrap())).expect(400);
    stage.node.set_state(stage.member, Membership::Suspended);
    let answer = stage.ally.get(&format!("{query}&next={token}"));
    assert_ne!(answer.status, 200, "a token grants nothing: {}", answer.text());
    assert_eq!(stage.ally.get(&query).expect(200).text(), "{}", "a suspended member receives nothing");
}

#[test]
fn must_24_every_page_says_its_dates() {
    let stage = Stage::new();
    stage.add(&[indicator(1), indicator(2)]);
    let dates = stage.ally.get(&stage.manifest).of_objects("date_added");
    let object = format!("{}{}/", stage.objects, id("indicator", 2));
    for (path, first, last) in [
        (&stage.manifest, 0, 1),
        (&stage.objects, 0, 1),
        (&object, 1, 1),
        (&format!("{object}versions/"), 1, 1),
    ] {
        let answer = stage.ally.get(path).expect(200);
        assert_eq!(answer.header("x-taxii-date-added-first"), Some(dates[first].as_str()), "{path}");
        assert_eq!(answer.header("x-taxii-date-added-last"), Some(dates[last].as_str()), "{path}");
    }
}

#[test]
fn must_25_item_ranges_are_gone() {
    let stage = Stage::new();
    stage.add(&[indicator(1), indicator(2)]);
    for range in ["items 0-0", "bytes=0-9", "items 50-60"] {
        let answer = stage.ally.send("GET", &stage.objects, &[("Range", range)], b"").expect(200);
        assert_eq!(answer.ids().len(), 2);
        assert!(answer.header("content-range").is_none() && answer.header("accept-ranges").is_none());
    }
}

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
