//! No panic, no loss of neighbours and nothing unbounded, whatever the bytes.

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::sample::Index;
use std::io::{self, Cursor, Read, Write};
use std::path::Path;
use std::sync::LazyLock;
use vigie_telemetry::{Format, Limits, OpenError, Options, Reason, Source};

const SMALL: Limits = Limits {
    max_line_bytes: 2048,
    max_depth: 16,
    max_observables: 20,
    max_expansion: 100,
    max_unpacked_bytes: 1 << 30,
};

fn options(format: Option<Format>, limits: &Limits) -> Options {
    Options { format, limits: limits.clone(), ..Options::default() }
}

/// The inputs of all cases: what mutations start from.
static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the cases can be read") {
            let path = entry.expect("the cases can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_stem().is_some_and(|it| it == "input") {
                found.push(std::fs::read(path).expect("a case can be read"));
            }
        }
    }
    found.sort();
    found
});

/// Reads it all, whatever it is, and returns how many records were read and lost.
fn read(bytes: Vec<u8>, format: Option<Format>) -> (u64, u64) {
    let length = bytes.len() as u64;
    let Ok(mut source) = Source::from_reader("mutated", Cursor::new(bytes), &options(format, &SMALL)) else {
        return (0, 0);
    };
    while let Some(record) = source.next() {
        let Ok(record) = record else { continue };
        assert!(record.event.observables.len() <= SMALL.max_observables);
        // Besides the fields of the record and their further names, a few are made of others.
        assert!(record.event.fields.len() <= SMALL.max_observables + 64);
        let json: serde_json::Value =
            serde_json::from_str(&record.json()).expect("a record is JSON for the output");
        assert!(json.is_object());
    }
    let summary = source.summary();
    assert!(summary.events + summary.lost() <= length + 1);
    (summary.events, summary.lost())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn mutated_logs(which in any::<Index>(), changes in prop::collection::vec((any::<Index>(), any::<u8>(), 0_u8..4), 0..12), told in any::<Option<Index>>()) {
        let mut bytes = which.get(&CORPUS).clone();
        for (place, value, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = value,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, value),
                _ => bytes.truncate(at),
            }
        }
        read(bytes, told.map(|it| *it.get(Format::ALL)));
    }

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in Format::ALL {
            read(bytes.clone(), Some(*format));
        }
    }

    #[test]
    fn values_of_any_shape_under_known_names(name in prop::sample::select(NAMES), value in "[\\[\\]{}\":,a1.@/<>:\\\\ ]{0,30}") {
        let value = if serde_json::from_str::<serde_json::Value>(&value).is_ok() { value } else { serde_json::Value::from(value).to_string() };
        let line = |pair: &str| format!("{{\"event_type\":\"x\",\"_path\":\"dns\",\"ts\":1,{pair}}}\n");
        let deep = format!("\"{name}\":{value},\"tls\":{{\"sni\":{value}}},\"dns\":{{\"{name}\":{value},\"answers\":[{{\"rdata\":{value}}}]}}");
        prop_assert_eq!(read(line(&deep).into_bytes(), Some(Format::Eve)), (1, 0));
        prop_assert_eq!(read(line(&format!("\"{name}\":{value}")).into_bytes(), Some(Format::Zeek)), (1, 0));
    }
}

const NAMES: &[&str] = &[
    "timestamp",
    "event_type",
    "src_ip",
    "dest_port",
    "proto",
    "app_proto",
    "flow",
    "http",
    "files",
    "email",
    "ftp",
    "dhcp",
    "query",
    "answers",
    "host",
    "uri",
    "mailfrom",
    "id",
    "id.orig_h",
    "id.resp_p",
    "md5",
    "san.dns",
    "rrname",
    "grouped",
    "soa",
];

