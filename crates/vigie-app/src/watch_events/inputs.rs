//! Logs, cut into pieces that threads can match apart.
//!
//! A log whose lines stand alone is cut into blocks of lines. Any other (a Zeek log with its header, records over
//! several lines, a list of records) is one piece, for its records cannot be told apart without reading all before.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vigie_telemetry::{Options, Source, Stream, unpack};

use super::progress::{Counted, Progress};
use crate::blocks::Blocks;
use crate::clock;

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
    reading: &'r Options,
    progress: &'r Arc<Progress>,
    open: Option<Open>,
}

/// A log whose lines stand alone.
struct Open {
    file: Arc<str>,
    blocks: Blocks,
    reading: Options,
}

impl<'r> Inputs<'r> {
    pub(super) fn new(files: &'r [PathBuf], reading: &'r Options, progress: &'r Arc<Progress>) -> Self {
        Self { files: files.iter(), reading, progress, open: None }
    }

    /// The next piece; none at the end of the last log.
    pub(super) fn next(&mut self) -> Option<Piece> {
        if let Some(open) = &mut self.open {
            match open.blocks.next() {
                Ok(Some(block)) => {
                    let source = source(&open.file, io::Cursor::new(block.bytes), &open.reading);
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
        let mut reading = self.reading.clone();
        let input: Stream = if live {
            Box::new(io::stdin())
        } else {
            let log = std::fs::File::open(path)?;
            reading.not_after = log.metadata().and_then(|it| it.modified()).ok().and_then(clock::nanoseconds);
            Box::new(Counted::new(log, self.progress))
        };
        let limits = &reading.limits;
        let mut blocks = Blocks::new(unpack(input, limits)?, limits.max_line_bytes, live);
        let first = blocks.next()?.map(|it| it.bytes).unwrap_or_default();
        let begun = source(file, io::Cursor::new(first.clone()), &reading);
        match &begun {
            Ok(source) if source.stands_alone() => {
                reading.format = source.format();
                self.open = Some(Open { file: Arc::clone(file), blocks, reading });
                Ok(begun)
            }
            _ => Ok(source(file, blocks.into_stream(first), &reading)),
        }
    }
}

fn source(file: &str, input: impl io::Read + Send + 'static, reading: &Options) -> Result<Source, String> {
    Source::from_reader(file, input, reading).map_err(|it| it.to_string())
}
