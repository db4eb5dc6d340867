//! Logs, cut into pieces that threads can match apart.
//!
//! A log whose lines stand alone is cut into blocks of lines, a Windows event log into chunks. Any other (a Zeek log with
//! its header, records over several lines, a list of records) is one piece, for its records cannot be told apart without
//! reading all before.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vigie_telemetry::{Format, Options, Pieces, Source, Stream, unpack};

use super::progress::{Counted, Progress};
use crate::blocks::{Block, Blocks, Chunks};
use crate::check_node::chain;
use crate::clock;

/// A piece of a log, ready to be read.
pub(super) struct Piece {
    /// The file, as it was named.
    pub(super) file: Arc<str>,
    /// Its records, or why there are none.
    pub(super) source: Result<Source, Problem>,
}

/// Why a piece cannot be read, with the log's name.
#[derive(Debug)]
pub(super) enum Problem {
    /// The log cannot be read at all.
    Unread(String),
    /// What stands before was read.
    EndsEarly(String),
}

impl Problem {
    pub(super) fn ends_early(file: &str, error: &io::Error) -> Self {
        Self::EndsEarly(format!("`{file}` ends early: {error}"))
    }

    /// For people.
    pub(super) fn told(self) -> String {
        match self {
            Self::Unread(told) | Self::EndsEarly(told) => told,
        }
    }
}

/// The logs that are still to be read.
pub(super) struct Inputs<'r> {
    files: std::slice::Iter<'r, PathBuf>,
    reading: &'r Options,
    progress: &'r Arc<Progress>,
    open: Option<Open>,
}

/// A log that is cut.
struct Open {
    file: Arc<str>,
    format: Format,
    rest: Rest,
    reading: Options,
}

/// What is left of it.
enum Rest {
    Lines(Blocks),
    Chunks(Chunks),
}

impl Open {
    /// The next piece; none at the end.
    fn next(&mut self) -> io::Result<Option<Source>> {
        let block = match &mut self.rest {
            Rest::Lines(it) => it.next(),
            Rest::Chunks(it) => it.next(),
        };
        Ok(block?.map(|it| self.source(it)))
    }

    fn source(&self, Block { bytes, before }: Block) -> Source {
        Source::of_piece(&self.file, self.format, bytes, before, &self.reading)
    }
}

impl<'r> Inputs<'r> {
    pub(super) fn new(files: &'r [PathBuf], reading: &'r Options, progress: &'r Arc<Progress>) -> Self {
        Self { files: files.iter(), reading, progress, open: None }
    }

    /// The next piece; none at the end of the last log.
    pub(super) fn next(&mut self) -> Option<Piece> {
        if let Some(open) = &mut self.open {
            let file = Arc::clone(&open.file);
            match open.next() {
                Ok(Some(source)) => return Some(Piece { file, source: Ok(source) }),
                Ok(None) => self.open = None,
                Err(error) => {
                    self.open = None;
                    return Some(Piece { source: Err(Problem::ends_early(&file, &error)), file });
                }
            }
        }
        let path = self.files.next()?;
        let file: Arc<str> = path.display().to_string().into();
        let source =
            self.begin(path, &file).unwrap_or_else(|error| Err(format!("could not read `{file}`: {error}")));
        Some(Piece { file, source: source.map_err(Problem::Unread) })
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
        let Ok(Some((pieces, format))) = begun.as_ref().map(|it| it.pieces().zip(it.format())) else {
            return Ok(source(file, blocks.into_stream(first), &reading));
        };
        let file = Arc::clone(file);
        let Pieces::Blocks { header, size } = pieces else {
            self.open = Some(Open { file, format, rest: Rest::Lines(blocks), reading });
            return Ok(begun);
        };
        let chunks = Chunks::new(blocks.into_stream(first), header, size);
        let mut open = Open { file, format, rest: Rest::Chunks(chunks), reading };
        let first = open.next()?;
        self.open = Some(open);
        first.map_or(Ok(begun), |it| Ok(Ok(it)))
    }
}

fn source(file: &str, input: impl io::Read + Send + 'static, reading: &Options) -> Result<Source, String> {
    Source::from_reader(file, input, reading).map_err(|it| chain(&it))
}
