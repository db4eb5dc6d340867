//! What the readers of one stream remember from one record to the next: headers, and records that wait for others.

use crate::auditd::join::{Join, Joined};
use crate::{Format, csv, evtx, w3c, zeek};

/// The memory of all readers; only that of the stream's own format holds anything.
#[derive(Default)]
pub(crate) struct Memory {
    pub(super) zeek: zeek::Reader,
    pub(super) w3c: w3c::Reader,
    pub(super) csv: csv::Reader,
    pub(super) audit: Join,
    pub(super) evtx: evtx::Reader,
    /// The event of the auditor that was cut off last.
    pub(super) joined: Joined,
}

impl Memory {
    /// Takes in a line that is no record but says how those that follow are to be read. False: it is a record.
    pub(super) fn directive(&mut self, format: Option<Format>, line: &str) -> bool {
        match format {
            Some(Format::Zeek) => self.zeek.directive(line),
            Some(Format::W3c) => self.w3c.directive(line),
            Some(Format::Csv) => self.csv.directive(line),
            _ => false,
        }
    }

    /// Takes in a line that stands not far before the place where reading goes on.
    pub(super) fn before(&mut self, format: Option<Format>, line: &str) {
        match format {
            // Both write their header again in the middle of a file.
            Some(Format::Zeek | Format::W3c) => drop(self.directive(format, line)),
            Some(Format::Auditd) => self.audit.told_before(line),
            _ => {}
        }
    }
}
