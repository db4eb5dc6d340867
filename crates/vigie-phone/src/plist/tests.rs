//! Property lists: agreement with the `plist` crate, and hostile lists.

use std::fmt::Write as _;

use ::plist::{Dictionary, Uid, Value};
use proptest::prelude::*;

use super::*;

fn small() -> Limits {
    Limits { depth: 8, values: 1000, ..Limits::default() }
}

fn binary(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.to_writer_binary(&mut bytes).unwrap();
    bytes
}

/// A binary list of one-byte numbers, object by object.
fn table(objects: &[&[u8]], top: u8) -> Vec<u8> {
    let mut bytes = b"bplist00".to_vec();
    let mut places = Vec::new();
    for object in objects {
        places.push(u8::try_from(bytes.len()).unwrap());
        bytes.extend(*object);
    }
    let start = bytes.len() as u64;
    bytes.extend(&places);
    bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
    for number in [objects.len() as u64, u64::from(top), start] {
        bytes.extend(number.to_be_bytes());
    }
    bytes
}

#[track_caller]
fn check(bytes: &[u8], want: &str) {
    let got = match read(bytes, &small()) {
        Ok(value) => format!("{value:?}"),
        Err(bad) => bad.to_string(),
    };
    assert_eq!(got, want);
}

#[test]
fn what_is_none() {
    check(b"", "is no property list: it is neither binary nor XML");
    check(b"((((((((", "is no property list: it is neither binary nor XML");
    check(b"bplist00", "is a damaged property list: its end is cut off");
    check(
        &[b"bplist00".as_slice(), &[0xff; 40]].concat(),
        "is a damaged property list: its end does not say where its objects are",
    );
}

#[test]
fn one_object_in_many_places_is_counted_in_each() {
    // Each list names the next one eight times: 8^7 values in under 200 bytes.
    let lists: Vec<Vec<u8>> = (1..=7).map(|it| [&[0xa8_u8][..], &[it; 8]].concat()).collect();
    let mut objects: Vec<&[u8]> = lists.iter().map(Vec::as_slice).collect();
    objects.push(b"\x09");
    check(&table(&objects, 0), "has more than 1000 values");
}

#[test]
fn a_list_within_itself() {
    check(&table(&[b"\xa1\x00"], 0), "is 8 lists deep and more");
    check(&table(&[b"\xd1\x01\x00", b"\x51a"], 0), "is 8 lists deep and more");
}

#[test]
fn references_to_nowhere_and_strange_objects() {
    check(&table(&[b"\xa1\x05"], 0), "is a damaged property list: object 5 is not to be read");
    check(&table(&[b"\xff"], 0), "is a damaged property list: object 0 is not to be read");
    check(&table(&[b"\xd1\x01\x01", b"\x09"], 0), "is a damaged property list: a key is no text");
    check(
        &table(&[b"\x5f\x13\xff\xff\xff\xff\xff\xff\xff\xff"], 0),
        "is a damaged property list: object 0 is not to be read",
    );
    check(&table(&[b"\x33\x7f\xf0\x00\x00\x00\x00\x00\x00"], 0), "Real(inf)");
    check(&table(&[b"\x62\xd8\x00\x00a"], 0), "String(\"\u{fffd}a\")");
}

#[test]
fn deep_xml_is_refused_before_it_is_read() {
    for opening in ["<array>", "<!--</array>--><array>", "<![CDATA[</array>]]><array>", "<dict><key>a</key>"]
    {
        let mut text = String::from("<?xml version=\"1.0\"?><plist>");
        (0..1_000_000).for_each(|_| text.push_str(opening));
        check(text.as_bytes(), "is 8 lists deep and more");
    }
}

#[test]
fn many_values_in_xml() {
    let mut text = String::from("<plist><array>");
    (0..1001).for_each(|it| write!(text, "<integer>{it}</integer>").unwrap());
    text.push_str("</array></plist>");
    check(text.as_bytes(), "has more than 1000 values");
}

#[test]
fn as_deep_as_allowed() {
    let deep = |depth: usize| (0..depth).fold(Value::from(1), |it, _| Value::Array(vec![it]));
    for value in [deep(0), deep(8)] {
        assert_eq!(read(&binary(&value), &small()), Ok(value.clone()));
        let mut text = Vec::new();
        value.to_writer_xml(&mut text).unwrap();
        assert_eq!(read(&text, &small()), Ok(value));
    }
    check(&binary(&deep(9)), "is 8 lists deep and more");
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::Real),
        (-10_000_000..10_000_000_i32).prop_map(|it| date(f64::from(it))),
        any::<Vec<u8>>().prop_map(Value::Data),
        "\\PC{0,20}".prop_map(Value::String),
        any::<u32>().prop_map(|it| Value::Uid(Uid::new(it.into()))),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec(("\\PC{0,8}", inner), 0..6)
                .prop_map(|it| Value::Dictionary(it.into_iter().collect::<Dictionary>())),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_the_plist_crate(value in any_value()) {
        let bytes = binary(&value);
        let theirs = Value::from_reader(std::io::Cursor::new(&bytes)).unwrap();
        prop_assert_eq!(read(&bytes, &small()), Ok(theirs));
    }

    #[test]
    fn never_panics_on_changed_bytes(value in any_value(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8), cut in any::<prop::sample::Index>()) {
        let mut bytes = binary(&value);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        drop(read(&bytes, &small()));
        bytes.truncate(cut.index(bytes.len()));
        drop(read(&bytes, &small()));
    }

    #[test]
    fn never_panics_on_any_bytes(bytes: Vec<u8>, text in "<plist>[<>/a-z!\\-\\[\\]?]{0,60}") {
        drop(read(&bytes, &small()));
        drop(read(&[b"bplist00".as_slice(), &bytes].concat(), &small()));
        drop(read(text.as_bytes(), &small()));
    }
}
