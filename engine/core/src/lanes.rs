//! Several lanes at work on the same partitions: one read for all, one checkpoint of all.
//!
//! A lane is a Projector that takes a share of the streams. To the world this machine looks like
//! one Projector: it alone asks for batches, pages and places, and writes checkpoints. To its
//! lanes it looks like the world. A batch is asked for when every lane has asked for it, and
//! goes to every lane, which takes its own streams out of it. So all lanes meet at the end of
//! each batch, however far ahead one is: a lane reports its counts at each end that it passes,
//! and the checkpoint is the highest end that all have passed, with the sum of their counts
//! there.
//!
//! Promises, held by the tests:
//! * The counts of a checkpoint are exact for its position: no event counted twice, none missing.
//! * One write of a partition's checkpoint is under way at most, conditional on its revision.
//! * A lane that has no events in a partition holds nothing back.
//! * Ends that not all have passed are at most [`limits::LANE_BOUNDARIES_MAX`]; then the
//!   partition is not read on.
//! * Lanes read the same batches. One that goes back (a rewind) makes all go back to the
//!   partition's checkpoint: they are granted it anew.
//!
//! Lanes may run on cores of their own. What is told to a lane must reach it in order, and its
//! effects must come back in order, each with the number of the last [`Effect::Tell`] that the
//! lane had heard: what a lane said before it heard of its present grant is of no concern any
//! more.

use std::collections::BTreeMap;

use crate::effect;
use crate::guard::GuardKind;
use crate::input;
use crate::limits;
use crate::name::Name;
use crate::time::{Steady, Time};

mod hear;
mod meet;
mod partition;
mod save;
#[cfg(test)]
mod tests;

use partition::Partition;

/// Which streams are a machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    number: u32,
    of: u32,
}

impl Lane {
    /// All streams.
    pub const ONLY: Lane = Lane { number: 0, of: 1 };

    /// This lane of so many.
    pub fn new(number: u32, of: u32) -> Lane {
        Lane { number, of: of.max(1) }
    }

    /// How many lanes a projection may have, where so many are wanted: one where the key is data,
    /// since events of any stream may change one document.
    pub fn allowed(kind: GuardKind, wanted: u32) -> u32 {
        let by_stream = kind.is_by_stream();
        if by_stream { wanted.max(1) } else { 1 }
    }

    /// Whether there is no other.
    pub fn is_only(self) -> bool {
        self.of == 1
    }

    /// Whether a stream whose name has this hash is of this lane. The low bits choose a place in
    /// the lane's tables; these are others.
    pub fn takes(self, hash: u64) -> bool {
        self.is_only() || (hash >> 24) % u64::from(self.of) == u64::from(self.number)
    }
}

/// Waits of this machine: those of the projection's tuning.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How often a checkpoint is written, at most.
    pub checkpoint_ms: u64,
    /// How long a revoked partition may take.
    pub release_ms: u64,
    /// The first and the longest wait of a back-off.
    pub retry_ms: (u64, u64),
}

/// What this machine hears.
#[derive(Clone, Debug)]
pub enum Input {
    /// From the world; see [`is_for_all`].
    Heard(input::Input),
    /// From a lane; see [`is_of_all`].
    Said {
        /// Which lane.
        lane: usize,
        /// The number of the last word that it had heard.
        heard: u64,
        /// What it wants.
        effect: effect::Effect,
    },
}

/// What this machine wants done.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "an effect leaves at once, and is not kept")]
pub enum Effect {
    /// As an effect of the projection.
    Do(effect::Effect),
    /// Tell a lane. In order, and none left out.
    Tell {
        /// Which lane.
        lane: usize,
        /// Numbered from 1, by lane.
        number: u64,
        /// What.
        input: Box<input::Input>,
    },
}

/// Whether an input is for all lanes, and goes to this machine; the others answer one lane.
pub fn is_for_all(input: &input::Input) -> bool {
    use input::Input::{Committed, FetchFailed, Fetched, Granted, Heads, Located, Revoked};
    matches!(
        input,
        Granted { .. }
            | Revoked { .. }
            | Fetched { .. }
            | FetchFailed { .. }
            | Located { .. }
            | Heads { .. }
            | Committed { .. }
    )
}

