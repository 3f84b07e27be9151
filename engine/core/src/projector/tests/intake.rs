//! What one partition counts, how far its watermark goes, and when its checkpoint may be written.

use std::sync::{Arc, Weak};

use crate::backoff::Backoff;
use crate::checkpoint::Verdict;
use crate::event::{Batch, BatchBuilder};
use crate::guard::Revision;
use crate::input::Fetched;
use crate::lanes::Lane;
use crate::name::Name;
use crate::position::Position;
use crate::projector::intake::{Intake, Reading, Receipt};
use crate::time::Time;

fn intake(lane: Lane) -> Intake {
    Intake::new("p".into(), "i".into(), None, Backoff::new((10, 50), 0, 1), lane)
}

/// A batch of the first event of each of these streams; positions go on where the last one ended.
fn fetched(intake: &Intake, streams: &[&str]) -> Fetched {
    let begin = intake.received;
    let mut builder = BatchBuilder::default();
    for (stream, at) in streams.iter().zip(begin + 1..) {
        builder.event(stream, 1, Position::number(at)).part("happened", &[]);
    }
    Fetched {
        partition: Name::from("p"),
        incarnation: Name::from("i"),
        follows: intake.read.clone(),
        batch: Arc::new(builder.build()),
        next: Some(Position::number(begin + streams.len() as u64)),
        ended: false,
    }
}

/// Takes them in; the batch lives on only where it is kept.
fn receive(intake: &mut Intake, streams: &[&str]) -> (u64, Weak<Batch>) {
    let fetched = fetched(intake, streams);
    (intake.receive(&fetched), Arc::downgrade(&fetched.batch))
}

fn judge(intake: &mut Intake, ordinal: u64, verdict: Verdict) {
    intake.judge(Receipt::delivered(0, ordinal), verdict);
}

#[test]
fn each_verdict_is_counted_above_the_watermark_and_below_it_as_what_it_is() {
    let mut intake = intake(Lane::ONLY);
    receive(&mut intake, &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]);
    let verdicts = [
        Verdict::Applied,
        Verdict::Duplicate,
        Verdict::Duplicate,
        Verdict::Filtered,
        Verdict::Filtered,
        Verdict::Filtered,
        Verdict::Parked,
        Verdict::Parked,
        Verdict::Discarded,
        Verdict::Discarded,
        Verdict::Discarded,
    ];
    // The first is told last: until then the watermark passes nothing.
    for (verdict, ordinal) in verdicts.iter().zip(0..).skip(1) {
        judge(&mut intake, ordinal, *verdict);
    }
    assert!(!intake.advance());
    assert_eq!((intake.counts.received, intake.pending(), intake.unjudged()), (0, 11, 1));
    let above = intake.above();
    let of = |counts: &crate::checkpoint::Counts| {
        (counts.applied, counts.duplicate, counts.filtered, counts.parked, counts.discarded)
    };
    assert_eq!(of(&above), (0, 2, 3, 2, 3));
    judge(&mut intake, 0, Verdict::Applied);
    assert_eq!(of(&intake.above()), (1, 2, 3, 2, 3));
    // Told twice, the first word stands.
    judge(&mut intake, 0, Verdict::Parked);
    assert!(intake.advance() && !intake.advance());
    assert_eq!((intake.counts.received, of(&intake.counts)), (11, (1, 2, 3, 2, 3)));
    assert_eq!(
        (intake.pending(), intake.unjudged(), of(&intake.above())),
        (0, 0, Default::default())
    );
}

#[test]
fn the_watermark_moves_within_a_batch_up_to_the_first_event_that_is_not_done() {
    let mut intake = intake(Lane::ONLY);
    receive(&mut intake, &["a", "b", "c", "d"]);
    receive(&mut intake, &["e"]);
    judge(&mut intake, 0, Verdict::Applied);
    judge(&mut intake, 2, Verdict::Applied);
    assert!(intake.advance());
    assert_eq!(intake.done, Some(Position::number(1)));
    assert!(!intake.advance(), "nothing moves it twice");
    judge(&mut intake, 1, Verdict::Applied);
    assert!(intake.advance());
    assert_eq!((intake.done.clone(), intake.pending()), (Some(Position::number(3)), 2));
    judge(&mut intake, 3, Verdict::Applied);
    judge(&mut intake, 4, Verdict::Applied);
    assert!(intake.advance());
    assert_eq!(intake.done, Some(Position::number(5)));
    assert_eq!(intake.counts.applied, 5);
}

