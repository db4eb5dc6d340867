//! Normal forms against the test vectors of those who make the standards: WHATWG's URLs, the public suffix list's tests.
//!
//! The data lies beside the checkout (`../shared/data/vectors`, or where `VIGIE_SHARED_DATA` says) and is never
//! committed; without it the tests say that they were skipped.

use std::path::{Path, PathBuf};

use serde_json::Value;
use vigie_engine::key;

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from);
    let folder = folder.join("vectors");
    if !folder.is_dir() {
        eprintln!(
            "skipped: there is no `../shared/data` beside the checkout, and VIGIE_SHARED_DATA names none"
        );
    }
    folder.is_dir().then_some(folder)
}

fn url_key(text: &str) -> (String, bool) {
    let mut key = Vec::new();
    let found = key::url(text, &mut key);
    (key::shown(&key), found.authority.is_some())
}

#[test]
fn a_url_has_the_key_of_what_the_standard_makes_of_it() {
    let Some(folder) = data() else { return };
    let packed =
        std::fs::File::open(folder.join("url/urltestdata.shared.json.zst")).expect("the data is there");
    let cases: Vec<Value> =
        serde_json::from_reader(zstd::Decoder::new(packed).expect("it is zstd")).expect("JSON");
    let (mut held, mut wrong) = (0, Vec::new());
    for case in &cases {
        let Some(input) = case.get("input").and_then(Value::as_str) else { continue };
        let http = input.to_ascii_lowercase().starts_with("http://")
            || input.to_ascii_lowercase().starts_with("https://");
        // Relative references are read against a page that a log does not name.
        if !http {
            continue;
        }
        held += 1;
        match case.get("href").and_then(Value::as_str) {
            Some(href) if url_key(input) != url_key(href) => {
                wrong.push(format!("{input:?}: {:?}, not {:?}", url_key(input), url_key(href)));
            }
            None if url_key(input) != (input.to_owned(), false) => {
                wrong.push(format!("{input:?} is no URL: {:?}", url_key(input)));
            }
            _ => {}
        }
    }
    assert!(held > 150, "only {held} cases: is the data whole?");
    assert!(wrong.is_empty(), "{} of {held}: {wrong:#?}", wrong.len());
}

/// The part of a name that was registered, as this crate sees it: the shortest parent that entries speak of.
fn registrable(name: &str) -> Option<String> {
    let mut key = Vec::new();
    key::host(name, &mut key);
    let name = key.get(1..)?;
    let all = std::iter::once(name).chain(key::parents(name));
    let shortest = all.filter(|it| !key::under_suffix_only(name, it)).last()?;
    Some(String::from_utf8_lossy(shortest).into_owned())
}

#[test]
fn names_end_where_the_public_suffix_list_says() {
    let Some(folder) = data() else { return };
    let text = std::fs::read_to_string(folder.join("psl/tests.shared.txt")).expect("the data is there");
    let (mut held, mut wrong) = (0, Vec::new());
    for line in text.lines().filter(|it| !it.starts_with("//")) {
        let Some((name, want)) = line.split_once(' ') else { continue };
        // What begins with a dot is no name of a host.
        if name == "null" || name.starts_with('.') {
            continue;
        }
        let mut want_key = Vec::new();
        key::host(want, &mut want_key);
        let want = (want != "null").then(|| key::shown(&want_key));
        held += 1;
        if registrable(name) != want {
            wrong.push(format!("{name}: {:?}, not {want:?}", registrable(name)));
        }
    }
    assert!(held > 30, "only {held} cases: is the data whole?");
    assert!(wrong.is_empty(), "{} of {held}: {wrong:#?}", wrong.len());
}
