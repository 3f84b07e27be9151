//! A stage for scripted interleavings: the adapters in memory, some workers, and a hand that
//! performs each worker's effects when the script says so.
//!
//! Events are written as texts: `s:4` is version 4 of stream s, which adds its version to the
//! document. After it may stand `@k,l` for data keys, and one of: `!` it cannot be decoded, `?` it
//! fails when applied, `%` its key cannot be told, `-` it deletes, `=` it is filtered by an odd
//! document, `#9` it adds 9 instead, `*` it has a second part, `^` it fails where there is no
//! document, `~` nothing handles it.

use std::collections::{BTreeMap, VecDeque};

use foldline_core::checkpoint::Checkpoint;
use foldline_core::control::ControlOp;
use foldline_core::cursor::Cursor;
use foldline_core::effect::{Alarm, Effect, Halt};
use foldline_core::event::BatchBuilder;
use foldline_core::fault::Trouble;
use foldline_core::guard::{GuardKind, Mark, Meta};
use foldline_core::input::{Head, Input, WriteAnswer};
use foldline_core::letter::{Cause, Scope};
use foldline_core::name::Name;
use foldline_core::parking::{names, wire};
use foldline_core::position::Position;
use foldline_core::projection::Projection;
use foldline_core::projector::{Projector, Source, Tuning, Versions};
use foldline_core::time::Time;
use foldline_core::value::Value;
use foldline_ports::memory::control::Control;
use foldline_ports::memory::documents::Documents;
use foldline_ports::memory::feed::Feed;
use foldline_ports::memory::history::History;
use foldline_tests::world::effects;
use foldline_tests::world::projections::Remember;
use foldline_tests::world::shards::{has_begun, may_read};

mod events;
mod operator;
mod perform;

use events::write;
pub(crate) use operator::discard;

/// The wall time at which scripts begin.
const BEGIN: u64 = foldline_tests::world::run::EPOCH_MS;

pub(crate) struct Stage {
    pub(crate) now: u64,
    pub(crate) feed: Feed,
    pub(crate) history: History,
    pub(crate) documents: Documents,
    pub(crate) control: Control,
    pub(crate) projection: Remember,
    pub(crate) source: Source,
    pub(crate) tuning: Tuning,
    pub(crate) halts: Vec<Halt>,
    pub(crate) alarms: Vec<Alarm>,
    pub(crate) released: Vec<Name>,
    /// How often each kind of effect was wanted, by all workers.
    wanted: BTreeMap<&'static str, usize>,
    /// How each event that history shows was written, by stream and version.
    written: BTreeMap<(String, String), String>,
    workers: Vec<Hand>,
}

/// One worker's machine, and what it wants done.
struct Hand {
    projector: Projector<Remember>,
    wants: VecDeque<Effect>,
    wake: Option<u64>,
    incarnation: Name,
    alive: bool,
}

impl Stage {
    /// A source with versions without gaps and a history beside its feed.
    pub(crate) fn new(guard: GuardKind) -> Stage {
        let projection = Remember::new(0, guard);
        let documents = Documents::new(77);
        documents.create_now(&projection.id());
        let history = true;
        let source = Source {
            versions: Versions::Contiguous,
            first: 1,
            history,
            ordered: false,
            begins: None,
        };
        Stage {
            now: 0,
            feed: Feed::new("life", &["p0", "p1"]),
            history: History::new(),
            documents,
            control: Control::new(99),
            projection,
            source,
            tuning: Tuning {
                flush_ms: 10,
                checkpoint_ms: 10,
                cursor_ms: 50,
                gap_wait_ms: 100,
                hole_after_ms: 1_000,
                retry_ms: (10, 50),
                ..Tuning::default()
            },
            halts: Vec::new(),
            alarms: Vec::new(),
            released: Vec::new(),
            wanted: BTreeMap::new(),
            written: BTreeMap::new(),
            workers: Vec::new(),
        }
    }

    /// A worker comes to life.
    pub(crate) fn worker(&mut self) -> usize {
        let nonce = 1_000 + self.workers.len() as u64;
        let (projection, source) = (self.projection.clone(), self.source.clone());
        let projector = Projector::new(projection, source, self.tuning.clone(), nonce);
        let (wants, incarnation) = (VecDeque::new(), self.feed.incarnation_now());
        self.workers.push(Hand { projector, wants, wake: None, incarnation, alive: true });
        self.workers.len() - 1
    }

    /// A worker that owns these partitions from now on.
    pub(crate) fn owner(&mut self, partitions: &[&str]) -> usize {
        let worker = self.worker();
        for partition in partitions {
            self.grant(worker, partition);
        }
        worker
    }

    /// A worker dies with all that it wanted.
    pub(crate) fn crash(&mut self, worker: usize) {
        let hand = self.hand(worker);
        hand.alive = false;
        hand.wants.clear();
        hand.wake = None;
    }

