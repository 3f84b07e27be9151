//! Who owns what: workers die and come back, partitions are granted, moved and taken away, in
//! good order and in bad. A stand-in for leases and consumer groups, which may both let two
//! workers believe that they own one partition.

use std::collections::BTreeMap;

use foldline_core::checkpoint::Checkpoint;
use foldline_core::effect::Effect;
use foldline_core::input::Input;
use foldline_core::name::Name;
use foldline_core::projection::Projection;
use foldline_ports::feed::Partition;

use crate::world::effects::{self, Phase};
use crate::world::faults::Kind;
use crate::world::parts::{Act, Happening, Owned, Seat, Worker};
use crate::world::reads::Reads;
use crate::world::rest::Stage;
use crate::world::run::{Failure, World};
use crate::world::settings::Settings;
use crate::world::shards::has_begun;

/// Who owns what, and how streams are spread.
#[derive(Debug)]
pub(super) struct Fleet {
    pub(super) partitions: usize,
    /// Open partitions, each with the end of its range of slots.
    pub(super) ring: Vec<(u64, String)>,
    pub(super) owners: BTreeMap<Name, usize>,
    moving: BTreeMap<Name, Moving>,
    pub(super) named: u64,
    pub(super) stage: Stage,
    /// Since when nothing was worked on.
    pub(super) last_work: u64,
    /// When a document or a letter was last written.
    pub(super) last_write: u64,
    /// When a machine last went back, and dropped what was not durable.
    pub(super) last_back: u64,
    /// Whether all is done.
    pub(super) rested: bool,
}

#[derive(Clone, Copy, Debug)]
struct Moving {
    to: usize,
    deadline: u64,
}

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
            last_write: 0,
            last_back: 0,
            rested: false,
        };
        fleet.reset_ring();
        fleet
    }
}

impl World {
    /// The fleet looks after itself: brings workers back, spreads partitions, moves them on.
    pub(super) fn tend(&mut self) -> Result<(), Failure> {
        let again = if self.calm { 400 } else { 150 + self.rng.below(100) };
        self.plan_at(self.now + again.max(self.long_wait()), Happening::Tend);
        self.revive();
        let partitions = self.feed.partitions_now();
        self.take_vanished(&partitions);
        self.finish_moves();
        for partition in &partitions {
            self.tend_partition(partition)?;
        }
        self.tend_sweep(&partitions)?;
        if self.calm { self.rest(&partitions) } else { Ok(()) }
    }

    fn revive(&mut self) {
        for number in 0..self.workers.len() {
            let now = self.now;
            let Some(worker) = self.workers.get_mut(number) else { continue };
            if !worker.alive && worker.back_at <= now {
                worker.alive = true;
                worker.life += 1;
                worker.reads = Reads::new(self.settings.window);
                let life = worker.life;
                self.trace.say(now, || format!("w{number} lives (life {life})"));
            }
            self.seat_machines(number);
        }
    }

    fn seat_machines(&mut self, number: usize) {
        for place in 0..self.projections.len() {
            let joins = self.projections.get(place).map_or(0, |joined| joined.joins);
            let Some(worker) = self.workers.get(number) else { return };
            if !worker.alive || joins > self.now || worker.posts.contains_key(&place) {
                continue;
            }
            if joins > 0 {
                self.tally.count(Kind::ProjectionAdded);
            }
            let post = self.make_post(place);
            if let (Some(worker), Some(post)) = (self.workers.get_mut(number), post) {
                worker.posts.insert(place, post);
            }
        }
    }

