//! A partition's checkpoint: the highest position below which everything is done, and the counts
//! of what became of the events up to there. It lives beside the documents and is the truth.

use crate::position::{Incarnation, Position};

/// What became of one event for one projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// It changed a document.
    Applied = 1,
    /// It was in already.
    Duplicate = 2,
    /// Nothing handles it, or a `when` said no.
    Filtered = 3,
    /// It is a letter.
    Parked = 4,
    /// An operator dropped it, on record.
    Discarded = 5,
}

/// How many events met each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events received from the feed.
    pub received: u64,
    /// That changed a document.
    pub applied: u64,
    /// That were in already.
    pub duplicate: u64,
    /// That nothing handles.
    pub filtered: u64,
    /// That became letters.
    pub parked: u64,
    /// That an operator dropped.
    pub discarded: u64,
}

impl Counts {
    /// Counts one event's verdict.
    pub fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Applied => self.applied += 1,
            Verdict::Duplicate => self.duplicate += 1,
            Verdict::Filtered => self.filtered += 1,
            Verdict::Parked => self.parked += 1,
            Verdict::Discarded => self.discarded += 1,
        }
    }

    /// All that have a verdict.
    pub fn judged(&self) -> u64 {
        self.applied + self.duplicate + self.filtered + self.parked + self.discarded
    }

    /// What these count more than the others.
    #[must_use]
    pub fn minus(&self, other: &Counts) -> Counts {
        Counts {
            received: self.received.saturating_sub(other.received),
            applied: self.applied.saturating_sub(other.applied),
            duplicate: self.duplicate.saturating_sub(other.duplicate),
            filtered: self.filtered.saturating_sub(other.filtered),
            parked: self.parked.saturating_sub(other.parked),
            discarded: self.discarded.saturating_sub(other.discarded),
        }
    }

    /// The sum of two.
    #[must_use]
    pub fn plus(&self, other: &Counts) -> Counts {
        Counts {
            received: self.received + other.received,
            applied: self.applied + other.applied,
            duplicate: self.duplicate + other.duplicate,
            filtered: self.filtered + other.filtered,
            parked: self.parked + other.parked,
            discarded: self.discarded + other.discarded,
        }
    }
}

/// What is stored for one projection and partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which life of the feed the position belongs to.
    pub incarnation: Incarnation,
    /// Everything up to here is done; none: nothing is.
    pub position: Option<Position>,
    /// While a full sweep repairs a trimmed range: where the partition goes on after it.
    pub jump: Option<Position>,
    /// Whether the partition has ended (a shard that was split or merged) and all of it is done.
    pub ended: bool,
    /// What became of the events up to the position.
    pub counts: Counts,
    /// Who wrote it: a time-out that may have written is told from another's write by this.
    pub writer: u64,
    /// The writer's count of writes.
    pub serial: u64,
}

impl Checkpoint {
    /// Whether this may be written over that one: in one life of the feed it never says less,
    /// unless a sweep has just ended, which goes on where the feed begins.
    pub fn may_follow(&self, saved: &Checkpoint) -> bool {
        let same_feed = saved.incarnation == self.incarnation;
        !same_feed || saved.jump.is_some() || self.position >= saved.position
    }
}
