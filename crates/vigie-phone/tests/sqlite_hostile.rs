//! Hostile databases: whatever the bytes, reading comes back, within bounds.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

#[path = "../../../fuzz/targets/phone_sqlite.rs"]
pub mod target;

use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;
use target::read;

/// A database of every kind of page, and its log.
fn seed(auto_vacuum: bool) -> &'static (Vec<u8>, Vec<u8>) {
    static SEEDS: [OnceLock<(Vec<u8>, Vec<u8>)>; 2] = [OnceLock::new(), OnceLock::new()];
    SEEDS[usize::from(auto_vacuum)].get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(&format!(
                "PRAGMA page_size = 512; PRAGMA auto_vacuum = {}; PRAGMA journal_mode = WAL;
                 CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT, body BLOB, real REAL); CREATE INDEX i ON t (text);
                 CREATE TABLE w (a TEXT, b, PRIMARY KEY (b, a)) WITHOUT ROWID; CREATE TABLE gone (a);
                 WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 150)
                     INSERT INTO t SELECT i, 'text ' || i, zeroblob(i % 40 * 50), i FROM n;
                 INSERT INTO w SELECT text, id FROM t; INSERT INTO gone SELECT body FROM t; DROP TABLE gone;
                 PRAGMA wal_checkpoint(TRUNCATE); UPDATE t SET text = text || '!' WHERE id % 9 = 0;",
                u8::from(auto_vacuum)
            ))
            .unwrap();
        (std::fs::read(&path).unwrap(), std::fs::read(folder.path().join("a.db-wal")).unwrap())
    })
}

#[test]
fn the_seeds_of_the_fuzz_target_have_rows() {
    let seed = |name: &str| {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/phone_sqlite");
        std::fs::read(std::path::Path::new(seeds).join(name)).unwrap()
    };
    assert_eq!(read(&seed("small.db"), None), 50);
    assert_eq!(read(&seed("mapped.db"), None), 50);
    let with_log = seed("with-log.db");
    let (main, wal) = with_log.split_at(with_log.len() / 2);
    assert_eq!((read(main, None), read(main, Some(wal))), (50, 55));
}

/// A change to some bytes: where, in millionths, and what is written there.
fn change() -> impl Strategy<Value = (u32, Vec<u8>)> {
    let bytes = prop_oneof![
        4 => vec(any::<u8>(), 1..4),
        1 => vec(any::<u8>(), 1..600),
        1 => prop::sample::select(vec![vec![0; 512], vec![0xff; 8], vec![13], vec![5], vec![2], vec![10], vec![0, 0, 0, 3]]),
    ];
    (0_u32..1_000_000, bytes)
}

/// So many millionths of a number.
fn share(millionths: u32, of: usize) -> usize {
    of * millionths as usize / 1_000_000
}

fn changed(bytes: &[u8], changes: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (place, new) in changes {
        let start = share(*place, bytes.len());
        for (byte, new) in bytes.iter_mut().skip(start).zip(new) {
            *byte = *new;
        }
    }
    bytes
}

