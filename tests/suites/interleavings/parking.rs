//! Parking: marks, letters, and what stands behind them.

use foldline_core::drain::{Mode, Outcome};
use foldline_core::guard::GuardKind;
use foldline_core::letter::{Cause, Scope};
use foldline_core::time::Time;
use foldline_tests::world::run::EPOCH_MS;

use crate::stage::{Stage, discard};

fn key(name: &str) -> Scope {
    Scope::Key(name.into())
}

fn stream(name: &str) -> Scope {
    Scope::Stream(name.into())
}

#[test]
fn a_key_that_one_worker_parked_is_parked_for_the_other() {
    let mut stage = Stage::new(GuardKind::Streams);
    let a = stage.owner(&["p0"]);
    let b = stage.owner(&["p1"]);
    stage.write("p1", &["t:1@k"]);
    stage.run(500);
    stage.write("p0", &["s:1?@k"]);
    stage.run_until(a, "park");
    stage.write("p1", &["t:2@k"]);
    stage.run_until(b, "write");
    stage.run(3_000);
    assert_eq!(stage.ids("k", "t"), [1]);
    let behind = [(1, Cause::Failed, key("k")), (2, Cause::Behind, key("k"))];
    assert_eq!(stage.letters(), behind);
}

#[test]
fn a_crash_between_mark_and_letter_leaves_both_in_the_end() {
    for after in ["write", "park"] {
        let mut stage = Stage::new(GuardKind::Version);
        stage.write("p0", &["s:1", "s:2?", "s:3"]);
        let a = stage.owner(&["p0"]);
        stage.run_until(a, "write");
        stage.perform(a, "write");
        if after == "park" {
            stage.run_until(a, "park");
            let park = stage.take(a, "park");
            stage.do_it(a, &park);
        }
        stage.crash(a);
        stage.owner(&["p0"]);
        stage.run(3_000);
        let letters = [(2, Cause::Failed, key("s")), (3, Cause::Behind, key("s"))];
        assert_eq!(stage.letters().len(), letters.len(), "crashed after {after}");
        assert!(stage.is_marked("s"));
        assert_eq!(stage.ids("s", "s"), [1]);
    }
}

#[test]
fn a_mark_carries_the_folds_before_it() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.flush_ms = 100_000;
    stage.tuning.checkpoint_ms = 100_000;
    stage.write("p0", &["s:1", "s:2", "s:3", "s:4?", "s:5"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    stage.perform(a, "write");
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
    let versions: Vec<u64> = stage.letters().iter().map(|letter| letter.0).collect();
    assert_eq!(versions, [4, 5]);
}

#[test]
fn an_event_whose_key_cannot_be_told_parks_its_stream() {
    let mut stage = Stage::new(GuardKind::Streams);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "t:1@k", "s:2%@k", "s:3@k", "t:2@k"]);
    stage.run(2_000);
    stage.crash(a);
    stage.write("p0", &["s:4@k", "t:3@k"]);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1], vec![1, 2, 3]));
    let scope = Scope::Stream("s".into());
    let letters = stage.letters();
    let versions: Vec<u64> = letters.iter().map(|letter| letter.0).collect();
    assert_eq!(versions, [2, 3, 4]);
    assert!(letters.iter().all(|letter| letter.2 == scope));
}

#[test]
fn what_fails_below_the_first_version_parks_nothing_that_is_in() {
    let mut stage = Stage::new(GuardKind::Positions);
    stage.source.ordered = true;
    stage.tuning.checkpoint_ms = 100_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:2@k"]);
    stage.show("p0", &["s:0@k"]);
    stage.run(2_000);
    stage.crash(a);
    stage.write("p0", &["s:3@k"]);
    stage.owner(&["p0"]);
    stage.run(2_000);
    assert_eq!(stage.ids("k", "s"), [1, 2]);
    let scope = Scope::Stream("s".into());
    let letters = [(0, Cause::Failed, scope.clone()), (3, Cause::Behind, scope)];
    assert_eq!(stage.letters(), letters);
}

#[test]
fn a_fork_of_a_stream_that_is_being_looked_up_says_nothing_of_it() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.history = false;
    stage.source.begins = Some(Time(0));
    stage.tuning.gap_wait_ms = 500;
    let a = stage.owner(&["p0"]);
    // The stream began before the projection did.
    stage.show("p0", &["s:7", "s:7#9"]);
    stage.run(300);
    assert_eq!(stage.letters().len(), 1, "one of the two contents is a letter");
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [7]);
}

#[test]
fn other_streams_do_not_push_a_position_past_a_parked_stream() {
    let mut stage = Stage::new(GuardKind::Positions);
    stage.source.ordered = true;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:2%@k", "t:1@k", "s:3@k", "t:2@k"]);
    stage.run(2_000);
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(2_000);
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1], vec![1, 2]));
    let versions: Vec<u64> = stage.letters().iter().map(|letter| letter.0).collect();
    assert_eq!(versions, [2, 3]);
}

#[test]
fn no_position_passes_a_stream_before_its_mark_is_on_record() {
    let mut stage = Stage::new(GuardKind::Positions);
    stage.source.ordered = true;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1%@k", "t:1@k"]);
    stage.write("p0", &["s:2@k", "t:2@k"]);
    stage.run_until(a, "save-cursors");
    stage.take(a, "save-cursors");
    stage.run(500);
    stage.crash(a);
    // Whoever comes next can tell the key.
    stage.projection.keys_fixed.set(true);
    stage.owner(&["p0"]);
    stage.run(2_000);
    assert_eq!((stage.ids("k", "s"), stage.ids("k", "t")), (vec![1, 2], vec![1, 2]));
    assert_eq!(stage.letters(), []);
}

