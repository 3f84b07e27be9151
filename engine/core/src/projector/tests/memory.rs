//! What held events keep in memory, and what happens when memory is short.

use std::sync::Arc;

use crate::effect::Effect;
use crate::event::{BatchBuilder, Event};
use crate::fault::Fault;
use crate::guard::{GuardKind, Revision};
use crate::input::{Fetched, History, Input, Loaded, SideAnswer, WriteAnswer};
use crate::limits::HELD_BATCHES_MAX;
use crate::name::{Name, ProjectionId};
use crate::position::Position;
use crate::projection::{Change, Keys, Projection};
use crate::projector::document::Document;
use crate::projector::{Projector, Source, Tuning, Versions};
use crate::time::Time;
use crate::value::Value;

/// Notes the last version.
pub(super) struct Last;

impl Projection for Last {
    fn id(&self) -> ProjectionId {
        ProjectionId { name: Name::from("last"), generation: 1 }
    }

    fn guard(&self) -> GuardKind {
        GuardKind::Version
    }

    fn route(&self, _: Event<'_>, keys: &mut Keys) -> Result<(), Fault> {
        keys.stream();
        Ok(())
    }

    fn apply(&self, event: Event<'_>, _: &str, document: &mut Value) -> Result<Change, Fault> {
        *document = Value::Int(i64::try_from(event.version()).unwrap_or_default());
        Ok(Change::Applied)
    }
}

/// A machine, and what it asked for and got no answer to.
pub(super) struct Play {
    pub(super) machine: Projector<Last>,
    pub(super) asked: Vec<Effect>,
    pub(super) now: u64,
    position: u64,
}

impl Play {
    pub(super) fn new(history: bool, memory: usize) -> Play {
        let source = Source {
            versions: Versions::Contiguous,
            first: 1,
            history,
            ordered: false,
            begins: None,
        };
        let tuning = Tuning { memory, flush_ms: 0, ..Tuning::default() };
        Play::of(source, tuning, 7)
    }

    pub(super) fn of(source: Source, tuning: Tuning, nonce: u64) -> Play {
        let machine = Projector::new(Last, source, tuning, nonce);
        let mut play = Play { machine, asked: Vec::new(), now: 1_000_000, position: 0 };
        let (partition, incarnation) = (Name::from("p"), Name::from("i"));
        play.hear(Input::Granted { partition, incarnation, checkpoint: None, begun: false });
        play
    }

    pub(super) fn hear(&mut self, input: Input) {
        self.now += 1;
        self.asked.extend(self.machine.step(Time(self.now), input));
        assert_eq!(self.machine.check(), Ok(()));
    }

    /// The batch that the machine asked for; false where it asked for none.
    pub(super) fn fetched(&mut self, events: &[(&str, u64)]) -> bool {
        let Some(place) = self.asked.iter().position(|it| matches!(it, Effect::Fetch { .. }))
        else {
            return false;
        };
        let Effect::Fetch { ticket, partition, after, .. } = self.asked.swap_remove(place) else {
            return false;
        };
        let mut builder = BatchBuilder::default();
        for (stream, version) in events {
            self.position += 1;
            let at = Position::number(self.position);
            builder.event(stream, *version, at).time(Time(self.now)).part("happened", &[]);
        }
        let fetched = Fetched {
            partition,
            incarnation: Name::from("i"),
            follows: after,
            batch: Arc::new(builder.build()),
            next: Some(Position::number(self.position)),
            ended: false,
        };
        self.hear(Input::Fetched { ticket, fetched });
        true
    }

    /// Answers all but fetches, until nothing more is asked.
    pub(super) fn settle(&mut self) {
        let mut kept = Vec::new();
        while let Some(effect) = self.asked.pop() {
            match answer(&effect, self.now) {
                Some(input) => self.hear(input),
                None => kept.push(effect),
            }
        }
        self.asked = kept;
    }

    /// Lets a minute and a half go by, while history says that it has nothing below version 9.
    pub(super) fn wait_for_proof(&mut self) {
        for _ in 0..30 {
            self.now += 3_000;
            self.hear(Input::Ticked);
            let place = self.asked.iter().position(|it| matches!(it, Effect::Repair { .. }));
            let Some(place) = place else { continue };
            if let Effect::Repair { ticket, stream, .. } = self.asked.swap_remove(place) {
                let history = History { batch: Arc::default(), oldest: Some(9), more: false };
                self.hear(Input::Repaired { ticket, stream, history: Ok(history) });
            }
            self.settle();
        }
    }

