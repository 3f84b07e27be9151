//! Sweeps: what history says are the heads of its streams is compared with what is done, and
//! what lies above is read. The full sweep repairs a range that the feed no longer has, before
//! its checkpoint may jump over it; the background sweep finds tails that the feed lost.

use std::sync::Arc;

use crate::effect::{Effect, Halt, Ticket};
use crate::event::BatchBuilder;
use crate::fault::Trouble;
use crate::guard::GuardKind;
use crate::input::Head;
use crate::name::{self, Name};
use crate::position::{Incarnation, Position, Record};
use crate::projection::Projection;
use crate::sequencer::Versions;

use super::Projector;
use super::intake::{Reading, Receipt};
use super::order::Offered;

impl<P: Projection> Projector<P> {
    /// The feed no longer has what follows the checkpoint: a full sweep repairs it, or the
    /// partition halts.
    pub(super) fn trimmed(&mut self, slot: u32, other: Option<Incarnation>) {
        let sweeps = self.source.history
            && (self.source.resolves() || self.source.versions == Versions::Refold);
        if other.is_some() && sweeps {
            // What is in hand of the other life has positions that mean nothing now: the sweep
            // finds it again.
            self.renew(slot);
        }
        let ticket = self.ticket();
        let Some(intake) = self.intakes.get_mut(slot as usize) else { return };
        if sweeps {
            intake.reading = Reading::Locating(None);
            intake.asked = Some(ticket);
            let partition = intake.name.clone();
            self.effects.push(Effect::Locate { ticket, partition });
            return;
        }
        let feed = intake.incarnation.clone();
        let why = match other {
            Some(checkpoint) => {
                // What is still to be said of the positions in hand is said of their own life: a
                // checkpoint of the new one would let the next owner go on in it, and skip.
                intake.incarnation.clone_from(&checkpoint);
                Halt::Incarnation { checkpoint, feed }
            }
            None => Halt::Trimmed,
        };
        self.halt(slot, why);
    }

    pub(super) fn located(
        &mut self,
        ticket: Ticket,
        partition: &Name,
        incarnation: Incarnation,
        position: Result<Option<Position>, Trouble>,
    ) {
        let now = self.now;
        let Some((_, intake)) = self.asked(ticket, partition) else { return };
        if !matches!(intake.reading, Reading::Locating(_)) {
            return;
        }
        let Ok(position) = position else {
            intake.reading = Reading::Locating(Some(intake.backoff.failed(now)));
            return;
        };
        let saved = intake.saved.as_ref().map(|(saved, _)| &saved.incarnation);
        if saved.is_some_and(|saved| *saved != incarnation) {
            // Of this life of the feed nothing is done yet.
            intake.done = None;
            intake.read = None;
            intake.ended = false;
        }
        intake.incarnation = incarnation;
        // The beginning of a partition has no position: an empty record stands for it.
        let beginning = || Position { record: Record::from_bytes(&[]), index: 0 };
        intake.jump = Some(position.unwrap_or_else(beginning));
        intake.reading = Reading::Recording;
    }

    /// Asks again for what a sweep needs, when its wait is over.
    pub(super) fn sweep(&mut self) {
        for intake in self.intakes.iter_mut().filter(|intake| intake.live) {
            let now = self.now;
            let locates = matches!(intake.reading, Reading::Locating(Some(at)) if at <= now);
            let sweeps = intake.reading == Reading::Sweeping;
            let page = intake.sweep.ask.take_if(|(at, _)| sweeps && *at <= now);
            if !locates && page.is_none() {
                continue;
            }
            let ticket = self.requests.ticket();
            intake.asked = Some(ticket);
            let partition = intake.name.clone();
            if let Some((_, after)) = page {
                self.effects.push(Effect::Sweep { ticket, partition, after });
            } else {
                intake.reading = Reading::Locating(None);
                self.effects.push(Effect::Locate { ticket, partition });
            }
        }
    }

    /// A page of heads came.
    pub(super) fn heads(
        &mut self,
        sweep: Option<(Name, Ticket)>,
        page: Result<Vec<Head>, Trouble>,
        more: Option<Name>,
    ) {
        let (now, lane) = (self.now, self.lane);
        let ours = |head: &Head| lane.takes(name::hash(&head.stream));
        let receipt = match sweep {
            None => None,
            Some((partition, ticket)) => {
                let Some((slot, intake)) = self.asked(ticket, &partition) else { return };
                if intake.reading != Reading::Sweeping {
                    return;
                }
                if let Ok(page) = &page {
                    intake.sweep.left += page.iter().filter(|head| ours(head)).count() as u64;
                    intake.sweep.all = more.is_none();
                    intake.sweep.ask = more.map(|after| (now, Some(after)));
                    intake.sweep.last = page.last().map(|head| head.stream.clone());
                } else {
                    // The page again: it is asked for after the last that came.
                    let at = intake.backoff.failed(now);
                    intake.sweep.ask = Some((at, intake.sweep.last.clone()));
                }
                Some(Receipt::swept(slot, intake))
            }
        };
        for head in page.unwrap_or_default().iter().filter(|head| ours(head)) {
            self.head(head, receipt);
        }
    }

    /// A stream goes at least up to here.
    fn head(&mut self, head: &Head, receipt: Option<Receipt>) {
        let id = self.stream_of(&head.stream, name::hash(&head.stream));
        if self.kind == GuardKind::Refold {
            let mut builder = BatchBuilder::default();
            let place = Position { record: Record::from_bytes(&[]), index: 0 };
            builder.event(&head.stream, head.version, place);
            let batch = Arc::new(builder.build());
            let kept = self.keep(Arc::clone(&batch));
            if let Some(event) = batch.event(0) {
                self.arrived(id, Offered { event, batch: kept, index: 0, receipt });
            }
            return self.unkeep(kept);
        }
        if !self.source.resolves() {
            return self.judge_swept(receipt);
        }
        let stream = &self.streams.items[id];
        if stream.known && head.version < stream.next {
            return self.recheck(id, receipt);
        }
        self.hold_version(id, head.version, receipt);
        if self.streams.items[id].known {
            self.ready.push(id);
        } else {
            self.resolve(id);
        }
    }

    fn judge_swept(&mut self, receipt: Option<Receipt>) {
        if receipt.is_some() {
            self.judge(receipt, crate::checkpoint::Verdict::Duplicate);
        }
    }
}
