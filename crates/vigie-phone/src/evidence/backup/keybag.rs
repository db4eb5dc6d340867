//! The bag of keys in `Manifest.plist`.
//!
//! Fields of a tag of four letters, a length, and a value. First what the password is stretched by; from the second `UUID`
//! on, the key of each protection class, wrapped by the stretched password or by the phone itself.

use super::crypt;
use crate::Limits;
use crate::evidence::open::Progress;

/// The class key is wrapped by the password.
const BY_PASSWORD: u32 = 2;

/// Why a bag of keys was not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The password is wrong.
    #[error("the password does not fit: no key of the backup can be unwrapped with it")]
    WrongPassword,
    /// Stretching the password would take too long.
    #[error("its keys ask for {asked} rounds of stretching the password; the limit is {limit}")]
    Rounds {
        /// What is asked.
        asked: u64,
        /// The limit.
        limit: u32,
    },
    /// The bag makes no sense.
    #[error("its bag of keys (`BackupKeyBag` in `Manifest.plist`) is damaged: {0}")]
    Damaged(&'static str),
}

/// A bag of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Keybag {
    salt: Option<Vec<u8>>,
    rounds: Option<u32>,
    first_salt: Option<Vec<u8>>,
    first_rounds: Option<u32>,
    classes: Vec<Class>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Class {
    number: Option<u32>,
    wrap: u32,
    key: Vec<u8>,
}

/// The keys of protection classes.
#[derive(Clone, Default)]
pub(super) struct ClassKeys(Vec<(u32, Result<[u8; 32], &'static str>)>);

impl ClassKeys {
    /// The key of a class.
    pub(super) fn get(&self, class: u32) -> Result<&[u8; 32], String> {
        match self.0.iter().find(|it| it.0 == class) {
            Some((_, Ok(key))) => Ok(key),
            Some((_, Err(why))) => Err(format!("the key of protection class {class} {why}")),
            None => Err(format!("the bag of keys has no key of protection class {class}")),
        }
    }
}

impl Keybag {
    /// Reads the fields.
    pub(super) fn read(mut bytes: &[u8]) -> Result<Self, KeyError> {
        let mut bag = Self::default();
        let mut uuids = 0;
        while let Some((tag, rest)) = bytes.split_first_chunk::<4>() {
            let Some((length, rest)) = rest.split_first_chunk::<4>() else {
                return Err(KeyError::Damaged("it ends within a field"));
            };
            let length = u32::from_be_bytes(*length) as usize;
            let Some((value, rest)) = rest.split_at_checked(length) else {
                return Err(KeyError::Damaged("it ends within a field"));
            };
            bytes = rest;
            let number = || value.try_into().ok().map(u32::from_be_bytes);
            if tag == b"UUID" {
                uuids += 1;
                if uuids > 1 {
                    bag.classes.push(Class::default());
                }
                continue;
            }
            match (tag, bag.classes.last_mut()) {
                (b"SALT", None) => bag.salt = Some(value.to_vec()),
                (b"ITER", None) => bag.rounds = number(),
                (b"DPSL", None) => bag.first_salt = Some(value.to_vec()),
                (b"DPIC", None) => bag.first_rounds = number(),
                (b"CLAS", Some(class)) => class.number = number(),
                (b"WRAP", Some(class)) => class.wrap = number().unwrap_or_default(),
                (b"WPKY", Some(class)) => class.key = value.to_vec(),
                _ => {}
            }
        }
        if !bytes.is_empty() {
            return Err(KeyError::Damaged("it ends within a field"));
        }
        Ok(bag)
    }

    /// Stretches the password and unwraps the keys of the classes.
    pub(super) fn unlock(
        &self,
        password: &str,
        limits: &Limits,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<ClassKeys, KeyError> {
        let salt = self.salt.as_deref().ok_or(KeyError::Damaged("it has no `SALT`"))?;
        let rounds = self.rounds.filter(|it| *it > 0).ok_or(KeyError::Damaged("it has no `ITER`"))?;
        let first = match (self.first_salt.as_deref(), self.first_rounds) {
            // Before iOS 10.2.
            (None, None) => None,
            (Some(salt), Some(rounds @ 1..)) => Some((salt, rounds)),
            _ => return Err(KeyError::Damaged("of `DPSL` and `DPIC` it has only one")),
        };
        if !self.classes.iter().any(|it| it.wrap & BY_PASSWORD != 0) {
            return Err(KeyError::Damaged("it has no key that a password opens"));
        }
        // The second stretching makes two blocks.
        let of = first.map_or(0, |it| u64::from(it.1)) + 2 * u64::from(rounds);
        if of > u64::from(limits.key_rounds) {
            return Err(KeyError::Rounds { asked: of, limit: limits.key_rounds });
        }
        let mut done = 0;
        let mut tell = |more| {
            done += more;
            progress(Progress::Key { done, of });
        };
        let stretched =
            first.map(|(salt, rounds)| crypt::derive_sha256(password.as_bytes(), salt, rounds, &mut tell));
        let stretched = stretched.as_ref().map_or(password.as_bytes(), |it| it.as_slice());
        let key = crypt::derive_sha1(stretched, salt, rounds, &mut tell);
        self.unwrap(&key)
    }

    fn unwrap(&self, key: &[u8; 32]) -> Result<ClassKeys, KeyError> {
        let unwrapped = |class: &Class| {
            if class.wrap & BY_PASSWORD == 0 {
                return Err("is kept by the phone alone");
            }
            crypt::unwrap(key, &class.key).ok_or("is damaged")
        };
        let keys = self.classes.iter().filter_map(|it| Some((it.number?, unwrapped(it))));
        let keys: Vec<_> = keys.collect();
        if keys.iter().all(|it| it.1.is_err()) {
            return Err(KeyError::WrongPassword);
        }
        Ok(ClassKeys(keys))
    }
}

#[cfg(test)]
mod tests;
