//! Who owns what: workers die and come back, partitions are granted, moved and taken away, in
//! good order and in bad. A stand-in for leases and consumer groups, which may both let two
//! workers believe that they own one partition.

use std::collections::BTreeMap;

use foldline_core::input::{Head, Input};
use foldline_core::name::Name;
use foldline_core::projection::Projection;
use foldline_core::projector::Projector;
use foldline_ports::feed::Partition;

use crate::world::effects::{self, Phase};
use crate::world::faults::Kind;
use crate::world::run::{Act, Failure, Happening, Machine, Owned, Seat, World};
use crate::world::settings::{Profile, Settings};

/// Who owns what, and how streams are spread.
#[derive(Debug)]
pub(super) struct Fleet {
    partitions: usize,
    /// Open partitions, each with the end of its range of slots.
    ring: Vec<(u64, String)>,
    owners: BTreeMap<Name, usize>,
    moving: BTreeMap<Name, Moving>,
    named: u64,
    stage: Stage,
    /// Since when nothing was worked on.
    pub(super) last_work: u64,
    /// Whether all is done.
    pub(super) rested: bool,
}

#[derive(Clone, Copy, Debug)]
struct Moving {
    to: usize,
    deadline: u64,
}

/// What is still to be done once nothing goes wrong any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    CatchUp,
    Sweep { after: u64 },
    Settle,
    Leave,
}

const SLOTS: u64 = 256;

impl Fleet {
    pub(super) fn new(settings: &Settings) -> Fleet {
        let mut fleet = Fleet {
            partitions: settings.partitions,
            ring: Vec::new(),
            owners: BTreeMap::new(),
            moving: BTreeMap::new(),
            named: 0,
            stage: Stage::CatchUp,
            last_work: 0,
            rested: false,
        };
        fleet.reset_ring();
        fleet
    }

    /// Spreads the streams over the first partitions, and names these.
    pub(super) fn reset_ring(&mut self) -> Vec<String> {
        let names: Vec<String> = (0..self.partitions).map(|n| format!("part{n}")).collect();
        self.spread(&names);
        names
    }

    fn spread(&mut self, names: &[String]) {
        let count = names.len() as u64;
        let ends = (1..=count).map(|number| number * SLOTS / count.max(1));
        self.ring = ends.zip(names.iter().cloned()).collect();
    }

    /// The open partition of a stream; or the one beside it.
    pub(super) fn home(&self, stream: usize, elsewhere: bool) -> Option<&str> {
        let slot = (stream as u64 * 97 + 13) % SLOTS;
        let place = self.ring.iter().position(|(end, _)| slot < *end)?;
        let place = (place + usize::from(elsewhere)) % self.ring.len();
        self.ring.get(place).map(|(_, name)| name.as_str())
    }
}

impl World {
    /// The fleet looks after itself: brings workers back, spreads partitions, moves them on.
    pub(super) fn tend(&mut self) -> Result<(), Failure> {
        let again = if self.calm { 400 } else { 150 + self.rng.below(100) };
        self.plan_at(self.now + again, Happening::Tend);
        self.revive();
        let partitions = self.feed.partitions_now();
        self.take_vanished(&partitions);
        self.finish_moves();
        for partition in &partitions {
            self.tend_partition(partition)?;
        }
        if self.calm { self.rest(&partitions) } else { Ok(()) }
    }

    fn revive(&mut self) {
        for number in 0..self.workers.len() {
            let now = self.now;
            let Some(worker) = self.workers.get_mut(number) else { continue };
            if !worker.alive && worker.back_at <= now {
                worker.alive = true;
                worker.life += 1;
                let life = worker.life;
                self.trace.say(now, || format!("w{number} lives (life {life})"));
            }
            self.seat_machines(number);
        }
    }

