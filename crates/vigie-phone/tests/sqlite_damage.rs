//! Damaged databases: what can be read is read, what cannot be is said, and nothing is made up.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

#[path = "support/database.rs"]
mod database;

use std::collections::{BTreeSet, HashMap};

use database::Shown;
use rusqlite::Connection;
use vigie_phone::sqlite::{Database, NotRead, Outcome};
use vigie_phone::{Limits, State};

/// The size of pages in most cases here.
const PAGE: usize = 1024;

/// Messages, people, and which is whose: an interior level, records over several pages, two tables of the same shape.
const TABLES: &str = "
    CREATE TABLE message (id INTEGER PRIMARY KEY, guid TEXT NOT NULL, text TEXT, date INTEGER, body BLOB);
    CREATE TABLE handle (id INTEGER PRIMARY KEY, address TEXT NOT NULL, service TEXT NOT NULL);
    CREATE TABLE chat_message (chat INTEGER, message INTEGER);
    CREATE TABLE chat_handle (chat INTEGER, handle INTEGER);
    CREATE TABLE word (word TEXT PRIMARY KEY, count INTEGER) WITHOUT ROWID;
    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)
        INSERT INTO message SELECT i, 'guid-' || i, 'text of message ' || i, 700000000 + i,
            CASE WHEN i % 50 = 0 THEN randomblob(3000) ELSE randomblob(9) END FROM n;
    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900)
        INSERT INTO handle SELECT i, 'person' || i || '@example.org', 'iMessage' FROM n;
    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) INSERT INTO chat_message SELECT i % 7, i FROM n;
    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) INSERT INTO chat_handle SELECT i % 5, i FROM n;
    WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) INSERT INTO word SELECT 'word' || i, i FROM n;
";

/// The bytes of a database of these tables, and its rows in each.
struct Sound {
    main: Vec<u8>,
    connection: Connection,
    rows: HashMap<&'static str, Vec<Shown>>,
    _folder: tempfile::TempDir,
}

impl Sound {
    fn new(before: &str, after: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(&format!("PRAGMA page_size = {PAGE}; {before}; BEGIN; {TABLES}; {after}; COMMIT;"))
            .unwrap();
        let main = database::files(&path).0;
        let tables = ["message", "handle", "chat_message", "chat_handle", "word"];
        let there = |it: &&str| connection.table_exists(None, *it).unwrap();
        let rows = tables.into_iter().filter(there);
        let rows = rows.map(|it| (it, database::selected(&connection, it, it != "word"))).collect();
        Self { main, connection, rows, _folder: folder }
    }

    fn rows(&self, table: &str) -> &[Shown] {
        &self.rows[table]
    }

    /// The first page of a table's tree.
    fn root(&self, table: &str) -> usize {
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
        self.connection.query_row(sql, [table], |row| row.get::<_, u32>(0)).unwrap() as usize
    }

    /// Whether a page is one of a tree, and not the middle of a record.
    fn is_tree(&self, page: usize) -> bool {
        matches!(self.main[at(page)], 2 | 5 | 10 | 13)
    }

    fn with(&self, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut main = self.main.clone();
        change(&mut main);
        main
    }
}

/// Where a page begins.
fn at(page: usize) -> usize {
    (page - 1) * PAGE
}

fn blank(main: &mut [u8], page: usize) {
    main[at(page)..at(page + 1)].fill(0);
}

/// Reads a table of a damaged file: every row is one that was there, except for values that are said to be lost.
#[track_caller]
fn read(main: &[u8], table: &str, sound: &Sound) -> (usize, Outcome) {
    let ours = database::open(main, None);
    let (got, outcome) = database::read(&ours, table);
    let want = sound.rows(table);
    let all: BTreeSet<&Shown> = want.iter().collect();
    for row in &got {
        let is_known = all.contains(row)
            || want
                .iter()
                .any(|it| it.len() == row.len() && it.iter().zip(row).all(|(a, b)| a == b || b == "lost"));
        assert!(is_known, "{table}: {row:?}");
    }
    let distinct: BTreeSet<&Shown> = got.iter().collect();
    assert_eq!(distinct.len(), got.len(), "{table}: rows came twice");
    assert_eq!(outcome.read, got.len() as u64);
    (got.len(), outcome)
}

