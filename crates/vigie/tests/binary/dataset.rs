//! The real data outside the repository, as files and as exact texts of objects.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// The folder of a set, or none when there is no data on this machine.
pub(crate) fn set(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("VIGIE_SHARED_DATA").map_or_else(beside, PathBuf::from).join(name);
    if folder.exists() {
        return Some(folder);
    }
    println!("skipped: there is no {}", folder.display());
    None
}

/// The content of a file, decompressed if its name ends in `.zst`.
pub(crate) fn content(path: &Path) -> Vec<u8> {
    let mut file = File::open(path).unwrap();
    let mut bytes = Vec::new();
    if path.extension().is_some_and(|it| it == "zst") {
        zstd::Decoder::new(file).unwrap().read_to_end(&mut bytes).unwrap();
    } else {
        file.read_to_end(&mut bytes).unwrap();
    }
    bytes
}

/// Writes every `.json` file of a set into one folder: plain, compressed and packed ones. In the order of their names.
pub(crate) fn unpack(from: &Path, into: &Path) -> Vec<PathBuf> {
    fs::create_dir_all(into).unwrap();
    let mut files = Vec::new();
    visit(from, &mut |name, bytes| {
        if Path::new(name).extension().is_some_and(|it| it == "json") {
            let path = into.join(format!("{:04}-{}", files.len(), name.rsplit('/').next().unwrap()));
            fs::write(&path, bytes).unwrap();
            files.push(path);
        }
    });
    files
}

/// Writes every packed file of a set into one folder, under its own path and name.
pub(crate) fn extract(from: &Path, into: &Path) {
    visit(from, &mut |name, bytes| {
        let path = into.join(name.trim_start_matches(['.', '/']));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
    });
}

fn visit(path: &Path, each: &mut dyn FnMut(&str, &[u8])) {
    let name = path.to_str().unwrap();
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = path.read_dir().unwrap().map(|it| it.unwrap().path()).collect();
        entries.sort();
        for entry in &entries {
            visit(entry, each);
        }
    } else if name.ends_with(".tar.zst") {
        packed(&content(path), each);
    } else {
        each(name.strip_suffix(".zst").unwrap_or(name), &content(path));
    }
}

/// The files of a tar archive: a header of 512 bytes with name, octal size and kind, then the content, filled to 512.
fn packed(mut archive: &[u8], each: &mut dyn FnMut(&str, &[u8])) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_matches(['\0', ' ']).to_owned();
    let mut long = None;
    while let Some((header, rest)) = archive.split_at_checked(512).filter(|(it, _)| it[0] != 0) {
        let size = usize::from_str_radix(&text(&header[124..136]), 8).unwrap();
        let content = &rest[..size];
        match header[156] {
            // A name of more than a hundred bytes stands before the file that bears it.
            b'L' => long = Some(text(content)),
            b'0' | 0 => each(&long.take().unwrap_or_else(|| text(&header[..100])), content),
            _ => {}
        }
        archive = &rest[size.div_ceil(512) * 512..];
    }
}

/// The exact text of each object: of a bundle, an envelope, a list, or of the one that the text is.
pub(crate) fn texts_of(name: &str, bytes: &[u8]) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Holder<'a> {
        #[serde(borrow, default)]
        objects: Vec<&'a RawValue>,
        #[serde(rename = "type")]
        object_type: Option<IgnoredAny>,
        id: Option<IgnoredAny>,
    }
    let texts = |list: Vec<&RawValue>| list.iter().map(|it| it.get().to_owned()).collect();
    if let Ok(list) = serde_json::from_slice::<Vec<&RawValue>>(bytes) {
        return texts(list);
    }
    let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    match serde_json::from_slice::<Holder<'_>>(bytes) {
        Ok(holder) if !holder.objects.is_empty() => texts(holder.objects),
        // What has neither is an envelope without objects.
        Ok(Holder { object_type: None, id: None, .. }) => Vec::new(),
        _ => vec![text.trim().to_owned()],
    }
}
