//! Ordinary flow: writes, positions, gaps, holes, forks, sweeps.

use foldline_core::effect::Halt;
use foldline_core::guard::GuardKind;
use foldline_core::letter::{Cause, Scope};
use foldline_core::position::Position;
use foldline_core::projector::Versions;

use crate::stage::Stage;

#[test]
fn a_write_times_out_but_landed_and_is_not_doubled() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.run_until(a, "write");
    stage.perform_untold(a, "write");
    stage.write("p0", &["s:3"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn a_conflict_after_folded_events_were_freed_goes_back_to_the_checkpoint() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.keep_folded = false;
    stage.write("p0", &["s:1", "s:2", "s:3"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    let b = stage.owner(&["p0"]);
    stage.run_until(b, "write");
    stage.perform(b, "write");
    stage.perform(a, "write");
    stage.write("p0", &["s:4"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4]);
}

#[test]
fn an_event_that_a_relay_emits_again_later_is_applied_once() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2", "s:3", "s:4", "s:5"]);
    stage.run(1_000);
    stage.crash(a);
    stage.show("p0", &["s:5", "s:2"]);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4, 5]);
}

#[test]
fn a_held_event_is_not_covered_by_its_early_position() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1@k", "s:3@k", "s:2@k"]);
    stage.run_until(a, "write");
    stage.perform(a, "write");
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("k", "s"), [1, 2, 3]);
}

#[test]
fn the_rest_of_a_record_survives_a_crash_after_its_first_event() {
    let mut stage = Stage::new(GuardKind::Positions);
    stage.source.ordered = true;
    stage.tuning.write_batch = 1;
    stage.remember(&["s:1@a", "s:2@b", "s:3@a"]);
    stage.record("p0", &["s:1@a", "s:2@b", "s:3@a"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    stage.perform(a, "write");
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!((stage.ids("a", "s"), stage.ids("b", "s")), (vec![1, 3], vec![2]));
}

#[test]
fn a_stream_that_moves_to_another_partition_keeps_its_order() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:1", "s:2", "s:3"]);
    stage.write("p1", &["s:4"]);
    let b = stage.owner(&["p1"]);
    stage.run_until(b, "repair");
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4]);
}

#[test]
fn a_rewrite_at_the_same_version_does_not_refuse_the_next_event() {
    let mut stage = late_fill_at_hand();
    stage.owner(&["p0"]);
    stage.run(2_000);
    stage.write("p0", &["s:7"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4, 5, 6, 7]);
}

/// Versions 1 to 6 but 4 are applied, 4 is a proven hole, and now it appears.
fn late_fill_at_hand() -> Stage {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2", "s:3", "s:5", "s:6"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 5, 6]);
    stage.crash(a);
    stage.write("p0", &["s:4"]);
    stage
}

#[test]
fn a_late_fill_below_the_guard_is_not_lost() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:3"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 3]);
    stage.write("p0", &["s:2"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn a_hole_that_another_worker_recorded_is_filled() {
    let mut stage = late_fill_at_hand();
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn history_that_lags_proves_no_hole() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.show("p0", &["s:3"]);
    stage.run(10_000);
    assert_eq!(stage.ids("s", "s"), [1], "neither 2 nor 3 is in history: nothing is proven");
    stage.remember(&["s:2", "s:3"]);
    stage.run(10_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn what_cannot_be_decoded_in_history_is_poison_and_no_hole() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.remember(&["s:2!"]);
    stage.write("p0", &["s:3"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1]);
    let key = Scope::Key("s".into());
    let letters = [(2, Cause::Failed, key.clone()), (3, Cause::Behind, key)];
    assert_eq!(stage.letters(), letters);
}

#[test]
fn versions_that_expired_are_passed_as_one_range() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.remember(&["s:100", "s:101"]);
    stage.show("p0", &["s:101"]);
    stage.owner(&["p0"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [100, 101]);
}

#[test]
fn a_cursor_does_not_cover_what_is_in_flight() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1@k", "s:2@k"]);
    stage.run_until(a, "write");
    let _lost = stage.take(a, "write");
    stage.run(500);
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("k", "s"), [1, 2]);
}

#[test]
fn a_stream_does_not_leave_memory_with_work_in_flight() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.memory = 1;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "t:1@k", "u:1@l", "s:2@k"]);
    stage.run_until(a, "write");
    stage.write("p0", &["s:3@k", "s:2@k", "v:1@m"]);
    stage.run(3_000);
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1, 2, 3], vec![1]));
}

