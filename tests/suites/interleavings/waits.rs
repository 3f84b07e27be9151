//! What fails is asked for again less and less, and not before its wait is over; somebody is told
//! once; and when it comes all goes on.

use foldline_core::effect::{Alarm, Effect};
use foldline_core::fault::{Fault, Trouble};
use foldline_core::guard::GuardKind;
use foldline_core::input::{FetchError, Input, SideAnswer, WriteAnswer};
use foldline_core::letter::LetterAnswer;
use foldline_core::limits;
use foldline_core::position::Position;

use crate::stage::Stage;

/// The answer that it did not work.
fn failure(effect: Effect) -> Input {
    let down = Trouble::Down;
    match effect {
        Effect::Fetch { ticket, partition, .. } => {
            Input::FetchFailed { ticket, partition, error: FetchError::Trouble(down) }
        }
        Effect::Locate { ticket, partition } => {
            let incarnation = "life".into();
            Input::Located { ticket, partition, incarnation, position: Err(down) }
        }
        Effect::Sweep { ticket, partition, .. } => {
            Input::Heads { sweep: Some((partition, ticket)), page: Err(down), more: None }
        }
        Effect::Load { ticket, .. } => Input::Loaded { ticket, documents: Vec::new() },
        Effect::LoadCursors { ticket, .. } => Input::CursorsLoaded { ticket, cursors: Vec::new() },
        Effect::Write { ticket, documents } => {
            let answers = documents.iter().map(|_| WriteAnswer::Retry(Trouble::Throttled));
            Input::Written { ticket, answers: answers.collect() }
        }
        Effect::SaveCursors { ticket, .. } => Input::CursorsSaved { ticket, answers: Vec::new() },
        Effect::Repair { ticket, stream, .. } => {
            Input::Repaired { ticket, stream, history: Err(down) }
        }
        Effect::Park { ticket, letters } => {
            let answers = letters.iter().map(|_| LetterAnswer::Retry).collect();
            Input::Parked { ticket, answers }
        }
        Effect::Commit { ticket, partition, .. } => {
            Input::Committed { ticket, partition, answer: SideAnswer::Retry(down) }
        }
        other => panic!("{other:?} has no answer"),
    }
}

/// Lets what is wanted fail until somebody is to be told.
fn fail(stage: &mut Stage, a: usize, kind: &str) {
    let (first, longest) = stage.tuning.retry_ms;
    stage.run_until(a, kind);
    for attempt in 0..limits::ALARM_ATTEMPTS {
        let begin = stage.now;
        assert_eq!(stage.alarms, [], "{kind}: nobody need be told yet");
        let effect = stage.take(a, kind);
        stage.hear(a, failure(effect));
        // What else is heard meanwhile does not shorten the wait.
        let wait = (first << attempt).min(longest);
        for _ in 0..2 {
            stage.hear(a, Input::Ticked);
            assert!(!stage.wants(a).contains(&kind), "{kind} is asked for too soon");
            stage.now += wait / 4;
        }
        stage.run_until(a, kind);
        let waited = stage.now - begin;
        assert!((wait / 2..=wait + 20).contains(&waited), "{kind}: {waited} of {wait} ms");
    }
}

fn stuck(what: &'static str) -> Alarm {
    Alarm::Stuck { what, attempts: limits::ALARM_ATTEMPTS }
}

/// Of each kind: what is written for it to be asked, and what somebody is told.
#[test]
fn what_fails_is_asked_for_less_and_less_until_it_comes() {
    let kinds = [
        ("load", "s:1", stuck("load")),
        ("write", "s:1", stuck("write")),
        ("commit", "s:1", stuck("commit")),
        ("fetch", "s:1", stuck("fetch")),
        ("park", "s:1?", stuck("park")),
        ("save-cursors", "s:1~", stuck("cursor")),
        ("repair", "s:2", Alarm::GapOpen { stream: "s".into(), version: 1 }),
    ];
    for (kind, event, alarm) in kinds {
        let mut stage = Stage::new(GuardKind::Version);
        stage.tuning.flush_ms = 0;
        stage.remember(&["s:1"]);
        let a = stage.owner(&["p0"]);
        stage.write("p0", &[event]);
        fail(&mut stage, a, kind);
        assert_eq!(stage.alarms, [alarm], "{kind}");
        // Where it worked once the next failure is the first again.
        stage.alarms.clear();
        stage.run(1_000);
        assert_eq!(stage.alarms, [], "{kind}");
        let checkpoint = stage.checkpoint("p0").expect("it is written");
        assert_eq!(checkpoint.counts.received, checkpoint.counts.judged(), "{kind}");
        assert!(checkpoint.counts.received > 0, "{kind}");
    }
}

#[test]
fn a_sweep_that_cannot_begin_or_go_on_is_tried_less_and_less() {
    for kind in ["locate", "sweep"] {
        let mut stage = Stage::new(GuardKind::Version);
        stage.write("p0", &["s:1", "t:1", "u:1", "v:1"]);
        stage.feed.trim("p0", &Position::number(4));
        let a = stage.owner(&["p0"]);
        if kind == "sweep" {
            stage.run_until(a, "sweep");
            stage.perform(a, "sweep");
        }
        fail(&mut stage, a, kind);
        stage.write("p0", &["s:2"]);
        stage.run(2_000);
        assert_eq!((stage.ids("s", "s"), stage.ids("v", "v")), (vec![1, 2], vec![1]), "{kind}");
    }
}

