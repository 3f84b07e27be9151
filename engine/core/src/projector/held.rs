//! Keeps what came too early until the events before it came. Most of it goes on within its own
//! batch, so a held event stays in the batch that brought it; when events of
//! [`limits::HELD_BATCHES_MAX`] younger batches are held, or memory is short, it gets bytes of its
//! own, so that its batch can go. Where memory is short for long and there is history, its bytes
//! go too: that it exists is remembered, and history brings it again.

use std::sync::Arc;

use crate::event::{Batch, Event};
use crate::limits;
use crate::projection::Projection;

use super::Projector;
use super::intake::Receipt;
use super::order::Offered;
use super::slab::{Id, Slab};
use super::stream::{Held, Stream};
use super::work::Kept;

/// Where the bytes of a held event are; it counts among the users of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) batch: Id<Kept>,
    pub(super) index: u32,
}

/// A batch of several events that some of them, held, keep in memory.
#[derive(Debug)]
pub(super) struct Lent {
    pub(super) batch: Id<Kept>,
    /// Those that were held when they came.
    pub(super) held: Vec<(Id<Stream>, u64)>,
}

impl Place {
    /// The event there.
    pub(super) fn event(self, batches: &Slab<Kept>) -> Option<Event<'_>> {
        batches.get(self.batch)?.batch.event(self.index as usize)
    }
}

