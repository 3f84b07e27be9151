//! How machines act and hear: every effect takes its time to happen, and every answer its time to
//! come back; who stands still does both late.

use foldline_core::effect::Effect;
use foldline_core::input::Input;
use foldline_core::lanes;
use foldline_core::time::Time;

use crate::world::effects;
use crate::world::faults::Kind;
use crate::world::parts::{Act, Happening, Machine, Post, Role, Seat, Wakes};
use crate::world::run::{EPOCH_MS, Failure, World};
use crate::world::trace;
use crate::world::watch;

impl World {
    /// When this machine can act or hear again, if not now.
    pub(super) fn busy_until(&self, seat: Seat) -> Option<u64> {
        let worker = self.workers.get(seat.worker)?;
        let projection = self.projections.get(seat.projection)?;
        let until = worker.paused_until.max(projection.paused_until);
        (until > self.now).then_some(until)
    }

    /// A projection at work, if its worker still lives that life.
    pub(super) fn post(&mut self, seat: Seat) -> Option<&mut Post> {
        let worker = self.workers.get_mut(seat.worker)?;
        if !worker.alive || worker.life != seat.life {
            return None;
        }
        worker.posts.get_mut(&seat.projection)
    }

    /// The Projector at this seat.
    pub(super) fn machine(&mut self, seat: Seat) -> Option<&mut Machine> {
        let number = match seat.role {
            Role::Only => 0,
            Role::Lane(lane) => lane,
            Role::Lanes => return None,
        };
        self.post(seat)?.machines.get_mut(number)
    }

    /// Where the world speaks with a projection of a worker, of partitions.
    pub(super) fn seat(&self, worker: usize, projection: usize) -> Option<Seat> {
        let found = self.workers.get(worker)?;
        let role = found.posts.get(&projection)?.role();
        Some(Seat { worker, life: found.life, projection, role })
    }

    /// What a worker's clock shows.
    pub(super) fn told(&self, worker: usize) -> Time {
        let ahead = self.workers.get(worker).map_or(0, |worker| worker.ahead);
        Time((EPOCH_MS + self.now).saturating_add_signed(ahead))
    }

    pub(super) fn act(&mut self, mut act: Act) -> Result<(), Failure> {
        if self.post(act.from).is_none() {
            return Ok(());
        }
        if let Some(until) = self.busy_until(act.from) {
            let paused = self.workers.get(act.from.worker).map_or(0, |w| w.paused_until);
            act.overslept |= paused > self.now;
            self.plan_at(until, Happening::Act(act));
            return Ok(());
        }
        if self.crash_strikes(&act)? {
            return Ok(());
        }
        let seat = act.from;
        self.trace.say(self.now, || format!("{seat} does {}", trace::effect(&act.effect)));
        self.struck.perform(effects::kind(&act.effect));
        if act.overslept && matches!(act.effect, Effect::Write { .. }) {
            self.tally.count(Kind::LateWrite);
        }
        if let Some(input) = self.perform(&act)? {
            let at = self.now + self.latency(seat.projection);
            self.plan_at(at, Happening::Deliver { to: seat, input });
        }
        Ok(())
    }

    /// How long one way takes.
    pub(super) fn latency(&mut self, projection: usize) -> u64 {
        let slow = self.projections.get(projection).is_some_and(|joined| joined.slow);
        let base = match self.rng.below(20) {
            0 => self.rng.below(400),
            1..=4 => self.rng.below(40),
            _ => self.rng.below(6),
        };
        if slow && !self.calm { base * 10 + 20 } else { base }
    }

    pub(super) fn deliver(&mut self, to: Seat, input: Input) -> Result<(), Failure> {
        if self.post(to).is_none() {
            return Ok(());
        }
        if let Some(until) = self.busy_until(to) {
            self.plan_at(until, Happening::Deliver { to, input });
            return Ok(());
        }
        let (now, told) = (self.now, self.told(to.worker));
        let ticked = matches!(input, Input::Ticked);
        self.trace.say(now, || format!("{to} hears {}", trace::input(&input)));
        if let Input::Granted { partition, .. } = &input {
            self.forget_releases(to, partition);
        }
        if let Some(post) = self.post(to) {
            hear(post, to.role, &input, now);
        }
        if to.role == Role::Lanes {
            self.tell_lanes(to, lanes::Input::Heard(input));
            return Ok(());
        }
        let Some(machine) = self.machine(to) else { return Ok(()) };
        let (evicted, rewinds) = (machine.projector.evicted(), machine.projector.rewinds());
        let effects = machine.projector.step(told, input);
        let evicted = machine.projector.evicted() - evicted;
        let back = machine.projector.rewinds() > rewinds;
        watch::check_machine(&machine.projector).map_err(|why| format!("{to}: {why}"))?;
        if back {
            self.fleet.last_back = now;
        }
        for _ in 0..evicted {
            self.tally.count(Kind::MemoryPressure);
        }
        if ticked && !effects.iter().any(|effect| matches!(effect, Effect::WakeAt(_))) {
            self.wake_again(to);
        }
        for effect in effects {
            let (heard, overslept) = (0, false);
            let act = Act { from: to, effect, sent: now, told, heard, overslept };
            if World::is_word(to.role, &act.effect) {
                self.say_word(act);
            } else {
                let at = now + self.latency(to.projection);
                self.plan_at(at, Happening::Act(act));
            }
        }
        Ok(())
    }

    /// Wakes a machine then, when its clock shows this time.
    pub(super) fn wake_at(&mut self, to: Seat, at: u64, time: Time) {
        let Some(wakes) = self.wakes(to) else { return };
        wakes.last = (at, time);
        if wakes.planned.insert(at) {
            self.plan_at(at, Happening::Deliver { to, input: Input::Ticked });
        }
    }

    /// A machine was woken, and says nothing of when to wake it again. Where its clock was set back
    /// meanwhile it was woken too early: what it said last stands.
    pub(super) fn wake_again(&mut self, to: Seat) {
        let (now, told) = (self.now, self.told(to.worker));
        let Some((at, time)) = self.wakes(to).map(|wakes| wakes.last) else { return };
        if at <= now && told < time {
            self.wake_at(to, now + time.since(told), time);
        }
    }

    fn wakes(&mut self, of: Seat) -> Option<&mut Wakes> {
        match of.role {
            Role::Lanes => self.post(of).map(|post| &mut post.wakes),
            _ => self.machine(of).map(|machine| &mut machine.wakes),
        }
    }
}

/// What the world itself must remember of what a machine hears.
fn hear(post: &mut Post, role: Role, input: &Input, now: u64) {
    match (input, role) {
        (Input::Ticked, Role::Lanes) => {
            post.wakes.planned.remove(&now);
        }
        (Input::Ticked, Role::Only | Role::Lane(_)) => {
            let number = if let Role::Lane(lane) = role { lane } else { 0 };
            if let Some(machine) = post.machines.get_mut(number) {
                machine.wakes.planned.remove(&now);
            }
        }
        (_, Role::Lane(_)) => {}
        (Input::Granted { partition, incarnation, .. }, _) => {
            if let Some(owned) = post.owned.get_mut(partition) {
                owned.incarnation.clone_from(incarnation);
                owned.granted = true;
            }
        }
        (Input::Located { partition, incarnation, .. }, _) => {
            if let Some(owned) = post.owned.get_mut(partition) {
                owned.incarnation.clone_from(incarnation);
            }
        }
        _ => {}
    }
}
