//! Android's binary XML, as far as an app's manifest says who it is and what it asks for.
//!
//! Chunks: a type (u16), the size of its head (u16), its own size (u32). A pool of strings comes first; names are numbers
//! in it, and a table gives the numbers of attributes that Android knows.

/// What a manifest says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    pub(super) package: String,
    pub(super) version: String,
    pub(super) permissions: Vec<String>,
}

const STRINGS: u16 = 0x0001;
const ELEMENT: u16 = 0x0102;
/// In UTF-8 rather than UTF-16.
const UTF8: u32 = 0x100;

/// Reads a manifest; none where the bytes are no binary XML, or name no package.
pub(super) fn read(bytes: &[u8]) -> Option<Manifest> {
    let mut manifest = Manifest::default();
    let mut strings = Vec::new();
    let mut at = usize::from(half(bytes, 2)?);
    while let Some(kind) = half(bytes, at) {
        let size = word(bytes, at + 4)? as usize;
        let chunk = bytes.get(at..at.checked_add(size.max(8))?)?;
        match kind {
            STRINGS if strings.is_empty() => strings = pool(chunk)?,
            ELEMENT => element(chunk, &strings, &mut manifest),
            _ => {}
        }
        at += size.max(8);
    }
    (!manifest.package.is_empty()).then_some(manifest)
}

fn element(chunk: &[u8], strings: &[String], manifest: &mut Manifest) {
    let text = |at: usize| word(chunk, at).and_then(|it| strings.get(it as usize)).map_or("", |it| it);
    let name = text(20);
    let (Some(start), Some(step), Some(count)) = (half(chunk, 24), half(chunk, 26), half(chunk, 28)) else {
        return;
    };
    for number in 0..usize::from(count) {
        let at = 16 + usize::from(start) + number * usize::from(step);
        let (attribute, value) = (text(at + 4), text(at + 8));
        match (name, attribute) {
            ("manifest", "package") => value.clone_into(&mut manifest.package),
            ("manifest", "versionName") => value.clone_into(&mut manifest.version),
            ("uses-permission" | "uses-permission-sdk-23", "name") if !value.is_empty() => {
                manifest.permissions.push(value.to_owned());
            }
            _ => {}
        }
    }
}

fn pool(chunk: &[u8]) -> Option<Vec<String>> {
    let (count, flags) = (word(chunk, 8)? as usize, word(chunk, 16)?);
    let start = word(chunk, 20)? as usize;
    // Each string has four bytes that say where it lies.
    let most = chunk.len() / 4;
    let mut left = chunk.len().saturating_mul(4);
    let mut strings = Vec::new();
    for number in 0..count.min(most) {
        let offset = word(chunk, 28 + number * 4)? as usize;
        let bytes = chunk.get(start.checked_add(offset)?..).unwrap_or_default();
        let text = if flags & UTF8 == 0 { wide(bytes) } else { narrow(bytes) }.unwrap_or_default();
        // Many names of one long string would be more than the file holds.
        left = left.checked_sub(text.len())?;
        strings.push(text);
    }
    Some(strings)
}

/// Its length in characters, in one unit or two, and UTF-16.
fn wide(bytes: &[u8]) -> Option<String> {
    let first = half(bytes, 0)?;
    let (length, from) = match first & 0x8000 {
        0 => (usize::from(first), 2),
        _ => ((usize::from(first & 0x7fff) << 16) | usize::from(half(bytes, 2)?), 4),
    };
    let text = bytes.get(from..from + length * 2)?;
    let units: Vec<u16> = text.chunks_exact(2).filter_map(|it| half(it, 0)).collect();
    Some(String::from_utf16_lossy(&units))
}

/// Its length in characters, its length in bytes, and UTF-8.
fn narrow(bytes: &[u8]) -> Option<String> {
    let mut rest = bytes;
    let mut length = || {
        let (first, after) = rest.split_first()?;
        rest = after;
        if first & 0x80 == 0 {
            return Some(usize::from(*first));
        }
        let (second, after) = rest.split_first()?;
        rest = after;
        Some((usize::from(first & 0x7f) << 8) | usize::from(*second))
    };
    length()?;
    let length = length()?;
    Some(String::from_utf8_lossy(rest.get(..length)?).into_owned())
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn chunk(kind: u16, head: u16, body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(8 + body.len()).unwrap();
        [&kind.to_le_bytes()[..], &head.to_le_bytes(), &size.to_le_bytes(), body].concat()
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|it| it.to_le_bytes()).collect()
    }

    fn tag(name: u32, attributes: &[(u32, u32)]) -> Vec<u8> {
        let count = u16::try_from(attributes.len()).unwrap();
        let mut body = words(&[1, u32::MAX, u32::MAX, name]);
        for it in [20, 20, count, 0, 0, 0] {
            body.extend(it.to_le_bytes());
        }
        for (key, value) in attributes {
            body.extend(words(&[u32::MAX, *key, *value, 0x0300_0008, *value]));
        }
        chunk(ELEMENT, 16, &body)
    }

    /// A manifest of an app that may use the camera.
    pub(in super::super) fn manifest(utf8: bool) -> Vec<u8> {
        let strings = [
            "manifest",
            "package",
            "com.example.spy",
            "versionName",
            "8.0",
            "uses-permission",
            "name",
            "android.permission.CAMERA",
        ];
        let (mut offsets, mut data) = (Vec::new(), Vec::new());
        for it in strings {
            offsets.push(u32::try_from(data.len()).unwrap());
            let length = u8::try_from(it.len()).unwrap();
            if utf8 {
                data.extend([length, length]);
                data.extend(it.as_bytes());
                data.push(0);
            } else {
                data.extend([length, 0]);
                data.extend(it.encode_utf16().flat_map(u16::to_le_bytes));
                data.extend([0, 0]);
            }
        }
        let count = u32::try_from(strings.len()).unwrap();
        let flags = if utf8 { UTF8 } else { 0 };
        let mut pool = words(&[count, 0, flags, 28 + count * 4, 0]);
        pool.extend(words(&offsets));
        pool.extend(&data);
        let body = [chunk(STRINGS, 28, &pool), tag(0, &[(1, 2), (3, 4)]), tag(5, &[(6, 7)])].concat();
        chunk(3, 8, &body)
    }

    #[test]
    fn a_manifest_tells_the_app_and_what_it_asks_for() {
        let want = Manifest {
            package: "com.example.spy".to_owned(),
            version: "8.0".to_owned(),
            permissions: vec!["android.permission.CAMERA".to_owned()],
        };
        assert_eq!(read(&manifest(true)).as_ref(), Some(&want));
        assert_eq!(read(&manifest(false)), Some(want));
        assert_eq!(read(b"<manifest/>"), None);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), at in 0_usize..500, to: u8) {
            read(&bytes);
            for utf8 in [false, true] {
                let mut damaged = manifest(utf8);
                let at = at % damaged.len();
                damaged[at] = to;
                read(&damaged);
                read(&damaged[..at]);
            }
        }
    }
}
