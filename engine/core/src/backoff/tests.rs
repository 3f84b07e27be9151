//! How long waits are, when alarms sound, and what makes a budget whole.

use proptest::prelude::*;

use super::{Backoff, Budget};
use crate::time::Time;

/// The longest that each failure in a row may wait; the shortest is half of it.
fn check(retry_ms: (u64, u64), longest: &[u64]) {
    for seed in 0..50 {
        let mut backoff = Backoff::new(retry_ms, 0, seed);
        for (place, longest_ms) in longest.iter().enumerate() {
            let wait_ms = backoff.failed(Time(1_000)).since(Time(1_000));
            let range = (longest_ms / 2).max(1)..=*longest_ms;
            assert!(range.contains(&wait_ms), "seed {seed}, failure {place}: {wait_ms} ms");
        }
    }
}

#[test]
fn waits_double_up_to_the_longest() {
    check((100, 1_000), &[100, 200, 400, 800, 1_000, 1_000]);
    check((1, 3), &[1, 2, 3, 3]);
}

#[test]
fn odd_settings_still_wait() {
    check((0, 0), &[1, 1, 1]);
    check((500, 10), &[500, 500]);
}

#[test]
fn a_success_begins_anew() {
    let mut backoff = Backoff::new((100, 1_000), 3, 7);
    let first = backoff.failed(Time(0));
    backoff.failed(Time(0));
    assert_eq!(backoff.attempts(), 2);
    backoff.succeeded();
    assert_eq!(backoff.attempts(), 0);
    assert_eq!(backoff.failed(Time(0)), first, "the same seed waits the same");
}

#[test]
fn two_seeds_do_not_knock_in_step() {
    let times = |seed| {
        let mut backoff = Backoff::new((1_000, 60_000), 0, seed);
        (0..6).map(|_| backoff.failed(Time(0))).collect::<Vec<_>>()
    };
    assert_ne!(times(1), times(2));
}

#[test]
fn alarms_at_the_threshold_and_at_each_doubling() {
    let alarms = |threshold| {
        let mut backoff = Backoff::new((1, 2), threshold, 0);
        (1..=25u32)
            .filter(|_| {
                backoff.failed(Time(0));
                backoff.is_alarm()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(alarms(3), [3, 6, 12, 24]);
    assert_eq!(alarms(1), [1, 2, 4, 8, 16]);
    assert_eq!(alarms(0), [0u32; 0]);
    assert!(!Backoff::new((1, 2), 3, 0).is_alarm(), "nothing failed yet");
}

#[test]
fn progress_makes_the_budget_whole() {
    let mut budget = Budget::new(2);
    budget.attempted(false);
    assert!(budget.allows());
    budget.attempted(true);
    assert_eq!(budget.spent(), 0);
    budget.attempted(false);
    budget.attempted(false);
    assert!(!budget.allows());
    budget.attempted(true);
    assert!(
        budget.allows(),
        "an operator's retry that got further starts the automatic ones again"
    );
}

#[test]
fn no_limit_is_no_limit() {
    let mut budget = Budget::new(0);
    (0..100).for_each(|_| budget.attempted(false));
    assert!(budget.allows());
}

proptest! {
    #[test]
    fn the_next_try_is_later_and_not_too_late(
        first in 0u64..10_000, longest in 0u64..1_000_000, seed: u64, now: u64,
        failures in 1usize..80,
    ) {
        let mut backoff = Backoff::new((first, longest), 5, seed);
        for _ in 0..failures {
            let next = backoff.failed(Time(now));
            prop_assert!(next > Time(now) || now == u64::MAX);
            prop_assert!(next.since(Time(now)) <= longest.max(first).max(1));
        }
    }
}
