//! Rule files, cut so that several threads can read long lists.

use std::io::{self, Read as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use vigie_engine::list::Chunk;
use vigie_engine::suricata::Dialect;
use vigie_engine::{Builder, ListNumber, Reason};
use vigie_telemetry::{Limits, Stream, unpack};

use super::{FileError, Language, Role};
use crate::blocks::{Block, Blocks};
use crate::turns::in_order;

/// The longest line of a list, in bytes; longer ones are refused.
const MAX_LIST_LINE: usize = 64 << 10;

/// The largest file that is read whole, in bytes after decompression.
const MAX_FILE: u64 = 1 << 30;

/// What one thread takes at once.
enum Piece {
    /// A list begins.
    List(String),
    /// Lines of the list that began last.
    Lines(Block),
    /// A whole file: its language, its name and its text.
    Text(Language, String, String),
    /// A file that is none of these.
    Refused(String, String),
}

/// Adds the files to a builder. Lists are read on several threads.
pub(super) fn read(
    files: &[(Role, PathBuf)],
    builder: Builder,
    threads: NonZero<usize>,
) -> Result<Builder, FileError> {
    let mut pieces = Pieces { files: files.iter(), list: None };
    let (builder, _, failed) = in_order(
        threads,
        || pieces.next(),
        (builder, None::<ListNumber>, None),
        || (),
        |piece, (), turn| {
            let piece = match piece {
                Ok(Piece::Lines(block)) => {
                    let chunk = Chunk::read(&block.bytes, block.before + 1);
                    let (builder, list, _) = &mut turn.wait().sink;
                    return list.map_or((), |it| builder.add_chunk(it, chunk));
                }
                other => other,
            };
            let (builder, list, failed) = &mut turn.wait().sink;
            match piece {
                Ok(Piece::List(name)) => *list = Some(builder.open_list(&name)),
                Ok(Piece::Text(language, name, text)) => add(builder, language, &name, &text),
                Ok(Piece::Refused(name, why)) => builder.refuse(name, Reason::UnreadableFile, why),
                Ok(Piece::Lines(_)) => {}
                Err(error) => *failed = Some(error),
            }
        },
    );
    failed.map_or(Ok(builder), Err)
}

fn add(builder: &mut Builder, language: Language, name: &str, text: &str) {
    match language {
        Language::Stix => builder.add_bundle(name, text),
        Language::Sigma => builder.add_sigma(name, text),
        Language::Yara => builder.add_yara(name, text),
        Language::Suricata => builder.check_sensor_rules(name, text, Dialect::Suricata),
        Language::List => builder.add_list(name, text.as_bytes()),
        Language::WarningList => builder.add_warning_list(name, text),
    }
}

/// The files, cut.
struct Pieces<'f> {
    files: std::slice::Iter<'f, (Role, PathBuf)>,
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
        let (role, path) = self.files.next()?;
        Some(self.open(*role, path).map_err(|source| FileError { path: path.clone(), source }))
    }

    fn open(&mut self, role: Role, path: &Path) -> io::Result<Piece> {
        let name = path.display().to_string();
        let input: Stream =
            if path == Path::new("-") { Box::new(io::stdin()) } else { Box::new(std::fs::File::open(path)?) };
        let mut blocks = match unpack(input, &Limits::default()) {
            Ok(stream) => Blocks::new(stream, MAX_LIST_LINE, false),
            Err(error) => return Ok(Piece::Refused(name, error.to_string())),
        };
        let first = match blocks.next() {
            Ok(it) => it.unwrap_or(Block { bytes: Vec::new(), before: 0 }),
            Err(error) => return Ok(Piece::Refused(name, error.to_string())),
        };
        let bytes = first.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&first.bytes);
        if bytes.contains(&0) {
            let why = "it holds zero bytes, so it is no text; unpack archives first";
            return Ok(Piece::Refused(name, why.to_owned()));
        }
        let is_json = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
        let language = match (role, Language::of(path)) {
            (Role::WarningList, _) => Language::WarningList,
            (_, Some(known)) => known,
            (_, None) if is_json => Language::Stix,
            (Role::Indicators, None) => Language::List,
            (Role::Rules, None) => {
                let known = "`.yml` and `.yaml` (Sigma), `.yar` and `.yara` (YARA), `.rules` (Suricata, Snort) and JSON";
                return Ok(Piece::Refused(name, format!("it is no rule file; read are {known} (STIX)")));
            }
        };
        if language == Language::List {
            self.list = Some((path.to_owned(), blocks, Some(first)));
            return Ok(Piece::List(name));
        }
        Ok(whole(language, name, blocks.into_stream(first.bytes)))
    }
}

/// Reads the text of a file.
fn whole(language: Language, name: String, stream: Stream) -> Piece {
    let mut bytes = Vec::new();
    match stream.take(MAX_FILE + 1).read_to_end(&mut bytes) {
        Err(error) => Piece::Refused(name, error.to_string()),
        Ok(_) if bytes.len() as u64 > MAX_FILE => {
            Piece::Refused(name, format!("it is larger than {MAX_FILE} bytes"))
        }
        Ok(_) => match String::from_utf8(bytes) {
            Ok(text) => Piece::Text(language, name, text),
            Err(error) => Piece::Refused(name, error.utf8_error().to_string()),
        },
    }
}
