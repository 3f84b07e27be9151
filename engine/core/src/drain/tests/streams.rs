//! Parked streams, drained into whatever documents their letters turn out to change.

use super::world::{Diary, World, drain, event, letter, mark, meta, source};
use super::{Mode, Outcome, Report};
use crate::cursor::Cursor;
use crate::drain::Drain;
use crate::fault::Fault;
use crate::guard::{Epoch, Guard, GuardKind, Positions, Revision};
use crate::letter::{Cause, Scope};
use crate::parking::tests::id;
use crate::parking::{Limits, names};
use crate::position::Position;
use crate::progress::{Holes, Progress};
use crate::sequencer::{Source, Versions};

const E: Epoch = Epoch(7);
const OTHER: Epoch = Epoch(9);

fn stream() -> Scope {
    Scope::Stream("s".into())
}

/// A world where stream `s` is parked and durably done below `next`, with these letters.
fn parked(next: u64, letters: &[(u64, &str, &str)]) -> World {
    let mut world = World::default();
    world.control.page = 2;
    let done = Progress::start(next);
    let cursor = Cursor { done, mark: Some(mark(E, "s", 3).into()), ..Cursor::default() };
    world.cursors.insert("s".into(), (cursor, Revision(0, 0)));
    for (version, kind, keys) in letters {
        world.append(letter(stream(), E, &event("s", *version, kind, keys, *version)));
    }
    world
}

fn streams(next: u64) -> Guard {
    Guard::Streams([("s".into(), Progress::start(next))].into())
}

fn check(
    world: &mut World,
    guard: GuardKind,
    broken: bool,
    mode: Mode,
    outcome: &Outcome,
) -> Report {
    let mut drain = drain(guard, broken, (stream(), E), mode);
    assert_eq!(&world.drain(&mut drain), outcome);
    let marked = world.cursors["s"].0.mark.is_some();
    assert_eq!(marked, *outcome != Outcome::Drained, "the mark goes when all is drained");
    drain.report()
}

fn discard(version: u64) -> Mode {
    Mode::Discard { stream: "s".into(), version, reason: "not ours".into() }
}

#[test]
fn a_stream_whose_key_can_be_told_again_is_folded_in_order() {
    let mut world = parked(3, &[(3, "keyless", ""), (4, "ok", "")]);
    world.put("s", "s1 s2", meta(Guard::Version(Progress::start(3)), None));
    let report = check(&mut world, GuardKind::Version, false, Mode::Retry, &Outcome::Drained);
    assert_eq!((report.retried, world.body("s")), (2, "s1 s2 s3 s4"));
    assert!(!world.head(&stream(), E).unwrap().open);
}

#[test]
fn what_still_has_no_key_stays() {
    let mut world = parked(3, &[(3, "keyless", ""), (4, "ok", "")]);
    let fault = Fault::new("keyless", "no key");
    let failed = Outcome::Failed { stream: "s".into(), version: 3, fault };
    check(&mut world, GuardKind::Version, true, Mode::Retry, &failed);
    assert!(world.documents.is_empty());
    assert_eq!(world.letters(&stream(), E)[0].attempts, 1);
}

#[test]
fn what_is_below_and_not_durable_is_waited_for() {
    // Version 2 is still in flight somewhere: folding 3 would cover it.
    let mut world = parked(2, &[(3, "keyless", "")]);
    for mode in [Mode::Retry, discard(3)] {
        check(&mut world, GuardKind::Version, false, mode, &Outcome::Later);
    }
    assert!(world.documents.is_empty());
    // A hole needs no waiting.
    let mut world = parked(2, &[]);
    let mut three = letter(stream(), E, &event("s", 3, "ok", "", 3));
    three.holes.add(2, 2);
    world.append(three);
    check(&mut world, GuardKind::Version, false, Mode::Retry, &Outcome::Drained);
    assert_eq!(world.body("s"), "s3");
}

/// Whoever parked the later one may never have known of what lies between: another owner had
/// passed it over.
#[test]
fn where_letters_stand_in_order_a_jump_is_no_gap() {
    let rising = Source { versions: Versions::Monotonic, ..source() };
    for source in [rising, Source { ordered: true, ..source() }] {
        let mut world = parked(3, &[(3, "keyless", "a"), (6, "ok", "a")]);
        let backoff = crate::backoff::Backoff::new((10, 100), 0, 0);
        let diary = Diary { guard: GuardKind::Streams, broken: false };
        let (limits, place) = (Limits::default(), (stream(), E));
        let mut drain = Drain::new(diary, &source, limits, backoff, place, Mode::Retry);
        assert_eq!(world.drain(&mut drain), Outcome::Drained);
        assert_eq!(world.body("a"), "s3 s6");
    }
}

#[test]
fn one_event_reaches_all_its_documents() {
    let mut world = parked(3, &[(3, "keyless", "a,b"), (4, "ok", "b"), (5, "ok", "")]);
    check(&mut world, GuardKind::Streams, false, Mode::Retry, &Outcome::Drained);
    assert_eq!((world.body("a"), world.body("b")), ("s3", "s3 s4"));
}

#[test]
fn a_document_that_fails_stops_the_stream_and_is_not_doubled() {
    let mut world = parked(3, &[(3, "poison b", "a,b"), (4, "ok", "a")]);
    let fault = Fault::new("poison", "version 3");
    let failed = Outcome::Failed { stream: "s".into(), version: 3, fault };
    check(&mut world, GuardKind::Streams, true, Mode::Retry, &failed);
    assert_eq!((world.body("a"), world.body("b")), ("s3", ""));
    check(&mut world, GuardKind::Streams, false, Mode::Retry, &Outcome::Drained);
    assert_eq!((world.body("a"), world.body("b")), ("s3 s4", "s3"));
}

