//! Puts each event in the order of its stream: the next one is accepted, a duplicate is counted
//! when its original is durable, one that came too early is held. What is amiss goes to
//! [`super::late`] and [`super::resolve`].

use std::sync::Arc;

use crate::checkpoint::Verdict;
use crate::event::{Batch, Event};
use crate::fault::Fault;
use crate::guard::GuardKind;
use crate::projection::{Keys, Projection};
use crate::sequencer::{Sequence, Source, Versions, sequence};

use super::Projector;
use super::intake::Receipt;
use super::slab::Id;
use super::stream::{Held, Stream};
use super::work::{Kept, Out, Work};

/// An event as it comes to its stream: from a feed, or from history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offered<'b> {
    pub(super) event: Event<'b>,
    pub(super) batch: Id<Kept>,
    pub(super) index: u32,
    /// Who is told its verdict; nobody where history brought it.
    pub(super) receipt: Option<Receipt>,
}

impl<P: Projection> Projector<P> {
    /// The stream of this name, made when it is met first.
    pub(super) fn stream_of(&mut self, name: &str, hash: u64) -> Id<Stream> {
        if let Some(stream) = self.streams.find(name, hash) {
            return stream;
        }
        let mut stream = Stream::new(name.into());
        stream.next = self.source.first;
        // Where documents' guards judge alone, a stream needs no looking up, except for the mark
        // of a stream whose key could not be told.
        let by_stream = matches!(self.kind, GuardKind::Version | GuardKind::Refold);
        stream.known = !self.source.resolves() && by_stream;
        self.bytes += size_of::<Stream>() + name.len();
        self.streams.insert(hash, stream)
    }

    /// Offers an event to its stream.
    pub(super) fn offer(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        let stream = &mut self.streams.items[id];
        stream.touched = true;
        if self.source.versions == Versions::Refold {
            return self.arrived(id, offered);
        }
        if !stream.known {
            self.hold(id, offered);
            return self.resolve(id);
        }
        let judged = judge(&self.source, stream, offered.event);
        match judged {
            Sequence::Next => {
                self.accept(id, offered);
                self.touch_held(id);
            }
            Sequence::Duplicate => self.duplicate(id, offered.event.version(), offered.receipt),
            Sequence::Gap => {
                self.hold(id, offered);
                self.gap(id);
            }
            Sequence::ProvenHole => self.skip_and_accept(id, offered),
            Sequence::LateFill => self.late_fill(id, offered),
            Sequence::Fork => self.fork(id, offered),
            Sequence::BelowFirst => self.below_first(id, offered),
        }
    }

    /// Looks again at what is held, now that the stream went on.
    fn touch_held(&mut self, id: Id<Stream>) {
        let extra = self.streams.items[id].extra.as_ref();
        if extra.is_some_and(|extra| !extra.held.is_empty()) {
            self.ready.push(id);
        }
    }

    /// Accepts the next event of a stream: it is on its way from here.
    pub(super) fn accept(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        let event = offered.event;
        let stream = &mut self.streams.items[id];
        stream.next = event.version().saturating_add(1);
        stream.begun = true;
        stream.digests.set(event.version(), event.digest());
        let parking = stream.extra.as_ref().and_then(|extra| extra.parking.as_ref());
        let parked = parking.is_some_and(|parking| event.version() >= parking.mark.version);
        let by_stream = matches!(self.kind, GuardKind::Version | GuardKind::Refold);
        let mut keys = std::mem::take(&mut self.keys);
        keys.clear();
        let routed = self.route(event, &mut keys);
        let unhandled = routed.is_ok() && keys.is_empty();
        let unrecorded =
            self.streams.items[id].extra.as_ref().is_some_and(|extra| extra.cursor_wanted);
        if unhandled && !parked && !unrecorded && !self.streams.items[id].head.is_some() {
            self.passed(id, offered.receipt);
            self.keys = keys;
            return;
        }
        let work = self.work(id, &offered);
        if unrecorded {
            // A hole below it is not on record yet.
            self.works[work].left += 1;
            self.streams.items[id].extra().cursor_waiters.push(work);
            self.unsave(id);
            self.cursors_soon = true;
        }
        match routed {
            _ if parked => self.park_behind(id, work),
            Ok(()) if unhandled => self.works[work].verdict = Some(Verdict::Filtered),
            Ok(()) => self.dispatch(work, event, &keys),
            // Where the key is the stream, it is known even when nothing else is.
            Err(fault) if by_stream => {
                self.works[work].rare().fault = Some(fault);
                keys.clear();
                keys.stream();
                self.dispatch(work, event, &keys);
            }
            Err(fault) => self.park_stream(id, work, fault),
        }
        self.keys = keys;
        self.complete_ready(id);
    }

