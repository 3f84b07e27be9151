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
use super::stream::Stream;
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
        let by_stream = self.kind.is_by_stream();
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
            // It lies below the stream's beginning: no hole, but what was left out.
            Sequence::LateFill if self.is_before(offered.event) => {
                self.judge(offered.receipt, Verdict::Filtered);
            }
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
        let by_stream = self.kind.is_by_stream();
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
        if self.is_by_version(id) {
            self.works[work].rare().by_version = true;
        }
        match routed {
            _ if parked => self.park_behind(id, work),
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

    /// Whether positions say nothing of the stream's events, because it was parked before.
    fn is_by_version(&self, id: Id<Stream>) -> bool {
        let extra = self.streams.items[id].extra.as_ref();
        self.kind == GuardKind::Positions && extra.is_some_and(|extra| extra.was_parked())
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

    /// Counts a duplicate: at once where its original is durable, else together with it.
    pub(super) fn duplicate(&mut self, id: Id<Stream>, version: u64, receipt: Option<Receipt>) {
        let Some(receipt) = receipt else { return };
        // A version may be on its way twice, with two contents: works complete in order, and with
        // the last of them both are done.
        let works = self.streams.items[id].on_its_way(&self.works);
        let last = works.filter(|(_, work)| work.version == version).last();
        self.done_with(last.map_or(Id::NONE, |(work, _)| work), receipt);
    }

    /// Tells who waits when this work is done: at once where it is, or was never there.
    pub(super) fn done_with(&mut self, work: Id<Work>, receipt: Receipt) {
        match self.works.get_mut(work) {
            Some(work) => work.rare().duplicates.push(receipt),
            None => self.judge(Some(receipt), Verdict::Duplicate),
        }
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
            self.lent.retain(|lent| lent.batch != id);
        }
    }
}

fn judge(source: &Source, stream: &Stream, event: Event<'_>) -> Sequence {
    let this = (event.version(), event.digest());
    sequence(source, stream.next, stream.holes(), &stream.digests, this)
}
