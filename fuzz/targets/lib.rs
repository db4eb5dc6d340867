//! The readers of bytes that strangers send, each as a function that takes any bytes and must come back.
//!
//! A target reads its input as the node would, and asserts what holds of every input; a panic is a finding. The same
//! functions are run by cargo-fuzz (`bin/`) and, for a moment each, by the normal suite (`crates/vigie/tests/fuzz`).
//! `docs/fuzzing.md` says how.
//!
//! Start with [`ALL`].

pub mod android_backup;
pub mod auditd;
pub mod card;
pub mod cef;
pub mod config;
pub mod crash_report;
pub mod csv;
pub mod dumpstate;
pub mod ecs;
pub mod eve;
pub mod evtx;
pub mod indicator_list;
pub mod intrusion_log;
pub mod leef;
mod log;
pub mod ndjson;
pub mod notice_stream;
pub mod ocsf;
pub mod paging_cursor;
mod phone;
pub mod phone_evidence;
pub mod phone_extract;
pub mod phone_plist;
pub mod phone_sqlite;
pub mod phone_typedstream;
pub mod phone_unified_log;
pub mod query_parameters;
pub mod releasability;
pub mod saved_image;
pub mod saved_windows;
pub mod sensor_rules;
pub mod shutdown_log;
pub mod sigma;
pub mod squid;
pub mod stix_bundle;
pub mod stix_object;
pub mod stix_pattern;
pub mod syslog;
pub mod taxii_wire;
pub mod tombstone;
pub mod unpack;
pub mod w3c;
pub mod warning_list;
pub mod web;
pub mod winlog;
pub mod zeek;

/// A reader and what to start from.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of its folder in `fuzz/seeds`.
    pub name: &'static str,
    /// Reads any bytes.
    pub run: fn(&[u8]),
    /// Folders with more seeds, seen from the root of the project: the cases of a crate.
    pub cases: &'static [&'static str],
}

/// Every target.
pub const ALL: [Target; 44] = [
    Target { name: "stix_object", run: stix_object::run, cases: &[] },
    Target {
        name: "stix_bundle",
        run: stix_bundle::run,
        cases: &["crates/vigie-stix/cases/bundle", "crates/vigie-stix/cases/invalid"],
    },
    Target { name: "stix_pattern", run: stix_pattern::run, cases: &["crates/vigie-stix/cases/pattern"] },
    Target { name: "releasability", run: releasability::run, cases: &[] },
    Target { name: "eve", run: eve::run, cases: &["crates/vigie-telemetry/cases/eve"] },
    Target { name: "zeek", run: zeek::run, cases: &["crates/vigie-telemetry/cases/zeek"] },
    Target { name: "evtx", run: evtx::run, cases: &["crates/vigie-telemetry/cases/evtx"] },
    Target { name: "winlog", run: winlog::run, cases: &["crates/vigie-telemetry/cases/winlog"] },
    Target { name: "ecs", run: ecs::run, cases: &["crates/vigie-telemetry/cases/ecs"] },
    Target { name: "ocsf", run: ocsf::run, cases: &["crates/vigie-telemetry/cases/ocsf"] },
    Target { name: "syslog", run: syslog::run, cases: &["crates/vigie-telemetry/cases/syslog"] },
    Target { name: "cef", run: cef::run, cases: &["crates/vigie-telemetry/cases/cef"] },
    Target { name: "leef", run: leef::run, cases: &["crates/vigie-telemetry/cases/leef"] },
    Target { name: "web", run: web::run, cases: &["crates/vigie-telemetry/cases/web"] },
    Target { name: "squid", run: squid::run, cases: &["crates/vigie-telemetry/cases/squid"] },
    Target { name: "w3c", run: w3c::run, cases: &["crates/vigie-telemetry/cases/w3c"] },
    Target { name: "auditd", run: auditd::run, cases: &["crates/vigie-telemetry/cases/auditd"] },
    Target { name: "csv", run: csv::run, cases: &["crates/vigie-telemetry/cases/csv"] },
    Target { name: "ndjson", run: ndjson::run, cases: &["crates/vigie-telemetry/cases/ndjson"] },
    Target { name: "unpack", run: unpack::run, cases: &[] },
    Target { name: "phone_evidence", run: phone_evidence::run, cases: &[] },
    Target { name: "phone_extract", run: phone_extract::run, cases: &[] },
    Target { name: "phone_plist", run: phone_plist::run, cases: &[] },
    Target { name: "phone_sqlite", run: phone_sqlite::run, cases: &[] },
    Target { name: "phone_typedstream", run: phone_typedstream::run, cases: &[] },
    Target { name: "phone_unified_log", run: phone_unified_log::run, cases: &[] },
    Target { name: "sigma", run: sigma::run, cases: &[] },
    Target { name: "indicator_list", run: indicator_list::run, cases: &[] },
    Target { name: "sensor_rules", run: sensor_rules::run, cases: &[] },
    Target { name: "warning_list", run: warning_list::run, cases: &[] },
    Target { name: "saved_image", run: saved_image::run, cases: &[] },
    Target { name: "saved_windows", run: saved_windows::run, cases: &[] },
    Target { name: "taxii_wire", run: taxii_wire::run, cases: &[] },
    Target { name: "notice_stream", run: notice_stream::run, cases: &[] },
    Target { name: "query_parameters", run: query_parameters::run, cases: &[] },
    Target { name: "paging_cursor", run: paging_cursor::run, cases: &[] },
    Target { name: "config", run: config::run, cases: &[] },
    Target { name: "card", run: card::run, cases: &[] },
    Target {
        name: "android_backup",
        run: android_backup::run,
        cases: &["crates/vigie-phone/tests/android/backup-encrypted"],
    },
    Target {
        name: "dumpstate",
        run: dumpstate::run,
        cases: &[
            "crates/vigie-phone/tests/android/bugreport-whole",
            "crates/vigie-phone/tests/android/bugreport-cut",
        ],
    },
    Target {
        name: "intrusion_log",
        run: intrusion_log::run,
        cases: &["crates/vigie-phone/tests/android/intrusion-log"],
    },
    Target {
        name: "tombstone",
        run: tombstone::run,
        cases: &["crates/vigie-phone/tests/android/bugreport-whole/evidence/FS/data/tombstones"],
    },
    Target { name: "shutdown_log", run: shutdown_log::run, cases: &[] },
    Target { name: "crash_report", run: crash_report::run, cases: &[] },
];