impl<P: Projection> Projector<P> {
    /// Keeps an event until the ones before it came.
    pub(super) fn hold(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        if self.is_other_content(id, offered.event) {
            return self.hold_fork(id, offered);
        }
        let (version, digest) = (offered.event.version(), offered.event.digest());
        let place = Place { batch: offered.batch, index: offered.index };
        let held = self.hold_version(id, version, offered.receipt);
        held.digest = Some(digest);
        // The same version twice: the first one to come is offered, as without the gap.
        if held.event.is_none() {
            held.event = Some(place);
            self.lend(id, version, place.batch);
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
        let held = self.hold_version(id, offered.event.version(), offered.receipt);
        held.contested = true;
        let gone = held.event.take();
        self.let_bytes_go(gone);
    }

    /// Notes that a version exists, and who waits for it.
    pub(super) fn hold_version(
        &mut self,
        id: Id<Stream>,
        version: u64,
        receipt: Option<Receipt>,
    ) -> &mut Held {
        if let Some(receipt) = receipt.filter(|receipt| !receipt.is_swept())
            && let Some(intake) = self.intakes.get_mut(receipt.slot as usize)
            && intake.owns(receipt)
        {
            intake.held += 1;
        }
        let now = self.now;
        let held = self.streams.items[id].extra().held.entry(version).or_default();
        held.since.get_or_insert(now);
        if let Some(receipt) = receipt {
            held.receipts.push(receipt);
        }
        held
    }

    /// Notes that a held event keeps its batch; an event that is alone in its batch has bytes of
    /// its own.
    fn lend(&mut self, id: Id<Stream>, version: u64, batch: Id<Kept>) {
        self.whole += 1;
        let kept = &mut self.batches[batch];
        kept.users += 1;
        if kept.batch.len() == 1 {
            return;
        }
        match self.lent.back_mut().filter(|lent| lent.batch == batch) {
            Some(lent) => lent.held.push((id, version)),
            None => self.lent.push_back(Lent { batch, held: vec![(id, version)] }),
        }
        if self.lent.len() > limits::HELD_BATCHES_MAX {
            self.take_back();
        }
    }

    /// Gives what is still held of the oldest batch bytes of its own; false where there is none.
    pub(super) fn take_back(&mut self) -> bool {
        let Some(lent) = self.lent.pop_front() else { return false };
        for (id, version) in lent.held {
            let Some(place) = self.place_of(id, version).filter(|it| it.batch == lent.batch) else {
                continue;
            };
            let kept = self.batches.get(place.batch);
            let Some(alone) = kept.and_then(|kept| kept.batch.extract(place.index as usize)) else {
                continue;
            };
            let own = Place { batch: self.keep(alone), index: 0 };
            self.put_at(id, version, Some(own));
            self.unkeep(place.batch);
        }
        true
    }

    fn place_of(&self, id: Id<Stream>, version: u64) -> Option<Place> {
        self.streams.items.get(id)?.extra.as_ref()?.held.get(&version)?.event
    }

    fn put_at(&mut self, id: Id<Stream>, version: u64, place: Option<Place>) {
        let held = self.streams.items[id].extra().held.get_mut(&version);
        if let Some(held) = held {
            held.event = place;
        }
    }

    /// Lets the bytes of all that waits in gaps go; that it exists is remembered, and history
    /// brings it again. What only waits until its stream is looked up is not held for long.
    pub(super) fn let_held_go(&mut self) {
        for number in 0..self.streams.items.places() {
            if self.whole == 0 {
                return;
            }
            let stream = self.streams.items.at(number);
            let known = stream.filter(|(_, stream)| stream.known);
            let held = known.and_then(|(id, stream)| Some((id, stream.extra.as_ref()?)));
            let Some((id, extra)) = held else { continue };
            let whole = extra.held.iter().filter(|(_, held)| held.event.is_some());
            let versions: Vec<u64> = whole.map(|(version, _)| *version).collect();
            for version in versions {
                let gone = self.place_of(id, version);
                self.put_at(id, version, None);
                self.let_bytes_go(gone);
            }
        }
    }

    /// Whether the feed brought one of these versions, and memory let its bytes go.
    pub(super) fn was_let_go(&self, id: Id<Stream>, from: u64, to: u64) -> bool {
        let extra = self.streams.items[id].extra.as_ref();
        let held = extra.into_iter().flat_map(|extra| extra.held.range(from..=to));
        held.into_iter()
            .any(|(_, held)| held.event.is_none() && held.is_delivered() && !held.contested)
    }

    /// Nobody holds the event any more: its batch may go.
    pub(super) fn let_bytes_go(&mut self, place: Option<Place>) {
        if let Some(place) = place {
            self.whole -= 1;
            self.unkeep(place.batch);
        }
    }

    /// Takes a held event out, with who waits for it; its bytes are let go of when it is offered.
    pub(super) fn take_held(&mut self, id: Id<Stream>, version: u64) -> Option<Held> {
        let held = self.streams.items[id].extra.as_mut()?.held.remove(&version)?;
        for receipt in held.delivered() {
            let intake = self.intakes.get_mut(receipt.slot as usize);
            if let Some(intake) = intake.filter(|intake| intake.owns(receipt)) {
                intake.held = intake.held.saturating_sub(1);
            }
        }
        Some(held)
    }

    /// Offers what is held and is no longer too early.
    pub(super) fn drain_held(&mut self, id: Id<Stream>) {
        let mut batch = Arc::default();
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
            if lowest.event.is_none() && lowest.is_delivered() && stream.is_hole(version) {
                // The feed had it, memory let its bytes go, and another owner passed it over
                // meanwhile: it is a late fill, and must be read again to be one.
                self.keeps_held = true;
                return self.rewind();
            }
            let Some(held) = self.take_held(id, version) else { return };
            self.offer_held(id, version, &held, &mut batch, Self::offer);
        }
    }

    /// Offers a held event; `last` is the batch of the one before, which is often the same:
    /// machines on several cores share it, and should not all count who uses it.
    pub(super) fn offer_held(
        &mut self,
        id: Id<Stream>,
        version: u64,
        held: &Held,
        last: &mut Arc<Batch>,
        offer: impl FnOnce(&mut Self, Id<Stream>, Offered<'_>),
    ) {
        let mut receipts = held.delivered();
        if let Some(Place { batch, index }) = held.event {
            let kept = &self.batches[batch];
            if !Arc::ptr_eq(&kept.batch, last) {
                last.clone_from(&kept.batch);
            }
            if let Some(event) = last.event(index as usize) {
                offer(self, id, Offered { event, batch, index, receipt: receipts.next() });
            }
            self.let_bytes_go(held.event);
        }
        for receipt in receipts {
            self.duplicate(id, version, Some(receipt));
        }
        self.recheck_told(id, held);
    }
}