#[test]
fn the_seeds_have_rows() {
    for auto_vacuum in [false, true] {
        let (main, wal) = seed(auto_vacuum);
        assert_eq!(read(main, Some(wal)), 300);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_files_never_panic(
        auto_vacuum in any::<bool>(),
        main in vec(change(), 0..12),
        wal in prop::option::of(vec(change(), 0..3)),
        keep in prop_oneof![3 => Just(1_000_000_u32), 1 => 0..1_000_000_u32],
    ) {
        let (sound, log) = seed(auto_vacuum);
        let mut bytes = changed(sound, &main);
        bytes.truncate(share(keep, bytes.len()));
        let log = wal.map(|it| changed(log, &it));
        read(&bytes, log.as_deref());
        target::run(&bytes);
    }

    #[test]
    fn the_header_alone_changed_never_panics(header in vec((0_usize..112, any::<u8>()), 1..6)) {
        let mut bytes = seed(false).0.clone();
        for (place, byte) in header {
            bytes[place] = byte;
        }
        read(&bytes, None);
    }

    #[test]
    fn any_bytes_never_panic(bytes in vec(any::<u8>(), 0..3000), headed in any::<bool>()) {
        let mut bytes = bytes;
        if headed {
            let header = &seed(true).0[..100];
            bytes.splice(..bytes.len().min(100), header.iter().copied());
        }
        read(&bytes, Some(&bytes));
        target::run(&bytes);
    }

    #[test]
    fn any_definition_never_panics(sql in "CREATE TABLE t ?\\(([a-c\"'`\\[\\]\\(\\),. ]|INTEGER|PRIMARY KEY|DEFAULT|AS|CHECK|-|/\\*|x'|é){0,30}\\)?( WITHOUT ROWID)?") {
        let (main, _) = seed(false);
        let old = b"CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT, body BLOB, real REAL)";
        let at = main.windows(old.len()).position(|it| it == old).unwrap();
        let mut bytes = main.clone();
        let text = sql.bytes().chain(std::iter::repeat(b' ')).take(old.len());
        for (byte, new) in bytes.iter_mut().skip(at).zip(text) {
            *byte = new;
        }
        read(&bytes, None);
    }
}

/// A page with so many cells, all of which are the same bytes in its middle.
fn page(kind: u8, right: u32, cells: &[[u8; 6]]) -> [u8; 512] {
    let mut page = [0; 512];
    let count = cells.len() as u16;
    let start = 512 - cells.len() * 6;
    page[0] = kind;
    page[3..5].copy_from_slice(&count.to_be_bytes());
    page[5..7].copy_from_slice(&(start as u16).to_be_bytes());
    let pointers = if kind == 5 { 12 } else { 8 };
    page[8..12].copy_from_slice(&right.to_be_bytes());
    for (index, cell) in cells.iter().enumerate() {
        let at = start + index * 6;
        page[at..at + 6].copy_from_slice(cell);
        page[pointers + index * 2..][..2].copy_from_slice(&(at as u16).to_be_bytes());
    }
    page
}

/// A cell that leads to a page.
fn child(page: u32) -> [u8; 6] {
    let [a, b, c, d] = page.to_be_bytes();
    [a, b, c, d, 1, 0]
}

#[test]
fn records_that_share_one_long_chain_cost_no_more_than_the_file() {
    const FAN: u32 = 60;
    let (sound, _) = seed(false);
    let mut bytes = sound.clone();
    let first = (bytes.len() / 512) as u32 + 1;
    // The root of the first table leads to 60 pages, each of these to 60 leaves.
    let children: Vec<_> = (0..FAN).map(|it| child(first + it)).collect();
    bytes[512..1024].copy_from_slice(&page(5, first, &children));
    let leaves = first + FAN;
    for parent in 0..FAN {
        let children: Vec<_> = (0..FAN).map(|it| child(leaves + parent * FAN + it)).collect();
        bytes.extend(page(5, leaves, &children));
    }
    // Every cell of every leaf is a record of four million bytes that goes on in one chain. It is no record, so that
    // following the chain is in vain each time; or it is one, so that its pages belong to the first that has it.
    let chain = leaves + FAN * FAN;
    for leaf in 0..FAN * FAN {
        let mut page = [0; 512];
        page[..8].copy_from_slice(&[13, 0, 0, 5, 0, 18, 0, 0]);
        for cell in 0..5_usize {
            let at = 18 + cell * 90;
            page[8 + cell * 2..10 + cell * 2].copy_from_slice(&(at as u16).to_be_bytes());
            // 4,003,079 bytes, of which 39 are here.
            page[at..at + 5].copy_from_slice(&[0x81, 0xf4, 0xaa, 0x07, 1]);
            page[at + 5] = if leaf % 2 == 0 { 3 } else { 0xff };
            page[at + 44..at + 48].copy_from_slice(&chain.to_be_bytes());
        }
        bytes.extend(page);
    }
    for link in 0..8_000 {
        let mut page = [7; 512];
        page[..4].copy_from_slice(&(chain + link + 1).to_be_bytes());
        bytes.extend(page);
    }
    let start = std::time::Instant::now();
    let rows = read(&bytes, None);
    assert!(rows > 150, "the records were rejected for another reason");
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}