    /// Names the documents that an event changes, within what stores and limits allow.
    pub(super) fn route(&self, event: Event<'_>, keys: &mut Keys) -> Result<(), Fault> {
        match event.fault() {
            Some(fault) => Err(fault.clone()),
            None => self.projection.route(event, keys).and_then(|()| keys.check()),
        }
    }

    /// An event that nothing handles, of a stream with nothing on its way: done at once.
    fn passed(&mut self, id: Id<Stream>, receipt: Option<Receipt>) {
        self.judge(receipt, Verdict::Filtered);
        self.unsave(id);
    }

    /// Makes the work of an accepted event, last of its stream.
    pub(super) fn work(&mut self, id: Id<Stream>, offered: &Offered<'_>) -> Id<Work> {
        let work = self.works.insert(Work {
            stream: id,
            version: offered.event.version(),
            next: Id::NONE,
            batch: offered.batch,
            index: offered.index,
            left: 0,
            verdict: None,
            out: Out::No,
            folded: false,
            receipt: offered.receipt,
            rare: None,
        });
        self.batches[offered.batch].users += 1;
        let stream = &mut self.streams.items[id];
        if stream.tail.is_some() {
            self.works[stream.tail].next = work;
        } else {
            stream.head = work;
        }
        self.streams.items[id].tail = work;
        work
    }

    /// The work of an event that is out of its stream's order.
    pub(super) fn out_work(&mut self, id: Id<Stream>, offered: &Offered<'_>, out: Out) -> Id<Work> {
        let work = self.work(id, offered);
        self.works[work].out = out;
        work
    }

    /// Keeps an event until the ones before it came.
    pub(super) fn hold(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        let index = offered.index as usize;
        if self.is_other_content(id, offered.event) {
            return self.hold_fork(id, offered);
        }
        // A held event gets bytes of its own, so that its batch can go.
        let alone = self.batches[offered.batch].batch.extract(index);
        self.bytes += alone.as_ref().map_or(0, |alone| alone.bytes());
        let (version, digest) = (offered.event.version(), offered.event.digest());
        self.hold_version(id, version, alone, offered.receipt);
        if let Some(held) = self.streams.items[id].extra().held.get_mut(&version) {
            held.digest = Some(digest);
        }
    }

    /// Whether the version is held already, with other content.
    fn is_other_content(&self, id: Id<Stream>, event: Event<'_>) -> bool {
        let extra = self.streams.items[id].extra.as_ref();
        let held = extra.and_then(|extra| extra.held.get(&event.version()));
        held.is_some_and(|held| {
            held.contested || held.digest.is_some_and(|digest| digest != event.digest())
        })
    }

    /// A fork among held events: history decides which one is offered, by its bytes; without
    /// history the second becomes a letter.
    fn hold_fork(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        if !self.source.history {
            return self.fork_letter(id, offered);
        }
        let version = offered.event.version();
        if let Some(held) = self.streams.items[id].extra().held.get_mut(&version) {
            let gone = held.event.take();
            held.contested = true;
            self.bytes = self.bytes.saturating_sub(gone.map_or(0, |event| event.bytes()));
        }
        self.hold_version(id, version, None, offered.receipt);
    }

