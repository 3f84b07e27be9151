//! When history is read, and how much of it: what is missing and no more, at once where a wait
//! would bring nothing, page after page, and less and less often where it does not help.

use foldline_core::effect::{Alarm, Effect};
use foldline_core::guard::{Guard, GuardKind};
use foldline_core::limits;
use foldline_core::name::Name;
use foldline_core::time::Time;

use crate::stage::Stage;

#[test]
fn of_a_stream_that_goes_on_what_is_missing_is_read_and_no_more() {
    for guard in [GuardKind::Version, GuardKind::Streams] {
        let mut stage = Stage::new(guard);
        let a = stage.owner(&["p0"]);
        // That the last one is done is told by the cursor alone.
        stage.write("p0", &["s:1@k", "s:2@k", "s:3~"]);
        stage.run(1_000);
        stage.crash(a);
        stage.remember(&["s:4@k"]);
        stage.write("p0", &["s:5@k"]);
        let b = stage.owner(&["p0"]);
        stage.run_until(b, "repair");
        let Effect::Repair { from, through, .. } = stage.take(b, "repair") else {
            panic!("it reads history")
        };
        assert_eq!((from, through), (4, Some(5)), "{guard:?}");
    }
}

#[test]
fn what_a_sweep_tells_of_is_read_without_a_wait() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.gap_wait_ms = 60_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k"]);
    stage.run(1_000);
    stage.remember(&["s:2@k", "s:3@k", "s:4@k"]);
    stage.sweep(a);
    stage.run(200);
    assert_eq!(stage.ids("k", "s"), [1, 2, 3, 4]);
    assert_eq!(stage.wanted("repair"), 1);
}

#[test]
fn a_long_gap_is_read_page_after_page() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.retry_ms = (60_000, 60_000);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run(500);
    let missing: Vec<String> = (2..20).map(|version| format!("s:{version}")).collect();
    let missing: Vec<&str> = missing.iter().map(String::as_str).collect();
    stage.remember(&missing);
    stage.write("p0", &["s:20"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), (1..=20).collect::<Vec<_>>());
    assert_eq!(stage.wanted("repair"), 4, "a page has five events");
}

#[test]
fn a_gap_that_history_does_not_close_is_read_less_and_less_and_somebody_is_told() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.hole_after_ms = 100_000_000;
    stage.tuning.retry_ms = (10, 100_000);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:3@k"]);
    let mut asked = Vec::new();
    for _ in 0..limits::ALARM_ATTEMPTS {
        assert_eq!(stage.alarms, []);
        stage.run_until(a, "repair");
        asked.push(stage.now);
        stage.perform(a, "repair");
    }
    stage.run(1);
    assert_eq!(stage.alarms, [Alarm::GapOpen { stream: Name::from("s"), version: 2 }]);
    let waits: Vec<u64> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.iter().zip(5..).all(|(wait, double)| *wait >= 1 << (double - 3)), "{waits:?}");
    assert_eq!(stage.ids("k", "s"), [1]);
}

/// What is on record as missing is so until history has it: then it is no hole any more.
#[test]
fn of_what_is_on_record_as_missing_history_may_have_some_by_now() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.purge_ms = 10_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:4", "s:5-"]);
    stage.run(5_000);
    assert_eq!(stage.holes("s"), [(2, 3)]);
    stage.crash(a);
    stage.now += 20_000;
    let purged = stage.documents.purge_now(&stage.projection.id, Time(u64::MAX), None, 100);
    assert_eq!(purged.map(|purged| purged.tombstones), Ok(1));
    // The stream is read again from its beginning: its document is gone.
    stage.remember(&["s:3"]);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:6"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [6]);
    let Some(Guard::Version(progress)) = stage.meta("s").map(|meta| meta.guard) else {
        panic!("the document says how far its stream is seen")
    };
    assert_eq!(progress.holes.ranges(), [(2, 2)]);
    let last = stage.alarms.iter().rfind(|alarm| matches!(alarm, Alarm::Hole { .. }));
    assert_eq!(last, Some(&hole(2, 2)));
}

fn hole(from: u64, to: u64) -> Alarm {
    Alarm::Hole { stream: Name::from("s"), from, to, truncated: false }
}

#[test]
fn what_an_ordered_feed_does_not_bring_is_a_hole_and_no_more_than_that() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.ordered = true;
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:3@k", "s:7@k"]);
    stage.run(1_000);
    assert_eq!(stage.alarms, [hole(2, 2), hole(4, 6)]);
    assert_eq!(stage.ids("k", "s"), [1, 3, 7]);
}

/// Its other owner folded what is missing here, and no history can tell.
#[test]
fn what_another_owner_did_of_a_stream_is_learned_where_it_is_missing() {
    for guard in [GuardKind::Version, GuardKind::Streams] {
        let mut stage = Stage::new(guard);
        let key = if guard == GuardKind::Version { "s" } else { "k" };
        stage.source.history = false;
        stage.owner(&["p0"]);
        stage.show("p0", &["s:1@k"]);
        stage.run(1_000);
        let b = stage.owner(&["p1"]);
        stage.show("p1", &["s:2@k"]);
        stage.run(1_000);
        stage.crash(b);
        stage.show("p0", &["s:3@k"]);
        stage.run(1_000);
        assert_eq!(stage.ids(key, "s"), [1, 2, 3], "{guard:?}");
        assert_eq!(stage.alarms, []);
    }
}
