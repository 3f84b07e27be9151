//! How machines act and hear: every effect takes its time to happen, and every answer its time to
//! come back; who stands still does both late.

use foldline_core::effect::Effect;
use foldline_core::input::Input;
use foldline_core::name::Name;
use foldline_core::time::Time;

use crate::world::effects;
use crate::world::faults::Kind;
use crate::world::parts::{Act, Happening, Machine, Seat};
use crate::world::run::{EPOCH_MS, Failure, World};
use crate::world::trace;
use crate::world::watch;

impl World {
    /// When this machine can act or hear again, if not now.
    fn busy_until(&self, seat: Seat) -> Option<u64> {
        let worker = self.workers.get(seat.worker)?;
        let projection = self.projections.get(seat.projection)?;
        let until = worker.paused_until.max(projection.paused_until);
        (until > self.now).then_some(until)
    }

    pub(super) fn machine(&mut self, seat: Seat) -> Option<&mut Machine> {
        let worker = self.workers.get_mut(seat.worker)?;
        if !worker.alive || worker.life != seat.life {
            return None;
        }
        worker.machines.get_mut(&seat.projection)
    }

    pub(super) fn act(&mut self, mut act: Act) -> Result<(), Failure> {
        if self.machine(act.from).is_none() {
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
        self.trace.say(self.now, || {
            format!("w{} p{} does {}", seat.worker, seat.projection, trace::effect(&act.effect))
        });
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
        if self.machine(to).is_none() {
            return Ok(());
        }
        if let Some(until) = self.busy_until(to) {
            self.plan_at(until, Happening::Deliver { to, input });
            return Ok(());
        }
        let ahead = self.workers.get(to.worker).map_or(0, |worker| worker.ahead);
        let told = Time((EPOCH_MS + self.now).saturating_add_signed(ahead));
        self.trace.say(self.now, || {
            format!("w{} p{} hears {}", to.worker, to.projection, trace::input(&input))
        });
        let now = self.now;
        let Some(machine) = self.machine(to) else { return Ok(()) };
        hear(machine, &input, now);
        let evicted = machine.projector.evicted();
        let effects = machine.projector.step(told, input);
        let evicted = machine.projector.evicted() - evicted;
        let incarnations: Vec<Option<Name>> =
            effects.iter().map(|effect| believed(machine, effect)).collect();
        watch::check_machine(&machine.projector)
            .map_err(|why| format!("w{} p{}: {why}", to.worker, to.projection))?;
        for _ in 0..evicted {
            self.tally.count(Kind::MemoryPressure);
        }
        for (effect, incarnation) in effects.into_iter().zip(incarnations) {
            let at = now + self.latency(to.projection);
            let overslept = false;
            let act = Act { from: to, effect, sent: now, told, incarnation, overslept };
            self.plan_at(at, Happening::Act(act));
        }
        Ok(())
    }
}

/// What the world itself must remember of what a machine hears.
fn hear(machine: &mut Machine, input: &Input, now: u64) {
    match input {
        Input::Ticked => {
            machine.wakes.remove(&now);
        }
        Input::Granted { partition, incarnation, .. } => {
            if let Some(owned) = machine.owned.get_mut(partition) {
                owned.incarnation.clone_from(incarnation);
                owned.granted = true;
            }
        }
        Input::Located { partition, incarnation, .. } => {
            if let Some(owned) = machine.owned.get_mut(partition) {
                owned.incarnation.clone_from(incarnation);
            }
        }
        _ => {}
    }
}

/// The life of the feed that the machine believes in, where the effect asks the feed.
fn believed(machine: &Machine, effect: &Effect) -> Option<Name> {
    match effect {
        Effect::Fetch { partition, .. } => {
            machine.owned.get(partition).map(|owned| owned.incarnation.clone())
        }
        _ => None,
    }
}
