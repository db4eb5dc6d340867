//! Loads indicators from files: STIX by their first character, everything else as a list.

use std::io::{self, Read as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use vigie_engine::list::Chunk;
use vigie_engine::{Builder, Image, ListNumber, Options, Reason};
use vigie_telemetry::{Limits, Stream, unpack};

use super::blocks::{Block, Blocks};
use super::files::FileError;
use super::turns::in_order;

/// The longest line of a list, in bytes; longer ones are refused.
const MAX_LIST_LINE: usize = 64 << 10;

/// The largest bundle, in bytes after decompression.
const MAX_BUNDLE: u64 = 1 << 30;

/// What one thread takes at once.
enum Piece {
    /// A list begins.
    List(String),
    /// Lines of the list that began last.
    Lines(Block),
    /// The text of a bundle, an envelope or an object.
    Stix(String, String),
    /// A file that is neither.
    Refused(String, String),
}

/// Compiles the files into one image. Lists are read on several threads.
pub(super) fn load(
    files: &[PathBuf],
    rules: &[PathBuf],
    secret: u64,
    threads: NonZero<usize>,
) -> Result<Image, FileError> {
    let mut pieces = Pieces { files: files.iter(), list: None };
    let builder = Builder::new(Options { secret, ..Options::default() });
    let (builder, _, failed) = in_order(
        threads,
        || pieces.next(),
        (builder, None::<ListNumber>, None),
        |piece, turn| {
            let piece = match piece {
                Ok(Piece::Lines(block)) => {
                    let chunk = Chunk::read(&block.bytes, block.first_line);
                    let (builder, list, _) = &mut turn.wait().sink;
                    return list.map_or((), |it| builder.add_chunk(it, chunk));
                }
                other => other,
            };
            let (builder, list, failed) = &mut turn.wait().sink;
            match piece {
                Ok(Piece::List(name)) => *list = Some(builder.open_list(&name)),
                Ok(Piece::Stix(name, text)) => builder.add_bundle(&name, &text),
                Ok(Piece::Refused(name, why)) => builder.refuse(name, Reason::UnreadableFile, why),
                Ok(Piece::Lines(_)) => {}
                Err(error) => *failed = Some(error),
            }
        },
    );
    let mut builder = builder;
    for rule in rules {
        let why = "only STIX patterns and lists are compiled";
        builder.refuse(rule.display().to_string(), Reason::OtherLanguage, why);
    }
    failed.map_or_else(|| Ok(Image::new(builder.build())), Err)
}

/// The files, cut.
struct Pieces<'f> {
    files: std::slice::Iter<'f, PathBuf>,
    list: Option<(PathBuf, Blocks, Option<Block>)>,
}

impl Pieces<'_> {
    fn next(&mut self) -> Option<Result<Piece, FileError>> {
        if let Some((path, blocks, first)) = &mut self.list {
            let block = match first.take() {
                Some(block) => Ok(Some(block)),
                None => blocks.next(),
            };
            match block {
                Ok(Some(block)) => return Some(Ok(Piece::Lines(block))),
                Ok(None) => self.list = None,
                // What came before stays in force.
                Err(error) => {
                    let refused =
                        Piece::Refused(path.display().to_string(), format!("the file ends early: {error}"));
                    self.list = None;
                    return Some(Ok(refused));
                }
            }
        }
        let path = self.files.next()?;
        Some(self.open(path).map_err(|source| FileError { path: path.clone(), source }))
    }

    fn open(&mut self, path: &Path) -> io::Result<Piece> {
        let name = path.display().to_string();
        let input: Stream =
            if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(std::fs::File::open(path)?) };
        let stream = match unpack(input, &Limits::default()) {
            Ok(it) => it,
            Err(error) => return Ok(Piece::Refused(name, error.to_string())),
        };
        let mut blocks = Blocks::new(stream, MAX_LIST_LINE, false);
        let first = match blocks.next() {
            Ok(it) => it,
            Err(error) => return Ok(Piece::Refused(name, error.to_string())),
        };
        let Some(first) = first else { return Ok(Piece::List(name)) };
        let bytes = first.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first.bytes);
        if bytes.contains(&0) {
            return Ok(Piece::Refused(
                name,
                "it holds zero bytes, so it is no text; unpack archives first".to_owned(),
            ));
        }
        if matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[')) {
            return Ok(stix(name, blocks.into_stream(first.bytes)));
        }
        self.list = Some((path.to_owned(), blocks, Some(first)));
        Ok(Piece::List(name))
    }
}

/// Reads the text of a bundle.
fn stix(name: String, stream: Stream) -> Piece {
    let mut bytes = Vec::new();
    match stream.take(MAX_BUNDLE + 1).read_to_end(&mut bytes) {
        Err(error) => Piece::Refused(name, error.to_string()),
        Ok(_) if bytes.len() as u64 > MAX_BUNDLE => {
            Piece::Refused(name, format!("it is larger than {MAX_BUNDLE} bytes"))
        }
        Ok(_) => match String::from_utf8(bytes) {
            Ok(text) => Piece::Stix(name, text),
            Err(error) => Piece::Refused(name, error.utf8_error().to_string()),
        },
    }
}
