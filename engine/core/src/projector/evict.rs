//! Keeps memory within its bound: what is clean, idle and was not used lately goes. A stream
//! goes only after its cursor is saved, where its document does not say as much. Where that is
//! not enough, what is held in gaps gives its bytes, and nothing more is fetched.

use crate::limits;
use crate::projection::Projection;

use super::Projector;
use super::document::Document;
use super::slab::Id;
use super::stream::Stream;

/// Where the walk that makes room stands: it goes on in the next step, so that none walks through
/// all that is in memory.
#[derive(Debug, Default)]
pub(super) struct Hand {
    at: usize,
    /// Places looked at since the last thing that went.
    vain: usize,
    /// Documents and streams that went so far.
    pub(super) gone: u64,
}

impl<P: Projection> Projector<P> {
    /// Lets go until three quarters of the bound are in use, when the bound is passed.
    pub(super) fn evict(&mut self) {
        if self.bytes <= self.tuning.memory {
            self.hand.vain = 0;
            return;
        }
        let aim = self.tuning.memory / 4 * 3;
        for _ in 0..self.round().min(limits::EVICT_LOOKS_MAX) {
            if self.bytes <= aim {
                self.hand.vain = 0;
                return;
            }
            let before = self.hand.gone;
            self.look();
            self.hand.vain = if self.hand.gone > before { 0 } else { self.hand.vain + 1 };
        }
        if self.is_evicting() {
            return;
        }
        // Nothing more is idle. What waits in a gap gives its bytes: history has them too, or
        // else the batches go that it came in.
        if self.bytes > self.tuning.memory && self.source.history && !self.keeps_held {
            self.let_held_go();
        } else if self.bytes > self.tuning.memory {
            while self.take_back() {}
        }
        // The rest must be written first.
        self.urgent |= !self.dirty.is_empty();
        if !self.cursors_unsaved.is_empty() && self.saves.is_empty() {
            self.cursors_all = true;
            self.save_cursors();
        }
    }

    /// How many looks find all that can go: the first at a thing takes back what was used lately,
    /// the second lets it go.
    fn round(&self) -> usize {
        2 * (self.documents.items.places() + self.streams.items.places())
    }

    /// Whether room is to be made, and there may be more to let go of.
    pub(super) fn is_evicting(&self) -> bool {
        self.bytes > self.tuning.memory && self.hand.vain < self.round()
    }

    /// Looks at the next place, and lets go of what is there if it can.
    fn look(&mut self) {
        let (documents, streams) = (self.documents.items.places(), self.streams.items.places());
        let at = self.hand.at;
        self.hand.at = (at + 1) % (documents + streams).max(1);
        if let Some((id, _)) = self.documents.items.at(at) {
            self.evict_document(id, false);
        } else if let Some((id, _)) =
            at.checked_sub(documents).and_then(|at| self.streams.items.at(at))
        {
            self.evict_stream(id, false);
        }
    }

    /// Whether memory takes another batch. Above the bound it takes none until
    /// something becomes durable and goes. Only where there is no history may nothing ever do so,
    /// because what is held waits for what the feed alone can bring: then as much again is lent.
    pub(super) fn has_memory(&self) -> bool {
        let waits = self.whole > 0 && !self.source.history;
        let lent = if waits { limits::MEMORY_LENT } else { 1 };
        self.bytes <= self.tuning.memory.saturating_mul(lent)
    }

    /// Lets go of all that is idle: others go on with it.
    pub(super) fn forget_idle(&mut self) {
        for number in 0..self.documents.items.places() {
            if let Some((id, _)) = self.documents.items.at(number) {
                self.evict_document(id, true);
            }
        }
        for number in 0..self.streams.items.places() {
            if let Some((id, _)) = self.streams.items.at(number) {
                self.evict_stream(id, true);
            }
        }
    }

    fn evict_document(&mut self, id: Id<Document>, now: bool) {
        let document = &mut self.documents.items[id];
        if std::mem::take(&mut document.touched) && !now {
            return;
        }
        if !document.is_idle() || document.listed {
            return;
        }
        let stream = document.stream;
        let bytes = document.weight();
        // What the document says of its stream is being asked for.
        if self.streams.items.get(stream).is_some_and(|stream| !stream.is_idle()) {
            return;
        }
        if let Some(stream) = self.streams.items.get_mut(stream) {
            stream.document = Id::NONE;
        }
        self.documents.remove(id);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.hand.gone += u64::from(!now);
    }

    fn evict_stream(&mut self, id: Id<Stream>, now: bool) {
        let stream = &mut self.streams.items[id];
        if std::mem::take(&mut stream.touched) && !now {
            return;
        }
        if !stream.is_idle()
            || stream.unsaved
            || self.documents.items.get(stream.document).is_some()
        {
            return;
        }
        let bytes = size_of::<Stream>() + stream.name.len();
        self.cursors_wanted.remove(&id);
        self.streams.remove(id);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.hand.gone += u64::from(!now);
    }
}
