//! Finds the streams of the events that come next, and looks at their cells and documents, before
//! any of them is judged. What a lane knows is far larger than a core's caches, and an event's way
//! through it is a chain of look-ups that wait for each other; those of different events do not,
//! so memory answers many of them at once where they are asked in one short loop. Nothing rests
//! on it: an event that was not looked at is judged alike, only later.

use std::hint::black_box;

use crate::event::Batch;
use crate::limits::LOOKED_AHEAD;
use crate::projection::Projection;

use super::Projector;
use super::document::Document;
use super::slab::Id;
use super::stream::Stream;

impl<P: Projection> Projector<P> {
    /// Looks up the events of the batch from this one on, as many as [`LOOKED_AHEAD`].
    /// Their streams, as far as they are known, are put into `met`.
    pub(super) fn look_ahead(&self, batch: &Batch, from: usize, met: &mut Vec<Id<Stream>>) {
        met.clear();
        for event in (from..from + LOOKED_AHEAD).map_while(|index| batch.event(index)) {
            let ours = self.lane.takes(event.hash());
            let stream = ours.then(|| self.streams.find(event.stream(), event.hash())).flatten();
            met.push(stream.unwrap_or(Id::NONE));
        }
        for stream in met {
            let document = self.streams.items.get(*stream).map(|stream| stream.document);
            let document = document.and_then(|document| self.documents.items.get(document));
            black_box(document.map(Document::look));
        }
    }
}
