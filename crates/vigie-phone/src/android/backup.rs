//! Android's own backup, `.ab`: a tar archive, perhaps deflated, perhaps encrypted with a password.
//!
//! ```text
//! ANDROID BACKUP
//! 5                     version
//! 1                     deflated (zlib)
//! AES-256               or `none`, after which the archive follows
//! 2D4F…                 salt of the password; salt of the checksum; rounds; IV of the password's key; the key's blob
//! ```
//!
//! The blob holds the archive's IV, its key and a checksum of that key, which tells whether the password is right. Since
//! version 2 the checksum is taken over the key's bytes as Java makes them into characters: a byte above 0x7f becomes
//! U+FF80…U+FFFF, and so three bytes of UTF-8.

use std::io::{Cursor, Read};

use aes::Aes256;
use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{BlockDecryptMut, KeyIvInit};
use flate2::read::ZlibDecoder;
use sha1::Sha1;

use crate::{Held, Kind, Limits, hexadecimal};

/// Why a backup could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// It does not begin as one.
    #[error("it does not begin with `ANDROID BACKUP`")]
    NotABackup,
    /// A line of its head says nothing that is known.
    #[error("line {0} of its head is damaged")]
    Head(u8),
    /// It is encrypted, and there is no password.
    #[error("it is encrypted: give the password that was typed on the phone")]
    PasswordNeeded,
    /// The password does not open it.
    #[error("the password is wrong, or the key in the backup is damaged")]
    WrongPassword,
    /// Opening it would take too long.
    #[error("its key asks for {rounds} rounds; the limit is {limit}")]
    TooManyRounds {
        /// What it asks for.
        rounds: u64,
        /// What is allowed.
        limit: u32,
    },
    /// What is encrypted is no whole number of blocks, or ends in no padding.
    #[error("its encrypted part is cut or damaged")]
    Cut,
}

/// The files of a backup that are read, and what could not be read.
#[derive(Debug)]
pub struct Opened {
    /// Its files; the content only of those that an artefact reads, the others empty.
    pub files: Held,
    /// Why it ends early, if it does.
    pub damage: Option<String>,
}

/// Whether the bytes begin as a backup.
pub fn is_backup(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ANDROID BACKUP\n") || bytes.starts_with(b"ANDROID BACKUP\r\n")
}

/// Opens a backup.
pub fn open(bytes: &[u8], password: Option<&str>, limits: &Limits) -> Result<Opened, BackupError> {
    let archive = archive(bytes, password, limits)?;
    let most = (bytes.len() as u64).saturating_mul(limits.expansion).max(64 << 20).min(limits.unpacked_bytes);
    let mut files = Held::new(Kind::AndroidBackup);
    let mut tar = tar::Archive::new(archive.take(most));
    let damage = match tar.entries() {
        Ok(entries) => collect(entries, &mut files, limits).err(),
        Err(error) => Some(error.to_string()),
    };
    let damage = damage.map(|it| format!("the backup ends early or is damaged: {it}"));
    Ok(Opened { files, damage })
}

fn collect<R: Read>(entries: tar::Entries<'_, R>, files: &mut Held, limits: &Limits) -> Result<(), String> {
    for (number, entry) in entries.enumerate() {
        if number >= limits.entries {
            return Err(format!("it has more than {} files", limits.entries));
        }
        let mut entry = entry.map_err(|it| it.to_string())?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches('/').to_owned();
        let modified =
            entry.header().mtime().ok().and_then(|it| i64::try_from(it).ok()?.checked_mul(1_000_000_000));
        if entry.header().entry_type().is_dir() {
            continue;
        }
        let mut content = Vec::new();
        if is_read(&path) {
            let room = limits.file_bytes.saturating_sub(files.held_bytes());
            if entry.size() > room {
                return Err(format!("`{path}` is {} bytes; {room} are left of the limit", entry.size()));
            }
            let read = entry.read_to_end(&mut content).map_err(|it| it.to_string());
            let cut = (content.len() as u64) < entry.size();
            let told = format!("`{path}` has {} of {} bytes", content.len(), entry.size());
            files.add(path, &content, modified);
            read.and(if cut { Err(told) } else { Ok(()) })?;
            continue;
        }
        files.add(path, &content, modified);
    }
    Ok(())
}

