//! Paging tokens: the `next` of sections 3.4 and 3.7 of TAXII 2.1.
//!
//! A token says where the page before ended and under which audience epoch, and proves that this node said so: to this
//! member, about this collection, for these filters. It is valid across restarts and costs the node nothing to keep.
//! Rights are decided anew with every page; a token grants none.
//!
//! `limit` and `added_after` may change between pages: neither can skip what the token stands before, and known clients
//! move `added_after` along while they page (`OpenCTI-Platform/opencti#5681`).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::parameters::BadParameter;

/// The form of tokens; another number will mean another form.
const FORM: u8 = 1;

/// Bytes of the proof: 128 of HMAC-SHA-256's 256 bits.
const PROOF: usize = 16;

/// What a token is good for.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Who pages: the member.
    pub member: &'a str,
    /// The endpoint's path: collection, and object if there is one.
    pub path: &'a str,
    /// The filters ([`super::parameters::Asked::filters`]).
    pub filters: &'a str,
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The date added of its last row, microseconds since 1970.
    pub micros: i64,
    /// The audience epoch under which it was made: when it moves, what lies before may have changed.
    pub epoch: u64,
}

/// A token for what follows a position.
pub fn seal(key: &[u8; 32], scope: Scope<'_>, position: Position) -> String {
    let mut bytes = vec![FORM];
    bytes.extend_from_slice(&position.micros.to_be_bytes());
    bytes.extend_from_slice(&position.epoch.to_be_bytes());
    let proof = prove(key, scope, position).finalize().into_bytes();
    bytes.extend(proof.into_iter().take(PROOF));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position in a token that was sealed for this scope.
pub fn open(key: &[u8; 32], scope: Scope<'_>, token: &str) -> Result<Position, BadParameter> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| BadParameter::Next)?;
    let [FORM, rest @ ..] = bytes.as_slice() else { return Err(BadParameter::Next) };
    let (micros, rest) = rest.split_first_chunk().ok_or(BadParameter::Next)?;
    let (epoch, proof) = rest.split_first_chunk().ok_or(BadParameter::Next)?;
    let position = Position { micros: i64::from_be_bytes(*micros), epoch: u64::from_be_bytes(*epoch) };
    if proof.len() != PROOF {
        return Err(BadParameter::Next);
    }
    // Compares in constant time.
    prove(key, scope, position).verify_truncated_left(proof).map_err(|_| BadParameter::Next)?;
    Ok(position)
}

fn prove(key: &[u8; 32], scope: Scope<'_>, position: Position) -> Hmac<Sha256> {
    // A key shorter than a block is filled up with zeros (RFC 2104); made so, this cannot fail.
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new((&block).into());
    mac.update(&[FORM]);
    mac.update(&position.micros.to_be_bytes());
    mac.update(&position.epoch.to_be_bytes());
    for part in [scope.member, scope.path, scope.filters] {
        // With lengths, so that no two scopes give the same bytes.
        mac.update(&part.len().to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];
    const SCOPE: Scope<'static> = Scope { member: "ma", path: "c/objects", filters: "match[type]=a\n" };
    const HERE: Position = Position { micros: -5, epoch: u64::MAX };

    #[test]
    fn a_token_opens_for_its_own_question_only() {
        let token = seal(&KEY, SCOPE, HERE);
        assert_eq!(open(&KEY, SCOPE, &token).unwrap(), HERE);
        for (what, scope) in [
            ("member", Scope { member: "il", ..SCOPE }),
            ("collection", Scope { path: "d/objects", ..SCOPE }),
            ("filters", Scope { filters: "", ..SCOPE }),
            ("moved boundary", Scope { member: "mac", path: "/objects", ..SCOPE }),
        ] {
            assert!(open(&KEY, scope, &token).is_err(), "{what}");
        }
        assert!(open(&[8; 32], SCOPE, &token).is_err(), "another node's key");
    }

    #[test]
    fn no_changed_token_opens() {
        let token = seal(&KEY, SCOPE, Position { micros: 1_700_000_000_000_000, epoch: 3 });
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert!(open(&KEY, SCOPE, &URL_SAFE_NO_PAD.encode(changed)).is_err(), "byte {at} bit {bit}");
            }
            assert!(open(&KEY, SCOPE, &URL_SAFE_NO_PAD.encode(&bytes[..at])).is_err(), "cut at {at}");
        }
        assert!(open(&KEY, SCOPE, &format!("{token}A")).is_err());
        assert!(open(&KEY, SCOPE, "not base64!").is_err());
    }
}
