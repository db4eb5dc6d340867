//! A filter before the table: for nearly every key that is not there, one word says so.
//!
//! Each tag sets four bits of one 64-bit word. With five keys a word about one foreign key in thirty passes, at
//! 13 bits for each key: the filter of two million keys is 3 MB and stays in the cache, where the table would not.

use super::Tag;

/// How many keys share a word.
const KEYS_A_WORD: usize = 5;

/// The filter.
#[derive(Debug, Default)]
pub(super) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    /// The filter of so many tags.
    pub(super) fn new(tags: impl Iterator<Item = Tag>, number: usize) -> Self {
        let mut words = vec![0; number.div_ceil(KEYS_A_WORD)];
        let places = words.len();
        for tag in tags {
            if let Some(word) = words.get_mut(tag.place(places)) {
                *word |= bits(tag);
            }
        }
        Self { words }
    }

    /// False if no key has the tag; true if one may have it.
    #[inline]
    pub(super) fn may_hold(&self, tag: Tag) -> bool {
        let bits = bits(tag);
        self.words.get(tag.place(self.words.len())).is_some_and(|it| it & bits == bits)
    }

    /// How many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }
}

/// Four bits. The place in the filter is told by the high bits of the tag, so the low ones are spread over all of them.
fn bits(tag: Tag) -> u64 {
    let mixed = u64::from(tag.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..4).fold(0, |bits, at| bits | 1 << (mixed >> (40 + 6 * at) & 63))
}
