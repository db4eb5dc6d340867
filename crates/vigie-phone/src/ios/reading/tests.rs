//! Databases as phones keep them, made for these tests: what each reader says of them, and that no damage is silence.

use std::sync::LazyLock;

use rusqlite::Connection;
use vigie_model::event::{Observed, Path};

use crate::ios::*;
use crate::{Input, Kind, Limits, Sign, State, Zone};

/// The bytes of a database that these statements make.
fn database(sql: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    std::fs::read(path).unwrap()
}

fn read_bytes(artefact: &Artefact, bytes: &[u8]) -> (Vec<Record>, State) {
    let (zone, limits) = (Zone::default(), Limits::default());
    let (kind, file) = (Kind::IosBackup, "x.db".into());
    let (wal, modified, programs) = (None, None, None);
    let input = Input { kind, file, bytes, wal, modified, programs, zone: &zone, limits: &limits };
    let mut records = Vec::new();
    let state = (artefact.reader)(&input, &mut |it| records.push(it));
    (records, state)
}

fn seen(record: &Record, path: Path) -> Vec<&str> {
    let of_path = record.seen.iter().filter(|it| it.path == path);
    let text = |it: &Observed<'static>| matches!(it, Observed::Text(_));
    let values = of_path.filter(|it| text(&it.value)).map(|it| match &it.value {
        Observed::Text(text) => &**text,
        _ => unreachable!("filtered"),
    });
    values.collect()
}

/// What is said of a database, one record a line: place, text, and signs.
#[track_caller]
fn check(artefact: &Artefact, sql: &str, want: &str) -> Vec<Record> {
    let (records, state) = read_bytes(artefact, &database(sql));
    let line = |it: &Record| {
        let signs: Vec<_> = it.signs.iter().map(|it| format!(" !{it}")).collect();
        format!("{}: {}{}", it.place, it.text, signs.concat())
    };
    let got: Vec<_> = records.iter().map(line).collect();
    let want: Vec<_> = want.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    assert_eq!(got, want);
    assert_eq!(state, State::Present { records: records.len() as u64 });
    records
}

const SMS: &str = "CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT, service TEXT);
    CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, handle_id INTEGER DEFAULT 0,
        attributedBody BLOB, service TEXT, date INTEGER, is_from_me INTEGER DEFAULT 0, payload_data BLOB);
    CREATE TABLE message_attachment_join (message_id INTEGER, attachment_id INTEGER);
    CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY, filename TEXT, transfer_name TEXT, mime_type TEXT,
        is_outgoing INTEGER DEFAULT 0, created_date INTEGER);
    INSERT INTO handle VALUES (1, '+33600000001', 'SMS'), (2, 'threat-notifications@apple.com', 'iMessage');";

#[test]
fn messages_without_a_correspondent_and_those_that_are_gone() {
    let sql = format!(
        "{SMS}
        INSERT INTO message (ROWID, text, handle_id, date, is_from_me) VALUES
            (1, 'see https://a.example:8443/x.', 1, 801692800000000000, 0), (2, 'no one: http://b.example', 0, 1, 1),
            (5, 'gone', 9, 801692800, 0), (6, '…', 2, 0, 0);
        DELETE FROM message WHERE ROWID = 5;
        INSERT INTO message (ROWID, text, handle_id) VALUES (9, 'again', 9);
        DELETE FROM message WHERE ROWID = 9;
        INSERT INTO message (ROWID, text, handle_id) VALUES (8, 'again', 9);"
    );
    let records = check(
        &sms::ARTEFACT,
        &sql,
        "message 1: from +33600000001; text “see https://a.example:8443/x.”
        message 2: to somebody unknown; text “no one: http://b.example”
        message 6: from threat-notifications@apple.com; text “…” !threat-notification
        message 8: from somebody whose entry (9) is gone; text “again”
        message 3 to 5: 3 missing here: deleted, or never completed !rows-missing
        message 7: 1 missing here: deleted, or never completed !rows-missing
        message 9: 1 missing here: deleted, or never completed !rows-missing",
    );
    assert_eq!(seen(&records[0], Path::Url), ["https://a.example:8443/x"]);
    assert_eq!(seen(&records[0], Path::DomainName), ["a.example"]);
    assert_eq!(seen(&records[0], Path::UserId), ["+33600000001"]);
    assert_eq!(seen(&records[2], Path::EmailAddress), ["threat-notifications@apple.com"]);
    assert_eq!(records[0].moments[0].time, 1_780_000_000_000_000_000);
}

/// A typed stream of `hidden https://c.example/y`, as the phone archives it.
const BODY: &str = "040B73747265616D747970656481E803840140848484124E5341747472696275746564537472696E67\
    008484084E534F626A656374008592848484084E53537472696E67019484012B1A68696464656E206874747073\
    3A2F2F632E6578616D706C652F7986";

