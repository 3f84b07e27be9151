//! Closes the gaps of a stream: they are waited for, then read from history, and a version counts
//! as a hole only when one consistent read proves it.

use std::sync::Arc;

use crate::backoff::Backoff;
use crate::effect::{Alarm, Effect, Ticket};
use crate::fault::Trouble;
use crate::guard::GuardKind;
use crate::input::History;
use crate::limits;
use crate::name::Name;
use crate::progress::{Progress, Standing};
use crate::projection::Projection;
use crate::sequencer::{Absence, absence};
use crate::time::Time;

use super::Projector;
use super::document::State;
use super::order::Offered;
use super::slab::Id;
use super::stream::{Read, Resolve, Stream, Why};

impl<P: Projection> Projector<P> {
    /// Versions are missing before what is held: they are waited for, then read.
    pub(super) fn gap(&mut self, id: Id<Stream>) {
        let (now, wait) = (self.now, self.tuning.gap_wait_ms.max(1));
        let due = self.gap_due(id);
        let extra = self.streams.items[id].extra();
        if extra.read.is_some() || extra.timer.is_some() {
            return;
        }
        if due > now {
            return self.set_timer(id, due);
        }
        self.read_next(id);
        let stream = &mut self.streams.items[id];
        if stream.has_gap() && stream.extra().read.is_none() && stream.extra().timer.is_none() {
            // Something else of the stream comes first.
            self.set_timer(id, now.after(wait));
        }
    }

    /// When the wait for what is missing is over, and history is asked. What is only known to
    /// exist needs no waiting, as the feed will not bring it; nor does what is read to its end.
    fn gap_due(&mut self, id: Id<Stream>) -> Time {
        let (now, wait, history) = (self.now, self.tuning.gap_wait_ms, self.source.history);
        let stream = &mut self.streams.items[id];
        let next = stream.next;
        let higher = stream.lowest_held().is_some_and(|lowest| lowest > next);
        let extra = stream.extra();
        let told = extra.held.first_key_value().is_some_and(|(_, held)| held.event.is_none());
        if !higher || history && (told || extra.to_end) {
            return now;
        }
        extra.missing_since(next, now).after(wait)
    }

    pub(super) fn set_timer(&mut self, id: Id<Stream>, at: Time) {
        let extra = self.streams.items[id].extra();
        if let Some(before) = extra.timer.replace(at) {
            self.timers.remove(&(before, id));
        }
        self.timers.insert((at, id));
    }

    /// Tries again after a wait that grows.
    pub(super) fn retry_later(&mut self, id: Id<Stream>) {
        let (now, retry_ms, nonce) = (self.now, self.tuning.retry_ms, self.nonce);
        let extra = self.streams.items[id].extra();
        let seed = nonce ^ u64::from(id.number());
        let backoff = extra
            .backoff
            .get_or_insert_with(|| Backoff::new(retry_ms, limits::ALARM_ATTEMPTS, seed));
        let at = backoff.failed(now);
        let alarm = backoff.is_alarm();
        self.set_timer(id, at);
        if alarm {
            let stream = &self.streams.items[id];
            let (stream, version) = (stream.name.clone(), stream.next);
            self.effects.push(Effect::Alarm(Alarm::GapOpen { stream, version }));
        }
    }

    /// Does what is due of the streams whose timers ran out.
    pub(super) fn fire(&mut self) {
        while let Some((at, id)) = self.timers.first().copied().filter(|(at, _)| *at <= self.now) {
            self.timers.remove(&(at, id));
            let Some(extra) = self.streams.items.get_mut(id).and_then(|s| s.extra.as_mut()) else {
                continue;
            };
            if extra.timer == Some(at) {
                extra.timer = None;
                // What is held may have become the next one while the wait went on.
                self.ready.push(id);
                self.read_next(id);
            }
        }
    }

    /// Reads what the stream needs most from history: one read at a time.
    pub(super) fn read_next(&mut self, id: Id<Stream>) {
        let stream = &mut self.streams.items[id];
        let document = stream.document;
        let extra = stream.extra();
        if extra.read.is_some() || extra.timer.is_some() {
            return;
        }
        let fork = extra.forks.first_key_value().map(|(version, _)| *version);
        let refolding = self.documents.items.get(document).and_then(|document| {
            let refold = document.rare.as_ref()?.refold.as_ref()?;
            // One that could not end begins anew: what it folded so far is not folded onto.
            (document.state == State::Refolding && !refold.again)
                .then(|| (refold.from, refold.after()))
        });
        if extra.resolve == Resolve::Begin {
            self.begin_here(id);
        } else if let Some((from, after)) = refolding {
            self.read_after(id, Why::Refold, (from, None), after);
        } else if self.restart_refold(document) {
        } else if let Some(version) = fork {
            self.read(id, Why::Fork, version, Some(version));
        } else if let Some((from, through)) = self.unchecked(id) {
            self.read(id, Why::Recheck, from, Some(through));
        } else if self.streams.items[id].known && self.streams.items[id].has_gap() {
            let due = self.gap_due(id);
            if due > self.now {
                // The timer was another gap's.
                self.set_timer(id, due);
            } else if self.source.history {
                self.read_gap(id);
            } else {
                self.probe(id);
            }
        }
    }