    /// Nobody says anything for so long.
    pub(super) fn wait(&mut self, millis: u64) {
        self.now += millis;
        self.hear(Input::Ticked);
    }

    pub(super) fn machine(&mut self) -> &mut Projector<Last> {
        &mut self.machine
    }

    pub(super) fn totals(&self) -> crate::projector::Totals {
        self.machine.totals()
    }

    pub(super) fn has_asked(&self, what: fn(&Effect) -> bool) -> bool {
        self.asked.iter().any(what)
    }
}

pub(super) fn answer(effect: &Effect, now: u64) -> Option<Input> {
    let revision = Revision(now, 0);
    Some(match effect {
        Effect::Load { ticket, keys } => {
            let absent = keys.iter().map(|it| Loaded {
                key: it.key.clone(),
                rows: vec![],
                stored: Ok(None),
            });
            Input::Loaded { ticket: *ticket, documents: absent.collect() }
        }
        Effect::LoadCursors { ticket, streams } => {
            let absent = streams.iter().map(|name| (name.clone(), Ok(None)));
            Input::CursorsLoaded { ticket: *ticket, cursors: absent.collect() }
        }
        Effect::Write { ticket, documents } => {
            let answers = documents.iter().map(|_| WriteAnswer::Written(revision)).collect();
            Input::Written { ticket: *ticket, answers }
        }
        Effect::SaveCursors { ticket, cursors } => {
            let answers = cursors.iter().map(|_| SideAnswer::Written(revision)).collect();
            Input::CursorsSaved { ticket: *ticket, answers }
        }
        Effect::Commit { ticket, partition, .. } => {
            let (partition, answer) = (partition.clone(), SideAnswer::Written(revision));
            Input::Committed { ticket: *ticket, partition, answer }
        }
        _ => return None,
    })
}

fn is_fetch(effect: &Effect) -> bool {
    matches!(effect, Effect::Fetch { .. })
}

#[test]
fn a_held_event_gets_bytes_of_its_own_when_many_younger_batches_hold_some() {
    let mut play = Play::new(true, 1 << 20);
    assert!(play.fetched(&[("s", 1), ("t", 1)]));
    play.settle();
    for number in 0..3 * HELD_BATCHES_MAX as u64 {
        assert!(play.fetched(&[("s", 3 + number), ("t", 2 + number)]));
        play.settle();
    }
    let of = |len| {
        let batches = play.machine.batches.iter();
        batches.filter(|(_, kept)| kept.batch.len() == len).count()
    };
    assert_eq!((of(2), of(1)), (HELD_BATCHES_MAX, 2 * HELD_BATCHES_MAX));
    assert!(play.fetched(&[("s", 2)]));
    play.settle();
    assert_eq!(play.machine.batches.len(), 0, "what came in time is folded, and all batches gone");
    assert_eq!(play.machine.totals().held, 0);
}

#[test]
fn where_memory_is_short_held_bytes_go_and_history_brings_them_again() {
    let mut play = Play::new(true, 1_300);
    assert!(play.fetched(&[("s", 1)]));
    play.settle();
    let late: Vec<(&str, u64)> = (3..6).map(|version| ("s", version)).collect();
    assert!(play.fetched(&late));
    play.settle();
    assert_eq!((play.machine.whole, play.machine.totals().held), (3, 3), "there is room for them");
    assert!(play.fetched(&[("s", 8), ("s", 9), ("s", 10), ("s", 11), ("s", 12), ("s", 13)]));
    play.settle();
    assert_eq!((play.machine.whole, play.machine.batches.len()), (0, 0), "their bytes went");
    assert_eq!(play.machine.totals().held, 9);
    assert!(play.has_asked(is_fetch), "they took no room any more");

    // The wait for the gap is over: what is missing is read, and what is held with it.
    play.now += 10_000;
    play.hear(Input::Ticked);
    while let Some(place) = play.asked.iter().position(|it| matches!(it, Effect::Repair { .. })) {
        let Effect::Repair { ticket, stream, from, .. } = play.asked.swap_remove(place) else {
            return;
        };
        let mut builder = BatchBuilder::default();
        for version in from..=13 {
            let none = Position::number(0);
            builder.event(&stream, version, none).time(Time(play.now)).part("happened", &[]);
        }
        let batch = Arc::new(builder.build());
        let history = Ok(History { batch, oldest: Some(1), more: false });
        play.hear(Input::Repaired { ticket, stream, history });
        play.settle();
    }
    let totals = play.machine.totals();
    assert_eq!((totals.held, totals.counts.applied), (0, 13), "{totals:?}");
}

