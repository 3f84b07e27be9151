//! Holds [`foldline_ports::clock`] to its contract.

use std::sync::Arc;

use foldline_core::time::Time;
use foldline_ports::clock::Clock;

use super::run::{Wakes, block_on, poll_once};
use super::{Case, Held, LeftOut, Outcome, cases};

/// What the tests need of an adapter's world.
pub trait World {
    /// The clock.
    fn clock(&self) -> &dyn Clock;

    /// Sets it forward by so much while nothing waits. False: nobody can set it.
    fn leap(&self, millis: u64) -> bool;
}

/// The tests.
pub const TESTS: &[Case<dyn World>] =
    cases![no_sleep_ends_early, a_past_time_returns_at_once, a_leap_forward_wakes];

fn no_sleep_ends_early(world: &dyn World) -> Outcome {
    let clock = world.clock();
    for millis in [1, 7, 20] {
        let until = clock.now().after(millis);
        if world.leap(0) {
            // A clock that is set by hand: it must not end at any time before.
            for _ in 0..millis {
                assert_eq!(poll_once(clock.sleep_until(until)), None, "at {:?}", clock.now());
                world.leap(1);
            }
        }
        block_on(clock.sleep_until(until));
        assert!(clock.now() >= until, "woke at {:?}, before {until:?}", clock.now());
    }
    Held
}

fn a_past_time_returns_at_once(world: &dyn World) -> Outcome {
    let now = world.clock().now();
    for time in [Time(0), Time(now.0.saturating_sub(1)), now] {
        assert_eq!(poll_once(world.clock().sleep_until(time)), Some(()), "{time:?} has come");
    }
    Held
}

fn a_leap_forward_wakes(world: &dyn World) -> Outcome {
    if !world.leap(0) {
        return LeftOut("this clock cannot be set");
    }
    let wakes = Arc::new(Wakes::default());
    let start = world.clock().now();
    let mut far = world.clock().sleep_until(start.after(86_400_000));
    let mut farther = world.clock().sleep_until(start.after(2 * 86_400_000));
    assert!(wakes.poll(far.as_mut()).is_pending());
    assert!(wakes.poll(farther.as_mut()).is_pending());
    world.leap(86_400_000);
    assert_eq!(wakes.count(), 1, "only the one whose time has come is woken");
    assert!(wakes.poll(far.as_mut()).is_ready());
    world.leap(86_400_000);
    assert_eq!(wakes.count(), 2);
    assert!(wakes.poll(farther.as_mut()).is_ready());
    Held
}
