//! Writes the checkpoint where the lanes met: at most every interval, where something changed,
//! conditional on the one that it replaces.

use crate::checkpoint::Checkpoint;
use crate::effect::{Alarm, Effect, Ticket};
use crate::guard::Revision;
use crate::input::{Input, SideAnswer};
use crate::invariants;
use crate::time::Time;

use super::partition::{Partition, Step};
use super::{Out, Pace};

impl Partition {
    /// Whether what is durable says less than where the lanes met.
    pub(super) fn is_behind(&self) -> bool {
        let Some((saved, _)) = &self.saved else { return true };
        self.next_checkpoint((saved.writer, saved.serial)) != *saved && self.met.may_follow(saved)
    }

    fn next_checkpoint(&self, (writer, serial): (u64, u64)) -> Checkpoint {
        Checkpoint { writer, serial, ..self.met.clone() }
    }

    pub(super) fn is_commit_due(&self, now: Time) -> bool {
        let durable = self.saved.as_ref().and_then(|(saved, _)| saved.jump.as_ref());
        let recording = self.met.jump.is_some() && durable != self.met.jump.as_ref();
        let urgent = self.revoked.is_some() || recording || self.met.ended;
        !self.again
            && self.next != Step::Locate
            && self.saving.is_none()
            && self.retry_at <= now
            && (urgent || self.save_at <= now)
            && self.is_behind()
    }

    pub(super) fn commit(&mut self, now: Time, pace: Pace, name: (u64, u64), out: &mut Out) {
        let checkpoint = self.next_checkpoint(name);
        debug_assert!(invariants::counts_balance(&checkpoint.counts), "{checkpoint:?}");
        let replaces = self.saved.as_ref().map(|(_, revision)| *revision);
        let ticket = out.ticket();
        self.saving = Some((ticket, checkpoint.clone()));
        self.save_at = now.after(pace.checkpoint_ms);
        let partition = self.name.clone();
        out.act(Effect::Commit { ticket, partition, replaces, checkpoint });
    }

    /// The store answered; false where the partition turns out to be another's.
    pub(super) fn committed(
        &mut self,
        ticket: Ticket,
        answer: SideAnswer<Checkpoint>,
        now: Time,
        nonce: u64,
        out: &mut Out,
    ) -> bool {
        let saving = self.saving.take_if(|(asked, _)| *asked == ticket);
        let Some((_, saving)) = saving else { return true };
        match answer {
            SideAnswer::Written(revision) => {
                self.backoff.succeeded();
                self.recorded(saving, revision, out);
            }
            // Our own write of before, whose answer was lost: what it says is durable. Where the
            // lanes began below it, they begin there.
            SideAnswer::Conflict(Some((stored, revision))) if stored.writer == nonce => {
                self.again |= stored.serial <= self.began && self.revoked.is_none();
                self.recorded(stored, revision, out);
            }
            SideAnswer::Conflict(_) => return false,
            SideAnswer::Retry(_) => {
                self.retry_at = self.backoff.failed(now);
                if self.backoff.is_alarm() {
                    let (what, attempts) = ("commit", self.backoff.attempts());
                    out.act(Effect::Alarm(Alarm::Stuck { what, attempts }));
                }
            }
        }
        true
    }

    /// A checkpoint is durable: lanes that wait for the place in it to be on record go on.
    fn recorded(&mut self, saved: Checkpoint, revision: Revision, out: &mut Out) {
        let on_record = matches!(&self.next, Step::Record(incarnation, place)
            if saved.incarnation == *incarnation && saved.jump.as_ref() == Some(place));
        self.saved = Some((saved, revision));
        if !on_record {
            return;
        }
        self.next = Step::Sweep(None);
        for (lane, member) in self.members.iter_mut().enumerate() {
            member.jump = None;
            let Some(ticket) = member.report.take() else { continue };
            let partition = self.name.clone();
            let answer = SideAnswer::Written(revision);
            out.tell(lane, Input::Committed { ticket, partition, answer });
        }
    }
}
