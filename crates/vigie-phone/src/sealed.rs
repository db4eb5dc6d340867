//! Files encrypted with age (<https://age-encryption.org/v1>): `AndroidQF`'s collections, and our own extracts.
//!
//! The cryptography is that of the `age` crate: for keys X25519, for a passphrase scrypt, and the content in pieces of
//! 64 KiB by ChaCha20-Poly1305, each of which is proved before it is given out.
//!
//! Invariants
//! - What is decrypted is in memory only, one piece at a time; [`Opened`] is read at random like any file.
//! - That a file is whole is proved when it is opened: one that was cut does not open.
//! - No secret is printed.
//!
//! Start with [`open`].

use std::fmt;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write};

use age::armor::ArmoredReader;
use age::secrecy::SecretString;
use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, EncryptError, Encryptor, scrypt, x25519};

use crate::Limits;

/// The most bytes of a head: room for some two hundred keys.
const HEAD: usize = 32 << 10;

/// How much work we ask for when we encrypt with a passphrase: a second or less, and 256 MiB.
const OUR_WORK: u8 = 18;

/// How a file encrypted with age begins.
const BEGINS: &[u8] = b"age-encryption.org/";

/// How its armoured form begins.
const ARMOURED: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE";

/// Secret keys of age.
#[derive(Clone, Default)]
pub struct Identities(Vec<x25519::Identity>);

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secret keys", self.0.len())
    }
}

/// Why a key is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// A line of a file of keys is no key.
    #[error(
        "line {0} is no secret key of age; one begins with `AGE-SECRET-KEY-1`, as `age-keygen` writes it"
    )]
    Line(usize),
    /// A file of keys has the public key only.
    #[error(
        "line {0} is a public key of age, which only encrypts; the secret one begins with `AGE-SECRET-KEY-1`"
    )]
    Public(usize),
    /// A file of keys is encrypted.
    #[error("it is encrypted itself; decrypt it with `age --decrypt` first")]
    Sealed,
    /// A file of keys has none.
    #[error("it holds no key; `age-keygen` makes one")]
    Empty,
    /// A public key is none.
    #[error("`{0}` is no public key of age; one begins with `age1`, and `age-keygen -y` prints it")]
    Recipient(String),
}

impl Identities {
    /// Reads a file of keys as `age-keygen` writes it: one a line, `#` before comments.
    pub fn read(text: &str) -> Result<Self, BadKey> {
        if is_sealed(text.as_bytes()) {
            return Err(BadKey::Sealed);
        }
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with("age1") {
                return Err(BadKey::Public(number));
            }
            keys.push(line.parse().map_err(|_| BadKey::Line(number))?);
        }
        if keys.is_empty() { Err(BadKey::Empty) } else { Ok(Self(keys)) }
    }
}

/// For whom something is encrypted.
#[derive(Clone)]
pub enum Recipients {
    /// For the owners of these public keys.
    Keys(Vec<x25519::Recipient>),
    /// For whoever knows a passphrase.
    Passphrase(String),
}

impl Recipients {
    /// Reads public keys: `age1…`.
    pub fn keys<'k>(texts: impl IntoIterator<Item = &'k str>) -> Result<Self, BadKey> {
        let read = |text: &str| text.trim().parse().map_err(|_| BadKey::Recipient(text.to_owned()));
        let keys: Vec<_> = texts.into_iter().map(read).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(BadKey::Empty) } else { Ok(Self::Keys(keys)) }
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(all) => f.debug_list().entries(all.iter().map(ToString::to_string)).finish(),
            Self::Passphrase(_) => f.write_str("a passphrase"),
        }
    }
}

/// What may open a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keys<'k> {
    /// Secret keys.
    pub identities: Option<&'k Identities>,
    /// A passphrase.
    pub passphrase: Option<&'k str>,
}

/// Why a file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// No key was given.
    #[error("it is encrypted with age for a key; name the file of the secret key with `--identity`")]
    NeedsKey,
    /// No passphrase was given.
    #[error("it is encrypted with age by a passphrase; give it with `--password-stdin`")]
    NeedsPassphrase,
    /// Other keys.
    #[error(
        "it is encrypted with age, and not for the key given with `--identity`; ask who made it for whom it was encrypted"
    )]
    OtherKey,
    /// Another passphrase.
    #[error("it is encrypted with age, and the passphrase is wrong; try again")]
    WrongPassphrase,
    /// The passphrase asks for too much work.
    #[error(
        "its passphrase asks for 2^{asked} rounds of scrypt; the limit is 2^{limit}, so decrypt it with `age` where you trust \
         its maker, or have it encrypted for a key"
    )]
    TooMuchWork {
        /// The logarithm of the rounds.
        asked: u8,
        /// The logarithm of those that are allowed.
        limit: u8,
    },
    /// A head that does not end.
    #[error(
        "it begins like a file encrypted with age, and its head is longer than {HEAD} bytes; it was not made for a person"
    )]
    Head,
    /// An armoured file that is too long.
    #[error("it is armoured and has more than {0} bytes; have it encrypted without armour")]
    Armoured(u64),
    /// A later version of age.
    #[error("it is encrypted with a version of age that is not known here; decrypt it with `age` first")]
    Version,
    /// Not as it was written.
    #[error("it is encrypted with age, and was cut or changed: {0}; copy it again from where it was made")]
    Damaged(String),
    /// The bytes cannot be read.
    #[error("it cannot be read: {0}")]
    Io(io::Error),
}

/// Whether a file that begins so is encrypted with age.
pub fn is_sealed(head: &[u8]) -> bool {
    head.starts_with(BEGINS) || head.starts_with(ARMOURED)
}

/// Bytes that are read at random.
trait Source: Read + Seek + Send {}

