//! Deterministic identifiers against those of python-stix2: see `cases/id/README.md`.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as its body does")]

use vigie_stix::canonical::{ScoId, sco_id};
use vigie_stix::object::Object;

const GOLDEN: &str = include_str!("../cases/id/golden.jsonl");

#[track_caller]
fn check(line: &str) {
    let object = Object::parse(line).unwrap();
    assert_eq!(sco_id(&object), Ok(ScoId::Deterministic(object.id().clone())), "{line}");
}

#[test]
fn every_line_has_the_identifier_that_it_should() {
    GOLDEN.lines().for_each(check);
    assert!(GOLDEN.lines().count() > 30);
}
