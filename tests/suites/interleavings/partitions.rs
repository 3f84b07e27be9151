//! Partitions: shards that split and merge, and feeds that move a stream from one to another.

use foldline_core::guard::GuardKind;
use foldline_core::projector::Versions;

use crate::stage::Stage;

#[test]
fn a_child_is_not_read_before_its_parent_is_done() {
    let mut stage = Stage::new(GuardKind::Version);
    // Without history nothing would show what the child has too early.
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1", "s:2"]);
    stage.feed.reshard(&["p0"], &["low", "high"]);
    stage.show("low", &["s:3"]);
    assert!(!stage.may_read("low"));
    stage.run_until(a, "commit");
    assert!(!stage.may_read("low"), "what it read is not on record yet");
    stage.run(1_000);
    assert!(stage.may_read("low") && stage.may_read("high"));
    stage.owner(&["low"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn a_child_of_two_waits_for_both() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.feed.reshard(&["p0", "p1"], &["both"]);
    stage.owner(&["p0"]);
    stage.run(1_000);
    assert!(!stage.may_read("both"));
    stage.owner(&["p1"]);
    stage.run(1_000);
    assert!(stage.may_read("both"));
}

#[test]
fn a_partition_that_is_seen_late_begins_at_its_beginning() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.history = false;
    stage.owner(&["p0"]);
    stage.feed.reshard(&[], &["late"]);
    stage.show("late", &["s:1", "s:2"]);
    stage.run(60_000);
    assert!(stage.may_read("late"));
    stage.owner(&["late"]);
    stage.show("late", &["s:3"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn versions_that_only_rise_are_refused_where_a_stream_may_move() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.versions = Versions::Monotonic;
    stage.source.history = false;
    assert_eq!(stage.source.fits(true), Ok(()));
    let refused = stage.source.fits(false).expect_err("it is refused");
    assert!(refused.message.contains("`versions: contiguous`"), "{refused}");
    // Why: where the stream went its offsets are lower, and what comes is taken for old.
    stage.owner(&["p0", "p1"]);
    stage.show("p0", &["s:10"]);
    stage.run(1_000);
    stage.show("p1", &["s:3"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [10]);
}

#[test]
fn a_version_below_the_first_halts_no_partition_that_is_new_alone() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.show("p0", &["s:1"]);
    stage.feed.reshard(&["p0"], &["low", "high"]);
    stage.run(2_000);
    stage.owner(&["low"]);
    stage.show("low", &["t:0", "s:2"]);
    stage.run(2_000);
    assert!(stage.halts.is_empty(), "{:?}", stage.halts);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    assert_eq!(stage.letters().len(), 1);
}
