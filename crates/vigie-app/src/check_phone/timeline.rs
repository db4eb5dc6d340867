//! The timeline: a line for each moment of each record, in the order of time.
//!
//! Records come in the order of the evidence, and may be millions. Lines are kept in memory up to a bound, then put in order and
//! written to a file that has no name; in the end these runs are merged.
//!
//! Invariants
//! - Personal content is left out: of a record that no indicator meets, only what kind of thing it is, where and when, and
//!   the names of programs, apps, profiles and properties. Of one that an indicator meets also the matching line.
//! - Lines of the same time keep the order of the evidence.

mod runs;

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use runs::Runs;
use serde::Serialize;
use vigie_model::event::{Observed, Path as Property};
use vigie_phone::{Certainty, Record};
use vigie_stix::timestamp::Timestamp;

/// What of a record is no personal content.
const TECHNICAL: [Property; 9] = [
    Property::ProcessName,
    Property::AppId,
    Property::AppCertificateMd5,
    Property::AppCertificateSha1,
    Property::AppCertificateSha256,
    Property::ProfileId,
    Property::AndroidProperty,
    Property::SoftwareName,
    Property::SoftwareVersion,
];

/// A record with what it met.
pub(super) struct Line<'r> {
    pub(super) record: &'r Record,
    /// The matching line.
    pub(super) text: Option<&'r str>,
    /// The indicators that it meets.
    pub(super) indicators: Vec<&'r str>,
}

/// A line as `timeline.jsonl` has it.
#[derive(Clone, Serialize)]
struct Row<'r> {
    time: Option<String>,
    certainty: Option<&'static str>,
    what: Option<&'static str>,
    artefact: &'r str,
    file: &'r str,
    record: &'r str,
    seen: &'r [String],
    text: Option<&'r str>,
    indicators: &'r [&'r str],
}

/// How many bytes of lines are kept in memory.
const RUN_BYTES: usize = 8 << 20;

/// A timeline in the making.
pub(super) struct Timeline {
    runs: Runs,
}

/// The word for how sure a time is.
pub fn certainty_name(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Exact => "exact",
        Certainty::Day => "day",
        Certainty::Zoned => "zoned",
        Certainty::Local => "local",
    }
}

/// A time as outputs have it: UTC.
pub(super) fn shown(nanos: i64) -> String {
    Timestamp::from_nanos_millis(nanos.into()).to_string()
}

impl Timeline {
    /// Begins one whose lines are kept in a folder where they are too many for the memory.
    pub(super) fn new(folder: &Path) -> Self {
        Self { runs: Runs::new(folder, RUN_BYTES) }
    }

    /// Adds a record.
    pub(super) fn add(&mut self, line: &Line<'_>) -> io::Result<()> {
        let Line { record, text, indicators } = line;
        let technical = record.seen.iter().filter(|it| TECHNICAL.contains(&it.path));
        let seen: Vec<String> = technical
            .filter_map(|it| match &it.value {
                Observed::Text(text) => Some(format!("{}={text}", it.path)),
                _ => None,
            })
            .collect();
        let row = Row {
            time: None,
            certainty: None,
            what: None,
            artefact: record.artefact,
            file: &record.file,
            record: &record.place,
            seen: &seen,
            text: *text,
            indicators,
        };
        if record.moments.is_empty() && !indicators.is_empty() {
            self.write(None, &row)?;
        }
        for moment in &record.moments {
            let certainty = Some(certainty_name(moment.certainty));
            let time = Some(shown(moment.time));
            self.write(Some(moment.time), &Row { time, certainty, what: Some(moment.what), ..row })?;
        }
        Ok(())
    }

    fn write(&mut self, time: Option<i64>, row: &Row<'_>) -> io::Result<()> {
        self.runs.add(time, |out| {
            serde_json::to_writer(&mut *out, row)?;
            out.push(b'\n');
            let json = out.len();
            out.extend_from_slice(row.cells().as_bytes());
            Ok(json)
        })
    }

    /// Writes `timeline.jsonl` and `timeline.csv`, and says how many lines there are. What has no time comes last.
    pub(super) fn end(self, folder: &Path) -> io::Result<u64> {
        let create = |name: &str| {
            io::Result::Ok(BufWriter::with_capacity(256 << 10, File::create(folder.join(name))?))
        };
        let (mut json, mut csv) = (create("timeline.jsonl")?, create("timeline.csv")?);
        csv.write_all(b"time,certainty,what,artefact,file,record,seen,text,indicators\r\n")?;
        let lines = self.runs.end(|line, cells| {
            json.write_all(line)?;
            csv.write_all(cells)
        })?;
        json.flush()?;
        csv.flush()?;
        Ok(lines)
    }
}

impl Row<'_> {
    /// A line of RFC 4180.
    fn cells(&self) -> String {
        let optional = Option::unwrap_or_default;
        let mut cells = String::with_capacity(256);
        let (seen, indicators) = (self.seen.join("; "), self.indicators.join("; "));
        let time = self.time.as_deref();
        let all = [
            optional(time),
            optional(self.certainty),
            optional(self.what),
            self.artefact,
            self.file,
            self.record,
            &seen,
            optional(self.text),
            &indicators,
        ];
        for (at, text) in all.into_iter().enumerate() {
            if at > 0 {
                cells.push(',');
            }
            cell(text, &mut cells);
        }
        cells.push_str("\r\n");
        cells
    }
}

/// A value that a spreadsheet takes for a text: one that begins like a formula has an apostrophe before it.
fn cell(text: &str, out: &mut String) {
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    if !is_formula && !text.bytes().any(|it| matches!(it, b'\r' | b'\n' | b'\t' | b'"' | b',')) {
        return out.push_str(text);
    }
    let text = text.replace(['\r', '\n', '\t'], " ");
    let before = if is_formula { "'" } else { "" };
    let _infallible = if text.contains(['"', ',']) {
        write!(out, "\"{before}{}\"", text.replace('"', "\"\""))
    } else {
        write!(out, "{before}{text}")
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing() {
        #[track_caller]
        fn check(text: &str, want: &str) {
            let mut got = String::new();
            cell(text, &mut got);
            assert_eq!(got, want, "{text}");
        }
        check("a", "a");
        check("a,b", "\"a,b\"");
        check("a\"b", "\"a\"\"b\"");
        check("=1+1", "'=1+1");
        check("@x,\ny", "\"'@x, y\"");
    }
}
