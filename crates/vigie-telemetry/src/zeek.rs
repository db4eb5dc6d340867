//! Zeek's logs: rows under `#` headers ([`tsv`]), or JSON ([`json`]).
//!
//! Zeek's scripts, and those who run them, add and rename logs and fields at will, so nothing is tied to a log's layout: each
//! field is understood by its name, its type where the header tells it, and its log ([`field`]).

pub(crate) mod field;
mod json;
mod tsv;

use crate::Limits;
use crate::flat::flatten;
use crate::json::Cursor;
use crate::source::{Raw, Reason};
use crate::summary::Notes;
use std::borrow::Cow;
use vigie_model::event::{Event, Field};

pub(crate) use tsv::Header;

/// Reads records of one stream; remembers its last header.
#[derive(Default)]
pub(crate) struct Reader {
    header: Header,
}

impl Reader {
    /// Takes in a header line. False: it is no header line.
    pub(crate) fn directive(&mut self, line: &str) -> bool {
        line.starts_with('#') && {
            self.header.directive(line);
            true
        }
    }

    /// Reads one record.
    pub(crate) fn read<'a>(
        &'a self,
        text: &'a str,
        limits: &Limits,
        notes: &mut Notes,
    ) -> Result<(Event<'a>, Raw<'a>), Reason> {
        if text.trim_start().starts_with('{') {
            return Ok((json::read(text, limits, notes)?, Raw::Json(text)));
        }
        Ok((self.header.row(text, limits, notes)?, Raw::Row(&self.header, text)))
    }

    /// What a record that was read says under its own names; the cursor is at its start.
    pub(crate) fn fields<'a>(
        &'a self,
        text: &'a str,
        mut cursor: Cursor<'a>,
        limits: &Limits,
    ) -> Result<Vec<Field<'a>>, Reason> {
        let mut fields = Vec::with_capacity(32);
        if text.trim_start().starts_with('{') {
            flatten(&mut cursor, &Cow::Borrowed(""), &mut fields, limits.max_observables)?;
        } else {
            self.header.fields(text, limits, &mut fields);
        }
        Ok(fields)
    }
}
