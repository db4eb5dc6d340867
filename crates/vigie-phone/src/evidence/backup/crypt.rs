//! The ciphers of a backup: AES key wrap (RFC 3394), AES-256 in CBC mode, and PBKDF2 (RFC 8018) that tells how far it is.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockDecryptMut, KeyIvInit};
use aes_kw::KekAes256;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;

use crate::sqlite::Source;

const BLOCK: usize = 16;

/// Rounds between two words on how far it is.
const SAY_EVERY: u64 = 1 << 16;

/// Unwraps a key. `None` where it was not wrapped by this one.
pub(super) fn unwrap(by: &[u8; 32], wrapped: &[u8]) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if wrapped.len() != key.len() + 8 {
        return None;
    }
    KekAes256::from(*by).unwrap(wrapped, &mut key).ok()?;
    Some(key)
}

/// How something decrypted ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    /// As it should.
    Good,
    /// With something else, which is kept.
    None,
    /// Within a block: so many bytes are lost.
    Cut(usize),
}

/// Decrypts and takes the padding away.
pub(super) fn decrypt(key: &[u8; 32], mut bytes: Vec<u8>) -> (Vec<u8>, Padding) {
    let rest = bytes.len() % BLOCK;
    bytes.truncate(bytes.len() - rest);
    let cipher = cbc::Decryptor::<Aes256>::new(key.into(), &[0; BLOCK].into());
    // Whole blocks without padding cannot fail.
    let whole = cipher.decrypt_padded_mut::<NoPadding>(&mut bytes).is_ok();
    if rest > 0 || !whole {
        return (bytes, Padding::Cut(rest));
    }
    let Some(count) = padding(&bytes) else { return (bytes, Padding::None) };
    bytes.truncate(bytes.len() - count);
    (bytes, Padding::Good)
}

/// Something encrypted that is decrypted in parts, where it is read.
pub(super) struct Decrypted<'s> {
    source: &'s dyn Source,
    key: [u8; 32],
    /// Without the padding.
    size: u64,
}

impl<'s> Decrypted<'s> {
    pub(super) fn new(source: &'s dyn Source, key: &[u8; 32]) -> (Self, Padding) {
        let rest = source.size() % BLOCK as u64;
        let mut opened = Self { source, key: *key, size: source.size() - rest };
        if rest > 0 {
            return (opened, Padding::Cut(rest as usize));
        }
        let mut last = [0; BLOCK];
        let Some(start) = opened.size.checked_sub(BLOCK as u64) else { return (opened, Padding::None) };
        opened.read_at(start, &mut last);
        let Some(count) = padding(&last) else { return (opened, Padding::None) };
        opened.size -= count as u64;
        (opened, Padding::Good)
    }
}

impl Source for Decrypted<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, to: &mut [u8]) -> usize {
        let wanted = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX).min(to.len());
        let skip = at % BLOCK as u64;
        let first = at - skip;
        // Each block needs the one before it; the first has zeros there.
        let before = first.min(BLOCK as u64);
        let length = (skip as usize + wanted).next_multiple_of(BLOCK) + before as usize;
        let mut bytes = vec![0; length];
        let read = self.source.read_at(first - before, &mut bytes);
        bytes.truncate(read - read % BLOCK);
        let mut vector = [0; BLOCK];
        let blocks = if before == 0 {
            bytes.as_mut_slice()
        } else {
            let Some((head, rest)) = bytes.split_first_chunk_mut() else { return 0 };
            vector = *head;
            rest
        };
        let cipher = cbc::Decryptor::<Aes256>::new(&self.key.into(), &vector.into());
        let Ok(plain) = cipher.decrypt_padded_mut::<NoPadding>(blocks) else { return 0 };
        let plain = plain.get(skip as usize..).unwrap_or_default();
        to.iter_mut().take(wanted).zip(plain).map(|(to, from)| *to = *from).count()
    }
}

/// The length of a padding after PKCS #7: so many bytes of that value.
fn padding(bytes: &[u8]) -> Option<usize> {
    let count = usize::from(*bytes.last()?);
    let end = bytes.len().checked_sub(count)?;
    let good = (1..=BLOCK).contains(&count) && bytes.get(end..)?.iter().all(|it| usize::from(*it) == count);
    good.then_some(count)
}

/// PBKDF2 by HMAC-SHA-256, 32 bytes.
pub(super) fn derive_sha256(
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    tell: &mut dyn FnMut(u64),
) -> [u8; 32] {
    let mut key = [0; 32];
    if let Ok(mac) = Hmac::<Sha256>::new_from_slice(password) {
        derive(&mac, salt, rounds, &mut key, tell);
    }
    key
}

