//! Apps themselves: who they say they are, what they ask for, and the certificates that they are signed with.
//!
//! A signature stands in three places, and all are read: `META-INF/*.RSA` (scheme 1, a PKCS #7 message), and the block before
//! the archive's directory (schemes 2 and 3).

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use sha2::{Digest, Sha256};
use vigie_model::event::Path;

use super::draft::Draft;
use super::ledger::Sink;
use super::{axml, certificate, trust};
use crate::{Sign, hexadecimal};

pub(super) const NAME: &str = "apk";

/// A manifest or a signature has no more bytes.
const MOST: u64 = 16 << 20;

/// The end of the block of signatures.
const MAGIC: &[u8] = b"APK Sig Block 42";

/// Schemes 2, 3 and 3.1.
const SCHEMES: [u32; 3] = [0x7109_871a, 0xf053_68c0, 0x1b93_ad61];

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_, '_>) {
    let mut certificates = BTreeSet::new();
    block(bytes, &mut certificates);
    let mut manifest = None;
    match zip::ZipArchive::new(Cursor::new(bytes)) {
        Ok(mut archive) => {
            for number in 0..archive.len().min(sink.limits().entries) {
                let Ok(file) = archive.by_index(number) else { continue };
                let name = file.name().to_owned();
                let ending = name.rsplit('.').next().unwrap_or_default();
                let signature = name.starts_with("META-INF/") && matches!(ending, "RSA" | "DSA" | "EC");
                if name != "AndroidManifest.xml" && !signature {
                    continue;
                }
                let mut content = Vec::new();
                if let Err(error) = file.take(MOST).read_to_end(&mut content) {
                    sink.bad(format!("`{name}`: {error}"));
                }
                if signature {
                    certificates.extend(in_message(&content));
                } else {
                    manifest = axml::read(&content);
                }
            }
        }
        Err(error) => sink.bad(format!("is no app, or a damaged one: {error}")),
    }
    if manifest.is_none() {
        sink.bad("its manifest cannot be read");
    }
    let manifest = manifest.unwrap_or_default();
    let text = format!(
        "app {}, version {}, {} certificates; asks for {}",
        manifest.package,
        manifest.version,
        certificates.len(),
        manifest.permissions.join(" "),
    );
    let mut draft = Draft::new("manifest", text).app(&manifest.package);
    for der in certificates {
        draft = certificate::of_app(draft, &der);
    }
    let draft = draft.see(Path::FileSha256, hexadecimal::of(&Sha256::digest(bytes)));
    let installs = manifest.permissions.iter().any(|it| it == "android.permission.REQUEST_INSTALL_PACKAGES");
    let draft = draft.sign_if(installs, Sign::MayInstallPackages);
    sink.take(draft.sign_if(trust::roots(&manifest.package), Sign::RootPackage));
}

/// The certificates in the block of signatures.
fn block(bytes: &[u8], certificates: &mut BTreeSet<Vec<u8>>) {
    let Some(end) = memchr::memmem::rfind(bytes, MAGIC) else { return };
    // Before the magic stands the block's size, which counts from after its first eight bytes to its end.
    let size = end.checked_sub(8).and_then(|at| long(bytes, at)).and_then(|it| usize::try_from(it).ok());
    let start = size.and_then(|it| (end + MAGIC.len()).checked_sub(it));
    let Some(mut pairs) = start.and_then(|it| bytes.get(it..end - 8)) else { return };
    while let Some(length) = long(pairs, 0).and_then(|it| usize::try_from(it).ok()) {
        let Some((pair, after)) = pairs.get(8..).and_then(|it| it.split_at_checked(length)) else { return };
        if word(pair, 0).is_some_and(|it| SCHEMES.contains(&it)) {
            let signers = pair.get(4..).and_then(|mut it| part(&mut it)).unwrap_or_default();
            parts(signers).for_each(|signer| of_signer(signer, certificates));
        }
        pairs = after;
    }
}

/// A signer: its signed data, in which the certificates come after the digests.
fn of_signer(mut signer: &[u8], certificates: &mut BTreeSet<Vec<u8>>) {
    let Some(mut data) = part(&mut signer) else { return };
    part(&mut data);
    let list = part(&mut data).unwrap_or_default();
    certificates.extend(parts(list).map(<[u8]>::to_vec));
}

/// The next part, with its length before it.
fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(word(rest, 0)?).ok()?;
    let (part, after) = rest.get(4..)?.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

