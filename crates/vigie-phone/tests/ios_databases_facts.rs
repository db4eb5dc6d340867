//! Counts and values that others have published of real databases of iPhones, and what SQLite counts in them. The evidence
//! lies in `../shared/data` and is not part of the project: where it is missing, a test says that it was skipped.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what a test sets up itself must be there; it says what it skips"
)]

#[path = "support/real_evidence.rs"]
mod real_evidence;

use std::io::Read as _;

use real_evidence::shared;
use vigie_model::event::{Observed, Path as Stix};
use vigie_phone::{Held, Kind, Limits, Record, Sign, State, ios};

/// A file of the published backup, by the number that it has there.
fn backup(number: &str) -> Option<Vec<u8>> {
    shared(&format!("mvt/ios_backup/{}/{number}", number.get(..2).unwrap()))
}

/// The records of one artefact, all of which must be read.
fn of(artefact: &str, kind: Kind, path: &str, bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    let mut files = Held::new(kind).with(path, bytes);
    let told = ios::read(&mut files, &Limits::default(), &mut |it| records.push(it));
    let state = told.into_iter().find(|it| it.artefact == artefact).unwrap().state;
    records.retain(|it| it.artefact == artefact);
    assert_eq!(state, State::Present { records: records.len() as u64 }, "{artefact}");
    records
}

fn values(record: &Record, path: Stix) -> Vec<&str> {
    let values = record.seen.iter().filter(|it| it.path == path).map(|it| match &it.value {
        Observed::Text(text) => &**text,
        other => panic!("{other:?}"),
    });
    values.collect()
}

fn seconds(record: &Record) -> Vec<(&str, i64)> {
    record.moments.iter().map(|it| (it.what, it.time.div_euclid(1_000_000_000))).collect()
}

/// Those that are rows, not gaps between rows.
fn rows(records: Vec<Record>) -> Vec<Record> {
    records.into_iter().filter(|it| !it.signs.contains(&Sign::RowsMissing)).collect()
}

#[test]
fn messages() {
    let Some(bytes) = backup("3d0d7e5fb2ce288813306e4d4636395e047a3d28") else { return };
    let messages = rows(of("sms", Kind::IosBackup, "HomeDomain/Library/SMS/sms.db", &bytes));
    assert_eq!(messages.len(), 1);
    assert_eq!(values(&messages[0], Stix::Url), ["https://badbadbad.example.org/"]);
    assert_eq!(values(&messages[0], Stix::DomainName), ["badbadbad.example.org"]);
    // 2019-08-29 23:13:30 UTC
    assert_eq!(seconds(&messages[0])[0], ("received", 1_567_120_410));
}

#[test]
fn whatsapp() {
    let domain = "AppDomainGroup-group.net.whatsapp.WhatsApp.shared";
    let Some(bytes) = backup("7c7fba66680ef796b916b067077cc246adacf01d") else { return };
    let messages = of("whatsapp", Kind::IosBackup, &format!("{domain}/ChatStorage.sqlite"), &bytes);
    assert_eq!(messages.len(), 3);
    assert_eq!(values(&messages[1], Stix::Url), ["https://example.org/news"]);
    let Some(bytes) = backup("b8548dc30aa1030df0ce18ef08b882cf7ab5212f") else { return };
    let contacts = of("whatsapp_contacts", Kind::IosBackup, &format!("{domain}/ContactsV2.sqlite"), &bytes);
    assert_eq!(contacts.len(), 2);
    let alice = &contacts[0];
    for words in [
        "name Alice Example",
        "user name alice.example",
        "number +14155550100",
        "hidden id 100000000000001@lid",
        "disappear after 24 hours",
        "about “Hey there! I am using WhatsApp.”",
    ] {
        assert!(alice.text.contains(words), "{words}: {}", alice.text);
    }
    let times = [
        ("disappearing messages set", 1_753_307_200),
        ("about changed", 1_752_307_200),
        ("about expires", 1_755_307_200),
        ("updated", 1_754_307_200),
    ];
    assert_eq!(seconds(alice), times);
    assert!(!contacts[1].text.contains("disappear after"), "{}", contacts[1].text);
    let Some(bytes) = backup("e794f6ffcc3c222535f47684a63d5178da3c4500") else { return };
    let lids = of("whatsapp_lid", Kind::IosBackup, &format!("{domain}/LID.sqlite"), &bytes);
    assert_eq!(lids.len(), 1);
}

