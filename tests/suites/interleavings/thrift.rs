//! What a worker need not ask for it does not, and what it must ask for in vain is told.

use foldline_core::effect::{Alarm, Effect};
use foldline_core::guard::GuardKind;
use foldline_core::input::Input;
use foldline_core::limits;

use crate::stage::Stage;

#[test]
fn a_stream_whose_document_says_as_much_needs_no_cursor() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    // Its first event is so young that no tombstone of the stream can be purged.
    stage.write("p0", &["s:1"]);
    stage.run(1_000);
    stage.write("p0", &["s:2", "s:3"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
    // Nor does who comes next: the document settles what the stream goes on with.
    stage.crash(a);
    stage.write("p0", &["s:4"]);
    stage.owner(&["p0"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 4]);
    assert_eq!((stage.wanted("load-cursors"), stage.wanted("save-cursors")), (0, 0));
}

#[test]
fn what_only_a_cursor_tells_is_saved_once() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run(1_000);
    stage.write("p0", &["s:2~"]);
    stage.run(5_000);
    assert_eq!(stage.wanted("save-cursors"), 1);
}

#[test]
fn cursors_are_saved_together_at_a_slow_interval() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.cursor_ms = 500;
    stage.owner(&["p0"]);
    for stream in 0..40 {
        stage.write("p0", &[&format!("s{stream}:1@k")]);
        stage.run(25);
    }
    stage.run(1_000);
    let saves = stage.wanted("save-cursors");
    assert!((2..=5).contains(&saves), "{saves} saves in two seconds");
}

#[test]
fn one_save_holds_so_many_cursors_at_most() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.tuning.cursor_ms = 5_000;
    stage.tuning.checkpoint_ms = 100_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k"]);
    stage.run(2_000);
    let many = limits::CURSORS_PER_SAVE_MAX * 2 + 1;
    let events: Vec<String> = (0..many).map(|n| format!("s{n}:1@k{n}")).collect();
    let events: Vec<&str> = events.iter().map(String::as_str).collect();
    stage.write("p0", &events);
    stage.run_until(a, "save-cursors");
    let mut held = Vec::new();
    while stage.wants(a).contains(&"save-cursors") {
        let Effect::SaveCursors { cursors, .. } = stage.take(a, "save-cursors") else {
            panic!("it saves cursors")
        };
        held.push(cursors.len());
    }
    assert_eq!(held, [limits::CURSORS_PER_SAVE_MAX, limits::CURSORS_PER_SAVE_MAX, 1]);
}

#[test]
fn cursors_that_do_not_come_are_asked_for_less_and_less_and_somebody_is_told() {
    let mut stage = Stage::new(GuardKind::Streams);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:2@k"]);
    let mut asked = Vec::new();
    for _ in 0..limits::ALARM_ATTEMPTS {
        stage.run_until(a, "load-cursors");
        asked.push(stage.now);
        let Effect::LoadCursors { ticket, .. } = stage.take(a, "load-cursors") else {
            panic!("it loads cursors")
        };
        assert_eq!(stage.alarms, []);
        stage.hear(a, Input::CursorsLoaded { ticket, cursors: Vec::new() });
    }
    stage.run(1);
    let attempts = limits::ALARM_ATTEMPTS;
    assert_eq!(stage.alarms, [Alarm::Stuck { what: "cursor", attempts }]);
    let first = asked.first().copied().unwrap_or_default();
    let waited = asked.last().copied().unwrap_or_default() - first;
    assert!(waited >= stage.tuning.retry_ms.0 * u64::from(attempts) / 2, "{asked:?}");
}