#[test]
fn text_that_is_in_the_body_only() {
    let (records, _) = read_bytes(
        &sms::ARTEFACT,
        &database(&format!("{SMS} INSERT INTO message (text, attributedBody) VALUES (NULL, x'{BODY}');")),
    );
    assert_eq!(records[0].text, "from somebody unknown; text “hidden https://c.example/y”");
    assert_eq!(seen(&records[0], Path::DomainName), ["c.example"]);
}

#[test]
fn attachments_with_names_of_scratch_files() {
    let sql = format!(
        "{SMS} INSERT INTO attachment VALUES (1, '/var/tmp/x-1', 'x.gif', 'image/gif', 0, 0),
            (2, '~/Library/SMS/Attachments/a/b.png', 'b.png', '', 1, 0);
        INSERT INTO message (ROWID, text, handle_id) VALUES (1, 'x', 1);
        INSERT INTO message_attachment_join VALUES (1, 1);"
    );
    let records = check(
        &sms_attachments::ARTEFACT,
        &sql,
        "attachment 1: received; with message 1; from +33600000001; file /var/tmp/x-1; named x.gif; of type image/gif \
            !scratch-attachment
        attachment 2: sent; file ~/Library/SMS/Attachments/a/b.png; named b.png",
    );
    let whole = "/private/var/mobile/Library/SMS/Attachments/a/b.png";
    assert_eq!(seen(&records[1], Path::FilePath), [whole]);
}

#[test]
fn pages_and_the_way_to_them() {
    let records = check(
        &safari_history::ARTEFACT,
        "CREATE TABLE history_items (id INTEGER PRIMARY KEY, url TEXT);
        CREATE TABLE history_visits (id INTEGER PRIMARY KEY, history_item INTEGER, visit_time REAL, title TEXT,
            redirect_source INTEGER, redirect_destination INTEGER);
        INSERT INTO history_items VALUES (1, 'http://a.example/'), (2, 'https://b.example/'), (3, 'https://c.example/');
        INSERT INTO history_visits VALUES (1, 1, 801692800, NULL, NULL, 2), (2, 2, 801692800.5, 'B', 1, NULL),
            (3, 9, 801692801, NULL, NULL, NULL);",
        "visit 1: http://a.example/; redirected on to https://b.example/; not by a redirect !redirected-at-once
        visit 2: https://b.example/; titled B; redirected here from http://a.example/
        visit 3: a page whose entry is gone; not by a redirect
        page 3: https://c.example/; its visits are gone",
    );
    let what: Vec<_> = records.iter().flat_map(|it| it.moments.iter().map(|it| it.what)).collect();
    assert_eq!(what, ["visited", "visited by a redirect", "visited"]);
}

#[test]
fn use_of_the_network_without_a_program() {
    check(
        &usage::DATA_USAGE,
        "CREATE TABLE ZPROCESS (Z_PK INTEGER PRIMARY KEY, ZFIRSTTIMESTAMP REAL, ZTIMESTAMP REAL, ZBUNDLENAME TEXT,
            ZPROCNAME TEXT);
        CREATE TABLE ZLIVEUSAGE (Z_PK INTEGER PRIMARY KEY, ZHASPROCESS INTEGER, ZTIMESTAMP REAL, ZWWANIN REAL);
        INSERT INTO ZPROCESS VALUES (1, 1.0, 2.0, 'com.example', 'example'), (2, 1.0, 2.0, NULL, 'sixteen_letters_');
        INSERT INTO ZLIVEUSAGE VALUES (1, 1, 3.0, 10), (2, 7, 4.0, 20);",
        "usage 1: example; app com.example; by mobile network in 10 bytes
        usage 2: by a program whose entry is gone (process 7); by mobile network in 20 bytes !usage-without-process
        process 2: sixteen_letters_; the name may be cut",
    );
}

#[test]
fn permissions_of_every_version() {
    check(
        &tcc::ARTEFACT,
        "CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, allowed INTEGER, prompt_count INTEGER);
        INSERT INTO access VALUES ('kTCCServiceCamera', 'com.example.a', 0, 1, 1);",
        "permission 1: com.example.a asked for Camera; allowed",
    );
    let records = check(
        &tcc::ARTEFACT,
        "CREATE TABLE access (service TEXT, client TEXT, client_type INTEGER, auth_value INTEGER, last_modified INTEGER,
            PRIMARY KEY (service, client)) WITHOUT ROWID;
        INSERT INTO access VALUES ('kTCCServiceMicrophone', '/usr/libexec/b', 1, 0, 1780000000);",
        "permission 1: /usr/libexec/b asked for Microphone; denied",
    );
    assert_eq!(seen(&records[0], Path::ProcessName), ["b"]);
    assert_eq!(records[0].moments[0].time, 1_780_000_000_000_000_000);
}

