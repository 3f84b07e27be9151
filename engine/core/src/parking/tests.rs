//! Appends to one head, by several workers, with crashes; and where records are kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Append, AppendStep, HeadRecord, Left, Limits, StreamHead, names, wire};
use crate::control::{ControlAnswer, ControlOp, Entry};
use crate::event::BatchBuilder;
use crate::fault::{Fault, Trouble};
use crate::guard::{Epoch, Revision};
use crate::letter::{Cause, Letter, LetterAnswer, Scope};
use crate::name::{Name, ProjectionId};
use crate::position::Position;
use crate::progress::Holes;
use crate::time::Time;

mod ranks;

/// A control store in memory, for the tests of all machines that use one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    records: BTreeMap<Name, (Arc<str>, Revision)>,
    writes: u64,
    /// Entries of one page.
    pub(crate) page: usize,
}

impl Store {
    pub(crate) fn perform(&mut self, op: &ControlOp) -> ControlAnswer {
        match op {
            ControlOp::Get { key } => {
                let found = self.records.get(key);
                ControlAnswer::Got(found.map(|(value, revision)| entry(key, value, *revision)))
            }
            ControlOp::Put { key, replaces, value } => {
                if self.records.get(key).map(|(_, revision)| *revision) != *replaces {
                    return ControlAnswer::Conflict;
                }
                self.writes += 1;
                let revision = Revision(self.writes, 0);
                self.records.insert(key.clone(), (value.clone(), revision));
                ControlAnswer::Put(revision)
            }
            ControlOp::Delete { key, replaces } => {
                if self.records.get(key).map(|(_, revision)| revision) != Some(replaces) {
                    return ControlAnswer::Conflict;
                }
                self.records.remove(key);
                ControlAnswer::Deleted
            }
            ControlOp::List { prefix, after } => {
                let after = after.clone().unwrap_or_default();
                let mut all = self
                    .records
                    .range(prefix.clone()..)
                    .take_while(|(key, _)| key.starts_with(prefix.as_str()))
                    .filter(|(key, _)| **key > after)
                    .map(|(key, (value, revision))| entry(key, value, *revision));
                let entries: Vec<Entry> = all.by_ref().take(self.page.max(1)).collect();
                ControlAnswer::Listed { entries, more: all.next().is_some() }
            }
        }
    }

    /// The names that begin with this prefix.
    pub(crate) fn names(&self, prefix: &str) -> Vec<String> {
        self.records.keys().filter(|key| key.starts_with(prefix)).map(ToString::to_string).collect()
    }

    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.records.get(name).map(|(value, _)| &**value)
    }
}

fn entry(key: &str, value: &str, revision: Revision) -> Entry {
    Entry { key: key.into(), value: value.into(), revision }
}

pub(crate) fn id() -> ProjectionId {
    ProjectionId { name: "wallets".into(), generation: 2 }
}

pub(crate) fn letter(scope: Scope, epoch: Option<Epoch>, stream: &str, version: u64) -> Letter {
    let position = Position::number(version.saturating_mul(10));
    let mut payload = BatchBuilder::default();
    payload.event(stream, version, position.clone()).part("Credited", &[]);
    Letter {
        scope,
        epoch,
        stream: stream.into(),
        version,
        partition: Some("p".into()),
        position,
        kind: "Credited".into(),
        cause: Cause::Behind,
        fault: Fault::new("poison", "it fails"),
        first_seen: Time(1),
        holes: Holes::default(),
        by_version: false,
        payload: Arc::new(payload.build()),
    }
}

const EPOCH: Epoch = Epoch(7);

fn key() -> Scope {
    Scope::Key("k".into())
}

/// Runs an append to its end.
fn run(store: &mut Store, letter: Letter, limits: Limits) -> LetterAnswer {
    finish(store, &mut Append::new(id(), letter, limits), None)
}

fn finish(
    store: &mut Store,
    append: &mut Append,
    mut answer: Option<ControlAnswer>,
) -> LetterAnswer {
    loop {
        match append.step(answer.take()) {
            AppendStep::Do(op) => answer = Some(store.perform(&op)),
            AppendStep::Done(done) => return done,
        }
    }
}

pub(crate) fn head(store: &Store, scope: &Scope, epoch: Epoch) -> Option<HeadRecord> {
    let value = store.value(&names::head(&id(), scope, epoch));
    value.map(|value| wire::read_head(value).unwrap())
}

