//! Archives: the same files in every form; links, lies, damage and bombs.

use std::io::{Cursor, Write};

use ::tar::{Builder, EntryType, Header};
use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipWriter};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;
use crate::evidence::{Entry, Notes};

/// Bytes that do not pack well.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn header(kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(1_780_000_000);
    header
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (path, content) in files {
        builder.append_data(&mut header(EntryType::Regular, content.len() as u64), path, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A head whose name is written as it is, for names that the crate refuses.
fn raw(name: &str, kind: EntryType, size: u64) -> Vec<u8> {
    let mut header = header(kind, size);
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn open(bytes: Vec<u8>, limits: &Limits) -> Result<Tree, ArchiveError> {
    let source = Cursor::new(bytes);
    match form(source.get_ref()) {
        Some(Form::Zip) => zip(source, limits),
        Some(Form::Tar) => tar(source, limits),
        Some(Form::Gzip) => tar_gz(Gzip::new(source, limits)?, limits),
        None => Err(ArchiveError::Damaged("no archive".to_owned())),
    }
}

/// Every file of an archive.
fn files(tree: &mut Tree) -> Vec<(String, Result<Vec<u8>, String>)> {
    let paths: Vec<_> = tree.entries().iter().map(|it| it.path.clone()).collect();
    let read = |(number, path)| (path, tree.read(number).map_err(|it| it.to_string()));
    paths.into_iter().enumerate().map(read).collect()
}

#[track_caller]
fn check(bytes: Vec<u8>, limits: &Limits, want: &[(&str, Result<&[u8], &str>)], notes: &Notes) {
    let mut tree = open(bytes, limits).unwrap();
    let got = files(&mut tree);
    let got: Vec<_> =
        got.iter().map(|(path, it)| (path.as_str(), it.as_deref().map_err(String::as_str))).collect();
    assert_eq!(got, want);
    assert_eq!(tree.notes, *notes);
}

#[test]
fn every_form_gives_the_same_files() {
    let long = format!("a/{}/b", "long".repeat(60));
    let some: [(&str, &[u8]); 4] = [("a/b", b"one"), ("empty", b""), (&long, b"two"), ("c", b"three")];
    let want: Vec<_> = some.iter().map(|it| (it.0, Ok(it.1))).collect();
    for bytes in [zip_of(&some), tar_of(&some), gz(&tar_of(&some))] {
        check(bytes, &Limits::default(), &want, &Notes::default());
    }
}

#[test]
fn fields_of_posix_come_before_the_head() {
    let mut builder = Builder::new(Vec::new());
    builder.append_pax_extensions([("path", b"x/y".as_slice()), ("mtime", b"1780000001.5")]).unwrap();
    builder.append_data(&mut header(EntryType::Regular, 1), "other", b"z".as_slice()).unwrap();
    let tree = open(builder.into_inner().unwrap(), &Limits::default()).unwrap();
    let want = Entry {
        path: "x/y".to_owned(),
        size: Some(1),
        modified: Some(1_780_000_001_500_000_000),
        ..Entry::default()
    };
    assert_eq!(tree.entries(), [want]);
}

#[test]
fn what_is_left_out_of_a_tar_is_counted() {
    let file = |name: &str| [raw(name, EntryType::Regular, 1), vec![b'x'; 512]].concat();
    let bytes = [
        file("../a"),
        file("/private/b"),
        file("c/../../d"),
        raw("link", EntryType::Symlink, 0),
        raw("hard", EntryType::Link, 0),
        raw("folder/", EntryType::Directory, 0),
        raw("pipe", EntryType::Fifo, 0),
        file("e"),
        file("./e"),
    ];
    let notes = Notes { outside: 2, links: 2, special: 1, duplicates: 1, ..Notes::default() };
    let want = [("private/b", Ok(b"x".as_slice())), ("e", Ok(b"x")), ("e", Ok(b"x"))];
    check(bytes.concat(), &Limits::default(), &want, &notes);
}

#[test]
fn what_is_left_out_of_a_zip_is_counted() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for name in ["../a", "/b", "c\\d"] {
        writer.start_file(name, options).unwrap();
    }
    writer.add_symlink("link", "/etc/passwd", options).unwrap();
    writer.add_directory("folder", options).unwrap();
    let notes = Notes { outside: 1, links: 1, ..Notes::default() };
    let bytes = writer.finish().unwrap().into_inner();
    check(bytes, &Limits::default(), &[("b", Ok(b"")), ("c/d", Ok(b""))], &notes);
}

#[test]
fn a_cut_tar_gives_what_it_has() {
    let whole = tar_of(&[("a", &[1; 1000]), ("b", &noise(2000))]);
    let cut = "the archive is cut off within it";
    let packed = gz(&whole);
    let noted = |what: &str| Notes { damage: vec![what.to_owned()], ..Notes::default() };
    check(
        whole[..3000].to_vec(),
        &Limits::default(),
        &[("a", Ok(&[1; 1000])), ("b", Err(cut))],
        &noted("the archive cannot be read beyond byte 2048: it is cut off"),
    );
    let mut tree = open(packed[..packed.len() / 2].to_vec(), &Limits::default()).unwrap();
    assert_eq!(files(&mut tree)[0].1, Ok(vec![1; 1000]));
    assert_eq!(files(&mut tree)[1].1, Err("the archive: it is cut off".to_owned()));
    assert_eq!(tree.notes.damage.len(), 1);
}

#[test]
fn a_damaged_head_costs_its_file() {
    let mut bytes = tar_of(&[("a", b"1"), ("b", b"2"), ("c", b"3")]);
    bytes[1024] ^= 0xff;
    let what = "2 blocks of the archive before byte 2560 are damaged: what files they held is not known";
    let notes = Notes { damage: vec![what.to_owned()], ..Notes::default() };
    check(bytes, &Limits::default(), &[("a", Ok(b"1")), ("c", Ok(b"3"))], &notes);
}

#[test]
fn a_packed_stream_with_a_wrong_sum_is_said_to_be_damaged() {
    let mut bytes = gz(&tar_of(&[("a", b"1")]));
    let sum = bytes.len() - 8;
    bytes[sum] ^= 1;
    let mut tree = open(bytes, &Limits::default()).unwrap();
    assert_eq!(files(&mut tree), [("a".to_owned(), Ok(b"1".to_vec()))]);
    assert_eq!(
        tree.notes.damage,
        ["the archive cannot be read beyond byte 1536: its check sum does not hold"]
    );
}

#[test]
fn sizes_that_lie() {
    let mut limits = Limits { text_bytes: 100, ..Limits::default() };
    // A name of 8 GiB.
    let huge = [raw("n", EntryType::GNULongName, 0o77_777_777_777), vec![0; 512]].concat();
    assert_eq!(open(huge, &limits).err().unwrap().to_string(), "it is cut off");
    limits.file_bytes = 1000;
    let bytes = tar_of(&[("a", &[1; 1001])]);
    check(bytes, &limits, &[("a", Err("it has 1001 bytes; the limit is 1000"))], &Notes::default());
    let bytes = zip_of(&[("a", &[1; 1001])]);
    check(bytes, &limits, &[("a", Err("it unpacks to 1001 bytes; the limit is 1000"))], &Notes::default());
}

#[test]
fn too_many_files() {
    let limits = Limits { entries: 2, ..Limits::default() };
    let some: [(&str, &[u8]); 3] = [("a", b""), ("b", b""), ("c", b"")];
    for bytes in [zip_of(&some), tar_of(&some), gz(&tar_of(&some))] {
        assert_eq!(open(bytes, &limits).err().unwrap().to_string(), "it has more than 2 files");
    }
}

#[test]
fn bombs() {
    let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
    let content = vec![0; 2 << 20];
    let mut tree = open(gz(&tar_of(&[("a", b"1"), ("bomb", &content)])), &limits).unwrap();
    assert_eq!(tree.notes.damage.len(), 1);
    let why = "the archive: it unpacks to more than 1048576 bytes".to_owned();
    assert_eq!(files(&mut tree), [("a".to_owned(), Ok(b"1".to_vec())), ("bomb".to_owned(), Err(why))]);
    let mut tree = open(zip_of(&[("bomb", &content)]), &limits).unwrap();
    let why = "it unpacks to 2097152 bytes; the limit is 1048576".to_owned();
    assert_eq!(files(&mut tree), [("bomb".to_owned(), Err(why))]);
}

#[test]
fn a_packed_stream_is_read_from_any_place() {
    let content = noise(20 << 20);
    let two = [gz(&content[..9 << 20]), gz(&content[9 << 20..]), b"trailing".to_vec()].concat();
    let mut stream = Gzip::new(Cursor::new(two), &Limits::default()).unwrap();
    let places = [19 << 20, 5, (9 << 20) - 3, 12 << 20, 0, (20 << 20) - 4, 4 << 20];
    for place in places {
        stream.seek(SeekFrom::Start(place as u64)).unwrap();
        let mut room = Vec::new();
        stream.by_ref().take(100).read_to_end(&mut room).unwrap();
        assert_eq!(room, content[place..content.len().min(place + 100)], "{place}");
    }
    assert!(stream.seek(SeekFrom::Start(21 << 20)).is_err());
}

proptest! {
    #[test]
    fn never_panics_on_changed_bytes(form in 0..3, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8), cut in any::<prop::sample::Index>()) {
        let some: [(&str, &[u8]); 2] = [("a/b", b"one"), ("c", &[7; 600])];
        let mut bytes = match form {
            0 => zip_of(&some),
            1 => tar_of(&some),
            _ => gz(&tar_of(&some)),
        };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        for bytes in [bytes[..=cut.index(bytes.len())].to_vec(), bytes] {
            if let Ok(mut tree) = open(bytes, &Limits::default()) {
                drop(files(&mut tree));
            }
        }
    }
}
