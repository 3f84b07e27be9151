//! Keeps memory within its bound: what is clean, idle and was not used lately goes. A stream
//! goes only after its cursor is saved, where its document does not say as much. Where that is
//! not enough, what is held in gaps gives its bytes, and nothing more is fetched.

use crate::limits;
use crate::projection::Projection;

use super::Projector;
use super::document::Document;
use super::slab::Id;
use super::stream::Stream;

impl<P: Projection> Projector<P> {
    /// Lets go until three quarters of the bound are in use, when the bound is passed.
    pub(super) fn evict(&mut self) {
        if self.bytes <= self.tuning.memory {
            return;
        }
        let aim = self.tuning.memory / 4 * 3;
        // Twice around: the first takes back what was used lately, the second lets it go.
        for _ in 0..2 {
            for number in 0..self.documents.items.places() {
                if self.bytes <= aim {
                    return;
                }
                if let Some((id, _)) = self.documents.items.at(number) {
                    self.evict_document(id, false);
                }
            }
            for number in 0..self.streams.items.places() {
                if self.bytes <= aim {
                    return;
                }
                if let Some((id, _)) = self.streams.items.at(number) {
                    self.evict_stream(id, false);
                }
            }
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
        self.evicted += u64::from(!now);
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
        self.evicted += u64::from(!now);
    }
}
