//! Judges one event against what is known of its stream: next, a duplicate, a gap, unknown, a
//! late fill or a fork; and judges a version that history did not return: a hole, truncated, or
//! not proven yet. Pure: the machine keeps the state and acts.

use crate::cursor::Digests;
use crate::fault::Fault;
use crate::progress::{Holes, Progress, Standing};
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
    /// When the projection began, where that was not at the beginning of the feed: what happened
    /// before is no concern of it. Else a stream that nothing is known of is a new one.
    pub begins: Option<Time>,
}

impl Source {
    /// The same; only where versions are contiguous do they begin anywhere but at 0.
    pub(crate) fn numbered(mut self) -> Source {
        if self.versions != Versions::Contiguous {
            self.first = 0;
        }
        self
    }

    /// Whether streams of a feed can be numbered like this. `pinned` says that the feed keeps each
    /// stream in one partition, in order; a configuration that fails is refused.
    pub fn fits(&self, pinned: bool) -> Result<(), Fault> {
        if pinned || (self.versions != Versions::Monotonic && !self.ordered) {
            return Ok(());
        }
        let what = if self.ordered { "`ordered_unique: true`" } else { "`versions: monotonic`" };
        Err(Fault::new(
            "versions",
            format!(
                "{what} is taken only from a feed that keeps each stream in one ordered partition, \
                 and this one does not: where a stream moves to a partition with lower positions, \
                 all its events would count as duplicates; number each stream's events and say \
                 `versions: contiguous`, or say `versions: refold` where history can be read by \
                 stream"
            ),
        ))
    }

    /// Whether a stream that memory does not know must be looked up before its events are
    /// judged. Where a feed enforces order, or versions only rise, the documents' guards judge
    /// alone.
    pub fn resolves(&self) -> bool {
        self.versions == Versions::Contiguous && !self.ordered
    }
}

/// How an event stands to its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// The one that was waited for.
    Next,
    /// In already, or on its way in.
    Duplicate,
    /// Versions before it are missing.
    Gap,
    /// On a feed that is itself the ordered whole history: versions before it do not exist.
    ProvenHole,
    /// It was passed over as a hole, and here it is.
    LateFill,
    /// Its version is in, with other content.
    Fork,
    /// Below the first version that a stream can have.
    BelowFirst,
}

/// Judges the event with this version and digest against a stream that is known up to `next`.
pub fn sequence(
    source: &Source,
    next: u64,
    holes: Option<&Holes>,
    digests: &Digests,
    (version, digest): (u64, u32),
) -> Sequence {
    if version == next {
        return Sequence::Next;
    }
    if version > next {
        return match source.versions {
            Versions::Contiguous if source.ordered => Sequence::ProvenHole,
            Versions::Contiguous => Sequence::Gap,
            Versions::Monotonic | Versions::Refold => Sequence::Next,
        };
    }
    if source.versions == Versions::Contiguous && version < source.first {
        return Sequence::BelowFirst;
    }
    if holes.is_some_and(|holes| holes.contains(version)) {
        return Sequence::LateFill;
    }
    let differ = digests.differ(version, next, digest);
    if differ { Sequence::Fork } else { Sequence::Duplicate }
}

/// What it means that one consistent read returned a higher version, and not this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It does not exist.
    Hole,
    /// It lies below the oldest version that survives.
    Truncated,
    /// It may still appear: the read came too soon after the higher version was first seen.
    Unproven,
}

/// Judges the absence of `version` from a read that was asked for at `asked` and did return a
/// higher version, first seen at `seen`. Both times are of the steady clock.
pub fn absence(
    version: u64,
    oldest: Option<u64>,
    (seen, asked): (Time, Time),
    hole_after_ms: u64,
) -> Absence {
    if asked < seen.after(hole_after_ms) {
        Absence::Unproven
    } else if oldest.is_some_and(|oldest| version < oldest) {
        Absence::Truncated
    } else {
        Absence::Hole
    }
}

/// What a guard and a cursor know together of a stream that memory did not.
pub fn known(first: u64, guard: Option<&Progress>, cursor: Option<&Progress>) -> Progress {
    let mut known = Progress::start(first);
    for progress in [guard, cursor].into_iter().flatten() {
        known.merge(progress);
    }
    known
}

/// Whether `progress` settles an event of this version: it is in, a hole, or the next one.
pub fn settles(progress: &Progress, version: u64) -> bool {
    version == progress.next || progress.judge(version) != Standing::New
}

#[cfg(test)]
mod tests;
