//! Schedules that random worlds found, played alone: what went wrong once stays mended.

use foldline_core::drain::{Mode, Outcome};
use foldline_core::effect::Alarm;
use foldline_core::fault::Trouble;
use foldline_core::guard::{Guard, GuardKind};
use foldline_core::input::{Input, WriteAnswer};
use foldline_core::letter::{Cause, Scope};
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_core::projection::Projection;
use foldline_core::projector::Versions;
use foldline_core::time::Time;
use foldline_tests::world::run::EPOCH_MS;

use crate::stage::Stage;

/// A partition is lost, without time to finish anything.
fn lose(stage: &mut Stage, worker: usize, partition: &str) {
    let partition = Name::from(partition);
    stage.hear(worker, Input::Revoked { partition, lost: true });
}

/// A feed that is the whole history, in order.
fn ordered(guard: GuardKind) -> Stage {
    let mut stage = Stage::new(guard);
    stage.source.ordered = true;
    stage
}

/// A worker writes, loses its partition before it hears the answer, and gets it back after
/// another owner went on.
fn back_after(stage: &mut Stage, first: &str, other: &str) -> usize {
    stage.write("p0", &[first]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    let write = stage.take(a, "write");
    let answer = stage.do_it(a, &write).expect("a write is answered");
    lose(stage, a, "p0");
    stage.hear(a, answer);
    stage.write("p0", &[other]);
    let b = stage.owner(&["p0"]);
    stage.run_until(b, "commit");
    for _ in 0..500 {
        stage.now += 1;
        stage.hear(b, Input::Ticked);
        for kind in stage.wants(b) {
            stage.perform(b, kind);
        }
    }
    stage.crash(b);
    stage.grant(a, "p0");
    a
}

#[test]
fn a_refold_that_waits_for_history_does_not_fold_twice() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.show("p0", &["s:3"]);
    stage.write("p0", &["s:4", "s:6"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4, 6]);
    stage.write("p0", &["s:5"]);
    stage.run(200);
    stage.remember(&["s:3"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_parks_stays_behind_what_was_folded_before_it() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:1", "s:2%", "s:3"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    let foldline_core::effect::Effect::Write { ticket, .. } = stage.take(a, "write") else {
        panic!("a write is a write")
    };
    // It was not written, and nobody knows that.
    let answers = vec![WriteAnswer::Retry(Trouble::Unknown)];
    stage.hear(a, Input::Written { ticket, answers });
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1]);
    let letters: Vec<u64> = stage.letters().iter().map(|(version, ..)| *version).collect();
    assert_eq!(letters, [2, 3]);
}

#[test]
fn a_later_owner_does_not_park_what_nothing_handled_before_the_failure() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:1~", "s:2?"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "park");
    stage.perform(a, "park");
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(2_000);
    let letters: Vec<u64> = stage.letters().iter().map(|(version, ..)| *version).collect();
    assert_eq!(letters, [2]);
}

