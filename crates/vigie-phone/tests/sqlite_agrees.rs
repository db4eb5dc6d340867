//! Sound databases of every kind: the same rows as SQLite selects, at once and from the log beside the file.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

#[path = "support/database.rs"]
mod database;

use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;
use rusqlite::types::Value as Sql;
use vigie_phone::sqlite::Wal;

/// What a database is made like.
#[derive(Clone, Debug)]
struct Kind {
    page_size: u32,
    encoding: &'static str,
    auto_vacuum: u32,
    wal: bool,
    key: usize,
    index: bool,
    columns: Vec<(usize, usize)>,
}

/// What happens to it.
#[derive(Clone, Debug)]
enum Act {
    Insert(Option<i64>, Vec<Sql>),
    Update(u8, Vec<Sql>),
    Delete(u8),
    AddColumn(usize, usize),
    Checkpoint,
    Vacuum,
}

const TYPES: [&str; 10] = [
    "",
    "TEXT",
    "INTEGER",
    "REAL",
    "BLOB",
    "NUMERIC",
    "VARCHAR(20, 3)",
    "TIMESTAMP",
    "DOUBLE PRECISION",
    "\"big\" int",
];
const NAMES: [&str; 7] =
    ["plain", "\"with space\"", "[in brackets]", "`in \"ticks`", "'text'", "key", "\"a,b)(\"\"c\""];
const CONSTRAINTS: [&str; 9] = [
    "",
    "COLLATE NOCASE",
    "DEFAULT 'it''s, (odd'",
    "NOT NULL DEFAULT 7",
    "DEFAULT -2.5",
    "DEFAULT x'00ff' CHECK (1 > 0)",
    "CONSTRAINT named DEFAULT (+3) /* a comment, ) */",
    "DEFAULT NULL -- one more )\n",
    "REFERENCES other(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED",
];
const KEYS: [&str; 9] = [
    "",
    "id INTEGER PRIMARY KEY, ",
    "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, ",
    "id INTEGER PRIMARY KEY DESC, ",
    "id INT PRIMARY KEY, ",
    "k1, \"ID\" integer, CONSTRAINT pk PRIMARY KEY (\"id\" DESC), UNIQUE (k1)",
    "k1 TEXT NOT NULL, k2, PRIMARY KEY (k2, k1)",
    "k1 INTEGER PRIMARY KEY, ",
    "id INTEGER, g1 AS (id + 1), g2 INT GENERATED ALWAYS AS (id * 2) STORED, ",
];

impl Kind {
    /// Text constraints must stand after all columns.
    fn create(&self) -> String {
        let name = |at: usize| *NAMES.get(at).unwrap();
        let columns = self.columns.iter().enumerate().map(|(at, (kind, constraint))| {
            format!("{} {} {}", name(at), TYPES[*kind], CONSTRAINTS[*constraint])
        });
        let columns: Vec<String> = columns.collect();
        let key = KEYS[self.key];
        let (first, last) = match self.key {
            5 => ("k1, \"ID\" integer, ", ", CONSTRAINT pk PRIMARY KEY (\"id\" DESC) UNIQUE (k1)"),
            6 => ("k1 TEXT NOT NULL, k2, ", ", FOREIGN KEY (k1) REFERENCES o(a), PRIMARY KEY (k2, k1)"),
            _ => (key, ""),
        };
        let without = if self.without_rowid() { " WITHOUT ROWID" } else { "" };
        format!("CREATE TABLE \"the table\" ({first}{}{last}){without}", columns.join(", "))
    }

    fn without_rowid(&self) -> bool {
        matches!(self.key, 6 | 7)
    }
}

