//! A log in parts. It is a row of chunks, each with its kind and length before it: a header, then again and again a catalogue
//! and sets of entries. A part is the header with one catalogue and its sets.

/// Kinds of chunks.
const HEADER: u32 = 0x1000;
const CATALOGUE: u32 = 0x600b;

/// What stands before the bytes of a chunk: its kind, a kind within it, and how many bytes follow.
const BEFORE: usize = 16;

/// The largest part that is read, in bytes. A phone writes some hundred thousand.
const LARGEST: usize = 64 << 20;

/// A part of a log.
pub(super) struct Part<'l> {
    header: &'l [u8],
    body: &'l [u8],
    /// Where it begins.
    pub(super) at: usize,
}

impl Part<'_> {
    /// The part as a log of its own.
    pub(super) fn bytes(&self) -> Vec<u8> {
        [self.header, self.body].concat()
    }
}

/// The parts of a log, or what is wrong with it.
pub(super) struct Parts<'l> {
    log: &'l [u8],
    header: Option<&'l [u8]>,
    at: usize,
}

impl<'l> Parts<'l> {
    pub(super) fn of(log: &'l [u8]) -> Self {
        Self { log, header: None, at: 0 }
    }

    /// The kind of the chunk at a place, and where the next begins.
    fn chunk(&self, at: usize) -> Option<(u32, usize)> {
        let before = self.log.get(at..at.checked_add(BEFORE)?)?;
        let (kind, length) = (before.first_chunk::<4>()?, before.last_chunk::<8>()?);
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let end = at.checked_add(BEFORE)?.checked_add(length).filter(|it| *it <= self.log.len())?;
        let next = end.checked_next_multiple_of(8)?.min(self.log.len());
        Some((u32::from_le_bytes(*kind), next))
    }
}

impl<'l> Iterator for Parts<'l> {
    type Item = Result<Part<'l>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let begin = self.at;
        loop {
            let rest = self.log.get(self.at..).unwrap_or_default();
            let whole = self.log.get(begin..self.at).unwrap_or_default();
            let part = |header| Part { header, body: whole, at: begin };
            if rest.iter().take(BEFORE).all(|it| *it == 0) && rest.len() < BEFORE {
                let header = self.header.filter(|_| !whole.is_empty());
                self.at = self.log.len();
                if self.log.is_empty() && begin == 0 {
                    self.at = 1;
                    return Some(Err("it is empty".to_owned()));
                }
                return header.map(|it| Ok(part(it)));
            }
            let Some((kind, next)) = self.chunk(self.at) else {
                // What is whole is read first, then it is said that there is more.
                if let Some(header) = self.header.filter(|_| !whole.is_empty()) {
                    return Some(Ok(part(header)));
                }
                let at = std::mem::replace(&mut self.at, self.log.len());
                return Some(Err(format!("it breaks off at byte {at} of {}", self.log.len())));
            };
            match (kind, self.header) {
                (HEADER, _) if whole.is_empty() => {
                    self.header = self.log.get(self.at..next);
                    self.at = next;
                    return self.next();
                }
                (_, None) => {
                    self.at = self.log.len();
                    return Some(Err("it has no header".to_owned()));
                }
                (HEADER | CATALOGUE, Some(header)) if !whole.is_empty() => return Some(Ok(part(header))),
                _ if next - begin > LARGEST => {
                    self.at = next;
                    return Some(Err(format!("the part at byte {begin} has more than {LARGEST} bytes")));
                }
                _ => self.at = next,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: u32, bytes: &[u8]) -> Vec<u8> {
        let mut chunk =
            [&kind.to_le_bytes()[..], &[0; 4], &(bytes.len() as u64).to_le_bytes(), bytes].concat();
        chunk.resize(chunk.len().next_multiple_of(8), 0);
        chunk
    }

    /// What each part holds, by the bytes of its chunks.
    #[track_caller]
    fn check(log: &[u8], want: &[&str]) {
        let told: Vec<String> = Parts::of(log)
            .map(|it| match it {
                Ok(part) => {
                    let letters = part.bytes().into_iter().filter(u8::is_ascii_alphabetic);
                    format!("{}: {}", part.at, letters.map(char::from).collect::<String>())
                }
                Err(why) => why,
            })
            .collect();
        assert_eq!(told, want);
    }

    #[test]
    fn a_catalogue_begins_a_part() {
        let (header, set) = (chunk(HEADER, b"H"), |text: &[u8]| chunk(0x600d, text));
        let catalogue = chunk(CATALOGUE, b"C");
        let log =
            [header.clone(), catalogue.clone(), set(b"a"), set(b"b"), catalogue.clone(), set(b"c")].concat();
        check(&log, &["24: HCab", "96: HCc"]);
        check(&log[..log.len() - 7], &["24: HCab", "96: HCc"]);
        check(&log[..log.len() - 8], &["24: HCab", "96: HC", "it breaks off at byte 120 of 136"]);
        check(&log[..30], &["it breaks off at byte 24 of 30"]);
        check(&log[24..], &["it has no header"]);
        check(b"", &["it is empty"]);
        check(&header, &[]);
        let again = [header.clone(), catalogue.clone(), chunk(HEADER, b"I"), catalogue].concat();
        check(&again, &["24: HC", "72: IC"]);
    }

    proptest::proptest! {
        #[test]
        fn comes_to_an_end(bytes in proptest::collection::vec(0_u8..4, 0..200), kinds in proptest::collection::vec(0..3_usize, 0..8)) {
            let log: Vec<u8> = kinds.iter().flat_map(|it| chunk([HEADER, CATALOGUE, 0x600d][*it], b"xyz")).chain(bytes).collect();
            assert!(Parts::of(&log).count() <= log.len() + 1);
        }
    }
}
