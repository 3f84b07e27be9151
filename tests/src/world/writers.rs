//! The writers: from a seed's settings they make the true log, and plan what the feed will show
//! of it and when. What is lost, doubled, late or out of order is decided here.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::name::Name;

use crate::world::faults::{Kind, Tally};
use crate::world::rng::Rng;
use crate::world::settings::{HOLE_AFTER_MS, Profile, Settings};
use crate::world::truth::{Act, Class, Fact, Flaw, Stream, Truth};

mod rare;

/// One event as a record shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A version of a stream.
    Event {
        /// Which stream.
        stream: usize,
        /// Which version.
        version: u64,
        /// Whether with the other content.
        forged: bool,
    },
    /// A record that yields no stream.
    Nameless,
}

/// One record that the feed will hold.
#[derive(Clone, Debug)]
pub struct Record {
    /// When.
    pub at: u64,
    /// What it makes.
    pub shown: Vec<Shown>,
    /// On another partition than its stream's own.
    pub elsewhere: bool,
}

/// What the writers do in one world.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The true log.
    pub truth: Truth,
    /// What the feed shows, in order of time.
    pub records: Vec<Record>,
    /// When the last of all this is done.
    pub ends: u64,
}

/// Makes the true log and the plan of this world.
pub fn plan(settings: &Settings, tally: &mut Tally) -> Plan {
    let mut writers = Writers {
        settings,
        rng: Rng::branch(settings.seed, 2),
        rare: Rng::branch(settings.seed, 6),
        truth: Truth::default(),
        next: Vec::new(),
        records: Vec::new(),
        last_id: 0,
        tally,
    };
    writers.open_streams();
    writers.write_all();
    writers.lose_tails();
    writers.go_below();
    writers.truncate();
    writers.finish()
}

struct Writers<'a> {
    settings: &'a Settings,
    rng: Rng,
    /// Chance for what only some worlds have.
    rare: Rng,
    truth: Truth,
    /// The next version of each stream; none: nothing is written there any more.
    next: Vec<Option<u64>>,
    records: Vec<Record>,
    last_id: i64,
    tally: &'a mut Tally,
}