/// PBKDF2 by HMAC-SHA-1, 32 bytes: two blocks, so twice as many rounds.
pub(super) fn derive_sha1(password: &[u8], salt: &[u8], rounds: u32, tell: &mut dyn FnMut(u64)) -> [u8; 32] {
    let mut key = [0; 32];
    if let Ok(mac) = Hmac::<Sha1>::new_from_slice(password) {
        derive(&mac, salt, rounds, &mut key, tell);
    }
    key
}

fn derive<M: Mac + Clone>(mac: &M, salt: &[u8], rounds: u32, key: &mut [u8], tell: &mut dyn FnMut(u64)) {
    let size = M::output_size();
    for (part, number) in key.chunks_mut(size).zip(1_u32..) {
        let first = mac.clone().chain_update(salt).chain_update(number.to_be_bytes());
        let mut last = first.finalize().into_bytes();
        let mut sum = last.clone();
        let mut untold = 1;
        for _ in 1..rounds {
            last = mac.clone().chain_update(&last).finalize().into_bytes();
            sum.iter_mut().zip(&last).for_each(|(sum, it)| *sum ^= it);
            untold += 1;
            if untold == SAY_EVERY {
                tell(untold);
                untold = 0;
            }
        }
        tell(untold);
        part.iter_mut().zip(&sum).for_each(|(to, it)| *to = *it);
    }
}

#[cfg(test)]
mod tests {
    use aes::cipher::BlockEncryptMut;
    use aes::cipher::block_padding::Pkcs7;
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], want: Option<usize>) {
        assert_eq!(padding(bytes), want);
    }

    #[test]
    fn paddings() {
        check(&[], None);
        check(&[0; 16], None);
        check(&[17; 32], None);
        check(&[1], Some(1));
        check(&[16; 16], Some(16));
        check(&[9, 3, 2, 3], None);
        check(&[3, 3], None);
    }

    /// RFC 3394, 4.6: 256 bits of key data with a 256-bit key.
    #[test]
    fn the_vector_of_key_wrap() {
        let key = std::array::from_fn(|it| u8::try_from(it).unwrap());
        let wrapped = [
            0x28, 0xc9, 0xf4, 0x04, 0xc4, 0xb8, 0x10, 0xf4, 0xcb, 0xcc, 0xb3, 0x5c, 0xfb, 0x87, 0xf8, 0x26,
            0x3f, 0x57, 0x86, 0xe2, 0xd8, 0x0e, 0xd3, 0x26, 0xcb, 0xc7, 0xf0, 0xe7, 0x1a, 0x99, 0xf4, 0x3b,
            0xfb, 0x98, 0x8b, 0x9b, 0x7a, 0x02, 0xdd, 0x21,
        ];
        let data: Vec<u8> = (0..16).map(|it| it * 0x11).chain(0..16).collect();
        assert_eq!(unwrap(&key, &wrapped).unwrap(), *data);
        assert_eq!(unwrap(&[0; 32], &wrapped), None);
        assert_eq!(unwrap(&key, &wrapped[..32]), None);
    }

    proptest! {
        #[test]
        fn pbkdf2_agrees_with_the_crate(password: Vec<u8>, salt: Vec<u8>, rounds in 1..20_u32) {
            let mut told = 0;
            let got = derive_sha256(&password, &salt, rounds, &mut |it| told += it);
            prop_assert_eq!(got, pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(&password, &salt, rounds));
            prop_assert_eq!(told, u64::from(rounds));
            let got = derive_sha1(&password, &salt, rounds, &mut |_| {});
            prop_assert_eq!(got, pbkdf2::pbkdf2_hmac_array::<Sha1, 32>(&password, &salt, rounds));
        }

        #[test]
        fn parts_are_those_of_the_whole(
            key: [u8; 32],
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            padded: bool,
            lost in 0..3_usize,
            from in 0..120_u64,
            length in 0..120_usize,
        ) {
            let cipher = cbc::Encryptor::<Aes256>::new(&key.into(), &[0; BLOCK].into());
            let mut packed = cipher.encrypt_padded_vec_mut::<Pkcs7>(&bytes);
            packed.truncate(packed.len() - if padded { 0 } else { BLOCK } - lost.min(packed.len() - BLOCK));
            let (whole, padding) = decrypt(&key, packed.clone());
            let (opened, same) = Decrypted::new(&packed, &key);
            prop_assert_eq!((opened.size(), same), (whole.len() as u64, padding));
            let mut part = vec![0; length];
            let read = opened.read_at(from, &mut part);
            let want = whole.iter().skip(from as usize).take(length).copied();
            prop_assert_eq!(&part[..read], want.collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_are_decrypted_to_no_more(key: [u8; 32], bytes: Vec<u8>) {
            let length = bytes.len();
            prop_assert!(decrypt(&key, bytes).0.len() <= length);
        }
    }
}