#[test]
fn a_last_event_that_the_feed_lost_is_swept() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.run(1_000);
    stage.remember(&["s:3"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    stage.sweep(a);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn a_trimmed_range_that_grows_during_its_sweep_is_swept_again() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:1", "t:1", "s:2"]);
    stage.feed.trim("p0", &Position::number(2));
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "sweep");
    stage.write("p0", &["u:1", "v:1", "s:3"]);
    stage.feed.trim("p0", &Position::number(5));
    stage.run(5_000);
    let found = ["s", "t", "u", "v"].map(|stream| stage.ids(stream, stream));
    assert_eq!(found, [vec![1, 2, 3], vec![1], vec![1], vec![1]]);
}

#[test]
fn two_changes_of_one_version_are_one_unit() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1*"]);
    stage.run_until(a, "write");
    stage.perform_untold(a, "write");
    stage.show("p0", &["s:1*"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 101]);
}

#[test]
fn a_first_version_below_the_configured_one_halts() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:0", "s:1"]);
    stage.owner(&["p0"]);
    stage.run(2_000);
    assert!(matches!(stage.halts.as_slice(), [Halt::First(_)]), "{:?}", stage.halts);
}

#[test]
fn a_lost_version_zero_is_not_passed_over() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.first = 0;
    stage.remember(&["s:0"]);
    stage.write("p0", &["s:1"]);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [0, 1]);
}

#[test]
fn a_position_of_another_life_of_the_feed_is_not_used() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2", "s:3"]);
    stage.run(1_000);
    stage.crash(a);
    stage.feed.reincarnate("another", &["p0", "p1"]);
    stage.write("p0", &["t:1", "s:4", "t:2"]);
    let b = stage.owner(&["p0"]);
    stage.run_until(b, "locate");
    // It dies before it recorded anything; the next one must find the old position too.
    stage.crash(b);
    stage.owner(&["p0"]);
    stage.run(5_000);
    let found = ["s", "t"].map(|stream| stage.ids(stream, stream));
    assert_eq!(found, [vec![1, 2, 3, 4], vec![1, 2]]);
}

#[test]
fn a_partition_that_halts_says_nothing_of_the_feeds_next_life() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.run(1_000);
    stage.feed.reincarnate("another", &["p0", "p1"]);
    stage.write("p0", &["t:1", "t:2", "t:3"]);
    stage.run(1_000);
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(1_000);
    // Whoever went on behind the second event would have skipped two.
    assert_eq!(stage.ids("t", "t"), [] as [i64; 0]);
    let [Halt::Incarnation { .. }, Halt::Incarnation { checkpoint, feed }] = stage.halts.as_slice()
    else {
        panic!("it does not halt twice: {:?}", stage.halts)
    };
    assert_eq!((checkpoint.as_str(), feed.as_str()), ("life", "another"));
}

#[test]
fn every_partition_that_feeds_a_lost_document_goes_back() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.keep_folded = false;
    stage.write("p0", &["s:1@k"]);
    stage.write("p1", &["t:1@k"]);
    let a = stage.owner(&["p0", "p1"]);
    stage.run_until(a, "write");
    let b = stage.owner(&["p0"]);
    stage.run_until(b, "write");
    stage.perform(b, "write");
    stage.perform(a, "write");
    stage.run(3_000);
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1], vec![1]));
}

#[test]
fn a_duplicate_of_an_event_in_flight_waits_for_it() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run_until(a, "write");
    let _lost = stage.take(a, "write");
    stage.show("p0", &["s:1"]);
    stage.run(500);
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1]);
}

#[test]
fn an_old_reading_of_history_does_not_overwrite_a_newer_one() {
    let mut stage = Stage::new(GuardKind::Refold);
    stage.source.versions = Versions::Refold;
    stage.write("p0", &["s:1", "s:2"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    stage.write("p0", &["s:3"]);
    let b = stage.owner(&["p0"]);
    stage.run_until(b, "write");
    stage.perform(b, "write");
    stage.perform(a, "write");
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn the_same_content_in_another_form_is_no_fork() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.run(1_000);
    // Its time and its place differ; what the projection reads is the same.
    stage.show("p0", &["s:2"]);
    stage.run(1_000);
    assert_eq!(stage.letters(), []);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
}

#[test]
fn a_fork_whose_wrong_content_came_first_is_healed_from_history() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.remember(&["s:1", "s:2"]);
    stage.show("p0", &["s:1", "s:2#9"]);
    stage.run(1_000);
    stage.show("p0", &["s:2"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
}