fn parts(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || part(&mut rest))
}

/// The certificates of a PKCS #7 message: `SEQUENCE { oid, [0] { SEQUENCE { version, digests, content, [0] certificates …`.
fn in_message(message: &[u8]) -> Vec<Vec<u8>> {
    let inner = || {
        let (_, content, _) = der(message)?;
        let (_, _, after) = der(content)?;
        let (_, explicit, _) = der(after)?;
        let (_, signed, _) = der(explicit)?;
        let mut rest = signed;
        loop {
            let (tag, value, after) = der(rest)?;
            if tag == 0xa0 {
                return Some(value);
            }
            rest = after;
        }
    };
    let mut rest: &[u8] = inner().unwrap_or_default();
    let mut found = Vec::new();
    while let Some((_, _, after)) = der(rest) {
        found.extend(rest.get(..rest.len() - after.len()).map(<[u8]>::to_vec));
        rest = after;
    }
    found
}

/// A value of DER: its tag, its content, and what comes after.
fn der(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        it @ 0..=0x7f => (usize::from(*it), rest),
        it @ 0x81..=0x84 => {
            let (number, rest) = rest.split_at_checked(usize::from(it - 0x80))?;
            (number.iter().fold(0, |sum, it| sum << 8 | usize::from(*it)), rest)
        }
        _ => return None,
    };
    let (value, after) = rest.split_at_checked(length)?;
    Some((*tag, value, after))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::super::ledger::Ledger;
    use super::*;
    use crate::{Limits, Record};

    fn with_length(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_le_bytes()[..], bytes].concat()
    }

    /// A value of DER that is short.
    fn value(tag: u8, content: &[u8]) -> Vec<u8> {
        [&[tag, u8::try_from(content.len()).unwrap()], content].concat()
    }

    fn message(certificate: &[u8]) -> Vec<u8> {
        let signed = [value(2, &[1]), value(0x31, &[]), value(0x30, &[]), value(0xa0, certificate)].concat();
        value(0x30, &[value(6, &[1]), value(0xa0, &value(0x30, &signed))].concat())
    }

    /// An app signed with one certificate of scheme 1 and another of scheme 2.
    fn app() -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, content) in [
            ("AndroidManifest.xml", axml::tests::manifest(true)),
            ("META-INF/A.RSA", message(&value(0x30, b"one"))),
        ] {
            zip.start_file(name, options).unwrap();
            std::io::Write::write_all(&mut zip, &content).unwrap();
        }
        let zip = zip.finish().unwrap().into_inner();
        let signed = [with_length(b""), with_length(&with_length(b"two"))].concat();
        let signers = with_length(&with_length(&with_length(&signed)));
        let pair = [&SCHEMES[0].to_le_bytes()[..], &signers].concat();
        let size = u64::try_from(8 + pair.len() + 8 + MAGIC.len()).unwrap().to_le_bytes();
        let block =
            [&size[..], &u64::try_from(pair.len()).unwrap().to_le_bytes(), &pair, &size, MAGIC].concat();
        // In front of the archive rather than before its directory: what looks for it does not mind, nor does the archive.
        [block, zip].concat()
    }

    fn records(bytes: &[u8]) -> Vec<Record> {
        let mut records = Vec::new();
        let limits = Limits::default();
        let mut out = |it| records.push(it);
        read(bytes, &mut Ledger::new(&limits, &mut out).at(NAME, &"a.apk".into()));
        records
    }

    #[test]
    fn an_app_is_known_by_its_name_and_certificates() {
        let [record] = &records(&app())[..] else { panic!() };
        let text = "app com.example.spy, version 8.0, 2 certificates; asks for android.permission.CAMERA";
        assert_eq!(record.text, text);
        let hash = |der: &[u8]| hexadecimal::of(&Sha256::digest(der));
        for want in [hash(b"two"), hash(&value(0x30, b"one"))] {
            let is = |it: &&vigie_model::event::Observable<'_>| {
                it.path == Path::AppCertificateSha256 && it.object == 0 && it.value == want.as_str().into()
            };
            assert_eq!(record.seen.iter().filter(is).count(), 1, "{want}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), at: proptest::sample::Index, to: u8) {
            records(&bytes);
            in_message(&bytes);
            let mut damaged = app();
            let at = at.index(damaged.len());
            damaged[at] = to;
            records(&damaged);
            records(&damaged[..at]);
        }
    }
}
