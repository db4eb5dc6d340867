//! A database as a messenger might keep it.

use super::*;
use crate::ios::testing::lines;

fn database(statements: &str) -> Vec<u8> {
    let path = tempfile::NamedTempFile::new().unwrap();
    rusqlite::Connection::open(path.path()).unwrap().execute_batch(statements).unwrap();
    std::fs::read(path.path()).unwrap()
}

#[test]
fn links_are_told_wherever_they_stand() {
    let database = database(
        "CREATE TABLE ZMESSAGE (Z_PK INTEGER PRIMARY KEY, ZISOWN INTEGER, ZDATE REAL, ZTEXT TEXT, ZDATA BLOB);
         INSERT INTO ZMESSAGE VALUES (1, 0, 791000000.5, 'look: https://bad.example/x', NULL),
            (2, 1, 791000001, 'nothing here', NULL),
            (3, 1, 791000002, 'www.b.example', X'000168747470733a2f2f632e6578616d706c652f7900');
         CREATE TABLE messages (text TEXT, timestamp_ms INTEGER);
         INSERT INTO messages VALUES ('bit.ly/3x', 1780000000123);",
    );
    assert_eq!(
        lines(&ARTEFACT, &database),
        "ZMESSAGE 1 | received 2026-01-25T02:13:20.5Z Exact | ZTEXT “look: https://bad.example/x” | \
         url:value=https://bad.example/x domain-name:value=bad.example\n\
         ZMESSAGE 3 | written 2026-01-25T02:13:22Z Exact | ZTEXT “www.b.example”; ZDATA “https://c.example/y” | \
         url:value=www.b.example domain-name:value=www.b.example url:value=https://c.example/y \
         domain-name:value=c.example\n\
         messages 1 | kept 2026-05-28T20:26:40.123Z Exact | text “bit.ly/3x” | url:value=bit.ly/3x \
         domain-name:value=bit.ly\n\
         present 3\n"
    );
}

#[test]
fn what_the_app_encrypts_is_unreadable() {
    assert_eq!(
        lines(&ARTEFACT, &[7; 4096]),
        "unreadable: it does not begin as a database does; some messengers encrypt theirs with a key that only the phone \
         has\n"
    );
}

#[test]
fn each_clock_is_told_by_its_size() {
    #[track_caller]
    fn check(value: &Value<'_>, want: i64) {
        assert_eq!(instant(value).map(|it| it / 1_000_000_000), Some(want), "{value:?}");
    }
    let want = 1_780_000_000;
    check(&Value::Integer(1_780_000_000), want);
    check(&Value::Integer(1_780_000_000_000), want);
    check(&Value::Integer(1_780_000_000_000_000), want);
    check(&Value::Integer(801_692_800), want);
    check(&Value::Integer(801_692_800_000_000_000), want);
    check(&Value::Real(801_692_800.0), want);
    check(&Value::Real(1_780_000_000.0), want);
}
