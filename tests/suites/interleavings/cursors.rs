//! Cursors: what must be on record of a stream before a checkpoint passes it, where no history
//! tells it again.

use foldline_core::drain::{Mode, Outcome};
use foldline_core::guard::GuardKind;
use foldline_core::letter::{Cause, Scope};
use foldline_core::time::Time;
use foldline_tests::world::run::EPOCH_MS;

use crate::stage::Stage;

fn letters(stage: &Stage) -> Vec<(u64, Cause)> {
    stage.letters().iter().map(|letter| (letter.0, letter.1)).collect()
}

#[test]
fn a_cursor_sent_before_the_last_event_does_not_let_the_checkpoint_pass_it() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.history = false;
    stage.tuning.checkpoint_ms = 1_000;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1"]);
    stage.run(200);
    stage.show("p0", &["s:2~"]);
    stage.run_until(a, "save-cursors");
    let early = stage.take(a, "save-cursors");
    stage.show("p0", &["s:3~"]);
    stage.run(2_000);
    let answer = stage.do_it(a, &early).expect("an answer");
    stage.hear(a, answer);
    stage.run_until(a, "commit");
    stage.perform(a, "commit");
    stage.crash(a);
    stage.show("p0", &["s:4"]);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 4]);
}

#[test]
fn a_mark_that_is_not_ripe_does_not_let_the_checkpoint_pass_what_is_before_it() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    // The second is on its way when the third parks the stream.
    stage.show("p0", &["s:1~", "s:2@k", "s:3%"]);
    stage.run_until(a, "write");
    let _lost = stage.take(a, "write");
    stage.run(1_000);
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("k", "s"), [2]);
    assert_eq!(letters(&stage), [(3, Cause::Failed)]);
}

#[test]
fn a_letter_of_a_stream_that_is_being_looked_up_does_not_stop_the_look() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1"]);
    stage.run(1_000);
    stage.crash(a);
    // Two contents of a version, of a stream that memory does not know.
    stage.show("p0", &["s:2", "s:2#9", "s:3"]);
    let b = stage.owner(&["p0"]);
    stage.run_until(b, "load");
    let load = stage.take(b, "load");
    stage.run_until(b, "park");
    stage.perform(b, "park");
    // Nothing is to be said of the stream before the look is over.
    let early = stage.wants(b).contains(&"save-cursors").then(|| stage.take(b, "save-cursors"));
    let answer = stage.do_it(b, &load).expect("an answer");
    stage.hear(b, answer);
    if let Some(answer) = early.and_then(|early| stage.do_it(b, &early)) {
        stage.hear(b, answer);
    }
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
    assert_eq!(letters(&stage), [(2, Cause::Fork)]);
}

#[test]
fn a_mark_below_the_first_version_waits_for_what_is_in_flight() {
    let mut stage = Stage::new(GuardKind::Streams);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k"]);
    stage.run(500);
    stage.write("p0", &["s:2@k", "s:3@k"]);
    stage.show("p0", &["s:0@k"]);
    stage.run_until(a, "write");
    let write = stage.take(a, "write");
    stage.run(500);
    assert_eq!(stage.stream_mark("s"), None, "who loads it would park what is in flight");
    let answer = stage.do_it(a, &write).expect("an answer");
    stage.hear(a, answer);
    stage.run(500);
    assert!(stage.stream_mark("s").is_some());
    assert_eq!(stage.ids("k", "s"), [1, 2, 3]);
    assert_eq!(letters(&stage), [(0, Cause::Failed)]);
}

#[test]
fn a_mark_that_a_drain_took_away_is_not_written_back() {
    let mut stage = Stage::new(GuardKind::Streams);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:2%@k"]);
    for kind in ["save-cursors", "park"] {
        stage.run_until(a, kind);
        stage.perform(a, kind);
    }
    stage.run_until(a, "save-cursors");
    let save = stage.take(a, "save-cursors");
    stage.write("p0", &["s:3@k"]);
    stage.run_until(a, "park");
    let park = stage.take(a, "park");
    let parked = stage.do_it(a, &park).expect("an answer");
    stage.projection.keys_fixed.set(true);
    let scope = Scope::Stream("s".into());
    assert_eq!(stage.drain(&scope, Mode::Retry), Outcome::Drained);
    assert_eq!(stage.stream_mark("s"), None);
    let saved = stage.do_it(a, &save).expect("an answer");
    stage.hear(a, saved);
    for _ in 0..500 {
        stage.run(1);
        assert_eq!(stage.stream_mark("s"), None);
    }
    stage.hear(a, parked);
    stage.run(500);
    assert_eq!(stage.stream_mark("s"), None);
    assert_eq!(stage.ids("k", "s"), [1, 2, 3]);
}

/// Versions 3 to 6 were shown before the projection began: nobody shows them again.
#[test]
fn what_happened_before_the_projection_began_begins_no_stream() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    stage.source.begins = Some(Time(EPOCH_MS + 50));
    stage.show("p0", &["s:2@k"]);
    stage.run(60);
    stage.show("p0", &["s:7@k", "s:8@k"]);
    let a = stage.owner(&["p0"]);
    stage.run(1_000);
    assert_eq!(stage.ids("k", "s"), [7, 8]);
    // One that comes alone begins nothing either, and one below the beginning is no late fill.
    stage.crash(a);
    stage.owner(&["p0"]);
    let earlier = std::mem::take(&mut stage.now);
    stage.show("p0", &["t:1@k", "s:3@k"]);
    stage.now = earlier;
    stage.run(1_000);
    stage.show("p0", &["t:5@k"]);
    stage.run(1_000);
    assert_eq!(stage.ids("k", "t"), [5]);
    assert_eq!(stage.letters(), []);
    let counts = stage.checkpoint("p0").expect("a checkpoint").counts;
    assert_eq!((counts.received, counts.applied, counts.filtered), (6, 3, 3));
}

#[test]
fn a_cursor_lists_a_hole_until_the_document_that_filled_it_is_durable() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:3", "s:5"]);
    stage.run(5_000);
    // History has both by now; the feed shows one of them, and the document is folded anew.
    stage.remember(&["s:2", "s:4"]);
    stage.show("p0", &["s:2"]);
    stage.run_until(a, "write");
    stage.take(a, "write");
    // A new hole is put on record before anything that is above it.
    stage.write("p0", &["s:7"]);
    stage.run(5_000);
    assert_eq!(stage.holes("s"), [(2, 2), (4, 4), (6, 6)]);
}
