//! Records come out whole, whatever the size of the reads.

use super::*;
use proptest::prelude::*;

/// A stream that gives a few bytes at a time.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(self.0.len()).min(room.len());
        let (now, later) = self.0.split_at(count);
        room[..count].copy_from_slice(now);
        self.0 = later;
        Ok(count)
    }
}

fn all(text: &[u8], framing: Framing, limit: usize, drops: usize) -> Vec<String> {
    let limits = Limits { max_line_bytes: limit, ..Limits::default() };
    let mut lines = Lines::new(Drops(text, drops), &limits, false);
    lines.set_framing(framing);
    let mut found = Vec::new();
    loop {
        let cut = lines.cut();
        let line = lines.record_line();
        match cut {
            Cut::Record(range) => {
                found.push(format!("{line}:{}", String::from_utf8_lossy(lines.bytes(range))));
            }
            Cut::TooLong => found.push(format!("{line}:too long")),
            Cut::Broken(error) => found.push(error.to_string()),
            Cut::Joined | Cut::End => return found,
        }
        assert!(lines.buffer.len() <= 2 * BLOCK + limit, "{}", lines.buffer.len());
    }
}

#[track_caller]
fn check(framing: Framing, text: &str, want: &[&str]) {
    for drops in [1, 3, 1000] {
        assert_eq!(all(text.as_bytes(), framing, 20, drops), want, "{text:?} by {drops}");
    }
}

#[test]
fn lines_end_at_newlines() {
    check(Framing::Lines, "a\nbc\n\nd", &["1:a", "2:bc", "3:", "4:d"]);
    check(Framing::Lines, "", &[]);
    check(Framing::Lines, "\n", &["1:"]);
    check(
        Framing::Lines,
        "12345678901234567890\n123456789012345678901\nx\n",
        &["1:12345678901234567890", "2:too long", "3:x"],
    );
    check(Framing::Lines, "123456789012345678901", &["1:too long"]);
}

#[test]
fn objects_end_where_their_braces_close() {
    check(Framing::Objects, r#"[{"a":"}\""},{"b":[{}]}]"#, &[r#"1:{"a":"}\""}"#, r#"1:{"b":[{}]}"#]);
    check(Framing::Objects, "[\n {\n \"a\":1\n },\n {}\n]\n", &["2:{\n \"a\":1\n }", "5:{}"]);
    check(Framing::Objects, "{\n}\n{\n}\n", &["1:{\n}", "3:{\n}"]);
    check(Framing::Objects, "[{\"a\":\"123456789012345678\"},{}]", &["1:too long", "1:{}"]);
    check(Framing::Objects, "[oops,{}]", &["1:oops,", "1:{}"]);
}

#[test]
fn an_object_that_is_never_closed_costs_only_itself() {
    check(
        Framing::Objects,
        "[\n  {\n  \"a\": {\n  },\n  {\n  }\n]",
        &["2:{\n  \"a\": {\n  },\n  ", "5:{\n  }"],
    );
    check(Framing::Objects, "{\n\"a\": \"\n}\n{\n}", &["1:{\n\"a\": \"\n}", "4:{\n}"]);
}

#[test]
fn a_long_line_is_not_kept() {
    let mut text = vec![b'x'; 40 * BLOCK];
    text.extend_from_slice(b"\nend\n");
    assert_eq!(all(&text, Framing::Lines, 1000, BLOCK), ["1:too long", "2:end"]);
    text.splice(..1, *b"{");
    assert_eq!(all(&text, Framing::Objects, 1000, BLOCK).len(), 1);
}

#[test]
fn a_growing_stream_keeps_its_last_line() {
    let mut lines = Lines::new(Drops(b"a\nb", 9), &Limits::default(), true);
    assert!(matches!(lines.cut(), Cut::Record(range) if range == (0..1)));
    assert!(matches!(lines.cut(), Cut::End));
    lines.input.0 = b"c\n";
    assert!(matches!(lines.cut(), Cut::Record(range) if lines.bytes(range.clone()) == b"bc"));
    assert_eq!(lines.consumed(), 5);
    assert!(matches!(lines.cut(), Cut::End));
}

proptest! {
    #[test]
    fn the_size_of_reads_changes_nothing(text in r#"[{}\[\],"\\a\n ]{0,60}"#, drops in 1_usize..9) {
        for framing in [Framing::Lines, Framing::Objects] {
            prop_assert_eq!(all(text.as_bytes(), framing, 10, drops), all(text.as_bytes(), framing, 10, 1000));
        }
    }
}
