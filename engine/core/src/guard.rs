//! What a document carries so that an event cannot be applied to it twice, and what else the
//! engine keeps in a document's reserved field `_foldline`.

use std::collections::BTreeMap;

use crate::event::Event;
use crate::fault::Fault;
use crate::limits;
use crate::name::Name;
use crate::position::Position;
use crate::progress::{Holes, Progress, Standing};
use crate::time::Time;

/// What every stored document has, changed by each write: all writes are conditional on it. A
/// number in some stores, a pair in others; nobody but the store reads a meaning into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64, pub u64);

/// A random name for one parking of one key or stream: who holds an old one cannot take a new
/// parking for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// Which guard a projection's documents carry. Chosen for the weakest key that a module has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GuardKind {
    /// The key is the stream: the document carries how far its stream is applied.
    Version,
    /// The key is data, and the feed enforces unique, ordered versions and is the whole history:
    /// the document carries the last applied position of each partition.
    Positions,
    /// The key is data: the document carries how far each contributing stream is applied.
    Streams,
    /// The key is data: a row for each (document, stream), in the document's transaction.
    Ledger,
    /// Events have no versions: the document is folded anew from its stream's history.
    Refold,
}

/// What one document carries against applying an event twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// How far the document's own stream is seen.
    Version(Progress),
    /// The last applied position by partition.
    Positions(Box<Positions>),
    /// How far each contributing stream is applied. For a ledger this holds only the rows loaded
    /// so far, and is stored beside the document, not in it.
    Streams(BTreeMap<Name, Progress>),
    /// How much of the history the document was folded from.
    Refold {
        /// The last sort key.
        last: Name,
        /// How many events.
        count: u64,
    },
}

const _: () = assert!(size_of::<Guard>() <= 32, "each document in memory has a guard");

/// The last applied position by partition; and, because a drained stream's letters lie below the
/// positions that others have pushed on, how far each such stream was drained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions {
    /// The last applied position, by partition.
    pub applied: BTreeMap<Name, Position>,
    /// The next version to drain, by stream: never evicted.
    pub drained: BTreeMap<Name, u64>,
}

impl GuardKind {
    /// What it is called wherever people read of it.
    pub fn name(self) -> &'static str {
        match self {
            GuardKind::Version => "version",
            GuardKind::Positions => "positions",
            GuardKind::Streams => "streams",
            GuardKind::Ledger => "ledger",
            GuardKind::Refold => "refold",
        }
    }

    /// Whether each stream has a document of its own, whose key is the stream.
    pub fn is_by_stream(self) -> bool {
        matches!(self, GuardKind::Version | GuardKind::Refold)
    }
}

impl Guard {
    /// The guard of a document that nothing was applied to.
    pub fn empty(kind: GuardKind, first: u64) -> Guard {
        match kind {
            GuardKind::Version => Guard::Version(Progress::start(first)),
            GuardKind::Positions => Guard::Positions(Box::default()),
            GuardKind::Streams | GuardKind::Ledger => Guard::Streams(BTreeMap::new()),
            GuardKind::Refold => Guard::Refold { last: Name::default(), count: 0 },
        }
    }

    /// How this event of this partition stands to what the document carries.
    pub fn judge(&self, event: Event<'_>, partition: &str) -> Standing {
        match self {
            Guard::Version(progress) => progress.judge(event.version()),
            Guard::Streams(streams) => {
                let known = streams.get(event.stream());
                known.map_or(Standing::New, |progress| progress.judge(event.version()))
            }
            Guard::Positions(at) => match at.applied.get(partition) {
                Some(last) if event.position() <= last => Standing::Covered,
                // A letter was drained from below the positions: its feed's copy may come again.
                _ if at.drained.get(event.stream()).is_some_and(|next| event.version() < *next) => {
                    Standing::Covered
                }
                _ => Standing::New,
            },
            Guard::Refold { .. } => Standing::New,
        }
    }

    /// How an event of a stream that was parked stands to a document whose positions others have
    /// pushed on while it was parked: its version tells.
    pub fn judge_by_version(&self, event: Event<'_>) -> Option<Standing> {
        let Guard::Positions(at) = self else { return None };
        let done = at.drained.get(event.stream()).is_some_and(|next| event.version() < *next);
        Some(if done { Standing::Covered } else { Standing::New })
    }

    /// Notes that an event of a stream that was parked is applied.
    pub fn advance_by_version(&mut self, event: Event<'_>) {
        if let Guard::Positions(at) = self {
            let next = at.drained.entry(Name::from(event.stream())).or_default();
            *next = (*next).max(event.version() + 1);
        }
    }