#[test]
fn a_bad_record_costs_only_itself() {
    for text in &*CORPUS {
        let good = b"{\"event_type\":\"dns\",\"dns\":{\"rrname\":\"after.example\"}}\n";
        let mut bytes = b"{\"event_type\":\"dns\"}\n".to_vec();
        bytes.extend(text.iter().copied().filter(|it| *it != b'\n'));
        bytes.push(b'\n');
        bytes.extend(good);
        let (events, lost) = read(bytes, Some(Format::Eve));
        assert!(events >= 2 && events + lost <= 3, "{events} {lost} {}", String::from_utf8_lossy(text));
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("memory takes it");
    packed.finish().expect("memory takes it")
}

/// Reads it all: how many records there were, and the first loss.
fn open(bytes: Vec<u8>, limits: &Limits) -> Result<(u64, Option<Reason>), OpenError> {
    let mut source = Source::from_reader("packed", Cursor::new(bytes), &options(Some(Format::Eve), limits))?;
    let mut first = None;
    while let Some(record) = source.next() {
        if let Err(skipped) = record {
            first.get_or_insert(skipped.reason);
        }
    }
    Ok((source.summary().events, first))
}

#[test]
fn compressed_logs() {
    let line = |it: u64| {
        format!("{{\"event_type\":\"flow\",\"flow_id\":{}}}\n", it.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .into_bytes()
    };
    let log: Vec<u8> = (0..20_000).flat_map(line).collect();
    let limits = Limits::default();
    let both = [gzip(&log), gzip(&log)].concat();
    assert!(matches!(open(both, &limits), Ok((40_000, None))), "members after each other");
    let zstd = zstd::encode_all(&log[..], 3).expect("memory takes it");
    assert!(
        matches!(open([zstd.clone(), zstd.clone()].concat(), &limits), Ok((40_000, None))),
        "frames after each other"
    );

    for packed in [gzip(&log), zstd] {
        let cut = packed[..packed.len() / 2].to_vec();
        let Ok((events, Some(Reason::Broken(_)))) = open(cut, &limits) else {
            panic!("what was read counts, and the end is told")
        };
        assert!(events > 100, "{events}");
        let mut damaged = packed;
        let middle = damaged.len() / 2;
        damaged[middle..middle + 64].fill(0xff);
        assert!(matches!(open(damaged, &limits), Ok((_, Some(_))) | Err(OpenError::Io { .. })));
    }
    assert!(matches!(open(vec![0x1f, 0x8b, 8], &limits), Err(OpenError::Io { .. })));
}

#[test]
fn bombs_are_stopped() {
    let zeros = vec![0; 80 << 20];
    let expect = |packed: Vec<u8>, limits: &Limits, name: &str| {
        let Ok((0, Some(reason))) = open(packed, limits) else { panic!("{name} stops it") };
        reason
    };
    let ratio = Limits { max_expansion: 100, max_line_bytes: 1 << 20, ..Limits::default() };
    let total = Limits { max_unpacked_bytes: 1 << 20, ..ratio.clone() };
    let zstd = zstd::encode_all(&zeros[..], 1).expect("memory takes it");
    for packed in [gzip(&zeros), zstd] {
        for (limits, name) in [(&ratio, "max_expansion"), (&total, "max_unpacked_bytes")] {
            let reason = expect(packed.clone(), limits, name);
            assert!(matches!(&reason, Reason::Broken(it) if it.to_string().contains(name)), "{reason}");
        }
    }
}

/// A line of many bytes that is never in memory as a whole.
struct Long(u64);

impl Read for Long {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = (room.len() as u64).min(self.0) as usize;
        room[..count].fill(b'x');
        self.0 -= count as u64;
        Ok(count)
    }
}

#[test]
fn a_line_of_300_megabytes() {
    let input = Long(300 << 20).chain(Cursor::new(b"\n{\"event_type\":\"dns\"}\n".to_vec()));
    let mut source = Source::from_reader("long", input, &options(Some(Format::Eve), &SMALL)).expect("opens");
    assert!(
        matches!(source.next(), Some(Err(it)) if matches!(it.reason, Reason::TooLong { limit: 2048 }) && it.line == 1)
    );
    assert!(matches!(source.next(), Some(Ok(it)) if it.line == 2 && it.event.kind == "dns"));
    assert!(source.next().is_none());
}

#[test]
fn a_reader_that_fails_is_told_and_ends() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let input =
        Cursor::new(b"{\"event_type\":\"dns\"}\n{\"event_type\":\"tls\"}\n{\"cut".to_vec()).chain(Failing);
    let mut source = Source::from_reader("failing", input, &options(None, &SMALL)).expect("opens");
    let mut told = Vec::new();
    while let Some(record) = source.next() {
        told.push(record.map_or_else(|it| it.to_string(), |it| it.event.kind.into_owned()));
    }
    assert_eq!(
        told,
        [
            "dns",
            "tls",
            "line 3: the input ends here: the disk is gone",
            "line 3: expected the end of a string at byte 5"
        ]
    );
}