#[test]
fn a_batch_is_let_go_of_as_soon_as_all_of_it_is_judged() {
    let mut intake = intake(Lane::ONLY);
    let (_, first) = receive(&mut intake, &["a"]);
    let (_, second) = receive(&mut intake, &["b", "c"]);
    let (_, empty) = receive(&mut intake, &[]);
    assert!(empty.upgrade().is_none(), "of a batch of nothing only its end matters");
    judge(&mut intake, 1, Verdict::Applied);
    assert!(second.upgrade().is_some());
    judge(&mut intake, 2, Verdict::Applied);
    assert!(second.upgrade().is_none());
    assert!(first.upgrade().is_some() && intake.pending() == 3);
}

#[test]
fn lanes_pass_what_is_not_theirs_and_meet_where_batches_end() {
    let of = 2;
    let lane = Lane::new(0, of);
    let (ours, others): (Vec<&str>, Vec<&str>) = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
        .into_iter()
        .partition(|stream| lane.takes(crate::name::hash(stream)));
    let (Some(our), Some(other)) = (ours.first(), others.first()) else {
        panic!("each lane takes some")
    };
    let mut intake = intake(lane);
    receive(&mut intake, &[our, other, our]);
    assert_eq!((intake.received, intake.unjudged(), intake.pending()), (2, 2, 3));
    judge(&mut intake, 0, Verdict::Applied);
    assert!(!intake.advance(), "not within a batch");
    judge(&mut intake, 2, Verdict::Filtered);
    assert!(intake.advance());
    let counts = intake.counts;
    assert_eq!((counts.received, counts.applied, counts.filtered), (2, 1, 1));
    assert_eq!(intake.marks, [counts], "what was counted up to the end of the batch");
    assert_eq!(intake.above().judged(), 0);
}

#[test]
fn a_checkpoint_waits_for_its_time_except_where_somebody_waits_for_it() {
    let fresh = || {
        let mut intake = intake(Lane::ONLY);
        intake.save_at = Time(100);
        intake.retry_at = Time(30);
        intake
    };
    let mut intake = fresh();
    assert_eq!(intake.commit_at(), Some(Time(100)));
    intake.retry_at = Time(200);
    assert_eq!(intake.commit_at(), Some(Time(200)));
    let mut intake = fresh();
    intake.revoked = Some(Time(500));
    assert_eq!(intake.commit_at(), Some(Time(30)), "its next owner waits");
    for reading in [Reading::Recording, Reading::Ended] {
        let mut intake = fresh();
        intake.reading = reading;
        assert_eq!(intake.commit_at(), Some(Time(30)));
    }
    let mut intake = fresh();
    intake.reading = Reading::Locating(None);
    assert_eq!(intake.commit_at(), None);
    let mut intake = fresh();
    intake.live = false;
    assert_eq!(intake.commit_at(), None);
    let mut intake = fresh();
    let checkpoint = intake.checkpoint(1, 1);
    intake.saved = Some((checkpoint, Revision(1, 0)));
    assert_eq!(intake.commit_at(), None, "it says all that there is to say");
}

#[test]
fn a_partition_is_read_on_while_few_enough_of_its_events_are_open() {
    let mut intake = intake(Lane::ONLY);
    receive(&mut intake, &["a", "b"]);
    assert_eq!((intake.fetch_at(1), intake.fetch_at(2)), (None, Some(Time(0))));
    intake.reading = Reading::Waiting(Time(70));
    assert_eq!((intake.fetch_at(1), intake.fetch_at(2)), (None, Some(Time(70))));
    intake.reading = Reading::Fetching;
    assert_eq!(intake.fetch_at(2), None);
    intake.reading = Reading::Idle;
    intake.revoked = Some(Time(500));
    assert_eq!(intake.fetch_at(2), None, "what is given up is not read on");
}

#[test]
fn a_tenure_that_is_over_keeps_nothing_and_hears_nothing() {
    let mut old = intake(Lane::ONLY);
    let (_, batch) = receive(&mut old, &["a", "b", "c"]);
    judge(&mut old, 0, Verdict::Applied);
    assert!(old.advance());
    old.held = 1;
    old.forget();
    assert!(batch.upgrade().is_none());
    assert_eq!((old.pending(), old.unjudged(), old.held), (0, 0, 0));
    let mut new = intake(Lane::ONLY).after(&old);
    let first = receive(&mut new, &["d"]).0;
    assert_eq!(first, 3, "numbers go on where that tenure ended");
    for ordinal in 0..3 {
        assert!(!new.owns(Receipt::delivered(0, ordinal)));
        judge(&mut new, ordinal, Verdict::Applied);
    }
    assert_eq!(new.unjudged(), 1);
    assert!(new.owns(Receipt::delivered(0, 3)));
    assert!(new.owns(Receipt::swept(0, &new)) && !new.owns(Receipt::swept(0, &old)));
}
