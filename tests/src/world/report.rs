//! Many worlds in a row: their sums, and of the first that fails the smallest that still does.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::world::deeds::Deeds;
use crate::world::effects::Struck;
use crate::world::faults::{Kind, Tally};
use crate::world::run::{self, Outcome};
use crate::world::settings::{Cuts, Settings};

/// From so many worlds on a run must have met everything.
const SEEDS_MANY: u64 = 2_000;

/// A fault must strike once in so many worlds: a thousand times in a hundred thousand.
const SEEDS_PER_FAULT: u64 = 100;

/// The sums over many worlds.
#[derive(Debug, Default)]
pub struct Sums {
    /// Worlds.
    pub seeds: u64,
    /// Events in their true logs.
    pub events: u64,
    /// Things that happened in them.
    pub steps: u64,
    /// What went wrong, counted.
    pub tally: Tally,
    /// What crashes struck, counted.
    pub struck: Struck,
    /// What machines did, counted.
    pub deeds: Deeds,
    /// Seeds that failed, with why.
    pub failures: Vec<(u64, String)>,
}

impl Sums {
    /// Adds one world.
    pub fn add(&mut self, seed: u64, outcome: &Outcome) {
        self.seeds += 1;
        self.events += outcome.events;
        self.steps += outcome.steps;
        self.tally.absorb(&outcome.tally);
        self.struck.absorb(&outcome.struck);
        self.deeds.absorb(&outcome.deeds);
        if let Some(failure) = &outcome.failure {
            self.failures.push((seed, failure.clone()));
        }
    }

    /// Adds the sums of others.
    pub fn absorb(&mut self, other: Sums) {
        self.seeds += other.seeds;
        self.events += other.events;
        self.steps += other.steps;
        self.tally.absorb(&other.tally);
        self.struck.absorb(&other.struck);
        self.deeds.absorb(&other.deeds);
        self.failures.extend(other.failures);
        self.failures.sort();
    }

    /// What these worlds should have met and did not, or too seldom, each in a line. Only of many
    /// worlds can this be asked.
    pub fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        if self.seeds < SEEDS_MANY {
            return missing;
        }
        let enough = self.seeds / SEEDS_PER_FAULT;
        for kind in Kind::ALL.iter().filter(|kind| self.tally.of(**kind) < enough) {
            let (name, times) = (kind.name(), self.tally.of(*kind));
            missing.push(format!("the fault `{name}` struck {times} times, and must {enough}"));
        }
        for (name, _) in self.deeds.rows().filter(|(_, times)| *times == 0) {
            missing.push(format!("no machine ever did `{name}`"));
        }
        for (name, _, struck) in self.struck.rows() {
            let phases = ["before", "within", "after"].into_iter().zip(struck);
            for (phase, _) in phases.filter(|(_, times)| *times == 0) {
                missing.push(format!("no crash ever struck {phase} `{name}`"));
            }
        }
        missing
    }

    /// Prints them.
    pub fn print(&self, out: &mut dyn Write, millis: u64) -> io::Result<()> {
        let rate = self.seeds * 1_000 / millis.max(1);
        writeln!(
            out,
            "{} seeds, {} events, {} steps, {rate} seeds a second, {} failed",
            self.seeds,
            self.events,
            self.steps,
            self.failures.len()
        )?;
        writeln!(out, "\nfaults:")?;
        for kind in Kind::ALL {
            writeln!(out, "  {:<30} {:>10}", kind.name(), self.tally.of(*kind))?;
        }
        writeln!(out, "\nmachines:")?;
        for (name, count) in self.deeds.rows() {
            writeln!(out, "  {name:<22} {count:>10}")?;
        }
        writeln!(out, "\neffects:        performed     crashed before      within       after")?;
        for (name, performed, [before, within, after]) in self.struck.rows() {
            writeln!(out, "  {name:<13} {performed:>10} {before:>18} {within:>11} {after:>11}")?;
        }
        Ok(())
    }
}

/// Runs one world; a panic in it is a failure like another.
pub fn run_one(settings: Settings, traced: bool) -> Outcome {
    let caught =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run::run(settings, traced)));
    caught.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Outcome {
            failure: Some(format!("panicked: {}", text.unwrap_or_default())),
            events: 0,
            lasted: 0,
            steps: 0,
            tally: Tally::default(),
            struck: Struck::default(),
            deeds: Deeds::default(),
            trace: run::panicked_trace(),
        }
    })
}

/// The smallest cut of this seed's world that still fails; without any, none.
pub fn shrink(seed: u64) -> Option<Cuts> {
    let fail = |cuts: &Cuts| run_one(Settings::of(seed).cut(cuts), false).failure;
    let mut cuts = Cuts::default();
    let whole = likeness(&fail(&cuts)?);
    // A cut that fails in another way shows another story.
    let fails = |cuts: &Cuts| fail(cuts).is_some_and(|failure| likeness(&failure) == whole);
    let settings = Settings::of(seed);
    for projections in 1..settings.projections.len() {
        let tried = Cuts { projections: Some(projections), ..cuts.clone() };
        if fails(&tried) {
            cuts = tried;
            break;
        }
    }
    let mut events = settings.events;
    let mut step = events / 2;
    while step > 0 {
        let tried = Cuts { events: Some(events - step), ..cuts.clone() };
        if fails(&tried) {
            events -= step;
            cuts = tried;
            step = step.min(events / 2);
        } else {
            step /= 2;
        }
    }
    for lanes in 1..settings.lanes {
        let tried = Cuts { lanes: Some(lanes), ..cuts.clone() };
        if fails(&tried) {
            cuts = tried;
            break;
        }
    }
    for workers in 1..settings.workers {
        let tried = Cuts { workers: Some(workers), ..cuts.clone() };
        if fails(&tried) {
            cuts = tried;
            break;
        }
    }
    for kind in Kind::ALL.iter().filter(|kind| settings.may(**kind)) {
        let mut tried = cuts.clone();
        tried.without.push(*kind);
        if fails(&tried) {
            cuts = tried;
        }
    }
    Some(cuts)
}

/// A failure without its names and numbers, to tell failures of one kind from others.
pub fn likeness(failure: &str) -> String {
    let words = failure.split(['{', '[', '(']).next().unwrap_or_default();
    words.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// The arguments that make these cuts again.
pub fn arguments(seed: u64, cuts: &Cuts) -> String {
    let mut text = format!("--seed {seed}");
    let mut add = |name: &str, value: Option<usize>| {
        if let Some(value) = value {
            let _ = write!(text, " --{name} {value}");
        }
    };
    add("events", cuts.events);
    add("projections", cuts.projections);
    add("workers", cuts.workers);
    add("lanes", cuts.lanes);
    if !cuts.without.is_empty() {
        let names: Vec<&str> = cuts.without.iter().map(|kind| kind.name()).collect();
        let _ = write!(text, " --without {}", names.join(","));
    }
    text
}
