//! What the world is made of beside its stores: what will happen, effects on their way, workers and
//! their machines.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use foldline_core::effect::Effect;
use foldline_core::input::Input;
use foldline_core::lanes::Lanes;
use foldline_core::letter::Scope;
use foldline_core::name::Name;
use foldline_core::projector::Projector;
use foldline_core::sharing::ReadId;
use foldline_core::time::Time;

use crate::world::disasters::Disaster;
use crate::world::letters::Appending;
use crate::world::operator::Draining;
use crate::world::projections::Remember;
use crate::world::reads::Reads;
use crate::world::sweeps::Next;

/// Something that will happen.
#[derive(Debug)]
pub(super) enum Happening {
    /// The feed shows a record of the plan.
    Show(usize),
    /// History shows an event.
    Store { stream: usize, version: u64 },
    /// History forgets the beginning of a stream.
    Truncate { stream: usize, below: u64 },
    /// An effect is performed.
    Act(Act),
    /// An effect of a worker that is dead by now is performed.
    Ghost(Act),
    /// The next control operation of letters on their way.
    Append(Box<Appending>),
    /// The next step of an operator's drain.
    Drain(Box<Draining>),
    /// An operator makes room for letters: discards the first, or retries what is left.
    Relieve { projection: usize, scope: Scope, retry: bool },
    /// A machine hears something.
    Deliver { to: Seat, input: Input },
    /// A lane hears the next word that it was told.
    Hear { to: Seat },
    /// The next word of a lane to all lanes is heard.
    Say { from: Seat },
    /// A worker's read of the feed goes on.
    Read { worker: usize, life: u64, read: ReadId },
    /// A worker's reads have waited long enough for those who share them.
    Wait { worker: usize, life: u64 },
    /// A checkpoint is read, and a partition granted with it.
    Grant { to: Seat, partition: Name },
    /// A partition is taken away.
    Revoke { worker: usize, life: u64, partition: Name, lost: bool },
    /// The background sweep goes on.
    Sweep { worker: usize, life: u64, next: Next },
    /// The fleet looks after itself.
    Tend,
    /// Something goes wrong.
    Strike(Disaster),
}

/// One machine of one life of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) worker: usize,
    pub(super) life: u64,
    pub(super) projection: usize,
    pub(super) role: Role,
}

/// Which of a projection's machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The one Projector that there is.
    Only,
    /// What makes several lanes look like one Projector.
    Lanes,
    /// The Projector of this lane.
    Lane(usize),
}

impl std::fmt::Display for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "w{} p{}", self.worker, self.projection)?;
        match self.role {
            Role::Only => Ok(()),
            Role::Lanes => f.write_str(" lanes"),
            Role::Lane(lane) => write!(f, " lane {lane}"),
        }
    }
}

/// An effect on its way.
#[derive(Clone, Debug)]
pub(super) struct Act {
    pub(super) from: Seat,
    pub(super) effect: Effect,
    /// When it was sent.
    pub(super) sent: u64,
    /// The clock of the sender when it was sent.
    pub(super) told: Time,
    /// Of a lane's word to all: the number of the last word that it had heard.
    pub(super) heard: u64,
    /// Whether its sender stood still when it was to be performed.
    pub(super) overslept: bool,
}

/// A projection in this world.
#[derive(Debug)]
pub struct Joined {
    /// The projection.
    pub projection: Remember,
    /// When it joins.
    pub joins: u64,
    /// Stands still until then.
    pub paused_until: u64,
    /// Takes ten times as long as others.
    pub slow: bool,
}

/// A projection at work on a worker.
#[derive(Debug)]
pub(super) struct Post {
    /// One of each lane.
    pub(super) machines: Vec<Machine>,
    /// Where there are several.
    pub(super) lanes: Option<Lanes>,
    /// When the lanes' machine is to be woken.
    pub(super) wakes: Wakes,
    /// What it owns, with the life of the feed that it was told.
    pub(super) owned: BTreeMap<Name, Owned>,
}

impl Post {
    /// Who speaks with the world of partitions.
    pub(super) fn role(&self) -> Role {
        if self.lanes.is_some() { Role::Lanes } else { Role::Only }
    }
}

/// A machine at work.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) projector: Projector<Remember>,
    /// When it is to be woken.
    pub(super) wakes: Wakes,
    /// Of a lane: what it was told and has not heard, with the words' numbers.
    pub(super) inbox: VecDeque<(u64, Input)>,
    /// Of a lane: what it said to all and was not heard.
    pub(super) outbox: VecDeque<Act>,
    /// Of a lane: the number of the last word that it heard.
    pub(super) heard: u64,
}

/// When a machine is to be woken.
#[derive(Debug, Default)]
pub(super) struct Wakes {
    pub(super) planned: BTreeSet<u64>,
    /// What it said last: the plan, and the time that its clock is to show.
    pub(super) last: (u64, Time),
}

impl Machine {
    pub(super) fn new(projector: Projector<Remember>) -> Machine {
        let (wakes, inbox, outbox) = Default::default();
        Machine { projector, wakes, inbox, outbox, heard: 0 }
    }
}

/// How a machine owns a partition.
#[derive(Clone, Debug)]
pub(super) struct Owned {
    pub(super) incarnation: Name,
    /// Whether it was told of it by now.
    pub(super) granted: bool,
    /// Whether it was asked to give it up.
    pub(super) leaving: bool,
}

/// A worker, dead or alive.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) life: u64,
    pub(super) alive: bool,
    /// When it lives again.
    pub(super) back_at: u64,
    pub(super) paused_until: u64,
    /// What its clock shows more than the world's.
    pub(super) ahead: i64,
    /// By projection.
    pub(super) posts: BTreeMap<usize, Post>,
    /// How its projections read the feed.
    pub(super) reads: Reads,
}
