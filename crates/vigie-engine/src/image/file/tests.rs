//! Tests of `image/file.rs`.

use proptest::prelude::*;
use vigie_model::event::{Event, Path};

use super::*;
use crate::{Found, State, Work};

const LIMIT: u64 = 1 << 30;

fn indicator(number: u8, pattern: &str, more: &str) -> String {
    let pattern = serde_json::to_string(pattern).expect("text is JSON");
    format!(
        r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{number}0000000-1111-4111-8111-111111111111",
        "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"n{number}",
        "pattern_type":"stix","pattern":{pattern},"valid_from":"2026-01-01T00:00:00Z"{more}}}"#
    )
}

const WARNING: &str = r#"{"name":"w","type":"regex","version":1,"list":["/^held\\.example$/i"],"matching_attributes":["domain"]}"#;

/// An image of several layers with something of everything.
fn image() -> Image {
    let options = Options { secret: 7, small: 1, ..Options::default() };
    let mut builder = Builder::new(options.clone());
    builder.add_list("a", b"evil.example\tfeed\n10.0.0.0/8\nevil.example\n?\nheld.example\n");
    builder.add_list("gone", b"gone.example\n");
    builder.add_warning_list("w.json", WARNING);
    builder.add_bundle("test", &indicator(1, "[domain-name:value = 'one.example']", ""));
    builder.add_bundle("test", &indicator(2, "[domain-name:value = 'two.example']", r#","revoked":true"#));
    builder.add_bundle("test", &indicator(3, "[domain-name:value = ", ""));
    let image = Image::new(builder.build());
    let mut builder = Builder::new(options.clone());
    builder.add_list("b", b"d41d8cd98f00b204e9800998ecf8427e\nhttp://evil.example/x\n");
    image.without_lists(["gone"]).with(builder.build(), [], &options)
}

fn saved(image: &Image) -> Vec<u8> {
    let mut bytes = Vec::new();
    image.save(&mut bytes, &Options { secret: 7, ..Options::default() }).expect("memory takes every byte");
    bytes
}

/// What an image says of some values, one line each.
fn shown(image: &Image) -> Vec<String> {
    let values = [
        (Path::DomainName, "a.evil.example"),
        (Path::DomainName, "held.example"),
        (Path::DomainName, "gone.example"),
        (Path::DomainName, "one.example"),
        (Path::DomainName, "two.example"),
        (Path::Ipv4, "10.1.2.3"),
        (Path::Url, "http://evil.example/x?y"),
        (Path::FileMd5, "D41D8CD98F00B204E9800998ECF8427E"),
    ];
    let mut lines = Vec::new();
    for (path, value) in values {
        let mut event = Event::default();
        event.push(0, path, value);
        let mut found = Found::default();
        image.matches(&event, None, &mut Work::default(), &mut found);
        lines.extend(found.matches.iter().map(|it| format!("{value}: {} {}", it.rule.id, it.rule.name)));
        lines.extend(found.suppressed.iter().map(|it| format!("{value}: {} held back", it.hit.rule.name)));
    }
    lines.sort();
    lines
}

#[test]
fn what_is_loaded_is_what_was_saved() {
    let image = image();
    let loaded = Image::load(saved(&image).as_slice(), LIMIT, &Options::default()).expect("what was saved");
    assert_eq!(shown(&loaded), shown(&image));
    assert_eq!(shown(&loaded).len(), 7, "{:?}", shown(&loaded));
    assert_eq!(loaded.rules(None), image.rules(None));
    assert_eq!(loaded.rules(None).of(State::Suppressed), 1);
    assert_eq!(loaded.rules(None).of(State::Revoked), 1);
    let refusals = |it: &Image| it.refusals().map(|it| it.detail.clone()).collect::<Vec<_>>();
    assert_eq!(refusals(&loaded), refusals(&image));
    assert_eq!(loaded.secret(), Some(7));
    // Rules over one layer of lists alone are saved as they are.
    assert_eq!(saved(&loaded).len(), saved(&image).len());
}

#[test]
fn an_empty_image_can_be_saved() {
    let loaded = Image::load(saved(&Image::default()).as_slice(), LIMIT, &Options::default()).expect("saved");
    assert_eq!(loaded.rules(None).total(), 0);
}

#[track_caller]
fn check_bad(bytes: &[u8], limit: u64, want: &str) {
    let error = Image::load(bytes, limit, &Options::default()).expect_err("it is no image").to_string();
    assert!(error.contains(want), "{error}");
}

#[test]
fn what_is_no_image_is_told() {
    let good = saved(&image());
    check_bad(b"", LIMIT, "this is no saved image");
    check_bad(b"{\"type\":\"bundle\"}", LIMIT, "this is no saved image");
    check_bad(&good[..good.len() - 1], LIMIT, "the end is missing");
    check_bad(&good[..40], LIMIT, "a checksum is wrong");
    check_bad(&good, 100, "larger than 100 bytes");
    let mut other = Vec::new();
    let mut saver = Saver::new(&mut other).expect("memory takes every byte");
    saver.text("0/1/psl-1").expect("memory takes every byte");
    saver.finish().expect("memory takes every byte");
    check_bad(&other, LIMIT, "the image was saved as `0/1/psl-1`");
}

#[test]
fn every_changed_byte_is_noticed() {
    let good = saved(&image());
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        assert!(
            Image::load(bad.as_slice(), LIMIT, &Options::default()).is_err(),
            "byte {at} of {}",
            good.len()
        );
    }
}

proptest! {
    /// Bytes under a right checksum never panic, whatever they say.
    #[test]
    fn any_content_is_loaded_or_refused(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6)) {
        let mut bytes = saved(&image());
        let mut content = bytes.split_off(20);
        content.truncate(content.len() - 12);
        for (at, byte) in changes {
            let at = at.index(content.len());
            content[at] = byte;
        }
        let mut again = Vec::new();
        let mut saver = Saver::new(&mut again).expect("memory takes every byte");
        for byte in content {
            saver.whole([byte]).expect("memory takes every byte");
        }
        saver.finish().expect("memory takes every byte");
        if let Ok(image) = Image::load(again.as_slice(), LIMIT, &Options::default()) {
            let _ = shown(&image);
            let _ = image.rules(None);
        }
    }
}