#[test]
fn the_other_keys_of_a_poisoned_event_go_on() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1?@a,b", "s:2@a,b"]);
    stage.run(2_000);
    assert_eq!((stage.ids("a", "s"), stage.ids("b", "s")), (vec![], vec![1, 2]));
    let letters = [(1, Cause::Failed, key("a")), (2, Cause::Behind, key("a"))];
    assert_eq!(stage.letters(), letters);
}

#[test]
fn a_restart_with_many_parked_keys_parks_none_of_them_twice() {
    let mut stage = Stage::new(GuardKind::Version);
    let events: Vec<String> = (0..300).map(|n| format!("s{n}:1?")).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    stage.write("p0", &events);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "park");
    let park = stage.take(a, "park");
    stage.do_it(a, &park);
    stage.crash(a);
    stage.owner(&["p0"]);
    stage.run(3_000);
    assert_eq!(stage.letters().len(), 300);
}

#[test]
fn a_stale_owner_does_not_park_what_another_applied() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:1?", "s:2"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    let late = stage.take(a, "write");
    stage.crash(a);
    stage.projection.fixed.set(true);
    stage.owner(&["p0"]);
    stage.run(2_000);
    stage.do_it(a, &late);
    stage.run(500);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    assert!(!stage.is_marked("s"));
    assert_eq!(stage.letters(), []);
}

#[test]
fn what_was_dropped_of_a_stream_is_not_parked_again_by_an_owner_that_did_not_hear_of_it() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.write("p0", &["s:1@k", "s:2%@k", "s:3@k"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "park");
    let park = stage.take(a, "park");
    // The letters are there; their owner does not know it, and appends them again at the end.
    stage.do_it(a, &park);
    assert_eq!(stage.drain(&stream("s"), discard("s", 2)), Outcome::Discarded);
    assert_eq!(stage.drain(&stream("s"), Mode::Retry), Outcome::Drained);
    let answer = stage.do_it(a, &park).expect("an answer");
    stage.hear(a, answer);
    stage.run(2_000);
    assert_eq!(stage.stream_mark("s"), None);
    assert_eq!((stage.ids("k", "s"), stage.letters()), (vec![1, 3], vec![]));
}

#[test]
fn a_stream_does_not_park_at_a_version_that_another_owner_began_above() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.source.history = false;
    stage.source.begins = Some(Time(EPOCH_MS));
    stage.show("p0", &["s:1@k"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    stage.perform(a, "write");
    stage.show("p0", &["s:2%@k"]);
    stage.run_until(a, "save-cursors");
    let save = stage.take(a, "save-cursors");
    // The stream moved on to another partition: there it begins with what comes first.
    stage.show("p1", &["s:3@k"]);
    stage.owner(&["p1"]);
    stage.run(1_000);
    assert_eq!(stage.ids("k", "s"), [1, 3]);
    let answer = stage.do_it(a, &save).expect("an answer");
    stage.hear(a, answer);
    stage.show("p1", &["s:4@k"]);
    stage.run(2_000);
    assert_eq!(stage.stream_mark("s"), None);
    assert_eq!(stage.ids("k", "s"), [1, 3, 4]);
    assert_eq!(stage.letters(), [(2, Cause::Late, stream("s"))]);
}

#[test]
fn a_stream_that_another_owner_parked_meanwhile_is_parked_for_the_one_before() {
    let mut stage = Stage::new(GuardKind::Positions);
    stage.source.ordered = true;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k"]);
    stage.run_until(a, "write");
    // What is under way keeps the stream in memory when its partition goes.
    let write = stage.take(a, "write");
    stage.lose(a, "p0");
    let b = stage.owner(&["p0"]);
    stage.write("p0", &["s:2%@k"]);
    stage.run(1_000);
    stage.crash(b);
    stage.grant(a, "p0");
    stage.write("p0", &["s:3@k"]);
    stage.run(1_000);
    let answer = stage.do_it(a, &write).expect("an answer");
    stage.hear(a, answer);
    stage.run(1_000);
    assert_eq!(stage.ids("k", "s"), [1]);
    let letters = [(2, Cause::Failed, stream("s")), (3, Cause::Behind, stream("s"))];
    assert_eq!(stage.letters(), letters);
}

#[test]
fn what_finds_its_head_closed_is_judged_anew_at_once() {
    let mut stage = Stage::new(GuardKind::Streams);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:2%@k"]);
    stage.run(500);
    assert_eq!((stage.letters().len(), stage.wanted("park")), (1, 1));
    stage.write("p0", &["s:3@k"]);
    stage.run_until(a, "park");
    let park = stage.take(a, "park");
    stage.projection.keys_fixed.set(true);
    assert_eq!(stage.drain(&stream("s"), Mode::Retry), Outcome::Drained);
    let answer = stage.do_it(a, &park).expect("an answer");
    stage.hear(a, answer);
    stage.run(500);
    assert_eq!((stage.ids("k", "s"), stage.letters()), (vec![1, 2, 3], vec![]));
    assert_eq!((stage.wanted("park"), stage.stream_mark("s")), (2, None));
}