    /// Reads the missing versions, together with the one that shows that they should be there.
    pub(super) fn read_gap(&mut self, id: Id<Stream>) {
        let stream = &mut self.streams.items[id];
        let (from, to_end) = (stream.next, stream.extra().to_end);
        let lowest = stream.lowest_held();
        let now = self.now;
        let extra = self.streams.items[id].extra();
        if extra.read.is_some() {
            return;
        }
        let higher = lowest.is_some_and(|lowest| lowest > from);
        if higher {
            extra.missing_since(from, now);
        }
        self.read(id, Why::Gap, from, lowest.filter(|_| !to_end));
    }

    fn read(&mut self, id: Id<Stream>, why: Why, from: u64, through: Option<u64>) {
        self.read_after(id, why, (from, through), None);
    }

    fn read_after(
        &mut self,
        id: Id<Stream>,
        why: Why,
        (from, through): (u64, Option<u64>),
        after: Option<Name>,
    ) {
        let asked = self.now;
        let ticket = self.ticket();
        let stream = &mut self.streams.items[id];
        stream.extra().read = Some(Read { why, from, asked, ticket });
        let stream = stream.name.clone();
        self.effects.push(Effect::Repair { ticket, stream, from, through, after });
    }

    /// Without history another owner may still have done what is missing here.
    fn probe(&mut self, id: Id<Stream>) {
        self.retry_later(id);
        if self.kind == GuardKind::Version {
            let document = self.own_document(id);
            if self.documents.items[document].is_idle() {
                self.documents.items[document].state = State::Wanted;
            }
            self.want(document);
        }
        self.cursors_wanted.insert(id);
    }

    pub(super) fn repaired(
        &mut self,
        ticket: Ticket,
        stream: &Name,
        history: Result<History, Trouble>,
    ) {
        let Some(id) = self.streams.by_name(stream) else { return };
        let extra = self.streams.items[id].extra();
        let Some(read) = extra.read.filter(|read| read.ticket == ticket) else { return };
        extra.read = None;
        let Ok(history) = history else { return self.retry_later(id) };
        match read.why {
            Why::Gap => self.fill_gap(id, read.asked, &history),
            Why::Fork => self.decide_fork(id, read.from, &history),
            Why::Recheck => self.rechecked(id, &history),
            Why::Refold => self.refold_page(id, &history),
        }
    }

