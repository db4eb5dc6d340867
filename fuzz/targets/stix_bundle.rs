//! Bundles: split, each object read, all of them judged together, and the indicators made into rules.

use vigie_engine::{Builder, Options};
use vigie_stix::bundle::{self, Limits};
use vigie_stix::object::Object;
use vigie_stix::validate::validate_bundle;

const LIMITS: Limits =
    Limits { max_objects: 1000, max_object_bytes: 1 << 14, max_findings: 10, max_findings_in_all: 100 };

/// The parts are where they say they are, the findings are bounded, and the engine takes what it can.
pub fn run(data: &[u8]) {
    let Ok(text) = bundle::from_bytes(data) else { return };
    let Ok(parts) = bundle::split(text, LIMITS) else { return };
    assert!(parts.objects.len() + parts.refused.len() <= LIMITS.max_objects);
    for part in &parts.objects {
        assert_eq!(text.get(part.range()), Some(part.text));
        assert!(part.text.len() <= LIMITS.max_object_bytes);
        if let Ok(object) = Object::parse(part.text) {
            assert_eq!(object.text(), part.text);
        }
    }
    let findings = validate_bundle(text, LIMITS).expect("what can be split can be judged");
    assert!(findings.len() <= LIMITS.max_findings_in_all + 1);
    let mut builder = Builder::new(Options { bundles: LIMITS, ..Options::default() });
    builder.add_bundle("fuzzed", text);
    assert!(builder.build().len() <= parts.objects.len());
}
