//! The time. Only the runtime asks; the machines are told.
//!
//! The contract:
//! * `sleep_until` MUST NOT return before the clock shows that time (`no_sleep_ends_early`).
//! * It MUST return at once where the time has come already (`a_past_time_returns_at_once`).
//! * It MUST return when a clock that was set forward passes the time, though less time went by
//!   (`a_leap_forward_wakes`).
//!
//! `now` is wall time and may run backwards: waits are measured by whoever is told it.

use foldline_core::time::Time;

use crate::Answer;

/// A clock.
pub trait Clock: Send + Sync {
    /// Wall time.
    fn now(&self) -> Time;

    /// Returns when the clock shows this time or a later one.
    fn sleep_until(&self, time: Time) -> Answer<'_, ()>;
}