    /// Takes away what the feed no longer has.
    fn take_vanished(&mut self, partitions: &[Partition]) {
        let listed = |name: &Name| partitions.iter().any(|partition| partition.name == *name);
        self.fleet.owners.retain(|name, _| listed(name));
        self.fleet.moving.retain(|name, _| listed(name));
        let mut gone = Vec::new();
        for (number, worker) in self.workers.iter().enumerate() {
            for post in worker.posts.values() {
                // What was promised is taken away once it was told.
                let told = post.owned.iter().filter(|(_, owned)| owned.granted);
                for (name, _) in told.filter(|(name, _)| !listed(name)) {
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
            let held = worker.posts.values().any(|p| p.owned.contains_key(&partition));
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
            let Some(seat) = self.seat(owner, projection) else { continue };
            let Some(post) = worker.posts.get(&projection) else { continue };
            if let Some(owned) = post.owned.get(name)
                && self.is_reborn(projection, name, owned)?
            {
                // Whoever watches the feed's shards sees a new one behind the old name.
                let (partition, lost) = (name.clone(), true);
                let life = worker.life;
                let revoke = Happening::Revoke { worker: owner, life, partition, lost };
                self.plan_at(self.now, revoke);
                continue;
            }
            if post.owned.contains_key(name) || !self.may_read(projection, partition)? {
                continue;
            }
            let incarnation = self.feed.incarnation_now();
            let promise = Owned { incarnation, granted: false, leaving: false };
            if let Some(post) = self.post(seat) {
                post.owned.insert(name.clone(), promise);
            }
            let at = self.now + self.latency(projection);
            self.plan_at(at, Happening::Grant { to: seat, partition: name.clone() });
        }
        Ok(())
    }

    /// Whether a partition that ended, and is done with, stands for another one since the feed was
    /// created again.
    fn is_reborn(
        &self,
        projection: usize,
        partition: &Name,
        owned: &Owned,
    ) -> Result<bool, Failure> {
        let incarnation = self.feed.incarnation_now();
        if !owned.granted || owned.leaving || owned.incarnation == incarnation {
            return Ok(false);
        }
        let Some(joined) = self.projections.get(projection) else { return Ok(false) };
        let side = self.documents.load_checkpoint_now(&joined.projection.id(), partition);
        let side = side.map_err(|trouble| format!("checkpoints cannot be read: {trouble:?}"))?;
        Ok(side.is_some_and(|(saved, _)| saved.ended && saved.incarnation != incarnation))
    }

    fn choose_owner(&mut self) -> Option<usize> {
        let now = self.now;
        let fit = |(number, worker): (usize, &Worker)| {
            (worker.alive && worker.paused_until <= now).then_some(number)
        };
        let fit: Vec<usize> = self.workers.iter().enumerate().filter_map(fit).collect();
        self.rng.pick(&fit).copied()
    }

    /// Whether this projection has done with all parents of a partition: what is demanded of
    /// whoever reads it.
    pub(super) fn parents_ended(
        &self,
        projection: usize,
        partition: &Partition,
    ) -> Result<bool, Failure> {
        let Some(joined) = self.projections.get(projection) else { return Ok(false) };
        let id = joined.projection.id();
        for parent in &partition.parents {
            let side = self.documents.load_checkpoint_now(&id, parent);
            let side =
                side.map_err(|trouble| format!("checkpoints cannot be read: {trouble:?}"))?;
            let life = self.feed.incarnation_now();
            let ended = |c: &Checkpoint| c.ended && c.incarnation == life;
            if !side.is_some_and(|(checkpoint, _)| ended(&checkpoint)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn grant(&mut self, to: Seat, partition: &Name) {
        let Some(joined) = self.projections.get(to.projection) else { return };
        let id = joined.projection.id();
        if self.post(to).is_none_or(|post| !post.owned.contains_key(partition)) {
            return;
        }
        if self.now < self.down_until || self.strikes(Kind::LoadFailed, 20) {
            let at = self.now + self.long_wait().max(200);
            self.plan_at(at, Happening::Grant { to, partition: partition.clone() });
            return;
        }
        let Ok(checkpoint) = self.documents.load_checkpoint_now(&id, partition) else { return };
        let Ok(begun) = has_begun(&self.documents, &id) else { return };
        let position = checkpoint.as_ref().and_then(|(checkpoint, _)| checkpoint.position.clone());
        if self.watch.was_read_beyond(to.projection, partition, position.as_ref()) {
            self.tally.count(Kind::Redelivered);
        }
        let incarnation = self.feed.incarnation_now();
        let partition = partition.clone();
        let input = Input::Granted { partition, incarnation, checkpoint, begun };
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
        let mut early = false;
        for projection in 0..self.projections.len() {
            let Some(seat) = self.seat(worker, projection) else { continue };
            let seat = Seat { life, ..seat };
            let Some(post) = self.post(seat) else { continue };
            let Some(owned) = post.owned.get_mut(partition) else { continue };
            if !owned.granted {
                // What was promised is told first: the answers of a lease come in order.
                early = true;
                continue;
            }
            if lost {
                post.owned.remove(partition);
                self.leave_reads(seat, partition);
            } else if std::mem::replace(&mut owned.leaving, true) {
                continue;
            }
            let input = Input::Revoked { partition: partition.clone(), lost };
            self.deliver(seat, input)?;
        }
        if early {
            let partition = partition.clone();
            self.plan_at(self.now + 50, Happening::Revoke { worker, life, partition, lost });
        }
        Ok(())
    }

    /// A machine gave a partition up. What it said of a tenure before the one that it is about to
    /// be told of says nothing of that one.
    pub(super) fn released(&mut self, seat: Seat, partition: &Name) {
        if let Some(post) = self.post(seat) {
            if post.owned.get(partition).is_some_and(|owned| !owned.granted) {
                return;
            }
            post.owned.remove(partition);
        }
        self.leave_reads(seat, partition);
    }

    /// A machine is told of a partition: that it gave up an earlier tenure, and nobody heard it
    /// yet, is no news any more.
    pub(super) fn forget_releases(&mut self, seat: Seat, granted: &Name) {
        let of_it = |act: &Act| {
            matches!(&act.effect, Effect::Release { partition } if partition == granted)
                && act.from == seat
        };
        self.queue.retain(|_, happening| !matches!(happening, Happening::Act(act) if of_it(act)));
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
        worker.posts.clear();
        self.tally.count(Kind::Crash);
        self.trace.say(self.now, || format!("w{number} dies"));
        if !keeps {
            self.fleet.owners.retain(|_, owner| *owner != number);
        }
        let of_it = |happening: &Happening| {
            matches!(happening, Happening::Act(act)
            if act.from.worker == number && act.from.life == life)
        };
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
}
