//! The card by which an ally is met: its document, and the parts that are read once it is entered.

use vigie_app::add_peer::Card;
use vigie_model::peer::Fingerprint;
use vigie_stix::id::StixId;

/// A card says the same when written again, and its identity and fingerprint are written as they were read.
pub fn run(data: &[u8]) {
    let Ok(card) = serde_json::from_slice::<Card>(data) else { return };
    let text = serde_json::to_string(&card).expect("a card is JSON");
    assert_eq!(serde_json::from_str::<Card>(&text).expect("what was written is read"), card);
    if let Ok(identity) = card.identity.parse::<StixId>() {
        assert_eq!(identity.as_str(), card.identity);
    }
    if let Ok(fingerprint) = card.fingerprint.parse::<Fingerprint>() {
        assert_eq!(fingerprint.as_str().parse(), Ok(fingerprint));
    }
}