#[test]
fn a_condition_is_not_asked_of_a_document_that_another_owner_changed() {
    let mut stage = ordered(GuardKind::Version);
    back_after(&mut stage, "s:1", "s:2");
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    // An odd document filters it; the one that the first owner remembers is odd.
    stage.write("p0", &["s:3="]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn what_another_owner_applied_is_no_hole_of_an_ordered_feed() {
    let mut stage = ordered(GuardKind::Streams);
    back_after(&mut stage, "s:1@k", "s:2@k");
    stage.write("p0", &["s:3@k"]);
    stage.run(2_000);
    assert_eq!(stage.ids("k", "s"), [1, 2, 3]);
    let Some(Guard::Streams(streams)) = stage.meta("k").map(|meta| meta.guard) else {
        panic!("the document carries its streams")
    };
    assert!(streams.values().all(|progress| progress.holes.is_empty()));
}

#[test]
fn a_cold_stream_with_a_fork_is_resolved_and_says_nothing_before() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.history = false;
    stage.show("p0", &["t:1~", "s:1", "s:2", "s:2#9"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "load");
    let load = stage.take(a, "load");
    stage.run(500);
    assert!(!stage.wants(a).contains(&"save-cursors"), "of a cold stream there is nothing to say");
    let loaded = stage.do_it(a, &load).expect("a load is answered");
    stage.hear(a, loaded);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    let forks = stage.letters().iter().filter(|(_, cause, _)| *cause == Cause::Fork).count();
    assert_eq!(forks, 1);
}

#[test]
fn a_purged_document_is_folded_from_its_beginning_not_from_its_cursor() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.purge_ms = 10_000;
    let a = stage.owner(&["p0"]);
    // The cursor knows of the first two; the tombstone of all.
    stage.write("p0", &["s:1", "s:2="]);
    stage.run(500);
    stage.tuning.cursor_ms = 1_000_000;
    stage.write("p0", &["s:3^", "s:4-"]);
    stage.run_until(a, "write");
    stage.perform(a, "write");
    stage.crash(a);
    stage.now += 60_000;
    let purged = stage.documents.purge_now(&stage.projection.id(), Time(u64::MAX), None, 100);
    assert_eq!(purged.map(|purged| purged.tombstones), Ok(1));
    let b = stage.owner(&["p0"]);
    stage.sweep(b);
    stage.run(3_000);
    assert!(stage.ids("s", "s").is_empty());
    assert!(stage.letters().is_empty());
}

#[test]
fn a_jump_that_the_tenure_before_put_on_record_is_on_record() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:1", "s:2"]);
    stage.feed.trim("p0", &Position::number(1));
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "commit");
    let commit = stage.take(a, "commit");
    // The partition is granted again, with the checkpoint of before the write that is under way.
    lose(&mut stage, a, "p0");
    stage.grant(a, "p0");
    let _ = stage.do_it(a, &commit);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
}

#[test]
fn a_mark_that_meets_a_purged_tombstone_still_gets_its_letter() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.purge_ms = 10_000;
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2-"]);
    stage.run(2_000);
    stage.now += 60_000;
    let purged = stage.documents.purge_now(&stage.projection.id(), Time(u64::MAX), None, 100);
    assert_eq!(purged.map(|purged| purged.tombstones), Ok(1));
    // Below the first version; the worker still remembers the document as it was.
    stage.show("p0", &["s:0"]);
    stage.run(5_000);
    assert!(stage.is_marked("s"));
    assert_eq!(stage.letters().len(), 1);
}

#[test]
fn positions_tell_nothing_of_a_stream_whose_parking_has_ended() {
    let mut stage = ordered(GuardKind::Positions);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1%@k"]);
    stage.run(1_000);
    stage.projection.keys_fixed.set(true);
    let mut operator = stage.operator(&Scope::Stream("s".into()), Mode::Retry);
    assert_eq!(stage.finish(&mut operator), Outcome::Drained);
    // The owner does not know that: the second is to be a letter, and another stream passes it.
    stage.write("p0", &["s:2@k", "t:1@k"]);
    stage.run_until(a, "park");
    stage.take(a, "park");
    stage.run_until(a, "write");
    stage.perform(a, "write");
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(2_000);
    assert_eq!(stage.ids("k", "s"), [1, 2]);
    assert_eq!(stage.ids("k", "t"), [1]);
    assert_eq!(stage.letters(), []);
}

#[test]
fn what_a_refold_filled_is_a_hole_again_when_its_write_conflicts() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.flush_ms = 6_000;
    stage.write("p0", &["s:1"]);
    stage.owner(&["p0"]);
    stage.run(8_000);
    assert_eq!(stage.ids("s", "s"), [1]);
    stage.write("p0", &["s:2", "s:4"]);
    stage.run(3_000);
    let holes = stage.alarms.iter().filter(|alarm| matches!(alarm, Alarm::Hole { .. }));
    assert_eq!(holes.count(), 1, "version 3 is proven absent");
    // Here it is: the document is folded anew, and not written yet.
    stage.write("p0", &["s:3"]);
    stage.run(500);
    assert_eq!(stage.ids("s", "s"), [1]);
    // Another owner comes less far.
    stage.tuning.flush_ms = 10;
    stage.show("p1", &["s:2"]);
    let b = stage.owner(&["p1"]);
    stage.run_until(b, "write");
    stage.perform(b, "write");
    stage.crash(b);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    stage.run(30_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4]);
}

