//! Two workers that park, two drains and a discarder at once, each dying or losing an answer at
//! any step: whatever happens, each event is in its document once and in order, or on record.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::world::{Diary, World, drain, event, letter, mark, unknown};
use crate::control::ControlAnswer;
use crate::drain::{Drain, Effect, Input, Mode, Outcome};
use crate::effect::DocumentWrite;
use crate::event::Batch;
use crate::fault::Trouble;
use crate::guard::{Epoch, GuardKind, Meta};
use crate::input::WriteAnswer;
use crate::letter::{LetterAnswer, Scope};
use crate::name::Name;
use crate::parking::tests::id;
use crate::parking::{Append, AppendStep, Limits, wire};
use crate::progress::{Progress, Standing};
use crate::projection::Projection;
use crate::time::Time;
use crate::value::Value;

/// Whether an actor does what it wants, dies before or after it, or never hears the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Well,
    DiesBefore,
    DiesAfter,
    Unheard,
}

/// A worker that reads its feed in order, and parks what fails.
#[derive(Debug)]
struct Worker {
    feed: Vec<Arc<Batch>>,
    at: usize,
    phase: Phase,
    /// Epochs whose heads it found closed.
    closed: BTreeSet<Epoch>,
}

#[derive(Debug)]
enum Phase {
    Judge,
    Write(DocumentWrite),
    Append(Box<Append>, Epoch, Option<ControlAnswer>),
}

impl Worker {
    fn key(&self, guard: GuardKind) -> Name {
        let event = self.feed[self.at].event(0).unwrap();
        if guard == GuardKind::Version { event.stream().into() } else { "k".into() }
    }

    fn judge(&mut self, world: &mut World, diary: &Diary, epochs: &mut u64) -> Phase {
        let payload = Arc::clone(&self.feed[self.at]);
        let event = payload.event(0).unwrap();
        let key = self.key(diary.guard);
        let stored = world.documents.get(&key).cloned();
        let (mut body, mut meta, replaces) = match stored {
            Some(stored) => (stored.body, stored.meta, Some(stored.revision)),
            None => (Arc::default(), Meta::empty(diary.guard, 1), None),
        };
        if meta.guard.judge(event, "p") != Standing::New {
            self.at += 1;
            return Phase::Judge;
        }
        meta.mark = meta.mark.filter(|mark| !self.closed.contains(&mark.epoch));
        if let Some(mark) = &meta.mark {
            let letter = letter(Scope::Key(key), mark.epoch, &payload);
            let append = Append::new(id(), letter, Limits::default());
            return Phase::Append(Box::new(append), mark.epoch, None);
        }
        let mut copy = Value::clone(&body);
        if diary.apply(event, &key, &mut copy).is_ok() {
            body = Arc::new(copy);
            meta.guard.advance(event, "p", &Progress::default());
        } else {
            *epochs += 1;
            meta.mark = Some(mark(Epoch(*epochs), event.stream(), event.version()).into());
        }
        Phase::Write(DocumentWrite { key, replaces, body, meta, rows: Vec::new() })
    }

    /// Does one thing.
    fn step(&mut self, world: &mut World, diary: &Diary, epochs: &mut u64, fate: Fate) {
        if self.at >= self.feed.len() {
            return;
        }
        if fate == Fate::DiesBefore {
            return self.die();
        }
        let heard = fate == Fate::Well;
        match std::mem::replace(&mut self.phase, Phase::Judge) {
            Phase::Judge => self.phase = self.judge(world, diary, epochs),
            Phase::Write(write) => {
                let answer = world.write(&write);
                let marked = write.meta.mark.is_some();
                if heard && matches!(answer, WriteAnswer::Written(_)) && !marked {
                    self.at += 1;
                }
            }
            Phase::Append(mut append, epoch, answer) => match append.step(answer) {
                AppendStep::Do(op) => {
                    let answer = world.control.perform(&op);
                    let lost = ControlAnswer::Trouble(Trouble::Unknown);
                    let answer = if heard { answer } else { lost };
                    self.phase = Phase::Append(append, epoch, Some(answer));
                }
                AppendStep::Done(LetterAnswer::Parked) => self.at += 1,
                AppendStep::Done(LetterAnswer::Closed) => {
                    self.closed.insert(epoch);
                }
                AppendStep::Done(_) => {}
            },
        }
        if fate == Fate::DiesAfter {
            self.die();
        }
    }

    /// All is delivered again.
    fn die(&mut self) {
        self.at = 0;
        self.phase = Phase::Judge;
        self.closed.clear();
    }
}

struct Play {
    world: World,
    diary: Diary,
    epochs: u64,
    workers: Vec<Worker>,
    drains: Vec<Option<(Drain<Diary>, Input)>>,
    now: u64,
}

impl Play {
    fn new(guard: GuardKind, poison: &[(usize, u64)]) -> Play {
        let streams = if guard == GuardKind::Version { 1 } else { 2 };
        let mut feeds = vec![Vec::new(), Vec::new()];
        let mut at = 0;
        for version in 1..=6 {
            for stream in 0..streams {
                at += 1;
                let kind = if poison.contains(&(stream, version)) { "poison" } else { "ok" };
                let payload = event(["s", "t"][stream], version, kind, "k", at);
                feeds[0].push(Arc::clone(&payload));
                feeds[1].push(payload);
            }
        }
        if guard == GuardKind::Streams {
            // The other worker meets all of one stream before any of the other.
            feeds[1].sort_by_key(|batch| Name::from(batch.event(0).unwrap().stream()));
        }
        let worker = |feed| Worker { feed, at: 0, phase: Phase::Judge, closed: BTreeSet::new() };
        let mut world = World::default();
        world.control.page = 3;
        Play {
            world,
            diary: Diary { guard, broken: true },
            epochs: 0,
            workers: feeds.into_iter().map(worker).collect(),
            drains: vec![None, None, None],
            now: 0,
        }
    }

