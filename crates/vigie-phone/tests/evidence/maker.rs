//! Makes backups of iPhones, plain and encrypted, for tests. Written from the description of the format alone, with other
//! code than the reader's: SQLite writes the list, the `plist` crate the property lists, the ciphers' crates encrypt.

use std::path::Path;

use aes::Aes256;
use aes::cipher::block_padding::{NoPadding, Pkcs7};
use aes::cipher::{BlockEncryptMut, KeyIvInit};
use aes_kw::KekAes256;
use plist::{Dictionary, Uid, Value};
use rusqlite::Connection;
use sha1::{Digest, Sha1};

/// A file of a backup.
pub(crate) struct File {
    pub(crate) domain: &'static str,
    pub(crate) path: &'static str,
    pub(crate) content: Vec<u8>,
    /// Its protection class.
    pub(crate) class: u32,
    /// Whether its bytes are padded.
    pub(crate) padded: bool,
    /// Whether its bytes are there, beside its row.
    pub(crate) there: bool,
}

/// A file as files are.
pub(crate) fn file(domain: &'static str, path: &'static str, content: &[u8]) -> File {
    File { domain, path, content: content.to_vec(), class: 3, padded: true, there: true }
}

/// How a backup is encrypted.
pub(crate) struct Locked {
    pub(crate) password: &'static str,
    /// Rounds of the first stretching; none before iOS 10.2, when the list was not encrypted either.
    pub(crate) first_rounds: Option<u32>,
}

/// The keys of classes 1 to 4: bytes of the number of the class.
fn class_key(class: u32) -> [u8; 32] {
    [u8::try_from(class).unwrap(); 32]
}

/// Where a file lies in the folder.
pub(crate) fn stored_at(domain: &str, path: &str) -> String {
    let id = id(domain, path);
    format!("{}/{id}", &id[..2])
}

fn id(domain: &str, path: &str) -> String {
    let digest = Sha1::digest(format!("{domain}-{path}"));
    digest.iter().map(|it| format!("{it:02x}")).collect::<Vec<_>>().concat()
}

/// Writes a backup into a folder.
pub(crate) fn make(folder: &Path, files: &[File], locked: Option<&Locked>) {
    let database = folder.join("Manifest.db");
    let list = Connection::open(&database).unwrap();
    list.execute_batch(
        "PRAGMA page_size = 512; CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);",
    )
    .unwrap();
    let insert = |id: &str, domain: &str, path: &str, flags: u8, file: &[u8]| {
        let sql = "INSERT INTO Files VALUES (?1, ?2, ?3, ?4, ?5)";
        list.execute(sql, (id, domain, path, flags, file)).unwrap();
    };
    insert(&id("HomeDomain", "Library"), "HomeDomain", "Library", 2, b"");
    for (number, it) in files.iter().enumerate() {
        let key = [100 + u8::try_from(number).unwrap(); 32];
        let wrapped = locked.map(|_| wrap(it.class, &key));
        insert(&id(it.domain, it.path), it.domain, it.path, 1, &described(it, wrapped));
        if it.there {
            let at = folder.join(stored_at(it.domain, it.path));
            std::fs::create_dir_all(at.parent().unwrap()).unwrap();
            let content =
                if locked.is_some() { encrypted(&key, &it.content, it.padded) } else { it.content.clone() };
            std::fs::write(at, content).unwrap();
        }
    }
    list.close().unwrap();
    let mut manifest = Dictionary::new();
    manifest.insert("IsEncrypted".to_owned(), locked.is_some().into());
    if let Some(locked) = locked {
        manifest.insert("BackupKeyBag".to_owned(), Value::Data(keybag(locked)));
        if locked.first_rounds.is_some() {
            manifest.insert("ManifestKey".to_owned(), Value::Data(wrap(4, &[99; 32])));
            let plain = std::fs::read(&database).unwrap();
            std::fs::write(&database, encrypted(&[99; 32], &plain, true)).unwrap();
        }
    }
    Value::Dictionary(manifest).to_file_binary(folder.join("Manifest.plist")).unwrap();
    let info = Dictionary::from_iter([("Product Version".to_owned(), Value::from("26.1"))]);
    Value::Dictionary(info).to_file_xml(folder.join("Info.plist")).unwrap();
}

/// The archive of one object that describes a file.
fn described(file: &File, wrapped: Option<Vec<u8>>) -> Vec<u8> {
    let map = |fields: &[(&str, Value)]| {
        Value::Dictionary(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
    };
    let mut object = vec![
        ("Size", Value::from(file.content.len() as u64)),
        ("LastModified", Value::from(1_780_000_000)),
        ("ProtectionClass", Value::from(file.class)),
        ("$class", Value::Uid(Uid::new(2))),
    ];
    let class = |name: &str| map(&[("$classname", Value::from(name))]);
    let mut objects = vec![Value::from("$null"), Value::from(""), class("MBFile")];
    if let Some(wrapped) = wrapped {
        object.push(("EncryptionKey", Value::Uid(Uid::new(3))));
        objects.push(map(&[("NS.data", Value::Data(wrapped)), ("$class", Value::Uid(Uid::new(4)))]));
        objects.push(class("NSMutableData"));
    }
    objects[1] = map(&object);
    let top = map(&[("root", Value::Uid(Uid::new(1)))]);
    let archive =
        map(&[("$archiver", "NSKeyedArchiver".into()), ("$top", top), ("$objects", Value::Array(objects))]);
    let mut bytes = Vec::new();
    archive.to_writer_binary(&mut bytes).unwrap();
    bytes
}

fn wrap(class: u32, key: &[u8; 32]) -> Vec<u8> {
    let wrapped = KekAes256::from(class_key(class)).wrap_vec(key).unwrap();
    [&class.to_le_bytes()[..], &wrapped].concat()
}

fn encrypted(key: &[u8; 32], content: &[u8], padded: bool) -> Vec<u8> {
    let cipher = cbc::Encryptor::<Aes256>::new(key.into(), &[0; 16].into());
    if padded {
        cipher.encrypt_padded_vec_mut::<Pkcs7>(content)
    } else {
        cipher.encrypt_padded_vec_mut::<NoPadding>(content)
    }
}

fn keybag(locked: &Locked) -> Vec<u8> {
    let field = |tag: &str, value: &[u8]| {
        [tag.as_bytes(), &u32::try_from(value.len()).unwrap().to_be_bytes(), value].concat()
    };
    let number = |tag: &str, value: u32| field(tag, &value.to_be_bytes());
    let password = locked.password.as_bytes();
    let first =
        locked.first_rounds.map(|it| pbkdf2::pbkdf2_hmac_array::<sha2::Sha256, 32>(password, &[2; 20], it));
    let stretched = first.as_ref().map_or(password, |it| it.as_slice());
    let key = pbkdf2::pbkdf2_hmac_array::<Sha1, 32>(stretched, &[1; 20], 5);
    let mut bag = [number("VERS", 3), number("TYPE", 1), field("UUID", &[0; 16]), number("WRAP", 0)].concat();
    bag.extend([field("SALT", &[1; 20]), number("ITER", 5)].concat());
    if let Some(rounds) = locked.first_rounds {
        bag.extend([number("DPIC", rounds), field("DPSL", &[2; 20])].concat());
    }
    for class in 1..=4 {
        let wrapped = KekAes256::from(key).wrap_vec(&class_key(class)).unwrap();
        bag.extend(
            [field("UUID", &[9; 16]), number("CLAS", class), number("WRAP", 2), field("WPKY", &wrapped)]
                .concat(),
        );
    }
    bag
}
