//! The world and its time: a queue of what will happen, taken in order. Nothing in here decides
//! what is right; it lets things happen, and asks the watch after each.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::effect::{Effect, Halt};
use foldline_core::input::Input;
use foldline_core::name::Name;
use foldline_core::projection::Projection;
use foldline_core::projector::Projector;
use foldline_core::time::Time;
use foldline_ports::memory::control::Control;
use foldline_ports::memory::documents::Documents;
use foldline_ports::memory::feed::Feed;
use foldline_ports::memory::history::History;

use crate::world::disasters::{self, Disaster};
use crate::world::effects::Struck;
use crate::world::faults::{Kind, Tally};
use crate::world::fleet::Fleet;
use crate::world::letters::{Appending, Letters};
use crate::world::oracle;
use crate::world::projections::Remember;
use crate::world::rng::Rng;
use crate::world::settings::{Profile, Settings};
use crate::world::trace::{self, Trace};
use crate::world::truth::Truth;
use crate::world::watch::Watch;
use crate::world::writers::{self, Record};

/// What went wrong, in a sentence.
pub type Failure = String;

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

/// A world.
#[derive(Debug)]
pub struct World {
    /// What it is like.
    pub settings: Settings,
    /// What was written.
    pub truth: Truth,
    pub(super) plan: Vec<Record>,
    pub(super) now: u64,
    pub(super) queue: BTreeMap<(u64, u64), Happening>,
    pub(super) serial: u64,
    pub(super) rng: Rng,
    /// The feed.
    pub feed: Feed,
    /// The history.
    pub history: History,
    /// The document store.
    pub documents: Documents,
    /// The control store.
    pub control: Control,
    /// The projections.
    pub projections: Vec<Joined>,
    pub(super) workers: Vec<Worker>,
    pub(super) fleet: Fleet,
    /// The letters.
    pub letters: Letters,
    pub(super) watch: Watch,
    pub(super) bitter: BTreeSet<i64>,
    pub(super) down_until: u64,
    pub(super) control_down_until: u64,
    pub(super) calm: bool,
    pub(super) halts: Vec<(usize, Name, Halt)>,
    /// What went wrong, counted.
    pub tally: Tally,
    /// What was struck by crashes, counted.
    pub struck: Struck,
    /// What happened.
    pub trace: Trace,
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// What was not as promised, if anything.
    pub failure: Option<Failure>,
    /// Events in the true log.
    pub events: u64,
    /// Virtual milliseconds.
    pub lasted: u64,
    /// Things that happened.
    pub steps: u64,
    /// What went wrong, counted.
    pub tally: Tally,
    /// What was struck by crashes, counted.
    pub struck: Struck,
    /// What happened.
    pub trace: Trace,
}

/// Runs the world of these settings to its end.
pub fn run(settings: Settings, traced: bool) -> Outcome {
    let mut world = World::new(settings, traced);
    let failure = world.play().err();
    if let Some(failure) = &failure {
        world.trace.say(world.now, || format!("FAILED: {failure}"));
    }
    Outcome {
        failure,
        events: world.truth.len() as u64,
        lasted: world.now,
        steps: world.serial,
        tally: world.tally,
        struck: world.struck,
        trace: world.trace,
    }
}

/// How long a world may take to come to rest once nothing goes wrong any more.
const REST_MS_MAX: u64 = 900_000;