impl<T: Read + Seek + Send> Source for T {}

type Inner = BufReader<Box<dyn Source>>;

/// The content of a file encrypted with age.
pub struct Opened {
    stream: StreamReader<Inner>,
    length: u64,
    at: u64,
    /// Whether the stream stands elsewhere.
    moved: bool,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, encrypted", self.length)
    }
}

/// Opens a file encrypted with age.
pub fn open(
    mut source: impl Read + Seek + Send + 'static,
    keys: &Keys<'_>,
    limits: &Limits,
) -> Result<Opened, SealedError> {
    let mut begins = [0; ARMOURED.len()];
    source.rewind().map_err(SealedError::Io)?;
    let read = read_up_to(&mut source, &mut begins).map_err(SealedError::Io)?;
    source.rewind().map_err(SealedError::Io)?;
    let source: Box<dyn Source> = if begins.get(..read) == Some(ARMOURED) {
        // Armour has no places to go to, so that it is taken off at once; what is in it is still encrypted.
        let mut bytes = Vec::new();
        let armoured = ArmoredReader::new(BufReader::new(source));
        armoured.take(limits.file_bytes + 1).read_to_end(&mut bytes).map_err(|it| damaged(&it))?;
        if bytes.len() as u64 > limits.file_bytes {
            return Err(SealedError::Armoured(limits.file_bytes));
        }
        Box::new(Cursor::new(bytes))
    } else {
        Box::new(source)
    };
    of_binary(source, keys, limits)
}

fn of_binary(mut source: Box<dyn Source>, keys: &Keys<'_>, limits: &Limits) -> Result<Opened, SealedError> {
    bound_head(&mut source)?;
    let decryptor = Decryptor::new_buffered(BufReader::with_capacity(HEAD, source)).map_err(refused)?;
    let stream = if decryptor.is_scrypt() {
        let passphrase = keys.passphrase.ok_or(SealedError::NeedsPassphrase)?;
        let mut identity = scrypt::Identity::new(SecretString::from(passphrase));
        identity.set_max_work_factor(limits.passphrase_work);
        decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)).map_err(|it| match it {
            DecryptError::ExcessiveWork { required, .. } => {
                SealedError::TooMuchWork { asked: required, limit: limits.passphrase_work }
            }
            DecryptError::DecryptionFailed => SealedError::WrongPassphrase,
            other => refused(other),
        })?
    } else {
        let identities = keys.identities.ok_or(SealedError::NeedsKey)?;
        decryptor.decrypt(identities.0.iter().map(|it| it as &dyn age::Identity)).map_err(refused)?
    };
    let mut opened = Opened { stream, length: 0, at: 0, moved: true };
    // This proves the last piece, and so that none is missing.
    opened.length = opened.stream.seek(SeekFrom::End(0)).map_err(|it| damaged(&it))?;
    Ok(opened)
}

/// Sees to it that the head ends. The crate reads it however long it is, and again for each line.
fn bound_head(source: &mut Box<dyn Source>) -> Result<(), SealedError> {
    let mut head = vec![0; HEAD];
    let read = read_up_to(source, &mut head).map_err(SealedError::Io)?;
    source.rewind().map_err(SealedError::Io)?;
    let whole = head.get(..read).unwrap_or_default();
    match memchr::memmem::find(whole, b"\n--- ") {
        None if read == HEAD => Err(SealedError::Head),
        None => Err(SealedError::Damaged("its head does not end".to_owned())),
        Some(_) => Ok(()),
    }
}

fn read_up_to(source: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut cursor = Cursor::new(into);
    io::copy(&mut source.take(cursor.get_ref().len() as u64), &mut cursor).map(|it| it as usize)
}

fn refused(error: DecryptError) -> SealedError {
    match error {
        DecryptError::NoMatchingKeys => SealedError::OtherKey,
        DecryptError::UnknownFormat => SealedError::Version,
        DecryptError::InvalidMac => SealedError::Damaged("its head is not as it was written".to_owned()),
        DecryptError::Io(error) => damaged(&error),
        _ => SealedError::Damaged("its head cannot be understood".to_owned()),
    }
}

fn damaged(error: &io::Error) -> SealedError {
    SealedError::Damaged(error.to_string())
}

impl Read for Opened {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        if self.moved {
            self.stream.seek(SeekFrom::Start(self.at))?;
            self.moved = false;
        }
        let read = self.stream.read(buffer)?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the encrypted file ends too early"));
        }
        self.at += read as u64;
        Ok(read)
    }
}

/// Only notes where to go: the stream itself is asked for places that it has.
impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(it) => Some(it),
            SeekFrom::End(it) => self.length.checked_add_signed(it),
            SeekFrom::Current(it) => self.at.checked_add_signed(it),
        };
        let to = to.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "there is no such place"))?;
        self.moved |= to != self.at;
        self.at = to;
        Ok(to)
    }
}

/// Encrypts what is written to it; [`finish`](StreamWriter::finish) ends it.
pub type Sealed<W> = StreamWriter<W>;

/// Begins to encrypt what is written.
pub fn seal<W: Write>(out: W, to: &Recipients, limits: &Limits) -> io::Result<Sealed<W>> {
    let made = match to {
        Recipients::Keys(keys) => Encryptor::with_recipients(keys.iter().map(|it| it as &dyn age::Recipient)),
        Recipients::Passphrase(text) => {
            let mut recipient = scrypt::Recipient::new(SecretString::from(text.as_str()));
            recipient.set_work_factor(OUR_WORK.min(limits.passphrase_work).max(1));
            Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
        }
    };
    let made = made.map_err(|it| match it {
        EncryptError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    })?;
    made.wrap_output(out)
}

#[cfg(test)]
mod tests;