#[test]
fn what_was_surely_not_written_is_written_again_and_not_loaded() {
    for (trouble, loads) in [(Trouble::Throttled, 1), (Trouble::Down, 1), (Trouble::Unknown, 2)] {
        let mut stage = Stage::new(GuardKind::Version);
        let a = stage.owner(&["p0"]);
        stage.write("p0", &["s:1", "s:2"]);
        stage.run_until(a, "write");
        let Effect::Write { ticket, .. } = stage.take(a, "write") else { panic!("it is a write") };
        let answers = vec![WriteAnswer::Retry(trouble)];
        stage.hear(a, Input::Written { ticket, answers });
        stage.run(1_000);
        assert_eq!((stage.ids("s", "s"), stage.wanted("write")), (vec![1, 2], 2), "{trouble:?}");
        assert_eq!(stage.wanted("load"), loads, "{trouble:?}");
        let counts = stage.checkpoint("p0").expect("it is written").counts;
        assert_eq!((counts.applied, counts.received), (2, 2), "{trouble:?}");
    }
}

#[test]
fn where_a_store_refuses_even_a_mark_somebody_is_told_and_it_is_tried_again() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1?"]);
    let fault = Fault::new("size", "no document fits");
    for told in 1..=2 {
        stage.run_until(a, "write");
        let Effect::Write { ticket, .. } = stage.take(a, "write") else { panic!("it is a write") };
        let answers = vec![WriteAnswer::Refused(fault.clone())];
        stage.hear(a, Input::Written { ticket, answers });
        stage.hear(a, Input::Ticked);
        assert!(!stage.wants(a).contains(&"write"));
        stage.run(1);
        let refused = Alarm::Refused { key: "s".into(), fault: fault.clone() };
        assert_eq!(stage.alarms, vec![refused; told]);
    }
    stage.run(1_000);
    assert!(stage.is_marked("s"));
    assert_eq!(stage.letters().len(), 1);
}

#[test]
fn a_partition_is_given_up_when_the_cursors_of_its_streams_are_saved() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.cursor_ms = 60_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k"]);
    stage.run(100);
    stage.write("p0", &["s:2@k", "t:1@k"]);
    stage.run(500);
    let saves = stage.wanted("save-cursors");
    stage.hear(a, Input::Revoked { partition: "p0".into(), lost: false });
    stage.run_until(a, "save-cursors");
    let save = stage.take(a, "save-cursors");
    stage.run(500);
    assert!(stage.released.is_empty());
    let answer = stage.do_it(a, &save).expect("an answer");
    stage.hear(a, answer);
    stage.run(10);
    assert_eq!(stage.released, ["p0"]);
    assert_eq!(stage.wanted("save-cursors"), saves + 1);
}

#[test]
fn a_mark_that_could_not_be_saved_does_not_wait_for_the_slow_interval() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.cursor_ms = 1_000_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k"]);
    stage.run(100);
    stage.write("p0", &["s:2%@k"]);
    fail(&mut stage, a, "save-cursors");
    stage.run(500);
    assert!(stage.stream_mark("s").is_some());
}

#[test]
fn so_many_writes_are_under_way_at_most() {
    let mut stage = Stage::new(GuardKind::Version);
    (stage.tuning.writes, stage.tuning.write_batch) = (2, 3);
    let a = stage.owner(&["p0"]);
    let events: Vec<String> = (0..10).map(|number| format!("s{number}:1")).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    stage.write("p0", &events);
    stage.run_until(a, "write");
    let mut held = Vec::new();
    for at_most in [2, 1] {
        let writes = stage.wants(a).iter().filter(|want| **want == "write").count();
        assert_eq!(writes, at_most);
        let Effect::Write { documents, .. } = stage.take(a, "write") else {
            panic!("it is a write")
        };
        held.push(documents.len());
        // Nobody answers.
        stage.hear(a, Input::Ticked);
    }
    assert_eq!(held, [3, 3]);
    // Nor is it woken again and again for what must wait for an answer.
    let wakes = stage.wanted("wake-at");
    stage.run(500);
    assert!(stage.wanted("wake-at") < wakes + 20);
}

#[test]
fn a_partition_that_cannot_be_finished_is_given_up_when_its_time_is_over() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.release_ms = 1_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run_until(a, "write");
    stage.take(a, "write");
    let begin = stage.now;
    for _ in 0..2 {
        // To be told twice gives it no more time.
        stage.hear(a, Input::Revoked { partition: "p0".into(), lost: false });
        stage.run(400);
        assert!(stage.released.is_empty());
    }
    stage.run_until(a, "release");
    assert!((1_000..1_010).contains(&(stage.now - begin)), "after {} ms", stage.now - begin);
}

#[test]
fn what_is_written_at_once_hurries_nothing_that_comes_later() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.flush_ms = 1_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1?"]);
    stage.run_until(a, "write");
    assert!(stage.now < 500, "a mark does not wait");
    stage.run(500);
    let begin = stage.now;
    stage.write("p0", &["t:1"]);
    stage.run_until(a, "write");
    assert!(stage.now >= begin + 1_000, "what is in order does");
}
