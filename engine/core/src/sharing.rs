//! Which projections share one read of a partition.
//!
//! Each projection asks for what follows its own position. Asks for the same position are one
//! read, handed to all of them; what was read lately is kept for those that are a little behind.
//! Nobody is a leader: a read begins when everyone that is about to ask for its position has
//! asked, or when the first to ask has waited for the patience. So a slow projection costs the
//! others one patience once, then finds what they read in the window, or reads on its own until
//! it meets them again.
//!
//! Invariants, held by the tests:
//! * What is handed to a projection follows exactly the position that it asked for.
//! * Every ask is answered, at the latest one patience and one read later.
//! * A read is never handed after `Forget`, and every read is forgotten once.
//! * A partition has at most as many open reads as members, and keeps at most
//!   [`Window::reads`] reads and [`Window::bytes`] bytes beside them.

use std::collections::BTreeMap;

use crate::effect::Ticket;
use crate::name::{Name, ProjectionId};
use crate::position::{Incarnation, Position};
use crate::time::{Steady, Time};

mod partition;
#[cfg(test)]
mod tests;

use partition::Partition;

/// Names one read of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReadId(pub u64);

/// How much of the recent past is kept, and how long a read waits for its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Reads kept of a partition.
    pub reads: usize,
    /// Bytes kept of a partition.
    pub bytes: usize,
    /// How long the first to ask waits for the others.
    pub patience_ms: u64,
}

impl Default for Window {
    fn default() -> Window {
        Window { reads: 4, bytes: 8 << 20, patience_ms: 50 }
    }
}

/// What a read brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Events, or the news that there are none.
    Batch {
        /// Where reading goes on; none: the partition is empty so far.
        next: Option<Position>,
        /// How much memory it holds.
        bytes: usize,
    },
    /// Nothing: whoever asked is told why, and asks again when it likes.
    Failed,
}

/// What this machine hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A projection wants what follows this position. It has one request for each partition: the
    /// latest, by its ticket. One that was overtaken on its way is dropped.
    Asked {
        /// Of its effect, to answer with.
        ticket: Ticket,
        /// Who.
        projection: ProjectionId,
        /// Of which partition.
        partition: Name,
        /// In which life of the feed: who believes in another one reads another log.
        incarnation: Incarnation,
        /// What it has.
        after: Option<Position>,
    },
    /// A read is done.
    Arrived {
        /// Which.
        read: ReadId,
        /// What it brought.
        outcome: Outcome,
    },
    /// A projection reads a partition (or any) no longer.
    Gone {
        /// Who.
        projection: ProjectionId,
        /// Which partition; none: all.
        partition: Option<Name>,
    },
    /// Time went by.
    Ticked,
}

/// What this machine wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read what follows this position, and keep it until it is forgotten.
    Read {
        /// To answer with.
        read: ReadId,
        /// The partition.
        partition: Name,
        /// The life of the feed.
        incarnation: Incarnation,
        /// The position.
        after: Option<Position>,
    },
    /// Give a projection what this read brought.
    Hand {
        /// To whom.
        projection: ProjectionId,
        /// The request that it answers.
        ticket: Ticket,
        /// What.
        read: ReadId,
    },
    /// Nobody needs this read any longer.
    Forget {
        /// Which.
        read: ReadId,
    },
    /// The projection shares its reads of this partition, or leads it.
    Attached {
        /// Who.
        projection: ProjectionId,
        /// Where.
        partition: Name,
    },
    /// The projection is behind the others, and reads this partition on its own.
    Detached {
        /// Who.
        projection: ProjectionId,
        /// Where.
        partition: Name,
    },
    /// Call again at this time; the last one that was said stands until its time.
    WakeAt(Time),
}

/// Which projections share which reads of one source.
#[derive(Debug)]
pub struct Sharing {
    window: Window,
    clock: Steady,
    reads: u64,
    partitions: BTreeMap<Place, Partition>,
    /// Where each open read belongs.
    open: BTreeMap<ReadId, Place>,
}

/// A partition in one life of the feed.
type Place = (Name, Incarnation);

impl Sharing {
    /// Nobody reads yet.
    pub fn new(window: Window) -> Sharing {
        let (partitions, open) = (BTreeMap::new(), BTreeMap::new());
        Sharing { window, clock: Steady::default(), reads: 0, partitions, open }
    }

    /// Takes one input at this time, and says what is to be done.
    pub fn step(&mut self, now: Time, input: Input) -> Vec<Effect> {
        let steady = self.clock.tell(now);
        let mut effects = Vec::new();
        match input {
            Input::Asked { ticket, projection, partition, incarnation, after } => {
                let name = (partition, incarnation);
                let mut places = self.partitions.iter().filter(|(other, _)| other.0 == name.0);
                if !places.any(|(_, place)| place.has_later(&projection, ticket)) {
                    self.leave(&projection, &mut effects, |other| {
                        other.0 == name.0 && other.1 != name.1
                    });
                    let place = self.partitions.entry(name.clone()).or_default();
                    place.ask(steady, &name.0, (projection, ticket), after, &mut effects);
                }
            }
            Input::Arrived { read, outcome } => self.arrived(read, &outcome, &mut effects),
            Input::Gone { projection, partition } => {
                let of = |place: &Place| partition.as_ref().is_none_or(|name| *name == place.0);
                self.leave(&projection, &mut effects, of);
            }
            Input::Ticked => {}
        }
        self.read_on(steady, &mut effects);
        effects
    }

    fn arrived(&mut self, read: ReadId, outcome: &Outcome, effects: &mut Vec<Effect>) {
        let Some(name) = self.open.remove(&read) else {
            effects.push(Effect::Forget { read });
            return;
        };
        if let Some(place) = self.partitions.get_mut(&name) {
            place.arrived(read, outcome, self.window, effects);
            if place.is_empty() {
                self.partitions.remove(&name);
            }
        }
    }

    /// A projection reads these partitions no longer.
    fn leave(
        &mut self,
        projection: &ProjectionId,
        effects: &mut Vec<Effect>,
        of: impl Fn(&Place) -> bool,
    ) {
        let window = self.window;
        self.partitions.retain(|name, place| {
            if of(name) {
                place.gone(projection, window, effects);
            }
            !place.is_empty()
        });
    }

    /// Begins every read whose members are all there, or whose patience is at its end.
    fn read_on(&mut self, steady: Time, effects: &mut Vec<Effect>) {
        let mut wake = None;
        for (name, place) in &mut self.partitions {
            while let Some(after) = place.due(steady, self.window.patience_ms) {
                self.reads += 1;
                let read = ReadId(self.reads);
                place.begin(read, &after);
                self.open.insert(read, name.clone());
                let (partition, incarnation) = name.clone();
                effects.push(Effect::Read { read, partition, incarnation, after });
            }
            if let Some(wait) = place.wait(steady, self.window.patience_ms) {
                wake = Some(wake.map_or(wait, |other: u64| other.min(wait)));
            }
        }
        effects.extend(wake.map(|wait| Effect::WakeAt(self.clock.wake(steady.after(wait)))));
    }
}
