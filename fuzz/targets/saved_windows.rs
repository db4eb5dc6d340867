//! Saved states of rules over several events. The hash over what is mutated is wrong, so the target mends it.

use vigie_engine::{Builder, Image, Options, Windows};

/// A pattern over several events and a correlation, for the states to belong to.
const RULES: &str = "title: a\nname: a\nlogsource: {}\ndetection:\n  s:\n    kind: a\n  condition: s\n---\ntitle: many\nid: 11111111-1111-4111-8111-111111111111\ncorrelation:\n  type: value_count\n  rules: [a]\n  group-by: [user]\n  timespan: 1h\n  condition:\n    field: n\n    gte: 3\n";

/// What is loaded can be saved and loaded again, and is the same.
pub fn run(data: &[u8]) {
    let mut builder = Builder::new(Options::default());
    builder.add_sigma("rules.yml", RULES);
    let image = Image::new(builder.build());
    let limits = || Options::default().windows;
    let steps = String::from_utf8_lossy(data);
    let mut windows = Windows::new(limits());
    for step in steps.lines() {
        let _ = windows.take_again(step, &image);
    }
    let saved = windows.save();
    let again = Windows::load(&saved, limits(), &image).expect("what was saved is a state");
    assert_eq!(again.save(), saved);
    for bytes in [data.to_vec(), mended(data)] {
        let Ok(windows) = Windows::load(&bytes, limits(), &image) else { continue };
        let saved = windows.save();
        let again = Windows::load(&saved, limits(), &image).expect("what was saved is a state");
        assert_eq!(again.save(), saved);
    }
}

/// The data as the body of a state, under a first line that is right.
fn mended(data: &[u8]) -> Vec<u8> {
    let hash = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mut whole = format!("{{\"format\":\"vigie-windows\",\"version\":1,\"hash\":{hash}}}\n").into_bytes();
    whole.extend_from_slice(data);
    whole
}