    fn seat_machines(&mut self, number: usize) {
        for (place, joined) in self.projections.iter().enumerate() {
            let Some(worker) = self.workers.get_mut(number) else { return };
            if !worker.alive || joined.joins > self.now || worker.machines.contains_key(&place) {
                continue;
            }
            if joined.joins > 0 {
                self.tally.count(Kind::ProjectionAdded);
            }
            let projector = Projector::new(
                joined.projection.clone(),
                self.settings.source(),
                self.settings.tuning.clone(),
                self.rng.any(),
            );
            let (owned, wakes) = Default::default();
            worker.machines.insert(place, Machine { projector, owned, wakes });
        }
    }

    /// Takes away what the feed no longer has.
    fn take_vanished(&mut self, partitions: &[Partition]) {
        let listed = |name: &Name| partitions.iter().any(|partition| partition.name == *name);
        self.fleet.owners.retain(|name, _| listed(name));
        self.fleet.moving.retain(|name, _| listed(name));
        let mut gone = Vec::new();
        for (number, worker) in self.workers.iter().enumerate() {
            for machine in worker.machines.values() {
                for name in machine.owned.keys().filter(|name| !listed(name)) {
                    gone.push((number, worker.life, name.clone()));
                }
            }
        }
        gone.dedup();
        for (worker, life, partition) in gone {
            self.plan_at(self.now, Happening::Revoke { worker, life, partition, lost: true });
        }
    }

    fn finish_moves(&mut self) {
        let moving: Vec<(Name, Moving)> =
            self.fleet.moving.iter().map(|(name, moving)| (name.clone(), *moving)).collect();
        for (partition, moving) in moving {
            let Some(&from) = self.fleet.owners.get(&partition) else { continue };
            let Some(worker) = self.workers.get(from) else { continue };
            let held = worker.machines.values().any(|m| m.owned.contains_key(&partition));
            let (alive, life) = (worker.alive, worker.life);
            if alive && held && self.now < moving.deadline {
                continue;
            }
            self.fleet.moving.remove(&partition);
            self.fleet.owners.insert(partition.clone(), moving.to);
            if held {
                let at = self.now + self.rng.below(3_000);
                let lost = true;
                self.plan_at(at, Happening::Revoke { worker: from, life, partition, lost });
            }
        }
    }

    fn tend_partition(&mut self, partition: &Partition) -> Result<(), Failure> {
        let name = &partition.name;
        let owner = self.fleet.owners.get(name).copied();
        let owner = owner.filter(|owner| self.workers.get(*owner).is_some_and(|w| w.alive));
        let Some(owner) = owner.or_else(|| self.choose_owner()) else { return Ok(()) };
        self.fleet.owners.insert(name.clone(), owner);
        if self.fleet.moving.contains_key(name) || self.fleet.stage == Stage::Leave {
            return Ok(());
        }
        for projection in 0..self.projections.len() {
            let Some(worker) = self.workers.get(owner) else { continue };
            let seat = Seat { worker: owner, life: worker.life, projection };
            let Some(machine) = worker.machines.get(&projection) else { continue };
            if machine.owned.contains_key(name) || !self.parents_ended(projection, partition)? {
                continue;
            }
            let incarnation = self.feed.incarnation_now();
            let owned = Owned { incarnation, granted: false, leaving: false };
            if let Some(machine) = self.machine(seat) {
                machine.owned.insert(name.clone(), owned);
            }
            let at = self.now + self.latency(projection);
            self.plan_at(at, Happening::Grant { to: seat, partition: name.clone() });
        }
        Ok(())
    }

    fn choose_owner(&mut self) -> Option<usize> {
        let now = self.now;
        let fit = |(number, worker): (usize, &crate::world::run::Worker)| {
            (worker.alive && worker.paused_until <= now).then_some(number)
        };
        let fit: Vec<usize> = self.workers.iter().enumerate().filter_map(fit).collect();
        self.rng.pick(&fit).copied()
    }