    /// A drain of some parking that was ever begun: the present one, or an old one.
    fn begin(&mut self, number: usize, choice: u64) {
        if self.epochs == 0 {
            return;
        }
        let key = if self.diary.guard == GuardKind::Version { "s" } else { "k" };
        let present = self.world.documents.get(key).and_then(|stored| stored.meta.mark.clone());
        let present = present.map_or(Epoch(1), |mark| mark.epoch);
        let epoch = if choice < 10 { Epoch(choice % self.epochs + 1) } else { present };
        let mode = if number == 2 {
            let stream = if choice.is_multiple_of(2) { "s" } else { "t" };
            Mode::Discard { stream: stream.into(), version: choice % 6 + 1, reason: "no".into() }
        } else {
            Mode::Retry
        };
        let broken = number == 1;
        let place = (Scope::Key(key.into()), epoch);
        self.drains[number] = Some((drain(self.diary.guard, broken, place, mode), Input::Started));
    }

    fn step_drain(&mut self, number: usize, choice: u64, fate: Fate) {
        self.now += 40;
        let Some((mut drain, input)) = self.drains[number].take() else {
            return self.begin(number, choice);
        };
        let effect = drain.step(Time(self.now), input);
        if matches!(effect, Effect::Done(_)) || fate == Fate::DiesBefore {
            return;
        }
        let answer = self.world.perform(&effect).unwrap_or(Input::Ticked);
        if fate != Fate::DiesAfter {
            let lost = fate == Fate::Unheard;
            let answer = if lost { unknown(&effect) } else { answer };
            self.drains[number] = Some((drain, answer));
        }
    }

    fn check_order(&self) {
        for key in ["s", "k"] {
            for stream in ["s", "t"] {
                let body = self.world.body(key).split(' ').filter(|word| word.starts_with(stream));
                let versions: Vec<u64> = body.map(|word| word[1..].parse().unwrap()).collect();
                assert!(versions.is_sorted_by(|a, b| a < b), "{key}: {versions:?}");
            }
        }
    }

    /// The module is fixed; all is drained, and delivered once more.
    fn end(&mut self) {
        self.diary.broken = false;
        let key = if self.diary.guard == GuardKind::Version { "s" } else { "k" };
        for _ in 0..20 {
            for number in 0..2 {
                while self.workers[number].at < self.workers[number].feed.len() {
                    let (world, diary) = (&mut self.world, &self.diary);
                    self.workers[number].step(world, diary, &mut self.epochs, Fate::Well);
                }
            }
            let mark = self.world.documents.get(key).and_then(|stored| stored.meta.mark.clone());
            let Some(mark) = mark else { break };
            let place = (Scope::Key(key.into()), mark.epoch);
            let mut drain = drain(self.diary.guard, false, place, Mode::Retry);
            assert_eq!(self.world.drain(&mut drain), Outcome::Drained);
            self.workers.iter_mut().for_each(Worker::die);
        }
        self.check_order();
        let dropped: BTreeSet<String> = self
            .world
            .control
            .names("parking/wallets@2/discard")
            .iter()
            .map(|name| wire::read_letter(self.world.control.value(name).unwrap()).unwrap().letter)
            .map(|letter| format!("{}{}", letter.stream, letter.version))
            .collect();
        let all = self.workers[0].feed.iter().map(|batch| {
            let event = batch.event(0).unwrap();
            format!("{}{}", event.stream(), event.version())
        });
        let expected: BTreeSet<String> = all.filter(|word| !dropped.contains(word)).collect();
        let words = self.world.body(key).split(' ').filter(|word| !word.is_empty());
        let found: BTreeSet<String> = words.map(String::from).collect();
        assert_eq!(found, expected, "discarded: {dropped:?}");
        for epoch in 1..=self.epochs {
            let scope = Scope::Key(key.into());
            let open = self.world.head(&scope, Epoch(epoch)).is_some_and(|head| head.open);
            assert!(!open, "no head stays open");
        }
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        12 => Just(Fate::Well),
        1 => Just(Fate::DiesBefore),
        1 => Just(Fate::DiesAfter),
        1 => Just(Fate::Unheard),
    ]
}

fn play(guard: GuardKind, poison: &[(usize, u64)], schedule: &[(usize, u64, Fate)]) {
    let mut play = Play::new(guard, poison);
    for (actor, choice, fate) in schedule {
        match actor {
            0 | 1 => {
                let worker = &mut play.workers[*actor];
                worker.step(&mut play.world, &play.diary, &mut play.epochs, *fate);
            }
            _ => play.step_drain(actor - 2, *choice, *fate),
        }
        play.check_order();
    }
    play.end();
}

fn guard() -> impl Strategy<Value = GuardKind> {
    prop::sample::select(vec![GuardKind::Version, GuardKind::Streams, GuardKind::Positions])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_is_lost_doubled_or_reordered(
        guard in guard(),
        poison in prop::collection::vec((0usize..2, 1u64..=6), 1..4),
        schedule in prop::collection::vec((0usize..5, 0u64..60, fate()), 0..600),
    ) {
        play(guard, &poison, &schedule);
    }
}
