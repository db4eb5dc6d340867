//! One STIX object: read, validated, identified, and what its markings say of each reference.

use vigie_stix::canonical::{ScoId, sco_id};
use vigie_stix::marking::{MarkingDefinition, Selector, all_marking_refs, effective};
use vigie_stix::object::Object;
use vigie_stix::validate::validate_object_within;

/// The text survives, findings are bounded, and an identifier is of its object's type.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(object) = Object::parse(text) else { return };
    assert!(text.contains(object.text()));
    assert!(validate_object_within(&object, 10).len() <= 11);
    if let Ok(ScoId::Deterministic(id)) = sco_id(&object) {
        assert_eq!(id.object_type(), object.object_type());
    }
    // Whether they can be read is one answer as good as the other; that they answer is the point.
    let _ = (MarkingDefinition::read(&object), all_marking_refs(&object));
    for reference in object.references() {
        if let Ok(selector) = reference.path.parse::<Selector>() {
            // A key with a dot in it makes a path that leads nowhere.
            let _ = (selector.resolve(object.properties()), effective(&object, &selector));
        }
    }
}
