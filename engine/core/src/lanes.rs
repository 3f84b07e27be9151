//! The checkpoint of a partition that several lanes share: as far as all of them are done.
//!
//! Each batch of the partition goes to every lane, which takes its own streams out of it; the
//! batch's end is a boundary. A lane says when it is done up to a boundary, with its counts
//! there. The partition's checkpoint is the highest boundary that every lane has reported, so its
//! counts are exact for that position: no event counted twice, none missing, however far ahead a
//! lane is.
//!
//! A lane reports every boundary, also one before which it had nothing to do: a boundary that a
//! lane leaves out can never be a checkpoint. Boundaries not yet passed by all are bounded by
//! [`limits::LANE_BOUNDARIES_MAX`]: at the limit the partition is not read on.

use std::collections::VecDeque;

use crate::checkpoint::Counts;
use crate::fault::Fault;
use crate::limits;
use crate::position::Position;

#[cfg(test)]
mod tests;

/// The lanes of one partition.
#[derive(Debug)]
pub struct Lanes {
    /// As far as all are done.
    position: Option<Position>,
    /// What the checkpoint had counted when the partition was granted.
    before: Counts,
    members: Vec<Lane>,
    boundaries: VecDeque<Boundary>,
}

#[derive(Clone, Debug, Default)]
struct Lane {
    /// Its counts since the grant, at the partition's position.
    base: Counts,
    /// What it reported last.
    last: Option<Position>,
}

#[derive(Debug)]
struct Boundary {
    position: Position,
    /// By lane: its counts since the grant, once it is done up to here.
    counts: Vec<Option<Counts>>,
}

impl Lanes {
    /// The lanes of a partition that was granted with this checkpoint.
    pub fn new(lanes: usize, position: Option<Position>, before: Counts) -> Lanes {
        let members = vec![Lane::default(); lanes.max(1)];
        Lanes { position, before, members, boundaries: VecDeque::new() }
    }

    /// Whether another batch may be given to the lanes.
    pub fn has_room(&self) -> bool {
        self.boundaries.len() < limits::LANE_BOUNDARIES_MAX
    }

    /// A batch that ends here was given to every lane.
    pub fn given(&mut self, position: Position) -> Result<(), Fault> {
        let before = self.boundaries.back().map(|boundary| &boundary.position);
        if before.or(self.position.as_ref()).is_some_and(|before| position <= *before) {
            return Err(fault(&position, "ends no later than the batch before it"));
        }
        if !self.has_room() {
            return Err(fault(&position, "is one more than the lanes may have before them"));
        }
        let counts = vec![None; self.members.len()];
        self.boundaries.push_back(Boundary { position, counts });
        Ok(())
    }

    /// A lane is done up to this boundary, with these counts since the grant. Returns whether the
    /// partition's checkpoint moved.
    pub fn done(&mut self, lane: usize, at: &Position, counts: Counts) -> Result<bool, Fault> {
        let Some(known) = self.members.get_mut(lane) else {
            return Err(fault(at, "is reported by a lane that is not there"));
        };
        if known.last.as_ref().is_some_and(|last| at <= last) {
            return Err(fault(at, "is reported twice, or too late"));
        }
        let place = self.boundaries.binary_search_by(|boundary| boundary.position.cmp(at));
        let found = place.ok().and_then(|place| Some((place, self.boundaries.get_mut(place)?)));
        let Some((place, boundary)) = found else {
            return Err(fault(at, "is not where a batch ends"));
        };
        known.last = Some(at.clone());
        if let Some(slot) = boundary.counts.get_mut(lane) {
            *slot = Some(counts);
        }
        let all: Option<Vec<Counts>> = boundary.counts.iter().copied().collect();
        let Some(all) = all else { return Ok(false) };
        self.position = Some(at.clone());
        for (lane, counts) in self.members.iter_mut().zip(all) {
            lane.base = counts;
        }
        self.boundaries.drain(..=place);
        Ok(true)
    }

    /// A lane lost what it held, and begins again at the partition's checkpoint: what it reported
    /// above that no longer counts. Returns its counts there.
    pub fn rewound(&mut self, lane: usize) -> Counts {
        for boundary in &mut self.boundaries {
            if let Some(slot) = boundary.counts.get_mut(lane) {
                *slot = None;
            }
        }
        let position = self.position.clone();
        let known = self.members.get_mut(lane);
        known.map_or_else(Counts::default, |known| {
            known.last = position;
            known.base
        })
    }

    /// As far as all lanes are done.
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// What became of the events up to there.
    pub fn counts(&self) -> Counts {
        self.members.iter().fold(self.before, |sum, lane| sum.plus(&lane.base))
    }
}

fn fault(at: &Position, what: &str) -> Fault {
    Fault::new("lanes", format!("position {at} {what}"))
}
