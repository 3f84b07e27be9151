//! One parked document, drained and discarded case by case.

use std::sync::Arc;

use super::{Effect, Input, Mode, Outcome, Report};
use crate::cursor::Cursor;
use crate::event::{Batch, BatchBuilder};
use crate::fault::Fault;
use crate::guard::{Epoch, Guard, GuardKind, Meta, Positions};
use crate::letter::{Cause, Scope};
use crate::limits;
use crate::parking::names;
use crate::parking::tests::id;
use crate::position::Position;
use crate::progress::{Holes, Progress};
use crate::time::Time;

mod crossed;
mod lates;
mod random;
mod streams;
mod world;

use world::{World, drain, event, letter, mark, meta};

const E: Epoch = Epoch(7);

fn key() -> Scope {
    Scope::Key("s".into())
}

fn version(next: u64) -> Guard {
    Guard::Version(Progress::start(next))
}

/// A world where document `s` holds `s1 s2`, is parked, and has these letters behind its head.
fn parked(kinds: &[(u64, &str)]) -> World {
    let mut world = World::default();
    world.control.page = 2;
    world.put("s", "s1 s2", meta(version(3), Some(E)));
    for (version, kind) in kinds {
        world.append(letter(key(), E, &event("s", *version, kind, "", *version)));
    }
    world
}

fn discard(version: u64) -> Mode {
    Mode::Discard { stream: "s".into(), version, reason: "not ours".into() }
}

fn failed(version: u64) -> Outcome {
    let fault = Fault::new("poison", format!("version {version}"));
    Outcome::Failed { stream: "s".into(), version, fault }
}

/// Runs a drain over the world: it ends so, and leaves this document; then whether it is marked.
fn check(world: &mut World, broken: bool, mode: Mode, outcome: &Outcome, body: &str) -> Report {
    let mut drain = drain(GuardKind::Version, broken, (key(), E), mode);
    assert_eq!(&world.drain(&mut drain), outcome);
    assert_eq!(world.body("s"), body);
    let marked = world.documents["s"].meta.mark.is_some();
    assert_eq!(marked, *outcome != Outcome::Drained, "the mark goes when all is drained");
    let open = world.head(&key(), E).unwrap().open;
    assert_eq!(open, *outcome != Outcome::Drained, "the head closes when all is drained");
    drain.report()
}

#[test]
fn a_fixed_module_drains_all_in_order() {
    let mut world = parked(&[(3, "poison"), (4, "ok"), (5, "poison"), (6, "ok")]);
    let report = check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2 s3 s4 s5 s6");
    assert_eq!(report, Report { retried: 4, ..Report::default() });
    assert!(world.letters(&key(), E).is_empty());
    let head = world.head(&key(), E).unwrap();
    assert_eq!((head.retried, head.discarded, head.held()), (4, 0, 0));
}

#[test]
fn many_letters_are_drained_page_by_page() {
    let kinds: Vec<(u64, &str)> = (3..200).map(|version| (version, "ok")).collect();
    let mut world = parked(&kinds);
    let all: Vec<String> = (1..200).map(|version| format!("s{version}")).collect();
    check(&mut world, false, Mode::Retry, &Outcome::Drained, &all.join(" "));
}

#[test]
fn what_fails_again_stays_with_all_behind_it() {
    let mut world = parked(&[(3, "ok"), (4, "poison"), (5, "ok")]);
    let report = check(&mut world, true, Mode::Retry, &failed(4), "s1 s2 s3");
    assert!(report.progressed());
    check(&mut world, true, Mode::Retry, &failed(4), "s1 s2 s3");
    let letters = world.letters(&key(), E);
    assert_eq!(letters.iter().map(|stored| stored.letter.version).collect::<Vec<_>>(), [4, 5]);
    assert_eq!((letters[0].attempts, letters[1].attempts), (2, 0));
    assert_eq!(letters[0].last, Some(Fault::new("poison", "version 4")));
    check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2 s3 s4 s5");
}

#[test]
fn a_letter_whose_event_is_in_only_leaves() {
    let mut world = parked(&[(1, "ok"), (2, "ok"), (3, "ok")]);
    let report = check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2 s3");
    assert_eq!(report.retried, 3);
}

