//! Takes in what a feed brings: a grant, a batch, or the reason why there is none. A batch that
//! does not follow what was asked for is refused.

use std::sync::Arc;

use crate::backoff::Backoff;
use crate::checkpoint::{Checkpoint, Verdict};
use crate::effect::{Alarm, Effect, Halt, Ticket};
use crate::event::Event;
use crate::guard::{GuardKind, Revision};
use crate::input::{FetchError, Fetched};
use crate::letter::{Cause, Scope};
use crate::limits;
use crate::name::Name;
use crate::position::Incarnation;
use crate::projection::Projection;
use crate::sequencer::Versions;

use super::Projector;
use super::intake::{Intake, Reading, Receipt};
use super::order::Offered;
use super::park::Appending;
use super::slab::Id;
use super::stall::Stalled;
use super::stream::Stream;
use super::work::{Kept, Work};

impl<P: Projection> Projector<P> {
    pub(super) fn granted(
        &mut self,
        partition: Name,
        incarnation: Incarnation,
        checkpoint: Option<(Checkpoint, Revision)>,
    ) {
        if let Some(slot) = self.partitions.get(&partition).copied() {
            self.drop_intake(slot);
        }
        let before = self.intakes.iter().position(|intake| intake.name == partition);
        let slot = u32::try_from(before.unwrap_or(self.intakes.len())).unwrap_or(u32::MAX);
        let backoff = Backoff::new(
            self.tuning.retry_ms,
            limits::ALARM_ATTEMPTS,
            self.nonce ^ u64::from(slot),
        );
        // Others had it until now.
        self.distrust();
        let other = checkpoint.as_ref().map(|(saved, _)| saved.incarnation.clone());
        let other = other.filter(|other| *other != incarnation);
        let (name, lane) = (partition.clone(), self.lane);
        let mut intake = Intake::new(name, incarnation, checkpoint, backoff, lane);
        intake.began = self.serial;
        if intake.jump.is_some() {
            // A sweep was under way: it starts again from its first page.
            intake.reading = Reading::Sweeping;
            intake.sweep.ask = Some((self.now, None));
        } else if intake.ended {
            intake.reading = Reading::Ended;
        }
        match self.intakes.get_mut(slot as usize) {
            Some(before) => *before = intake.after(before),
            None => self.intakes.push(intake),
        }
        self.partitions.insert(partition, slot);
        if let Some(other) = other {
            self.trimmed(slot, Some(other));
        }
    }

    pub(super) fn live(&mut self, partition: &Name) -> Option<(u32, &mut Intake)> {
        let slot = *self.partitions.get(partition)?;
        Some((slot, self.intakes.get_mut(slot as usize)?))
    }

    /// The partition that waits for this answer, if its tenure goes on.
    pub(super) fn asked(&mut self, ticket: Ticket, partition: &Name) -> Option<(u32, &mut Intake)> {
        let (slot, intake) = self.live(partition)?;
        intake.asked.take_if(|asked| *asked == ticket)?;
        Some((slot, intake))
    }

    pub(super) fn fetched(&mut self, ticket: Ticket, fetched: &Fetched) {
        let (now, poll_ms) = (self.now, self.tuning.poll_ms);
        let Some((slot, intake)) = self.asked(ticket, &fetched.partition) else { return };
        if intake.reading != Reading::Fetching {
            return;
        }
        if fetched.incarnation != intake.incarnation {
            let feed = fetched.incarnation.clone();
            let before = std::mem::replace(&mut intake.incarnation, feed);
            self.trimmed(slot, Some(before));
            return;
        }
        if fetched.follows != intake.read || !fetched.is_in_order() {
            // Refused: it answers another question. The right one is asked again.
            intake.reading = Reading::Waiting(intake.backoff.failed(now));
            let alarm = Alarm::Disorder {
                partition: fetched.partition.clone(),
                expected: intake.read.clone(),
                got: fetched.follows.clone(),
            };
            self.effects.push(Effect::Alarm(alarm));
            return;
        }
        let idle = fetched.batch.is_empty() && intake.read == fetched.next && !fetched.ended;
        intake.reading = if fetched.ended { Reading::Ended } else { Reading::Idle };
        if idle {
            intake.reading = Reading::Waiting(now.after(poll_ms));
        }
        let Some((_, intake)) = self.live(&fetched.partition) else { return };
        intake.backoff.succeeded();
        if idle {
            return;
        }
        let first = intake.receive(fetched);
        self.take_in(slot, Stalled::new(fetched.clone(), first));
    }

    /// Takes a batch in from where it stands, as far as may be now.
    pub(super) fn receive_all(&mut self, slot: u32, stalled: &mut Stalled) {
        let Stalled { fetched, first, taken, marking } = stalled;
        *marking = Id::NONE;
        let mut kept = Id::NONE;
        let mut met = Vec::with_capacity(fetched.batch.len().min(limits::LOOKED_AHEAD));
        for (index, event) in fetched.batch.events().enumerate().skip(*taken) {
            let ahead = index % limits::LOOKED_AHEAD;
            if ahead == 0 {
                self.look_ahead(&fetched.batch, index, &mut met);
            }
            let met = met.get(ahead).copied().unwrap_or(Id::NONE);
            let receipt = Receipt::delivered(slot, *first + index as u64);
            let ours = self.lane.takes(event.hash());
            let goes_on = !ours || self.receive((event, index, met), receipt, fetched, &mut kept);
            self.virgin = false;
            *taken = index + 1;
            *marking = self.marking(event);
            if !goes_on || marking.is_some() {
                break;
            }
        }
        self.unkeep(kept);
    }