#[test]
fn a_late_fill_that_the_feed_lost_is_found_by_a_sweep() {
    let mut stage = Stage::new(GuardKind::Streams);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:3@k"]);
    stage.run(5_000);
    assert_eq!(stage.holes("s"), [(2, 2)]);
    // It comes late, and nobody but history ever shows it.
    stage.remember(&["s:2@k"]);
    stage.sweep(a);
    stage.run(2_000);
    assert_eq!(stage.letters(), [(2, Cause::Late, Scope::Stream("s".into()))]);
}

#[test]
fn what_a_condition_says_of_a_document_that_others_had_meanwhile_is_asked_of_theirs() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.versions = Versions::Monotonic;
    stage.source.history = false;
    stage.write("p0", &["s:1"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    lose(&mut stage, a, "p0");
    // Its last write may have been made: it is loaded again, after the partition was lost.
    stage.perform_untold(a, "write");
    stage.run(500);
    stage.write("p0", &["s:2"]);
    let b = stage.owner(&["p0"]);
    stage.run(500);
    stage.crash(b);
    stage.grant(a, "p0");
    stage.write("p0", &["s:3="]);
    stage.run(500);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3], "the last was even");
}

#[test]
fn a_row_that_comes_between_two_pages_of_history_folds_nothing_twice() {
    let mut stage = Stage::new(GuardKind::Refold);
    stage.source.versions = Versions::Refold;
    stage.remember(&["s:1", "s:3", "s:4", "s:5", "s:6"]);
    stage.write("p0", &["s:7"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "repair");
    stage.perform(a, "repair");
    // A page is read; what follows moves on by one.
    stage.remember(&["s:2"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 3, 4, 5, 6, 7]);
    stage.show("p0", &["s:2"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_fork_that_a_read_of_history_shows_is_healed() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run(1_000);
    // A gap is read; while the answer is on its way the feed brings what is missing, and other
    // content of what follows.
    stage.remember(&["s:2", "s:3"]);
    stage.show("p0", &["s:3#9"]);
    stage.run_until(a, "repair");
    let repair = stage.take(a, "repair");
    let answer = stage.do_it(a, &repair).expect("an answer");
    stage.show("p0", &["s:2"]);
    stage.run(50);
    stage.hear(a, answer);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn a_late_fill_does_not_raise_a_stream_whose_tombstone_is_purged() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.purge_ms = 10_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:3", "s:4-"]);
    stage.run(5_000);
    assert_eq!(stage.holes("s"), [(2, 2)]);
    stage.now += 20_000;
    let purged = stage.documents.purge_now(&stage.projection.id(), Time(u64::MAX), None, 100);
    assert_eq!(purged.map(|purged| purged.tombstones), Ok(1));
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:2"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), Vec::<i64>::new());
}

#[test]
fn a_late_fill_whose_second_content_is_a_letter_on_its_way_is_a_letter_too() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    stage.source.begins = Some(Time(EPOCH_MS));
    stage.show("p0", &["s:3@k"]);
    let a = stage.owner(&["p0"]);
    stage.run(1_000);
    assert_eq!(stage.holes("s"), [(1, 2)]);
    stage.crash(a);
    stage.show("p0", &["s:2@k", "s:2#9@k"]);
    let b = stage.owner(&["p0"]);
    stage.run_until(b, "load-cursors");
    // What the stream is becomes known while the letter of the second content is on its way.
    let park = stage.take(b, "park");
    stage.perform(b, "load-cursors");
    let parked = stage.do_it(b, &park).expect("letters are answered");
    stage.hear(b, parked);
    stage.run(1_000);
    let mut causes: Vec<_> =
        stage.letters().into_iter().map(|(at, cause, _)| (at, cause)).collect();
    causes.sort();
    assert_eq!(causes, [(2, Cause::Late), (2, Cause::Fork)]);
}
