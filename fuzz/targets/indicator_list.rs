//! Plain lists of indicators.

use vigie_engine::list::{Chunk, MAX_VALUE_BYTES, read_value};
use vigie_engine::{Builder, Options};

/// Every line is counted, and no key is longer than its limit.
pub fn run(data: &[u8]) {
    let chunk = Chunk::read(data, 1);
    assert_eq!(chunk.lines, data.split_inclusive(|it| *it == b'\n').count() as u64);
    assert!(chunk.refused.len() as u64 <= chunk.refused_count);
    let mut key = Vec::new();
    for line in String::from_utf8_lossy(data).lines() {
        if read_value(line, &mut key).is_ok() {
            assert!(key.len() <= MAX_VALUE_BYTES, "{line}");
        }
    }
    let values = chunk.len();
    let mut builder = Builder::new(Options::default());
    let list = builder.open_list("fuzzed");
    builder.add_chunk(list, chunk);
    assert!(builder.build().len() <= values);
}