fn close(store: &mut Store) {
    let name = names::head(&id(), &key(), EPOCH);
    let ControlAnswer::Got(found) = store.perform(&ControlOp::Get { key: name.clone() }) else {
        panic!("a get is answered")
    };
    let mut head = head(store, &key(), EPOCH).unwrap_or(HeadRecord::new(key(), EPOCH));
    head.open = false;
    let replaces = found.map(|entry| entry.revision);
    store.perform(&ControlOp::Put { key: name, replaces, value: wire::write_head(&head) });
}

/// Appends these (stream, version) in turn; then the head of stream `s` is this.
fn check(appends: &[(&str, u64)], expected: &StreamHead) {
    let mut store = Store::default();
    for (stream, version) in appends {
        let letter = letter(key(), Some(EPOCH), stream, *version);
        assert_eq!(run(&mut store, letter, Limits::default()), LetterAnswer::Parked);
    }
    assert_eq!(head(&store, &key(), EPOCH).unwrap().streams.get("s"), Some(expected));
}

#[test]
fn appends_are_counted_once() {
    let known = |first: u64, highest: u64, count| StreamHead {
        first: first.into(),
        highest: highest.into(),
        count,
        left: None,
    };
    check(&[("s", 5)], &known(5, 5, 1));
    check(&[("s", 5), ("s", 6), ("s", 9)], &known(5, 9, 3));
    check(&[("s", 5), ("s", 6), ("s", 5), ("s", 6)], &known(5, 6, 2));
    check(&[("s", 5), ("t", 1), ("t", 2)], &known(5, 5, 1));
    check(&[("s", 5), ("s", 3), ("s", 3)], &known(3, 5, 1));
}

#[test]
fn a_closed_head_takes_nothing() {
    let mut store = Store::default();
    close(&mut store);
    let before = store.writes;
    let answer = run(&mut store, letter(key(), Some(EPOCH), "s", 5), Limits::default());
    assert_eq!(answer, LetterAnswer::Closed);
    assert_eq!(store.writes, before);
}

#[test]
fn a_head_that_closes_between_takes_nothing_and_keeps_no_letter() {
    for steps in 1..=2 {
        let mut store = Store::default();
        let mut append = Append::new(id(), letter(key(), Some(EPOCH), "s", 5), Limits::default());
        let mut answer = None;
        for _ in 0..steps {
            let AppendStep::Do(op) = append.step(answer.take()) else { panic!("not done yet") };
            answer = Some(store.perform(&op));
        }
        close(&mut store);
        assert_eq!(finish(&mut store, &mut append, answer), LetterAnswer::Closed);
        assert!(store.names(&names::letters(&id(), &key(), EPOCH)).is_empty());
        assert!(!head(&store, &key(), EPOCH).unwrap().open);
    }
}

#[test]
fn limits_stop_new_letters_only() {
    let mut store = Store::default();
    let mut limits = Limits { letters_per_key: 2, ..Limits::default() };
    let mut put =
        |version, limits| run(&mut store, letter(key(), Some(EPOCH), "s", version), limits);
    assert_eq!(put(1, limits), LetterAnswer::Parked);
    assert_eq!(put(2, limits), LetterAnswer::Parked);
    assert_eq!(put(3, limits), LetterAnswer::Full);
    assert_eq!(put(2, limits), LetterAnswer::Parked, "it stands already");
    limits.letters_per_key = 3;
    limits.held = limits.letters_per_projection;
    assert_eq!(put(3, limits), LetterAnswer::Full);
    limits.held -= 1;
    assert_eq!(put(3, limits), LetterAnswer::Parked);
    let mut loose = letter(key(), None, "s", 4);
    loose.cause = Cause::Late;
    limits.held += 1;
    assert_eq!(run(&mut store, loose, limits), LetterAnswer::Full);
    assert_eq!(head(&store, &key(), EPOCH).unwrap().held(), 3);
}

#[test]
fn letters_that_hold_nothing_up_have_no_head() {
    let mut store = Store::default();
    for cause in [Cause::Late, Cause::Fork, Cause::Nameless] {
        let mut loose = letter(key(), None, "s", 4);
        loose.cause = cause;
        assert_eq!(run(&mut store, loose.clone(), Limits::default()), LetterAnswer::Parked);
        assert_eq!(run(&mut store, loose, Limits::default()), LetterAnswer::Parked);
        assert_eq!(store.names(&names::loose(&id(), cause)).len(), 1);
    }
    assert!(store.names(&names::heads(&id())).is_empty());
    // Two records without a stream are two letters.
    let mut other = letter(key(), None, "", 0);
    other.cause = Cause::Nameless;
    run(&mut store, other, Limits::default());
    assert_eq!(store.names(&names::loose(&id(), Cause::Nameless)).len(), 2);
}