impl World {
    /// The world of these settings, before anything happened.
    pub fn new(settings: Settings, traced: bool) -> World {
        let mut tally = Tally::default();
        let plan = writers::plan(&settings, &mut tally);
        let names: Vec<String> = (0..settings.partitions).map(|n| format!("part{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut rng = Rng::branch(settings.seed, 3);
        let documents = Documents::new(rng.any() >> 8);
        let projections = settings.projections.iter().enumerate().map(|(number, spec)| Joined {
            projection: Remember::new(number, spec.guard),
            joins: spec.joins,
            paused_until: 0,
            slow: false,
        });
        let projections: Vec<Joined> = projections.collect();
        for joined in &projections {
            documents.create_now(&joined.projection.id());
        }
        let mut world = World {
            feed: Feed::new("life0", &names),
            history: History::new(),
            documents,
            control: Control::new(rng.any() >> 8),
            bitter: disasters::bitter(&plan.truth),
            truth: plan.truth,
            plan: plan.records,
            now: 0,
            queue: BTreeMap::new(),
            serial: 0,
            rng,
            projections,
            workers: Vec::new(),
            fleet: Fleet::new(&settings),
            letters: Letters::default(),
            watch: Watch::default(),
            down_until: 0,
            control_down_until: 0,
            calm: false,
            halts: Vec::new(),
            tally,
            struck: Struck::default(),
            trace: Trace::new(traced),
            settings,
        };
        world.prepare(plan.ends);
        world
    }

    fn prepare(&mut self, ends: u64) {
        for (number, record) in self.plan.iter().enumerate() {
            self.queue.insert((record.at, number as u64), Happening::Show(number));
        }
        self.serial = self.plan.len() as u64;
        let mut stored = Vec::new();
        for (number, stream) in self.truth.streams.iter().enumerate() {
            for fact in stream.facts.values() {
                stored.push((fact.shown, Happening::Store { stream: number, version: fact.version }));
            }
            if let Some((at, below)) = stream.truncated {
                stored.push((at, Happening::Truncate { stream: number, below }));
            }
        }
        if self.settings.history {
            stored.into_iter().for_each(|(at, happening)| self.plan_at(at, happening));
        }
        for (at, disaster) in disasters::draw(&self.settings) {
            self.plan_at(at, Happening::Strike(disaster));
        }
        self.plan_at(ends + 2_000, Happening::Strike(Disaster::Calm));
        for worker in 0..self.settings.workers {
            self.workers.push(Worker {
                life: 0,
                alive: false,
                back_at: worker as u64,
                paused_until: 0,
                ahead: 0,
                machines: BTreeMap::new(),
            });
        }
        self.plan_at(5, Happening::Tend);
    }

    pub(super) fn plan_at(&mut self, at: u64, happening: Happening) {
        self.serial += 1;
        self.queue.insert((at.max(self.now), self.serial), happening);
    }

    fn play(&mut self) -> Result<(), Failure> {
        let mut calm_since = None;
        while let Some(((at, _), happening)) = self.queue.pop_first() {
            self.now = at;
            self.happen(happening)?;
            if self.calm {
                let since = *calm_since.get_or_insert(self.now);
                if self.fleet.rested {
                    break;
                }
                if self.now > since + REST_MS_MAX {
                    return Err(format!("the world did not come to rest: {}", self.unrest()));
                }
            }
        }
        oracle::compare(self)
    }

    fn happen(&mut self, happening: Happening) -> Result<(), Failure> {
        match happening {
            Happening::Show(number) => self.show(number),
            Happening::Store { stream, version } => self.store(stream, version),
            Happening::Truncate { stream, below } => self.truncate(stream, below),
            Happening::Act(act) => return self.act(act),
            Happening::Ghost(act) => {
                self.trace.say(self.now, || format!("ghost: {}", trace::effect(&act.effect)));
                self.tally.count(Kind::GhostRequest);
                self.perform(&act)?;
            }
            Happening::Append(appending) => return self.append(appending),
            Happening::Deliver { to, input } => return self.deliver(to, input),
            Happening::Grant { to, partition } => self.grant(to, &partition),
            Happening::Revoke { worker, life, partition, lost } => {
                return self.revoke(worker, life, &partition, lost);
            }
            Happening::Tend => return self.tend(),
            Happening::Strike(disaster) => return self.strike(disaster),
        }
        Ok(())
    }

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

    fn act(&mut self, act: Act) -> Result<(), Failure> {
        if self.machine(act.from).is_none() {
            return Ok(());
        }
        if let Some(until) = self.busy_until(act.from) {
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
        self.struck.perform(crate::world::effects::kind(&act.effect));
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
        let effects = machine.projector.step(told, input);
        let incarnations: Vec<Option<Name>> =
            effects.iter().map(|effect| believed(machine, effect)).collect();
        crate::world::watch::check_machine(&machine.projector)
            .map_err(|why| format!("w{} p{}: {why}", to.worker, to.projection))?;
        for (effect, incarnation) in effects.into_iter().zip(incarnations) {
            let at = now + self.latency(to.projection);
            let act = Act { from: to, effect, sent: now, told, incarnation };
            self.plan_at(at, Happening::Act(act));
        }
        Ok(())
    }

    /// Whether the source's events have versions of their own.
    pub(super) fn versioned(&self) -> bool {
        self.settings.profile != Profile::Refold
    }
}

/// The wall time at which worlds begin.
pub const EPOCH_MS: u64 = 1_700_000_000_000;

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

/// The trace of a world that ended in a panic: it is lost with the world.
pub(super) fn panicked_trace() -> Trace {
    Trace::new(false)
}
