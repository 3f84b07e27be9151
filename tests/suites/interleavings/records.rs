//! What is put on record of streams and documents, and when: marks, cursors and tombstones.

use foldline_core::guard::GuardKind;
use foldline_core::letter::Cause;

use crate::stage::Stage;

/// Nothing else would save the cursor for long.
#[test]
fn a_mark_is_on_record_as_soon_as_all_before_it_is_durable() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.cursor_ms = 1_000_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["t:1@k"]);
    stage.run(500);
    stage.write("p0", &["s:1@k", "s:2@k", "s:3%@k"]);
    stage.run_until(a, "write");
    assert_eq!(stage.stream_mark("s"), None);
    stage.run(300);
    assert!(stage.stream_mark("s").is_some());
    let letters: Vec<(u64, Cause)> = stage.letters().iter().map(|it| (it.0, it.1)).collect();
    assert_eq!(letters, [(3, Cause::Failed)]);
}

#[test]
fn who_parks_a_stream_that_another_owner_parked_parks_behind_the_same_mark() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.owner(&["p0"]);
    stage.owner(&["p1"]);
    stage.write("p0", &["s:1@k"]);
    stage.run(500);
    stage.write("p1", &["s:2%@k"]);
    stage.run(500);
    stage.write("p0", &["s:3@k"]);
    stage.run(3_000);
    assert_eq!(stage.heads().len(), 1, "one parking");
    let versions: Vec<u64> = stage.letters().iter().map(|letter| letter.0).collect();
    assert_eq!(versions, [2, 3]);
}

/// The cursor of a stream was being read when all were saved.
#[test]
fn a_checkpoint_waits_no_longer_than_need_be_for_a_cursor_that_is_being_read() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    stage.tuning.cursor_ms = 1_000_000;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1@k"]);
    stage.run(500);
    stage.show("p0", &["s:3@k"]);
    stage.run_until(a, "load-cursors");
    let load = stage.take(a, "load-cursors");
    stage.show("p0", &["s:2@k"]);
    stage.run(300);
    let applied = |stage: &Stage| stage.checkpoint("p0").map(|it| it.counts.applied);
    assert_eq!((stage.ids("k", "s"), applied(&stage)), (vec![1, 2, 3], Some(1)));
    let loaded = stage.do_it(a, &load).expect("an answer");
    stage.hear(a, loaded);
    stage.run(300);
    assert_eq!(applied(&stage), Some(3));
}

#[test]
fn a_checkpoint_that_waits_for_cursors_does_not_keep_the_worker_awake() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1@k"]);
    stage.run_until(a, "save-cursors");
    let save = stage.take(a, "save-cursors");
    stage.run(200);
    let before = stage.wanted("wake-at");
    stage.run(2_000);
    let polls = usize::try_from(2_000 / stage.tuning.poll_ms).expect("a few");
    assert!(stage.wanted("wake-at") - before <= 2 * polls, "it waits for its polls alone");
    let saved = stage.do_it(a, &save).expect("an answer");
    stage.hear(a, saved);
    stage.run(200);
    assert_eq!(stage.checkpoint("p0").map(|it| it.counts.applied), Some(1));
}

/// An event that nothing handled is told by the cursor alone, until the next one is applied.
#[test]
fn what_the_document_tells_by_now_is_not_saved_as_a_cursor() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.cursor_ms = 1_000;
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.write("p0", &["t:1~"]);
    stage.run(200);
    assert_eq!(stage.wanted("save-cursors"), 1);
    stage.write("p0", &["s:2~", "s:3"]);
    stage.run(5_000);
    assert_eq!(stage.wanted("save-cursors"), 1);
}

#[test]
fn a_document_that_only_a_condition_met_is_written_as_a_tombstone() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.owner(&["p0"]);
    // Of the first nothing is known but that it lacks.
    stage.write("p0", &["s:2=@k"]);
    stage.run(3_000);
    assert_eq!(stage.holes("s"), [(1, 1)]);
    let meta = stage.meta("k").expect("it says that the first lacks");
    assert!(meta.deleted.is_some(), "who purges finds it");
}