#[test]
fn interactions() {
    let path = "HomeDomain/Library/CoreDuet/People/interactionC.db";
    let Some(bytes) = backup("1f5a521220a3ad80ebfdc196978df8e7a2e49dee") else { return };
    let all = of("interactions", Kind::IosBackup, path, &bytes);
    assert_eq!(all.len(), 3);
    assert!(all[0].text.contains("by net.whatsapp.WhatsApp; incoming; from"), "{}", all[0].text);
    let late: Vec<&Record> = all.iter().filter(|it| it.signs == [Sign::NotedLater]).collect();
    assert_eq!(late.len(), 1);
    assert!(late[0].text.contains("incoming; from Bob Example"), "{}", late[0].text);
    // 2025-12-09 12:26:40 UTC
    assert!(seconds(late[0]).contains(&("noted", 1_765_283_200)), "{:?}", seconds(late[0]));
    let people = of("interaction_people", Kind::IosBackup, path, &bytes);
    // 2025-09-03 13:46:40 UTC
    let first = ("first incoming", 1_756_907_200);
    assert!(people.iter().any(|it| it.text.contains("Bob Example") && seconds(it).contains(&first)));
}

#[test]
fn calendar() {
    let Some(bytes) = backup("2041457d5fe04d39d0ab481178355df6781e6858") else { return };
    let events = of("calendar", Kind::IosBackup, "HomeDomain/Library/Calendar/Calendar.sqlitedb", &bytes);
    assert_eq!(events.len(), 1);
    assert!(events[0].text.contains("Super interesting meeting"));
    assert_eq!(events[0].moments.len(), 4);
    assert_eq!(values(&events[0], Stix::EmailAddress), ["user@example.org"]);
    assert!(events[0].signs.is_empty());
}

#[test]
fn permissions() {
    let Some(bytes) = backup("64d0019cb3d46bfc8cce545a8ba54b93e7ea9347") else { return };
    let all = of("tcc", Kind::IosBackup, "HomeDomain/Library/TCC/TCC.db", &bytes);
    assert_eq!(all.len(), 11);
    assert!(all.iter().all(|it| it.moments.len() == 1));
    let first = all.iter().find(|it| it.text.starts_with("com.apple.Preferences")).unwrap();
    assert_eq!(first.text, "com.apple.Preferences asked for Ubiquity; allowed");
    let launch = all.iter().find(|it| values(it, Stix::ProcessName) == ["Launch"]).unwrap();
    assert!(launch.text.contains("Liverpool"));
}

#[test]
fn pages() {
    let Some(bytes) = backup("3a47b0981ed7c10f3e2800aa66bac96a3b5db28e") else { return };
    let tabs = of("safari_tabs", Kind::IosBackup, "HomeDomain/Library/Safari/BrowserState.db", &bytes);
    assert_eq!(tabs.len(), 1);
    assert_eq!(values(&tabs[0], Stix::Url), ["https://en.wikipedia.org/wiki/NSO_Group"]);
    assert_eq!(tabs[0].moments.len(), 1);
    let path =
        "AppDomain-com.google.chrome.ios/Library/WebKit/WebsiteData/ResourceLoadStatistics/observations.db";
    let Some(bytes) = backup("6e9d0cb750a70e7fa10943c134a5f021dab327e7") else { return };
    let domains = of("webkit_statistics", Kind::IosBackup, path, &bytes);
    assert_eq!(domains.len(), 2);
    assert_eq!(values(&domains[0], Stix::DomainName), ["google.com"]);
    assert_eq!(seconds(&domains[0]), [("last seen", 1_634_560_250), ("last used", 1_634_560_030)]);
    assert_eq!(seconds(&domains[1]).len(), 1);
}

/// MVT counts a number that is missing among programs as a row: 41 + 1 here, 335 + 22 in the other. Ours are a record for
/// each row of either table, and one for each gap; numbers after the last row are a gap too.
#[test]
fn programs() {
    let Some(bytes) = backup("0d609c54856a9bb2d56729df1d68f2958a88426b") else { return };
    let path = "WirelessDomain/Library/Databases/DataUsage.sqlite";
    let all = of("datausage", Kind::IosBackup, path, &bytes);
    let gaps: Vec<_> = all.iter().filter(|it| it.signs == [Sign::RowsMissing]).map(|it| &*it.place).collect();
    assert_eq!(gaps, ["process 5", "process 42 to 45"]);
    let all = rows(all);
    assert_eq!(all.len(), 41);
    assert!(all.iter().all(|it| it.signs.is_empty()));
    // 2019-08-27 15:08:09 UTC
    let first = all.iter().find(|it| it.place == "process 1").unwrap();
    assert_eq!(seconds(first)[0], ("first seen", 1_566_918_489));
    let Some(archive) = shared("plaso.tar.zst") else { return };
    let unpacked = zstd::decode_all(&*archive).unwrap();
    let mut archive = tar::Archive::new(&*unpacked);
    let mut net = archive.entries().unwrap().map(Result::unwrap);
    let mut net = net.find(|it| it.path().unwrap().ends_with("ios/netusage.sqlite")).unwrap();
    let mut bytes = Vec::new();
    net.read_to_end(&mut bytes).unwrap();
    let all = of("netusage", Kind::IosDump, "private/var/networkd/netusage.sqlite", &bytes);
    assert_eq!(all.len() - rows(all.clone()).len(), 17);
    assert_eq!(rows(all).len(), 335);
}
