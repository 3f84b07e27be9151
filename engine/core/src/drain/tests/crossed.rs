//! A stream that parks for want of a key, documents of it that park on their own, workers and
//! drains of all of them at once, each dying at any step.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use proptest::prelude::*;

use super::world::{Diary, World, drain, event, letter, mark, meta, unknown};
use crate::control::ControlAnswer;
use crate::cursor::{Cursor, CursorWrite};
use crate::drain::{Drain, Effect, Input, Mode, Outcome};
use crate::effect::DocumentWrite;
use crate::event::Batch;
use crate::guard::{Epoch, Guard, GuardKind, Meta};
use crate::input::{SideAnswer, WriteAnswer};
use crate::letter::{LetterAnswer, Scope};
use crate::limits::DRAIN_LETTERS;
use crate::name::Name;
use crate::parking::tests::id;
use crate::parking::{Append, AppendStep, Limits, wire};
use crate::progress::{Progress, Standing};
use crate::projection::{Keys, Projection};
use crate::time::Time;
use crate::value::Value;

const GUARD: GuardKind = GuardKind::Streams;
const LAST: u64 = 6;

/// A worker that makes everything of one event durable before it takes the next.
#[derive(Debug, Default)]
struct Worker {
    version: u64,
    /// Documents that the event is still to be folded into; none: its cursor is to be read.
    keys: Option<VecDeque<Name>>,
    append: Option<(Box<Append>, Epoch, Option<ControlAnswer>)>,
    /// The stream's letter is parked: its cursor is to say so.
    behind: bool,
    closed: BTreeSet<Epoch>,
}

impl Worker {
    fn step(&mut self, play: &mut Stores) {
        if self.version >= LAST {
            return;
        }
        let payload = Arc::clone(&play.events[usize::try_from(self.version).unwrap()]);
        if let Some((mut append, epoch, answer)) = self.append.take() {
            return match append.step(answer) {
                AppendStep::Do(op) => {
                    let answer = play.world.control.perform(&op);
                    self.append = Some((append, epoch, Some(answer)));
                }
                AppendStep::Done(LetterAnswer::Closed) => {
                    self.closed.insert(epoch);
                }
                AppendStep::Done(LetterAnswer::Parked) => match &mut self.keys {
                    Some(keys) => drop(keys.pop_front()),
                    None => self.behind = true,
                },
                AppendStep::Done(answer) => panic!("{answer:?}"),
            };
        }
        let next = self.keys.as_ref().and_then(|keys| keys.front().cloned());
        match next {
            Some(key) => self.fold(play, key, &payload),
            None if self.behind || self.keys.is_some() => self.save(play, None),
            None => self.route(play, &payload),
        }
    }

    fn park(&mut self, scope: Scope, epoch: Epoch, payload: &Arc<Batch>) {
        let append = Append::new(id(), letter(scope, epoch, payload), Limits::default());
        self.append = Some((Box::new(append), epoch, None));
    }

    fn route(&mut self, play: &mut Stores, payload: &Arc<Batch>) {
        let cursor = play.cursor().0;
        if cursor.done.next > self.version + 1 {
            self.version += 1;
            return;
        }
        if let Some(mark) = cursor.mark.filter(|mark| !self.closed.contains(&mark.epoch)) {
            return self.park(Scope::Stream("s".into()), mark.epoch, payload);
        }
        let mut keys = Keys::default();
        if play.diary.route(payload.event(0).unwrap(), &mut keys).is_ok() {
            self.keys = Some(keys.named().iter().cloned().collect());
        } else {
            play.epochs += 1;
            self.save(play, Some(Epoch(play.epochs)));
        }
    }

    /// Saves the cursor: with a new mark, or past the event.
    fn save(&mut self, play: &mut Stores, epoch: Option<Epoch>) {
        let (mut cursor, replaces) = play.cursor();
        cursor.mark = cursor.mark.filter(|mark| !self.closed.contains(&mark.epoch));
        if let Some(epoch) = epoch {
            cursor.mark = Some(mark(epoch, "s", self.version + 1).into());
        }
        if epoch.is_none() && cursor.done.next == self.version + 1 {
            cursor.done.advance(self.version + 1);
        }
        let write = CursorWrite { stream: "s".into(), replaces, cursor };
        let answer = play.world.perform(&Effect::SaveCursor(write));
        let written = matches!(answer, Some(Input::CursorSaved(SideAnswer::Written(_))));
        if written && epoch.is_none() {
            *self = Worker { version: self.version + 1, ..Worker::default() };
        }
    }

