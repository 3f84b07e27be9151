//! One document in memory: what the store held, what was folded since, and the events that wait
//! for it. At most one write of it is under way.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use crate::guard::{Epoch, Meta, Revision};
use crate::limits;
use crate::name::Name;
use crate::time::Time;
use crate::value::Value;

use super::few::{Few, Line};
use super::slab::Id;
use super::stream::Stream;
use super::table::Named;
use super::work::Work;

/// Whether a document's content is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not loaded; a load is to be asked for as soon as no write is under way.
    Wanted,
    /// A load is under way: the one of the ticket that ends in this number.
    Loading(u32),
    /// At hand.
    Ready,
    /// Being folded anew from history.
    Refolding,
}

/// One document in memory.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are set and cleared on their own")]
pub(super) struct Document {
    pub(super) key: Name,
    pub(super) state: State,
    pub(super) body: Arc<Value>,
    pub(super) meta: Meta,
    pub(super) revision: Option<Revision>,
    /// Changed since the last write was sent.
    pub(super) dirty: bool,
    pub(super) dirty_since: Time,
    /// A write of it is under way.
    pub(super) writing: bool,
    /// In the list of documents to be written.
    pub(super) listed: bool,
    pub(super) touched: bool,
    /// Events folded and not durable; the first `flying` of them are in the write under way.
    pub(super) folded: Few<Id<Work>, 3>,
    pub(super) flying: u32,
    /// Events to be judged when the document is at hand.
    pub(super) waiting: Line,
    /// The stream whose document this is, while that stream is in memory.
    pub(super) stream: Id<Stream>,
    pub(super) rare: Option<Box<Rare>>,
    /// Bytes counted for it.
    pub(super) bytes: u32,
}

const _: () = assert!(size_of::<Document>() <= 192, "an event finds its document in three lines");

/// What only some documents have.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are set and cleared on their own")]
pub(super) struct Rare {
    /// What memory has of it is worth nothing.
    pub(super) tainted: bool,
    /// Something failed: events are folded one at a time, on a copy, and each is written alone.
    pub(super) careful: bool,
    /// Whether the stored document carries the mark.
    pub(super) mark_durable: bool,
    /// The mark that the write under way carries.
    pub(super) flying_mark: Option<Epoch>,
    /// Up to where the content was folded anew from history since it was loaded or written.
    pub(super) refolded: Option<u64>,
    /// Rows of a ledger that were changed since the last write, and by the one under way.
    pub(super) changed: BTreeSet<Name>,
    pub(super) changed_flying: BTreeSet<Name>,
    /// Events that are to become letters, in order.
    pub(super) letters: VecDeque<Id<Work>>,
    /// How many of them are being appended.
    pub(super) appending: usize,
    /// The head of this epoch was found closed: its mark is to be removed.
    pub(super) closed: Option<Epoch>,
    /// A partition was given up since it was loaded: others may have written it.
    pub(super) doubted: bool,
    /// Its stream is being read to its end; until then nothing of it may be seen.
    pub(super) unfinished: bool,
    /// The guard moved on in memory, and nothing was written for it.
    pub(super) guard_moved: bool,
    /// Rows of a ledger to load.
    pub(super) rows: Vec<Name>,
    pub(super) refold: Option<Refold>,
    /// Why the store will not take what history folds to.
    pub(super) refused: Option<crate::fault::Fault>,
}

/// A document being folded anew from its stream's history.
#[derive(Debug)]
pub(super) struct Refold {
    pub(super) body: Value,
    pub(super) meta: Meta,
    /// Sort keys that history has not shown yet, though the feed brought them.
    pub(super) missing: Vec<Name>,
    /// Where reading goes on.
    pub(super) from: u64,
    /// How many of the waiting events came before the read: it serves them.
    pub(super) serving: usize,
    /// The event that cannot be folded, if one was met.
    pub(super) fault: Option<(u64, crate::fault::Fault)>,
    /// History knew less than the store: it is to begin again, and how often it did.
    pub(super) again: bool,
    pub(super) tries: u32,
}

