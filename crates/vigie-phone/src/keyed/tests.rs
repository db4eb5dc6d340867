//! Archives of objects: what classes mean, loops and limits.

use std::time::SystemTime;

use proptest::prelude::*;

use super::*;

fn limits() -> Limits {
    Limits { depth: 16, values: 500, ..Limits::default() }
}

fn map<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Dictionary(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn uid(number: u64) -> Value {
    Value::Uid(Uid::new(number))
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn class(name: &str) -> Value {
    map([("$classname", text(name)), ("$classes", Value::Array(vec![text(name), text("NSObject")]))])
}

/// An archive whose root is the first of the objects.
fn archive(objects: Vec<Value>) -> Value {
    let objects = [vec![text("$null")], objects].concat();
    map([("$top", map([("root", uid(1))])), ("$objects", Value::Array(objects))])
}

#[track_caller]
fn check(objects: Vec<Value>, want: Value) {
    let mut bytes = Vec::new();
    archive(objects).to_writer_binary(&mut bytes).unwrap();
    assert_eq!(root(&bytes, &limits()), Ok(want));
}

#[test]
fn known_classes_become_what_they_mean() {
    let of =
        |name: &str, field: &str, value: Value| vec![map([(field, value), ("$class", uid(2))]), class(name)];
    check(of("NSString", "NS.string", text("a")), text("a"));
    check(of("NSMutableData", "NS.data", Value::Data(vec![1, 2])), Value::Data(vec![1, 2]));
    check(of("NSURL", "NS.relative", text("https://a.example/")), text("https://a.example/"));
    check(of("NSDate", "NS.time", Value::Real(-978_307_200.0)), Value::Date(SystemTime::UNIX_EPOCH.into()));
    check(
        of("NSUUID", "NS.uuidbytes", Value::Data((0..16).collect())),
        text("00010203-0405-0607-0809-0A0B0C0D0E0F"),
    );
    check(of("NSNumber", "NS.intval", Value::from(7)), Value::from(7));
    check(
        of("NSArray", "NS.objects", Value::Array(vec![uid(3)])).into_iter().chain([text("x")]).collect(),
        Value::Array(vec![text("x")]),
    );
    check(of("NSSet", "NS.object.0", text("x")), Value::Array(vec![text("x")]));
    check(of("NSNull", "none", text("x")), text(""));
}

#[test]
fn an_unknown_class_keeps_its_fields_and_its_name() {
    check(
        vec![
            map([("Size", Value::from(5)), ("Path", uid(3)), ("$class", uid(2))]),
            class("MBFile"),
            text("a/b"),
        ],
        map([("Size", Value::from(5)), ("Path", text("a/b")), ("$class", text("MBFile"))]),
    );
}

#[test]
fn maps_and_addresses_within() {
    check(
        vec![
            map([
                ("NS.keys", Value::Array(vec![uid(3)])),
                ("NS.objects", Value::Array(vec![uid(4)])),
                ("$class", uid(2)),
            ]),
            class("NSDictionary"),
            text("link"),
            map([("NS.base", uid(6)), ("NS.relative", uid(7)), ("$class", uid(5))]),
            class("NSURL"),
            text("https://a.example/"),
            text("b?c=d"),
        ],
        map([("link", text("https://a.example/b?c=d"))]),
    );
}

#[test]
fn what_refers_to_itself_stays_a_reference() {
    check(
        vec![
            map([("NS.objects", Value::Array(vec![uid(1), text("x")])), ("$class", uid(2))]),
            class("NSArray"),
        ],
        Value::Array(vec![uid(1), text("x")]),
    );
    // A class that is its own class.
    check(vec![map([("a", uid(9)), ("$class", uid(1))])], map([("a", text(""))]));
}

#[test]
fn references_as_xml_writes_them() {
    let archive = map([
        ("$top", map([("root", map([("CF$UID", Value::from(1))]))])),
        ("$objects", Value::Array(vec![text("$null"), text("a")])),
    ]);
    let mut bytes = Vec::new();
    archive.to_writer_xml(&mut bytes).unwrap();
    assert_eq!(root(&bytes, &limits()), Ok(text("a")));
}

#[test]
fn what_is_none() {
    let mut bytes = Vec::new();
    map([("a", text("b"))]).to_writer_xml(&mut bytes).unwrap();
    assert_eq!(root(&bytes, &limits()), Err(BadArchive::NotOne("$objects")));
    assert_eq!(root(b"x", &limits()), Err(BadArchive::Plist(BadPlist::NotOne)));
}

#[test]
fn chains_and_trees_end_at_the_limits() {
    // Each object names the next one once, and then twice.
    let chain = |names: usize, length: u64| {
        archive((0..length).map(|it| Value::Array(vec![uid(it + 2); names])).collect())
    };
    let few = Limits { depth: 1000, ..limits() };
    assert_eq!(unpack(&chain(1, 40), &limits()), Err(BadPlist::TooDeep { limit: 16 }.into()));
    assert_eq!(unpack(&chain(2, 40), &few), Err(BadPlist::TooMany { limit: 500 }.into()));
    let long = archive(vec![Value::Array(vec![uid(2); 100]), text(&"x".repeat(100))]);
    let short = Limits { file_bytes: 1000, ..limits() };
    assert_eq!(unpack(&long, &short), Err(BadPlist::TooLarge { limit: 1000 }.into()));
}

proptest! {
    #[test]
    fn never_panics_whatever_refers_to_what(references in prop::collection::vec((0..12_u64, 0..12_u64, 0..12_u64), 1..12), names in prop::collection::vec(0..4_usize, 12)) {
        let known = ["NSArray", "NSDictionary", "NSURL", "Other"];
        let objects = references.iter().zip(&names).map(|((a, b, c), name)| match name {
            0 => class(known[usize::try_from(a % 4).unwrap()]),
            1 => Value::Array(vec![uid(*a), uid(*b)]),
            2 => map([("NS.keys", Value::Array(vec![uid(*a)])), ("NS.objects", Value::Array(vec![uid(*b)])), ("$class", uid(*c))]),
            _ => map([("NS.base", uid(*a)), ("NS.relative", uid(*b)), ("$class", uid(*c))]),
        });
        drop(unpack(&archive(objects.collect()), &limits()));
    }
}
