//! Backups made here by the format's own rules, and what is wrong with them.

use aes::cipher::BlockEncryptMut;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

use super::*;
use crate::Files;

const MANIFEST: &str = "apps/com.example/_manifest";

fn tar_of(path: &str, content: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    header.set_mtime(1_700_000_000);
    builder.append_data(&mut header, path, content).unwrap();
    builder.into_inner().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encrypt(key: &[u8], iv: &[u8], bytes: &[u8]) -> Vec<u8> {
    let cipher = cbc::Encryptor::<Aes256>::new_from_slices(key, iv).unwrap();
    cipher.encrypt_padded_vec_mut::<Pkcs7>(bytes)
}

fn upper(bytes: &[u8]) -> String {
    hexadecimal::of(bytes).to_ascii_uppercase()
}

/// An encrypted backup whose key has bytes above 0x7f, so that the mangling shows.
fn encrypted(version: u32, password: &str, body: &[u8]) -> Vec<u8> {
    let (salt, checksum_salt, rounds) = ([7; 64], [9; 64], 100);
    let (iv, archive_iv, archive_key) = ([1; 16], [2; 16], [0xc3; 32]);
    let key = derive(password.as_bytes(), &salt, rounds);
    let checked = if version > 1 { mangle(&archive_key) } else { archive_key.to_vec() };
    let checksum = derive(&checked, &checksum_salt, rounds);
    let mut blob = Vec::new();
    for part in [&archive_iv[..], &archive_key[..], &checksum[..]] {
        blob.push(u8::try_from(part.len()).unwrap());
        blob.extend_from_slice(part);
    }
    let blob = encrypt(&key, &iv, &blob);
    let mut bytes = format!(
        "ANDROID BACKUP\n{version}\n1\nAES-256\n{}\n{}\n{rounds}\n{}\n{}\n",
        upper(&salt),
        upper(&checksum_salt),
        upper(&iv),
        upper(&blob),
    )
    .into_bytes();
    bytes.extend(encrypt(&archive_key, &archive_iv, body));
    bytes
}

fn files(opened: Opened) -> (Vec<(String, usize)>, Option<String>) {
    let Opened { mut files, damage } = opened;
    let paths: Vec<String> = files.entries().iter().map(|it| it.path.clone()).collect();
    let sized = paths.into_iter().enumerate().map(|(number, it)| (it, files.read(number).unwrap().len()));
    (sized.collect(), damage)
}

#[track_caller]
fn check(bytes: &[u8], password: Option<&str>) {
    let opened = open(bytes, password, &Limits::default()).unwrap();
    assert_eq!(files(opened), (vec![(MANIFEST.to_owned(), 3)], None));
}

#[test]
fn plain_deflated_and_encrypted_backups_open() {
    let tar = tar_of(MANIFEST, b"1\na");
    check(&[b"ANDROID BACKUP\n1\n0\nnone\n", &tar[..]].concat(), None);
    check(&[b"ANDROID BACKUP\n5\n1\nnone\n", &deflate(&tar)[..]].concat(), None);
    for version in [1, 2, 5] {
        check(&encrypted(version, "motdepasse", &deflate(&tar)), Some("motdepasse"));
    }
}

#[track_caller]
fn refuse(bytes: &[u8], password: Option<&str>, want: &BackupError) {
    assert_eq!(&open(bytes, password, &Limits::default()).unwrap_err(), want);
}

#[test]
fn what_is_wrong_is_told() {
    let good = encrypted(5, "right", &deflate(&tar_of(MANIFEST, b"1")));
    refuse(&good, Some("wrong"), &BackupError::WrongPassword);
    refuse(&good, None, &BackupError::PasswordNeeded);
    refuse(b"", None, &BackupError::NotABackup);
    refuse(b"ANDROID BACKUP\nx\n", None, &BackupError::Head(2));
    refuse(b"ANDROID BACKUP\n5\n7\n", None, &BackupError::Head(3));
    refuse(b"ANDROID BACKUP\n5\n1\nROT13\n", None, &BackupError::Head(4));
    let hostile = b"ANDROID BACKUP\n5\n1\nAES-256\n00\n00\n4294967295\n00\n00\n";
    let limit = Limits::default().key_rounds;
    refuse(hostile, Some("x"), &BackupError::TooManyRounds { rounds: u32::MAX.into(), limit });
}

#[test]
fn a_cut_backup_gives_what_it_has_and_says_so() {
    let mut tar = tar_of("apps/com.example/f/a", b"x");
    tar.truncate(tar.len() - 1024);
    tar.extend(tar_of(MANIFEST, &[b'x'; 4000]));
    let whole = [b"ANDROID BACKUP\n1\n0\nnone\n", &tar[..]].concat();
    let (files, damage) = files(open(&whole[..whole.len() - 4000], None, &Limits::default()).unwrap());
    assert_eq!(files, [("apps/com.example/f/a".to_owned(), 0), (MANIFEST.to_owned(), 1120)]);
    assert!(damage.unwrap().ends_with("`apps/com.example/_manifest` has 1120 of 4000 bytes"));
}

#[test]
fn a_backup_that_grows_without_end_is_stopped() {
    let limits = Limits { file_bytes: 1000, ..Limits::default() };
    let bytes = [b"ANDROID BACKUP\n5\n1\nnone\n", &deflate(&tar_of(MANIFEST, &vec![0; 5000]))[..]].concat();
    let (files, damage) = files(open(&bytes, None, &limits).unwrap());
    assert_eq!(files, []);
    assert!(damage.unwrap().contains("1000 are left of the limit"));
}

#[test]
fn java_writes_high_bytes_as_three() {
    assert_eq!(mangle(&[0x41, 0x80, 0xff]), "A\u{ff80}\u{ffff}".as_bytes());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn never_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300), at in 0_usize..900, to: u8) {
        let limits = Limits { key_rounds: 100, ..Limits::default() };
        let _ = open(&bytes, Some("x"), &limits);
        for start in ["ANDROID BACKUP\n5\n1\nnone\n", "ANDROID BACKUP\n1\n0\nnone\n"] {
            let _ = open(&[start.as_bytes(), &bytes[..]].concat(), None, &limits);
        }
        let mut damaged = encrypted(5, "x", &deflate(&tar_of(MANIFEST, b"1")));
        let at = at % damaged.len();
        damaged[at] = to;
        let _ = open(&damaged, Some("x"), &limits);
        let _ = open(&damaged[..at], Some("x"), &limits);
    }
}