#[test]
fn the_first_letter_is_discarded_at_once() {
    let mut world = parked(&[(3, "poison"), (4, "ok")]);
    check(&mut world, true, discard(3), &Outcome::Discarded, "s1 s2");
    assert_eq!(world.documents["s"].meta.guard, version(4));
    let record = letter(key(), E, &event("s", 3, "poison", "", 3));
    let record = world.control.value(&names::discard(&id(), &record)).unwrap();
    assert!(record.contains("discard certain not%20ours"), "{record}");
    assert_eq!(world.head(&key(), E).unwrap().discarded, 1);
    check(&mut world, true, Mode::Retry, &Outcome::Drained, "s1 s2 s4");
}

#[test]
fn the_only_letter_discarded_ends_the_parking() {
    let mut world = parked(&[(3, "poison")]);
    check(&mut world, true, discard(3), &Outcome::Drained, "s1 s2");
}

#[test]
fn a_later_letter_is_discarded_when_the_drain_gets_there() {
    let mut world = parked(&[(3, "poison"), (4, "poison"), (5, "ok")]);
    check(&mut world, true, discard(4), &Outcome::Noted, "s1 s2");
    check(&mut world, true, Mode::Retry, &failed(3), "s1 s2");
    let report = check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2 s3 s5");
    assert_eq!((report.retried, report.discarded), (2, 1));
}

#[test]
fn a_discard_of_what_is_not_there_changes_nothing() {
    let mut world = parked(&[(3, "poison")]);
    check(&mut world, true, discard(9), &Outcome::Absent, "s1 s2");
    // Applied already, by a drain that died before it deleted the letter.
    let mut world = parked(&[(2, "ok"), (3, "poison")]);
    let report = check(&mut world, true, discard(2), &Outcome::Absent, "s1 s2");
    assert_eq!((report.retried, report.discarded), (1, 0));
    assert!(world.control.names("parking/wallets@2/discard").is_empty());
}

#[test]
fn a_parking_without_letters_ends_for_good() {
    let mut world = parked(&[]);
    check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2");
    world.append(letter(key(), E, &event("s", 3, "ok", "", 3)));
    assert!(world.letters(&key(), E).is_empty(), "the head was made closed");
}

#[test]
fn a_document_without_this_mark_is_left_alone() {
    for other in [None, Some(Epoch(8))] {
        let mut world = parked(&[(3, "ok")]);
        world.put("s", "s1 s2", meta(version(3), other));
        let mut drain = drain(GuardKind::Version, false, (key(), E), Mode::Retry);
        assert_eq!(world.drain(&mut drain), Outcome::Stray);
        assert_eq!(world.letters(&key(), E).len(), 1);
    }
}

#[test]
fn a_closed_head_loses_its_mark_only() {
    let mut world = parked(&[(3, "ok")]);
    check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2 s3");
    // The mark of a closed head, as a crash leaves it; and the mark of another parking.
    world.put("s", "s1 s2 s3", meta(version(4), Some(E)));
    check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2 s3");
    world.put("s", "s1 s2 s3", meta(version(4), Some(Epoch(8))));
    let mut drain = drain(GuardKind::Version, false, (key(), E), Mode::Retry);
    assert_eq!(world.drain(&mut drain), Outcome::Drained);
    assert_eq!(world.documents["s"].meta.mark, Some(mark(Epoch(8), "s", 1).into()));
}

#[test]
fn holes_known_when_parked_are_listed_in_the_guard() {
    let mut world = parked(&[(3, "ok")]);
    let mut five = letter(key(), E, &event("s", 5, "ok", "", 5));
    five.holes.add(4, 4);
    world.append(five);
    check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2 s3 s5");
    let mut holes = Holes::default();
    holes.add(4, 4);
    let guard = Guard::Version(Progress { next: 6, holes });
    assert_eq!(world.documents["s"].meta.guard, guard);
}

