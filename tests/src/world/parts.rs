//! What the world is made of beside its stores: what will happen, effects on their way, workers and
//! their machines.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::effect::Effect;
use foldline_core::input::Input;
use foldline_core::name::Name;
use foldline_core::projector::Projector;
use foldline_core::time::Time;

use crate::world::disasters::Disaster;
use crate::world::letters::Appending;
use crate::world::operator::Draining;
use crate::world::projections::Remember;

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
    /// A machine hears something.
    Deliver { to: Seat, input: Input },
    /// A checkpoint is read, and a partition granted with it.
    Grant { to: Seat, partition: Name },
    /// A partition is taken away.
    Revoke { worker: usize, life: u64, partition: Name, lost: bool },
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
    /// The life of the feed that the sender believes in, where it asks the feed.
    pub(super) incarnation: Option<Name>,
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

/// A machine at work.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) projector: Projector<Remember>,
    /// What it owns, with the life of the feed that it was told.
    pub(super) owned: BTreeMap<Name, Owned>,
    /// When it is to be woken.
    pub(super) wakes: BTreeSet<u64>,
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
    pub(super) machines: BTreeMap<usize, Machine>,
}