impl Writers<'_> {
    fn may(&self, kind: Kind) -> bool {
        self.settings.may(kind)
    }

    /// Whether a fault of this kind is tried now; what comes of it is counted elsewhere.
    fn tries(&mut self, kind: Kind, permille: u64) -> bool {
        // The number is drawn in any case: a fault taken away leaves the rest as it was.
        self.rng.permille(permille) && self.settings.may(kind)
    }

    /// Whether a fault of this kind strikes now; it is counted.
    fn strikes(&mut self, kind: Kind, permille: u64) -> bool {
        let strikes = self.tries(kind, permille);
        if strikes {
            self.tally.count(kind);
        }
        strikes
    }

    fn open_streams(&mut self) {
        for number in 0..self.settings.streams {
            let name = Name::from(format!("s{number}"));
            let class = self.draw_class();
            self.truth.by_name.insert(name.clone(), number);
            self.truth.streams.push(Stream {
                name,
                class,
                facts: BTreeMap::new(),
                holes: BTreeSet::new(),
                late: BTreeSet::new(),
                forks: BTreeMap::new(),
                truncated: None,
                below: None,
            });
            self.next.push(Some(self.settings.first));
        }
    }

    fn draw_class(&mut self) -> Class {
        let poisons = [
            Kind::PoisonUndecodable,
            Kind::PoisonRoute,
            Kind::PoisonApply,
            Kind::PoisonDocument,
            Kind::Refused,
        ];
        let poison = poisons.iter().any(|kind| self.may(*kind));
        match self.rng.below(100) {
            0..=34 if poison => Class::Poisoned,
            35..=49 if self.may(Kind::LateFill) => Class::Late,
            50..=64 if self.may(Kind::Fork) => Class::Forked,
            65..=79 if self.may(Kind::TruncatedHistory) => Class::Truncated,
            _ => Class::Plain,
        }
    }

    fn write_all(&mut self) {
        let mut written = 0;
        let mut tries = 0;
        while written < self.settings.events && tries < self.settings.events * 3 {
            tries += 1;
            let at = 1_000 + tries as u64 * self.settings.spacing + self.rng.below(5);
            if self.strikes(Kind::Nameless, 6) {
                let shown = vec![Shown::Nameless];
                self.records.push(Record { at, shown, elsewhere: false });
            }
            let a = self.rng.index(self.settings.streams);
            let b = self.rng.index(self.settings.streams);
            let stream = a.min(b);
            let burst =
                if self.strikes(Kind::SeveralEvents, 60) { self.rng.between(2, 3) } else { 1 };
            let mut versions = Vec::new();
            for _ in 0..burst {
                versions.extend(self.write(stream, at));
            }
            written += versions.len();
            self.publish(stream, &versions, at);
        }
    }

    /// Writes the stream's next event, and answers with its version where it is to be published
    /// with the others.
    fn write(&mut self, number: usize, at: u64) -> Option<u64> {
        let mut version = (*self.next.get(number)?)?;
        let class = self.truth.streams.get(number)?.class;
        if self.settings.profile == Profile::Monotonic {
            version += self.rng.below(4);
        } else if self.strikes(Kind::PermanentHole, 15) {
            self.truth.streams.get_mut(number)?.holes.insert(version);
            version += 1;
        }
        let fact = self.draw_fact(class, version, at);
        let closed = fact.act == Act::Removed && !self.may(Kind::CreatedAgain);
        let late = class == Class::Late && self.strikes(Kind::LateFill, 80);
        let stream = self.truth.streams.get_mut(number)?;
        if let Some(place) = self.next.get_mut(number) {
            *place = (!closed).then_some(version + 1);
        }
        let mut fact = fact;
        if late {
            fact.shown = at + HOLE_AFTER_MS + 2_000 + self.rng.below(30_000);
            stream.late.insert(version);
        }
        let shown = fact.shown;
        stream.facts.insert(version, fact);
        if late {
            let at = shown + 1 + self.rng.below(2_000);
            self.show(number, &[version], at, false);
            return None;
        }
        Some(version)
    }

    fn draw_fact(&mut self, class: Class, version: u64, at: u64) -> Fact {
        self.last_id += 1 + i64::from(self.rng.percent(50));
        let id = self.last_id;
        let mut act = match self.rng.below(100) {
            0..=11 => Act::Noted,
            12..=21 => Act::Ignored,
            22..=29 if version > self.settings.first && self.may(Kind::Deleted) => Act::Removed,
            _ => Act::Added,
        };
        let flaw = if class == Class::Poisoned && self.rng.permille(90) {
            self.draw_flaw()
        } else {
            Flaw::None
        };
        let flaw = self.draw_rare_flaw(class, flaw);
        if flaw != Flaw::None {
            act = Act::Added;
        }
        if act == Act::Removed {
            self.tally.count(Kind::Deleted);
        }
        let twin = (act == Act::Added && self.rng.percent(6)).then(|| {
            self.last_id += 1;
            self.last_id
        });
        let mut keys: Vec<Name> = Vec::new();
        for _ in 0..self.rng.between(1, 3) {
            let key = Name::from(format!("k{}", self.rng.below(self.settings.keys)));
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        self.count_keys(flaw, &keys);
        let lags = self.strikes(Kind::LaggingHistory, 100);
        let shown = if lags { at + self.rng.below(4_000) } else { at };
        Fact { version, act, id, twin, keys, flaw, time: at, shown }
    }

    fn draw_flaw(&mut self) -> Flaw {
        let all = [
            (Kind::PoisonUndecodable, Flaw::Undecodable),
            (Kind::PoisonRoute, Flaw::Route),
            (Kind::PoisonApply, Flaw::Apply),
            (Kind::PoisonDocument, Flaw::Strict),
            (Kind::Refused, Flaw::Bitter),
        ];
        let Some((kind, flaw)) = self.rng.pick(&all).copied() else { return Flaw::None };
        if !self.may(kind) {
            return Flaw::None;
        }
        if kind != Kind::Refused {
            self.tally.count(kind);
        }
        flaw
    }

    /// Plans how the feed shows these versions, which one record makes.
    fn publish(&mut self, stream: usize, versions: &[u64], at: u64) {
        let Some(&last) = versions.last() else { return };
        let elsewhere = stream.is_multiple_of(3) && self.tries(Kind::TwoPartitions, 400);
        let late = if self.tries(Kind::Reordered, 120) { self.rng.below(2_500) } else { 0 };
        let shown_at = at + 1 + late;
        if self.strikes(Kind::LostMiddle, 35) {
            self.show_again(stream, last, at);
            return;
        }
        self.show(stream, versions, shown_at, elsewhere);
        self.show_again(stream, last, shown_at);
        if self.strikes(Kind::DuplicateNear, 70) {
            let at = shown_at + self.rng.below(600);
            self.show(stream, versions, at, elsewhere);
        }
        if self.strikes(Kind::DuplicateFar, 40) {
            let at = shown_at + 5_000 + self.rng.below(50_000);
            self.show(stream, versions, at, elsewhere);
        }
        if self.strikes(Kind::DuplicateElsewhere, 40) {
            let at = shown_at + self.rng.below(3_000);
            self.show(stream, versions, at, !elsewhere);
        }
    }

    /// Plans a second content for a version of a forked stream, now and then.
    fn show_again(&mut self, number: usize, version: u64, at: u64) {
        let Some(stream) = self.truth.streams.get(number) else { return };
        if stream.class != Class::Forked || !self.strikes(Kind::Fork, 120) {
            return;
        }
        let first = self.rng.percent(25) && at > 600;
        let when = if first { at - self.rng.below(500) } else { at + self.rng.below(6_000) };
        self.last_id += 1;
        let id = self.last_id;
        let Some(stream) = self.truth.streams.get_mut(number) else { return };
        let Some(fact) = stream.facts.get(&version) else { return };
        let forged = Fact { id, twin: None, act: Act::Added, ..fact.clone() };
        stream.forks.insert(version, (forged, first));
        let shown = vec![Shown::Event { stream: number, version, forged: true }];
        self.records.push(Record { at: when, shown, elsewhere: false });
    }

    fn show(&mut self, stream: usize, versions: &[u64], at: u64, elsewhere: bool) {
        let event = |&version: &u64| Shown::Event { stream, version, forged: false };
        self.records.push(Record { at, shown: versions.iter().map(event).collect(), elsewhere });
    }

    /// Takes the last events of some streams out of the feed: only a sweep can find them.
    fn lose_tails(&mut self) {
        for number in 0..self.truth.streams.len() {
            if !self.strikes(Kind::LostTail, 200) {
                continue;
            }
            let stream = self.truth.streams.get(number);
            let last = stream.and_then(|stream| stream.facts.keys().next_back().copied());
            let Some(last) = last else { continue };
            for record in &mut self.records {
                record.shown.retain(|shown| {
                    !matches!(shown, Shown::Event { stream, version, .. }
                        if *stream == number && *version == last)
                });
            }
        }
        self.records.retain(|record| !record.shown.is_empty());
    }

    fn truncate(&mut self) {
        let ends = 1_000 + self.settings.duration();
        for stream in &mut self.truth.streams {
            if stream.class != Class::Truncated {
                continue;
            }
            let at = self.rng.between(1_000, ends + 10_000);
            let written: Vec<u64> =
                stream.facts.values().filter(|f| f.shown < at).map(|f| f.version).collect();
            if let Some(below) = self.rng.pick(&written) {
                stream.truncated = Some((at, *below));
                self.tally.count(Kind::TruncatedHistory);
            }
        }
    }

    fn finish(self) -> Plan {
        let mut records = self.records;
        records.sort_by_key(|record| record.at);
        count_reordered(&records, &self.truth, self.tally);
        let shown = self.truth.streams.iter().flat_map(|s| s.facts.values()).map(|f| f.shown);
        let last = records.last().map_or(0, |record| record.at);
        let ends = shown.max().unwrap_or(0).max(last);
        Plan { truth: self.truth, records, ends }
    }
}

/// Counts the records that come after a later one of their stream; one that comes again, and one
/// that was written late, does not count.
fn count_reordered(records: &[Record], truth: &Truth, tally: &mut Tally) {
    let mut seen: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    for shown in records.iter().flat_map(|record| &record.shown) {
        let Shown::Event { stream, version, forged: false } = *shown else { continue };
        let late = truth.streams.get(stream).is_some_and(|s| s.late.contains(&version));
        let seen = seen.entry(stream).or_default();
        let above = seen.last().is_some_and(|last| *last > version);
        if seen.insert(version) && above && !late {
            tally.count(Kind::Reordered);
        }
    }
}
