//! Projections at work on several lanes: words between the lanes and what makes them look like
//! one take their time, and keep their order.

use foldline_core::effect::Effect;
use foldline_core::input::Input;
use foldline_core::lanes::{self, Lane, Lanes, Pace};
use foldline_core::projection::Projection;
use foldline_core::projector::Projector;

use crate::world::deeds::Deed;
use crate::world::effects;
use crate::world::parts::{Act, Happening, Machine, Post, Role, Seat};
use crate::world::run::{Failure, World};
use crate::world::trace;

impl World {
    /// The machines of a projection that begins to work on a worker.
    pub(super) fn make_post(&mut self, projection: usize) -> Option<Post> {
        let nonce = self.rng.any();
        let wanted = self.lanes_rng.size(1, self.settings.lanes);
        let joined = self.projections.get(projection)?;
        let (projection, source) = (&joined.projection, self.settings.source());
        let tuning = &self.settings.tuning;
        let of = Lane::allowed(projection.guard(), u32::try_from(wanted).unwrap_or(1));
        let lanes_rng = &mut self.lanes_rng;
        let machine = |number: u32| {
            let nonce = if number == 0 { nonce } else { lanes_rng.any() };
            let projector =
                Projector::new(projection.clone(), source.clone(), tuning.clone(), nonce);
            Machine::new(projector.on_lane(Lane::new(number, of)))
        };
        let machines: Vec<Machine> = (0..of).map(machine).collect();
        let lanes = (of > 1).then(|| {
            let pace = Pace {
                checkpoint_ms: tuning.checkpoint_ms,
                release_ms: tuning.release_ms,
                retry_ms: tuning.retry_ms,
            };
            self.deeds.count(Deed::Lanes);
            Lanes::new(machines.len(), pace, self.lanes_rng.any())
        });
        let (wakes, owned) = Default::default();
        Some(Post { machines, lanes, wakes, owned })
    }

    /// What makes lanes look like one hears something, from the world or from one of them.
    pub(super) fn tell_lanes(&mut self, to: Seat, input: lanes::Input) {
        let (now, told) = (self.now, self.told(to.worker));
        let granted = matches!(&input, lanes::Input::Heard(Input::Granted { .. }));
        let ticked = matches!(&input, lanes::Input::Heard(Input::Ticked));
        let Some(lanes) = self.post(to).and_then(|post| post.lanes.as_mut()) else { return };
        let effects = lanes.step(told, input);
        let wakes = |effect: &lanes::Effect| matches!(effect, lanes::Effect::Do(Effect::WakeAt(_)));
        if ticked && !effects.iter().any(wakes) {
            self.wake_again(to);
        }
        let mut back = false;
        for effect in effects {
            match effect {
                lanes::Effect::Do(effect) => {
                    let at = now + self.latency(to.projection);
                    let (sent, heard, overslept) = (now, 0, false);
                    let act = Act { from: to, effect, sent, told, heard, overslept };
                    self.plan_at(at, Happening::Act(act));
                }
                lanes::Effect::Tell { lane, number, input } => {
                    back |= matches!(*input, Input::Granted { .. });
                    let seat = Seat { role: Role::Lane(lane), ..to };
                    let Some(machine) = self.machine(seat) else { continue };
                    machine.inbox.push_back((number, *input));
                    let at = now + self.word_takes();
                    self.plan_at(at, Happening::Hear { to: seat });
                }
            }
        }
        if back && !granted {
            self.deeds.count(Deed::LanesBack);
        }
    }

    /// A lane hears the next word that it was told.
    pub(super) fn hear_word(&mut self, to: Seat) -> Result<(), Failure> {
        if let Some(until) = self.busy_until(to) {
            self.plan_at(until, Happening::Hear { to });
            return Ok(());
        }
        let Some(machine) = self.machine(to) else { return Ok(()) };
        let Some((number, input)) = machine.inbox.pop_front() else { return Ok(()) };
        machine.heard = number;
        self.deliver(to, input)
    }

    /// A lane says something that concerns all.
    pub(super) fn say_word(&mut self, mut act: Act) {
        let (from, at) = (act.from, self.now + self.word_takes());
        let Some(machine) = self.machine(from) else { return };
        act.heard = machine.heard;
        machine.outbox.push_back(act);
        self.plan_at(at, Happening::Say { from });
    }

    /// The next word of a lane to all is heard.
    pub(super) fn word_said(&mut self, from: Seat) -> Result<(), Failure> {
        if let Some(until) = self.busy_until(from) {
            self.plan_at(until, Happening::Say { from });
            return Ok(());
        }
        let Some(machine) = self.machine(from) else { return Ok(()) };
        let Some(act) = machine.outbox.pop_front() else { return Ok(()) };
        if self.crash_strikes(&act)? {
            return Ok(());
        }
        self.trace.say(self.now, || format!("{from} says {}", trace::effect(&act.effect)));
        self.struck.perform(effects::kind(&act.effect));
        self.perform(&act)?;
        Ok(())
    }

    /// A lane's word to all comes to where it is heard.
    pub(super) fn word_heard(&mut self, act: &Act, lane: usize) {
        let to = Seat { role: Role::Lanes, ..act.from };
        let (heard, effect) = (act.heard, act.effect.clone());
        self.tell_lanes(to, lanes::Input::Said { lane, heard, effect });
    }

    /// How long a word takes from one lane to all, or from all to one.
    fn word_takes(&mut self) -> u64 {
        match self.lanes_rng.below(30) {
            0 if !self.calm => self.lanes_rng.below(300),
            1..=20 => 0,
            _ => self.lanes_rng.below(5),
        }
    }

    /// Whether this is a lane's word to all.
    pub(super) fn is_word(role: Role, effect: &Effect) -> bool {
        matches!(role, Role::Lane(_)) && lanes::is_of_all(effect)
    }
}
