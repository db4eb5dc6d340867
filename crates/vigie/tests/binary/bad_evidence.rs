//! Evidence as it comes: cut, in other encodings, with wrong clocks and names that stand twice.

use std::io::{Read, Write};
use std::path::Path;

use serde_json::json;

use crate::samples::{envelope, indicator_of, question};
use crate::watching::{Desk, Watched};

const LIST: &str = "bad.example\n";

/// Watches one log for `bad.example`, under this name.
fn watch(name: &str, log: &[u8]) -> Watched {
    let desk = Desk::with(&[("list.txt", LIST)]);
    desk.write(name, log);
    desk.watch(&["--indicators", "list.txt", name])
}

/// The lines on which it fires, and what is lost.
#[track_caller]
fn check(name: &str, log: &[u8], lines: &[u64], lost: &serde_json::Value) {
    let watched = watch(name, log);
    let got: Vec<u64> = watched.lines.iter().map(|it| it["source"]["line"].as_u64().unwrap()).collect();
    assert_eq!(got, lines, "{name}: {}", watched.ran.told);
    assert_eq!(watched.summary["skipped_by_reason"], *lost, "{name}: {}", watched.ran.told);
    assert_eq!(watched.ran.status, if lines.is_empty() { 0 } else { 3 });
}

/// Many records with one to find at the beginning, no two alike, so that packing cannot make them one.
fn long() -> String {
    let names = (0_u64..4_000).map(|it| format!("n{:016x}.example", it.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    question("bad.example") + &names.map(|it| question(&it)).collect::<String>()
}

#[track_caller]
fn check_cut(name: &str, packed: &[u8]) {
    let watched = watch(name, &packed[..packed.len() * 9 / 10]);
    assert_eq!(watched.fired(), [format!("bad.example at {name}:1")], "{}", watched.ran.told);
    let events = watched.number("events");
    assert!((1_000..4_001).contains(&events), "what stands before the cut is read: {events}");
    assert_eq!(watched.summary["skipped_by_reason"]["broken-input"], 1, "{}", watched.summary);
    watched.ran.check(3, &[], &[&format!("log not read: `{name}` ends early: ")]);
}

#[test]
fn of_a_packed_log_that_was_cut_the_beginning_is_matched() {
    let text = long();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    let gzip = packer.finish().unwrap();
    // A frame is cut into blocks of 128 KiB, of which those before the cut are whole.
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    check_cut("eve.json.gz", &gzip);
    check_cut("eve.json.zst", &zstd);
    // So is a log that is read as a whole, for its header says what its columns are.
    let row = |it: u64| format!("{it}.5\tn{}.example\n", it * 7_919);
    let rows: String = (0..30_000).map(row).collect();
    let zeek = format!("#fields\tts\tquery\n#path\tdns\n1.5\tbad.example\n{rows}");
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(zeek.as_bytes()).unwrap();
    let zeek = packer.finish().unwrap();
    let watched = watch("dns.log.gz", &zeek[..zeek.len() * 9 / 10]);
    assert_eq!(watched.fired(), ["bad.example at dns.log.gz:3"], "{}", watched.ran.told);
    assert_eq!(watched.summary["skipped_by_reason"]["broken-input"], 1, "{}", watched.summary);
    watched.ran.check(3, &[], &["log not read: `dns.log.gz` ends early: "]);
    // Nothing but the beginning of the packing: nothing could be watched.
    let desk = Desk::with(&[("list.txt", LIST)]);
    desk.write("eve.json.gz", &gzip[..5]);
    desk.run(&["watch", "--indicators", "list.txt", "eve.json.gz"]).check(2, &[], &["eve.json.gz"]);
}

/// The case of the reader's own tests: a log of Windows with a chunk that is none and a record that is damaged.
#[test]
fn a_broken_chunk_of_a_windows_log_costs_only_itself() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vigie-telemetry/cases/evtx/file/input.evtx.gz");
    let mut log = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(case).unwrap()).read_to_end(&mut log).unwrap();
    let patterns = ["[process:command_line LIKE 'cmd.exe%']", "[user-account:account_login = 'jane']"];
    let texts: Vec<String> =
        patterns.iter().enumerate().map(|(number, it)| indicator_of(number, it)).collect();
    let desk = Desk::with(&[("rules.json", &envelope(&texts))]);
    desk.write("system.evtx", &log);
    let watched = desk.watch(&["--indicators", "rules.json", "system.evtx"]);
    let [first, last] = patterns;
    assert_eq!(watched.fired(), [format!("{first} at system.evtx:7"), format!("{last} at system.evtx:12")]);
    assert_eq!(watched.summary["skipped_by_reason"], json!({"damaged": 2}));
    // The log ends in the middle of its last chunk: the records before the cut are there.
    desk.write("system.evtx", &log[..log.len().min(4_096 + 2 * 65_536 + 3_000)]);
    let watched = desk.watch(&["--indicators", "rules.json", "system.evtx"]);
    assert!(watched.fired().contains(&format!("{first} at system.evtx:7")), "{}", watched.ran.told);
    // The first chunk is overwritten: what stands in the others is found.
    log[4_096..4_096 + 65_536].fill(0x5a);
    desk.write("system.evtx", &log);
    let watched = desk.watch(&["--indicators", "rules.json", "system.evtx"]);
    assert_eq!(watched.fired(), [format!("{last} at system.evtx:12")], "{}", watched.ran.told);
    assert_eq!(watched.summary["skipped_by_reason"], json!({"damaged": 2}));
}

