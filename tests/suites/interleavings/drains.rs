//! Drains: operators retry and discard what is parked, from processes of their own, while live
//! flow goes on.

use foldline_core::drain::{Mode, Outcome};
use foldline_core::guard::GuardKind;
use foldline_core::letter::{Cause, Scope};
use foldline_core::position::Position;
use foldline_core::projector::Versions;

use crate::stage::{Stage, discard};

fn key(name: &str) -> Scope {
    Scope::Key(name.into())
}

fn versions(stage: &Stage) -> Vec<u64> {
    stage.letters().iter().map(|letter| letter.0).collect()
}

/// Version 2 of s fails, 3 is behind it; keyed by stream.
fn parked() -> (Stage, usize) {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2?", "s:3"]);
    stage.run(1_000);
    assert_eq!(versions(&stage), [2, 3]);
    (stage, a)
}

#[test]
fn an_append_that_meets_a_closed_head_judges_the_key_anew() {
    let (mut stage, a) = parked();
    stage.projection.fixed.set(true);
    let mut operator = stage.operator(&key("s"), Mode::Retry);
    // Both letters are gone from the head's view; the owner still thinks that the key is parked.
    stage.operate_until(&mut operator, "delete");
    stage.write("p0", &["s:4"]);
    stage.run_until(a, "park");
    let park = stage.take(a, "park");
    assert_eq!(stage.finish(&mut operator), Outcome::Drained);
    stage.write("p0", &["s:5"]);
    let answer = stage.do_it(a, &park).expect("an answer");
    stage.hear(a, answer);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4, 5]);
    assert!(!stage.is_marked("s"));
    assert_eq!(stage.letters(), []);
}

#[test]
fn an_append_before_the_close_keeps_the_head_open() {
    let (mut stage, a) = parked();
    stage.projection.fixed.set(true);
    let mut operator = stage.operator(&key("s"), Mode::Retry);
    stage.operate_until(&mut operator, "delete");
    stage.operate_until(&mut operator, "list");
    stage.operate(&mut operator);
    // The list was empty; before the head closes, one more comes.
    stage.write("p0", &["s:4"]);
    stage.run_until(a, "park");
    stage.perform(a, "park");
    assert_eq!(stage.finish(&mut operator), Outcome::Drained);
    stage.write("p0", &["s:5"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4, 5]);
    assert_eq!((stage.is_marked("s"), stage.letters()), (false, vec![]));
}

#[test]
fn a_closed_head_is_not_taken_for_that_of_a_later_parking() {
    let mut stage = Stage::new(GuardKind::Streams);
    let a = stage.owner(&["p0"]);
    let b = stage.owner(&["p1"]);
    stage.write("p0", &["s:1@k", "s:2?@k"]);
    stage.run(1_000);
    stage.write("p1", &["t:1@k"]);
    stage.run_until(b, "park");
    let early = stage.take(b, "park");
    // The first parking ends, and a second one begins.
    stage.projection.fixed.set(true);
    assert_eq!(stage.drain(&key("k"), Mode::Retry), Outcome::Drained);
    stage.projection.fixed.set(false);
    stage.write("p0", &["s:3?@k"]);
    stage.run_until(a, "park");
    stage.perform(a, "park");
    // The other worker learns that the first head is closed: the mark is not that one's.
    let answer = stage.do_it(b, &early).expect("an answer");
    stage.hear(b, answer);
    stage.write("p0", &["s:4@k"]);
    stage.run(2_000);
    assert!(stage.is_marked("k"));
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1, 2], vec![]));
    stage.projection.fixed.set(true);
    assert_eq!(stage.drain(&key("k"), Mode::Retry), Outcome::Drained);
    stage.run(1_000);
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1, 2, 3, 4], vec![1]));
}

#[test]
fn a_discard_of_a_later_letter_waits_for_its_turn() {
    let (mut stage, a) = parked();
    assert_eq!(stage.drain(&key("s"), discard("s", 3)), Outcome::Noted);
    assert_eq!(versions(&stage), [2, 3]);
    stage.projection.fixed.set(true);
    assert_eq!(stage.drain(&key("s"), Mode::Retry), Outcome::Drained);
    stage.write("p0", &["s:4"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 4]);
    // Nor does it come back to a worker that never heard of it.
    stage.crash(a);
    stage.show("p0", &["s:3", "s:5"]);
    stage.remember(&["s:5"]);
    stage.owner(&["p0"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 4, 5]);
    assert_eq!(stage.letters(), []);
}

