//! Late letters, retried and discarded one by one.

use super::world::{Diary, World, event, letter, meta, unknown};
use super::{Effect, Input, Outcome};
use crate::cursor::Cursor;
use crate::drain::{Late, LateMode};
use crate::fault::Fault;
use crate::guard::{Epoch, Guard, GuardKind, Revision};
use crate::letter::{Cause, Scope};
use crate::name::Name;
use crate::parking::names;
use crate::parking::tests::id;
use crate::progress::{Holes, Progress};
use crate::time::Time;

fn holed(next: u64, hole: u64) -> Progress {
    let mut holes = Holes::default();
    holes.add(hole, hole);
    Progress { next, holes }
}

/// A world where version 2 of stream `s` was passed as a hole, and is a letter now.
fn world(scope: Scope, kind: &str, keys: &str) -> World {
    let mut world = World::default();
    let mut late = letter(scope, Epoch(0), &event("s", 2, kind, keys, 9));
    (late.epoch, late.cause) = (None, Cause::Late);
    world.append(late);
    let cursor = Cursor { done: holed(4, 2), ..Cursor::default() };
    world.cursors.insert("s".into(), (cursor, Revision(0, 0)));
    world
}

fn late(world: &World, guard: GuardKind, mode: LateMode) -> Late<Diary> {
    let key = world.control.names(&names::loose(&id(), Cause::Late)).remove(0);
    let backoff = crate::backoff::Backoff::new((10, 100), 0, 0);
    Late::new(Diary { guard, broken: true }, 1, backoff, Name::from(key), mode)
}

/// Runs it to its end; each answer in turn gets lost once.
fn check(world: &mut World, guard: GuardKind, mode: LateMode, expected: &Outcome) {
    let mut late = late(world, guard, mode);
    let mut input = Input::Started;
    let (mut now, mut told, mut lost) = (Time(0), 0, 0);
    for _ in 0..500 {
        let effect = late.step(now, input);
        input = match &effect {
            Effect::Done(Outcome::Absent) if lost > 0 && *expected == Outcome::Drained => return,
            Effect::Done(outcome) => return assert_eq!(outcome, expected),
            Effect::WakeAt(at) => {
                now = *at;
                told = 0;
                Input::Ticked
            }
            _ => world.perform(&effect).unwrap(),
        };
        told += 1;
        if told > lost && !matches!(effect, Effect::WakeAt(_)) {
            lost += 1;
            input = unknown(&effect);
        }
    }
    panic!("it does not end");
}

fn version(progress: Progress) -> Guard {
    Guard::Version(progress)
}

#[test]
fn a_late_event_fills_the_hole_of_its_document() {
    let mut world = world(Scope::Stream("s".into()), "ok", "");
    world.put("s", "s1 s3", meta(version(holed(4, 2)), None));
    check(&mut world, GuardKind::Version, LateMode::Retry, &Outcome::Drained);
    assert_eq!(world.body("s"), "s1 s3 s2");
    assert_eq!(world.documents["s"].meta.guard, version(Progress::start(4)));
    assert_eq!(world.cursors["s"].0.done, Progress::start(4));
    assert!(world.control.names(&names::loose(&id(), Cause::Late)).is_empty());
}

#[test]
fn a_late_event_reaches_documents_that_never_heard_of_its_stream() {
    let mut world = world(Scope::Stream("s".into()), "ok", "a,b");
    let guard = Guard::Streams([("s".into(), holed(4, 2))].into());
    world.put("a", "s3", meta(guard, None));
    check(&mut world, GuardKind::Streams, LateMode::Retry, &Outcome::Drained);
    assert_eq!((world.body("a"), world.body("b")), ("s3 s2", "s2"));
}

#[test]
fn a_document_without_the_hole_waits_for_the_cursor() {
    let mut world = world(Scope::Key("a".into()), "ok", "a");
    world.cursors.clear();
    check(&mut world, GuardKind::Streams, LateMode::Retry, &Outcome::Later);
    assert_eq!(world.body("a"), "");
}

#[test]
fn a_parked_document_is_waited_for() {
    let mut world = world(Scope::Key("s".into()), "ok", "");
    world.put("s", "s1 s3", meta(version(holed(4, 2)), Some(Epoch(7))));
    check(&mut world, GuardKind::Version, LateMode::Retry, &Outcome::Later);
}

#[test]
fn a_late_event_that_is_in_only_leaves() {
    let mut world = world(Scope::Key("s".into()), "ok", "");
    world.put("s", "s1 s2 s3", meta(version(Progress::start(4)), None));
    check(&mut world, GuardKind::Version, LateMode::Retry, &Outcome::Drained);
    assert_eq!(world.body("s"), "s1 s2 s3");
}

#[test]
fn a_late_event_that_fails_stays_with_its_error() {
    for kind in ["poison", "keyless"] {
        let mut world = world(Scope::Stream("s".into()), kind, "");
        world.put("s", "s1 s3", meta(version(holed(4, 2)), None));
        let fault = match kind {
            "poison" => Fault::new("poison", "version 2"),
            _ => Fault::new("keyless", "no key"),
        };
        let failed = Outcome::Failed { stream: "s".into(), version: 2, fault };
        check(&mut world, GuardKind::Version, LateMode::Retry, &failed);
        assert_eq!(world.body("s"), "s1 s3");
        assert_eq!(world.control.names(&names::loose(&id(), Cause::Late)).len(), 1);
    }
}

#[test]
fn a_late_event_is_discarded_on_record() {
    let mut world = world(Scope::Stream("s".into()), "poison", "");
    let mode = LateMode::Discard("twice told".into());
    check(&mut world, GuardKind::Version, mode, &Outcome::Drained);
    let records = world.control.names("parking/wallets@2/discard");
    assert_eq!(records.len(), 1);
    assert!(world.control.value(&records[0]).unwrap().contains("twice%20told"));
    assert!(world.control.names(&names::loose(&id(), Cause::Late)).is_empty());
}

/// A cursor lists holes above all that is done: what lies between is on its way.
#[test]
fn a_late_event_above_all_that_is_done_does_not_count_what_lies_below_it() {
    let mut world = world(Scope::Stream("s".into()), "ok", "");
    world.put("s", "s1 s3", meta(version(holed(4, 2)), None));
    let cursor = Cursor { done: holed(1, 2), ..Cursor::default() };
    world.cursors.insert("s".into(), (cursor, Revision(0, 0)));
    check(&mut world, GuardKind::Version, LateMode::Retry, &Outcome::Drained);
    assert_eq!(world.cursors["s"].0.done, Progress::start(1));
}