#[test]
fn logs_in_utf_16_and_with_byte_order_marks_are_read() {
    let text = question("good.example") + &question("bad.example");
    let units = || std::iter::once(0xfeff).chain(text.encode_utf16());
    let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
    check("little.json", &little, &[2], &json!({}));
    check("big.json", &big, &[2], &json!({}));
    check("marked.json", format!("\u{feff}{text}").as_bytes(), &[2], &json!({}));
    check("windows.json", text.replace('\n', "\r\n").as_bytes(), &[2], &json!({}));
    // The last character is cut in half, and its record with it.
    let cut = [&little[..], &little[2..little.len() - 3]].concat();
    check("cut.json", &cut, &[2], &json!({"syntax": 1}));
    let packed = zstd::encode_all(&little[..], 1).unwrap();
    check("little.json.zst", &packed, &[2], &json!({}));
}

/// One wrong byte, in whatever encoding it was right, makes nobody invisible.
#[test]
fn mixed_encodings_in_one_log_are_repaired_and_counted() {
    let mut log = question("good.example").replace("query", "requ\u{ea}te").into_bytes();
    log.extend(question("bad.example").replace("query", "REQU").into_bytes().into_iter().map(
        |it| match it {
            // `requête` in Latin 1.
            b'U' => 0xea,
            other => other,
        },
    ));
    // Zero bytes, as a log holds where the machine stopped while it was written.
    log.extend([0; 512]);
    log.extend(question("bad.example").bytes());
    let watched = watch("eve.json", &log);
    assert_eq!(
        watched.fired(),
        ["bad.example at eve.json:2", "bad.example at eve.json:3"],
        "{}",
        watched.ran.told
    );
    assert_eq!((watched.number("repaired"), watched.number("skipped")), (1, 0), "{}", watched.summary);
    watched.ran.check(3, &[], &["1 repaired"]);
}

/// A name that stands twice is read twice: whichever of both a sensor meant, it hides nothing.
#[test]
fn names_that_stand_twice_hide_nothing() {
    let twice = |first: &str, second: &str| {
        question(first).replace("\"rrname\"", &format!("\"rrname\":\"{second}\",\"rrname\""))
    };
    let log = twice("bad.example", "good.example")
        + &twice("good.example", "bad.example")
        + &twice("a.example", "b.example");
    check("eve.json", log.as_bytes(), &[1, 2], &json!({}));
}

fn at(name: &str, time: &str) -> String {
    question(name).replace("2026-01-02T03:04:05", time)
}

const FOLLOWED: &str =
    "([domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']) WITHIN 60 SECONDS";

/// Clocks that jump by years neither complete a window nor clear it.
#[test]
fn wrong_clocks_complete_no_window_and_clear_none() {
    let wild = [
        "1970-01-01T00:00:00",
        "2200-01-01T00:00:00",
        "1601-01-01T00:00:00",
        "2261-12-31T23:59:59",
        "9999-12-31T23:59:59",
    ];
    let jumps = |name: &str| wild.iter().map(|it| at(name, it)).collect::<String>();
    let log = at("a.example", "2026-01-02T03:00:00")
        + &jumps("a.example")
        + &jumps("x.example")
        + &at("b.example", "2026-01-02T03:00:30");
    let desk = Desk::with(&[("rules.json", &envelope(&[indicator_of(1, FOLLOWED)])), ("eve.json", &log)]);
    for log in [&["eve.json"][..], &["--threads", "1", "eve.json"]] {
        let watched = desk.watch(&[&["--indicators", "rules.json"], log].concat());
        assert_eq!(watched.lines.len(), 1, "{}", watched.ran.told);
        assert_eq!(watched.lines[0]["source"]["line"], 12);
        let observations = watched.lines[0]["proof"]["observations"].as_array().unwrap();
        assert_eq!(observations[0]["source"]["line"], 1, "{observations:?}");
        assert_eq!(watched.number("dropped"), 0);
    }
}

/// How many events are kept for one pair of brackets.
const KEPT: u32 = 10_000;

/// Watches standard input for the pattern: so it is weighed as it comes, as a node does.
#[track_caller]
fn check_flood(flood: impl Fn(u32) -> String) -> Watched {
    let flood: String = (0..KEPT + 20).map(|it| at("a.example", &flood(it))).collect();
    let log = flood + &at("a.example", "2026-01-02T03:00:00") + &at("b.example", "2026-01-02T03:00:30");
    let desk = Desk::with(&[("rules.json", &envelope(&[indicator_of(1, FOLLOWED)]))]);
    let watched = desk.watch_input(&["--indicators", "rules.json"], log.as_bytes());
    assert_eq!(watched.lines.len(), 1, "{}", watched.ran.told);
    assert_eq!(watched.lines[0]["source"]["line"], KEPT + 22);
    watched
}

/// More events from wrong clocks than are kept: those go that can be part of nothing, so nothing is lost.
#[test]
fn a_flood_of_wrong_clocks_takes_no_room_from_right_ones() {
    let watched = check_flood(|it| format!("{}-05-06T07:08:09", 2100 + it % 100));
    let first = &watched.lines[0]["proof"]["observations"][0];
    assert_eq!(first["time"], "2026-01-02T03:00:00.000000Z", "no event of a wrong clock is part of it");
    assert_eq!(watched.number("dropped"), 0);
}

/// More events within the window than are kept: the match comes, and what was given up is counted and said.
#[test]
fn a_flood_within_a_window_is_bounded_and_counted() {
    let watched = check_flood(|it| format!("2026-01-02T02:59:{:02}", 30 + it % 30));
    assert_eq!(watched.number("dropped"), 21, "{}", watched.summary);
    watched.ran.check(3, &[], &["forgotten: 21 events for want of room"]);
}