#[test]
fn a_discarded_event_is_not_read_from_history_and_parked_again() {
    for (guard, bad) in [(GuardKind::Version, "s:2?"), (GuardKind::Streams, "s:2%@k")] {
        let mut stage = Stage::new(guard);
        let a = stage.owner(&["p0"]);
        stage.write("p0", &["s:1@k", bad]);
        stage.run(1_000);
        let by_stream = guard == GuardKind::Version;
        let scope = if by_stream { key("s") } else { Scope::Stream("s".into()) };
        assert_eq!(stage.drain(&scope, discard("s", 2)), Outcome::Drained);
        stage.crash(a);
        // Cold, and only history could tell what lies between.
        stage.write("p1", &["s:3@k"]);
        stage.owner(&["p1"]);
        stage.run(2_000);
        assert_eq!(stage.ids(if by_stream { "s" } else { "k" }, "s"), [1, 3], "{guard:?}");
        assert_eq!(stage.letters(), [], "{guard:?}");
    }
}

#[test]
fn a_letter_survives_the_feed_that_brought_it() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1@k", "s:2?@k", "s:3@k"]);
    stage.run(1_000);
    stage.crash(a);
    stage.feed.trim("p0", &Position::number(3));
    stage.projection.fixed.set(true);
    assert_eq!(stage.drain(&key("k"), Mode::Retry), Outcome::Drained);
    assert_eq!(stage.ids("k", "s"), [1, 2, 3]);
}

#[test]
fn a_retry_that_fails_at_a_later_letter_keeps_what_it_did() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1%@k", "s:2@k", "s:3?@k", "s:4@k"]);
    stage.run(1_000);
    let scope = Scope::Stream("s".into());
    stage.projection.keys_fixed.set(true);
    let outcome = stage.drain(&scope, Mode::Retry);
    assert!(matches!(outcome, Outcome::Failed { version: 3, .. }), "{outcome:?}");
    assert_eq!((stage.ids("k", "s"), versions(&stage)), (vec![1, 2], vec![3, 4]));
    stage.projection.fixed.set(true);
    assert_eq!(stage.drain(&scope, Mode::Retry), Outcome::Drained);
    assert_eq!((stage.ids("k", "s"), versions(&stage)), (vec![1, 2, 3, 4], vec![]));
}

#[test]
fn two_retries_at_once_fold_nothing_twice() {
    for steps in 1..25 {
        let (mut stage, _) = parked();
        stage.projection.fixed.set(true);
        let mut slow = stage.operator(&key("s"), Mode::Retry);
        for _ in 0..steps {
            if !slow.is_done() {
                stage.operate(&mut slow);
            }
        }
        let open = stage.heads().iter().any(|head| head.open);
        if open {
            assert_eq!(stage.drain(&key("s"), Mode::Retry), Outcome::Drained);
        }
        let outcome = stage.finish(&mut slow);
        assert!(matches!(outcome, Outcome::Drained | Outcome::Stray), "{outcome:?}");
        stage.write("p0", &["s:4"]);
        stage.run(1_000);
        assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4], "after {steps} steps");
        let left: Vec<(u64, u64)> =
            stage.heads().iter().map(|head| (head.retried, head.discarded)).collect();
        assert_eq!(left, [(2, 0)], "each letter left once, after {steps} steps");
    }
}