    /// Whether this projection has done with all parents of a partition.
    pub(super) fn parents_ended(
        &self,
        projection: usize,
        partition: &Partition,
    ) -> Result<bool, Failure> {
        let Some(joined) = self.projections.get(projection) else { return Ok(false) };
        let id = joined.projection.id();
        for parent in &partition.parents {
            let side = self.documents.load_checkpoint_now(&id, parent);
            let side = side.map_err(|trouble| format!("checkpoints cannot be read: {trouble:?}"))?;
            if !side.is_some_and(|(checkpoint, _)| checkpoint.ended) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn grant(&mut self, to: Seat, partition: &Name) {
        let Some(joined) = self.projections.get(to.projection) else { return };
        let id = joined.projection.id();
        if self.machine(to).is_none_or(|machine| !machine.owned.contains_key(partition)) {
            return;
        }
        if self.now < self.down_until || self.strikes(Kind::LoadFailed, 20) {
            let at = self.now + 200;
            self.plan_at(at, Happening::Grant { to, partition: partition.clone() });
            return;
        }
        let Ok(checkpoint) = self.documents.load_checkpoint_now(&id, partition) else { return };
        let position = checkpoint.as_ref().and_then(|(checkpoint, _)| checkpoint.position.clone());
        if self.watch.was_read_beyond(to.projection, partition, position.as_ref()) {
            self.tally.count(Kind::Redelivered);
        }
        let incarnation = self.feed.incarnation_now();
        let partition = partition.clone();
        let input = Input::Granted { partition, incarnation, checkpoint };
        let at = self.now + self.latency(to.projection);
        self.plan_at(at, Happening::Deliver { to, input });
    }

    pub(super) fn revoke(
        &mut self,
        worker: usize,
        life: u64,
        partition: &Name,
        lost: bool,
    ) -> Result<(), Failure> {
        for projection in 0..self.projections.len() {
            let seat = Seat { worker, life, projection };
            let Some(machine) = self.machine(seat) else { continue };
            let Some(owned) = machine.owned.get_mut(partition) else { continue };
            if !owned.granted {
                // What was promised is told first: the answers of a lease come in order.
                let partition = partition.clone();
                let again = Happening::Revoke { worker, life, partition, lost };
                self.plan_at(self.now + 50, again);
                continue;
            }
            if lost {
                machine.owned.remove(partition);
            } else if std::mem::replace(&mut owned.leaving, true) {
                continue;
            }
            let input = Input::Revoked { partition: partition.clone(), lost };
            self.deliver(seat, input)?;
        }
        Ok(())
    }

    /// A machine gave a partition up.
    pub(super) fn released(&mut self, seat: Seat, partition: &Name) {
        if let Some(machine) = self.machine(seat) {
            machine.owned.remove(partition);
        }
    }

    /// Another worker takes a partition over, and its owner is told late.
    pub(super) fn usurp(&mut self) {
        let Some((partition, from, to)) = self.choose_move() else { return };
        let Some(worker) = self.workers.get(from) else { return };
        let life = worker.life;
        self.tally.count(Kind::TwoOwners);
        self.fleet.owners.insert(partition.clone(), to);
        let at = self.now + self.rng.between(100, 6_000);
        self.plan_at(at, Happening::Revoke { worker: from, life, partition, lost: true });
    }

    pub(super) fn rebalance(&mut self) {
        let Some((partition, from, to)) = self.choose_move() else { return };
        let Some(worker) = self.workers.get(from) else { return };
        let life = worker.life;
        self.tally.count(Kind::Rebalanced);
        let deadline = self.now + self.rng.between(300, 5_000);
        self.fleet.moving.insert(partition.clone(), Moving { to, deadline });
        self.plan_at(self.now, Happening::Revoke { worker: from, life, partition, lost: false });
    }

    fn choose_move(&mut self) -> Option<(Name, usize, usize)> {
        let owners: Vec<(Name, usize)> =
            self.fleet.owners.iter().map(|(name, owner)| (name.clone(), *owner)).collect();
        let (partition, from) = self.rng.pick(&owners).cloned()?;
        let to = self.choose_owner()?;
        let free = !self.fleet.moving.contains_key(&partition);
        (to != from && free).then_some((partition, from, to))
    }

    pub(super) fn split(&mut self) {
        let place = self.rng.index(self.fleet.ring.len());
        let from = match place.checked_sub(1) {
            Some(before) => self.fleet.ring.get(before).map_or(0, |(end, _)| *end),
            None => 0,
        };
        let Some((end, parent)) = self.fleet.ring.get(place).cloned() else { return };
        if end - from < 2 {
            return;
        }
        self.tally.count(Kind::Split);
        let (a, b) = (self.name_partition(), self.name_partition());
        self.feed.reshard(&[&parent], &[&a, &b]);
        let halves = [((from + end) / 2, a), (end, b)];
        self.fleet.ring.splice(place..=place, halves);
    }

    pub(super) fn merge(&mut self) {
        let place = self.rng.index(self.fleet.ring.len().saturating_sub(1));
        let pair = (self.fleet.ring.get(place).cloned(), self.fleet.ring.get(place + 1).cloned());
        let (Some((_, a)), Some((end, b))) = pair else { return };
        self.tally.count(Kind::Merge);
        let child = self.name_partition();
        self.feed.reshard(&[&a, &b], &[&child]);
        self.fleet.ring.splice(place..=place + 1, [(end, child)]);
    }

    /// A partition more, and streams move without any lineage.
    pub(super) fn grow(&mut self) {
        self.tally.count(Kind::Grown);
        let mut names: Vec<String> = self.fleet.ring.iter().map(|(_, name)| name.clone()).collect();
        let name = self.name_partition();
        self.feed.reshard(&[], &[&name]);
        names.push(name);
        self.fleet.spread(&names);
    }

    fn name_partition(&mut self) -> String {
        self.fleet.named += 1;
        format!("more{}", self.fleet.named)
    }

    /// A worker dies: what it had sent may still land, and all else is gone with it.
    pub(super) fn kill(&mut self, number: usize) {
        let back_at = self.now + self.rng.between(50, 4_000);
        let keeps = self.rng.percent(40);
        let Some(worker) = self.workers.get_mut(number) else { return };
        if !worker.alive {
            return;
        }
        let life = worker.life;
        worker.alive = false;
        worker.back_at = back_at;
        worker.machines.clear();
        self.tally.count(Kind::Crash);
        self.trace.say(self.now, || format!("w{number} dies"));
        if !keeps {
            self.fleet.owners.retain(|_, owner| *owner != number);
        }
        let of_it = |happening: &Happening| matches!(happening, Happening::Act(act)
            if act.from.worker == number && act.from.life == life);
        let sent: Vec<(u64, u64)> =
            self.queue.iter().filter(|(_, h)| of_it(h)).map(|(at, _)| *at).collect();
        for at in sent {
            let Some(Happening::Act(act)) = self.queue.remove(&at) else { continue };
            self.lose(act);
        }
    }

    fn lose(&mut self, act: Act) {
        let lands = self.rng.percent(25) && self.settings.may(Kind::GhostRequest);
        let phase = if lands { Phase::Within } else { Phase::Before };
        self.struck.strike(effects::kind(&act.effect), phase);
        if lands {
            let at = self.now + self.rng.below(5_000);
            self.plan_at(at, Happening::Ghost(act));
        }
    }

    fn rest(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        let quiet = self.now.saturating_sub(self.fleet.last_work) > QUIET_MS;
        self.fleet.stage = match self.fleet.stage {
            Stage::CatchUp if self.behind(partitions)?.is_some() => Stage::CatchUp,
            Stage::CatchUp if self.settings.history && self.versioned() => {
                Stage::Sweep { after: self.now + 3_000 }
            }
            Stage::CatchUp => Stage::Settle,
            Stage::Sweep { after } if self.now < after || self.behind(partitions)?.is_some() => {
                Stage::Sweep { after }
            }
            Stage::Sweep { .. } => {
                self.sweep_tails();
                Stage::Settle
            }
            Stage::Settle if !quiet => Stage::Settle,
            Stage::Settle => {
                self.leave();
                Stage::Leave
            }
            Stage::Leave => {
                let owns = |worker: &crate::world::run::Worker| {
                    worker.machines.values().any(|machine| !machine.owned.is_empty())
                };
                self.fleet.rested = !self.workers.iter().any(owns);
                Stage::Leave
            }
        };
        Ok(())
    }

    fn leave(&mut self) {
        let partitions: Vec<Name> = self.fleet.owners.keys().cloned().collect();
        for partition in partitions {
            for worker in 0..self.workers.len() {
                let life = self.workers.get(worker).map_or(0, |worker| worker.life);
                let partition = partition.clone();
                self.plan_at(self.now, Happening::Revoke { worker, life, partition, lost: false });
            }
        }
    }

    /// What has not caught up with the feed.
    fn behind(&self, partitions: &[Partition]) -> Result<Option<String>, Failure> {
        for (number, joined) in self.projections.iter().enumerate() {
            for partition in partitions {
                let name = &partition.name;
                if self.halts.iter().any(|(p, halted, _)| *p == number && halted == name) {
                    continue;
                }
                let side = self.documents.load_checkpoint_now(&joined.projection.id(), name);
                let side = side.map_err(|trouble| format!("no checkpoint: {trouble:?}"))?;
                let newest = self.feed.newest_now(name);
                let at = side.as_ref().and_then(|(c, _)| c.position.clone());
                let ended = side.as_ref().is_some_and(|(c, _)| c.ended);
                let lives = side.as_ref().is_none_or(|(c, _)| c.incarnation == newest.incarnation);
                let caught_up = at >= newest.position && lives && ended == partition.ended;
                if !caught_up {
                    let newest = newest.position;
                    return Ok(Some(format!("p{number} {name} at {at:?}, the feed at {newest:?}")));
                }
            }
        }
        Ok(None)
    }

    pub(super) fn unrest(&self) -> String {
        let behind = self.behind(&self.feed.partitions_now());
        let behind = behind.ok().flatten().unwrap_or_else(|| "nothing is behind".to_owned());
        format!("{:?}, {behind}", self.fleet.stage)
    }

    /// The second pass of the background sweep: every checkpoint has passed the time of the
    /// first, so what is still above a cursor was lost.
    fn sweep_tails(&mut self) {
        let heads = self.history.heads_now(None, usize::MAX).page;
        for projection in 0..self.projections.len() {
            let mut by_owner: BTreeMap<usize, Vec<Head>> = BTreeMap::new();
            for head in &heads {
                let number = self.truth.by_name.get(&head.stream).copied().unwrap_or(0);
                let home = self.fleet.home(number, false);
                let owner = home.and_then(|home| self.fleet.owners.get(home)).copied();
                by_owner.entry(owner.unwrap_or(0)).or_default().push(head.clone());
            }
            for (worker, page) in by_owner {
                let life = self.workers.get(worker).map_or(0, |worker| worker.life);
                let to = Seat { worker, life, projection };
                let input = Input::Heads { partition: None, page: Ok(page), more: None };
                self.plan_at(self.now, Happening::Deliver { to, input });
            }
        }
        self.fleet.last_work = self.now;
    }

    /// Whether streams stay on one partition for good.
    pub(super) fn pinned(&self) -> bool {
        matches!(self.settings.profile, Profile::Embedded | Profile::Monotonic)
    }
}

/// Nothing happened for so long: longer than any wait of a machine.
const QUIET_MS: u64 = 20_000;
