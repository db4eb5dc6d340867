//! The big merge: several layers of an image made into one, beside the image and not in its way.
//!
//! ```
//! # use vigie_engine::{Builder, Image, Options};
//! # let options = Options::default();
//! # let mut image = Image::new(Builder::new(options.clone()).build());
//! if let Some(merge) = image.merge_due(&options) {
//!     let merged = merge.run(); // seconds, on whatever thread
//!     image = image.merged(&merged); // at once, on the newest image
//! }
//! ```
//!
//! Invariants
//! - A merge that is late, or was begun from another image, changes nothing.
//! - What was put out of force while a merge ran is out of force in what it made.
//!
//! Start with [`Merge::run`].

use std::sync::Arc;

use crate::builder::{Builder, Options};
use crate::layer::Layer;
use crate::segment::Segment;
use crate::warning::Warnings;

/// Layers that are worth merging. Making one costs nothing.
#[derive(Debug)]
pub struct Merge {
    layers: Vec<Layer>,
    warnings: Warnings,
    options: Options,
}

/// What a merge made, to be put into the image: see [`crate::Image::merged`].
#[derive(Debug)]
pub struct Merged {
    /// The layers that it was made from, as they were when it began.
    from: Vec<Layer>,
    segment: Arc<Segment>,
}

impl Merge {
    pub(crate) fn new(layers: Vec<Layer>, warnings: Warnings, options: Options) -> Self {
        Self { layers, warnings, options }
    }

    /// How many rules it will go through: about three million take a second.
    pub fn rules(&self) -> usize {
        self.layers.iter().map(|it| it.segment.len()).sum()
    }

    /// Merges. Until the result is put in, the memory of both is held.
    pub fn run(self) -> Merged {
        let segment = Arc::new(of(&self.layers, &self.warnings, &self.options));
        Merged { from: self.layers, segment }
    }
}

impl Merged {
    /// The layers with this one in the place of those it was made from; none if one of those is there no more.
    pub(crate) fn put_into(&self, layers: &[Layer]) -> Option<Vec<Layer>> {
        let is = |one: &Layer, other: &Layer| Arc::ptr_eq(&one.segment, &other.segment);
        let mut merged = Layer::from(Arc::clone(&self.segment));
        for then in &self.from {
            let now = layers.iter().find(|it| is(it, then))?;
            merged.mute_like(then, now);
        }
        let others = layers.iter().filter(|it| !self.from.iter().any(|then| is(it, then)));
        let mut put: Vec<Layer> = std::iter::once(&merged).chain(others).cloned().collect();
        put.retain(|it| !it.is_spent());
        Some(put)
    }
}

/// One segment with what is in force in all layers.
pub(crate) fn of(layers: &[Layer], warnings: &Warnings, options: &Options) -> Segment {
    let mut builder = Builder::new(options.clone());
    builder.mark_with(warnings);
    for layer in layers {
        builder.absorb(layer);
    }
    builder.build()
}

#[cfg(test)]
mod tests;
