//! Records against indicators: what is common to a check and to a recheck of its extract.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use vigie_engine::{Image, Options, State};
use vigie_phone::Record;

use super::gate::Gate;
use super::matching::{Ended, Matching};
use super::source::Sources;
use super::timeline::Timeline;
use super::{CheckError, Finding, Progress, Quality, Stage, seal};
use crate::init_node::Node;
use crate::read_rules::RuleFiles;

/// What records are compared with, and whose key signs.
pub(crate) struct Against {
    pub(crate) node: Option<Node>,
    pub(crate) image: Image,
    pub(crate) sources: Sources,
    pub(crate) now: i64,
}

impl Against {
    /// Reads indicators and the node's key.
    pub(crate) fn read(
        indicators: &[PathBuf],
        data: Option<&Path>,
        threads: NonZero<usize>,
        now: i64,
    ) -> Result<Self, CheckError> {
        let node = data.map(Node::load).transpose()?;
        std::thread::spawn(seal::gather_entropy);
        let rules = RuleFiles { indicators: indicators.to_vec(), ..RuleFiles::default() };
        let options = Options { secret: uuid::Uuid::new_v4().as_u64_pair().0, ..Options::default() };
        let (image, sources) = std::thread::scope(|scope| {
            let sources = scope.spawn(|| Sources::read(indicators));
            let image = rules.read(options, threads).map(|it| Image::new(it.build()));
            (image, sources.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let (image, sources) = (image?, sources?);
        if image.rules(None).of(State::Active) == 0 {
            let first = image.refusals().next().map(|it| format!("{}: {}", it.place, it.detail));
            return Err(CheckError::NoIndicators(first.unwrap_or_else(|| "there are none".to_owned())));
        }
        Ok(Self { node, image, sources, now })
    }
}

/// What came of comparing.
pub(crate) struct Compared {
    pub(crate) findings: Vec<Finding>,
    pub(crate) left_out: u64,
    pub(crate) records: u64,
    pub(crate) moments: u64,
    pub(crate) quality: Quality,
}

/// Compares all records that `feed` tells, and writes the timeline. `at` is when the phone was checked: a record without a
/// time is asked what indicators said then.
pub(crate) fn run<T, E: From<CheckError>>(
    against: &Against,
    at: i64,
    out: &Path,
    progress: &Progress,
    feed: impl FnOnce(&mut (dyn FnMut(&Record) + Send)) -> Result<T, E>,
) -> Result<(Compared, T), E> {
    let failed = |source| CheckError::Output { path: out.join("timeline.jsonl"), source };
    let gate = Gate::new(&against.image, against.now);
    let mut matching = Matching::new(&against.image, &gate, &against.sources, at, Timeline::new(out));
    let told = feed(&mut |record| {
        matching.take(record);
        progress.step();
    })?;
    progress.begin(Stage::Writing, 0);
    let Ended { findings, left_out, records, timeline } = matching.end().map_err(failed)?;
    let moments = timeline.end(out).map_err(failed)?;
    Ok((Compared { findings, left_out, records, moments, quality: gate.quality }, told))
}

/// Records that go from one thread to the other at once: so many of them, or bytes of text.
const BATCH: (usize, usize) = (256, 1 << 20);

/// Reads records on this thread and takes them on another, in the same order.
pub(crate) fn abreast<T>(
    read: impl FnOnce(&mut dyn FnMut(Record)) -> T,
    take: &mut (dyn FnMut(&Record) + Send),
) -> T {
    let (send, batches) = mpsc::sync_channel::<Vec<Record>>(4);
    std::thread::scope(|scope| {
        scope.spawn(move || batches.iter().flatten().for_each(|it| take(&it)));
        let (mut batch, mut bytes) = (Vec::with_capacity(BATCH.0), 0);
        let read = read(&mut |record| {
            bytes += record.text.len();
            batch.push(record);
            if batch.len() == BATCH.0 || bytes >= BATCH.1 {
                bytes = 0;
                // The other end is gone only if it panicked, which the end of the scope tells.
                let _gone = send.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH.0)));
            }
        });
        let _gone = send.send(batch);
        drop(send);
        read
    })
}
