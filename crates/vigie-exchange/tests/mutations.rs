//! The parsers of what strangers send, on inputs that are nearly right: nothing panics, and what is read holds.

#![expect(clippy::unwrap_used, reason = "what a test sets up itself must be there")]

use proptest::prelude::*;
use vigie_exchange::federation::{Event, EventParser, Notice};
use vigie_exchange::taxii::date::DateAdded;
use vigie_exchange::taxii::media::{self, Media};
use vigie_exchange::taxii::wire::{
    ApiRoot, Collections, Discovery, Envelope, ErrorMessage, Manifest, Status, Versions, write_envelope,
};

const DOCUMENTS: [&str; 8] = [
    r#"{"title":"t","description":"d","contact":"c","default":"/a/","api_roots":["/a/"]}"#,
    r#"{"title":"t","versions":["application/taxii+json;version=2.1"],"max_content_length":10}"#,
    r#"{"collections":[{"id":"i","title":"t","can_read":true,"can_write":false,"media_types":["m"]}]}"#,
    r#"{"more":true,"objects":[{"id":"i","date_added":"2016-01-01T00:00:00.000000Z","version":"v","media_type":"m"}]}"#,
    r#"{"more":true,"next":"n","objects":[{"type":"x","id":"x--1","n":1.50},{"a":[{}, "\u00e9"]}]}"#,
    r#"{"more":false,"versions":["2016-01-01T00:00:00.1Z"]}"#,
    r#"{"id":"s","status":"complete","total_count":2,"failures":[{"id":"i","version":"v","message":"m"}]}"#,
    r#"{"title":"t","error_code":"c","http_status":"404","details":{"a":1}}"#,
];

const STREAM: &str = "\u{feff}: hello\r\nevent: notice\r\ndata: {\"collection\":\"0f2d2d7e-90a3-4a52-9f0c-7a5d9a4f7d11\",\r\n\
                      data: \"date_added\":\"2016-01-01T00:00:00.000000Z\",\"epoch\":1}\r\n\r\n:\n\ndata: x\n\n";

/// The largest event that the parser is told to take.
const LIMIT: usize = 160;

/// A text with some bytes replaced, removed or doubled.
fn mutated(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((0..text.len(), any::<u8>(), 0..4u8), 0..6).prop_map(move |changes| {
        let mut bytes = text.as_bytes().to_vec();
        for (place, byte, kind) in changes {
            let place = place % bytes.len().max(1);
            match kind {
                _ if bytes.is_empty() => bytes.push(byte),
                0 => bytes[place] = byte,
                1 => drop(bytes.remove(place)),
                2 => bytes.insert(place, byte),
                _ => bytes.extend_from_within(..place),
            }
        }
        bytes
    })
}

fn any_document() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(&DOCUMENTS[..]).prop_flat_map(mutated)
}

/// Written again, a document says the same.
fn again<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(bytes: &[u8]) {
    if let Ok(document) = serde_json::from_slice::<T>(bytes) {
        let text = serde_json::to_string(&document).unwrap();
        assert!(!text.contains(":[]"), "{text}");
        assert_eq!(serde_json::from_str::<T>(&text).unwrap(), document, "{text}");
    }
}

fn events(pieces: &[&[u8]]) -> (Vec<Event>, bool) {
    let mut parser = EventParser::new(LIMIT);
    let mut events = Vec::new();
    let mut whole = true;
    for piece in pieces {
        whole = whole && parser.push(piece).is_ok();
        while let Some(event) = parser.next() {
            events.push(event);
        }
    }
    (events, whole)
}

proptest! {
    #[test]
    fn documents_say_the_same_when_written_again(bytes in any_document()) {
        again::<Discovery>(&bytes);
        again::<Collections>(&bytes);
        again::<Manifest>(&bytes);
        again::<Versions>(&bytes);
        again::<Status>(&bytes);
        if let Ok(root) = serde_json::from_slice::<ApiRoot>(&bytes) {
            let text = serde_json::to_string(&root).unwrap();
            prop_assert_eq!(serde_json::from_str::<ApiRoot>(&text).unwrap(), root);
        }
        if let Ok(error) = serde_json::from_slice::<ErrorMessage>(&bytes) {
            let text = serde_json::to_string(&error).unwrap();
            prop_assert_eq!(serde_json::from_str::<ErrorMessage>(&text).unwrap(), error);
        }
    }

    #[test]
    fn objects_of_an_envelope_are_written_again_byte_for_byte(bytes in any_document()) {
        if let Ok(envelope) = Envelope::read(&bytes, 3) {
            prop_assert!(envelope.objects.len() <= 3);
            let texts: Vec<&str> = envelope.objects.iter().map(|it| it.get()).collect();
            let mut out = Vec::new();
            write_envelope(&mut out, texts.iter().copied(), envelope.more, envelope.next.as_deref());
            let again = Envelope::read(&out, 3).unwrap();
            prop_assert_eq!(again.objects.iter().map(|it| it.get()).collect::<Vec<_>>(), texts);
            prop_assert_eq!((again.more, again.next), (envelope.more, envelope.next));
        }
    }

    #[test]
    fn a_stream_says_the_same_however_it_is_cut(bytes in mutated(STREAM), cuts in prop::collection::vec(0..400usize, 0..5)) {
        let mut cuts: Vec<usize> = cuts.into_iter().map(|it| it.min(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|it| &bytes[it[0]..it[1]]).collect();
        let (got, whole) = events(&pieces);
        let (want, want_whole) = events(&[&bytes]);
        prop_assert_eq!(whole, want_whole);
        prop_assert_eq!(&got, &want);
        for event in &got {
            // A byte that is no UTF-8 becomes a character of three.
            prop_assert!(event.data.len() <= 3 * LIMIT);
            if let Some(Ok(notice)) = Notice::from_event(event) {
                let mut parser = EventParser::new(LIMIT);
                parser.push(notice.to_event().as_bytes()).unwrap();
                prop_assert_eq!(Notice::from_event(&parser.next().unwrap()).unwrap().unwrap(), notice);
            }
        }
    }

    #[test]
    fn dates_are_read_as_they_are_written(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z|[+-][0-9:]{0,5})?") {
        if let Ok(date) = DateAdded::read_leniently(&text) {
            prop_assert_eq!(date.to_string().parse::<DateAdded>().unwrap(), date);
        }
        if let Ok(date) = text.parse::<DateAdded>() {
            prop_assert_eq!(DateAdded::read_leniently(&text).unwrap(), date);
        }
    }

    #[test]
    fn headers_of_any_kind_are_read(text in "[a-z*/+;=, \"0-9.qQ]{0,60}") {
        let accepted = media::accepts(Some(&text), &[Media::Taxii]);
        prop_assert_eq!(accepted, media::accepts(Some(&format!("text/html,{text}")), &[Media::Taxii]) || text.trim().is_empty());
    }
}
