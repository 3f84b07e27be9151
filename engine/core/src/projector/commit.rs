//! Moves the watermarks and writes checkpoints: at most every `checkpoint_ms`, where something
//! changed, each conditional on the one that it replaces. Where there is no history, the cursors
//! of all that a checkpoint passes are durable before it: nothing else could tell a stream that
//! was forgotten from a new one.

use std::collections::BTreeSet;

use crate::checkpoint::{Checkpoint, Counts};
use crate::effect::{Effect, Ticket};
use crate::guard::Revision;
use crate::input::SideAnswer;
use crate::invariants;
use crate::name::Name;
use crate::projection::Projection;

use super::Projector;
use super::intake::{Intake, Reading};
use super::slab::Id;
use super::stream::Stream;

/// What staged checkpoints wait for.
#[derive(Debug, Default)]
pub(super) struct Barrier {
    /// Streams whose cursors must be durable first.
    pub(super) streams: BTreeSet<Id<Stream>>,
    /// The last request before they were staged: a cursor sent with it may say too little.
    pub(super) from: Ticket,
}

impl<P: Projection> Projector<P> {
    /// Moves the watermarks over what is done, and writes the checkpoints that are due.
    pub(super) fn commit(&mut self) {
        for slot in 0..self.intakes.len() {
            self.advance(slot);
        }
        if !self.saves_cursors_first() {
            for slot in 0..self.intakes.len() {
                if self.is_commit_due(slot) {
                    self.send_checkpoint(slot);
                }
            }
            return;
        }
        if self.staged.is_empty() {
            self.stage();
        }
        self.lower_barrier();
        if self.barrier.streams.is_empty() && !self.staged.is_empty() {
            for (slot, checkpoint) in std::mem::take(&mut self.staged) {
                self.send(slot, checkpoint);
            }
        }
    }

    fn advance(&mut self, slot: usize) {
        let Some(intake) = self.intakes.get_mut(slot).filter(|intake| intake.live) else { return };
        intake.advance();
        let swept = intake.reading == Reading::Sweeping
            && intake.sweep.all
            && intake.sweep.left == 0
            && intake.pending() == 0;
        if swept {
            // All that the feed lost is repaired: the partition goes on where the feed begins.
            let jump = intake.jump.take();
            let place = jump.filter(|jump| !jump.record.as_bytes().is_empty());
            intake.done.clone_from(&place);
            intake.read = place;
            intake.reading = Reading::Idle;
            intake.save_at = self.now;
            intake.mark();
        }
    }

    /// Whether cursors must be durable before the checkpoint that passes their streams.
    fn saves_cursors_first(&self) -> bool {
        self.source.resolves() && !self.source.history
    }

    fn is_commit_due(&self, slot: usize) -> bool {
        let at = self.intakes.get(slot).and_then(Intake::commit_at);
        at.is_some_and(|at| at <= self.now)
    }

    /// Whether checkpoints that are staged wait for cursors: until then no other is written.
    pub(super) fn is_staged(&self) -> bool {
        !self.staged.is_empty()
    }

    /// Fixes what the next checkpoints say, and asks for the cursors of all that they pass.
    fn stage(&mut self) {
        for slot in 0..self.intakes.len() {
            if self.is_commit_due(slot) {
                let checkpoint = self.next_checkpoint(slot);
                self.staged.extend(checkpoint.map(|checkpoint| (slot, checkpoint)));
            }
        }
        if !self.staged.is_empty() {
            let unsaved = self.cursors_unsaved.iter().copied();
            self.barrier.streams = unsaved.chain(self.saves.values().flatten().copied()).collect();
            self.barrier.from = self.requests.last();
            self.cursors_all = true;
            self.save_cursors();
        }
    }

    /// Waits no longer for streams whose cursors are saved, or need not be after all: their
    /// documents may have come to tell as much while the cursor was busy.
    fn lower_barrier(&mut self) {
        if self.barrier.streams.is_empty() {
            return;
        }
        let (streams, saves) = (&self.streams.items, &self.saves);
        let busy: BTreeSet<_> = saves.values().flatten().copied().collect();
        self.barrier.streams.retain(|id| {
            busy.contains(id) || streams.get(*id).is_some_and(|stream| stream.unsaved)
        });
        // One that was being read when all were saved is saved now.
        self.cursors_all |= self.barrier.streams.iter().any(|id| {
            let extra = streams.get(*id).and_then(|stream| stream.extra.as_ref());
            !busy.contains(id) && extra.is_none_or(|extra| !extra.is_cursor_busy())
        });
    }

