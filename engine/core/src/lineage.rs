//! Which partitions of a feed may be read. Shards split and merge: what a child holds of a stream
//! follows what its parents hold, so none is read before all its parents are done, for each
//! projection by itself.
//!
//! Promises:
//! * A parent is done when the projection's checkpoint says that it ended, in this life of the
//!   feed; or when the feed lists it no more, since it holds nothing then. What it held and nobody
//!   read is found by the sweeps.
//! * Who has begun goes on: its parents were done then, though their checkpoints may be gone.
//! * Where a partition begins is said by its own checkpoint, and by nothing else: one that is seen
//!   for the first time begins at its beginning, however late that is.

use crate::checkpoint::Checkpoint;
use crate::position::Incarnation;

#[cfg(test)]
mod tests;

/// A parent of a partition, as one projection sees it.
#[derive(Clone, Copy, Debug)]
pub struct Parent<'p> {
    /// Whether the feed still lists it.
    pub listed: bool,
    /// The projection's checkpoint of it.
    pub checkpoint: Option<&'p Checkpoint>,
}

impl Parent<'_> {
    fn is_done(&self, life: &Incarnation) -> bool {
        let ended = |saved: &Checkpoint| saved.ended && saved.incarnation == *life;
        !self.listed || self.checkpoint.is_some_and(ended)
    }
}

/// Whether a partition may be read, in this life of the feed; `own` is the projection's checkpoint
/// of it.
pub fn may_read(life: &Incarnation, own: Option<&Checkpoint>, parents: &[Parent<'_>]) -> bool {
    let begun = own.is_some_and(|saved| saved.incarnation == *life);
    begun || parents.iter().all(|parent| parent.is_done(life))
}
