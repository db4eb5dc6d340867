//! The list of a backup's files: table `Files` of `Manifest.db`.
//!
//! A row has the id of a file, its domain and path, whether it is a file (1), a folder (2) or a link (4), and an archive of
//! one object, `MBFile`, with its size, times, protection class and wrapped key.

use sha1::{Digest, Sha1};

use crate::Limits;
use crate::evidence::open::Progress;
use crate::evidence::{Entry, Notes};
use crate::plist::{Object, Table};
use crate::sqlite::{Database, Source};

/// Files between two words on how far it is.
const SAY_EVERY: u64 = 1 << 14;

/// What the flags of a row say.
const FOLDER: i64 = 2;
const LINK: i64 = 4;

/// Something that is listed.
pub(super) enum Listed {
    /// A file, by its id.
    File([u8; 20], Entry, ListedKey),
    /// A folder or link.
    Folder(Entry),
}

/// The key of a file, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ListedKey {
    /// Wrapped by the key of a class.
    Wrapped(Box<(u32, [u8; 40])>),
    /// There is none.
    None,
    /// What is said of the file cannot be read.
    Unreadable,
}

/// Lists the files one by one, or says why nothing can be listed. What is damaged is noted.
pub(super) fn list(
    database: &dyn Source,
    log: Option<&[u8]>,
    limits: &Limits,
    progress: &mut dyn FnMut(Progress),
    notes: &mut Notes,
    tell: &mut dyn FnMut(Listed),
) -> Result<(), String> {
    let database = Database::open_paged(database, log, limits).map_err(|it| it.to_string())?;
    let table = database.table("Files").map_err(|it| it.to_string())?;
    let mut rows = database.rows(&table);
    let (mut files, mut folders, mut strange) = (0_u64, 0_u64, 0_u64);
    for row in &mut rows {
        let flags = row.integer("flags");
        notes.links += u64::from(flags == Some(LINK));
        let id = row.text("fileID").and_then(|it| id(&it));
        let (Some(id), Some(domain), Some(path)) = (id, row.text("domain"), row.text("relativePath")) else {
            strange += 1;
            continue;
        };
        if files + folders >= limits.entries as u64 {
            return Err(format!("names more than {} files", limits.entries));
        }
        let said = row.blob("file").and_then(|it| object(&it));
        let (said, key) = said.unwrap_or((Entry::default(), ListedKey::Unreadable));
        let path = if path.is_empty() { domain.into() } else { format!("{domain}/{path}") };
        if matches!(flags, Some(FOLDER | LINK)) {
            tell(Listed::Folder(Entry { path, size: None, ..said }));
            folders += 1;
            continue;
        }
        tell(Listed::File(id, Entry { path, ..said }, key));
        files += 1;
        if files.is_multiple_of(SAY_EVERY) {
            progress(Progress::Listed { files });
        }
    }
    progress(Progress::Listed { files });
    if let Some(damage) = rows.outcome().damage() {
        notes.damaged(format!("`Manifest.db`, which lists the files, is damaged: {damage}"));
    }
    if strange > 0 {
        notes.damaged(format!("`Manifest.db` has {strange} rows that name no file"));
    }
    Ok(())
}

/// What is said of a file, but for its path; and its key.
fn object(bytes: &[u8]) -> Option<(Entry, ListedKey)> {
    let table = Table::new(bytes).ok()?;
    let archive = table.object(table.top()).ok()?;
    let objects = table.get(&archive, "$objects")?;
    let top = table.get(&archive, "$top")?;
    let file = follow(&table, &objects, table.get(&top, "root")?)?;
    let number = |key: &str| table.get(&file, key).and_then(|it| it.integer());
    let size = number("Size").and_then(|it| u64::try_from(it).ok());
    let time = |key: &str| number(key).filter(|it| *it != 0).and_then(crate::time::unix_seconds);
    let key = match table.get(&file, "EncryptionKey") {
        None => ListedKey::None,
        Some(key) => {
            let key = follow(&table, &objects, key)?;
            let data = match key {
                Object::Dictionary(..) => table.get(&key, "NS.data")?,
                plain => plain,
            };
            match data {
                Object::Data(bytes) => {
                    let (class, key) = wrapped(bytes)?;
                    ListedKey::Wrapped(Box::new((class, key)))
                }
                _ => return None,
            }
        }
    };
    let (modified, created, changed) = (time("LastModified"), time("Birth"), time("LastStatusChange"));
    Some((Entry { path: String::new(), size, modified, created, changed }, key))
}

/// What a reference refers to.
fn follow<'a>(table: &Table<'a>, objects: &Object<'a>, object: Object<'a>) -> Option<Object<'a>> {
    match object {
        Object::Uid(_) => table.at(objects, object.uid()?),
        plain => Some(plain),
    }
}

/// A wrapped key after the number of its class.
pub(super) fn wrapped(bytes: &[u8]) -> Option<(u32, [u8; 40])> {
    let (class, key) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*class), key.try_into().ok()?))
}

/// An id: 40 digits to the base of sixteen.
pub(super) fn id(text: &str) -> Option<[u8; 20]> {
    let bytes = text.as_bytes();
    if bytes.len() != 40 {
        return None;
    }
    let mut id = [0; 20];
    for (to, digits) in id.iter_mut().zip(bytes.chunks_exact(2)) {
        let [high, low] = digits else { return None };
        let digit = |it: &u8| char::from(*it).to_digit(16);
        *to = u8::try_from(digit(high)? * 16 + digit(low)?).ok()?;
    }
    Some(id)
}

/// The id of a file by its path, which begins with its domain.
pub(super) fn id_of(path: &str) -> Option<[u8; 20]> {
    let (domain, path) = path.split_once('/')?;
    Some(Sha1::digest(format!("{domain}-{path}")).into())
}

/// Where a file lies by its id.
pub(super) fn stored_at(id: &[u8; 20]) -> String {
    let name = crate::hexadecimal::of(id);
    format!("{}/{name}", name.get(..2).unwrap_or_default())
}