#[test]
fn what_history_lost_after_its_bytes_were_let_go_is_read_again_from_the_feed() {
    let mut play = Play::new(true, 1_300);
    let late = [3, 4, 5, 8, 9, 10, 11, 12, 13].map(|version| ("s", version));
    assert!(play.fetched(&[("s", 1)]));
    play.settle();
    assert!(play.fetched(&late));
    play.settle();
    assert_eq!(play.machine.whole, 0, "their bytes went");
    play.asked.clear();
    play.wait_for_proof();
    assert!(play.asked.iter().any(is_fetch), "the feed has them still");
    assert_eq!(play.machine.totals().held, 0);
    assert!(play.fetched(&[("s", 1)]) && play.fetched(&late));
    play.settle();
    assert_eq!(play.machine.whole, 9, "this time they are kept");
    play.wait_for_proof();
    let totals = play.machine.totals();
    assert_eq!((totals.held, totals.counts.received, totals.in_flight), (0, 11, 0), "{totals:?}");
}

#[test]
fn above_the_memory_bound_nothing_is_fetched_until_something_is_durable() {
    let mut play = Play::new(true, 2_000);
    let names: Vec<String> = (0..20).map(|number| format!("stream-{number}")).collect();
    let events: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    assert!(play.fetched(&events));
    play.hear(Input::Ticked);
    assert!(play.machine.bytes() > 2_000 && !play.has_asked(is_fetch));
    let at = play.now + 60_000;
    play.settle();
    assert!(play.now < at && play.has_asked(is_fetch), "what is durable is let go of");
}

#[test]
fn without_history_as_much_memory_again_is_lent_to_what_only_the_feed_can_bring() {
    let mut play = Play::new(false, 4_000);
    assert!(play.fetched(&[("s", 1)]));
    play.settle();
    let mut version = 2;
    while play.machine.bytes() <= 4_000 {
        version += 1;
        assert!(play.fetched(&[("s", version)]), "there is memory");
        play.settle();
    }
    while play.fetched(&[("s", version + 1)]) {
        version += 1;
        assert!(play.machine.bytes() <= 10_000, "no more than one batch above what is lent");
        play.settle();
    }
    assert!(play.machine.bytes() > 8_000 && play.machine.totals().held == version - 2);
}

#[test]
fn streams_and_documents_count_as_what_they_weigh() {
    let mut play = Play::new(true, 1 << 20);
    let mut bytes = |name: &str| {
        let before = play.machine.bytes();
        assert!(play.fetched(&[(name, 1)]));
        play.settle();
        play.machine.bytes() - before
    };
    let (short, long) = (bytes("s"), bytes(&"t".repeat(1_001)));
    assert_eq!(long - short, 2_000, "one name for the stream, and one for the document");
    let own = size_of::<crate::projector::stream::Stream>() + size_of::<Document>();
    let at_least = own + size_of::<Value>();
    assert!((at_least..2 * at_least).contains(&short), "{short} of {at_least}");
}

#[test]
fn room_is_made_down_to_three_quarters_of_the_bound() {
    let memory = 50_000;
    let mut play = Play::new(true, memory);
    let names: Vec<String> = (0..200).map(|number| format!("stream-{number}")).collect();
    for name in &names {
        assert!(play.fetched(&[(name.as_str(), 1)]));
        play.settle();
        if play.machine.evicted() > 0 {
            break;
        }
    }
    let left = play.machine.bytes();
    assert!(left <= memory / 4 * 3 && left > memory / 2, "{left} of {memory}");
    let gone = play.machine.evicted();
    let (documents, streams) = play.machine.in_memory();
    let came = 2 * play.machine.totals().counts.applied;
    assert_eq!((documents + streams) as u64 + gone, came, "each event brought one of both");
    play.wait(1_000);
    assert_eq!(play.machine.evicted(), gone, "there is room now");
}
