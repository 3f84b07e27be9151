//! The world and its time: a queue of what will happen, taken in order. Nothing in here decides
//! what is right; it lets things happen, and asks the watch after each.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::name::Name;
use foldline_core::projection::Projection;
use foldline_ports::memory::control::Control;
use foldline_ports::memory::documents::Documents;
use foldline_ports::memory::feed::Feed;
use foldline_ports::memory::history::History;

use crate::world::deeds::{Deed, Deeds};
use crate::world::disasters::{self, Disaster};
use crate::world::effects::Struck;
use crate::world::faults::{Kind, Tally};
use crate::world::fleet::Fleet;
use crate::world::letters::Letters;
use crate::world::oracle;
use crate::world::parts::{Happening, Joined, Worker};
use crate::world::projections::Remember;
use crate::world::reads::Reads;
use crate::world::rng::Rng;
use crate::world::settings::{Profile, Settings};
use crate::world::sweeps::Sweeper;
use crate::world::trace::{self, Trace};
use crate::world::truth::Truth;
use crate::world::watch::Watch;
use crate::world::writers::{self, Record};

/// What went wrong, in a sentence.
pub type Failure = String;

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
    /// Chance among lanes: how many there are, and how long their words take.
    pub(super) lanes_rng: Rng,
    pub(super) sweep_rng: Rng,
    /// Whoever has the background sweep.
    pub(super) sweeper: Option<Sweeper>,
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
    /// Partitions that stood still at some time, by projection.
    pub(super) halts: BTreeSet<(usize, Name)>,
    pub(super) calm_at: u64,
    /// What went wrong, counted.
    pub tally: Tally,
    /// What was struck by crashes, counted.
    pub struck: Struck,
    /// What machines did, counted.
    pub deeds: Deeds,
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
    /// What machines did, counted.
    pub deeds: Deeds,
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
        deeds: world.deeds,
        trace: world.trace,
    }
}

/// How much may happen in a world: a few thousand things do for each hundred events.
const STEPS_MAX: u64 = 300_000;

/// How long a world may take to come to rest once nothing goes wrong any more: where a partition
/// halted, what does not need it may ask again after the longest waits.
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
            lanes_rng: Rng::branch(settings.seed, 8),
            sweep_rng: Rng::branch(settings.seed, 9),
            sweeper: None,
            projections,
            workers: Vec::new(),
            fleet: Fleet::new(&settings),
            letters: Letters::default(),
            watch: Watch::default(),
            down_until: 0,
            control_down_until: 0,
            calm: false,
            halts: BTreeSet::new(),
            calm_at: 0,
            tally,
            struck: Struck::default(),
            deeds: Deeds::default(),
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
                stored
                    .push((fact.shown, Happening::Store { stream: number, version: fact.version }));
            }
            if let Some((at, below)) = stream.truncated {
                stored.push((at, Happening::Truncate { stream: number, below }));
            }
        }
        if self.settings.history {
            for (at, happening) in stored {
                self.plan_at(at, happening);
            }
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
                posts: BTreeMap::new(),
                reads: Reads::new(self.settings.window),
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
            if self.serial > STEPS_MAX {
                return Err(format!("the world runs in circles: {}", self.unrest()));
            }
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
        for _ in 0..oracle::compare(self)? {
            self.deeds.count(Deed::ForkDecided);
        }
        Ok(())
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
            Happening::Drain(draining) => return self.drain(draining),
            Happening::Relieve { projection, scope, retry } => {
                return self.relieve(projection, &scope, retry);
            }
            Happening::Deliver { to, input } => return self.deliver(to, input),
            Happening::Hear { to } => return self.hear_word(to),
            Happening::Say { from } => return self.word_said(from),
            Happening::Read { worker, life, read } => return self.read_again(worker, life, read),
            Happening::Wait { worker, life } => self.wait_over(worker, life),
            Happening::Grant { to, partition } => self.grant(to, &partition),
            Happening::Revoke { worker, life, partition, lost } => {
                return self.revoke(worker, life, &partition, lost);
            }
            Happening::Sweep { worker, life, next } => self.sweep_on(worker, life, next),
            Happening::Tend => return self.tend(),
            Happening::Strike(disaster) => return self.strike(disaster),
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

/// The trace of a world that ended in a panic: it is lost with the world.
pub(super) fn panicked_trace() -> Trace {
    Trace::new(false)
}