fn value() -> impl Strategy<Value = Sql> {
    prop_oneof![
        Just(Sql::Null),
        any::<i64>().prop_map(Sql::Integer),
        (-200_i64..200).prop_map(Sql::Integer),
        (0_u32..63, any::<bool>()).prop_map(|(bits, minus)| Sql::Integer(if minus {
            -(1 << bits)
        } else {
            1 << bits
        })),
        (-1e9..1e9).prop_map(Sql::Real),
        (-9_i32..9).prop_map(|it| Sql::Real(f64::from(it))),
        "[a-zé€😀0-9 ]{0,12}".prop_map(Sql::Text),
        (0_usize..9000).prop_map(|it| Sql::Text("long ü ".repeat(it / 7))),
        vec(any::<u8>(), 0..20).prop_map(Sql::Blob),
        (0_usize..9000, any::<u8>()).prop_map(|(length, byte)| Sql::Blob(vec![byte; length])),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    let columns = vec((0..TYPES.len(), 0..CONSTRAINTS.len()), 1..NAMES.len());
    let page_size = prop::sample::select(vec![512, 512, 1024, 4096, 16_384, 65_536]);
    let encoding = prop::sample::select(vec!["UTF-8", "UTF-16le", "UTF-16be"]);
    (page_size, encoding, 0_u32..3, any::<bool>(), 0..KEYS.len(), any::<bool>(), columns).prop_map(
        |(page_size, encoding, auto_vacuum, wal, key, index, columns)| Kind {
            page_size,
            encoding,
            auto_vacuum,
            wal,
            key,
            index,
            columns,
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    let rowid =
        prop_oneof![3 => Just(None), 1 => (-500_i64..500).prop_map(Some), 1 => any::<i64>().prop_map(Some)];
    prop_oneof![
        30 => (rowid, vec(value(), 12)).prop_map(|(rowid, values)| Act::Insert(rowid, values)),
        6 => (any::<u8>(), vec(value(), 12)).prop_map(|(which, values)| Act::Update(which, values)),
        6 => any::<u8>().prop_map(Act::Delete),
        1 => (0..TYPES.len(), 0..CONSTRAINTS.len()).prop_map(|(kind, constraint)| Act::AddColumn(kind, constraint)),
        1 => Just(Act::Checkpoint),
        1 => Just(Act::Vacuum),
    ]
}

/// Does it; what a constraint forbids is left undone.
fn run(connection: &Connection, kind: &Kind, act: &Act, added: &mut usize) {
    let listed = connection.prepare("SELECT name, hidden FROM pragma_table_xinfo('the table')").unwrap();
    let mut listed = listed;
    let columns: Vec<String> = listed
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .filter(|it| it.1 == 0)
        .map(|it| format!("\"{}\"", it.0.replace('"', "\"\"")))
        .collect();
    let mark = |sql: String, values: &[Sql]| {
        let _ =
            connection.execute(&sql, rusqlite::params_from_iter(values.iter().cycle().take(columns.len())));
    };
    let places: Vec<String> = (1..=columns.len()).map(|it| format!("?{it}")).collect();
    match act {
        Act::Insert(rowid, values) => {
            let rowid = rowid.filter(|_| !kind.without_rowid());
            let (name, number) = rowid
                .map_or((String::new(), String::new()), |it| ("_rowid_, ".to_owned(), format!("{it}, ")));
            let (columns, places) = (columns.join(", "), places.join(", "));
            mark(
                format!("INSERT OR REPLACE INTO \"the table\" ({name}{columns}) VALUES ({number}{places})"),
                values,
            );
        }
        Act::Update(which, values) => {
            let set: Vec<String> =
                columns.iter().zip(&places).map(|(name, it)| format!("{name} = {it}")).collect();
            let one = columns.last().unwrap();
            mark(
                format!(
                    "UPDATE OR IGNORE \"the table\" SET {} WHERE length({one}) % 7 = {}",
                    set.join(", "),
                    which % 7
                ),
                values,
            );
        }
        Act::Delete(which) => {
            let one = columns.last().unwrap();
            let sql = format!("DELETE FROM \"the table\" WHERE length({one}) % 5 = {}", which % 5);
            connection.execute(&sql, []).unwrap();
        }
        Act::AddColumn(of, constraint) => {
            *added += 1;
            let sql = format!(
                "ALTER TABLE \"the table\" ADD COLUMN added{added} {} {}",
                TYPES[*of], CONSTRAINTS[*constraint]
            );
            let _ = connection.execute_batch(&sql);
        }
        Act::Checkpoint => connection.execute_batch("PRAGMA wal_checkpoint").unwrap(),
        Act::Vacuum => connection.execute_batch("PRAGMA incremental_vacuum; VACUUM").unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_same_rows_as_sqlite(kind in kind(), acts in vec(act(), 0..60)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        let mode = if kind.wal { "WAL" } else { "DELETE" };
        connection.execute_batch(&format!(
            "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA page_size = {}; PRAGMA encoding = '{}'; PRAGMA auto_vacuum = {};
             PRAGMA journal_mode = {mode}; {};",
            kind.page_size, kind.encoding, kind.auto_vacuum, kind.create(),
        )).unwrap();
        if kind.index {
            connection.execute_batch("CREATE INDEX i ON \"the table\" (plain)").unwrap();
        }
        let mut added = 0;
        for act in &acts {
            run(&connection, &kind, act, &mut added);
        }
        let want = database::selected(&connection, "the table", !kind.without_rowid());
        // What is computed on reading is not stored, and not read.
        let want: Vec<_> = want.into_iter().map(|mut row| {
            if kind.key == 8 {
                row.remove(2);
            }
            row
        }).collect();
        let (main, wal) = database::files(&path);
        let ours = database::open(&main, wal.as_deref());
        prop_assert_eq!(ours.damage(), None);
        let (got, outcome) = database::read(&ours, "The Table");
        prop_assert_eq!(&got, &want);
        prop_assert!(outcome.is_whole(), "{:?}", outcome);
        prop_assert_eq!(outcome.of, Some(want.len() as u64));
    }
}

/// A database in which the log holds what matters, while the connection is open.
fn with_log(path: &std::path::Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;
             CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO t (text) VALUES ('one');
             PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t (text) VALUES ('two'); INSERT INTO t (text) VALUES ('three');",
        )
        .unwrap();
    connection
}

#[track_caller]
fn check_log(change: impl Fn(&mut Vec<u8>), rows: usize, says: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let _connection = with_log(&path);
    let (main, wal) = database::files(&path);
    let mut wal = wal.unwrap();
    change(&mut wal);
    let ours = database::open(&main, Some(&wal));
    let (got, outcome) = database::read(&ours, "t");
    assert_eq!(got.len(), rows, "{:?}", ours.wal());
    let said = outcome.damage();
    match says {
        None => assert_eq!(said, None),
        Some(part) => assert!(said.as_ref().is_some_and(|it| it.contains(part)), "{said:?}"),
    }
}

/// A frame of the log in `with_log`.
const FRAME: usize = 24 + 1024;

#[test]
fn a_log_is_believed_up_to_its_last_whole_transaction() {
    check_log(|_| (), 3, None);
    check_log(Vec::clear, 1, None);
    check_log(|wal| wal.truncate(wal.len() - 1), 2, Some("ends within frame"));
    check_log(|wal| wal.truncate(wal.len() - FRAME + 10), 2, Some("ends within the header of frame"));
    check_log(|wal| wal.truncate(20), 1, Some("ends within its header"));
    check_log(|wal| wal[0] = 7, 1, Some("it is no write-ahead log"));
    check_log(|wal| wal[17] ^= 1, 1, Some("does not match its checksum"));
    check_log(|wal| wal[10] = 8, 1, Some("belongs to another database"));
    check_log(|wal| *wal.last_mut().unwrap() ^= 1, 2, Some("does not match its checksum"));
    // Salts of an earlier round: nothing is missing.
    check_log(
        |wal| {
            let at = wal.len() - FRAME + 8;
            wal[at] ^= 1;
        },
        2,
        None,
    );
}

#[test]
fn a_transaction_that_never_ended_is_not_seen_but_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let connection = with_log(&path);
    let sql = "PRAGMA cache_size = 2; BEGIN; WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)
               INSERT INTO t (text) SELECT 'never there' || i FROM n;";
    connection.execute_batch(sql).unwrap();
    let (main, wal) = database::files(&path);
    let ours = database::open(&main, wal.as_deref());
    let (got, outcome) = database::read(&ours, "t");
    assert_eq!(got.len(), 3);
    assert!(outcome.damage().unwrap().contains("a transaction that never ended"), "{outcome:?}");
    assert!(matches!(ours.wal(), Wal::Used { left: Some(_), .. }));
}

#[test]
fn room_reserved_on_each_page_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA page_size = 1024; PRAGMA user_version = 1;").unwrap();
    drop(connection);
    // An empty database with 32 bytes reserved: said in the header, and the content of the first page ends before them.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[20] = 32;
    bytes[105..107].copy_from_slice(&992_u16.to_be_bytes());
    std::fs::write(&path, &bytes).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE t (a, b); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200)
             INSERT INTO t SELECT i, hex(randomblob(i * 9)) FROM n;",
        )
        .unwrap();
    let want = database::selected(&connection, "t", true);
    let (main, wal) = database::files(&path);
    assert_eq!(main[20], 32);
    assert_eq!(database::read(&database::open(&main, wal.as_deref()), "t").0, want);
}