    /// Counts this event as applied. `seen` is how far its stream is done when all below the
    /// event is, with the holes below it: a later reader must know what was passed over.
    pub fn advance(&mut self, event: Event<'_>, partition: &str, seen: &Progress) {
        match self {
            Guard::Version(progress) => {
                absorb(progress, event.version(), seen);
            }
            Guard::Streams(streams) => {
                let progress = match streams.get_mut(event.stream()) {
                    Some(progress) => progress,
                    None => streams.entry(Name::from(event.stream())).or_default(),
                };
                absorb(progress, event.version(), seen);
            }
            Guard::Positions(at) => match at.applied.get_mut(partition) {
                Some(last) => *last = event.position().clone().max(last.clone()),
                None => {
                    at.applied.insert(Name::from(partition), event.position().clone());
                }
            },
            Guard::Refold { .. } => {}
        }
    }

    /// Counts all below this event as seen, where the key is the stream: an owner who knows only
    /// the document must not take what nothing handled for what is still to come.
    pub fn see_below(&mut self, version: u64, seen: &Progress) {
        if let Guard::Version(progress) = self
            && version > progress.next
        {
            let mut holes = progress.holes.clone();
            holes.extend(seen.holes.within(progress.next, version));
            // More holes than a guard lists: then that is why the key parks.
            if holes.len() <= limits::HOLES_MAX {
                *progress = Progress { next: version, holes };
            }
        }
    }

    /// Whether the document lacks versions below this one of the stream, by its own list or by what
    /// is `seen` missing above it. One that another owner has of the same stream may not.
    pub fn lacks_below(&self, stream: &str, version: u64, seen: &Progress) -> bool {
        let lacks = |progress: &Progress| {
            let passed = || seen.holes.within(progress.next, version).next().is_some();
            !progress.holes.is_empty() || passed()
        };
        match self {
            Guard::Version(progress) => lacks(progress),
            Guard::Streams(streams) => streams.get(stream).map_or(!seen.holes.is_empty(), lacks),
            Guard::Positions(_) | Guard::Refold { .. } => false,
        }
    }

    /// Whether this event, with the holes `seen` below it, would pass a limit: then the key parks,
    /// for an entry is never evicted.
    pub fn is_full(&self, stream: &str, version: u64, seen: &Progress) -> Option<Fault> {
        let overflows = |progress: &Progress| {
            if progress.holes.is_empty() && seen.holes.is_empty() {
                return false;
            }
            let mut after = progress.clone();
            absorb(&mut after, version, seen);
            after.holes.len() > limits::HOLES_MAX
        };
        let holes = || Fault::new("guard_holes", "the stream has more holes than a guard lists");
        match self {
            Guard::Streams(streams)
                if streams.len() >= limits::GUARD_STREAMS_MAX && !streams.contains_key(stream) =>
            {
                Some(Fault::new(
                    "guard_streams",
                    format!(
                        "{} streams feed this document, and its guard holds no more; \
                     key the module more finely, or use a store with transactions (ledger)",
                        streams.len()
                    ),
                ))
            }
            Guard::Version(progress) => overflows(progress).then(holes),
            Guard::Streams(streams) => {
                let nothing = Progress::default();
                overflows(streams.get(stream).unwrap_or(&nothing)).then(holes)
            }
            Guard::Positions(_) | Guard::Refold { .. } => None,
        }
    }
}

/// Advances `progress` over `version`, and lists the holes that were passed on the way.
fn absorb(progress: &mut Progress, version: u64, seen: &Progress) {
    let before = progress.next;
    progress.advance(version);
    progress.holes.extend(seen.holes.within(before, version));
}

/// That a key (or a stream) is parked, and since which event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which parking.
    pub epoch: Epoch,
    /// The stream of the event that failed.
    pub stream: Name,
    /// Its version.
    pub version: u64,
    /// Why it failed.
    pub fault: Fault,
}

/// The reserved field of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// Against applying twice.
    pub guard: Guard,
    /// Set while the key is parked.
    pub mark: Option<Box<Mark>>,
    /// When it was deleted: the tombstone keeps the guard.
    pub deleted: Option<Time>,
    /// Where the key is the stream: versions that operators discarded. Whoever folds the stream
    /// anew leaves them out; so a tombstone that lists any is not purged.
    pub dropped: Holes,
}

impl Meta {
    /// Of a document that does not exist yet.
    pub fn empty(kind: GuardKind, first: u64) -> Meta {
        let guard = Guard::empty(kind, first);
        Meta { guard, mark: None, deleted: None, dropped: Holes::default() }
    }

    /// Roughly the bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        let entries = match &self.guard {
            Guard::Version(progress) => progress.holes.len(),
            Guard::Positions(at) => at.applied.len() * 2 + at.drained.len() + 1,
            Guard::Streams(streams) => streams.len(),
            Guard::Refold { .. } => 0,
        };
        size_of::<Meta>() + entries * 64
    }
}

#[cfg(test)]
mod tests;