    /// Whether a worker would read the partition now.
    pub(crate) fn may_read(&self, partition: &str) -> bool {
        let listed = self.feed.partitions_now();
        let found = listed.iter().find(|found| found.name == partition).expect("it is listed");
        let may = may_read(&self.feed, &self.documents, &self.projection.id(), found);
        may.expect("the collection is there")
    }

    pub(crate) fn grant(&mut self, worker: usize, partition: &str) {
        let checkpoint = self.documents.load_checkpoint_now(&self.projection.id(), partition);
        let checkpoint = checkpoint.expect("the collection is there");
        let begun = has_begun(&self.documents, &self.projection.id());
        let begun = begun.expect("the collection is there");
        let incarnation = self.feed.incarnation_now();
        self.hand(worker).incarnation.clone_from(&incarnation);
        let partition = Name::from(partition);
        self.hear(worker, Input::Granted { partition, incarnation, checkpoint, begun });
    }

    /// The partition is not this worker's any more.
    pub(crate) fn lose(&mut self, worker: usize, partition: &str) {
        self.hear(worker, Input::Revoked { partition: partition.into(), lost: true });
    }

    /// The feed shows these events, each in a record of its own.
    pub(crate) fn show(&mut self, partition: &str, events: &[&str]) {
        for event in events {
            self.record(partition, &[event]);
        }
    }

    /// The feed shows these events in one record.
    pub(crate) fn record(&mut self, partition: &str, events: &[&str]) {
        let refold = self.source.versions == Versions::Refold;
        let time = self.now;
        let made = self.feed.append(partition, |first| {
            let mut out = BatchBuilder::default();
            for (index, event) in (0..).zip(events) {
                let position = Position { record: first.record.clone(), index };
                write(&mut out, event, position, refold, time);
            }
            out.build()
        });
        made.expect("the partition is open");
    }

    /// History shows these events.
    pub(crate) fn remember(&mut self, events: &[&str]) {
        let refold = self.source.versions == Versions::Refold;
        for event in events {
            let mut out = BatchBuilder::default();
            write(&mut out, event, Position::number(0), refold, self.now);
            for made in out.build().events() {
                let name = (made.stream().to_owned(), made.sort().to_owned());
                self.written.insert(name, (*event).to_owned());
                self.history.append(made);
            }
        }
    }

    /// Both show them.
    pub(crate) fn write(&mut self, partition: &str, events: &[&str]) {
        self.remember(events);
        self.show(partition, events);
    }

    fn hand(&mut self, worker: usize) -> &mut Hand {
        self.workers.get_mut(worker).expect("there is such a worker")
    }

    pub(crate) fn hear(&mut self, worker: usize, input: Input) {
        let now = Time(BEGIN + self.now);
        let hand = self.hand(worker);
        if let Input::Located { incarnation, .. } = &input {
            hand.incarnation.clone_from(incarnation);
        }
        let effects = hand.projector.step(now, input);
        hand.projector.check().expect("the books agree");
        for effect in effects {
            *self.wanted.entry(kind_of(&effect)).or_default() += 1;
            let hand = self.hand(worker);
            match effect {
                Effect::WakeAt(time) => hand.wake = Some(time.0 - BEGIN),
                other => hand.wants.push_back(other),
            }
        }
    }

    /// How often this was wanted so far.
    pub(crate) fn wanted(&self, kind: &str) -> usize {
        self.wanted.get(kind).copied().unwrap_or_default()
    }

