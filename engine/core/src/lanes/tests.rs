//! Checkpoints of several lanes: step by step, and in a small world where lanes are slow, lose
//! what they hold, and are heard late.

use std::collections::VecDeque;
use std::sync::Arc;

use proptest::prelude::*;

use super::{Effect, Input, Lane, Lanes, Pace};
use crate::checkpoint::{Checkpoint, Counts};
use crate::effect::{self, Ticket};
use crate::event::BatchBuilder;
use crate::guard::{GuardKind, Revision};
use crate::input::{self, Fetched, SideAnswer};
use crate::name;
use crate::position::Position;
use crate::time::Time;

mod world;

use world::World;

const PACE: Pace = Pace { checkpoint_ms: 10, release_ms: 1_000, retry_ms: (1, 10) };

fn at(number: u64) -> Option<Position> {
    (number > 0).then(|| Position::number(number))
}

fn counts(applied: u64) -> Counts {
    Counts { received: applied, applied, ..Counts::default() }
}

fn granted(position: u64, counts: Counts) -> Input {
    let checkpoint = Checkpoint {
        incarnation: "life".into(),
        position: at(position),
        jump: None,
        ended: false,
        counts,
        writer: 0,
        serial: 0,
    };
    let checkpoint = Some((checkpoint, Revision(1, 0)));
    let (partition, incarnation) = ("0".into(), "life".into());
    Input::Heard(input::Input::Granted { partition, incarnation, checkpoint, begun: true })
}

/// A batch with nothing in it: what is in it is the lanes' business.
fn batch(follows: u64, next: u64) -> Input {
    let fetched = Fetched {
        partition: "0".into(),
        incarnation: "life".into(),
        follows: at(follows),
        batch: Arc::new(BatchBuilder::default().build()),
        next: at(next),
        ended: false,
    };
    Input::Heard(input::Input::Fetched { ticket: LAST, fetched })
}

fn ask(lane: usize, heard: u64, after: u64) -> Input {
    let effect = effect::Effect::Fetch {
        ticket: Ticket(heard),
        partition: "0".into(),
        incarnation: "life".into(),
        after: at(after),
    };
    Input::Said { lane, heard, effect }
}

/// A lane is done with so many batches more, with these applied at their ends.
fn done(lane: usize, heard: u64, applied: &[u64]) -> Input {
    let done = applied.iter().map(|applied| counts(*applied)).collect();
    let (ticket, partition) = (Ticket(heard), "0".into());
    let effect = effect::Effect::Report { ticket, partition, done, jump: None };
    Input::Said { lane, heard, effect }
}

fn stored(revision: u64) -> Input {
    let answer = SideAnswer::Written(Revision(revision, 0));
    Input::Heard(input::Input::Committed { ticket: LAST, partition: "0".into(), answer })
}

fn revoked(lost: bool) -> Input {
    Input::Heard(input::Input::Revoked { partition: "0".into(), lost })
}

fn released(lane: usize, heard: u64) -> Input {
    Input::Said { lane, heard, effect: effect::Effect::Release { partition: "0".into() } }
}

/// Stands for the ticket of what was asked last.
const LAST: Ticket = Ticket(0);

/// Two lanes, and what they asked of the world last.
struct Scripted {
    lanes: Lanes,
    fetch: Ticket,
    commit: Ticket,
}

impl Scripted {
    fn new() -> Scripted {
        Scripted { lanes: Lanes::new(2, PACE, 7), fetch: LAST, commit: LAST }
    }

    fn step(&mut self, now: Time, mut input: Input) -> Vec<Effect> {
        match &mut input {
            Input::Heard(input::Input::Fetched { ticket, .. }) => *ticket = self.fetch,
            Input::Heard(input::Input::Committed { ticket, .. }) => *ticket = self.commit,
            _ => {}
        }
        let effects = self.lanes.step(now, input);
        for effect in &effects {
            match effect {
                Effect::Do(effect::Effect::Fetch { ticket, .. }) => self.fetch = *ticket,
                Effect::Do(effect::Effect::Commit { ticket, .. }) => self.commit = *ticket,
                _ => {}
            }
        }
        effects
    }
}

