//! The Projector: one projection at work on one lane of what the worker owns.

use crate::effect::Effect;
use crate::input::Input;
use crate::name::Name;
use crate::projection::Projection;
use crate::time::Time;

/// How the versions of a source's streams are numbered, and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// Without gaps from `first`: deduplication, reordering, gap detection and repair.
    Contiguous,
    /// Rising: deduplication only.
    Monotonic,
    /// None: each arrival folds its stream's document anew from history.
    Refold,
}

/// What the machine must know of its source.
#[derive(Clone, Debug)]
pub struct Source {
    /// How versions are numbered.
    pub versions: Versions,
    /// The first version of a stream: 0 or 1.
    pub first: u64,
    /// Whether events of any age can be read again by stream.
    pub history: bool,
    /// Whether the feed is itself the whole history, ordered and unique in each stream.
    pub ordered: bool,
    /// Whether the projection began at the beginning of the feed, so that a stream that nothing
    /// is known of is a new one.
    pub from_beginning: bool,
}

/// Bounds and waits that users may set.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// Bytes of documents, streams and held events in memory.
    pub memory: usize,
    /// Events received and not yet done, over all partitions.
    pub in_flight: usize,
    /// How long a document may be dirty before it is written.
    pub flush_ms: u64,
    /// Documents in one write.
    pub write_batch: usize,
    /// Writes under way at once.
    pub writes: usize,
    /// How often a checkpoint is written, at most.
    pub checkpoint_ms: u64,
    /// How often cursors are written where there is history.
    pub cursor_ms: u64,
    /// How long an event that came too early waits before history is asked.
    pub gap_wait_ms: u64,
    /// How long after a higher version was first seen its absence in history proves a hole.
    pub hole_after_ms: u64,
    /// How long a tombstone is kept: more than the feed's retention.
    pub purge_ms: u64,
    /// The first and the longest wait of a back-off.
    pub retry_ms: (u64, u64),
}

/// One projection at work.
#[derive(Debug)]
pub struct Projector<P> {
    projection: P,
}

impl<P: Projection> Projector<P> {
    /// A machine with nothing to do yet. `nonce` is random for each life of a worker: it names
    /// what this life writes.
    pub fn new(projection: P, source: Source, tuning: Tuning, nonce: u64) -> Projector<P> {
        let _ = (source, tuning, nonce);
        Projector { projection }
    }

    /// Takes one input at this time, and says what is to be done.
    pub fn step(&mut self, now: Time, input: Input) -> Vec<Effect> {
        let _ = (now, input, Name::default(), &self.projection);
        Vec::new()
    }
}
