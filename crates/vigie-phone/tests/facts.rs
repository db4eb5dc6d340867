//! Counts and values that others have published of real Android evidence. The evidence lies in `../shared/data` and is not
//! part of the project: where it is missing, a test says that it was skipped.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what a test sets up itself must be there; it says what it skips"
)]

#[path = "support/real_evidence.rs"]
mod real_evidence;

use real_evidence::shared;
use vigie_model::event::{Observed, Path as Stix};
use vigie_phone::{Files, Held, Kind, Limits, Record, Sign, State, Told, android};

fn read(files: &mut dyn Files) -> (Vec<Record>, Vec<Told>) {
    let mut records = Vec::new();
    let told = android::read(files, Some("123456"), &Limits::default(), &mut |it| records.push(it));
    (records, told)
}

fn of(artefact: &str, files: &mut dyn Files) -> Vec<Record> {
    let (records, told) = read(files);
    let state = told.into_iter().find(|it| it.artefact == artefact).unwrap().state;
    let records: Vec<Record> = records.into_iter().filter(|it| it.artefact == artefact).collect();
    assert_eq!(state, State::Present { records: records.len() as u64 });
    records
}

/// The records of an artefact in a service's dump.
fn dumped(artefact: &str, service: &str, file: &str) -> Option<Vec<Record>> {
    let bytes = shared(&format!("mvt/android_data/{file}"))?;
    let text = [format!("DUMP OF SERVICE {service}:\n").as_bytes(), &bytes[..]].concat();
    Some(of(artefact, &mut Held::new(Kind::Androidqf).with("dumpsys.txt", &text)))
}

fn values(record: &Record, path: Stix) -> Vec<&str> {
    let values = record.seen.iter().filter(|it| it.path == path).map(|it| match &it.value {
        Observed::Text(text) => &**text,
        other => panic!("{other:?}"),
    });
    values.collect()
}

fn apps(records: &[Record]) -> Vec<&str> {
    records.iter().flat_map(|it| values(it, Stix::AppId)).collect()
}

#[test]
fn accessibility_services() {
    let Some(old) = dumped("accessibility", "accessibility", "dumpsys_accessibility.txt") else { return };
    let all = [
        "com.android.settings",
        "com.samsung.accessibility",
        "com.samsung.accessibility",
        "com.sec.android.app.camera",
    ];
    assert_eq!(apps(&old), all);
    assert!(old.iter().all(|it| it.signs.is_empty() && it.text.ends_with(": installed")));
    let Some(new) = dumped("accessibility", "accessibility", "dumpsys_accessibility_v14_or_later.txt") else {
        return;
    };
    assert_eq!(apps(&new), ["com.malware.accessibility"]);
    assert!(new[0].text.contains("com.malware.accessibility/com.malware.service.malwareservice"));
    assert_eq!(new[0].signs, [Sign::AccessibilityOn]);
}

#[test]
fn packages_and_what_they_answer() {
    let Some(packages) = dumped("packages", "package", "dumpsys_packages.txt") else { return };
    assert_eq!(
        apps(&packages),
        ["com.samsung.android.provider.filterprovider", "com.sec.android.app.DataCreate"]
    );
    assert!(packages[0].text.contains("versionName=5.0.07"));
    assert!(packages[0].text.contains("firstInstallTime=2008-12-31 16:00:00"));
    let activities = dumped("activities", "package", "dumpsys_packages.txt").unwrap();
    let plain: Vec<&Record> = activities.iter().filter(|it| it.text.contains("(Non-Data Actions)")).collect();
    assert_eq!(plain.len(), 4);
    assert_eq!(values(plain[0], Stix::AppId), ["com.samsung.android.app.social"]);
    assert!(plain[0].text.contains("com.samsung.android.app.social/.feed.FeedsActivity"));
    assert_eq!(activities.len(), 10);
    let receivers = dumped("receivers", "package", "dumpsys_packages.txt").unwrap();
    assert_eq!(receivers.len(), 9);
    assert!(apps(&receivers).contains(&"com.android.storagemanager"));
}