/// The effects as words: `fetch 5`, `commit 10 of 3`, `release`, and to lanes `0: granted 5`,
/// `1: batch 10`, `0: noted`, `1: revoked`. When to wake is left out.
fn words(effects: &[Effect]) -> Vec<String> {
    let place = |at: &Option<Position>| at.as_ref().map_or("0".into(), ToString::to_string);
    let word = |effect: &Effect| match effect {
        Effect::Do(effect::Effect::Fetch { after, .. }) => Some(format!("fetch {}", place(after))),
        Effect::Do(effect::Effect::Commit { checkpoint, .. }) => {
            let (position, counts) = (place(&checkpoint.position), checkpoint.counts);
            Some(format!("commit {position} of {}", counts.received))
        }
        Effect::Do(effect::Effect::Release { .. }) => Some("release".into()),
        Effect::Do(effect::Effect::WakeAt(_)) => None,
        Effect::Do(other) => Some(format!("{other:?}")),
        Effect::Tell { lane, input, .. } => Some(match &**input {
            input::Input::Granted { checkpoint, .. } => {
                let position = checkpoint.as_ref().and_then(|(c, _)| c.position.clone());
                format!("{lane}: granted {}", place(&position))
            }
            input::Input::Fetched { fetched, .. } => {
                format!("{lane}: batch {}", place(&fetched.next))
            }
            input::Input::Committed { .. } => format!("{lane}: noted"),
            input::Input::Revoked { .. } => format!("{lane}: revoked"),
            other => format!("{lane}: {other:?}"),
        }),
    };
    effects.iter().filter_map(word).collect()
}

/// Each input at its time has these effects, with two lanes.
fn check(script: &[(u64, Input, &[&str])]) {
    let mut lanes = Scripted::new();
    for (number, (now, input, expected)) in script.iter().enumerate() {
        let effects = lanes.step(Time(*now), input.clone());
        assert_eq!(words(&effects), *expected, "input {number}: {input:?}");
    }
}

#[test]
fn lanes_that_report_at_different_times_meet() {
    check(&[
        (0, granted(5, counts(100)), &["0: granted 5", "1: granted 5"]),
        (0, ask(0, 1, 5), &[]),
        (0, ask(1, 1, 5), &["fetch 5"]),
        (1, batch(5, 10), &["0: batch 10", "1: batch 10"]),
        (2, ask(0, 2, 10), &[]),
        (2, ask(1, 2, 10), &["fetch 10"]),
        (3, batch(10, 20), &["0: batch 20", "1: batch 20"]),
        (4, ask(1, 3, 20), &[]),
        (4, ask(0, 3, 20), &["fetch 20"]),
        (5, batch(20, 30), &["0: batch 30", "1: batch 30"]),
        // One tells of two ends at once, the other of the first, then of two.
        (20, done(0, 4, &[101, 104]), &["0: noted"]),
        (21, done(1, 4, &[102]), &["1: noted", "commit 10 of 103"]),
        (22, stored(2), &[]),
        (40, done(1, 5, &[102, 103]), &["1: noted", "commit 20 of 106"]),
        (41, stored(3), &[]),
        (60, done(0, 5, &[109]), &["0: noted", "commit 30 of 112"]),
    ]);
}

#[test]
fn a_lane_that_goes_back_takes_all_back_to_the_checkpoint() {
    check(&[
        (0, granted(5, counts(100)), &["0: granted 5", "1: granted 5"]),
        (0, ask(0, 1, 5), &[]),
        (0, ask(1, 1, 5), &["fetch 5"]),
        (1, batch(5, 10), &["0: batch 10", "1: batch 10"]),
        (2, ask(0, 2, 10), &[]),
        (3, ask(1, 2, 5), &["0: granted 5", "1: granted 5"]),
        // What the other had said before it heard of that is nothing to go by.
        (4, done(0, 2, &[101]), &[]),
        (5, ask(0, 3, 5), &[]),
        (5, ask(1, 3, 5), &["fetch 5"]),
        (6, batch(5, 8), &["0: batch 8", "1: batch 8"]),
        (7, done(0, 4, &[101]), &["0: noted"]),
        (8, done(1, 4, &[100]), &["1: noted", "commit 8 of 101"]),
    ]);
}

