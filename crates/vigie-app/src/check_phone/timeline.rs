//! The timeline: a line for each moment of each record, in the order of time.
//!
//! Records come in the order of the evidence, and may be millions. Lines are written to a file in the output folder as they
//! come, their order is kept beside, and the file is then written anew in that order.
//!
//! Invariants
//! - Personal content is left out: of a record that no indicator meets, only what kind of thing it is, where and when, and
//!   the names of programs, apps, profiles and properties. Of one that an indicator meets also the matching line.
//! - About 40 bytes of memory for each moment.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

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
#[derive(Serialize)]
struct Row<'r> {
    time: Option<String>,
    certainty: Option<&'static str>,
    what: Option<&'static str>,
    artefact: &'r str,
    file: &'r str,
    record: &'r str,
    seen: Vec<String>,
    text: Option<&'r str>,
    indicators: &'r [&'r str],
}

/// A timeline in the making.
pub(super) struct Timeline {
    part: PathBuf,
    out: BufWriter<File>,
    length: u64,
    /// When, and where the line begins and how long it is.
    order: Vec<(Option<i64>, u64, u32)>,
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
    /// Begins in a folder.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let part = folder.join("timeline.part");
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&part)?;
        Ok(Self { part, out: BufWriter::with_capacity(256 << 10, file), length: 0, order: Vec::new() })
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
        let row = |time: Option<String>, certainty, what| Row {
            time,
            certainty,
            what,
            artefact: record.artefact,
            file: &record.file,
            record: &record.place,
            seen: seen.clone(),
            text: *text,
            indicators,
        };
        if record.moments.is_empty() && !indicators.is_empty() {
            self.write(None, &row(None, None, None))?;
        }
        for moment in &record.moments {
            let certainty = Some(certainty_name(moment.certainty));
            self.write(Some(moment.time), &row(Some(shown(moment.time)), certainty, Some(moment.what)))?;
        }
        Ok(())
    }

    fn write(&mut self, time: Option<i64>, row: &Row<'_>) -> io::Result<()> {
        let mut line = serde_json::to_vec(row)?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        self.order.push((time, self.length, line.len() as u32));
        self.length += line.len() as u64;
        Ok(())
    }

    /// Writes `timeline.jsonl` and `timeline.csv`, and says how many lines there are. What has no time comes last.
    pub(super) fn end(self, folder: &Path) -> io::Result<u64> {
        let Self { part, out, mut order, .. } = self;
        let mut from = BufReader::new(out.into_inner().map_err(io::IntoInnerError::into_error)?);
        from.rewind()?;
        order.sort_by_key(|it| (it.0.is_none(), it.0, it.1));
        let mut json = BufWriter::new(File::create(folder.join("timeline.jsonl"))?);
        let mut csv = BufWriter::new(File::create(folder.join("timeline.csv"))?);
        csv.write_all(b"time,certainty,what,artefact,file,record,seen,text,indicators\r\n")?;
        let mut line = Vec::new();
        let mut at = 0;
        for (_, start, length) in &order {
            line.resize(*length as usize, 0);
            if at != *start {
                from.seek(SeekFrom::Start(*start))?;
            }
            from.read_exact(&mut line)?;
            at = start + u64::from(*length);
            json.write_all(&line)?;
            csv.write_all(cells(&line)?.as_bytes())?;
        }
        json.flush()?;
        csv.flush()?;
        drop(from);
        std::fs::remove_file(part)?;
        Ok(order.len() as u64)
    }
}

/// A line of JSON as a line of RFC 4180.
fn cells(line: &[u8]) -> io::Result<String> {
    let row: serde_json::Value = serde_json::from_slice(line)?;
    let names = ["time", "certainty", "what", "artefact", "file", "record", "seen", "text", "indicators"];
    let cell = |name: &str| match row.get(name) {
        Some(serde_json::Value::String(it)) => cell(it),
        Some(serde_json::Value::Array(all)) => {
            let all: Vec<&str> = all.iter().filter_map(serde_json::Value::as_str).collect();
            cell(&all.join("; "))
        }
        _ => String::new(),
    };
    Ok(names.map(cell).join(",") + "\r\n")
}

/// A value that a spreadsheet takes for a text: one that begins like a formula has an apostrophe before it.
fn cell(text: &str) -> String {
    let text = text.replace(['\r', '\n', '\t'], " ");
    let formula = text.starts_with(['=', '+', '-', '@']);
    let text = if formula { format!("'{text}") } else { text };
    if text.contains(['"', ',']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_runs_nothing() {
        #[track_caller]
        fn check(text: &str, want: &str) {
            assert_eq!(cell(text), want, "{text}");
        }
        check("a", "a");
        check("a,b", "\"a,b\"");
        check("a\"b", "\"a\"\"b\"");
        check("=1+1", "'=1+1");
        check("@x,\ny", "\"'@x, y\"");
    }
}