    fn fold(&mut self, play: &mut Stores, key: Name, payload: &Arc<Batch>) {
        let event = payload.event(0).unwrap();
        let stored = play.world.documents.get(&key).cloned();
        let (mut body, mut meta, replaces) = match stored {
            Some(stored) => (stored.body, stored.meta, Some(stored.revision)),
            None => (Arc::default(), Meta::empty(GUARD, 1), None),
        };
        if meta.guard.judge(event, "p") != Standing::New {
            self.keys.as_mut().unwrap().pop_front();
            return;
        }
        meta.mark = meta.mark.filter(|mark| !self.closed.contains(&mark.epoch));
        if let Some(mark) = &meta.mark {
            return self.park(Scope::Key(key), mark.epoch, payload);
        }
        let mut copy = Value::clone(&body);
        if play.diary.apply(event, &key, &mut copy).is_ok() {
            body = Arc::new(copy);
            meta.guard.advance(event, "p", &Progress::default());
        } else {
            play.epochs += 1;
            meta.mark = Some(mark(Epoch(play.epochs), "s", event.version()).into());
        }
        let marked = meta.mark.is_some();
        let write = DocumentWrite { key, replaces, body, meta, rows: Vec::new() };
        if matches!(play.world.write(&write), WriteAnswer::Written(_)) && !marked {
            self.keys.as_mut().unwrap().pop_front();
        }
    }
}

struct Stores {
    world: World,
    diary: Diary,
    epochs: u64,
    events: Vec<Arc<Batch>>,
}

impl Stores {
    fn cursor(&self) -> (Cursor, Option<crate::guard::Revision>) {
        let fresh = || Cursor { done: Progress::start(1), ..Cursor::default() };
        match self.world.cursors.get("s") {
            Some((cursor, revision)) => (cursor.clone(), Some(*revision)),
            None => (fresh(), None),
        }
    }

    /// What is parked now.
    fn parked(&self) -> Vec<(Scope, Epoch)> {
        let cursor = self.cursor().0.mark.map(|mark| (Scope::Stream("s".into()), mark.epoch));
        let marks = ["a", "b"].into_iter().filter_map(|key| {
            let mark = self.world.documents.get(key)?.meta.mark.as_ref()?;
            Some((Scope::Key(key.into()), mark.epoch))
        });
        cursor.into_iter().chain(marks).collect()
    }

    /// Discarded versions, with what they were discarded from.
    fn discarded(&self) -> BTreeSet<(Scope, u64)> {
        let names = self.world.control.names("parking/wallets@2/discard");
        let value = |name: &String| self.world.control.value(name).map(String::from).unwrap();
        let letters = names.iter().map(|name| wire::read_letter(&value(name)).unwrap().letter);
        letters.map(|letter| (letter.scope, letter.version)).collect()
    }

    fn versions(&self, key: &str) -> Vec<u64> {
        let words = self.world.body(key).split(' ').filter(|word| !word.is_empty());
        words.map(|word| word[1..].parse().unwrap()).collect()
    }

    fn check(&self, complete: bool) {
        let discarded = self.discarded();
        for key in ["a", "b"] {
            let found = self.versions(key);
            assert!(found.is_sorted_by(|a, b| a < b), "{key}: {found:?}");
            for version in 1..=LAST {
                let dropped = discarded.contains(&(Scope::Key(key.into()), version));
                let with_stream = discarded.contains(&(Scope::Stream("s".into()), version));
                let is_in = found.contains(&version);
                assert!(!(is_in && dropped), "{key}: {version} is in, and on record as dropped");
                assert!(
                    is_in || dropped || with_stream || !complete,
                    "{key}: {version} is missing in {found:?}, dropped: {discarded:?}"
                );
            }
        }
    }
}

