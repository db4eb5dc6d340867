//! The cursor agrees with `serde_json` about what JSON is and what its strings say.

use super::*;
use proptest::prelude::*;

/// Walks a whole text.
fn walk(text: &str) -> Result<()> {
    let mut cursor = Cursor::new(text, 100);
    cursor.skip()?;
    cursor.end()
}

#[track_caller]
fn check(text: &str) {
    let theirs = serde_json::from_str::<serde::de::IgnoredAny>(text);
    assert_eq!(walk(text).is_ok(), theirs.is_ok(), "{text}: {:?} / {theirs:?}", walk(text));
}

#[test]
fn accepts_what_is_json_and_nothing_else() {
    let texts = [
        "",
        " ",
        "{}",
        "[]",
        "{ } ",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "[1 2]",
        "01",
        "-",
        "-0",
        "1.",
        ".1",
        "1.0e",
        "1e5",
        "1E+5",
        "1e-",
        "+1",
        "tru",
        "true",
        "falsey",
        "null",
        "nul",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\t\"",
        "\"\u{7f}\"",
        "\"é\"",
        "\"1234567\\\"8\"",
        "[\"12345678\"]",
        "{\"a\":{\"b\":[[],{}]}}",
        "[}",
        "{]",
        "{\"a\":1 \"b\":2}",
        "NaN",
        "Infinity",
        "\u{feff}{}",
        "[1]]",
        "\0",
    ];
    for text in texts {
        check(text);
    }
}

#[test]
fn escapes_are_resolved() {
    #[track_caller]
    fn check(json: &str, want: &str) {
        assert_eq!(Cursor::new(json, 1).string().unwrap(), want, "{json}");
    }
    check(r#""a\/b\\c\"d""#, "a/b\\c\"d");
    check(r#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t");
    check(r#""\u00e9\ud83d\ude00x""#, "é😀x");
    check(r#""\ud83dx""#, "\u{fffd}x");
    check(r#""\ud83d\u0041""#, "\u{fffd}A");
    check(r#""\ude00""#, "\u{fffd}");
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(walk(&deep), Err(BadJson::TooDeep { limit: 100 }));
    assert_eq!(walk(&format!("{}{}", "[".repeat(100), "]".repeat(100))), Ok(()));
}

#[test]
fn what_is_put_out_can_be_read_by_everybody() {
    #[track_caller]
    fn check(text: &str, want: &str) {
        assert_eq!(presentable(text), want);
    }
    check("{\n \"a b\\\" c\" :\t[1,\r\n 2]\n}", r#"{"a b\" c":[1,2]}"#);
    check("{ \"a\": 1 }", "{ \"a\": 1 }");
    check(r#""\ud800x\udc00\ud83d\ude00\\ud800""#, r#""\ufffdx\ufffd\ud83d\ude00\\ud800""#);
    check(r#""\ud800\ud83d\ude00\ufffd\u0041""#, r#""\ufffd\ud83d\ude00\ufffd\u0041""#);
}

proptest! {
    #[test]
    fn agrees_on_anything(text in r#"[\[\]{}:,"\\ 0-9a-fnrtlsuE.+-]{0,24}"#) {
        check(&text);
    }

    #[test]
    fn what_is_put_out_is_json(text in r#"[\[\]{}:,"\\ \nud890DcCa]{0,40}"#) {
        if walk(&text).is_ok() {
            let shown = presentable(&text);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&shown).is_ok(), "{text} {shown}");
        }
    }

    #[test]
    fn strings_of_escapes_can_be_put_out(inner in r"(\\ud8[0-9a-f]{2}|\\udc[0-9a-f]{2}|\\\\|\\n|u|x){0,12}") {
        let text = format!("\"{inner}\"");
        prop_assert!(walk(&text).is_ok());
        prop_assert!(serde_json::from_str::<String>(&presentable(&text)).is_ok(), "{}", text);
    }

    #[test]
    fn strings_come_back(text in any::<String>(), room in 0_usize..200) {
        let json = serde_json::to_string(&text).unwrap();
        let mut bytes = vec![0; room];
        for room in [Room::default(), Room::new(&mut bytes)] {
            prop_assert_eq!(&Cursor::with_room(&json, 1, room).string().unwrap(), &text);
        }
    }
}
