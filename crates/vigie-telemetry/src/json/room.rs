//! Room for texts that cannot be borrowed from a record: strings with escapes, and names put together.
//!
//! The room is bytes that the owner of a stream uses again for each record, so that no text asks for memory of its own. Where
//! it does not suffice, a text is owned after all.

use super::string::unescape_to_quote;
use std::borrow::Cow;

/// What is left of the room.
#[derive(Debug, Default)]
pub(crate) struct Room<'a>(&'a mut [u8]);

impl<'a> Room<'a> {
    /// All of some bytes.
    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self(bytes)
    }

    /// Pieces, one behind the other.
    pub(super) fn joined(&mut self, pieces: [&str; 3]) -> Cow<'a, str> {
        let length = pieces.iter().map(|it| it.len()).sum();
        let Some(place) = self.take(length) else { return Cow::Owned(pieces.concat()) };
        let mut rest = &mut *place;
        for piece in pieces {
            let Some((here, after)) = rest.split_at_mut_checked(piece.len()) else { break };
            here.copy_from_slice(piece.as_bytes());
            rest = after;
        }
        text(place)
    }

    /// A string up to its closing quote, and where that stands. None: there is no room, or it is not well formed.
    pub(super) fn unescape_to_quote(&mut self, raw: &str) -> Option<(usize, Cow<'a, str>)> {
        let place = std::mem::take(&mut self.0);
        let Some((end, used)) = unescape_to_quote(raw, place) else {
            self.0 = place;
            return None;
        };
        let (place, rest) = place.split_at_mut_checked(used)?;
        self.0 = rest;
        Some((end, text(place)))
    }

    fn take(&mut self, length: usize) -> Option<&'a mut [u8]> {
        if length > self.0.len() {
            return None;
        }
        let (place, rest) = std::mem::take(&mut self.0).split_at_mut_checked(length)?;
        self.0 = rest;
        Some(place)
    }
}

/// What was copied from texts, as a text: the usual way is the quick one.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_owned() {
        let mut bytes = [0; 8];
        let mut room = Room::new(&mut bytes);
        let told = |it: &Cow<'_, str>| (it.to_string(), matches!(it, Cow::Borrowed(_)));
        let first = room.joined(["é", ".", "b"]);
        assert_eq!(told(&first), ("é.b".into(), true));
        assert_eq!(room.unescape_to_quote("\\t\\u0041bcd\""), None);
        assert_eq!(room.unescape_to_quote("\\x\""), None);
        assert_eq!(room.unescape_to_quote("\\t\\u0041\" x"), Some((8, "\tA".into())));
        assert_eq!(told(&room.joined(["a", ".", "b"])), ("a.b".into(), false));
    }
}
