//! When the machine must be called again. It is said once: the last time said stands. Only times
//! at which something can be done are said: what waits for an answer is done when that comes.

use crate::effect::Effect;
use crate::projection::Projection;
use crate::time::Time;

use super::Projector;
use super::intake::Reading;

impl<P: Projection> Projector<P> {
    /// Says when to wake, where that changed.
    pub(super) fn set_wake(&mut self) {
        let mut at: Option<Time> = self.timers.first().map(|(at, _)| *at);
        let mut sooner = |time: Time| at = Some(at.map_or(time, |at: Time| at.min(time)));
        if let Some(document) = self.dirty.front().and_then(|id| self.documents.items.get(*id))
            && self.writes.len() < self.tuning.writes
        {
            sooner(document.dirty_since.after(self.tuning.flush_ms).max(self.write_at));
        }
        if !self.wanted.is_empty() {
            sooner(self.load_at);
        }
        if !self.cursors_wanted.is_empty() {
            sooner(self.cursor_at);
        }
        if !self.cursors_unsaved.is_empty() {
            let due = self.cursors_all || self.cursors_soon;
            sooner(if due { self.cursor_at } else { self.cursors_at.max(self.cursor_at) });
        }
        if self.is_evicting() {
            sooner(self.now);
        }
        if !self.letters_ready.is_empty() {
            sooner(self.park_at);
        }
        let share = self.fetch_share();
        for intake in self.intakes.iter().filter(|intake| intake.live) {
            let reads = match intake.reading {
                Reading::Locating(at) => at,
                Reading::Sweeping => intake.sweep.ask.as_ref().map(|(at, _)| *at),
                _ => share.and_then(|share| intake.fetch_at(share)),
            };
            let writes = intake.commit_at().filter(|_| !self.is_staged());
            [reads, writes, intake.revoked].into_iter().flatten().for_each(&mut sooner);
        }
        self.wake(at);
    }

    /// The machine's waits are on the steady clock; the world wakes it by the wall.
    fn wake(&mut self, at: Option<Time>) {
        let Some(at) = at else { return };
        let wait = at.since(self.now).clamp(1, crate::limits::CLOCK_STEP_MS_MAX);
        let wall = self.clock.wall().after(wait);
        if self.wake != Some(wall) {
            self.wake = Some(wall);
            self.effects.push(Effect::WakeAt(wall));
        }
    }
}