    /// Accepts what history returned, passes over what it proves absent, and stops where neither
    /// is certain.
    fn fill_gap(&mut self, id: Id<Stream>, asked: Time, history: &History) {
        let batch = self.keep(Arc::clone(&history.batch));
        let before = self.streams.items[id].next;
        let mut certain = true;
        for (index, event) in history.batch.events().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let offered = Offered { event, batch, index, receipt: None };
            if event.version() < self.streams.items[id].next {
                // It came meanwhile; if with other content, history knows which is right.
                if self.kind == GuardKind::Version && self.is_fork(id, event) {
                    self.fork(id, offered);
                }
                continue;
            }
            certain = certain && self.pass_missing(id, event.version(), asked, history.oldest);
            if certain {
                self.accept_read(id, offered);
            } else {
                // It is kept: history may have forgotten it when the gap before it is judged.
                self.hold(id, offered);
            }
        }
        self.unkeep(batch);
        if certain && let Some(oldest) = history.oldest {
            // The oldest that survives shows a higher version as well as any other.
            let own = self.streams.items[id].lowest_held_whole().unwrap_or(oldest);
            certain = self.pass_missing(id, oldest.min(own), asked, Some(oldest));
        }
        let moved = self.streams.items[id].next > before;
        let extra = self.streams.items[id].extra();
        if moved && let Some(backoff) = &mut extra.backoff {
            backoff.succeeded();
        }
        self.ready.push(id);
        if certain && history.more && moved && self.streams.items[id].has_gap() {
            return self.read_gap(id);
        }
        let extra = self.streams.items[id].extra();
        let reached = certain && !history.more && std::mem::take(&mut extra.to_end);
        if reached {
            self.finish_document(id);
        }
        if !reached && self.streams.items[id].has_gap() {
            self.retry_later(id);
        } else {
            self.read_next(id);
        }
    }

    /// The stream was read to its end: its document may be seen.
    fn finish_document(&mut self, id: Id<Stream>) {
        if let Some(document) = self.document_of_known(id)
            && let Some(rare) = &mut self.documents.items[document].rare
        {
            rare.unfinished = false;
            self.relist(document);
            self.urgent = true;
        }
    }

    /// Passes over the versions that the read did not return, if they are proven absent.
    fn pass_missing(
        &mut self,
        id: Id<Stream>,
        found: u64,
        asked: Time,
        oldest: Option<u64>,
    ) -> bool {
        let now = self.now;
        let hole_after_ms = self.tuning.hole_after_ms;
        while self.streams.items[id].next < found {
            let next = self.streams.items[id].next;
            let extra = self.streams.items[id].extra();
            let since = extra.missing_since(next, now);
            // What is on record as a hole needs no second proof.
            let recorded = extra.cursor.as_ref();
            let recorded = recorded.and_then(|(cursor, _)| cursor.done.holes.range_of(next));
            if let Some((_, to)) = recorded {
                self.pass_over(id, next, to.min(found - 1), false);
                continue;
            }
            let (to, truncated) = match absence(next, oldest, (since, asked), hole_after_ms) {
                Absence::Unproven => return false,
                Absence::Truncated => (oldest.unwrap_or(found).min(found) - 1, true),
                Absence::Hole => (found - 1, false),
            };
            if self.was_let_go(id, next, to) {
                // The feed had it, and memory let its bytes go: it is read again, and kept.
                self.keeps_held = true;
                self.rewind();
                return false;
            }
            self.pass_over(id, next, to, truncated);
        }
        true
    }

    /// Records versions as holes; what comes after them waits until the record is durable.
    pub(super) fn pass_over(&mut self, id: Id<Stream>, from: u64, to: u64, truncated: bool) {
        let durable = self.source.resolves();
        self.any_holes = true;
        let stream = &mut self.streams.items[id];
        stream.next = to.saturating_add(1);
        stream.extra().holes.add(from, to);
        stream.extra().cursor_wanted |= durable;
        let stream = stream.name.clone();
        self.effects.push(Effect::Alarm(Alarm::Hole { stream, from, to, truncated }));
    }

    /// Accepts an event that history returned, for those who waited for it. Where the feed's own
    /// copy can be decoded and history's cannot, the feed's is taken.
    fn accept_read(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        let version = offered.event.version();
        let Some(held) = self.take_held(id, version) else { return self.accept(id, offered) };
        let mut receipts = held.delivered();
        let own = held.event.filter(|_| offered.event.fault().is_some());
        let kept = own.and_then(|own| self.batches.get(own.batch));
        let batch = kept.map(|kept| Arc::clone(&kept.batch));
        let mut offered = Offered { receipt: receipts.next(), ..offered };
        let event = own.and_then(|own| batch.as_ref()?.event(own.index as usize));
        if let (Some(own), Some(event)) = (own, event.filter(|event| event.fault().is_none())) {
            (offered.event, offered.batch, offered.index) = (event, own.batch, own.index);
        }
        self.accept(id, offered);
        self.let_bytes_go(held.event);
        for receipt in receipts {
            self.duplicate(id, version, Some(receipt));
        }
        self.recheck_told(id, &held);
    }

    /// A hole of a feed that is itself the ordered whole history: it needs no other proof.
    pub(super) fn skip_and_accept(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        let next = self.streams.items[id].next;
        // Of a stream that others had until now nothing is known: what lies before is not missing.
        if self.streams.items[id].begun {
            self.pass_over(id, next, offered.event.version() - 1, false);
        } else {
            self.streams.items[id].next = offered.event.version();
        }
        self.accept(id, offered);
    }

    /// Learns from a document that was loaded again, while its stream waits in a gap.
    pub(super) fn learn(&mut self, id: Id<Stream>, progress: &Progress) {
        let stream = &self.streams.items[id];
        if !stream.known || progress.next <= stream.next || stream.head.is_some() {
            return;
        }
        self.see(id, progress);
        let stream = &self.streams.items[id];
        debug_assert!(stream.seen().judge(progress.next) == Standing::New);
    }

    /// Adds what is known of a stream to what was seen of it: a hole is what both lack.
    pub(super) fn see(&mut self, id: Id<Stream>, progress: &Progress) {
        let stream = &mut self.streams.items[id];
        let mut seen = stream.seen();
        seen.merge(progress);
        stream.next = seen.next;
        if stream.extra.is_some() || !seen.holes.is_empty() {
            self.any_holes |= !seen.holes.is_empty();
            stream.extra().holes = seen.holes;
        }
        self.ready.push(id);
    }
}
