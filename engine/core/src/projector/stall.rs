//! Holds a batch back under the guard by positions, where a partition's events go to the documents
//! in its order and none may wait alone. First all its streams must be known, for one may be
//! parked. Then, where a stream parks, the rest waits until that is on record: what comes after
//! would push the documents' positions past the event that failed, and an owner that begins
//! between the two, with the projection mended, would take it for done.

use crate::event::Event;
use crate::guard::GuardKind;
use crate::input::Fetched;
use crate::projection::Projection;

use super::Projector;
use super::slab::Id;
use super::stream::Stream;

/// A batch, and how far it is taken in.
#[derive(Debug)]
pub(super) struct Stalled {
    pub(super) fetched: Fetched,
    /// The ordinal of the batch's first event.
    pub(super) first: u64,
    /// How many of its events are taken in.
    pub(super) taken: usize,
    /// The stream whose mark must be durable before more of them are.
    pub(super) marking: Id<Stream>,
}

impl Stalled {
    /// A batch of which nothing is taken in yet.
    pub(super) fn new(fetched: Fetched, first: u64) -> Stalled {
        Stalled { fetched, first, taken: 0, marking: Id::NONE }
    }

    /// How many of its events are not taken in.
    pub(super) fn rest(&self) -> usize {
        self.fetched.batch.len().saturating_sub(self.taken)
    }
}

impl<P: Projection> Projector<P> {
    /// Takes in what may be taken of a batch, and keeps the rest.
    pub(super) fn take_in(&mut self, slot: u32, mut stalled: Stalled) {
        let awaits = self.is_marking(stalled.marking) || self.awaits_streams(&stalled);
        if !awaits {
            self.receive_all(slot, &mut stalled);
        }
        if (awaits || stalled.marking.is_some())
            && let Some(intake) = self.intakes.get_mut(slot as usize)
        {
            intake.stalled = Some(stalled);
        }
    }

    /// Goes on with batches that need not wait any more.
    pub(super) fn resume(&mut self) {
        for slot in 0..self.intakes.len() {
            let stalled = self.intakes.get_mut(slot).and_then(|intake| intake.stalled.take());
            let Some(stalled) = stalled else { continue };
            self.take_in(u32::try_from(slot).unwrap_or(u32::MAX), stalled);
        }
    }

    /// Whether something must be known first of a stream of what is left.
    fn awaits_streams(&mut self, stalled: &Stalled) -> bool {
        let mut awaits = false;
        if self.kind == GuardKind::Positions {
            let rest = stalled.fetched.batch.events().skip(stalled.taken);
            for event in rest.filter(|event| !event.stream().is_empty()) {
                let stream = self.stream_of(event.stream(), event.hash());
                if !self.streams.items[stream].known {
                    awaits = true;
                    self.resolve(stream);
                }
            }
        }
        awaits
    }

    /// The event's stream, where it is parked and that is not on record yet.
    pub(super) fn marking(&self, event: Event<'_>) -> Id<Stream> {
        if self.kind != GuardKind::Positions {
            return Id::NONE;
        }
        let stream = self.streams.find(event.stream(), event.hash());
        stream.filter(|stream| self.is_marking(*stream)).unwrap_or_default()
    }

    /// Whether the stream's mark is still to become durable.
    pub(super) fn is_marking(&self, stream: Id<Stream>) -> bool {
        let extra = self.streams.items.get(stream).and_then(|stream| stream.extra.as_ref());
        let parking = extra.and_then(|extra| extra.parking.as_ref());
        parking.is_some_and(|parking| !parking.durable)
    }
}