#[test]
fn a_write_under_way_is_waited_for_before_all_go_back() {
    check(&[
        (0, granted(0, counts(0)), &["0: granted 0", "1: granted 0"]),
        (0, ask(0, 1, 0), &[]),
        (0, ask(1, 1, 0), &["fetch 0"]),
        (1, batch(0, 10), &["0: batch 10", "1: batch 10"]),
        (2, done(0, 2, &[1]), &["0: noted"]),
        (2, done(1, 2, &[2]), &["1: noted", "commit 10 of 3"]),
        (3, ask(1, 2, 0), &[]),
        (4, stored(2), &["0: granted 10", "1: granted 10"]),
    ]);
}

#[test]
fn a_partition_is_given_up_when_all_lanes_have_and_what_they_met_at_is_stored() {
    check(&[
        (0, granted(5, counts(0)), &["0: granted 5", "1: granted 5"]),
        (0, ask(0, 1, 5), &[]),
        (0, ask(1, 1, 5), &["fetch 5"]),
        (1, batch(5, 10), &["0: batch 10", "1: batch 10"]),
        (2, done(0, 2, &[1]), &["0: noted"]),
        (3, revoked(false), &["0: revoked", "1: revoked"]),
        (4, released(0, 4), &[]),
        (5, done(1, 3, &[2]), &["1: noted", "commit 10 of 3"]),
        (6, released(1, 4), &[]),
        (7, stored(2), &["release"]),
        (8, released(1, 4), &[]),
    ]);
}

#[test]
fn a_lost_partition_is_dropped_at_once_and_late_words_change_nothing() {
    check(&[
        (0, granted(5, counts(0)), &["0: granted 5", "1: granted 5"]),
        (1, revoked(true), &["0: revoked", "1: revoked", "release"]),
        (2, granted(5, counts(0)), &["0: granted 5", "1: granted 5"]),
        (3, released(0, 2), &[]),
        (3, released(1, 2), &[]),
        (3, ask(0, 3, 5), &[]),
        (4, ask(1, 3, 5), &["fetch 5"]),
        (5, revoked(false), &["0: revoked", "1: revoked"]),
        (2_000, revoked(false), &["0: revoked", "1: revoked", "release"]),
    ]);
}

#[test]
fn another_owners_checkpoint_ends_the_tenure() {
    let conflict = SideAnswer::Conflict(None);
    let (ticket, partition) = (LAST, "0".into());
    let conflict = input::Input::Committed { ticket, partition, answer: conflict };
    check(&[
        (0, granted(0, counts(0)), &["0: granted 0", "1: granted 0"]),
        (0, ask(0, 1, 0), &[]),
        (0, ask(1, 1, 0), &["fetch 0"]),
        (1, batch(0, 10), &["0: batch 10", "1: batch 10"]),
        (2, done(0, 2, &[0]), &["0: noted"]),
        (2, done(1, 2, &[0]), &["1: noted", "commit 10 of 0"]),
        (3, Input::Heard(conflict), &["0: revoked", "1: revoked", "release"]),
    ]);
}

#[test]
fn an_answer_to_an_earlier_question_changes_nothing() {
    let mut scripted = Scripted::new();
    scripted.step(Time(0), granted(5, counts(0)));
    scripted.step(Time(0), ask(0, 1, 5));
    assert_eq!(words(&scripted.step(Time(0), ask(1, 1, 5))), ["fetch 5"]);
    let asked = std::mem::replace(&mut scripted.fetch, Ticket(99));
    assert!(words(&scripted.step(Time(1), batch(3, 5))).is_empty());
    scripted.fetch = asked;
    let refused = words(&scripted.step(Time(2), batch(3, 5)));
    assert!(refused.iter().any(|word| word.starts_with("Alarm")), "{refused:?}");
    for lane in 0..2 {
        let told = format!("{lane}: FetchFailed");
        assert!(refused.iter().any(|word| word.starts_with(&told)), "{refused:?}");
    }
    scripted.step(Time(3), ask(0, 2, 5));
    assert_eq!(words(&scripted.step(Time(3), ask(1, 2, 5))), ["fetch 5"]);
    assert_eq!(words(&scripted.step(Time(4), batch(5, 9))), ["0: batch 9", "1: batch 9"]);
}

