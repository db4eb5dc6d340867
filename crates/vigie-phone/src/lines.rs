//! Lines of a text that may be damaged.

use std::borrow::Cow;

/// A stretch of a file, and the number of its first line in that file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    first: u64,
}

/// A line, without its end; what is no UTF-8 is replaced.
#[derive(Clone, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) number: u64,
    pub(crate) text: Cow<'a, str>,
}

impl<'a> Lines<'a> {
    /// A whole file.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, first: 1 }
    }

    /// A part of a file, whose first line has this number.
    pub(crate) fn part(bytes: &'a [u8], first: u64) -> Self {
        Self { bytes, first }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Line<'a>> + use<'a> {
        let lines = self.bytes.split(|it| *it == b'\n');
        lines.zip(self.first..).map(|(bytes, number)| Line {
            number,
            text: String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(bytes)),
        })
    }
}

impl Line<'_> {
    /// How far it is indented. A tab counts as one.
    pub(crate) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }
}