#[test]
fn a_letter_goes_behind_a_document_that_is_parked() {
    let mut world = parked(3, &[(3, "keyless", "a,b"), (4, "ok", "a")]);
    world.put("a", "t1", meta(Guard::empty(GuardKind::Streams, 1), Some(OTHER)));
    let report = check(&mut world, GuardKind::Streams, false, Mode::Retry, &Outcome::Drained);
    assert_eq!(report.moved, 2);
    assert_eq!((world.body("a"), world.body("b")), ("t1", "s3"));
    let key = Scope::Key("a".into());
    let letters = world.letters(&key, OTHER);
    assert_eq!(letters.iter().map(|stored| stored.letter.version).collect::<Vec<_>>(), [3, 4]);
    let mut retry = drain(GuardKind::Streams, false, (key, OTHER), Mode::Retry);
    assert_eq!(world.drain(&mut retry), Outcome::Drained);
    assert_eq!(world.body("a"), "t1 s3 s4");
}

#[test]
fn a_guard_that_has_the_event_is_asked_before_its_mark() {
    let mut world = parked(3, &[(3, "keyless", "a")]);
    world.put("a", "s3", meta(streams(4), Some(OTHER)));
    let report = check(&mut world, GuardKind::Streams, false, Mode::Retry, &Outcome::Drained);
    assert_eq!((report.retried, report.moved), (1, 0));
}

#[test]
fn a_mark_whose_head_is_closed_is_removed_on_the_way() {
    let mut world = parked(3, &[(3, "keyless", "a")]);
    world.put("a", "t1", meta(Guard::empty(GuardKind::Streams, 1), Some(OTHER)));
    let key = Scope::Key("a".into());
    let mut retry = drain(GuardKind::Streams, false, (key, OTHER), Mode::Retry);
    assert_eq!(world.drain(&mut retry), Outcome::Drained);
    // A crash had left the mark.
    world.put("a", "t1", meta(Guard::empty(GuardKind::Streams, 1), Some(OTHER)));
    check(&mut world, GuardKind::Streams, false, Mode::Retry, &Outcome::Drained);
    assert_eq!(world.body("a"), "t1 s3");
    assert_eq!(world.documents["a"].meta.mark, None);
}

#[test]
fn where_positions_guard_the_drained_version_judges() {
    let mut world = parked(3, &[(3, "keyless", "a,b"), (4, "ok", "a,b")]);
    // Other streams pushed both documents past the parked events; one of them is parked.
    let applied = [("p".into(), Position::number(100))].into();
    let before = Guard::Positions(Box::new(Positions { applied, drained: [].into() }));
    let guard = || before.clone();
    world.put("a", "t1", meta(guard(), None));
    world.put("b", "t1", meta(guard(), Some(OTHER)));
    check(&mut world, GuardKind::Positions, false, Mode::Retry, &Outcome::Drained);
    assert_eq!((world.body("a"), world.body("b")), ("t1 s3 s4", "t1"));
    let key = Scope::Key("b".into());
    world.append(letter(key.clone(), OTHER, &event("t", 2, "ok", "b", 101)));
    let mut retry = drain(GuardKind::Positions, false, (key, OTHER), Mode::Retry);
    assert_eq!(world.drain(&mut retry), Outcome::Drained);
    assert_eq!(world.body("b"), "t1 s3 s4 t2");
    let drained = [("s".into(), 5)].into();
    let applied = [("p".into(), Position::number(101))].into();
    let after = Guard::Positions(Box::new(Positions { applied, drained }));
    assert_eq!(world.documents["b"].meta.guard, after);
}

#[test]
fn a_hole_of_a_document_becomes_a_late_letter_for_it() {
    let mut world = parked(3, &[(3, "keyless", "a")]);
    let mut holes = Holes::default();
    holes.add(3, 3);
    let guard = Guard::Streams([("s".into(), Progress { next: 5, holes })].into());
    world.put("a", "s4", meta(guard, None));
    check(&mut world, GuardKind::Streams, false, Mode::Retry, &Outcome::Drained);
    assert_eq!(world.body("a"), "s4");
    assert_eq!(world.control.names(&names::loose(&id(), Cause::Late)).len(), 1);
}

#[test]
fn a_discard_moves_the_cursor_before_the_letter_goes() {
    let mut world = parked(3, &[(3, "keyless", ""), (4, "ok", "")]);
    check(&mut world, GuardKind::Version, true, discard(3), &Outcome::Discarded);
    assert_eq!(world.cursors["s"].0.done, Progress::start(4));
    assert_eq!(world.control.names("parking/wallets@2/discard").len(), 1);
    check(&mut world, GuardKind::Version, true, Mode::Retry, &Outcome::Drained);
    assert_eq!(world.body("s"), "s4");
}

#[test]
fn a_stream_without_this_mark_is_left_alone() {
    let mut world = parked(3, &[(3, "keyless", "")]);
    world.cursors.clear();
    let mut retry = drain(GuardKind::Version, false, (stream(), E), Mode::Retry);
    assert_eq!(world.drain(&mut retry), Outcome::Stray);
    assert_eq!(world.letters(&stream(), E).len(), 1);
}
