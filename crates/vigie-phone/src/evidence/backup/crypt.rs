//! The ciphers of a backup: AES key wrap (RFC 3394), AES-256 in CBC mode, and PBKDF2 (RFC 8018) that tells how far it is.

use aes::Aes256;
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockDecryptMut, KeyIvInit};
use aes_kw::KekAes256;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;

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
        fn any_bytes_are_decrypted_to_no_more(key: [u8; 32], bytes: Vec<u8>) {
            let length = bytes.len();
            prop_assert!(decrypt(&key, bytes).0.len() <= length);
        }
    }
}
