//! The documents of TAXII 2.1, as they come from another server or from a client.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use vigie_exchange::taxii::wire::{
    ApiRoot, Collections, Discovery, Envelope, ErrorMessage, Manifest, Status, Versions, write_envelope,
};

/// Objects in an envelope, at most.
const LIMIT: usize = 8;

/// Whatever a document is taken for, written again it says the same, and objects keep their bytes.
pub fn run(data: &[u8]) {
    again::<Discovery>(data);
    again::<Collections>(data);
    again::<Manifest>(data);
    again::<Versions>(data);
    again::<Status>(data);
    // These may carry properties of other makers, whose fractions need not survive to the last digit.
    readable_again::<ApiRoot>(data);
    readable_again::<ErrorMessage>(data);
    let Ok(envelope) = Envelope::read(data, LIMIT) else { return };
    assert!(envelope.objects.len() <= LIMIT);
    let texts: Vec<&str> = envelope.objects.iter().map(|it| it.get()).collect();
    let mut out = Vec::new();
    write_envelope(&mut out, texts.iter().copied(), envelope.more, envelope.next.as_deref());
    let again = Envelope::read(&out, LIMIT).expect("what was written is read");
    assert_eq!(again.objects.iter().map(|it| it.get()).collect::<Vec<_>>(), texts);
    assert_eq!((again.more, again.next), (envelope.more, envelope.next));
}

fn again<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) {
    let Ok(document) = serde_json::from_slice::<T>(data) else { return };
    assert_eq!(readable_again::<T>(data), Some(document));
}

fn readable_again<T: Serialize + DeserializeOwned>(data: &[u8]) -> Option<T> {
    let document = serde_json::from_slice::<T>(data).ok()?;
    let text = serde_json::to_string(&document).expect("a document is JSON");
    Some(serde_json::from_str(&text).expect("what was written is read"))
}
