//! The tokens by which clients page: opened, and proven to be ours.

use vigie::web::taxii::cursor::{Position, Scope, open, seal};

const KEY: [u8; 32] = [7; 32];
const SCOPE: Scope<'static> = Scope { member: "ma", path: "shared/objects", filters: "match[type]=a\n" };

/// Nothing opens but what was sealed, and that opens as what it was.
pub fn run(data: &[u8]) {
    if let Ok(token) = std::str::from_utf8(data)
        && let Ok(position) = open(&KEY, SCOPE, token)
    {
        assert_eq!(seal(&KEY, SCOPE, position), token);
    }
    let Some((micros, rest)) = data.split_first_chunk() else { return };
    let Some((epoch, rest)) = rest.split_first_chunk() else { return };
    let position = Position { micros: i64::from_be_bytes(*micros), epoch: u64::from_be_bytes(*epoch) };
    let token = seal(&KEY, SCOPE, position);
    assert!(open(&KEY, SCOPE, &token).is_ok_and(|it| it == position), "{token}");
    // The rest says what is changed: where, and to what.
    let [at, by, ..] = rest else { return };
    let mut changed = token.clone().into_bytes();
    let at = usize::from(*at) % changed.len();
    changed[at] = *by;
    let changed = String::from_utf8_lossy(&changed);
    assert!(changed == token || open(&KEY, SCOPE, &changed).is_err(), "{token} {changed}");
}
