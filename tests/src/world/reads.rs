//! How the projections of a worker read the feed: one read for all that stand at the same place.
//! A read is the worker's own: it goes on whoever of them is slow, stands still or leaves.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use foldline_core::effect::{Effect, Ticket};
use foldline_core::fault::Trouble;
use foldline_core::input::{FetchError, Input};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::projection::Projection;
use foldline_core::sharing::{self, Outcome, ReadId, Sharing, Window};
use foldline_core::time::Time;
use foldline_ports::feed::Ask;

use crate::world::deeds::Deed;
use crate::world::faults::Kind;
use crate::world::parts::{Act, Happening, Role, Seat};
use crate::world::run::{Failure, World};

/// The reads of one life of a worker.
#[derive(Debug)]
pub(super) struct Reads {
    sharing: Sharing,
    open: BTreeMap<ReadId, Read>,
    wakes: BTreeSet<u64>,
}

/// A read that was not forgotten yet.
#[derive(Debug)]
struct Read {
    /// What is asked of the feed.
    act: Act,
    /// What it brought.
    brought: Option<Input>,
    handed: u64,
}

impl Reads {
    pub(super) fn new(window: Window) -> Reads {
        let (open, wakes) = Default::default();
        Reads { sharing: Sharing::new(window), open, wakes }
    }
}

impl World {
    /// A machine asks for a batch.
    pub(super) fn ask(&mut self, act: &Act) -> Result<(), Failure> {
        let Effect::Fetch { ticket, partition, incarnation, after } = &act.effect else {
            return Ok(());
        };
        let Seat { worker, life, projection, .. } = act.from;
        // Nobody waits for what a dead worker reads.
        if self.post(act.from).is_none() {
            return Ok(());
        }
        let listed = self.feed.partitions_now().into_iter().find(|p| p.name == *partition);
        if let Some(listed) = &listed
            && !self.parents_ended(projection, listed)?
        {
            return Err(format!("p{projection} fetches {partition} before its parents ended"));
        }
        self.watch.asked(projection, partition, after.as_ref());
        let (partition, incarnation) = (partition.clone(), incarnation.clone());
        let (projection, after) = (self.id(projection), after.clone());
        let ticket = *ticket;
        let input = sharing::Input::Asked { ticket, projection, partition, incarnation, after };
        self.share(worker, life, input);
        Ok(())
    }

    /// A projection reads a partition no longer.
    pub(super) fn leave_reads(&mut self, seat: Seat, partition: &Name) {
        let (projection, partition) = (self.id(seat.projection), Some(partition.clone()));
        self.share(seat.worker, seat.life, sharing::Input::Gone { projection, partition });
    }

    /// Those who share a read have been waited for.
    pub(super) fn wait_over(&mut self, worker: usize, life: u64) {
        let now = self.now;
        if let Some(reads) = self.reads(worker, life) {
            reads.wakes.remove(&now);
            self.share(worker, life, sharing::Input::Ticked);
        }
    }

    /// A read that found nothing looks again.
    pub(super) fn read_again(
        &mut self,
        worker: usize,
        life: u64,
        read: ReadId,
    ) -> Result<(), Failure> {
        let until = self.workers.get(worker).map_or(0, |worker| worker.paused_until);
        let open = self.reads(worker, life).and_then(|reads| reads.open.get(&read));
        let Some(act) = open.map(|open| open.act.clone()) else { return Ok(()) };
        if until > self.now {
            self.plan_at(until, Happening::Read { worker, life, read });
        } else if !self.crash_strikes(&act)?
            && let Some(arrived) = self.read(read, &act)
        {
            self.share(worker, life, arrived);
        }
        Ok(())
    }

    fn reads(&mut self, worker: usize, life: u64) -> Option<&mut Reads> {
        let worker = self.workers.get_mut(worker).filter(|w| w.alive && w.life == life)?;
        Some(&mut worker.reads)
    }

