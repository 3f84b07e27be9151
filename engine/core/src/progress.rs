//! How far one stream is done: everything below `next` is, save the holes. The same shape stands
//! in a document's guard, in a stream's cursor and in the sequencer's memory.

use crate::limits;

/// Versions that were passed over because history proved that they do not exist, or no longer
/// do: disjoint ranges, in order, both ends included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Holes(
    /// Never an empty list.
    #[expect(clippy::box_collection, reason = "nearly no stream has holes, and each has a place")]
    Option<Box<Vec<(u64, u64)>>>,
);

impl Holes {
    /// Whether this version is a hole.
    pub fn contains(&self, version: u64) -> bool {
        self.range_of(version).is_some()
    }

    /// The range that this version stands in, if it is a hole.
    pub fn range_of(&self, version: u64) -> Option<(u64, u64)> {
        self.ranges().iter().copied().find(|(from, to)| (*from..=*to).contains(&version))
    }

    /// What of them lies in `from..below`.
    pub fn within(&self, from: u64, below: u64) -> impl Iterator<Item = (u64, u64)> {
        let cut = move |&(a, b): &(u64, u64)| Some((a.max(from), b.min(below.checked_sub(1)?)));
        self.ranges().iter().filter_map(cut).filter(|(a, b)| a <= b)
    }

    /// What of them lies below this version.
    #[must_use]
    pub fn below(&self, version: u64) -> Holes {
        let mut holes = Holes::default();
        holes.extend(self.within(0, version));
        holes
    }

    /// Records more of them.
    pub fn extend(&mut self, ranges: impl Iterator<Item = (u64, u64)>) {
        ranges.for_each(|(from, to)| self.add(from, to));
    }

    /// Records the versions `from..=to` as holes; ranges that touch become one.
    pub fn add(&mut self, from: u64, to: u64) {
        if from > to {
            return;
        }
        let (mut from, mut to) = (from, to);
        let ranges = self.0.get_or_insert_default();
        ranges.retain(|(a, b)| {
            let apart = *b < from.saturating_sub(1) || *a > to.saturating_add(1);
            if !apart {
                from = from.min(*a);
                to = to.max(*b);
            }
            apart
        });
        let place = ranges.partition_point(|(a, _)| *a < from);
        ranges.insert(place, (from, to));
    }

    /// Takes one version out: it was filled after all.
    pub fn fill(&mut self, version: u64) {
        let Some(ranges) = &mut self.0 else { return };
        let Some(place) = ranges.iter().position(|(a, b)| (*a..=*b).contains(&version)) else {
            return;
        };
        let (from, to) = ranges.remove(place);
        if version < to {
            ranges.insert(place, (version + 1, to));
        }
        if from < version {
            ranges.insert(place, (from, version - 1));
        }
        if ranges.is_empty() {
            self.0 = None;
        }
    }

    /// How many ranges there are.
    pub fn len(&self) -> usize {
        self.ranges().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The ranges, in order.
    pub fn ranges(&self) -> &[(u64, u64)] {
        self.0.as_ref().map_or(&[], |ranges| ranges)
    }

    /// Whether a further range would pass [`limits::HOLES_MAX`].
    pub fn is_full(&self) -> bool {
        self.len() >= limits::HOLES_MAX
    }
}

/// How a version stands to what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Above all that is done.
    New,
    /// Done already.
    Covered,
    /// Passed over as a hole, and here it is.
    LateFill,
}

/// How far a stream is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Progress {
    /// The lowest version that is not done. All below are, save the holes.
    pub next: u64,
    /// What was passed over.
    pub holes: Holes,
}

impl Progress {
    /// Nothing done of a stream that begins with this version.
    pub fn start(first: u64) -> Progress {
        Progress { next: first, holes: Holes::default() }
    }

    /// How this version stands to what is done.
    pub fn judge(&self, version: u64) -> Standing {
        if version >= self.next {
            Standing::New
        } else if self.holes.contains(version) {
            Standing::LateFill
        } else {
            Standing::Covered
        }
    }

    /// Counts this version as done, with all below it; what was a hole is one no longer.
    pub fn advance(&mut self, version: u64) {
        if version < self.next {
            self.holes.fill(version);
        } else {
            self.next = version.saturating_add(1);
        }
    }

    /// What it says of the versions below this one.
    #[must_use]
    pub fn below(&self, next: u64) -> Progress {
        Progress { next: self.next.min(next), holes: self.holes.below(next) }
    }

    /// What both know together: done is the union of both, a hole is what both lack.
    pub fn merge(&mut self, other: &Progress) {
        let mut holes = Holes::default();
        for (mine, theirs) in [(&*self, other), (other, &*self)] {
            for &(from, to) in mine.holes.ranges() {
                holes.add(from.max(theirs.next), to);
                for &(a, b) in theirs.holes.ranges() {
                    holes.add(from.max(a), to.min(b));
                }
            }
        }
        self.next = self.next.max(other.next);
        self.holes = holes;
    }
}

#[cfg(test)]
mod tests;
