//! What comes out of its stream's order: what is done about it, what is asked for it, and who is
//! told.

use std::sync::Arc;

use foldline_core::drain::{Mode, Outcome};
use foldline_core::effect::{Alarm, Effect, Halt};
use foldline_core::guard::{Guard, GuardKind};
use foldline_core::input::{History, Input};
use foldline_core::letter::{Cause, Scope};
use foldline_core::progress::Progress;

use crate::stage::Stage;

/// A stream whose second version is a proven hole.
fn with_hole(guard: GuardKind) -> (Stage, usize) {
    let mut stage = Stage::new(guard);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:3@k"]);
    stage.run(3_000);
    assert_eq!(stage.holes("s"), [(2, 2)]);
    let hole = Alarm::Hole { stream: "s".into(), from: 2, to: 2, truncated: false };
    stage.alarms.retain(|alarm| matches!(alarm, Alarm::Hole { .. }));
    assert_eq!(stage.alarms, [hole]);
    stage.alarms.clear();
    (stage, a)
}

#[test]
fn a_late_fill_that_nothing_handles_is_no_letter() {
    for guard in [GuardKind::Version, GuardKind::Streams] {
        let (mut stage, _) = with_hole(guard);
        stage.show("p0", &["s:2~"]);
        stage.run(500);
        assert_eq!((stage.letters(), stage.wanted("park")), (vec![], 0), "{guard:?}");
        let counts = stage.checkpoint("p0").expect("it is written").counts;
        assert_eq!((counts.received, counts.filtered), (3, 1), "{guard:?}");
    }
}

#[test]
fn a_late_fill_is_a_hole_on_record_until_it_is_durable() {
    let (mut stage, a) = with_hole(GuardKind::Streams);
    stage.show("p0", &["s:2@k"]);
    stage.run_until(a, "park");
    let park = stage.take(a, "park");
    stage.write("p0", &["s:4@k"]);
    stage.run(500);
    assert_eq!(stage.holes("s"), [(2, 2)]);
    let answer = stage.do_it(a, &park).expect("an answer");
    stage.hear(a, answer);
    stage.run(500);
    assert_eq!(stage.letters(), [(2, Cause::Late, Scope::Stream("s".into()))]);
}

#[test]
fn an_event_that_another_owner_passed_over_in_a_shared_document_becomes_a_letter() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.write("p0", &["s:1@k"]);
    let a = stage.owner(&["p0"]);
    stage.run(500);
    // Its other owner proves that there is no second one, for history does not show it.
    stage.write("p1", &["s:3@k"]);
    stage.owner(&["p1"]);
    stage.run(3_000);
    assert_eq!(stage.ids("k", "s"), [1, 3]);
    stage.show("p0", &["s:2@k"]);
    let repairs = stage.wanted("repair");
    stage.run_until(a, "commit");
    stage.run(500);
    assert_eq!(stage.letters(), [(2, Cause::Late, Scope::Key("k".into()))]);
    assert_eq!((stage.wanted("repair"), stage.ids("k", "s")), (repairs, vec![1, 3]));
}

fn fork(healed: bool) -> Alarm {
    Alarm::Fork { stream: "s".into(), version: 1, healed }
}

#[test]
fn the_wrong_one_of_two_contents_costs_one_look_and_changes_nothing() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run(500);
    stage.show("p0", &["s:1#9"]);
    stage.run(500);
    assert_eq!((stage.alarms.as_slice(), stage.ids("s", "s")), (&[fork(false)][..], vec![1]));
    assert_eq!((stage.wanted("repair"), stage.wanted("write"), stage.wanted("park")), (1, 1, 0));
    let counts = stage.checkpoint("p0").expect("it is written").counts;
    assert_eq!((counts.applied, counts.duplicate), (1, 1));
}

#[test]
fn where_the_wrong_content_was_applied_it_is_folded_away_once() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.remember(&["s:1"]);
    stage.show("p0", &["s:1#9"]);
    stage.run(500);
    assert_eq!(stage.ids("s", "s"), [9]);
    stage.show("p0", &["s:1"]);
    stage.run(1_000);
    assert_eq!((stage.alarms.as_slice(), stage.ids("s", "s")), (&[fork(true)][..], vec![1]));
    let asked = (stage.wanted("repair"), stage.wanted("write"));
    // From now on the right one is known: it is a duplicate as any other.
    stage.show("p0", &["s:1"]);
    stage.run(1_000);
    assert_eq!(stage.alarms, [fork(true)]);
    assert_eq!((stage.wanted("repair"), stage.wanted("write")), asked);
    // And the one that was folded away is the wrong one.
    stage.show("p0", &["s:1#9"]);
    stage.run(1_000);
    assert_eq!((stage.ids("s", "s"), stage.alarms), (vec![1], vec![fork(true), fork(false)]));
}