impl Named for Document {
    fn name(&self) -> &str {
        &self.key
    }
}

impl Document {
    pub(super) fn new(key: Name, meta: Meta) -> Document {
        Document {
            key,
            state: State::Wanted,
            body: Arc::default(),
            meta,
            revision: None,
            dirty: false,
            dirty_since: Time(0),
            writing: false,
            listed: false,
            touched: true,
            folded: Few::default(),
            flying: 0,
            waiting: Line::default(),
            stream: Id::NONE,
            rare: None,
            bytes: 0,
        }
    }

    /// The rare part, made when first needed.
    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    pub(super) fn is_careful(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.careful)
    }

    /// Whether what memory has of it is worth nothing.
    pub(super) fn is_tainted(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.tainted)
    }

    pub(super) fn is_unfinished(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.unfinished)
    }

    /// Whether letters are under way behind a mark that is gone: they are answered before what
    /// comes after them is judged.
    fn is_in_limbo(&self) -> bool {
        let letters = self.rare.as_ref().is_some_and(|rare| !rare.letters.is_empty());
        letters && self.meta.mark.is_none()
    }

    /// How many of the folded events are in the write under way.
    pub(super) fn flown(&self) -> usize {
        self.flying as usize
    }

    /// Whether events can be folded into it now.
    pub(super) fn takes(&self) -> bool {
        self.state == State::Ready
            && !self.is_in_limbo()
            && !(self.is_careful() && (self.dirty || self.writing) && self.meta.mark.is_none())
    }

    /// Whether it would take events, if they had not to be written one by one, and nothing of it is
    /// stored or on its way to be.
    pub(super) fn is_rising(&self) -> bool {
        let absent = self.revision.is_none() && !self.writing;
        absent && self.state == State::Ready && self.is_careful() && !self.is_in_limbo()
    }

    /// Whether others may have written it, and no write under way will tell.
    pub(super) fn is_doubtful(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.doubted)
            && self.state == State::Ready
            && !self.dirty
            && !self.writing
    }

    /// Whether a ledger's rows must be written before more are folded: one transaction takes so
    /// many. Into a marked document nothing more is folded.
    pub(super) fn is_full_of_rows(&self) -> bool {
        let full = self.folded.len() >= limits::LEDGER_ROWS_MAX && self.dirty;
        full && self.meta.mark.is_none()
    }

    /// Whether nothing of it is on its way or waiting.
    pub(super) fn is_idle(&self) -> bool {
        !self.dirty
            && !self.writing
            && self.state == State::Ready
            && self.folded.is_empty()
            && self.waiting.is_empty()
            && self.rare.as_ref().is_none_or(|rare| rare.letters.is_empty() && !rare.unfinished)
    }

    /// Puts all that is folded and not durable back before what waits: it will be judged anew.
    /// So will what was to park after it, unless its letters are under way already.
    pub(super) fn unfold(&mut self) {
        if let Some(rare) = self.rare.as_mut().filter(|rare| rare.appending == 0) {
            for work in rare.letters.drain(..).rev() {
                self.waiting.push_front(work);
            }
        }
        for work in std::mem::take(&mut self.folded).iter().rev() {
            self.waiting.push_front(*work);
        }
        self.flying = 0;
        self.dirty = false;
        if let Some(rare) = &mut self.rare {
            rare.changed.clear();
            rare.changed_flying.clear();
        }
    }

    /// Looks at each line of memory that an event will need; what it returns means nothing.
    pub(super) fn look(&self) -> (usize, bool) {
        let own = self.key.len() ^ self.weight() ^ self.folded.len() ^ self.flown();
        let dates = self.dirty_since.0 ^ self.revision.map_or(0, |revision| revision.0);
        (own, dates == 0 || matches!(*self.body, Value::Null))
    }

    /// Roughly the bytes it takes in memory.
    pub(super) fn weigh(&self) -> u32 {
        let own = size_of::<Document>() + self.key.len();
        u32::try_from(own + self.body.bytes() + self.meta.bytes()).unwrap_or(u32::MAX)
    }

    /// The bytes counted for it.
    pub(super) fn weight(&self) -> usize {
        self.bytes as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;
    use crate::guard::{GuardKind, Mark};
    use crate::projector::slab::Slab;

    /// It would wait for a write that takes rows nobody folds any more: for ever.
    #[test]
    fn a_marked_document_does_not_wait_for_its_rows_to_be_written() {
        let mut document = Document::new(Name::from("k"), Meta::empty(GuardKind::Ledger, 1));
        (0..98).map(Slab::id).for_each(|work| document.folded.push(work));
        document.dirty = true;
        assert!(document.is_full_of_rows());
        let (stream, fault) = (Name::from("s"), Fault::new("odd", "it failed"));
        let mark = Mark { epoch: Epoch(1), stream, version: 1, fault };
        document.meta.mark = Some(Box::new(mark));
        assert!(!document.is_full_of_rows());
    }

    #[test]
    fn only_rows_that_a_write_will_take_make_a_document_wait_for_it() {
        let mut document = Document::new(Name::from("k"), Meta::empty(GuardKind::Ledger, 1));
        (0..97).map(Slab::id).for_each(|work| document.folded.push(work));
        document.dirty = true;
        assert!(!document.is_full_of_rows());
        document.folded.push(Slab::id(97));
        document.dirty = false;
        assert!(!document.is_full_of_rows());
        document.dirty = true;
        assert!(document.is_full_of_rows());
    }

    fn at_hand() -> Document {
        let mut document = Document::new(Name::from("k"), Meta::empty(GuardKind::Version, 1));
        document.state = State::Ready;
        document.rare();
        document
    }

    /// Each of these alone keeps it in memory, and keeps what was amiss with it from being over.
    #[test]
    fn a_document_is_idle_when_nothing_of_it_is_on_its_way_or_waits() {
        assert!(at_hand().is_idle());
        let amiss: [fn(&mut Document); 7] = [
            |document| document.dirty = true,
            |document| document.writing = true,
            |document| document.state = State::Wanted,
            |document| document.folded.push(Slab::id(1)),
            |document| document.waiting.push_back(Slab::id(1)),
            |document| document.rare().letters.push_back(Slab::id(1)),
            |document| document.rare().unfinished = true,
        ];
        for (number, amiss) in amiss.iter().enumerate() {
            let mut document = at_hand();
            amiss(&mut document);
            assert!(!document.is_idle(), "{number}");
        }
    }

    #[test]
    fn a_document_is_doubtful_while_no_write_of_it_will_tell() {
        let doubted = || {
            let mut document = at_hand();
            document.rare().doubted = true;
            document
        };
        assert!(doubted().is_doubtful() && !at_hand().is_doubtful());
        let told: [fn(&mut Document); 3] = [
            |document| document.state = State::Wanted,
            |document| document.dirty = true,
            |document| document.writing = true,
        ];
        for (number, told) in told.iter().enumerate() {
            let mut document = doubted();
            told(&mut document);
            assert!(!document.is_doubtful(), "{number}");
        }
    }

    /// Where each event is written alone, only what nobody can see yet is folded in one go.
    #[test]
    fn a_document_rises_while_nothing_of_it_is_stored_or_on_its_way() {
        let careful = || {
            let mut document = at_hand();
            document.rare().careful = true;
            document.dirty = true;
            document
        };
        assert!(careful().is_rising() && !careful().takes());
        let not: [fn(&mut Document); 5] = [
            |document| document.rare().careful = false,
            |document| document.revision = Some(Revision(1, 0)),
            |document| document.writing = true,
            |document| document.state = State::Refolding,
            |document| document.rare().letters.push_back(Slab::id(1)),
        ];
        for (number, not) in not.iter().enumerate() {
            let mut document = careful();
            not(&mut document);
            assert!(!document.is_rising(), "{number}");
        }
    }
}