    /// What a worker wants done, by kind.
    pub(crate) fn wants(&self, worker: usize) -> Vec<&'static str> {
        let hand = self.workers.get(worker).expect("there is such a worker");
        hand.wants.iter().map(kind_of).collect()
    }

    /// Takes the first effect of this kind out of a worker's hand.
    pub(crate) fn take(&mut self, worker: usize, kind: &str) -> Effect {
        let place = self.wants(worker).iter().position(|want| *want == kind);
        let wants = self.wants(worker);
        let place = place.unwrap_or_else(|| panic!("no {kind} among {wants:?}"));
        self.hand(worker).wants.remove(place).expect("it is there")
    }

    /// Performs the first effect of this kind, and tells the answer.
    pub(crate) fn perform(&mut self, worker: usize, kind: &str) {
        let effect = self.take(worker, kind);
        self.now += 1;
        if let Some(answer) = self.do_it(worker, &effect) {
            self.hear(worker, answer);
        }
    }

    /// Performs the first effect of this kind; the answer is that no answer came.
    pub(crate) fn perform_untold(&mut self, worker: usize, kind: &str) {
        let effect = self.take(worker, kind);
        self.now += 1;
        match self.do_it(worker, &effect) {
            Some(Input::Written { ticket, answers }) => {
                let unknown = |_| WriteAnswer::Retry(Trouble::Unknown);
                let answers = answers.into_iter().map(unknown).collect();
                self.hear(worker, Input::Written { ticket, answers });
            }
            other => panic!("{other:?} is no write"),
        }
    }

    /// Performs what a worker wants until it wants this; it is left in its hand.
    pub(crate) fn run_until(&mut self, worker: usize, kind: &str) {
        for _ in 0..10_000 {
            if self.wants(worker).contains(&kind) {
                return;
            }
            self.turn(worker);
        }
        panic!("worker {worker} never wants a {kind}");
    }

    /// Everybody alive does all there is to do, for so long.
    pub(crate) fn run(&mut self, millis: u64) {
        let until = self.now + millis;
        while self.now < until {
            for worker in 0..self.workers.len() {
                if self.hand(worker).alive {
                    self.turn(worker);
                }
            }
            self.now += 1;
        }
    }

    /// One effect of a worker, or a tick if its time has come.
    fn turn(&mut self, worker: usize) {
        let now = self.now;
        let hand = self.hand(worker);
        if let Some(effect) = hand.wants.pop_front() {
            if let Some(answer) = self.do_it(worker, &effect) {
                self.hear(worker, answer);
            }
            return;
        }
        match hand.wake {
            Some(wake) if wake <= now => {
                hand.wake = None;
                self.hear(worker, Input::Ticked);
            }
            _ => self.now += 1,
        }
    }

    /// The background sweep, second pass: every stream's head.
    pub(crate) fn sweep(&mut self, worker: usize) {
        let page: Vec<Head> = self.history.heads_now(None, usize::MAX).page;
        self.hear(worker, Input::Heads { sweep: None, page: Ok(page), more: None });
    }

    /// The ids in a document keyed by stream; with data keys, those of one stream.
    pub(crate) fn ids(&self, key: &str, stream: &str) -> Vec<i64> {
        let page = self.documents.scan_now(&self.projection.id(), None, usize::MAX);
        let page = page.expect("the collection is there");
        let stored = page.documents.iter().find(|(name, _)| name == key);
        let list = match stored.map(|(_, stored)| stored.body.as_ref()) {
            Some(Value::Map(map)) => map.get(stream).cloned().unwrap_or_default(),
            Some(other) => other.clone(),
            None => Value::Null,
        };
        match list {
            Value::List(ids) => {
                ids.iter().map(|id| if let Value::Int(id) = id { *id } else { -1 }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a document carries beside its content.
    pub(crate) fn meta(&self, key: &str) -> Option<Meta> {
        let page = self.documents.scan_now(&self.projection.id(), None, usize::MAX);
        let page = page.expect("the collection is there");
        let found = page.documents.into_iter().find(|(name, _)| name == key);
        found.map(|(_, stored)| stored.meta)
    }

    pub(crate) fn is_marked(&self, key: &str) -> bool {
        let page = self.documents.scan_now(&self.projection.id(), None, usize::MAX);
        let page = page.expect("the collection is there");
        page.documents.iter().any(|(name, stored)| name == key && stored.meta.mark.is_some())
    }

    pub(crate) fn checkpoint(&self, partition: &str) -> Option<Checkpoint> {
        let stored = self.documents.load_checkpoint_now(&self.projection.id(), partition);
        stored.expect("the collection is there").map(|(checkpoint, _)| checkpoint)
    }

    fn cursor(&self, stream: &str) -> Option<Cursor> {
        let loaded = self.documents.load_cursors_now(&self.projection.id(), &[stream.into()]);
        let cursor = loaded.into_iter().next().expect("an answer").1.expect("it is there");
        cursor.map(|(cursor, _)| cursor)
    }

    /// What the stored cursor of a stream lists as missing.
    pub(crate) fn holes(&self, stream: &str) -> Vec<(u64, u64)> {
        self.cursor(stream).map_or_else(Vec::new, |cursor| cursor.done.holes.ranges().to_vec())
    }

    /// The mark in the stored cursor of a stream.
    pub(crate) fn stream_mark(&self, stream: &str) -> Option<Mark> {
        self.cursor(stream).and_then(|cursor| cursor.mark).map(|mark| *mark)
    }

    /// All letters: version, cause and scope, those of parkings first.
    pub(crate) fn letters(&self) -> Vec<(u64, Cause, Scope)> {
        let prefix = Name::from("parking/");
        let list = ControlOp::List { prefix, after: None };
        let foldline_core::control::ControlAnswer::Listed { entries, .. } =
            self.control.perform_now(list, usize::MAX)
        else {
            panic!("a list is answered with a list")
        };
        let heads = names::heads(&self.projection.id());
        // Heads, and records of what was dropped, are no letters.
        let letters = entries
            .iter()
            .filter(|entry| !entry.key.starts_with(heads.as_str()))
            .filter(|entry| !entry.key.contains("/discard/"));
        let read = |value: &str| wire::read_letter(value).expect("a letter can be read").letter;
        let letters = letters.map(|entry| read(&entry.value));
        letters.map(|letter| (letter.version, letter.cause, letter.scope)).collect()
    }
}

fn kind_of(effect: &Effect) -> &'static str {
    effects::KINDS.get(effects::kind(effect)).copied().expect("each kind has a name")
}
