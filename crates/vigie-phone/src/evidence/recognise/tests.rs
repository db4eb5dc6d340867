//! What files are taken for.

use super::*;
use crate::evidence::{Entry, Notes, Store, Unreadable};

struct None_;

impl Store for None_ {
    fn read(&mut self, _: usize) -> Result<Vec<u8>, Unreadable> {
        Ok(Vec::new())
    }
}

fn tree(paths: &[&str]) -> Tree {
    let entries = paths.iter().map(|it| Entry {
        path: (*it).to_owned(),
        size: None,
        modified: None,
        ..Entry::default()
    });
    Tree::new(entries.collect(), Box::new(None_), Notes::default())
}

#[track_caller]
fn check(paths: &[&str], want: &str) {
    let got = match recognise(&tree(paths)) {
        Ok(it) => format!("{:?} in `{}`, before `{}`", it.kind, it.root, it.before),
        Err(it) => it.to_string(),
    };
    assert_eq!(got, want, "{paths:?}");
}

const ID: &str = "3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28";

#[test]
fn backups() {
    check(&["Manifest.db"], "IosBackup in ``, before ``");
    check(
        &["a/00008120-X/Manifest.db", "a/00008120-X/Info.plist"],
        "IosBackup in `a/00008120-X/`, before ``",
    );
    check(&["Manifest.plist", ID], "IosBackup in ``, before ``");
    check(&["Info.plist", ID], "IosBackup in ``, before ``");
    check(&["Manifest.mbdb"], "IosBackup in ``, before ``");
    check(&["x/Manifest.db", "y/Manifest.db"], "it holds several: `x/` and `y/`; give one of them");
    // The old backup within a new one's folder.
    check(&["Manifest.db", "Manifest.plist", "Snapshot/Manifest.db"], "IosBackup in ``, before ``");
}

#[test]
fn dumps() {
    check(&["private/var/mobile/Library/SMS/sms.db"], "IosDump in ``, before ``");
    check(
        &["filesystem1/private/var/db/a", "filesystem1/Manifest.plist"],
        "IosDump in `filesystem1/`, before ``",
    );
    check(&["var/mobile/Library/SMS/sms.db"], "IosDump in ``, before `private/`");
    check(&["private/var/mobile/a", "private/var/mobile/x/Manifest.db"], "IosDump in ``, before ``");
    check(&["private/etc/hosts"], &NotEvidence::Unknown.to_string());
}

#[test]
fn sysdiagnoses() {
    let name = "sysdiagnose_2026.05.30_10-00-00+0200_iPhone-OS_iPhone_23B85";
    let at = |path: &str| format!("{name}/{path}");
    check(&[&at("ps.txt")], &format!("Sysdiagnose in `{name}/`, before ``"));
    check(
        &[&at("system_logs.logarchive/Extra/shutdown.log")],
        &format!("Sysdiagnose in `{name}/`, before ``"),
    );
    check(&["ps.txt", "crashes_and_spins/a.ips", "taskinfo.txt"], "Sysdiagnose in ``, before ``");
    check(&["ps.txt"], &NotEvidence::Unknown.to_string());
}

#[test]
fn android() {
    check(&["main_entry.txt", "bugreport-a.txt"], "Bugreport in ``, before ``");
    check(&["dumpstate.txt", "FS/data/tombstones/tombstone_00"], "Bugreport in ``, before ``");
    check(&["acquisition.json", "ps.txt"], "Androidqf in ``, before ``");
    check(
        &["x/files.json", "x/packages.json", "x/ps.txt", "x/bugreport.zip"],
        "Androidqf in `x/`, before ``",
    );
    check(&["x/getprop.txt"], "Androidqf in `x/`, before ``");
    check(&["main_entry.txt", "getprop.txt"], "Bugreport in ``, before ``");
    check(&["mounts.json"], &NotEvidence::Unknown.to_string());
    check(&["apps/com.android.providers.telephony/d_f/000000_sms_backup"], "AndroidBackup in ``, before ``");
}

#[test]
fn what_is_none() {
    check(&[], "it is empty");
    check(&["a.txt"], &NotEvidence::Unknown.to_string());
    check(
        &["a/sysdiagnose_x.tar.gz"],
        "it holds `a/sysdiagnose_x.tar.gz`; unpack that first, or give it alone",
    );
    check(&["a/b/c/d/e/Manifest.db"], &NotEvidence::Unknown.to_string());
}

#[test]
fn single_files() {
    #[track_caller]
    fn check(head: &str, want: &Result<Kind, NotEvidence>) {
        assert_eq!(&single(head.as_bytes()), want, "{head}");
    }
    check("", &Err(NotEvidence::Empty));
    check("ANDROID BACKUP\n5\n1\nnone\n", &Ok(Kind::AndroidBackup));
    check("age-encryption.org/v1\n", &Err(NotEvidence::Age));
    check("SQLite format 3\0", &Err(NotEvidence::Database));
    check("=====\n== dumpstate: 2026-05-30 10:00:00\n", &Ok(Kind::Bugreport));
    check("\n{\"dns_event\":{\"hostname\":\"a.example\"}}\n", &Ok(Kind::IntrusionLog));
    check("{\"a\":\"dns_event_\"}", &Err(NotEvidence::Unknown));
    check("hello", &Err(NotEvidence::Unknown));
}
