//! Goes back: everything that is not durable is dropped, and every partition is read again from
//! its last checkpoint, as after a crash. For conflicts over events that were let go after they
//! were folded: they can be judged anew only if they come again.

use crate::backoff::Backoff;
use crate::limits;
use crate::projection::Projection;

use super::Projector;
use super::intake::{Intake, Reading};
use super::slab::Slab;
use super::table::Table;

/// Whether everything that is not durable is to be dropped, and how often it was.
#[derive(Debug, Default)]
pub(super) struct Back {
    due: bool,
    pub(super) times: u64,
}

impl<P: Projection> Projector<P> {
    /// Goes back as soon as the present input is dealt with.
    pub(super) fn rewind(&mut self) {
        self.back.due = true;
    }

    /// Drops what is not durable. Writes under way may still land; nothing is read before they
    /// are answered.
    pub(super) fn rewind_now(&mut self) {
        if !std::mem::take(&mut self.back.due) {
            return;
        }
        self.back.times += 1;
        self.orphans.extend(std::mem::take(&mut self.writes).into_keys());
        self.streams = Table::default();
        self.documents = Table::default();
        self.works = Slab::default();
        self.batches = Slab::default();
        self.lent.clear();
        self.whole = 0;
        self.ready.clear();
        self.woken.clear();
        self.dirty.clear();
        self.wanted.clear();
        self.cursors_wanted.clear();
        self.cursors_unsaved.clear();
        self.letters_ready.clear();
        self.letters_touched.clear();
        self.timers.clear();
        self.requests.forget();
        self.saves.clear();
        self.parks.clear();
        self.staged.clear();
        self.barrier.streams.clear();
        self.bytes = 0;
        for slot in 0..self.intakes.len() {
            self.rewind_intake(slot);
        }
    }

    fn rewind_intake(&mut self, slot: usize) {
        if self.intakes.get(slot).is_some_and(|intake| intake.live) {
            self.renew(u32::try_from(slot).unwrap_or(u32::MAX));
        }
    }

    /// The partition as its checkpoint says, in a tenure of its own: receipts of the old one are
    /// told nothing.
    pub(super) fn renew(&mut self, slot: u32) {
        let Some(old) = self.intakes.get_mut(slot as usize) else { return };
        old.forget();
        self.staged.retain(|(staged, _)| *staged != slot as usize);
        let seed = self.nonce ^ u64::from(slot);
        let backoff = Backoff::new(self.tuning.retry_ms, limits::ALARM_ATTEMPTS, seed);
        let name = old.name.clone();
        let mut new =
            Intake::new(name, old.incarnation.clone(), old.saved.clone(), backoff, self.lane);
        new.saving.clone_from(&old.saving);
        new.began = self.serial;
        new.revoked = old.revoked;
        let saved = new.saved.as_ref().map(|(saved, _)| &saved.incarnation);
        let other = saved.is_some_and(|saved| *saved != new.incarnation);
        new.reading = match old.reading {
            Reading::Halted => Reading::Halted,
            // Where the checkpoint would go on is a place in another life of the feed.
            _ if other => Reading::Locating(Some(self.now)),
            _ if new.jump.is_some() => Reading::Sweeping,
            Reading::Locating(_) | Reading::Recording => Reading::Locating(Some(self.now)),
            _ if new.ended => Reading::Ended,
            _ => Reading::Idle,
        };
        if new.reading == Reading::Sweeping {
            new.sweep.ask = Some((self.now, None));
        }
        *old = new.after(old);
    }
}