#[test]
fn a_letter_of_a_hole_that_was_passed_becomes_a_late_one() {
    let mut world = parked(&[(2, "ok"), (3, "ok")]);
    let mut holes = Holes::default();
    holes.add(2, 2);
    world.put("s", "s1", meta(Guard::Version(Progress { next: 3, holes }), Some(E)));
    let report = check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s3");
    assert_eq!((report.retried, report.late), (1, 1));
    assert_eq!(world.control.names(&names::loose(&id(), Cause::Late)).len(), 1);
}

#[test]
fn a_version_below_the_first_leaves_by_a_discard_only() {
    let mut world = parked(&[(0, "ok"), (3, "ok")]);
    let fault = Fault::new("first", "version 0 of stream `s` is below 1");
    let outcome = Outcome::Failed { stream: "s".into(), version: 0, fault };
    check(&mut world, false, Mode::Retry, &outcome, "s1 s2");
    check(&mut world, false, discard(0), &Outcome::Discarded, "s1 s2");
    check(&mut world, false, Mode::Retry, &Outcome::Drained, "s1 s2 s3");
}

#[test]
fn what_the_store_refuses_fails_alone() {
    let mut world = parked(&[(3, "ok"), (4, "ok"), (5, "ok")]);
    world.text_bytes_max = Some("s1 s2 s3".len());
    let fault = Fault::new("too_large", "the store takes no more");
    let outcome = Outcome::Failed { stream: "s".into(), version: 4, fault };
    check(&mut world, false, Mode::Retry, &outcome, "s1 s2 s3");
}

#[test]
fn a_deleted_document_keeps_its_tombstone() {
    let mut world = parked(&[(3, "delete")]);
    check(&mut world, false, Mode::Retry, &Outcome::Drained, "");
    assert!(world.documents["s"].meta.deleted.is_some());
}

#[test]
fn a_stub_that_nothing_came_of_ages() {
    let mut world = World::default();
    world.put("s", "", meta(version(1), Some(E)));
    world.append(letter(key(), E, &event("s", 1, "poison", "", 1)));
    check(&mut world, true, discard(1), &Outcome::Drained, "");
    assert!(world.documents["s"].meta.deleted.is_some());
}

#[test]
fn positions_are_drained_in_their_order() {
    let mut world = World::default();
    let applied = [("p".into(), Position::number(10))].into();
    let guard = Guard::Positions(Box::new(Positions { applied, drained: [].into() }));
    world.put("k", "t1", meta(guard, Some(E)));
    let scope = Scope::Key("k".into());
    for (stream, version, at) in [("s", 1, 11), ("t", 2, 12), ("a", 1, 13), ("s", 2, 14)] {
        world.append(letter(scope.clone(), E, &event(stream, version, "ok", "k", at)));
    }
    let discard = Mode::Discard { stream: "a".into(), version: 1, reason: "no".into() };
    let mut noted = drain(GuardKind::Positions, false, (scope.clone(), E), discard);
    assert_eq!(world.drain(&mut noted), Outcome::Noted, "others of its partition come first");
    let mut retry = drain(GuardKind::Positions, false, (scope, E), Mode::Retry);
    assert_eq!(world.drain(&mut retry), Outcome::Drained);
    assert_eq!(world.body("k"), "t1 s1 t2 s2");
}

#[test]
fn a_ledger_reads_and_writes_its_rows() {
    let mut world = World::default();
    world.put("k", "t1", meta(Guard::empty(GuardKind::Ledger, 1), Some(E)));
    world.rows.insert(("k".into(), "t".into()), Progress::start(2));
    let scope = Scope::Key("k".into());
    for (stream, version) in [("s", 1), ("t", 1), ("t", 2), ("s", 3)] {
        world.append(letter(scope.clone(), E, &event(stream, version, "ok", "k", 0)));
    }
    let mut retry = drain(GuardKind::Ledger, false, (scope, E), Mode::Retry);
    assert_eq!(world.drain(&mut retry), Outcome::Drained);
    assert_eq!(world.body("k"), "t1 s1 s3 t2");
    let row = |stream: &str| world.rows[&("k".into(), stream.into())].next;
    assert_eq!((row("s"), row("t")), (4, 3));
    assert_eq!(
        world.documents["k"].meta,
        Meta { deleted: None, ..Meta::empty(GuardKind::Ledger, 1) }
    );
}