#[track_caller]
fn check_says(outcome: &Outcome, part: &str) {
    let said = outcome.damage().unwrap_or_default();
    assert!(said.contains(part), "`{said}` does not say `{part}`");
}

#[test]
fn one_bad_page_costs_its_own_rows() {
    let sound = Sound::new("", "");
    let pages = sound.main.len() / PAGE;
    for garbage in [false, true] {
        for page in (2..=pages).step_by(5).filter(|it| !garbage || sound.is_tree(*it)) {
            let main = sound.with(|main| {
                if garbage {
                    for (index, byte) in main[at(page)..at(page + 1)].iter_mut().enumerate() {
                        *byte = (index * 151 + page * 31 + index / 7) as u8;
                    }
                } else {
                    blank(main, page);
                }
            });
            let ours = database::open(&main, None);
            let mut missing = 0;
            for table in ["message", "handle"] {
                let Ok(_) = ours.table(table) else { continue };
                let (read, outcome) = read(&main, table, &sound);
                let all = sound.rows(table).len();
                assert!(
                    outcome.is_whole() == (read == all && outcome.lost_pages + outcome.cut == 0),
                    "{outcome:?}"
                );
                missing += all - read;
            }
            // No leaf has as many; and what hangs below an interior page is found again.
            assert!(missing <= 60, "page {page} blanked cost {missing} rows");
        }
    }
}

#[test]
fn a_file_that_is_cut_off_gives_the_rows_that_are_there() {
    for vacuum in ["", "PRAGMA auto_vacuum = FULL"] {
        let sound = Sound::new(vacuum, "");
        let mut last = 0;
        for percent in [2, 10, 50, 51, 90, 99] {
            let main = sound.with(|main| main.truncate(main.len() * percent / 100));
            let (read, outcome) = read(&main, "message", &sound);
            if percent <= 51 {
                check_says(&outcome, "is not in the file");
            }
            assert!(read >= last, "{percent} % gave {read} rows, fewer than less of the file: {last}");
            last = read;
            if percent >= 90 {
                // The end holds other tables.
                assert!(read == 3000 && outcome.is_whole(), "{outcome:?}");
                check_says(&self::read(&main, "word", &sound).1, "is not in the file");
            }
        }
    }
}

/// Blanks the root of a table, so that all of its rows have to be salvaged.
#[track_caller]
fn check_lost_root(sound: &Sound, table: &str, least: usize, says: &str) {
    let main = sound.with(|main| blank(main, sound.root(table)));
    let (read, outcome) = read(&main, table, sound);
    assert!(read >= least, "{table}: {read} rows, {outcome:?}");
    assert_eq!(outcome.salvaged, read as u64);
    check_says(&outcome, "is blank");
    if !says.is_empty() {
        check_says(&outcome, says);
    }
}

#[test]
fn rows_without_their_tree_are_attributed_by_shape_or_by_the_pointer_map() {
    let sound = Sound::new("", "");
    check_lost_root(&sound, "message", 3000, "3000 rows are from pages that the table no longer leads to");
    check_lost_root(&sound, "handle", 900, "");
    // Only this one is damaged, so no other can be meant.
    check_lost_root(&sound, "chat_message", 3000, "");
    // Its pages are like those of an index.
    check_lost_root(&sound, "word", 0, "");

    // Two of the same shape: nobody can tell whose the pages are.
    let both = sound.with(|main| {
        blank(main, sound.root("chat_message"));
        blank(main, sound.root("chat_handle"));
    });
    let (rows, outcome) = read(&both, "chat_handle", &sound);
    assert_eq!(rows, 0);
    check_says(&outcome, "may be of this table or of another");
    assert!(matches!(outcome.state(), State::Unreadable { .. }));

    let mapped = Sound::new("PRAGMA auto_vacuum = INCREMENTAL", "");
    let both = mapped.with(|main| {
        for table in ["chat_message", "chat_handle", "word"] {
            blank(main, mapped.root(table));
        }
    });
    assert_eq!(read(&both, "chat_message", &mapped).0, 3000);
    assert_eq!(read(&both, "chat_handle", &mapped).0, 3000);
    let words = read(&both, "word", &mapped).0;
    assert!((1900..2000).contains(&words), "{words}: all but those on the root");
}