    /// One step of a worker's sharing, and all that follows from it.
    fn share(&mut self, worker: usize, life: u64, input: sharing::Input) {
        let told = self.told(worker);
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(reads) = self.reads(worker, life) else { return };
            for effect in reads.sharing.step(told, input) {
                inputs.extend(self.do_share(worker, life, told, effect));
            }
        }
    }

    fn do_share(
        &mut self,
        worker: usize,
        life: u64,
        told: Time,
        effect: sharing::Effect,
    ) -> Option<sharing::Input> {
        match effect {
            sharing::Effect::Read { read, partition, incarnation, after } => {
                // No projection of its own asks for it.
                let projection = usize::MAX;
                let from = Seat { worker, life, projection, role: Role::Only };
                let ticket = Ticket(read.0);
                let effect = Effect::Fetch { ticket, partition, incarnation, after };
                let (sent, heard, overslept) = (self.now, 0, false);
                let act = Act { from, effect, sent, told, heard, overslept };
                let open = Read { act: act.clone(), brought: None, handed: 0 };
                self.reads(worker, life)?.open.insert(read, open);
                return self.read(read, &act);
            }
            sharing::Effect::Hand { projection, ticket, read } => {
                self.hand((worker, life), &projection, ticket, read);
            }
            sharing::Effect::Forget { read } => {
                self.reads(worker, life)?.open.remove(&read);
            }
            sharing::Effect::Attached { .. } => self.deeds.count(Deed::Attached),
            sharing::Effect::Detached { projection, partition } => {
                self.trace.say(self.now, || {
                    format!("w{worker} {projection} reads {partition} on its own")
                });
                self.deeds.count(Deed::Detached);
            }
            sharing::Effect::WakeAt(time) => {
                let at = self.now + time.since(told).max(1);
                if self.reads(worker, life)?.wakes.insert(at) {
                    self.plan_at(at, Happening::Wait { worker, life });
                }
            }
        }
        None
    }

    /// Reads the feed. None: there is nothing yet, and it goes on later.
    fn read(&mut self, read: ReadId, act: &Act) -> Option<sharing::Input> {
        let Effect::Fetch { ticket, partition, incarnation, after } = &act.effect else {
            return None;
        };
        let ticket = *ticket;
        let (worker, life) = (act.from.worker, act.from.life);
        let fetched = if self.strikes(Kind::FeedFailed, 8) {
            Err(FetchError::Trouble(Trouble::Throttled))
        } else {
            let events_max = self.rng.size(1, 40);
            self.feed.fetch_now(Ask { partition, incarnation, after: after.as_ref(), events_max })
        };
        let (input, outcome) = match fetched {
            Err(error) => {
                let partition = partition.clone();
                (Input::FetchFailed { ticket, partition, error }, Outcome::Failed)
            }
            Ok(fetched) => {
                // Nothing yet: as real feeds do, it waits, and sometimes answers with nothing.
                let nothing = fetched.batch.is_empty() && !fetched.ended;
                if nothing && !self.rng.percent(15) {
                    let wait = if self.calm { 800 } else { 20 + self.rng.below(150) };
                    let wait = wait.max(self.long_wait());
                    self.plan_at(self.now + wait, Happening::Read { worker, life, read });
                    return None;
                }
                let (next, bytes) = (fetched.next.clone(), fetched.batch.bytes());
                (Input::Fetched { ticket, fetched }, Outcome::Batch { next, bytes })
            }
        };
        self.reads(worker, life)?.open.get_mut(&read)?.brought = Some(input);
        Some(sharing::Input::Arrived { read, outcome })
    }

    /// Gives a projection what a read brought, with the ticket of its own request.
    fn hand(
        &mut self,
        (worker, life): (usize, u64),
        projection: &ProjectionId,
        own: Ticket,
        read: ReadId,
    ) {
        let of = |joined: &crate::world::parts::Joined| joined.projection.id() == *projection;
        let Some(number) = self.projections.iter().position(of) else { return };
        let open = self.reads(worker, life).and_then(|reads| reads.open.get_mut(&read));
        let Some(open) = open else { return };
        let Some(mut input) = open.brought.clone() else { return };
        if let Input::Fetched { ticket, .. } | Input::FetchFailed { ticket, .. } = &mut input {
            *ticket = own;
        }
        open.handed += 1;
        if open.handed == 2 {
            self.deeds.count(Deed::Shared);
        }
        if let Input::Fetched { fetched, .. } = &input
            && (!fetched.batch.is_empty() || fetched.ended)
        {
            self.watch.read(number, &fetched.partition, fetched.next.as_ref());
            self.fleet.last_work = self.now;
        }
        let at = self.now + self.latency(number);
        if let Some(to) = self.seat(worker, number) {
            self.plan_at(at, Happening::Deliver { to, input });
        }
    }
}
