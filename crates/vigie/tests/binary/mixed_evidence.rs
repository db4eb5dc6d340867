//! A folder as an analyst is handed it: logs of every kind, some packed, among files that are no logs. `vigie watch` is
//! told nothing of it.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::samples::question;
use crate::watching::Desk;

/// What was planted: a host, a server and a tool.
const LIST: &str = "evil.example\n198.51.100.66\n5f4dcc3b5aa765d61d8327deb882cf99\n";

/// A log of each kind with what was planted in it once, and the line where it stands.
fn logs() -> Vec<(&'static str, String, u64)> {
    let eve = question("good.example") + &question("www.evil.example");
    let zeek = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n\
        #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\n\
        #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\n\
        1767323045.1\tC1\t192.0.2.10\t51000\t192.0.2.53\t53\tudp\tgood.example\n\
        1767323045.2\tC2\t192.0.2.10\t51001\t192.0.2.53\t53\tudp\tevil.example\n\
        #close\t2026-01-02-03-04-06\n";
    let zeek_json = r#"{"_path":"conn","ts":1767323045.1,"uid":"C1","id.orig_h":"192.0.2.10","id.orig_p":51000,"id.resp_h":"198.51.100.66","id.resp_p":443,"proto":"tcp"}"#;
    let windows = r#"{"EventID":3,"Channel":"Microsoft-Windows-Sysmon/Operational","@timestamp":"2026-01-01T08:00:00Z","Image":"C:\\a.exe","DestinationIp":"198.51.100.66","DestinationPort":443,"Protocol":"tcp"}"#;
    let nested = "{\n  \"Event\": {\n    \"System\": {\"EventID\": 22, \"Channel\": \"Microsoft-Windows-Sysmon/Operational\"},\n    \"EventData\": {\"QueryName\": \"evil.example\", \"Image\": \"C:\\\\a.exe\"}\n  }\n}\n";
    let syslog = "2026-03-06T04:07:32Z gate cron[3]: nothing\n\
        2026-03-06T04:07:33Z gate sshd[412]: Failed password for root from 198.51.100.66 port 59229 ssh2\n";
    let rfc5424 = "<34>1 2026-03-06T04:07:33Z gate app 7 - - fetched http://evil.example/x\n";
    let cef = "CEF:0|Acme|Wall|1.0|100|Blocked|5|rt=1767323045000 src=192.0.2.7 dst=198.51.100.66 dpt=443 proto=TCP\n";
    let leef = "LEEF:1.0|Acme|Wall|2|deny|src=192.0.2.8\tdst=198.51.100.66\tdstPort=22\tproto=TCP\tdevTime=1767323045000\n";
    let web = "192.0.2.1 - - [13/Jan/2026:19:31:17 +0000] \"GET / HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0\"\n\
        198.51.100.66 - - [13/Jan/2026:19:31:18 +0000] \"GET /login HTTP/1.1\" 200 1 \"-\" \"Mozilla/5.0\"\n";
    let squid = "1767323045.075    180 192.0.2.24 TCP_MISS/200 507 GET http://www.evil.example/x.exe - DIRECT/203.0.113.9 text/html\n";
    let w3c = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: 2026-04-01 00:00:21\n\
        #Fields: date time s-ip cs-method cs-uri-stem s-port c-ip sc-status\n\
        2026-04-01 00:00:21 192.0.2.1 GET / 443 198.51.100.66 200\n";
    let auditd = "type=SYSCALL msg=audit(1767323045.966:93778): arch=c000003e syscall=42 success=yes exit=0 ppid=1 pid=2169 uid=1000 comm=\"nc\" exe=\"/bin/nc\" key=(null)\n\
        type=SOCKADDR msg=audit(1767323045.966:93778): saddr=020001BBC63364420000000000000000\n\
        type=PROCTITLE msg=audit(1767323045.966:93778): proctitle=6E63\n";
    let ecs = r#"{"@timestamp":"2026-01-01T08:00:02.000Z","event":{"category":["network"]},"dns":{"question":{"name":"evil.example"}},"source":{"ip":"192.0.2.1"}}"#;
    let ocsf = r#"{"class_uid":4003,"class_name":"DNS Activity","activity_id":1,"time":1767254402000,"query":{"hostname":"evil.example","type":"A"},"metadata":{"version":"1.3.0"}}"#;
    let csv = "time,src_ip,dst_ip,dst_port\n2026-04-01T00:00:21Z,192.0.2.1,192.0.2.2,53\n2026-04-01T00:00:22Z,192.0.2.1,198.51.100.66,443\n";
    vec![
        ("sensor/eve.json", eve, 2),
        ("sensor/dns.log", zeek.to_owned(), 9),
        ("sensor/conn.json", format!("{zeek_json}\n"), 1),
        ("windows/sysmon.json", format!("{windows}\n"), 1),
        ("windows/export.json", nested.to_owned(), 1),
        ("linux/auth.log", syslog.to_owned(), 2),
        ("linux/messages", rfc5424.to_owned(), 1),
        ("linux/audit.log", auditd.to_owned(), 1),
        ("gateway/cef.log", cef.to_owned(), 1),
        ("gateway/leef.log", leef.to_owned(), 1),
        ("gateway/squid.log", squid.to_owned(), 1),
        ("web/access.log", web.to_owned(), 2),
        ("web/iis.log", w3c.to_owned(), 5),
        ("cloud/ecs.json", format!("{ecs}\n"), 1),
        ("cloud/ocsf.json", format!("{ocsf}\n"), 1),
        ("table.csv", csv.to_owned(), 3),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// The small log that is a case of the reader's own tests: an execution of a file with a known MD5 is its record 7.
fn evtx() -> Vec<u8> {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vigie-telemetry/cases/evtx/file/input.evtx.gz");
    std::fs::read(case).unwrap()
}

/// The folder, and what must be found in it.
fn evidence() -> (Desk, Vec<String>) {
    let desk = Desk::with(&[("list.txt", LIST)]);
    let mut want = Vec::new();
    for (name, text, line) in logs() {
        desk.write(&format!("evidence/{name}"), &text);
        desk.write(&format!("evidence/packed/{name}.gz"), gzip(text.as_bytes()));
        desk.write(&format!("evidence/packed/{name}.zst"), zstd::encode_all(text.as_bytes(), 1).unwrap());
        for place in [name.to_owned(), format!("packed/{name}.gz"), format!("packed/{name}.zst")] {
            want.push(format!("evidence/{place}:{line}"));
        }
    }
    desk.write("evidence/windows/system.evtx", evtx());
    desk.write("list.txt", format!("{LIST}d41d8cd98f00b204e9800998ecf8427e\n"));
    want.push("evidence/windows/system.evtx:7".to_owned());
    want.sort();
    desk.write("evidence/README.txt", "These are the logs of the incident.\nThey were copied on Monday.\n");
    desk.write("evidence/screen.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0");
    desk.write("evidence/empty.log", "");
    desk.write("evidence/empty.gz", gzip(b""));
    (desk, want)
}

#[test]
fn a_folder_of_mixed_evidence_is_read_without_being_told_what_it_is() {
    let (desk, want) = evidence();
    let watched = desk.watch(&["--indicators", "list.txt", "evidence"]);
    let mut found: Vec<String> = watched
        .lines
        .iter()
        .map(|it| format!("{}:{}", it["source"]["file"].as_str().unwrap(), it["source"]["line"]))
        .collect();
    found.sort();
    found.dedup();
    assert_eq!(found, want, "{}", watched.ran.told);
    watched.ran.check(
        3,
        &[],
        &[
            "log not read: `evidence/README.txt` is no log of a known format; it begins with `These are the logs",
            "log not read: `evidence/screen.png` is no log of a known format",
            "matches: ",
        ],
    );
    assert_eq!(watched.problems().len(), 2, "{:?}", watched.problems());
    assert_eq!(watched.number("skipped"), 2, "the damaged parts of the Windows log: {}", watched.summary);
    assert_eq!(watched.summary["skipped_by_reason"], serde_json::json!({"damaged": 2}));
    // Which format each was taken for is told with the match.
    let formats: std::collections::BTreeSet<&str> =
        watched.lines.iter().map(|it| it["source"]["format"].as_str().unwrap()).collect();
    let all = [
        "auditd", "cef", "csv", "ecs", "eve", "evtx", "leef", "ocsf", "squid", "syslog", "w3c", "web",
        "winlog", "zeek",
    ];
    assert_eq!(formats, all.into());
}

/// Nothing found, some of it not readable: the status is that of nothing found, and what was not read is said.
#[test]
fn without_a_match_the_status_says_so() {
    let (desk, _) = evidence();
    desk.write("list.txt", "absent.example\n");
    let watched = desk.watch(&["--indicators", "list.txt", "evidence"]);
    watched.ran.check(
        0,
        &[],
        &["log not read: `evidence/README.txt`", "log not read: `evidence/screen.png`", "matches: 0"],
    );
    assert!(watched.lines.is_empty());
}

/// If nothing at all could be read, nothing was watched.
#[test]
fn a_folder_without_a_log_could_not_be_watched() {
    let desk = Desk::with(&[("list.txt", LIST), ("evidence/README.txt", "No logs\nare here.\n")]);
    let ran = desk.run(&["watch", "--indicators", "list.txt", "evidence"]);
    ran.check(2, &[], &["no log could be read: `evidence/README.txt` is no log of a known format"]);
}

/// Links that lead nowhere or in circles, and pipes that nobody writes to, cost only themselves.
#[test]
fn what_lies_in_a_folder_and_is_no_file_is_said() {
    let desk = Desk::with(&[("list.txt", LIST)]);
    desk.write("evidence/eve.json", question("evil.example"));
    symlink("nowhere", desk.path("evidence/dangling")).unwrap();
    symlink(".", desk.path("evidence/loop")).unwrap();
    symlink("eve.json", desk.path("evidence/linked.json")).unwrap();
    assert!(Command::new("mkfifo").arg(desk.path("evidence/pipe")).status().unwrap().success());
    let watched = desk.watch(&["--indicators", "list.txt", "evidence"]);
    assert_eq!(
        watched.fired(),
        ["evil.example at evidence/eve.json:1", "evil.example at evidence/linked.json:1"]
    );
    let said = [
        "could not read `evidence/dangling`: No such file or directory (os error 2)",
        "could not read `evidence/loop`: it leads back to a folder that it lies in",
        "could not read `evidence/pipe`: it is no regular file",
    ];
    assert_eq!(watched.problems(), said);
    // The same folder as rules: what is there is in force, the rest is counted.
    let rules = Desk::with(&[("rules/list.txt", LIST), ("eve.json", &question("evil.example"))]);
    symlink("nowhere", rules.path("rules/dangling")).unwrap();
    let watched = rules.watch(&["--indicators", "rules", "eve.json"]);
    assert_eq!(watched.fired(), ["evil.example at eve.json:1"]);
    assert_eq!(watched.summary["refused"], serde_json::json!({"unreadable-file": 1}));
    watched.ran.check(3, &[], &["rule refused: rules/dangling (unreadable-file): No such file"]);
    // What was named must be there.
    desk.run(&["watch", "--indicators", "list.txt", "evidence/dangling"]).check(
        2,
        &[],
        &["`evidence/dangling`"],
    );
}

/// A log that is named by a pipe (`<(zcat …)` of a shell) is read once, to its end.
#[test]
fn a_pipe_that_was_named_is_read() {
    let desk = Desk::with(&[("list.txt", LIST)]);
    let pipe = desk.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let text = question("good.example").repeat(3) + &question("evil.example");
    std::thread::scope(|scope| {
        scope.spawn(|| std::fs::write(&pipe, text));
        let watched = desk.watch(&["--indicators", "list.txt", "pipe"]);
        assert_eq!(watched.fired(), ["evil.example at pipe:4"], "{}", watched.ran.told);
    });
}
