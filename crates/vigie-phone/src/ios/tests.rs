//! Whole pieces of evidence.

use vigie_model::event::{Observed, Path};

use super::*;
use crate::{Held, Kind, State};

const NAME: &str = "sysdiagnose_2026.05.30_10-00-00+0200_iPhone-OS_iPhone_23B85";

/// Three traces of one process, as spyware of 2021 left them.
fn three_traces() -> Held {
    Held::new(Kind::Sysdiagnose)
        .with("sysdiagnose.log", format!("IN_PROGRESS_{NAME}").as_bytes())
        .with(
            "system_logs.logarchive/Extra/shutdown.0.log",
            b"After 1.2s, these clients are still here:\n\tremaining client pid: 9 \
              (/private/var/db/com.apple.xpc.roleaccountd.staging/bh/AAAA1111-B896-3E7F-A6CC-577F0A547BB1)\n",
        )
        .with("system_logs.logarchive/Persist/1.tracev3", b"x")
        .with("ps.txt", b"USER PID COMMAND\nroot 9 /private/var/db/com.apple.xpc.roleaccountd.staging/bh\n")
        .with(
            "crashes_and_spins/bh-2026.ips",
            b"{\"app_name\":\"bh\",\"bug_type\":\"309\"}\n{\"procName\":\"bh\"}",
        )
}

#[test]
fn one_process_leaves_three_traces_in_a_sysdiagnose() {
    let mut files = three_traces();
    let mut traces = Vec::new();
    let told = read(&mut files, &Limits::default(), &mut |record| {
        let named = |it: &vigie_model::event::Observable<'_>| {
            it.path == Path::ProcessName && matches!(&it.value, Observed::Text(text) if text == "bh")
        };
        if record.seen.iter().any(named) && !traces.contains(&record.artefact) {
            traces.push(record.artefact);
        }
    });
    assert_eq!(traces, ["shutdown_log", "ps", "crashes"]);
    let unread = told.iter().filter(|it| it.state.is_incomplete()).map(|it| it.artefact);
    assert_eq!(unread.collect::<Vec<_>>(), ["unified_log"]);
    assert!(told.iter().any(|it| it.artefact == "taskinfo" && it.state == State::Absent));
    assert!(told.iter().any(|it| it.artefact == "applications" && it.state == State::NotInThisKind));
}

#[test]
fn the_own_log_of_a_sysdiagnose_tells_its_zone() {
    let mut times = Vec::new();
    read(&mut three_traces(), &Limits::default(), &mut |record| {
        if record.artefact == "ps" {
            times.extend(record.moments.iter().map(|it| it.time / 1_000_000_000));
        }
    });
    assert_eq!(times, [1_780_128_000]);
}

#[test]
fn every_artefact_is_told_of_in_every_kind() {
    for kind in [Kind::IosBackup, Kind::IosDump, Kind::Sysdiagnose] {
        let told = read(&mut Held::new(kind), &Limits::default(), &mut |_| {});
        let told: Vec<&str> = told.iter().map(|it| it.artefact).collect();
        assert_eq!(told, artefacts(), "{kind:?}");
    }
}

proptest::proptest! {
    /// Every reader, on any bytes and on bytes that begin as its files do.
    #[test]
    fn readers_never_panic(bytes: Vec<u8>, text in "\\PC{0,200}", near in "(process: \"|Process: |PID USER COMMAND\n|App ID: |Domain: |a\\.b|/x/y| \\[1\\]|\n|=> |\u{e9}){0,40}") {
        for artefact in ARTEFACTS {
            for bytes in [&bytes[..], text.as_bytes(), near.as_bytes()] {
                let _ = testing::read(artefact, bytes);
            }
        }
    }
}
