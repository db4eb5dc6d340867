//! Every real text log is read: which format it is taken for, how many of its records are read, and which are lost why.
//!
//! The counts of `docs/spec/telemetry.md` come from here: `cargo test -p vigie-telemetry --test shared_texts -- --nocapture`

#[path = "support/shared_data.rs"]
mod shared_data;

use std::io::Cursor;
use vigie_telemetry::{Format, Options, Source, Summary};

/// What each log is taken for, how many of its records are read, and how many are lost. The tables (`csv`) are what a
/// forensic tool puts out; all else stands for what it is named after.
const READ: &[(&str, Format, u64, u64)] = &[
    ("apache_logs.shared.log", Format::Web, 5_000, 0),
    ("nginxplus_json_logs.shared.log", Format::Ndjson, 250, 0),
    ("apache_access.log", Format::Web, 15, 0),
    // A call of gRPC has no request of HTTP, nor has a connection through a balancer of the network.
    ("atlassian-bitbucket-access.log", Format::Web, 7, 1),
    ("aws_elb_access.log", Format::Web, 14, 2),
    ("confluence_access.log", Format::Web, 3, 0),
    ("jira_access_months.log", Format::Web, 12, 0),
    ("audit_enriched.log", Format::Auditd, 12, 0),
    ("container-json.log", Format::Ndjson, 10, 0),
    ("dynamic_event_filter.log", Format::Csv, 4, 0),
    ("dynamic_time_zone.log", Format::Csv, 20, 0),
    ("dynamic_without_dynamic_time.log", Format::Csv, 20, 0),
    ("extract_and_output_archive1.log", Format::Csv, 13, 0),
    ("extract_and_output_with_filter_file2.log", Format::Csv, 9, 0),
    ("extract_and_output_with_filter_file3.log", Format::Csv, 18, 0),
    ("l2tcsv_time_zone.log", Format::Csv, 19, 0),
    ("l2ttln.log", Format::Csv, 20, 0),
    ("iis10.log", Format::W3c, 1, 0),
    ("iis7_owa.log", Format::W3c, 3, 0),
    ("iis_without_date.log", Format::W3c, 11, 0),
    ("logd.0.log", Format::Syslog, 76, 0),
    ("syslog_cron.log", Format::Syslog, 9, 0),
    // Second lines of messages (`with another line`) are no records.
    ("syslog_rsyslog_ForwardFormat", Format::Syslog, 1, 1),
    ("syslog_rsyslog_SysklogdFileFormat", Format::Syslog, 9, 1),
    ("syslog_rsyslog_SyslogProtocol23Format", Format::Syslog, 9, 1),
    ("syslog_rsyslog_TraditionalForwardFormat", Format::Syslog, 1, 1),
    ("syslog_ssh.log", Format::Syslog, 9, 0),
    ("vsftpd.log", Format::Syslog, 25, 0),
    ("wifi_turned_over.log", Format::Syslog, 6, 0),
    ("windows_firewall.log", Format::W3c, 15, 0),
];

/// Logs of which nothing is read: traces of programs that each have a form of their own, a table of one row.
const REFUSED: &[&str] = &[
    "OfcUrlf.log",
    "atlassian-bitbucket-audit.log",
    "atlassian-confluence.log",
    "atlassian-jira.log",
    "cri.log",
    "dpkg.log",
    "dynamic_sliced.log",
    "log.access.vc0",
    "log.admin.vc0",
    "log.diagnosticlog.vc0",
    "log.events.vc0",
    "popcontest1.log",
    "rp.log",
    "santa.log",
    "santa2.log",
    "sccm_various.log",
    "setupapi.setup.log",
    "skydrive_v1.log",
    "wincc_sys.log",
    "xchatscrollback.log",
];

/// Reads a whole log. None: it is no log of a known format.
fn read(name: &str, bytes: Vec<u8>) -> Option<(Option<Format>, Summary)> {
    let mut source = Source::from_reader(name, Cursor::new(bytes), &Options::default()).ok()?;
    while let Some(record) = source.next() {
        if let Ok(record) = record {
            assert!(
                serde_json::from_str::<serde_json::Value>(&record.json()).is_ok(),
                "{name}: {}",
                record.json()
            );
        }
    }
    Some((source.format(), source.summary().clone()))
}

#[test]
fn every_text_log() {
    let Some(folder) = shared_data::folder() else {
        println!("SKIPPED: no shared data; set VIGIE_SHARED_DATA to its folder");
        return;
    };
    let mut seen = 0;
    for log in shared_data::logs(&folder.join("weblogs")) {
        if log.name.ends_with("MANIFEST.tsv") {
            continue;
        }
        // A name in an archive is cut after a hundred bytes.
        let short = log.name.rsplit('/').next().unwrap_or_default();
        let known = READ.iter().find(|it| it.0 == short || (it.0.starts_with(short) && short.len() > 10));
        let Some((format, summary)) = read(&log.name, log.bytes) else {
            println!("refused {short}");
            assert!(REFUSED.contains(&short), "{short} is read no more");
            continue;
        };
        println!("{short}: {} {:?}", summary.events, summary.skipped);
        let got = (format, summary.events, summary.lost());
        assert_eq!(Some(got), known.map(|it| (Some(it.1), it.2, it.3)), "{short}");
        seen += 1;
    }
    assert_eq!(seen, READ.len());
}
