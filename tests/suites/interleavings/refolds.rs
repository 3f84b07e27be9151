//! Documents that are folded anew from history: how often it is read for that, what counts as
//! behind the store, and when the tries are enough.

use foldline_core::effect::Alarm;
use foldline_core::guard::GuardKind;
use foldline_core::letter::{Cause, Scope};
use foldline_core::limits;
use foldline_core::name::Name;
use foldline_core::projector::Versions;
use foldline_ports::memory::history::History;

use crate::stage::Stage;

/// A source without versions, and a document of two rows.
fn rows() -> Stage {
    let mut stage = Stage::new(GuardKind::Refold);
    stage.source.versions = Versions::Refold;
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    stage
}

fn key(name: &str) -> Scope {
    Scope::Key(name.into())
}

#[test]
fn a_row_that_comes_again_is_read_for_once() {
    let mut stage = rows();
    let before = stage.wanted("repair");
    stage.show("p0", &["s:1"]);
    stage.run(2_000);
    assert_eq!(stage.wanted("repair"), before + 1);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    let counts = stage.checkpoint("p0").expect("a checkpoint").counts;
    assert_eq!((counts.received, counts.duplicate), (3, 1));
}

#[test]
fn a_row_that_nothing_handles_is_not_read_for() {
    let mut stage = rows();
    let before = stage.wanted("repair");
    stage.write("p0", &["s:3~"]);
    stage.run(2_000);
    assert_eq!(stage.wanted("repair"), before);
    let counts = stage.checkpoint("p0").expect("a checkpoint").counts;
    assert_eq!((counts.received, counts.filtered), (3, 1));
}

#[test]
fn a_row_whose_key_cannot_be_told_parks_its_document() {
    let mut stage = rows();
    stage.write("p0", &["s:3%"]);
    stage.run(2_000);
    assert!(stage.is_marked("s"));
    let letters: Vec<Scope> = stage.letters().into_iter().map(|letter| letter.2).collect();
    assert_eq!(letters, [key("s")]);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
}

#[test]
fn a_row_that_the_feed_brings_before_history_has_it_is_waited_for() {
    let mut stage = rows();
    stage.show("p0", &["s:3"]);
    stage.run(100);
    stage.remember(&["s:3"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

/// A replica that lags shows fewer rows, and so does one where rows were deleted: the first is
/// behind for a moment, the second for good.
#[test]
fn history_that_has_fewer_rows_than_the_document_is_believed_in_the_end() {
    let mut stage = rows();
    let whole = std::mem::replace(&mut stage.history, History::new());
    stage.remember(&["s:1"]);
    stage.show("p0", &["s:1"]);
    stage.run(60);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    let short = std::mem::replace(&mut stage.history, whole);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    stage.history = short;
    let before = stage.wanted("repair");
    stage.show("p0", &["s:1"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1]);
    assert_eq!(stage.wanted("repair") - before, limits::REFOLDS_MAX as usize + 1);
}

/// A document with a hole that is late to be filled.
fn late() -> (Stage, usize) {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:3"]);
    stage.run(3_000);
    assert_eq!(stage.holes("s"), [(2, 2)]);
    let read = stage.wanted("repair");
    (stage, read)
}

#[test]
fn a_late_fill_that_history_never_gets_becomes_a_letter_after_so_many_reads() {
    let (mut stage, before) = late();
    stage.show("p0", &["s:2"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 3]);
    assert_eq!(stage.letters(), [(2, Cause::Late, key("s"))]);
    assert_eq!(stage.wanted("repair") - before, limits::REFOLDS_MAX as usize + 1);
    // What comes after it goes on.
    stage.write("p0", &["s:4"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 3, 4]);
}

#[test]
fn a_late_fill_that_history_has_is_folded_with_one_read() {
    let (mut stage, before) = late();
    stage.write("p0", &["s:2"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
    assert_eq!((stage.wanted("repair") - before, stage.letters()), (1, vec![]));
}

#[test]
fn a_late_fill_of_what_history_has_forgotten_becomes_a_letter_at_once() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:3", "s:4"]);
    stage.history.truncate("s", 3);
    stage.run(3_000);
    assert_eq!((stage.ids("s", "s"), stage.holes("s")), (vec![3, 4], vec![(1, 2)]));
    let before = stage.wanted("repair");
    stage.show("p0", &["s:2"]);
    stage.run(3_000);
    assert_eq!(stage.letters(), [(2, Cause::Late, key("s"))]);
    assert_eq!(stage.wanted("repair"), before + 1);
}

#[test]
fn a_late_fill_leaves_what_is_still_missing_out() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:4", "s:6"]);
    stage.run(5_000);
    assert_eq!(stage.ids("s", "s"), [1, 4, 6]);
    let before = stage.wanted("repair");
    stage.write("p0", &["s:5"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 4, 5, 6]);
    assert_eq!(stage.wanted("repair") - before, 1);
}

/// A replica that lags knows the late one, and not yet what came in time.
#[test]
fn a_document_does_not_go_back_to_what_history_shows_of_it() {
    let (mut stage, _) = late();
    let whole = std::mem::replace(&mut stage.history, History::new());
    stage.remember(&["s:1", "s:2"]);
    stage.show("p0", &["s:2"]);
    stage.run(60);
    assert_eq!(stage.ids("s", "s"), [1, 3]);
    stage.history = whole;
    stage.remember(&["s:2"]);
    stage.run(3_000);
    assert_eq!((stage.ids("s", "s"), stage.letters()), (vec![1, 2, 3], vec![]));
}

#[test]
fn a_document_that_history_cannot_give_again_stays_as_it_is() {
    let (mut stage, before) = late();
    stage.history.truncate("s", 3);
    stage.show("p0", &["s:2"]);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 3]);
    assert_eq!(stage.letters(), [(2, Cause::Late, key("s"))]);
    assert_eq!(stage.wanted("repair"), before + 1);
}

#[test]
fn a_document_that_is_folded_anew_to_nothing_is_a_tombstone() {
    let mut stage = rows();
    assert_eq!(stage.meta("s").map(|meta| meta.deleted.is_some()), Some(false));
    stage.write("p0", &["s:3-"]);
    stage.run(2_000);
    assert_eq!(stage.meta("s").map(|meta| meta.deleted.is_some()), Some(true));
}

fn fork(version: u64, healed: bool) -> Alarm {
    Alarm::Fork { stream: Name::from("s"), version, healed }
}

#[test]
fn of_a_fork_somebody_is_told_once_and_whether_it_was_healed() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.run(1_000);
    stage.show("p0", &["s:1#9"]);
    stage.run(1_000);
    assert_eq!(stage.alarms, [fork(1, false)], "what was applied is right");
    stage.remember(&["s:3"]);
    stage.show("p0", &["s:3#9"]);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 9]);
    stage.show("p0", &["s:3"]);
    stage.run(1_000);
    assert_eq!(stage.alarms, [fork(1, false), fork(3, true)]);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
    assert_eq!(stage.letters(), []);
}

#[test]
fn another_content_of_what_is_parked_is_a_letter_of_its_own() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2?"]);
    stage.remember(&["s:3"]);
    stage.show("p0", &["s:3#9"]);
    stage.run(1_000);
    stage.show("p0", &["s:3"]);
    stage.run(1_000);
    let causes: Vec<(u64, Cause)> = stage.letters().iter().map(|it| (it.0, it.1)).collect();
    assert_eq!(causes, [(3, Cause::Fork), (2, Cause::Failed), (3, Cause::Behind)]);
}