    /// Takes one event in; false where the partition halts at it.
    fn receive(
        &mut self,
        (event, index, met): (Event<'_>, usize, Id<Stream>),
        receipt: Receipt,
        fetched: &Fetched,
        kept: &mut Id<Kept>,
    ) -> bool {
        if event.stream().is_empty() {
            return self.nameless(event, index, receipt, fetched);
        }
        let first = self.source.first;
        if self.virgin && self.source.versions == Versions::Contiguous && event.version() < first {
            let version = event.version();
            let fault = crate::fault::Fault::new(
                "first",
                format!(
                    "the very first event has version {version}, below `first: {first}`; \
                     set `first: {version}` if streams begin there"
                ),
            );
            self.halt(receipt.slot, Halt::First(fault));
            return false;
        }
        if !kept.is_some() {
            *kept = self.keep(Arc::clone(&fetched.batch));
        }
        let known = Some(met).filter(|met| met.is_some());
        let stream = known.unwrap_or_else(|| self.stream_of(event.stream(), event.hash()));
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        self.offer(stream, Offered { event, batch: *kept, index, receipt: Some(receipt) });
        true
    }

    /// A record that yields no stream: where a lost event would show as a gap it becomes a letter
    /// that holds nothing up; else the partition halts.
    fn nameless(
        &mut self,
        event: Event<'_>,
        index: usize,
        receipt: Receipt,
        fetched: &Fetched,
    ) -> bool {
        let fault = event.fault().cloned();
        let fault = fault
            .unwrap_or_else(|| crate::fault::Fault::new("stream", "the record yields no stream"));
        if self.source.versions == Versions::Monotonic {
            self.halt(receipt.slot, Halt::Nameless(fault));
            return false;
        }
        let batch = self.keep(Arc::clone(&fetched.batch));
        let stream = self.stream_of("", crate::name::hash(""));
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let offered = Offered { event, batch, index, receipt: Some(receipt) };
        let work = self.out_work(stream, &offered, super::work::Out::Loose);
        self.works[work].rare().fault = Some(fault);
        self.works[work].left += 1;
        let scope = Scope::Partition(fetched.partition.clone());
        self.letters_ready.push(Appending::Loose { work, scope, cause: Cause::Nameless });
        self.unkeep(batch);
        true
    }

    pub(super) fn halt(&mut self, slot: u32, why: Halt) {
        if let Some(intake) = self.intakes.get_mut(slot as usize) {
            intake.reading = Reading::Halted;
            let partition = intake.name.clone();
            self.effects.push(Effect::Halt { partition, why });
        }
    }

    pub(super) fn fetch_failed(&mut self, ticket: Ticket, partition: &Name, error: FetchError) {
        let now = self.now;
        let Some((slot, intake)) = self.asked(ticket, partition) else { return };
        if intake.reading != Reading::Fetching {
            return;
        }
        match error {
            FetchError::Trouble(_) => {
                intake.reading = Reading::Waiting(intake.backoff.failed(now));
                let alarm = intake.backoff.is_alarm().then(|| intake.backoff.attempts());
                self.alarm("fetch", alarm);
            }
            FetchError::Trimmed => self.trimmed(slot, None),
            FetchError::Incarnation(feed) => {
                let before = std::mem::replace(&mut intake.incarnation, feed);
                self.trimmed(slot, Some(before));
            }
        }
    }

    pub(super) fn alarm(&mut self, what: &'static str, attempts: Option<u32>) {
        if let Some(attempts) = attempts {
            self.effects.push(Effect::Alarm(Alarm::Stuck { what, attempts }));
        }
    }

    /// How many events without a verdict a partition may have when it is read on; none where an
    /// answer must come before anything is read. Each partition has its own share: what one waits
    /// for may be the next in another.
    pub(super) fn fetch_share(&self) -> Option<usize> {
        let may = self.orphans.is_empty() && self.has_memory();
        may.then(|| self.tuning.in_flight / self.partitions.len().max(1))
    }

    /// Asks for the next batch of each partition that has room for it.
    pub(super) fn fetch(&mut self) {
        let Some(share) = self.fetch_share() else { return };
        for intake in &mut self.intakes {
            if intake.fetch_at(share).is_some_and(|at| at <= self.now) {
                let ticket = self.requests.ticket();
                intake.reading = Reading::Fetching;
                intake.asked = Some(ticket);
                let (partition, after) = (intake.name.clone(), intake.read.clone());
                let incarnation = intake.incarnation.clone();
                self.effects.push(Effect::Fetch { ticket, partition, incarnation, after });
            }
        }
    }

    /// Which partition brought the event: only positions ask.
    pub(super) fn partition_of(&self, work: Id<Work>) -> Name {
        if self.kind != GuardKind::Positions {
            return Name::default();
        }
        let intake = self.works[work].receipt.and_then(|r| self.intakes.get(r.slot as usize));
        intake.map(|intake| intake.name.clone()).unwrap_or_default()
    }

    /// Tells a verdict to whoever delivered the event.
    pub(super) fn judge(&mut self, receipt: Option<Receipt>, verdict: Verdict) {
        let Some(receipt) = receipt else {
            self.repaired.received += 1;
            self.repaired.count(verdict);
            return;
        };
        if let Some(intake) = self.intakes.get_mut(receipt.slot as usize) {
            intake.judge(receipt, verdict);
        }
    }
}
