//! Where indicators come from: their file, who made them, what they indicate and when they were published.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use vigie_stix::timestamp::Timestamp;
use vigie_telemetry::{Limits, unpack};

use super::custody::sha256;
use crate::files::{FileError, expand};

/// The largest file of indicators, unpacked.
const MAX_FILE: u64 = 1 << 30;

/// A file of indicators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// Its name, without the folders before it.
    pub file: String,
    /// SHA-256 of its content as it was read, unpacked.
    pub sha256: String,
    /// How many indicators it holds; of a list, how many lines.
    pub indicators: u64,
    /// What they indicate, by name: `Pegasus`.
    pub indicates: BTreeSet<String>,
    /// Who made them, as far as the file says.
    pub creators: BTreeSet<String>,
    /// What the file refers to: reports, licences.
    pub references: BTreeSet<String>,
}

/// Where an indicator comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The name of its file.
    pub file: Arc<str>,
    /// What it indicates.
    pub indicates: Vec<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// When it was made, in nanoseconds since 1970.
    pub published: Option<i64>,
    /// How sure its maker is, from 0 to 100.
    pub confidence: Option<i64>,
    /// The markings that it travels under, as they are written.
    pub markings: Vec<String>,
}

/// All files, and each indicator's origin by its id.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) files: Vec<SourceFile>,
    origins: HashMap<String, Arc<Origin>>,
}

impl Sources {
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, FileError> {
        let mut sources = Self::default();
        for path in expand(paths)?.files {
            sources.add(&path);
        }
        Ok(sources)
    }

    /// The origin of an indicator, or of a list by its name.
    pub(super) fn of(&self, id: &str) -> Option<&Arc<Origin>> {
        self.origins.get(id)
    }

    /// Takes a file; the engine tells of what cannot be read.
    fn add(&mut self, path: &Path) {
        let Some(text) = text(path) else { return };
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let mut file = SourceFile { sha256: sha256(&text), file: name, ..SourceFile::default() };
        if let Ok(value) = serde_json::from_slice::<Value>(&text) {
            self.add_objects(objects(&value), &mut file);
        } else {
            let lines = text.split(|it| *it == b'\n').map(<[u8]>::trim_ascii);
            file.indicators = lines.filter(|it| !it.is_empty() && !it.starts_with(b"#")).count() as u64;
            let origin = Origin { file: file.file.as_str().into(), ..Origin::default() };
            self.origins.insert(path.display().to_string(), origin.into());
        }
        self.files.push(file);
    }

    fn add_objects(&mut self, objects: &[Value], file: &mut SourceFile) {
        let name: Arc<str> = file.file.as_str().into();
        let mut names = BTreeMap::new();
        let mut aims: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for object in objects {
            if let (Some(id), Some(name)) = (word(object, "id"), word(object, "name")) {
                names.insert(id, name);
            }
            if word(object, "relationship_type") == Some("indicates")
                && let (Some(from), Some(to)) = (word(object, "source_ref"), word(object, "target_ref"))
            {
                aims.entry(from).or_default().push(to);
            }
            let references = object.get("external_references").and_then(Value::as_array);
            for reference in references.into_iter().flatten() {
                file.references
                    .extend(word(reference, "url").or(word(reference, "source_name")).map(str::to_owned));
            }
        }
        for object in objects.iter().filter(|it| word(it, "type") == Some("indicator")) {
            let Some(id) = word(object, "id") else { continue };
            let targets = aims.get(id).into_iter().flatten();
            let indicates: BTreeSet<String> =
                targets.filter_map(|it| names.get(it)).map(|it| (*it).to_owned()).collect();
            let creator =
                word(object, "created_by_ref").and_then(|it| names.get(it)).map(|it| (*it).to_owned());
            let published = word(object, "created").or(word(object, "valid_from"));
            let published = published.and_then(|it| it.parse::<Timestamp>().ok());
            let markings = object.get("object_marking_refs").and_then(Value::as_array);
            file.indicators += 1;
            file.indicates.extend(indicates.iter().cloned());
            file.creators.extend(creator.clone());
            let origin = Origin {
                file: Arc::clone(&name),
                indicates: indicates.into_iter().collect(),
                creator,
                published: published.and_then(|it| i64::try_from(it.nanos()).ok()),
                confidence: object.get("confidence").and_then(Value::as_i64),
                markings: markings
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
            };
            self.origins.entry(id.to_owned()).or_insert_with(|| origin.into());
        }
    }
}

/// The objects of a bundle, an envelope, a list of objects or one object.
fn objects(value: &Value) -> &[Value] {
    match (value, value.get("objects")) {
        (Value::Array(all), _) | (_, Some(Value::Array(all))) => all,
        _ => std::slice::from_ref(value),
    }
}

fn word<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    object.get(name)?.as_str()
}

fn text(path: &Path) -> Option<Vec<u8>> {
    let input = Box::new(std::fs::File::open(path).ok()?);
    let mut text = Vec::new();
    unpack(input, &Limits::default()).ok()?.take(MAX_FILE).read_to_end(&mut text).ok()?;
    Some(text)
}