#[test]
fn counts_balance_while_another_process_drains() {
    let (mut stage, a) = parked();
    stage.write("p0", &["s:4"]);
    stage.run(1_000);
    let counts = |stage: &Stage| stage.checkpoint("p0").expect("it was written").counts;
    let before = counts(&stage);
    assert_eq!((before.received, before.applied, before.parked), (4, 1, 3));
    stage.projection.fixed.set(true);
    assert_eq!(stage.drain(&key("s"), discard("s", 2)), Outcome::Discarded);
    assert_eq!(stage.drain(&key("s"), Mode::Retry), Outcome::Drained);
    // What was ever parked stands in the checkpoint, and what became of it in the heads.
    let left: Vec<(u64, u64)> =
        stage.heads().iter().map(|head| (head.retried, head.discarded)).collect();
    assert_eq!((counts(&stage), left), (before, vec![(2, 1)]));
    stage.write("p0", &["s:5"]);
    stage.run(1_000);
    stage.crash(a);
    stage.write("p0", &["s:6"]);
    stage.owner(&["p0"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 3, 4, 5, 6]);
    let after = counts(&stage);
    assert_eq!((after.received, after.applied, after.parked), (6, 3, 3));
    assert_eq!(after.received, after.judged());
}

#[test]
fn a_late_letter_holds_nothing_up() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:3@k"]);
    stage.run(5_000);
    stage.write("p0", &["s:2@k", "s:4@k"]);
    stage.run(2_000);
    assert_eq!(stage.ids("k", "s"), [1, 3, 4]);
    let causes: Vec<(u64, Cause)> = stage.letters().iter().map(|l| (l.0, l.1)).collect();
    assert_eq!(causes, [(2, Cause::Late)]);
}

#[test]
fn what_parks_while_history_lags_is_drained_when_history_has_it() {
    let mut stage = Stage::new(GuardKind::Refold);
    stage.source.versions = Versions::Refold;
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2?"]);
    stage.run(1_000);
    assert!(stage.is_marked("s"));
    // Parked as well, but history lags behind the feed.
    stage.show("p0", &["s:3"]);
    stage.run(1_000);
    stage.projection.fixed.set(true);
    let mut operator = stage.operator(&key("s"), Mode::Retry);
    assert_eq!(stage.finish(&mut operator), Outcome::Later);
    assert!(stage.is_marked("s"), "version 3 is nowhere else");
    stage.remember(&["s:3"]);
    assert_eq!(stage.drain(&key("s"), Mode::Retry), Outcome::Drained);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
    stage.write("p0", &["s:4"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4]);
}

/// A late event has the stream folded anew from history, which still has what was discarded.
#[test]
fn what_was_discarded_stays_out_when_its_stream_is_folded_anew() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:3?", "s:4"]);
    stage.run(3_000);
    let scope = Scope::Key("s".into());
    assert_eq!(stage.drain(&scope, discard("s", 3)), Outcome::Discarded);
    assert_eq!(stage.drain(&scope, Mode::Retry), Outcome::Drained);
    stage.projection.fixed.set(true);
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:2"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 4]);
}

/// Positions guard, s:2 parks its stream, and while the owner is about to park s:3 and s:4 another
/// stream's event is written; then the owner dies, and s:2 is dropped, which ends the parking.
fn overtaken(third: &str) -> Stage {
    let mut stage = Stage::new(GuardKind::Positions);
    stage.source.ordered = true;
    stage.write("p0", &["s:1@k", "s:2!@k"]);
    let a = stage.owner(&["p0"]);
    stage.run(1_000);
    assert_eq!(versions(&stage), [2]);
    stage.write("p0", &[third, "s:4@k", "t:1@k"]);
    stage.run_until(a, "park");
    stage.take(a, "park");
    stage.run(1_000);
    assert_eq!(stage.ids("k", "t"), [1], "its position is above those of s");
    stage.crash(a);
    assert_eq!(stage.drain(&Scope::Stream("s".into()), discard("s", 2)), Outcome::Drained);
    stage.owner(&["p0"]);
    stage.run(1_000);
    stage
}

#[test]
fn the_next_owner_does_not_take_what_was_overtaken_while_its_stream_was_parked_for_applied() {
    let stage = overtaken("s:3@k");
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1, 3, 4], vec![1]));
}

#[test]
fn nor_does_a_drain_when_it_parks_with_its_key() {
    let mut stage = overtaken("s:3?@k");
    assert_eq!(versions(&stage), [3, 4]);
    stage.projection.fixed.set(true);
    assert_eq!(stage.drain(&key("k"), Mode::Retry), Outcome::Drained);
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1, 3, 4], vec![1]));
}