    fn next_checkpoint(&mut self, slot: usize) -> Option<Checkpoint> {
        let intake = self.intakes.get_mut(slot)?;
        self.serial += 1;
        let repaired = std::mem::take(&mut self.repaired);
        intake.received += repaired.received;
        intake.counts = intake.counts.plus(&repaired);
        let mut marks = std::mem::take(&mut intake.marks);
        if let Some(last) = marks.last_mut() {
            *last = intake.counts;
        }
        intake.reporting.append(&mut marks);
        Some(intake.checkpoint(self.nonce, self.serial))
    }

    fn send_checkpoint(&mut self, slot: usize) {
        if let Some(checkpoint) = self.next_checkpoint(slot) {
            self.send(slot, checkpoint);
        }
    }

    fn send(&mut self, slot: usize, checkpoint: Checkpoint) {
        let first = self.saves_cursors_first();
        let Some(intake) = self.intakes.get_mut(slot).filter(|intake| intake.live) else { return };
        debug_assert!(invariants::counts_balance(&checkpoint.counts), "{checkpoint:?}");
        let ticket = self.requests.ticket();
        let saved = intake.saved.as_ref();
        debug_assert_eq!(
            saved.map_or(Ok(()), |(saved, _)| invariants::checkpoint_goes_on(saved, &checkpoint)),
            Ok(())
        );
        let replaces = saved.map(|(_, revision)| *revision);
        intake.saving = Some((ticket, checkpoint.clone()));
        let partition = intake.name.clone();
        if self.lane.is_only() {
            intake.save_at = self.now.after(self.tuning.checkpoint_ms);
            self.effects.push(Effect::Commit { ticket, partition, replaces, checkpoint });
            return;
        }
        // A report costs no write, but for the cursors that must be durable before it.
        let wait = if first { self.tuning.checkpoint_ms } else { 0 };
        intake.save_at = self.now.after(wait);
        let (done, jump) = (std::mem::take(&mut intake.reporting), checkpoint.jump);
        self.effects.push(Effect::Report { ticket, partition, done, jump });
    }

    pub(super) fn committed(
        &mut self,
        ticket: Ticket,
        partition: &Name,
        answer: SideAnswer<Checkpoint>,
    ) {
        let (now, nonce) = (self.now, self.nonce);
        let Some((slot, intake)) = self.live(partition) else { return };
        // An answer to an earlier tenure says nothing of what this one wrote.
        let saving = intake.saving.take_if(|(asked, _)| *asked == ticket);
        let Some((_, saving)) = saving else { return };
        match answer {
            SideAnswer::Written(revision) => {
                intake.commit_backoff.succeeded();
                self.recorded(slot, saving, revision);
            }
            // Our own write of before, whose answer was lost: what it says is durable.
            SideAnswer::Conflict(Some((stored, revision))) if stored.writer == nonce => {
                self.recorded(slot, stored, revision);
            }
            SideAnswer::Conflict(_) => {
                // Another owner wrote it: the partition is not ours any more.
                let partition = partition.clone();
                self.drop_intake(slot);
                self.effects.push(Effect::Release { partition });
            }
            SideAnswer::Retry(_) => {
                intake.retry_at = intake.commit_backoff.failed(now);
                let alarm = intake.commit_backoff.is_alarm();
                let attempts = alarm.then(|| intake.commit_backoff.attempts());
                self.alarm("commit", attempts);
            }
        }
    }

    /// A checkpoint is durable: a sweep that waited for its place to be on record begins. One of
    /// a tenure before this one says more than this one began with: it begins there.
    fn recorded(&mut self, slot: u32, saved: Checkpoint, revision: Revision) {
        let now = self.now;
        let Some(intake) = self.intakes.get_mut(slot as usize) else { return };
        let on_record = intake.jump.is_some()
            && saved.jump == intake.jump
            && saved.incarnation == intake.incarnation;
        let earlier = saved.serial <= intake.began;
        intake.saved = Some((saved, revision));
        if earlier {
            self.renew(slot);
        } else if intake.reading == Reading::Recording && on_record {
            intake.reading = Reading::Sweeping;
            intake.sweep =
                super::intake::FullSweep { ask: Some((now, None)), ..Default::default() };
        }
    }
}

/// The counts that the stored checkpoints and what is above them add up to.
pub(super) fn judged(intake: &Intake) -> Counts {
    intake.counts.plus(&intake.above())
}
