//! Checkpoints of several lanes, and the counts that belong to them.

use proptest::prelude::*;

use super::Lanes;
use crate::checkpoint::{Counts, Verdict};
use crate::limits::LANE_BOUNDARIES_MAX;
use crate::position::Position;

fn at(number: u64) -> Position {
    Position::number(number)
}

fn counts(applied: u64) -> Counts {
    Counts { received: applied, applied, ..Counts::default() }
}

/// After batches that end at 10, 20 and 30, these reports (lane, position, applied) are made in
/// turn by two lanes; then the checkpoint is there, with so many applied; 100 were before.
fn check(reports: &[(usize, u64, u64)], position: u64, applied: u64) {
    let mut lanes = Lanes::new(2, Some(at(5)), counts(100));
    for end in [10, 20, 30] {
        lanes.given(at(end)).unwrap();
    }
    for (lane, end, applied) in reports {
        lanes.done(*lane, &at(*end), counts(*applied)).unwrap();
    }
    assert_eq!((lanes.position(), lanes.counts()), (Some(&at(position)), counts(applied)));
}

#[test]
fn the_checkpoint_is_the_lowest_of_the_lanes() {
    check(&[], 5, 100);
    check(&[(0, 10, 1)], 5, 100);
    check(&[(0, 10, 1), (1, 10, 2)], 10, 103);
    check(&[(0, 10, 1), (0, 20, 4), (0, 30, 9), (1, 10, 2)], 10, 103);
    check(&[(0, 10, 1), (0, 20, 4), (0, 30, 9), (1, 10, 2), (1, 20, 2)], 20, 106);
}

#[test]
fn a_boundary_that_a_lane_left_out_is_no_checkpoint() {
    check(&[(0, 20, 4), (1, 10, 2), (1, 20, 3)], 20, 107);
    check(&[(0, 20, 4), (1, 10, 2)], 5, 100);
}

/// The last of these reports is refused, with these words.
fn check_refused(reports: &[(usize, u64)], words: &str) {
    let mut lanes = Lanes::new(2, Some(at(5)), Counts::default());
    lanes.given(at(10)).unwrap();
    lanes.given(at(20)).unwrap();
    let answers = reports.iter().map(|(lane, end)| lanes.done(*lane, &at(*end), counts(0)));
    let last = answers.last().unwrap().unwrap_err();
    assert!(last.message.contains(words), "{last}");
}

#[test]
fn wrong_reports_are_refused() {
    check_refused(&[(2, 10)], "a lane that is not there");
    check_refused(&[(0, 15)], "not where a batch ends");
    check_refused(&[(0, 5)], "not where a batch ends");
    check_refused(&[(0, 20), (0, 10)], "too late");
    check_refused(&[(0, 10), (0, 10)], "twice");
    check_refused(&[(0, 10), (1, 10), (1, 10)], "twice");
}

#[test]
fn batches_come_in_order_and_not_too_many() {
    let mut lanes = Lanes::new(1, Some(at(5)), Counts::default());
    assert!(lanes.given(at(5)).is_err());
    for end in 0..LANE_BOUNDARIES_MAX as u64 {
        lanes.given(at(10 + end)).unwrap();
    }
    assert!(lanes.given(at(10)).is_err());
    assert!(!lanes.has_room());
    assert!(lanes.given(at(1_000_000)).is_err());
    lanes.done(0, &at(500), counts(1)).unwrap();
    assert!(lanes.has_room());
}

#[test]
fn a_lane_that_begins_again_is_counted_from_the_checkpoint() {
    let mut lanes = Lanes::new(2, None, Counts::default());
    lanes.given(at(10)).unwrap();
    lanes.given(at(20)).unwrap();
    for (lane, end, applied) in [(0, 10, 1), (1, 10, 1), (0, 20, 5)] {
        lanes.done(lane, &at(end), counts(applied)).unwrap();
    }
    assert_eq!(lanes.rewound(0), counts(1));
    assert_eq!(lanes.done(1, &at(20), counts(2)), Ok(false), "the other must be done again");
    assert_eq!(lanes.done(0, &at(20), counts(6)), Ok(true));
    assert_eq!((lanes.position(), lanes.counts()), (Some(&at(20)), counts(8)));
    assert_eq!(lanes.rewound(7), Counts::default());
}

proptest! {
    /// Events go to lanes by chance; lanes are done and begin again in any order. At each step
    /// the counts are those of the events up to the checkpoint, and at the end all are in.
    #[test]
    fn counts_are_exact_for_the_position(
        events in prop::collection::vec((0usize..3, 1u8..=5), 1..60),
        batch in 1usize..8,
        schedule in prop::collection::vec((0usize..3, 0u8..10), 0..200),
    ) {
        let verdicts = [
            Verdict::Applied,
            Verdict::Duplicate,
            Verdict::Filtered,
            Verdict::Parked,
            Verdict::Discarded,
        ];
        let mut lanes = Lanes::new(3, None, Counts::default());
        let up_to = |end: usize, lane: Option<usize>| {
            let mut counts = Counts::default();
            for (owner, verdict) in &events[..end] {
                if lane.is_none_or(|lane| lane == *owner) {
                    counts.received += 1;
                    counts.count(verdicts[usize::from(*verdict) - 1]);
                }
            }
            counts
        };
        let is_end = |end: &usize| end.is_multiple_of(batch) || *end == events.len();
        let ends: Vec<usize> = (1..=events.len()).filter(is_end).collect();
        for end in &ends {
            lanes.given(at(*end as u64)).unwrap();
        }
        let mut place = [0usize; 3];
        let rest = (0..3).flat_map(|lane| (0..ends.len()).map(move |_| (lane, 1)));
        for (lane, what) in schedule.into_iter().chain(rest) {
            let done = lanes.position().map_or(0, |position| {
                ends.iter().position(|end| at(*end as u64) == *position).unwrap() + 1
            });
            if what == 0 {
                let end = if done == 0 { 0 } else { ends[done - 1] };
                prop_assert_eq!(lanes.rewound(lane), up_to(end, Some(lane)));
                place[lane] = done;
            } else if let Some(end) = ends.get(place[lane]) {
                lanes.done(lane, &at(*end as u64), up_to(*end, Some(lane))).unwrap();
                place[lane] += 1;
            }
            let end = place.iter().min().copied().unwrap();
            let end = if end == 0 { 0 } else { ends[end - 1] };
            prop_assert_eq!(lanes.counts(), up_to(end, None));
        }
        prop_assert_eq!(lanes.counts(), up_to(events.len(), None));
    }
}