    /// Notes that a version exists, and who waits for it.
    pub(super) fn hold_version(
        &mut self,
        id: Id<Stream>,
        version: u64,
        event: Option<Arc<Batch>>,
        receipt: Option<Receipt>,
    ) {
        if let Some(receipt) = receipt.filter(|receipt| receipt.ordinal != Receipt::SWEPT)
            && let Some(intake) = self.intakes.get_mut(receipt.slot as usize)
        {
            intake.held += 1;
        }
        let now = self.now;
        let held = self.streams.items[id].extra().held.entry(version).or_default();
        held.since.get_or_insert(now);
        held.receipts.extend(receipt);
        match (&held.event, event) {
            (None, event) => held.event = event,
            // The same version twice: the first one to come is offered, as without the gap.
            (Some(_), Some(again)) => self.bytes = self.bytes.saturating_sub(again.bytes()),
            (Some(_), None) => {}
        }
    }

    /// Takes a held event out, with its bytes and who waits for it.
    pub(super) fn take_held(&mut self, id: Id<Stream>, version: u64) -> Option<Held> {
        let held = self.streams.items[id].extra.as_mut()?.held.remove(&version)?;
        self.bytes = self.bytes.saturating_sub(held.event.as_ref().map_or(0, |e| e.bytes()));
        for receipt in held.receipts.iter().filter(|r| r.ordinal != Receipt::SWEPT) {
            if let Some(intake) = self.intakes.get_mut(receipt.slot as usize) {
                intake.held = intake.held.saturating_sub(1);
            }
        }
        Some(held)
    }

    /// Offers what is held and is no longer too early.
    pub(super) fn drain_held(&mut self, id: Id<Stream>) {
        loop {
            let Some(stream) = self.streams.items.get_mut(id) else { return };
            let held = stream.extra.as_ref().filter(|_| stream.known);
            let Some((version, lowest)) = held.and_then(|extra| extra.held.first_key_value())
            else {
                return stream.shed();
            };
            let version = *version;
            let early = version > stream.next || (version == stream.next && lowest.event.is_none());
            if early && self.source.resolves() {
                return self.gap(id);
            }
            let Some(held) = self.take_held(id, version) else { return };
            self.offer_held(id, version, held);
        }
    }

    fn offer_held(&mut self, id: Id<Stream>, version: u64, held: Held) {
        let mut receipts = held.receipts.into_iter();
        let known = held.event.map(|alone| (Arc::clone(&alone), alone.event(0).is_some()));
        if let Some((alone, true)) = known {
            let batch = self.keep(Arc::clone(&alone));
            if let Some(event) = alone.event(0) {
                let offered = Offered { event, batch, index: 0, receipt: receipts.next() };
                self.offer(id, offered);
            }
            self.unkeep(batch);
        }
        for receipt in receipts {
            self.duplicate(id, version, Some(receipt));
        }
    }

    /// Counts a duplicate: at once where its original is durable, else together with it.
    pub(super) fn duplicate(&mut self, id: Id<Stream>, version: u64, receipt: Option<Receipt>) {
        let Some(receipt) = receipt else { return };
        let mut at = self.streams.items[id].head;
        while at.is_some() {
            let work = &mut self.works[at];
            if work.version == version {
                work.rare().duplicates.push(receipt);
                return;
            }
            at = work.next;
        }
        self.judge(Some(receipt), Verdict::Duplicate);
    }

    /// Keeps a batch for the works that will borrow from it.
    pub(super) fn keep(&mut self, batch: Arc<Batch>) -> Id<Kept> {
        self.bytes += batch.bytes();
        self.batches.insert(Kept { batch, users: 1 })
    }

    /// Lets a batch go, if nobody borrows from it any more.
    pub(super) fn unkeep(&mut self, id: Id<Kept>) {
        let Some(kept) = self.batches.get_mut(id) else { return };
        kept.users = kept.users.saturating_sub(1);
        if kept.users == 0
            && let Some(kept) = self.batches.remove(id)
        {
            self.bytes = self.bytes.saturating_sub(kept.batch.bytes());
        }
    }
}

fn judge(source: &Source, stream: &Stream, event: Event<'_>) -> Sequence {
    let this = (event.version(), event.digest());
    sequence(source, stream.next, stream.holes(), &stream.digests, this)
}
