//! Where indicators come from: their file, who made them, what they indicate and when they were published.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
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
pub(crate) struct Sources {
    pub(crate) files: Vec<SourceFile>,
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
        let Some(text) = text_of(path) else { return };
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let mut file = SourceFile { sha256: sha256(&text), file: name, ..SourceFile::default() };
        if let Some(objects) = objects(&text) {
            self.add_objects(&objects, &mut file);
        } else {
            let lines = text.split(|it| *it == b'\n').map(<[u8]>::trim_ascii);
            file.indicators = lines.filter(|it| !it.is_empty() && !it.starts_with(b"#")).count() as u64;
            let origin = Origin { file: file.file.as_str().into(), ..Origin::default() };
            self.origins.insert(path.display().to_string(), origin.into());
        }
        self.files.push(file);
    }

    fn add_objects(&mut self, objects: &[Said<'_>], file: &mut SourceFile) {
        let name: Arc<str> = file.file.as_str().into();
        let mut names = BTreeMap::new();
        let mut aims: BTreeMap<Cow<'_, str>, Vec<Cow<'_, str>>> = BTreeMap::new();
        for object in objects {
            if let (Some(id), Some(name)) = (word(object.id), word(object.name)) {
                names.insert(id, name);
            }
            if word(object.relationship_type).is_some_and(|it| it == "indicates")
                && let (Some(from), Some(to)) = (word(object.source_ref), word(object.target_ref))
            {
                aims.entry(from).or_default().push(to);
            }
            for reference in list::<Reference<'_>>(object.external_references) {
                let place = word(reference.url).or_else(|| word(reference.source_name));
                file.references.extend(place.map(Cow::into_owned));
            }
        }
        for object in objects.iter().filter(|it| word(it.kind).is_some_and(|it| it == "indicator")) {
            let Some(id) = word(object.id) else { continue };
            let targets = aims.get(&id).into_iter().flatten();
            let indicates: BTreeSet<String> =
                targets.filter_map(|it| names.get(it)).map(|it| it.to_string()).collect();
            let creator = word(object.created_by_ref).and_then(|it| names.get(&it)).map(|it| it.to_string());
            let published = word(object.created).or_else(|| word(object.valid_from));
            let published = published.and_then(|it| it.parse::<Timestamp>().ok());
            file.indicators += 1;
            file.indicates.extend(indicates.iter().cloned());
            file.creators.extend(creator.clone());
            let origin = Origin {
                file: Arc::clone(&name),
                indicates: indicates.into_iter().collect(),
                creator,
                published: published.and_then(|it| i64::try_from(it.nanos()).ok()),
                confidence: object.confidence.and_then(|it| it.get().parse().ok()),
                markings: list::<String>(object.object_marking_refs).collect(),
            };
            self.origins.entry(id.into_owned()).or_insert_with(|| origin.into());
        }
    }
}

/// What an object says of where it comes from, as it is written; what is no text where one should be says nothing.
#[derive(Deserialize)]
struct Said<'t> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'t RawValue>,
    id: Option<&'t RawValue>,
    name: Option<&'t RawValue>,
    created: Option<&'t RawValue>,
    valid_from: Option<&'t RawValue>,
    created_by_ref: Option<&'t RawValue>,
    confidence: Option<&'t RawValue>,
    relationship_type: Option<&'t RawValue>,
    source_ref: Option<&'t RawValue>,
    target_ref: Option<&'t RawValue>,
    object_marking_refs: Option<&'t RawValue>,
    external_references: Option<&'t RawValue>,
}

/// An external reference.
#[derive(Deserialize)]
struct Reference<'t> {
    #[serde(borrow)]
    url: Option<&'t RawValue>,
    source_name: Option<&'t RawValue>,
}

/// The objects of a bundle, an envelope, a list of objects or one object; none where the text is no JSON.
fn objects(text: &[u8]) -> Option<Vec<Said<'_>>> {
    #[derive(Deserialize)]
    struct Many<'t> {
        #[serde(borrow)]
        objects: Option<&'t RawValue>,
    }

    let whole: &RawValue = serde_json::from_slice(text).ok()?;
    let many = match serde_json::from_str::<Many<'_>>(whole.get()) {
        Ok(Many { objects: Some(many) }) => many,
        _ => whole,
    };
    let all: Vec<&RawValue> = serde_json::from_str(many.get()).unwrap_or_else(|_| vec![whole]);
    Some(all.into_iter().filter_map(|it| serde_json::from_str(it.get()).ok()).collect())
}

fn word(value: Option<&RawValue>) -> Option<Cow<'_, str>> {
    /// A text is borrowed where it has nothing that is escaped.
    #[derive(Deserialize)]
    struct Word<'t>(#[serde(borrow)] Cow<'t, str>);

    serde_json::from_str::<Word<'_>>(value?.get()).ok().map(|it| it.0)
}

/// The members of a list that are as they should be.
fn list<'t, T: Deserialize<'t>>(value: Option<&'t RawValue>) -> impl Iterator<Item = T> {
    let all: Vec<&RawValue> = value.and_then(|it| serde_json::from_str(it.get()).ok()).unwrap_or_default();
    all.into_iter().filter_map(|it| serde_json::from_str(it.get()).ok())
}

/// The text of a file of indicators, unpacked.
pub(super) fn text_of(path: &Path) -> Option<Vec<u8>> {
    let input = Box::new(std::fs::File::open(path).ok()?);
    let mut text = Vec::new();
    unpack(input, &Limits::default()).ok()?.take(MAX_FILE).read_to_end(&mut text).ok()?;
    Some(text)
}
