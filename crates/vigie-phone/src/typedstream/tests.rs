//! Typed streams as Messages writes them, cut and changed.

use proptest::prelude::*;

use super::*;

/// Before the text: head, classes of the attributed string and of the string.
const BEFORE: &[u8] = b"\x04\x0bstreamtyped\x81\xe8\x03\x84\x01@\x84\x84\x84\x12NSAttributedString\x00\x84\x84\x08NSObject\x00\x85\x92\x84\x84\x84\x08NSString\x01\x94\x84\x01+";

/// A stream of a text, the attribute of a part, and a link, as Messages writes it.
fn stream(text: &str, link: Option<&str>) -> Vec<u8> {
    let sized = |text: &str| match u8::try_from(text.len()) {
        Ok(length @ 0..=0x7f) => [&[length], text.as_bytes()].concat(),
        _ => [&[0x81][..], &u16::try_from(text.len()).unwrap().to_le_bytes(), text.as_bytes()].concat(),
    };
    let mut bytes = [
        BEFORE,
        &sized(text),
        b"\x86\x84\x02iI\x01\x05\x92\x84\x84\x84\x0cNSDictionary\x00\x94\x84\x01i\x01\x92\x84\x96\x96",
    ]
    .concat();
    match link {
        None => {
            bytes.extend(sized("__kIMMessagePartAttributeName"));
            bytes.extend(b"\x86\x92\x84\x84\x84\x08NSNumber\x00\x84\x84\x07NSValue\x00\x94\x84\x01*\x84\x99\x99\x00\x86\x86\x86");
        }
        Some(link) => {
            bytes.extend(sized("__kIMLinkAttributeName"));
            bytes.extend(b"\x86\x92\x84\x84\x84\x05NSURL\x00\x94\x84\x01c\x00\x92\x84\x96\x96");
            bytes.extend(sized(link));
            bytes.extend(b"\x86\x86\x86\x86");
        }
    }
    bytes
}

#[track_caller]
fn check(bytes: &[u8], text: &str, links: &[&str], whole: bool) {
    let body = read(bytes, &Limits::default()).unwrap();
    assert_eq!(
        (body.text.as_deref(), body.links.as_slice()),
        (Some(text), links.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>().as_slice()),
        "{body:?}"
    );
    assert_eq!(body.whole, whole, "{body:?}");
}

#[test]
fn short_long_and_foreign_texts() {
    for text in ["", "a", "see https://a.example/b", &"x".repeat(127), &"x".repeat(128), &"é🙂".repeat(3000)]
    {
        check(&stream(text, None), text, &[], true);
    }
    // Beyond 32 KiB the length takes four bytes.
    let long = "y".repeat(70_000);
    let bytes = [BEFORE, b"\x82\x70\x11\x01\x00", long.as_bytes(), b"\x86\x86"].concat();
    check(&bytes, &long, &[], true);
}

#[test]
fn a_link_that_the_text_does_not_show() {
    let bytes = stream("here", Some("https://hidden.example/?id=1"));
    check(&bytes, "here", &["https://hidden.example/?id=1"], true);
}

#[test]
fn structures_within() {
    let bytes =
        [BEFORE, b"\x01a\x86\x92\x84\x84\x84\x07NSValue\x00\x94\x84\x0d{_NSRange=QQ}\x01\x02\x86\x86"]
            .concat();
    check(&bytes, "a", &[], true);
}

#[test]
fn data_within() {
    let bytes =
        [BEFORE, b"\x01a\x86\x92\x84\x84\x84\x06NSData\x00\x94\x84\x01i\x03\x84\x04[3c]xyz\x86\x86"].concat();
    let body = read(&bytes, &Limits::default()).unwrap();
    assert_eq!((body.whole, body.data), (true, vec![b"xyz".to_vec()]));
}

#[test]
fn cut_anywhere_after_its_beginning_the_text_is_still_found() {
    let whole = stream("see https://a.example/b", None);
    for end in BEFORE.len() + 24..whole.len() {
        let body = read(&whole[..end], &Limits::default()).unwrap();
        assert_eq!(body.text.as_deref(), Some("see https://a.example/b"), "{end}");
    }
    check(&whole[..BEFORE.len() + 6], "see h", &[], false);
}

#[test]
fn what_is_none() {
    assert_eq!(read(b"bplist00", &Limits::default()), Err(NoTypedStream));
    assert_eq!(read(b"\x04\x0bstreamtyped", &Limits::default()).unwrap(), Body::default());
}

#[test]
fn a_text_longer_than_allowed_is_cut() {
    let body =
        read(&stream(&"x".repeat(100), None), &Limits { text_bytes: 10, ..Limits::default() }).unwrap();
    assert_eq!(body.text, Some("x".repeat(10)));
}

#[test]
fn objects_deep_within_each_other() {
    let deep = [
        b"\x04\x0bstreamtyped\x81\xe8\x03".as_slice(),
        &b"\x84\x01@\x84\x84\x84\x01A\x00\x85".repeat(1_000_000),
    ]
    .concat();
    assert!(!read(&deep, &Limits::default()).unwrap().whole);
}

proptest! {
    #[test]
    fn never_panics_on_changed_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..10)) {
        let mut bytes = stream("see https://a.example/b", Some("https://b.example"));
        for (at, byte) in changes {
            let at = 13 + at.index(bytes.len() - 13);
            bytes[at] = byte;
        }
        prop_assert!(read(&bytes, &Limits::default()).is_ok());
    }

    #[test]
    fn never_panics_on_any_bytes(bytes: Vec<u8>) {
        drop(read(&[b"\x04\x0bstreamtyped".as_slice(), &bytes].concat(), &Limits::default()));
    }
}