#[test]
fn what_was_deleted_is_not_salvaged() {
    for vacuum in ["", "PRAGMA auto_vacuum = INCREMENTAL"] {
        let sound = Sound::new(vacuum, "DELETE FROM message WHERE id > 1500; DROP TABLE handle");
        let main = sound.with(|main| blank(main, sound.root("message")));
        assert_eq!(read(&main, "message", &sound).0, 1500);
    }
}

#[test]
fn an_index_says_how_many_rows_there_were() {
    let sound = Sound::new(
        "",
        "CREATE INDEX by_guid ON message (guid); CREATE INDEX few ON handle (id) WHERE id < 9",
    );
    let leaf = first_leaf(&sound, "message");
    let main = sound.with(|main| blank(main, leaf));
    let (rows, outcome) = read(&main, "message", &sound);
    assert!(rows < 3000);
    assert_eq!(outcome.of, Some(3000));
    assert!(matches!(outcome.state(), State::Partial { read, of: Some(3000), .. } if read == rows as u64));
    // An index of some rows only tells nothing.
    let leaf = first_leaf(&sound, "handle");
    let main = sound.with(|main| blank(main, leaf));
    assert_eq!(read(&main, "handle", &sound).1.of, None);
}

/// The leaf with the lowest rowids.
fn first_leaf(sound: &Sound, table: &str) -> usize {
    let mut page = sound.root(table);
    while sound.main[at(page)] == 5 {
        let cell = at(page) + 12;
        let cell = at(page) + usize::from(u16::from_be_bytes([sound.main[cell], sound.main[cell + 1]]));
        page = u32::from_be_bytes(sound.main[cell..cell + 4].try_into().unwrap()) as usize;
    }
    page
}

#[test]
fn a_record_that_lost_its_end_keeps_its_beginning() {
    let sound = Sound::new("", "");
    let ours = database::open(&sound.main, None);
    let count = |main: &[u8]| {
        let (_, outcome) = read(main, "message", &sound);
        outcome.cut
    };
    assert_eq!(count(&sound.main), 0);
    drop(ours);
    // A page of the body of message 50: it begins with the number of the next one, and is no page of a tree.
    let pages = sound.main.len() / PAGE;
    let long = (2..=pages).find(|page| !sound.is_tree(*page)).unwrap();
    let main = sound.with(|main| blank(main, long));
    assert_eq!(count(&main), 1);
    let main = sound.with(|main| main[at(long)..at(long) + 4].fill(0xff));
    assert_eq!(count(&main), 1);
}

#[test]
fn circles_and_absurd_numbers_end() {
    let sound = Sound::new("", "");
    let root = at(sound.root("message"));
    let page = (sound.root("message") as u32).to_be_bytes();
    // The last child of the root is the root.
    let main = sound.with(|main| main[root + 8..root + 12].copy_from_slice(&page));
    let (_, outcome) = read(&main, "message", &sound);
    check_says(&outcome, "is pointed to twice");
    // Each child is.
    let main = sound.with(|main| {
        for cell in 0..usize::from(u16::from_be_bytes([main[root + 3], main[root + 4]])) {
            let pointer = root + 12 + cell * 2;
            let cell = root + usize::from(u16::from_be_bytes([main[pointer], main[pointer + 1]]));
            main[cell..cell + 4].copy_from_slice(&page);
        }
    });
    check_says(&read(&main, "message", &sound).1, "is pointed to twice");
    // More cells than have room.
    let main = sound.with(|main| main[root + 3..root + 5].fill(0xff));
    check_says(&read(&main, "message", &sound).1, "is damaged");
    // Every cell of a leaf is the same one.
    let leaf = at(first_leaf(&sound, "message"));
    let main = sound.with(|main| {
        let first = [main[leaf + 8], main[leaf + 9]];
        for pointer in main[leaf + 10..leaf + 30].as_chunks_mut::<2>().0 {
            *pointer = first;
        }
    });
    let ours = database::open(&main, None);
    assert!(database::read(&ours, "message").0.len() <= 3000);
    // The list of free pages leads to itself.
    let main = sound.with(|main| {
        main[32..36].copy_from_slice(&page);
        blank(main, sound.root("handle"));
    });
    assert!(read(&main, "message", &sound).1.is_whole());
    assert_eq!(read(&main, "handle", &sound).0, 900);
}

