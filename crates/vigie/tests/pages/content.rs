//! What stands in the pages.

use std::collections::BTreeSet;

use serde_json::json;
use uuid::Uuid;
use vigie_model::member::Membership;
use vigie_model::token::Scope;

use crate::node::{Node, Token};

#[test]
fn an_alert_is_shown_with_its_proof() {
    let node = Node::start();
    let own = node.token(None, Scope::All);
    let id = node.publish("Cold Harbour", "updates.cold-harbour.example", None);
    node.sensor_sees("updates.cold-harbour.example", &own, 1);
    let list = node.wait_for(&own, "/alert", "updates.cold-harbour.example");
    let proof = node.get(Some(&own), &list.links("/alert/")[0], "").expect(200).body;
    for text in [
        "Cold Harbour",
        "domain-name:value",
        "[domain-name:value = &#39;updates.cold-harbour.example&#39;]",
        "TLP:AMBER+STRICT",
        "eve.json",
        "&quot;rrname&quot;: &quot;</bdi><mark>",
        "<dt>Happened</dt><dd><time datetime=\"20",
        id.as_str(),
    ] {
        assert!(proof.contains(text), "no `{text}` in {proof}");
    }
    let object = node.get(Some(&own), &format!("/intel/{id}"), "").expect(200);
    assert_eq!(object.links("/alert/").len(), 1);
    assert!(object.body.contains("First line.\nSecond line."), "{}", object.body);
    let overview = node.get(Some(&own), "/", "").expect(200);
    assert_eq!(overview.links("/alert/"), list.links("/alert/"));
}

#[test]
fn what_allies_wrote_cannot_leave_its_place() {
    let node = Node::start();
    let own = node.token(None, Scope::All);
    let hostile = "</title></bdi><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}txt.exe";
    node.ally("AE", hostile, Membership::Active);
    let long = "A".repeat(100_000);
    let identity = |name: &str| {
        json!({
            "type": "identity", "spec_version": "2.1", "id": format!("identity--{}", Uuid::new_v4()),
            "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z",
            "name": name, "description": hostile, "x_\u{202e}": hostile,
        })
    };
    node.add(&[identity(hostile), identity(&long)]);
    let list = node.get(Some(&own), "/intel", "").expect(200);
    let mut paths = vec!["/".to_owned(), "/intel".to_owned(), "/peer".to_owned()];
    paths.extend(list.links("/intel/"));
    paths.push("/intel?words=%3Cscript%3E&type=%22%3E%3Cscript%3E&lang=%22%3E".to_owned());
    assert_eq!(paths.len(), 6);
    for path in paths {
        let body = node.get(Some(&own), &path, "").expect(200).body;
        for never in ["<script", "<img", "\u{202e}"] {
            assert!(!body.contains(never), "{path} holds {never}: {body}");
        }
        assert!(body.len() < 120_000, "{path} has {} bytes", body.len());
    }
}

#[test]
fn a_long_list_is_read_page_by_page_and_each_object_stands_in_it_once() {
    let node = Node::start();
    let own = node.token(None, Scope::All);
    let objects: Vec<_> = (0..120)
        .map(|at| {
            json!({ "type": "domain-name", "spec_version": "2.1", "value": format!("d{at}.example"),
            "id": format!("domain-name--{}", Uuid::new_v4()) })
        })
        .collect();
    node.add(&objects);
    let (mut next, mut seen, mut count) = (Some("/intel?type=domain-name".to_owned()), Vec::new(), 0);
    while let Some(path) = next {
        let page = node.get(Some(&own), &path, "").expect(200);
        seen.extend(page.links("/intel/"));
        next = page.next();
        count += 1;
        assert!(count < 10);
    }
    assert_eq!((count, seen.len()), (3, 120));
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 120);

    let found = node.get(Some(&own), "/intel?words=D77.EXAMPLE", "").expect(200);
    assert_eq!(found.links("/intel/").len(), 1);
    let nothing = node.get(Some(&own), "/intel?type=malware&words=d77", "").expect(200);
    assert_eq!(nothing.links("/intel/").len(), 0);
}

#[track_caller]
fn check(node: &Node, own: &Token, path: &str, header: &str, language: &str) {
    let answer = node.get(Some(own), path, header).expect(200);
    assert!(answer.body.contains(&format!("<html lang=\"{language}\" dir=\"ltr\">")), "{path} {header}");
    assert_eq!(answer.header("content-language"), [language]);
}

#[test]
fn the_reader_chooses_the_language_and_keeps_it() {
    let node = Node::start();
    let own = node.token(None, Scope::All);
    check(&node, &own, "/", "", "en");
    check(&node, &own, "/", "Accept-Language: fr-MA, en;q=0.5", "fr");
    check(&node, &own, "/intel?lang=fr", "Accept-Language: en", "fr");
    check(&node, &own, "/?lang=xx", "Accept-Language: fr", "fr");
    let french = node.get(Some(&own), "/?lang=fr", "").expect(200);
    assert!(french.links("/intel").iter().all(|it| it.ends_with("lang=fr")));
    assert!(node.get(None, "/", "Accept-Language: fr").expect(401).body.contains("Veuillez vous identifier"));
}