#[test]
fn the_invitation_of_a_known_attack() {
    check(
        &calendar::ARTEFACT,
        "CREATE TABLE CalendarItem (ROWID INTEGER PRIMARY KEY, summary TEXT, description TEXT, start_date REAL);
        CREATE TABLE Participant (ROWID INTEGER PRIMARY KEY, owner_id INTEGER, email TEXT);
        INSERT INTO CalendarItem VALUES (1, 'Meeting', 'Notes', 801692800);
        INSERT INTO Participant VALUES (1, 1, 'a@b.example'), (2, 4, 'c@d.example');",
        "event 1: titled “Meeting”; text “Notes”; with a@b.example !trick-invitation
        event 4: the event is gone, who took part is left; with c@d.example",
    );
}

#[test]
fn browsers_of_others() {
    let records = check(
        &chrome::HISTORY,
        "CREATE TABLE urls (id INTEGER PRIMARY KEY, url TEXT, title TEXT, last_visit_time INTEGER);
        CREATE TABLE visits (id INTEGER PRIMARY KEY, url INTEGER, visit_time INTEGER, from_visit INTEGER, transition INTEGER);
        INSERT INTO urls VALUES (1, 'https://a.example/', 'A', 0), (2, 'https://b.example/', '', 0);
        INSERT INTO visits VALUES (1, 1, 13424473600000000, 0, 1), (2, 2, 13424473600000001, 1, 2147483648);",
        "visit 1: https://a.example/; titled A; typed
        visit 2: https://b.example/; by a redirect; from https://a.example/",
    );
    let what: Vec<_> = records.iter().flat_map(|it| it.moments.iter().map(|it| it.what)).collect();
    assert_eq!(what, ["typed and visited", "visited by a redirect"]);
    let places = "CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url TEXT, title TEXT);
        CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, place_id INTEGER, visit_date INTEGER, visit_type INTEGER);
        INSERT INTO moz_places VALUES (1, 'https://a.example/', 'A'), (2, 'https://b.example/', '');
        INSERT INTO moz_historyvisits VALUES (1, 1, 1780000000000, 2);";
    let want = "visit 1: https://a.example/; titled A; typed
        page 2: https://b.example/; without a visit";
    let records = check(&firefox::HISTORY, places, want);
    assert_eq!(records[0].moments[0].time, 1_780_000_000_000_000_000);
    check(
        &favicons::CHROME,
        "CREATE TABLE icon_mapping (id INTEGER PRIMARY KEY, page_url TEXT, icon_id INTEGER);
        CREATE TABLE favicons (id INTEGER PRIMARY KEY, url TEXT);
        INSERT INTO favicons VALUES (1, 'https://a.example/i'), (2, 'https://b.example/i');
        INSERT INTO icon_mapping VALUES (1, 'https://a.example/', 1);",
        "page 1: page https://a.example/; picture https://a.example/i
        icon 2: picture https://b.example/i",
    );
}

#[test]
fn caches_calls_contacts_and_shortcuts() {
    let records = check(
        &cache::ARTEFACT,
        "CREATE TABLE cfurl_cache_response (entry_ID INTEGER PRIMARY KEY, request_key TEXT, time_stamp TEXT);
        INSERT INTO cfurl_cache_response VALUES (1, 'http://192.0.2.1/x', '2026-05-28 20:26:40');",
        "response 1: http://192.0.2.1/x",
    );
    assert_eq!(seen(&records[0], Path::Ipv4), ["192.0.2.1"]);
    assert_eq!(records[0].moments[0].time, 1_780_000_000_000_000_000);
    check(
        &calls::ARTEFACT,
        "CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, ZDATE REAL, ZDURATION REAL, ZADDRESS BLOB, ZORIGINATED INTEGER,
            ZANSWERED INTEGER, ZSERVICE_PROVIDER TEXT);
        INSERT INTO ZCALLRECORD VALUES (1, 801692800, 7, x'2B3333', 0, 0, 'com.example.calls');",
        "call 1: incoming; from +33; by com.example.calls; not answered; 7 seconds",
    );
    check(
        &contacts::ARTEFACT,
        "CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY, First TEXT, Last TEXT);
        CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY, record_id INTEGER, property INTEGER, value TEXT);
        INSERT INTO ABPerson VALUES (1, 'Ada', 'L');
        INSERT INTO ABMultiValue VALUES (1, 1, 3, '+33'), (2, 1, 4, 'a@b.example'), (3, 5, 4, 'c@d.example');",
        "person 1: Ada  L; number +33; mail a@b.example
        person 5: the person is gone, this is left; mail c@d.example",
    );
    let list = "<?xml version=\"1.0\"?><plist version=\"1.0\"><array><dict><key>WFWorkflowActionIdentifier</key>\
        <string>is.workflow.actions.openurl</string><key>WFURL</key><string>https://a.example/s</string></dict></array></plist>";
    check(
        &shortcuts::ARTEFACT,
        &format!(
            "CREATE TABLE ZSHORTCUT (Z_PK INTEGER PRIMARY KEY, ZNAME TEXT);
            CREATE TABLE ZSHORTCUTACTIONS (Z_PK INTEGER PRIMARY KEY, ZSHORTCUT INTEGER, ZDATA BLOB);
            INSERT INTO ZSHORTCUT VALUES (1, 'S');
            INSERT INTO ZSHORTCUTACTIONS VALUES (1, 1, CAST('{list}' AS BLOB));"
        ),
        "shortcut 1: named “S”; does is.workflow.actions.openurl; with “https://a.example/s”",
    );
}

