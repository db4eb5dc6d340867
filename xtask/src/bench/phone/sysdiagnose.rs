//! A sysdiagnose in which three places name the process `bh` of Pegasus.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::outcome::{Outcome, Table};
use super::programs::{Bench, How, checked_quietly};
use super::recall::{alerts, findings};

const NAME: &str = "sysdiagnose_2026.05.30_10-00-00+0200_iPhone-OS_iPhone_23B85";

/// Where the process is named, what stands there, and what Vigie calls the artefact.
const TRACES: [(&str, &str, &str); 3] = [
    (
        "system_logs.logarchive/Extra/shutdown.log",
        "After 1.26s, these clients are still here:\n\
         \t\tremaining client pid: 155 (/usr/libexec/nfcd)\n\
         \t\tremaining client pid: 99 (/private/var/db/com.apple.xpc.roleaccountd.staging/bh)\n\
         SIGTERM: [1780000000] All buffers have been flushed\n",
        "shutdown_log",
    ),
    (
        "ps.txt",
        "USER UID PRSNA PID PPID F %CPU %MEM PRI NI VSZ RSS WCHAN TT STAT STARTED TIME COMMAND\n\
         root 0 - 1 0 4004 0.0 0.0 0 0 0 0 - ?? ?s Tue09PM 0:00.00 /sbin/launchd\n\
         root 0 200 99 1 4004004 0.0 0.0 0 0 0 0 - ?? ?s 7:47AM 0:00.00 \
         /private/var/db/com.apple.xpc.roleaccountd.staging/bh\n",
        "ps",
    ),
    (
        "crashes_and_spins/bh-2026-05-29-101010.ips",
        "{\"app_name\":\"bh\",\"timestamp\":\"2026-05-29 10:10:10.00 +0200\",\"bug_type\":\"309\",\
         \"os_version\":\"iPhone OS 26.1 (23B85)\"}\n\
         {\"procName\":\"bh\",\"procPath\":\"/private/var/db/com.apple.xpc.roleaccountd.staging/bh\",\
         \"parentProc\":\"launchd\"}",
        "crashes",
    ),
];

/// What else a sysdiagnose has, by which both programs know one.
const BESIDE: [(&str, &str); 2] = [
    ("sysdiagnose.log", "sysdiagnose began\n"),
    (
        "remotectl_dumpstate.txt",
        "Local device\n\tState: connected\n\tProperties: {\n\t\tOSVersion => 26.1\n\t}\n",
    ),
];

pub(super) fn answer(bench: &Bench) -> anyhow::Result<Outcome> {
    let archive = archive(bench)?;
    let ours = bench.vigie("sysdiagnose", &archive, How::default())?;
    let theirs = bench.mvt("sysdiagnose", "mvt-ios check-sysdiagnose", &archive, How::default())?;
    let (found, _) = findings(&ours.out)?;
    let alerted = if theirs.out.join("alerts.json").exists() { alerts(&theirs.out)?.0.len() } else { 0 };
    let mut table = Table::new(&["planted", "artefact", "Vigie", "MVT"]);
    let (mut count, mut broken) = (0, Vec::new());
    for (place, _, artefact) in TRACES {
        let is_found = found.contains(&(artefact.to_owned(), "bh".to_owned()));
        count += usize::from(is_found);
        if !is_found {
            broken.push(format!("the process in `{place}` is missed"));
        }
        table.row(&[place, artefact, if is_found { "found" } else { "missed" }, ""]);
    }
    let of = TRACES.len();
    table.row(&[
        "**all**".to_owned(),
        String::new(),
        format!("**{count} of {of}**"),
        format!("**{alerted} of {of}**"),
    ]);
    Ok(Outcome {
        json: json!({"planted": of, "vigie": count, "mvt": alerted, "mvt_status": theirs.ran.status}),
        text: format!("{}\nMVT's exit status: {}.\n", table.text(), theirs.ran.status),
        broken,
    })
}

fn archive(bench: &Bench) -> anyhow::Result<PathBuf> {
    let folder = bench.folder("sysdiagnose")?;
    let inner = folder.join(NAME);
    let texts = TRACES.iter().map(|it| (it.0, it.1));
    for (path, text) in texts.chain(BESIDE) {
        let path = inner.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(path, text)?;
    }
    let archive = folder.join(format!("{NAME}.tar.gz"));
    checked_quietly(Command::new("tar").arg("-czf").arg(&archive).arg("-C").arg(&folder).arg(NAME))?;
    Ok(archive)
}
