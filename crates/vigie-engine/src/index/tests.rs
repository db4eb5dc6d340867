//! Tests of `index.rs` and `index/filter.rs`.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

fn head(index: &Index, key: &[u8]) -> Option<u32> {
    index.head(index.tagger().tag(key), key)
}

#[test]
fn a_chain_is_newest_first_and_repeats_are_told() {
    let mut filling = Filling::new(7);
    assert_eq!(filling.add(b"a", 1, 10, |_| false), Ok(true));
    assert_eq!(filling.add(b"b", 2, 10, |_| false), Ok(true));
    assert_eq!(filling.add(b"a", 3, 11, |newest| newest.source == 11), Ok(true));
    assert_eq!(filling.add(b"a", 4, 11, |newest| newest.source == 11), Ok(false));
    assert_eq!(filling.find(b"a", |it| it.source == 10).map(|it| it.rule), Some(1));
    let index = filling.finish();
    let rules: Vec<u32> = index.chain(head(&index, b"a").expect("a key")).map(|it| it.1.rule).collect();
    assert_eq!(rules, [3, 1]);
    assert_eq!(head(&index, b"c"), None);
    assert!(Filling::new(7).add(&vec![0; 1 << 16], 0, 0, |_| false).is_err());
}

#[test]
fn the_filter_stops_nearly_every_key_that_is_not_there() {
    let mut filling = Filling::new(1);
    for number in 0..20_000_u32 {
        filling.add(&number.to_le_bytes(), number, 0, |_| false).expect("there is room");
    }
    let index = filling.finish();
    let passes = |it: &u32| index.filter.may_hold(index.tagger().tag(&it.to_le_bytes()));
    assert_eq!((0..20_000).filter(passes).count(), 20_000);
    let wrong = (20_000..120_000).filter(passes).count();
    assert!(wrong < 5_000, "{wrong} of 100,000 pass");
    assert!(index.bytes() / 20_000 < 40, "{} bytes", index.bytes());
}

proptest! {
    /// The table says what a map says, whatever the keys and their order.
    #[test]
    fn it_is_a_map(keys in prop::collection::vec(prop::collection::vec(0_u8..4, 0..4), 0..300), secret: u64) {
        let mut filling = Filling::new(secret);
        let mut map: HashMap<&[u8], Vec<u32>> = HashMap::new();
        for (number, key) in (0_u32..).zip(&keys) {
            prop_assert_eq!(filling.add(key, number, 0, |_| false), Ok(true));
            map.entry(key).or_default().insert(0, number);
        }
        let index = filling.finish();
        for number in 0_u32..256 {
            let key = [number & 3, number >> 2 & 3, number >> 4 & 3, number >> 6].map(|it| it as u8);
            for length in 0..=4 {
                let key = &key[..length];
                let rules = head(&index, key).map(|it| index.chain(it).map(|it| it.1.rule).collect::<Vec<_>>());
                prop_assert_eq!(rules.as_ref(), map.get(key));
            }
        }
    }
}
