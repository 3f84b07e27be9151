//! When the machine must be called again. It is said once: the last time said stands.

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
        if !self.letters_ready.is_empty() {
            sooner(self.park_at);
        }
        for intake in self.intakes.iter().filter(|intake| intake.live) {
            match intake.reading {
                Reading::Locating(Some(time)) => sooner(time),
                // Where there is no memory it is an answer that makes some, not the time.
                Reading::Waiting(time) if self.has_memory() => sooner(time),
                _ => {}
            }
            if let Some((time, _)) = &intake.sweep.ask {
                sooner(*time);
            }
            if intake.saving.is_none() && intake.is_behind() {
                sooner(intake.save_at.max(intake.retry_at));
            }
            intake.revoked.into_iter().for_each(&mut sooner);
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