#[test]
fn more_than_was_given_is_never_counted() {
    check(&[
        (0, granted(5, counts(0)), &["0: granted 5", "1: granted 5"]),
        (1, done(0, 1, &[9]), &["0: granted 5", "1: granted 5"]),
    ]);
}

#[test]
fn each_stream_has_one_lane_and_documents_of_many_streams_have_one_for_all() {
    for of in 1..5 {
        for stream in 0..100 {
            let hash = name::hash(&format!("s{stream}"));
            let takers = (0..of).filter(|lane| Lane::new(*lane, of).takes(hash)).count();
            assert_eq!(takers, 1);
        }
    }
    assert_eq!(Lane::allowed(GuardKind::Version, 4), 4);
    assert_eq!(Lane::allowed(GuardKind::Version, 0), 1);
    assert_eq!(Lane::allowed(GuardKind::Streams, 4), 1);
}

proptest! {
    /// However late lanes are and are heard, however often one goes back and whatever fails: each
    /// checkpoint counts what is below it, and in the end all is.
    #[test]
    fn counts_are_exact_for_the_position_and_lanes_always_meet(
        owners in prop::collection::vec(0usize..3, 1..60),
        schedule in prop::collection::vec((0u8..16, 0usize..3, 0u64..1_000), 0..400),
    ) {
        let mut world = World::new(owners);
        for (what, lane, luck) in schedule {
            world.happen(what, lane, luck);
        }
        world.come_to_rest();
    }
}

/// A write whose answer was lost, a lane that goes back and a trim, in this order: the lanes were
/// granted less than is stored, and the place to go on from must not be written below that.
#[test]
fn a_checkpoint_does_not_go_back_after_a_lost_answer_and_a_trim() {
    let schedule = [
        [(0, 1, 0), (0, 2, 0), (5, 2, 0), (5, 1, 0), (0, 0, 0), (11, 0, 200)],
        [(5, 0, 0), (11, 0, 150), (0, 2, 0), (0, 1, 0), (5, 2, 0), (0, 0, 0)],
        [(9, 2, 0), (5, 2, 61), (9, 0, 39), (5, 0, 18), (5, 1, 0), (5, 0, 206)],
        [(9, 1, 0), (5, 1, 1), (11, 0, 100), (11, 0, 100), (0, 1, 0), (14, 1, 0)],
    ];
    let mut world = World::new(vec![0]);
    for (what, lane, luck) in schedule.into_iter().flatten() {
        world.happen(what, lane, luck);
    }
    world.come_to_rest();
}

/// Lanes that are each done with every batch, but say so of every other one by turns.
#[test]
fn lanes_never_wait_for_each_other_for_ever() {
    let mut lanes = Scripted::new();
    let mut now = 0;
    let mut step = |input| {
        now += 20;
        words(&lanes.step(Time(now), input))
    };
    step(granted(0, counts(0)));
    let mut last = VecDeque::new();
    for round in 0..3_000u64 {
        let heard = 1_000_000;
        step(ask(0, heard, round));
        let asked = step(ask(1, heard, round));
        assert_eq!(asked, [format!("fetch {round}")], "the partition is read on");
        step(batch(round, round + 1));
        let lane = usize::try_from(round % 2).unwrap();
        let ends = if round == 0 { vec![0] } else { vec![0, 0] };
        last.extend(step(done(lane, heard, &ends)));
        last.extend(step(stored(round)));
    }
    assert!(last.iter().any(|word| word.starts_with("commit 2999")), "they met to the end");
}