#[test]
fn a_row_says_which_columns_its_table_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE t (ID INTEGER PRIMARY KEY, text, real REAL, data BLOB, day INTEGER);
             INSERT INTO t VALUES (7, 'a', 2, x'01', NULL);
             ALTER TABLE t ADD COLUMN later TEXT DEFAULT 5;
             CREATE VIEW v AS SELECT 1; CREATE INDEX i ON t (text);",
        )
        .unwrap();
    let (main, _) = database::files(&path);
    let ours = database::open(&main, None);
    let table = ours.table("T").unwrap();
    let row = ours.rows(&table).next().unwrap();
    assert_eq!((row.rowid(), row.integer("id"), row.integer("Id")), (Some(7), Some(7), Some(7)));
    assert_eq!((row.text("text").as_deref(), row.text("later").as_deref()), (Some("a"), Some("5")));
    assert_eq!((row.real("real"), row.integer("real")), (Some(2.0), None));
    assert_eq!(row.blob("data").as_deref(), Some(&[1][..]));
    assert_eq!(row.get("day"), Some(vigie_phone::sqlite::Value::Null));
    assert_eq!(row.get("guid"), None);
    assert_eq!(ours.tables().collect::<Vec<_>>(), ["t"]);
    assert_eq!(
        ours.table("v").unwrap_err().to_string(),
        "`v` has no rows of its own: it is a view or a virtual table"
    );
    assert_eq!(ours.table("i").unwrap_err().to_string(), "the database has no table `i`");
}
