//! The reference data of TAXII 2.1: what our server says of the same objects as two other publishers.
//!
//! Dates added are our own, so only their order is compared. `docs/spec/taxii.md` has the differences.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::dataset;
use crate::node::{EVERYTHING, Home, Node, OBJECTS};

#[derive(serde::Deserialize)]
struct Collection<'a> {
    #[serde(borrow)]
    objects: Vec<&'a RawValue>,
    manifest: Vec<Value>,
}

#[derive(serde::Deserialize)]
struct ApiRoot<'a> {
    #[serde(borrow)]
    collections: Vec<Collection<'a>>,
}

#[derive(serde::Deserialize)]
struct Server<'a> {
    #[serde(borrow)]
    trustgroup1: ApiRoot<'a>,
}

/// A row of a manifest without its date.
fn row(record: &Value) -> [String; 3] {
    ["id", "version", "media_type"].map(|it| record[it].as_str().unwrap_or_default().to_owned())
}

fn manifest(node: &Node, query: &str) -> Vec<Value> {
    let answer = node.client.get(&format!("/api/collections/shared/manifest/?{query}"));
    answer.json()["objects"].as_array().cloned().unwrap_or_default()
}

#[track_caller]
fn check(node: &Node, query: &str, want: &[(&str, &str)]) {
    let got: Vec<[String; 3]> = manifest(node, query).iter().map(row).collect();
    let got: Vec<(&str, &str)> =
        got.iter().map(|[id, version, _]| (id.split('-').next().unwrap(), version.as_str())).collect();
    assert_eq!(got, want, "{query}");
}

#[test]
fn the_default_data_of_medallion() {
    let Some(path) = dataset::set("taxii/medallion/default_data.json") else { return };
    let bytes = dataset::content(&path);
    let server: Server<'_> = serde_json::from_slice(&bytes).unwrap();
    let full = server.trustgroup1.collections.iter().find(|it| !it.objects.is_empty()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let node = home.serve();
    // One request each, as they came to that server, by its dates.
    for text in &full.objects {
        let answer = node.client.post(&format!("{{\"objects\":[{text}]}}"));
        assert_eq!(
            (answer.status, &answer.json()["failure_count"]),
            (202, &Value::from(0)),
            "{}",
            answer.text()
        );
    }
    let ours = manifest(&node, EVERYTHING);
    let rows = |records: &[Value]| records.iter().map(row).collect::<BTreeSet<_>>();
    assert_eq!(rows(&ours), rows(&full.manifest), "ids, versions, media types");
    assert!(ours.is_sorted_by(|a, b| a["date_added"].as_str() < b["date_added"].as_str()));
    let mut theirs = node.client.everything(3);
    theirs.sort();
    let mut texts: Vec<String> = full.objects.iter().map(|it| it.get().to_owned()).collect();
    texts.sort();
    assert_eq!(theirs, texts);

    // Of several versions of STIX the latest unless asked; of several versions of an object the last.
    let indicator = "match[id]=indicator--6770298f-0fd8-471a-ab8c-1c658a46574e";
    check(&node, indicator, &[("indicator", "2017-01-27T13:49:53.935Z")]);
    check(&node, &format!("{indicator}&match[version]=first"), &[("indicator", "2016-11-03T12:30:59.000Z")]);
    let asked = "match[version]=2016-12-25T12:30:59.444Z";
    check(&node, &format!("{indicator}&{asked}"), &[("indicator", "2016-12-25T12:30:59.444Z")]);
    check(&node, "match[type]=malware", &[("malware", "2017-01-27T13:49:53.997Z")]);
    let old = "match[type]=malware&match[spec_version]=2.0";
    check(&node, old, &[("malware", "2018-02-23T18:30:00.000Z")]);
    let versions =
        node.client.get(&format!("{OBJECTS}indicator--6770298f-0fd8-471a-ab8c-1c658a46574e/versions/"));
    let want = ["2016-11-03T12:30:59.000Z", "2016-12-25T12:30:59.444Z", "2017-01-27T13:49:53.935Z"];
    assert_eq!(versions.json()["versions"], Value::from(want.to_vec()));
}

/// A live feed publishes pages and manifests as files; both say the same of the same objects.
#[test]
fn the_pages_and_manifests_of_tweetfeed() {
    let Some(path) = dataset::set("taxii/tweetfeed-taxii21.tar.zst") else { return };
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(&folder.path().join("node"));
    let node = home.serve();
    let (mut pages, mut records) = (Vec::new(), Vec::new());
    for file in dataset::unpack(&path, &folder.path().join("files")) {
        let bytes = std::fs::read(&file).unwrap();
        let Ok(list) = serde_json::from_slice::<Vec<Value>>(&bytes) else { continue };
        if list.iter().all(|it| it["media_type"].is_string()) {
            records.extend(list.iter().map(row));
        } else {
            pages.push(dataset::texts_of("page", &bytes));
        }
    }
    assert!(pages.len() > 10 && records.len() > 1_000, "{} {}", pages.len(), records.len());
    for page in &pages {
        let answer = node.client.post(&format!("{{\"objects\":[{}]}}", page.join(",")));
        assert_eq!(
            (answer.status, &answer.json()["failure_count"]),
            (202, &Value::from(0)),
            "{}",
            answer.text()
        );
    }
    let ours: BTreeSet<[String; 3]> =
        manifest(&node, &format!("{EVERYTHING}&limit=10000")).iter().map(row).collect();
    assert_eq!(ours, records.into_iter().collect(), "ids, versions, media types");
    let served: BTreeSet<String> = node.client.everything(1_000).into_iter().collect();
    assert_eq!(served, pages.into_iter().flatten().collect());
}
