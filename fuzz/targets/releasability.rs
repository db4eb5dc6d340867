//! Marking definitions: what one says, and the label that it adds up to.

use uuid::Uuid;
use vigie_model::id::MemberId;
use vigie_model::label::Label;
use vigie_policy::{Meaning, label_of_object, releasability_marking};
use vigie_stix::object::Object;

/// What is not understood is for its originator only, and what is can be said again in one way only.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(object) = Object::parse(text) else { return };
    let originator = MemberId::new(Uuid::nil());
    let label = label_of_object(&object, |_| None, originator);
    match Meaning::of(&object) {
        Meaning::Unknown(_) if object.object_type() == "marking-definition" => {
            assert_eq!(label, Label::originator_only(originator));
        }
        Meaning::Unknown(_) => {}
        Meaning::Known(terms) => {
            let (id, text) = releasability_marking(&terms);
            let written = Object::parse(&text).expect("what was written is an object");
            assert_eq!(*written.id(), id);
            if let Meaning::Known(terms) = Meaning::of(&written) {
                assert_eq!(releasability_marking(&terms), (id, text));
            }
        }
    }
}