#[track_caller]
fn check_not_read(main: &[u8], want: &str) {
    let why = Database::open(main, None, &Limits::default()).unwrap_err();
    assert!(why.to_string().starts_with(want), "{why}");
}

#[test]
fn what_is_no_database_says_what_it_is() {
    let sound = Sound::new("", "");
    check_not_read(b"", "the file is empty (0 bytes)");
    check_not_read(&[0; 4096], "the file begins with nothing but zeros");
    check_not_read(
        b"bplist00\xd4\x01",
        "the file is no SQLite database: it begins with `bplist00\\xd4\\x01`",
    );
    check_not_read(b"SQLite format 3\0", "the header of the database is damaged");
    let mut state = 1_u64;
    let random: Vec<u8> = (0..16_384)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect();
    check_not_read(&random, "the file is encrypted or packed");
    // Some programs leave the header readable and encrypt the rest.
    let mut headed = random.clone();
    headed[..100].copy_from_slice(&sound.main[..100]);
    check_not_read(&headed, "the file is encrypted or packed");
    let limits = Limits { file_bytes: 1000, ..Limits::default() };
    let why = Database::open(&sound.main, None, &limits).unwrap_err();
    assert_eq!(why, NotRead::TooLarge { got: sound.main.len() as u64, limit: 1000 });
    let main = sound.with(|main| blank(main, 1));
    check_not_read(&main, "the file is no SQLite database: it begins with `\\x00");
}

#[test]
fn a_damaged_header_costs_no_rows() {
    let sound = Sound::new("", "");
    for (range, says) in [
        (0..16, "the first bytes are not those of a database"),
        (16..18, "the size of its pages is damaged; 1024 bytes fit best"),
        (56..60, "text is written in a way"),
        (18..20, ""),
        (20..24, "the header says that part of each page is not used, and it is"),
        (20..21, "the header says that part of each page is not used, and it is"),
        (24..56, ""),
        (60..100, ""),
    ] {
        let main = sound.with(|main| main[range.clone()].fill(0x77));
        println!("{range:?}");
        let (rows, outcome) = read(&main, "message", &sound);
        println!("{range:?} {outcome:?}");
        assert_eq!(rows, 3000, "{range:?}");
        assert_eq!(outcome.is_whole(), says.is_empty(), "{range:?}: {outcome:?}");
        check_says(&Outcome { lost_rows: 1, ..outcome }, says);
    }
}

#[test]
fn a_damaged_list_of_tables_is_said_where_a_table_is_missing() {
    let create = |it| format!("CREATE TABLE t{it} (a, b, c); INSERT INTO t{it} VALUES ({it}, 2, 3);");
    let many = (0..60).map(create).collect::<Vec<String>>().concat();
    let sound = Sound::new("", &many);
    // The list has several pages; the first one is lost with its header kept, the others are found again.
    let main = sound.with(|main| main[100..PAGE].fill(0));
    let ours = database::open(&main, None);
    assert!(ours.damage().unwrap().contains("the list of tables is damaged"), "{:?}", ours.damage());
    assert_eq!(database::read(&ours, "t59").0, database::selected(&sound.connection, "t59", true));
    assert_eq!(database::read(&ours, "message").0.len(), 3000);
    // One of its leaves is lost.
    let page = sound.main.windows(10).position(|it| it == b"TABLE t30 ").unwrap() / PAGE + 1;
    let main = sound.with(|main| blank(main, page));
    let ours = database::open(&main, None);
    let why = ours.table("t30").unwrap_err().to_string();
    assert!(why.starts_with("table `t30` is not in what could be read of the list of tables"), "{why}");
    assert_eq!(database::read(&ours, "t59").0, database::selected(&sound.connection, "t59", true));
}