/// Whether a lane's effect concerns all, and goes to this machine; the others are done for it.
pub fn is_of_all(effect: &effect::Effect) -> bool {
    use effect::Effect::{Fetch, Halt, Locate, Release, Report, Sweep};
    matches!(
        effect,
        Fetch { .. } | Locate { .. } | Sweep { .. } | Report { .. } | Release { .. } | Halt { .. }
    )
}

/// The lanes of one projection on one worker.
#[derive(Debug)]
pub struct Lanes {
    pace: Pace,
    nonce: u64,
    /// Writes of checkpoints so far.
    serial: u64,
    clock: Steady,
    partitions: BTreeMap<Name, Partition>,
    out: Out,
    wake: Option<Time>,
}

/// What leaves, with the number of words told to each lane.
#[derive(Debug)]
struct Out {
    told: Vec<u64>,
    tickets: u64,
    effects: Vec<Effect>,
}

impl Out {
    /// A ticket for what the world is asked.
    fn ticket(&mut self) -> effect::Ticket {
        self.tickets += 1;
        effect::Ticket(self.tickets)
    }

    fn act(&mut self, effect: effect::Effect) {
        self.effects.push(Effect::Do(effect));
    }

    /// Tells one lane; the number of the word.
    fn tell(&mut self, lane: usize, input: input::Input) -> u64 {
        let Some(told) = self.told.get_mut(lane) else { return 0 };
        *told += 1;
        let number = *told;
        self.effects.push(Effect::Tell { lane, number, input: Box::new(input) });
        number
    }

    fn tell_all(&mut self, input: &input::Input) {
        for lane in 0..self.told.len() {
            self.tell(lane, input.clone());
        }
    }
}

impl Lanes {
    /// So many lanes, with no partition yet. `nonce` is random for each life of a worker.
    pub fn new(lanes: usize, pace: Pace, nonce: u64) -> Lanes {
        Lanes {
            pace,
            nonce,
            serial: 0,
            clock: Steady::default(),
            partitions: BTreeMap::new(),
            out: Out { told: vec![0; lanes.max(1)], tickets: 0, effects: Vec::new() },
            wake: None,
        }
    }

    /// Takes one input at this time, and says what is to be done.
    pub fn step(&mut self, now: Time, input: Input) -> Vec<Effect> {
        self.clock.tell(now);
        self.wake.take_if(|at| *at <= now);
        match input {
            Input::Heard(input) => self.heard(input),
            Input::Said { lane, heard, effect } => self.said(lane, heard, effect),
        }
        self.settle();
        std::mem::take(&mut self.out.effects)
    }

    /// Does all that has become possible.
    fn settle(&mut self) {
        let now = self.clock.now();
        let mut wake: Option<Time> = None;
        let mut over = Vec::new();
        for (name, partition) in &mut self.partitions {
            partition.go_back(self.serial, &mut self.out);
            partition.ask(&mut self.out);
            if partition.is_commit_due(now) {
                self.serial += 1;
                partition.commit(now, self.pace, (self.nonce, self.serial), &mut self.out);
            }
            if partition.release(now, &mut self.out) {
                over.push(name.clone());
            }
            let at = partition.wake();
            wake = at.map_or(wake, |at| Some(wake.map_or(at, |wake| wake.min(at))));
        }
        for name in over {
            self.partitions.remove(&name);
        }
        let Some(at) = wake else { return };
        let at = self.clock.wake(at.max(now.after(1)));
        if self.wake != Some(at) {
            self.wake = Some(at);
            self.out.act(effect::Effect::WakeAt(at));
        }
    }

    /// Ends of batches that not all lanes have passed, for the memory they take.
    pub fn ends(&self) -> usize {
        self.partitions.values().map(Partition::ends).sum()
    }
}

const _: () = assert!(limits::LANE_BOUNDARIES_MAX > 0, "lanes that may not read stand still");
