//! The hash of an image: which rules a hit was found with.
//!
//! The same rules compiled in the same order have the same hash. A merge makes other segments out of the same rules, and
//! so another hash.

use sha2::{Digest, Sha256};

use super::Image;
use crate::hit::digits;
use crate::index::INDICATOR;
use crate::key;
use crate::layer::Layer;
use crate::segment::Segment;

impl Image {
    /// SHA-256 over all rules in force and the version of canonical forms, in hexadecimal digits. Made when it is first
    /// asked for, which is with the first hit.
    pub fn hash(&self) -> &str {
        self.hash.get_or_init(|| {
            let mut whole = Sha256::new();
            whole.update(key::VERSION);
            for layer in &self.layers {
                add_layer(layer, &mut whole);
            }
            digits(&whole.finalize())
        })
    }
}

fn add_layer(layer: &Layer, whole: &mut Sha256) {
    whole.update(layer.segment.hash.get_or_init(|| of_segment(&layer.segment)));
    let mut muted: Vec<u32> = layer.muted.iter().copied().collect();
    muted.sort_unstable();
    let lists = layer.muted_lists.iter().map(|it| !it);
    for number in muted.into_iter().chain(lists) {
        whole.update(number.to_le_bytes());
    }
    whole.update([u8::from(layer.muted_sigma)]);
}

/// Over the values of lists with their sources, the patterns of indicators, and the Sigma rules.
fn of_segment(segment: &Segment) -> [u8; 32] {
    let mut hash = Sha256::new();
    for entry in segment.index.entries().iter().filter(|it| it.source != INDICATOR) {
        hash.update(segment.index.key(entry));
        hash.update(entry.source.to_le_bytes());
    }
    for source in &segment.sources {
        hash.update(source.name.as_bytes());
        hash.update([0]);
    }
    for indicator in &segment.indicators {
        hash.update(indicator.id.as_str());
        hash.update(indicator.version.to_le_bytes());
        hash.update(indicator.pattern.as_bytes());
        hash.update([0]);
    }
    for head in segment.given().iter().flat_map(|it| it.heads()) {
        hash.update(head.hash.as_bytes());
    }
    hash.finalize().into()
}