#[test]
fn a_content_that_comes_again_while_it_is_folded_in_is_a_duplicate() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.remember(&["s:1"]);
    stage.show("p0", &["s:1#9"]);
    stage.run(500);
    stage.show("p0", &["s:1"]);
    stage.run_until(a, "repair");
    stage.perform(a, "repair");
    // History has decided; now its content is read.
    stage.run_until(a, "repair");
    let repair = stage.take(a, "repair");
    stage.show("p0", &["s:1", "s:1"]);
    stage.run(500);
    let answer = stage.do_it(a, &repair).expect("an answer");
    stage.hear(a, answer);
    stage.run(500);
    assert_eq!((stage.alarms.as_slice(), stage.ids("s", "s")), (&[fork(true)][..], vec![1]));
    let counts = stage.checkpoint("p0").expect("it is written").counts;
    assert_eq!((counts.applied, counts.duplicate), (2, 2));
}

#[test]
fn where_history_forgot_the_version_the_second_content_becomes_a_letter() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.run(500);
    stage.history.truncate("s", 2);
    stage.show("p0", &["s:1#9"]);
    stage.run(500);
    assert_eq!(stage.letters(), [(1, Cause::Fork, Scope::Stream("s".into()))]);
    assert_eq!(stage.alarms, [fork(false)]);
    let counts = stage.checkpoint("p0").expect("it is written").counts;
    assert_eq!((counts.received, counts.parked), (3, 1));
}

#[test]
fn a_history_that_does_not_show_yet_what_it_has_is_asked_again() {
    for oldest in [None, Some(1)] {
        let mut stage = Stage::new(GuardKind::Version);
        let a = stage.owner(&["p0"]);
        stage.write("p0", &["s:1"]);
        stage.run(500);
        stage.show("p0", &["s:1#9"]);
        stage.run_until(a, "repair");
        let Effect::Repair { ticket, stream, .. } = stage.take(a, "repair") else {
            panic!("it is a repair")
        };
        let history = Ok(History { batch: Arc::default(), oldest, more: false });
        stage.hear(a, Input::Repaired { ticket, stream, history });
        stage.run(500);
        assert_eq!((stage.letters(), stage.alarms.as_slice()), (vec![], &[fork(false)][..]));
    }
}

#[test]
fn a_sweep_looks_at_the_holes_of_a_stream_once() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:3", "s:5"]);
    stage.run(5_000);
    assert_eq!(stage.holes("s"), [(2, 2), (4, 4)]);
    let before = stage.wanted("repair");
    stage.sweep(a);
    stage.run(1_000);
    assert_eq!(stage.wanted("repair"), before + 1);
    // A hole that history shows by now is filled.
    stage.remember(&["s:2"]);
    stage.sweep(a);
    stage.run(1_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3, 5]);
}

#[test]
fn a_letter_under_way_is_not_judged_again_when_its_mark_is_found_gone() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2?"]);
    stage.run_until(a, "park");
    let park = stage.take(a, "park");
    let answer = stage.do_it(a, &park).expect("an answer");
    stage.projection.fixed.set(true);
    assert_eq!(stage.drain(&Scope::Key("s".into()), Mode::Retry), Outcome::Drained);
    // Another partition comes: what memory has of documents is looked at again.
    stage.grant(a, "p1");
    stage.write("p0", &["s:3"]);
    stage.run(500);
    stage.hear(a, answer);
    stage.run(500);
    assert_eq!((stage.ids("s", "s"), stage.letters()), (vec![1, 2, 3], vec![]));
    let counts = stage.checkpoint("p0").expect("it is written").counts;
    assert_eq!((counts.applied, counts.parked, counts.duplicate), (2, 1, 0));
}

#[test]
fn an_event_that_nothing_handles_is_not_told_before_what_its_stream_has_on_its_way() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.source.history = false;
    let a = stage.owner(&["p0"]);
    stage.show("p0", &["s:1", "s:2~"]);
    stage.run_until(a, "write");
    let write = stage.take(a, "write");
    stage.run(500);
    let answer = stage.do_it(a, &write).expect("an answer");
    stage.hear(a, answer);
    stage.run(500);
    assert_eq!(stage.checkpoint("p0").map(|checkpoint| checkpoint.counts.received), Some(2));
    stage.crash(a);
    stage.show("p0", &["s:3"]);
    stage.owner(&["p0"]);
    stage.run(500);
    assert_eq!(stage.ids("s", "s"), [1, 3]);
}

#[test]
fn what_breaks_the_promised_order_is_named_where_the_partition_halts() {
    let mut stage = Stage::new(GuardKind::Positions);
    stage.source.ordered = true;
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:3@k"]);
    stage.run(500);
    stage.show("p0", &["s:2@k"]);
    stage.run(500);
    let [Halt::Ordered(fault)] = stage.halts.as_slice() else {
        panic!("it halts once: {:?}", stage.halts)
    };
    assert!(fault.message.contains("version 2 of stream `s`"), "{fault:?}");
}