#[test]
fn battery() {
    let Some(history) = dumped("battery_history", "batterystats", "dumpsys_battery.txt") else { return };
    let events: Vec<&Record> = history.iter().filter(|it| !it.text.contains(": runs ")).collect();
    assert_eq!(events.len(), 5);
    assert!(events[0].text.contains("started job com.samsung.android.app.reminder/"));
    assert!(events[1].text.contains("ended job"));
    assert!(events[2].text.contains("started top com.whatsapp (u0a280)"));
    assert!(events[3].text.contains("ended top"));
    assert_eq!(values(events[4], Stix::AppId), ["com.sec.android.app.launcher"]);
    let daily = dumped("battery_daily", "batterystats", "dumpsys_battery.txt").unwrap();
    assert_eq!(apps(&daily), ["com.facebook.services", "com.facebook.katana", "com.facebook.system"]);
}

#[test]
fn overrides_of_packages_that_are_gone() {
    let Some(all) = dumped("platform_compat", "platform_compat", "dumpsys_platform_compat.txt") else {
        return;
    };
    let kept: Vec<Record> = all.iter().filter(|it| it.text.contains("kept for")).cloned().collect();
    assert_eq!(apps(&kept), ["org.torproject.torbrowser", "org.article19.circulo.next"]);
    assert_eq!(apps(&all).last(), Some(&"com.google.android.apps.tachyon"));
}

#[test]
fn computers_that_are_trusted() {
    for file in ["dumpsys_adb.txt", "dumpsys_adb_wifi.txt"] {
        let Some(all) = dumped("adb", "adb", file) else { return };
        let keys: Vec<&Record> = all.iter().filter(|it| !it.signs.is_empty()).collect();
        assert_eq!(keys.len(), 1, "{file}");
        // The fingerprint that the phone itself tells.
        let last = "key F0:A1:3D:8C:B3:F4:7B:09:9F:EE:8B:D8:38:2E:BD:C6, the last that connected";
        assert!(keys[0].text.contains("user@linux"), "{}", keys[0].text);
        assert!(keys[0].text.contains(last), "{}", keys[0].text);
    }
}

#[test]
fn a_tombstone() {
    let Some(bytes) = shared("mvt/android_data/tombstone_process.pb") else { return };
    let path = "FS/data/tombstones/tombstone_00.pb";
    let crashes = of("tombstones", &mut Held::new(Kind::Bugreport).with(path, &bytes));
    assert_eq!(crashes.len(), 1);
    assert_eq!(
        values(&crashes[0], Stix::ProcessName),
        ["android.hardware.media.c2@1.2-mediatek", "mtk.ape.decoder"]
    );
    assert!(crashes[0].text.contains("user 1046"), "{}", crashes[0].text);
    assert!(crashes[0].text.contains("cause: null pointer dereference"));
    assert_eq!(crashes[0].moments[0].time, 1_681_295_560_518_290_770);
    assert!(crashes[0].signs.is_empty());
}

#[test]
fn backups() {
    for (file, count, link) in
        [("backup.ab", 2, "http://google.com"), ("backup3.ab", 1, "https://google.com/")]
    {
        let Some(bytes) = shared(&format!("mvt/android_backup/{file}")) else { return };
        let (records, told) = read(&mut Held::new(Kind::AndroidBackup).with(file, &bytes));
        assert!(told.iter().all(|it| !it.state.is_incomplete()), "{told:?}");
        let messages: Vec<Record> =
            records.into_iter().filter(|it| matches!(it.artefact, "sms" | "mms")).collect();
        assert_eq!(messages.len(), count, "{file}");
        let linked: Vec<_> = messages.iter().filter(|it| values(it, Stix::Url) == [link]).collect();
        assert_eq!(linked.len(), 1, "{file}");
        assert_eq!(values(linked[0], Stix::DomainName), ["google.com"], "{file}");
    }
    let path = "apps/com.android.providers.telephony/d_f/000001_mms_backup";
    let Some(bytes) = shared(&format!("mvt/android_backup/{path}")) else { return };
    let messages = of("mms", &mut Held::new(Kind::AndroidBackup).with(path, &bytes));
    assert_eq!(messages.len(), 1);
    assert_eq!(values(&messages[0], Stix::Url), ["http://google.com"]);
    assert_eq!(messages[0].moments[0].time, 1_579_531_789_000_000_000);
}
