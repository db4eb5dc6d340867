//! Patterns over several records: the records that may be part of one, in the order of their time.
//!
//! Files are read one after the other, but what they tell happened at the same time. So what belongs to patterns over
//! several records is kept until all files are read, and then weighed in the order of its time. Standard input is weighed
//! as it comes.
//!
//! Invariants
//! - At most [`MAX_KEPT`] bytes are kept; when they are full, what is kept is weighed early, and that is counted.

use std::io::Write;

use vigie_engine::window::Figures;
use vigie_engine::{Found, Step, Windows};
use vigie_model::alert::Source;

use super::lines::{Gathered, Sink};
use super::records::Matching;

/// How many bytes of records are kept.
const MAX_KEPT: usize = 256 << 20;

/// A record that may be part of a pattern.
pub(super) struct Pending {
    /// When it happened, or when it was matched.
    pub(super) at: i64,
    pub(super) step: Step,
    pub(super) place: Source,
    pub(super) time: Option<i64>,
    /// The record as JSON.
    pub(super) event: Box<str>,
}

/// What was kept, and the memory that it is weighed in.
pub(super) struct Steps {
    windows: Windows,
    kept: Vec<Pending>,
    bytes: usize,
    /// How often what was kept had to be weighed before all was read.
    pub(super) early: u64,
    live: bool,
}

impl Steps {
    /// If the records come `live`, they are weighed at once.
    pub(super) fn new(windows: Windows, live: bool) -> Self {
        Self { windows, kept: Vec::new(), bytes: 0, early: 0, live }
    }

    /// Takes records in the order of the input.
    pub(super) fn take<W: Write>(
        &mut self,
        steps: impl Iterator<Item = Pending>,
        matching: &Matching<'_>,
        sink: &mut Sink<W>,
    ) {
        for step in steps {
            self.bytes += step.event.len() + size_of::<Pending>();
            self.kept.push(step);
        }
        if self.live {
            self.weigh(matching, sink);
        } else if self.bytes > MAX_KEPT {
            self.early += 1;
            self.weigh(matching, sink);
        }
    }

    /// Weighs what is kept, and writes the patterns that are complete.
    pub(super) fn weigh<W: Write>(&mut self, matching: &Matching<'_>, sink: &mut Sink<W>) {
        self.bytes = 0;
        let mut kept = std::mem::take(&mut self.kept);
        kept.sort_by_key(|it| it.at);
        let (mut complete, mut found, mut gathered) = (Vec::new(), Found::default(), Gathered::default());
        for Pending { step, place, time, event, .. } in kept {
            self.windows.take(step, &place, &mut complete);
            for one in complete.drain(..) {
                matching.image.weigh(one, &mut found);
            }
            gathered.tell(&mut found, &place, time, &event, matching);
        }
        gathered.write(sink, matching.progress);
    }

    /// What became of what was taken.
    pub(super) fn figures(&self) -> Figures {
        self.windows.figures()
    }
}