#[test]
fn what_fails_below_the_first_version_is_named_in_its_mark() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run(500);
    stage.show("p0", &["s:0"]);
    stage.run(500);
    let mark = stage.meta("s").and_then(|meta| meta.mark).expect("it is marked");
    assert_eq!(mark.fault.message, "version 0 of stream `s` is below `first: 1`");
}

/// All that its document durably carries, and what it does not.
fn guard(stage: &Stage, key: &str) -> Guard {
    stage.meta(key).expect("it is there").guard
}

#[test]
fn a_mark_counts_all_before_the_event_that_failed_as_seen() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1~", "s:2~", "s:3?"]);
    stage.run(500);
    assert_eq!(guard(&stage, "s"), Guard::Version(Progress::start(3)));
}

#[test]
fn where_nothing_was_parked_positions_alone_tell_what_a_document_has() {
    let mut stage = Stage::new(GuardKind::Positions);
    stage.source.ordered = true;
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "t:1@k", "s:2@k"]);
    stage.run(500);
    let Guard::Positions(at) = guard(&stage, "k") else { panic!("it carries positions") };
    assert_eq!((at.applied.len(), at.drained.len()), (1, 0));
}

#[test]
fn what_follows_parked_letters_parks_too_whether_or_not_anything_handles_it() {
    let mut stage = Stage::new(GuardKind::Streams);
    stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "s:2%@k"]);
    stage.run(500);
    assert_eq!(stage.letters().len(), 1);
    stage.write("p0", &["s:3~@k"]);
    stage.run(500);
    stage.write("p0", &["s:4@k"]);
    stage.run(500);
    let letters: Vec<_> = stage.letters().iter().map(|letter| (letter.0, letter.1)).collect();
    assert_eq!(letters, [(2, Cause::Failed), (3, Cause::Behind), (4, Cause::Behind)]);
    assert_eq!(stage.ids("k", "s"), [1]);
}

#[test]
fn no_letter_is_sent_before_its_mark_is_durable_and_the_mark_does_not_wait() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.tuning.flush_ms = 1_000;
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run_until(a, "write");
    let write = stage.take(a, "write");
    stage.show("p0", &["s:0"]);
    stage.run(100);
    assert!(!stage.wants(a).contains(&"write"), "one write of a document at once");
    // What was under way does not carry the mark.
    let answer = stage.do_it(a, &write).expect("an answer");
    stage.hear(a, answer);
    assert!(stage.wants(a).contains(&"write") && !stage.wants(a).contains(&"park"));
    stage.perform(a, "write");
    assert!(stage.wants(a).contains(&"park"));
    stage.run(100);
    assert_eq!((stage.letters().len(), stage.ids("s", "s")), (1, vec![1]));
}

#[test]
fn the_rows_that_waiting_events_need_come_with_one_load() {
    let mut stage = Stage::new(GuardKind::Ledger);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1@k", "t:1@k", "s:2@k", "u:1@k", "t:2@k"]);
    let mut rows = Vec::new();
    for _ in 0..2 {
        stage.run_until(a, "load");
        let load = stage.take(a, "load");
        if let Effect::Load { keys, .. } = &load {
            rows.extend(keys.iter().flat_map(|key| key.rows.clone()));
        }
        let answer = stage.do_it(a, &load).expect("an answer");
        stage.hear(a, answer);
    }
    stage.run(500);
    rows.sort_unstable();
    assert_eq!(rows, ["s", "t", "u"]);
    let ids = ["s", "t", "u"].map(|stream| stage.ids("k", stream));
    assert_eq!((ids, stage.wanted("load")), ([vec![1, 2], vec![1, 2], vec![1]], 2));
}

#[test]
fn a_letter_lists_what_its_stream_lacks_below_it() {
    let (mut stage, a) = with_hole(GuardKind::Version);
    stage.write("p0", &["s:4?"]);
    stage.run_until(a, "park");
    let Effect::Park { letters, .. } = stage.take(a, "park") else { panic!("it is a letter") };
    let holes: Vec<_> = letters.iter().map(|letter| letter.holes.ranges().to_vec()).collect();
    assert_eq!(holes, [[(2, 2)]]);
}

#[test]
fn records_without_a_stream_are_done_when_their_letters_are_on_record() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.record("p0", &[":1!", ":1!"]);
    stage.run_until(a, "park");
    let park = stage.take(a, "park");
    stage.run(500);
    assert_eq!(stage.checkpoint("p0").map_or(0, |checkpoint| checkpoint.counts.received), 0);
    let answer = stage.do_it(a, &park).expect("an answer");
    stage.hear(a, answer);
    stage.run(500);
    let counts = stage.checkpoint("p0").expect("it is written").counts;
    assert_eq!((counts.received, counts.parked), (2, 2));
}
