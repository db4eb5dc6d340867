//! The stream of notices that an ally sends: server-sent events.
//!
//! The first byte says where the rest is cut in two.

use vigie_exchange::federation::{Event, EventParser, Notice};

/// The largest event that the parser is told to take.
const LIMIT: usize = 512;

/// The events of the pieces, and whether all of them were taken.
fn events(pieces: &[&[u8]]) -> (Vec<Event>, bool) {
    let mut parser = EventParser::new(LIMIT);
    let whole = pieces.iter().all(|it| parser.push(it).is_ok());
    (std::iter::from_fn(|| parser.next()).collect(), whole)
}

/// A stream says the same however it is cut, and a notice is read as it is written.
pub fn run(data: &[u8]) {
    let Some((first, stream)) = data.split_first() else { return };
    let (before, after) = stream.split_at(usize::from(*first) % (stream.len() + 1));
    let (found, whole) = events(&[stream]);
    assert_eq!(events(&[before, after]), (found.clone(), whole));
    for event in found {
        // A byte that is no UTF-8 becomes a character of three.
        assert!(event.data.len() <= 3 * LIMIT);
        if let Some(Ok(notice)) = Notice::from_event(&event) {
            let (again, _) = events(&[notice.to_event().as_bytes()]);
            let again: Vec<_> = again.iter().filter_map(Notice::from_event).filter_map(Result::ok).collect();
            assert_eq!(again, [notice]);
        }
    }
}