#[test]
fn what_is_missing_is_said() {
    #[track_caller]
    fn check(sql: &str, want: &State) {
        assert_eq!(read_bytes(&sms::ARTEFACT, &database(sql)).1, *want);
    }
    let why = "the database has no table `handle`; the database has no table `message`".to_owned();
    check("CREATE TABLE x (a);", &State::Unreadable { why });
    let why = "the database has no table `handle`; table `message` has no column `handle_id`".to_owned();
    check(
        "CREATE TABLE message (ROWID INTEGER PRIMARY KEY, text TEXT, date INTEGER); INSERT INTO message VALUES (1, 'x', 1);",
        &State::Partial { read: 1, of: Some(1), why },
    );
}

/// A database of two artefacts, large enough to have pages inside.
static LARGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    database(&format!(
        "{SMS}
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO message (text, handle_id, date, attributedBody) SELECT
            'message https://' || i || '.example/' || hex(zeroblob(i)), i % 3, i, x'{BODY}' FROM n;"
    ))
});

#[test]
fn a_cut_database_is_not_a_whole_one() {
    let whole = &*LARGE;
    for percent in [10, 50, 90] {
        let cut = &whole[..whole.len() * percent / 100];
        let (records, state) = read_bytes(&sms::ARTEFACT, cut);
        assert!(state.is_incomplete(), "{percent} %: {state:?}");
        assert!(
            records.iter().all(|it| !it.signs.contains(&Sign::RowsMissing)),
            "{percent} %: no gap is told where rows are lost"
        );
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(32))]

    #[test]
    fn never_panics(at in proptest::collection::vec((0_usize..1 << 20, 0_u8..), 0..40), cut in 0_usize..1 << 20) {
        let mut bytes = LARGE.clone();
        let length = bytes.len();
        for (at, byte) in at {
            bytes[at % length] = byte;
        }
        bytes.truncate(length - (cut % length) * usize::from(cut % 2 == 0));
        for artefact in ARTEFACTS {
            read_bytes(artefact, &bytes);
        }
    }

    #[test]
    fn data_in_data_never_panics(bytes in proptest::collection::vec(0_u8.., 0..200), head in 0_usize..3) {
        let heads: [&[u8]; 3] = [b"", b"bplist00", b"\x04\x0bstreamtyped\x81\xe8\x03"];
        deep::texts(&[heads[head], &bytes].concat(), &Limits::default());
    }
}

#[test]
fn a_chat_whose_messages_are_gone_is_told() {
    let records = check(
        &whatsapp::MESSAGES,
        "CREATE TABLE ZWACHATSESSION (Z_PK INTEGER PRIMARY KEY, ZCONTACTJID TEXT, ZPARTNERNAME TEXT, ZLASTMESSAGEDATE REAL);
         CREATE TABLE ZWAMESSAGE (Z_PK INTEGER PRIMARY KEY, ZISFROMME INTEGER, ZCHATSESSION INTEGER, ZMESSAGEDATE REAL,
            ZFROMJID TEXT, ZTOJID TEXT, ZTEXT TEXT);
         CREATE TABLE ZWAMEDIAITEM (Z_PK INTEGER PRIMARY KEY, ZMESSAGE INTEGER);
         CREATE TABLE ZWAMESSAGEDATAITEM (Z_PK INTEGER PRIMARY KEY, ZMESSAGE INTEGER);
         INSERT INTO ZWACHATSESSION VALUES (1, '336@s.whatsapp.net', 'Amal', 7.0), (2, '337@s.whatsapp.net', 'Badr', 8.0);
         INSERT INTO ZWAMESSAGE VALUES (1, 0, 1, 7.0, '336@s.whatsapp.net', NULL, 'hello');",
        "message 1: from 336@s.whatsapp.net; in the chat with Amal; text “hello”
         chat 2: no message of it is there; with Badr; who is 337@s.whatsapp.net",
    );
    assert_eq!(records[1].moments[0].what, "last message");
}