#[test]
fn a_head_of_a_newer_build_is_left_alone() {
    let mut store = Store::default();
    let name = names::head(&id(), &key(), EPOCH);
    let value = "foldline head 2\n".into();
    store.perform(&ControlOp::Put { key: name, replaces: None, value });
    let mut append = Append::new(id(), letter(key(), Some(EPOCH), "s", 5), Limits::default());
    assert_eq!(finish(&mut store, &mut append, None), LetterAnswer::Retry);
    assert!(append.fault().unwrap().message.contains("newer build"));
}

#[test]
fn a_letter_that_the_store_never_takes_stalls() {
    let mut append = Append::new(id(), letter(key(), Some(EPOCH), "s", 5), Limits::default());
    append.step(None);
    append.step(Some(ControlAnswer::Got(None)));
    let refused = ControlAnswer::Refused(Fault::new("too_large", "400 kB"));
    assert_eq!(append.step(Some(refused)), AppendStep::Done(LetterAnswer::Full));
    assert_eq!(append.fault().unwrap().code, "too_large");
}

#[test]
fn answers_to_something_else_are_trouble() {
    let answers = [
        ControlAnswer::Deleted,
        ControlAnswer::Put(Revision(1, 1)),
        ControlAnswer::Trouble(Trouble::Unknown),
        ControlAnswer::Listed { entries: Vec::new(), more: false },
    ];
    for answer in answers {
        let mut append = Append::new(id(), letter(key(), Some(EPOCH), "s", 5), Limits::default());
        append.step(None);
        assert_eq!(append.step(Some(answer)), AppendStep::Done(LetterAnswer::Retry));
        assert_eq!(append.step(None), AppendStep::Done(LetterAnswer::Retry));
    }
}

#[test]
fn leaving_is_counted_once() {
    let mut head = HeadRecord::new(key(), EPOCH);
    for version in [5, 6, 7] {
        head.append("s", &version.into());
    }
    assert!(head.leave("s", &5.into(), Left::Retried));
    assert!(!head.leave("s", &5.into(), Left::Retried));
    assert!(head.leave("s", &6.into(), Left::Discarded));
    assert!(!head.is_drained());
    assert!(head.leave("s", &7.into(), Left::Retried));
    assert!(head.is_drained());
    assert_eq!((head.retried, head.discarded, head.held()), (2, 1, 0));
    // Its append had not reached the head yet; when it does, it is not counted again.
    assert!(head.leave("s", &8.into(), Left::Retried));
    head.append("s", &8.into());
    assert_eq!((head.held(), head.is_drained()), (0, true));
}

proptest! {
    /// Workers append the same letters, die between any two operations and begin again; answers
    /// get lost after the work was done. In the end every letter stands once, in order, and the
    /// head counts it once.
    #[test]
    fn appends_by_two_workers_with_crashes(
        schedule in prop::collection::vec((0usize..2, 0u8..6), 0..120),
    ) {
        const LAST: u64 = 4;
        let mut store = Store::default();
        let begin = |version| {
            Append::new(id(), letter(key(), Some(EPOCH), "s", version), Limits::default())
        };
        let mut workers = [(1, begin(1), None), (1, begin(1), None)];
        let mut step = |worker: usize, fate: u8| {
            let (version, append, answer) = &mut workers[worker];
            if *version > LAST {
                return true;
            }
            let asked = answer.take();
            match append.step(asked) {
                AppendStep::Do(op) if fate == 0 => {
                    // It dies, with the operation done or not.
                    store.perform(&op);
                    *append = begin(*version);
                }
                AppendStep::Do(_) if fate == 1 => *append = begin(*version),
                AppendStep::Do(op) if fate == 2 => {
                    store.perform(&op);
                    *answer = Some(ControlAnswer::Trouble(Trouble::Unknown));
                }
                AppendStep::Do(op) => *answer = Some(store.perform(&op)),
                AppendStep::Done(LetterAnswer::Parked) => {
                    *version += 1;
                    *append = begin(*version);
                }
                AppendStep::Done(_) => *append = begin(*version),
            }
            false
        };
        for (worker, fate) in schedule {
            step(worker, fate);
        }
        for worker in 0..2 {
            while !step(worker, 5) {}
        }
        let head = head(&store, &key(), EPOCH).unwrap();
        let all = StreamHead {
            first: 1.into(),
            highest: LAST.into(),
            count: LAST,
            left: None,
        };
        prop_assert_eq!(&head.streams["s"], &all);
        prop_assert_eq!(store.names(&names::letters(&id(), &key(), EPOCH)).len() as u64, LAST);
    }
}
