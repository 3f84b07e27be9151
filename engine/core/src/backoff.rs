//! When to try again what failed and may pass, and when automatic tries have been enough.
//!
//! A [`Backoff`] never gives up: it says when the next try is due, ever later up to a longest
//! wait, and when somebody should be told. A [`Budget`] bounds how often a parked key is retried
//! without an operator; it is whole again as soon as a retry gets further than the one before.
//! Both are decisions, not sleeps: they take the time and return one.

use crate::time::Time;

#[cfg(test)]
mod tests;

/// How long to wait after failures in a row: twice as long each time, up to a longest wait, with
/// a jitter that is a function of the seed, so that a fleet does not knock in step and a run can
/// still be repeated exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backoff {
    first_ms: u64,
    longest_ms: u64,
    alarm_attempts: u32,
    seed: u64,
    attempts: u32,
}

impl Backoff {
    /// Waits between `retry_ms.0` and `retry_ms.1`, and an alarm after this many failures in a
    /// row (0: none).
    pub fn new(retry_ms: (u64, u64), alarm_attempts: u32, seed: u64) -> Backoff {
        let first_ms = retry_ms.0.max(1);
        Backoff {
            first_ms,
            longest_ms: retry_ms.1.max(first_ms),
            alarm_attempts,
            seed,
            attempts: 0,
        }
    }

    /// Takes a failure; returns when the next try is due: always after `now`, and never more than
    /// the longest wait away.
    pub fn failed(&mut self, now: Time) -> Time {
        let doublings = self.attempts.min(32);
        self.attempts = self.attempts.saturating_add(1);
        let full_ms = self.first_ms.saturating_mul(1 << doublings).min(self.longest_ms);
        // Half of the wait is certain, so that a service in trouble gets its rest.
        let certain_ms = full_ms / 2;
        let jitter = mix(self.seed, u64::from(self.attempts)) % (full_ms - certain_ms + 1);
        now.after((certain_ms + jitter).max(1))
    }

    /// Takes a success: the next failure begins with the first wait again.
    pub fn succeeded(&mut self) {
        self.attempts = 0;
    }

    /// Failures in a row.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether the last failure is one to sound an alarm for: the one that reaches the
    /// threshold, and from there each time that the failures have doubled, so that an outage of
    /// hours is a handful of alarms.
    pub fn is_alarm(&self) -> bool {
        self.alarm_attempts > 0
            && self.attempts.is_multiple_of(self.alarm_attempts)
            && (self.attempts / self.alarm_attempts).is_power_of_two()
    }
}

/// A stable scrambling of two numbers.
fn mix(seed: u64, count: u64) -> u64 {
    let mut mixed = seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// How often something is retried without an operator. At its end nothing is dropped: it only
/// waits for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    attempts_max: u32,
    spent: u32,
}

impl Budget {
    /// This many attempts without progress (0: any number).
    pub fn new(attempts_max: u32) -> Budget {
        Budget { attempts_max, spent: 0 }
    }

    /// Takes the end of one attempt: one that got further than the last makes the budget whole,
    /// even if it then failed at a later event.
    pub fn attempted(&mut self, progressed: bool) {
        self.spent = if progressed { 0 } else { self.spent.saturating_add(1) };
    }

    /// Whether another attempt may be made without an operator.
    pub fn allows(&self) -> bool {
        self.attempts_max == 0 || self.spent < self.attempts_max
    }

    /// Attempts since the last progress.
    pub fn spent(&self) -> u32 {
        self.spent
    }
}
