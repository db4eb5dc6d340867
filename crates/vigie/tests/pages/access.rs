//! Who may see which page, and what every answer carries.

use vigie_model::member::Membership;
use vigie_model::token::Scope;

use crate::node::{Answer, Node};

const PAGES: [&str; 7] = [
    "/",
    "/intel",
    "/intel/indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
    "/alert",
    "/alert/alert--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
    "/peer",
    "/alert/nonsense",
];

#[track_caller]
fn check_headers(answer: &Answer) {
    for (name, want) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "deny"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), [want], "{name}");
    }
    assert!(answer.header("set-cookie").is_empty());
}

#[test]
fn strangers_are_asked_who_they_are_and_told_nothing() {
    let node = Node::start();
    let first = node.get(None, "/", "").expect(401);
    for path in PAGES {
        let answer = node.get(None, path, "").expect(401);
        check_headers(&answer);
        assert_eq!(answer.header("www-authenticate"), ["basic realm=\"vigie\", charset=\"utf-8\""]);
        assert!(!answer.body.contains("maCERT"), "{}", answer.body);
        assert_eq!(answer.body.replace(path, "/"), first.body, "{path}");
    }
    let style = node.get(None, "/assets/vigie.css", "").expect(200);
    assert_eq!(style.header("content-type"), ["text/css; charset=utf-8"]);
}

#[test]
fn our_own_people_see_everything() {
    let node = Node::start();
    let own = node.token(None, Scope::All);
    for path in ["/", "/intel", "/alert", "/peer"] {
        let answer = node.get(Some(&own), path, "").expect(200);
        check_headers(&answer);
        assert!(answer.body.contains("<bdi>maCERT</bdi>"));
    }
    for path in ["/alert/nonsense", "/intel/nonsense", PAGES[2], PAGES[4]] {
        check_headers(&node.get(Some(&own), path, "").expect(404));
    }
}

#[test]
fn an_ally_sees_what_was_released_to_it_and_nothing_of_our_own() {
    let node = Node::start();
    let member = node.ally("AE", "aeCERT", Membership::Active);
    node.ally("US", "usCERT", Membership::Active);
    let ally = node.token(Some(member), Scope::All);
    let (own, seen) = (node.token(None, Scope::All), node.publish("For AE", "seen.example", Some("AE")));
    let hidden = node.publish("For US", "hidden.example", Some("US"));
    node.sensor_sees("seen.example", &own, 2);
    node.wait_for(&own, "/alert", "seen.example");

    for path in ["/", "/intel", "/intel?words=example"] {
        let answer = node.get(Some(&ally), path, "").expect(200);
        assert!(answer.body.contains(seen.as_str()), "{path}");
        for secret in [hidden.as_str(), "For US", "hidden.example", "usCERT", "/alert", "/peer"] {
            assert!(!answer.body.contains(secret), "{path} tells of {secret}");
        }
    }
    let shown = node.get(Some(&ally), &format!("/intel/{seen}"), "").expect(200);
    assert!(!shown.body.contains("eve.json"));
    let absent = node.get(Some(&ally), PAGES[2], "").expect(404);
    let withheld = node.get(Some(&ally), &format!("/intel/{hidden}"), "").expect(404);
    assert_eq!(withheld.body.replace(hidden.as_str(), "x"), absent.body.replace(&PAGES[2][7..], "x"));
    for path in ["/alert", "/peer"] {
        node.get(Some(&ally), path, "").expect(404);
    }
    let alert = node.get(Some(&own), "/alert", "").links("/alert/").remove(0);
    node.get(Some(&ally), &alert, "").expect(404);
    node.get(Some(&own), &alert, "").expect(200);
}

#[test]
fn a_suspended_member_sees_an_empty_node() {
    let node = Node::start();
    let member = node.ally("AE", "aeCERT", Membership::Suspended);
    let ally = node.token(Some(member), Scope::All);
    let id = node.publish("For AE", "seen.example", Some("AE"));
    let list = node.get(Some(&ally), "/intel", "").expect(200);
    assert!(!list.body.contains("/intel/"), "{}", list.body);
    node.get(Some(&ally), &format!("/intel/{id}"), "").expect(404);
}

#[test]
fn a_token_for_few_collections_shows_those_alone() {
    let node = Node::start();
    let token = node.token(None, Scope::none());
    let id = node.publish("Elsewhere", "elsewhere.example", None);
    for path in ["/", "/intel"] {
        let answer = node.get(Some(&token), path, "").expect(200);
        assert!(!answer.body.contains("Elsewhere"), "{path}");
    }
    for path in [&format!("/intel/{id}"), "/alert", "/peer"] {
        node.get(Some(&token), path, "").expect(404);
    }
}