/// Whether an artefact reads the file's content.
fn is_read(path: &str) -> bool {
    let mut parts = path.split('/');
    let (Some("apps"), Some(package), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    rest == "_manifest" || rest == "a" || (package == "com.android.providers.telephony" && rest == "d_f")
}

/// The tar archive inside.
fn archive<'a>(
    bytes: &'a [u8],
    password: Option<&str>,
    limits: &Limits,
) -> Result<Box<dyn Read + 'a>, BackupError> {
    let mut rest = bytes;
    if !is_backup(bytes) {
        return Err(BackupError::NotABackup);
    }
    line(&mut rest);
    let version: u32 = line(&mut rest).parse().map_err(|_| BackupError::Head(2))?;
    let deflated = match line(&mut rest) {
        "0" => false,
        "1" => true,
        _ => return Err(BackupError::Head(3)),
    };
    let plain: Box<dyn Read + 'a> = match line(&mut rest) {
        "none" => Box::new(rest),
        "AES-256" => {
            let password = password.ok_or(BackupError::PasswordNeeded)?;
            Box::new(Cursor::new(decrypt(rest, version, password, limits)?))
        }
        _ => return Err(BackupError::Head(4)),
    };
    Ok(if deflated { Box::new(ZlibDecoder::new(plain)) } else { plain })
}

fn decrypt(bytes: &[u8], version: u32, password: &str, limits: &Limits) -> Result<Vec<u8>, BackupError> {
    let mut rest = bytes;
    let mut next = |number| hexadecimal::bytes(line(&mut rest)).ok_or(BackupError::Head(number));
    let (salt, checksum_salt) = (next(5)?, next(6)?);
    let rounds: u64 = line(&mut rest).parse().map_err(|_| BackupError::Head(7))?;
    let rounds = match u32::try_from(rounds) {
        Ok(it) if it > 0 && it <= limits.key_rounds => it,
        _ => return Err(BackupError::TooManyRounds { rounds, limit: limits.key_rounds }),
    };
    let mut next = |number| hexadecimal::bytes(line(&mut rest)).ok_or(BackupError::Head(number));
    let (iv, blob) = (next(8)?, next(9)?);

    // Before version 2 Java's characters lost their upper half.
    let typed: Vec<u8> = match version {
        0 | 1 => password.encode_utf16().map(|it| (it & 0xff) as u8).collect(),
        _ => password.as_bytes().to_vec(),
    };
    let key = derive(&typed, &salt, rounds);
    let blob = cbc(&key, &iv, &blob, true).ok_or(BackupError::WrongPassword)?;
    let mut rest_of_blob = &blob[..];
    let mut part = || {
        let (length, after) = rest_of_blob.split_first()?;
        let (part, after) = after.split_at_checked(usize::from(*length))?;
        rest_of_blob = after;
        Some(part)
    };
    let parts = (|| Some((part()?, part()?, part()?)))();
    let (iv, key, checksum) = parts.ok_or(BackupError::WrongPassword)?;
    let as_java = |mangled: bool| if mangled { mangle(key) } else { key.to_vec() };
    // Some builds number their version otherwise than they mangle, so either way will do.
    let fits = [version > 1, version <= 1]
        .into_iter()
        .any(|mangled| derive(&as_java(mangled), &checksum_salt, rounds)[..] == *checksum);
    if !fits {
        return Err(BackupError::WrongPassword);
    }
    let whole = rest.len() - rest.len() % 16;
    let (body, left) = rest.split_at_checked(whole).ok_or(BackupError::Cut)?;
    // A backup that was cut has no padding: what is there is still read, and the archive will be found cut.
    let padded = left.is_empty().then(|| cbc(key, iv, body, true)).flatten();
    padded.or_else(|| cbc(key, iv, body, false)).ok_or(BackupError::Cut)
}

fn derive(password: &[u8], salt: &[u8], rounds: u32) -> [u8; 32] {
    pbkdf2::pbkdf2_hmac_array::<Sha1, 32>(password, salt, rounds)
}

fn cbc(key: &[u8], iv: &[u8], bytes: &[u8], padded: bool) -> Option<Vec<u8>> {
    let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, iv).ok()?;
    let plain = if padded {
        cipher.decrypt_padded_vec_mut::<Pkcs7>(bytes)
    } else {
        cipher.decrypt_padded_vec_mut::<NoPadding>(bytes)
    };
    plain.ok()
}

/// Bytes as Java's characters, in UTF-8.
fn mangle(bytes: &[u8]) -> Vec<u8> {
    let character = |byte: &u8| match *byte {
        it @ 0..0x80 => char::from(it),
        it => char::from_u32(0xff00 | u32::from(it)).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    bytes.iter().map(character).collect::<String>().into_bytes()
}

/// The next line of the head, empty where there is none.
fn line<'a>(rest: &mut &'a [u8]) -> &'a str {
    let end = memchr::memchr(b'\n', rest.get(..rest.len().min(4096)).unwrap_or_default());
    let Some(end) = end else { return "" };
    let (line, after) = rest.split_at_checked(end).unwrap_or_default();
    *rest = after.get(1..).unwrap_or_default();
    std::str::from_utf8(line).unwrap_or_default().trim_end_matches('\r')
}

#[cfg(test)]
mod tests;
