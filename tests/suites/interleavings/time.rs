//! Time: tombstones and their purge, limits, conditions judged late.

use foldline_core::guard::GuardKind;
use foldline_core::projection::Projection;
use foldline_core::time::Time;

use crate::stage::Stage;

/// A stream that ended deleted, whose tombstone was purged long after.
fn purged() -> Stage {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.purge_ms = 10_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2", "s:3-"]);
    stage.run(2_000);
    stage.crash(a);
    stage.now += 60_000;
    let id = stage.projection.id();
    let purged = stage.documents.purge_now(&id, Time(u64::MAX), None, 100);
    assert_eq!(purged.map(|purged| purged.tombstones), Ok(1));
    stage
}

/// Shows an old event again, with its old time.
fn again(stage: &mut Stage, event: &str) {
    let now = std::mem::replace(&mut stage.now, 0);
    stage.show("p0", &[event]);
    stage.now = now;
}

#[test]
fn a_purged_stream_does_not_rise_again_by_its_first_event() {
    let mut stage = purged();
    again(&mut stage, "s:1");
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert!(stage.ids("s", "s").is_empty());
}

#[test]
fn a_purged_stream_does_not_rise_again_by_its_last_event() {
    let mut stage = purged();
    again(&mut stage, "s:3-");
    again(&mut stage, "s:2");
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert!(stage.ids("s", "s").is_empty());
}

#[test]
fn a_clock_far_behind_lets_no_purged_stream_rise_again() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.purge_ms = 10_000;
    stage.now += 100_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2-"]);
    stage.run(2_000);
    stage.crash(a);
    let id = stage.projection.id();
    assert!(stage.documents.purge_now(&id, Time(u64::MAX), None, 100).is_ok());
    stage.show("p0", &["s:1"]);
    stage.now = 1_000;
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert!(stage.ids("s", "s").is_empty());
}

#[test]
fn a_document_created_again_meets_no_old_revision() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.purge_ms = 10_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.run_until(a, "write");
    let early = stage.take(a, "write");
    stage.crash(a);
    let b = stage.owner(&["p0"]);
    stage.write("p0", &["s:3-"]);
    stage.run(2_000);
    stage.crash(b);
    stage.now += 60_000;
    let id = stage.projection.id();
    assert!(stage.documents.purge_now(&id, Time(u64::MAX), None, 100).is_ok());
    stage.write("p0", &["s:4"]);
    stage.owner(&["p0"]);
    stage.run(2_000);
    stage.do_it(a, &early);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [4]);
}

#[test]
fn a_deleted_and_purged_stream_that_is_swept_stays_away() {
    let mut stage = purged();
    let b = stage.owner(&["p0"]);
    stage.run(500);
    stage.sweep(b);
    for _ in 0..3_000 {
        stage.run(1);
        assert!(stage.ids("s", "s").is_empty());
    }
}

#[test]
fn a_guard_at_its_limit_parks_and_forgets_nobody() {
    let mut stage = Stage::new(GuardKind::Streams);
    let events: Vec<String> = (0..1_001).map(|n| format!("s{n}:1@k")).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    stage.write("p0", &events);
    let a = stage.owner(&["p0"]);
    stage.run(2_000);
    stage.crash(a);
    stage.show("p0", &["s0:1@k"]);
    stage.owner(&["p0"]);
    stage.run(2_000);
    assert_eq!(stage.ids("k", "s0"), [1]);
    assert_eq!(stage.letters().len(), 1);
}

#[test]
fn an_event_that_its_document_filtered_is_not_judged_again_later() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2=", "s:4"]);
    stage.remember(&["s:3"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 3, 4]);
    stage.crash(a);
    stage.show("p0", &["s:2="]);
    stage.owner(&["p0"]);
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 3, 4]);
}
