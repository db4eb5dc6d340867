//! Points 14 to 25: filters and paging.

use crate::http::Client;
use crate::node::{Node, Stage, Wire};
use crate::stix::{CLEAR, address, id, indicator, indicator_at, malware, tool_20, tool_21};

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