fn play(kinds: &[(u64, &str)], schedule: &[(usize, usize, u8)]) {
    let kind = |version| kinds.iter().find(|(v, _)| *v == version).map_or("ok", |(_, kind)| kind);
    let events = (1..=LAST).map(|version| event("s", version, kind(version), "a,b", version));
    let diary = Diary { guard: GUARD, broken: true };
    let world = World::default();
    let mut play = Stores { world, diary, epochs: 0, events: events.collect() };
    let mut workers = [Worker::default(), Worker::default()];
    let mut drains: [Option<(Drain<Diary>, Input)>; 3] = [None, None, None];
    let mut now = 0;
    for &(actor, choice, fate) in schedule {
        now += 40;
        if let Some(worker) = workers.get_mut(actor) {
            worker.step(&mut play);
            if fate == 0 {
                *worker = Worker::default();
            }
        } else if let Some((mut running, input)) = drains[actor - 2].take() {
            let effect = running.step(Time(now), input);
            if !matches!(effect, Effect::Done(_)) && fate != 1 {
                let answer = play.world.perform(&effect).unwrap_or(Input::Ticked);
                let answer = if fate == 2 { unknown(&effect) } else { answer };
                drains[actor - 2] = (fate != 0).then_some((running, answer));
            }
        } else {
            let parked = play.parked();
            let version = u64::try_from(choice).unwrap() % LAST + 1;
            let mode = match (actor, choice % 4) {
                (4, 0) => Mode::Discard { stream: "s".into(), version, reason: "no".into() },
                _ => Mode::Retry,
            };
            let place = parked.get(choice % parked.len().max(1)).cloned();
            let broken = actor == 3;
            let begun = place.map(|place| (drain(GUARD, broken, place, mode), Input::Started));
            drains[actor - 2] = begun;
        }
        play.check(false);
    }
    play.diary.broken = false;
    for _ in 0..50 {
        for worker in &mut workers {
            while worker.version < LAST {
                worker.step(&mut play);
            }
            *worker = Worker::default();
        }
        for place in play.parked() {
            let mut last = drain(GUARD, false, place, Mode::Retry);
            assert_eq!(play.world.drain(&mut last), Outcome::Drained);
        }
    }
    assert!(play.parked().is_empty());
    play.check(true);
}

fn kind() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["keyless", "poison a", "poison b"])
}

/// Two drains of one ledger: what the other has let go of makes room in the hand, and the letter
/// that would take it is of a stream whose row was not loaded.
#[test]
fn a_letter_is_not_judged_without_its_row() {
    const EPOCH: Epoch = Epoch(7);
    let scope = Scope::Key("k".into());
    let mut world = World::default();
    world.put("k", "", meta(Guard::empty(GuardKind::Ledger, 1), Some(EPOCH)));
    let many = DRAIN_LETTERS as u64;
    for version in 1..=many {
        world.append(letter(scope.clone(), EPOCH, &event("s", version, "ok", "k", version)));
    }
    world.append(letter(scope.clone(), EPOCH, &event("t", 1, "ok", "k", many + 1)));
    let begin = || drain(GuardKind::Ledger, false, (scope.clone(), EPOCH), Mode::Retry);
    let (mut late, mut early) = (begin(), begin());
    let until = |world: &mut World, drain: &mut Drain<Diary>, load: bool| {
        let mut effect = drain.step(Time(1), Input::Started);
        loop {
            match &effect {
                Effect::Load(_) if load => return effect,
                _ if !load && world.body("k").ends_with("t1") => return effect,
                _ => {}
            }
            let answer = world.perform(&effect).unwrap();
            effect = drain.step(Time(1), answer);
        }
    };
    let load = until(&mut world, &mut late, true);
    until(&mut world, &mut early, false);
    let answer = world.perform(&load).unwrap();
    let mut effect = late.step(Time(2), answer);
    while let Some(answer) = world.perform(&effect) {
        effect = late.step(Time(2), answer);
    }
    assert_eq!(world.body("k").matches("t1").count(), 1, "{effect:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn streams_and_documents_park_and_drain_at_once(
        kinds in prop::collection::vec((1..=LAST, kind()), 1..4),
        schedule in prop::collection::vec((0usize..5, 0usize..60, 0u8..30), 0..800),
    ) {
        play(&kinds, &schedule);
    }
}
