//! A clock that stands still until it is set. It may be set back, as wall clocks are.

use std::future::poll_fn;
use std::sync::Mutex;
use std::task::{Poll, Waker};

use foldline_core::time::Time;

use super::lock;
use crate::Answer;

/// A clock that is set by hand.
#[derive(Debug, Default)]
pub struct Clock(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    now: Time,
    sleepers: Vec<(Time, Waker)>,
}

impl Clock {
    /// A clock that shows this time.
    pub fn new(now: Time) -> Clock {
        Clock(Mutex::new(State { now, sleepers: Vec::new() }))
    }

    /// What it shows.
    pub fn now(&self) -> Time {
        lock(&self.0).now
    }

    /// Sets it, forward or back, and wakes whoever slept until then.
    pub fn set(&self, now: Time) {
        let mut state = lock(&self.0);
        state.now = now;
        let (due, waiting) = state.sleepers.drain(..).partition(|(until, _)| *until <= now);
        state.sleepers = waiting;
        drop(state);
        // Woken outside the lock: a waker may run the sleeper at once.
        let due: Vec<(Time, Waker)> = due;
        for (_, waker) in due {
            waker.wake();
        }
    }

    /// Sets it forward by so much.
    pub fn advance(&self, millis: u64) {
        self.set(self.now().after(millis));
    }
}

impl crate::clock::Clock for Clock {
    fn now(&self) -> Time {
        Clock::now(self)
    }

    fn sleep_until(&self, time: Time) -> Answer<'_, ()> {
        Box::pin(poll_fn(move |context| {
            let mut state = lock(&self.0);
            if state.now >= time {
                return Poll::Ready(());
            }
            let waker = context.waker();
            let known =
                state.sleepers.iter().any(|(until, w)| *until == time && w.will_wake(waker));
            if !known {
                state.sleepers.push((time, waker.clone()));
            }
            Poll::Pending
        }))
    }
}
