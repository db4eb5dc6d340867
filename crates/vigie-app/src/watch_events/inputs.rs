//! Logs, cut into pieces that threads can match apart.
//!
//! A log with one JSON record a line is cut into blocks of lines. Any other (a Zeek log with its header, records over
//! several lines, a list of records) is one piece, for its records cannot be told apart without reading all before.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vigie_model::event::Wanted;
use vigie_telemetry::{Format, Limits, Options, Source, Stream, unpack};

use super::blocks::Blocks;

/// A piece of a log, ready to be read.
pub(super) struct Piece {
    /// The file, as it was named.
    pub(super) file: Arc<str>,
    /// The lines before the piece.
    pub(super) lines_before: u64,
    /// Its records, or why there are none.
    pub(super) source: Result<Source, String>,
}

/// The logs that are still to be read.
pub(super) struct Inputs<'r> {
    files: std::slice::Iter<'r, PathBuf>,
    format: Option<Format>,
    limits: &'r Limits,
    open: Option<Open>,
}

/// A log of one record a line.
struct Open {
    file: Arc<str>,
    blocks: Blocks,
    format: Format,
}

impl<'r> Inputs<'r> {
    pub(super) fn new(files: &'r [PathBuf], format: Option<Format>, limits: &'r Limits) -> Self {
        Self { files: files.iter(), format, limits, open: None }
    }

    /// The next piece; none at the end of the last log.
    pub(super) fn next(&mut self) -> Option<Piece> {
        if let Some(open) = &mut self.open {
            match open.blocks.next() {
                Ok(Some(block)) => {
                    let source =
                        source(&open.file, io::Cursor::new(block.bytes), Some(open.format), self.limits);
                    return Some(Piece {
                        file: Arc::clone(&open.file),
                        lines_before: block.first_line - 1,
                        source,
                    });
                }
                Ok(None) => self.open = None,
                Err(error) => {
                    let file = Arc::clone(&open.file);
                    self.open = None;
                    return Some(Piece {
                        source: Err(format!("`{file}` ends early: {error}")),
                        file,
                        lines_before: 0,
                    });
                }
            }
        }
        let path = self.files.next()?;
        let file: Arc<str> = path.display().to_string().into();
        let source =
            self.begin(path, &file).unwrap_or_else(|error| Err(format!("could not read `{file}`: {error}")));
        Some(Piece { file, lines_before: 0, source })
    }

    /// Opens a log and gives its first piece, or the whole.
    fn begin(&mut self, path: &Path, file: &Arc<str>) -> io::Result<Result<Source, String>> {
        let live = path == Path::new("-");
        let input: Stream = if live { Box::new(io::stdin()) } else { Box::new(std::fs::File::open(path)?) };
        let mut blocks = Blocks::new(unpack(input, self.limits)?, self.limits.max_line_bytes, live);
        let first = blocks.next()?.map(|it| it.bytes).unwrap_or_default();
        if !is_json_line(&first) {
            return Ok(source(file, blocks.into_stream(first), self.format, self.limits));
        }
        let source = source(file, io::Cursor::new(first), self.format, self.limits);
        if let Ok(source) = &source
            && let Some(format) = source.format()
        {
            self.open = Some(Open { file: Arc::clone(file), blocks, format });
        }
        Ok(source)
    }
}

fn source(
    file: &str,
    input: impl io::Read + Send + 'static,
    format: Option<Format>,
    limits: &Limits,
) -> Result<Source, String> {
    let wanted = Wanted { observables: true, fields: false };
    let options = Options { format, wanted, limits: limits.clone(), ..Options::default() };
    Source::from_reader(file, input, &options).map_err(|it| it.to_string())
}

/// Whether the first line that is not blank is one JSON object.
fn is_json_line(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let line = bytes.split(|it| *it == b'\n').next().unwrap_or_default();
    line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}