/// Another drain takes letters away between the load of the document and the read of the letters.
#[test]
fn a_letter_beyond_those_that_a_ledger_was_loaded_for_is_not_folded_with_them() {
    let mut world = World::default();
    world.put("k", "t1", meta(Guard::empty(GuardKind::Ledger, 1), Some(E)));
    world.rows.insert(("k".into(), "t".into()), Progress::start(2));
    let scope = Scope::Key("k".into());
    for version in 1..=limits::DRAIN_LETTERS as u64 {
        world.append(letter(scope.clone(), E, &event("s", version, "ok", "k", 0)));
    }
    let applied = letter(scope.clone(), E, &event("t", 1, "ok", "k", 0));
    world.append(applied);
    let first = letter(scope.clone(), E, &event("s", 1, "ok", "k", 0));
    let mut retry = drain(GuardKind::Ledger, false, (scope, E), Mode::Retry);
    let mut input = Input::Started;
    loop {
        let effect = retry.step(Time(0), input);
        input = world.perform(&effect).unwrap();
        if matches!(input, Input::Loaded(_)) {
            break;
        }
    }
    world.take(&first);
    let mut effect = retry.step(Time(0), input);
    while let Some(answer) = world.perform(&effect) {
        effect = retry.step(Time(0), answer);
    }
    assert_eq!(world.body("k").matches("t1").count(), 1, "it is in already");
}

fn history(sorts: &[&str]) -> Arc<Batch> {
    let mut builder = BatchBuilder::default();
    for (version, sort) in sorts.iter().enumerate() {
        builder.event("s", version as u64, Position::number(0)).sort(sort).part("ok", &[]);
    }
    Arc::new(builder.build())
}

#[test]
fn a_source_without_versions_is_folded_anew() {
    let mut world = World::default();
    let guard = |last: &str, count| Guard::Refold { last: last.into(), count };
    world.put("s", "s0", meta(guard("a", 1), Some(E)));
    let mut payload = BatchBuilder::default();
    payload.event("s", 0, Position::number(0)).sort("c").part("poison", &[]);
    world.append(letter(key(), E, &Arc::new(payload.build())));
    let run = |world: &mut World, sorts: &[&str]| {
        world.histories.insert("s".into(), history(sorts));
        let mut retry = drain(GuardKind::Refold, false, (key(), E), Mode::Retry);
        world.drain(&mut retry)
    };
    assert_eq!(run(&mut world, &["a", "b"]), Outcome::Later, "history lags");
    assert_eq!(world.body("s"), "s0");
    assert_eq!(run(&mut world, &["a", "b", "c"]), Outcome::Drained);
    assert_eq!(world.body("s"), "s0 s1 s2");
    assert_eq!(
        world.documents["s"].meta,
        Meta { guard: guard("c", 3), ..Meta::empty(GuardKind::Streams, 1) }
    );
}

/// At each step in turn, an answer that belongs to something else, or none: nothing is lost.
#[test]
fn any_answer_to_any_question_is_survived() {
    let strays = [
        Input::Started,
        Input::Ticked,
        Input::Control(crate::control::ControlAnswer::Conflict),
        Input::Control(crate::control::ControlAnswer::Got(None)),
        Input::Written(crate::input::WriteAnswer::Conflict),
        Input::CursorLoaded(Ok(Some((Cursor::default(), crate::guard::Revision(1, 1))))),
    ];
    for stray in strays {
        for at in 0..30 {
            let mut world = parked(&[(3, "ok"), (4, "ok")]);
            let mut drain = drain(GuardKind::Version, false, (key(), E), Mode::Retry);
            let mut input = Input::Started;
            for _ in 0..at {
                let effect = drain.step(Time(0), input);
                let Some(answer) = world.perform(&effect) else { break };
                input = answer;
                if matches!(effect, Effect::Done(_)) {
                    break;
                }
            }
            drain.step(Time(0), stray.clone());
            let mut again = world::drain(GuardKind::Version, false, (key(), E), Mode::Retry);
            world.drain(&mut drain);
            world.drain(&mut again);
            assert_eq!(world.body("s"), "s1 s2 s3 s4");
            assert_eq!(world.documents["s"].meta.mark, None);
        }
    }
}
