//! Judges anew what was to park its stream: an operator's retry drained the parking, or another
//! owner came further before our mark was durable. The stored cursor is asked first, as it says
//! what documents cannot: what operators dropped, and what was passed over.

use crate::cursor::Cursor;
use crate::guard::Epoch;
use crate::letter::Cause;
use crate::progress::Standing;
use crate::projection::{Keys, Projection};

use super::Projector;
use super::park::BELOW_FIRST;
use super::slab::Id;
use super::stream::{Parking, Stream};
use super::work::{Out, Work};

impl Parking {
    /// Whether the event that failed is done, or passed over, before our mark is durable.
    pub(super) fn is_overtaken(&self, stored: Option<&Cursor>) -> bool {
        let settled = |cursor: &Cursor| cursor.done.judge(self.mark.version) != Standing::New;
        !self.durable && self.mark.fault.code != BELOW_FIRST && stored.is_some_and(settled)
    }
}

impl<P: Projection> Projector<P> {
    /// The stream's parking is over: its mark goes, and what was to park is dispatched anew.
    pub(super) fn stream_head_closed(&mut self, id: Id<Stream>, epoch: Epoch) {
        let extra = self.streams.items[id].extra();
        let Some(parking) = extra.parking.take_if(|it| it.mark.epoch == epoch) else { return };
        extra.closed = Some(epoch);
        self.unpark(id, parking);
    }

    /// What was to park is judged anew; the stream is as the stored cursor says.
    pub(super) fn unpark(&mut self, id: Id<Stream>, parking: Parking) {
        let extra = self.streams.items[id].extra();
        // Another owner may have parked the stream again since.
        let stored = extra.cursor.as_ref().and_then(|(cursor, _)| cursor.mark.clone());
        let closed = extra.closed;
        extra.parking = stored.filter(|mark| closed != Some(mark.epoch)).map(Parking::durable);
        extra.cursor_wanted = true;
        self.unsave(id);
        for work in parking.letters {
            self.dispatch_again(id, work);
        }
    }

    /// Dispatches an event that was to become a letter of its stream.
    fn dispatch_again(&mut self, id: Id<Stream>, work: Id<Work>) {
        self.works[work].left -= 1;
        self.works[work].rare().by_version = true;
        let standing = self.stored_standing(id, work);
        if standing == Standing::Covered {
            self.works[work].meet(crate::checkpoint::Verdict::Duplicate);
            return self.complete_ready(id);
        }
        if standing == Standing::New && self.streams.items[id].extra().parking.is_some() {
            return self.park_behind(id, work);
        }
        let kept = self.works[work].batch;
        let index = self.works[work].index as usize;
        let Some(batch) = self.batches.get(kept).map(|kept| kept.batch.clone()) else { return };
        let Some(event) = batch.event(index) else { return };
        let mut keys = Keys::default();
        let routed = self.route(event, &mut keys);
        match routed {
            _ if standing == Standing::LateFill => {
                self.works[work].rare().fault = routed.err();
                self.late_after_all(id, work);
            }
            Ok(()) => self.dispatch(work, event, &keys),
            Err(fault) => self.park_stream(id, work, fault),
        }
        self.complete_ready(id);
    }

    /// How the event stands to what the stored cursor says of its stream.
    fn stored_standing(&self, id: Id<Stream>, work: Id<Work>) -> Standing {
        let version = self.works[work].version;
        let extra = self.streams.items[id].extra.as_ref();
        let cursor = extra.and_then(|extra| extra.cursor.as_ref());
        // What lies below the first version is in no cursor.
        let cursor = cursor.filter(|_| version >= self.source.first);
        cursor.map_or(Standing::New, |(cursor, _)| cursor.done.judge(version))
    }

    /// It came in its order, and others passed it over meanwhile: there what follows it is in.
    fn late_after_all(&mut self, id: Id<Stream>, work: Id<Work>) {
        let version = self.works[work].version;
        self.works[work].out = Out::Fill;
        self.any_holes = true;
        self.streams.items[id].extra().holes.add(version, version);
        self.loose_letter(id, work, Cause::Late);
    }
}
