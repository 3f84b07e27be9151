//! Time as the machine is told it: milliseconds of wall time, and a steady clock made of them
//! that neither runs backwards nor leaps, so that a clock that jumps proves nothing.

use crate::limits;

/// Milliseconds since the Unix epoch, as the caller's clock says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

impl Time {
    /// This much later.
    #[must_use]
    pub fn after(self, millis: u64) -> Time {
        Time(self.0.saturating_add(millis))
    }

    /// How long after `earlier` this is; zero if it is not.
    pub fn since(self, earlier: Time) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A clock that only goes forward, at most [`limits::CLOCK_STEP_MS_MAX`] a step. Waits are
/// measured on it: a wall clock set forward by a day must not turn a gap into a proven hole.
#[derive(Clone, Copy, Debug, Default)]
pub struct Steady {
    elapsed: Time,
    wall: Option<Time>,
}

impl Steady {
    /// Takes the wall's word and returns the steady time.
    pub fn tell(&mut self, wall: Time) -> Time {
        if let Some(before) = self.wall {
            self.elapsed = self.elapsed.after(wall.since(before).min(limits::CLOCK_STEP_MS_MAX));
        }
        self.wall = Some(wall);
        self.elapsed
    }

    /// The steady time as last told.
    pub fn now(&self) -> Time {
        self.elapsed
    }

    /// When to be told the time again by whoever waits for this steady time. A wait that is
    /// longer than the clock follows in one step is slept through in several.
    pub fn wake(&self, until: Time) -> Time {
        self.wall().after(until.since(self.elapsed).min(limits::CLOCK_STEP_MS_MAX))
    }

    /// The wall time as last told.
    pub fn wall(&self) -> Time {
        self.wall.unwrap_or_default()
    }
}
