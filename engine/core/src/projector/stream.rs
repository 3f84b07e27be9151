//! What memory knows of one stream: how far it is seen, what of it is on its way, and, where
//! something is amiss, what is held, missing or parked. A cell is small: there is one for each
//! stream of the lane that was met lately.

use std::collections::{BTreeMap, VecDeque};

use crate::backoff::Backoff;
use crate::cursor::{Cursor, Digests};
use crate::effect::Ticket;
use crate::guard::{Epoch, Mark, Revision};
use crate::name::Name;
use crate::progress::{Holes, Progress};
use crate::time::Time;

use super::document::Document;
use super::few::Few;
use super::held::Place;
use super::intake::Receipt;
use super::recheck::Recheck;
use super::slab::{Id, Slab};
use super::table::Named;
use super::work::{Out, Work};

/// What memory knows of one stream.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "flags that are set and cleared on their own")]
pub(super) struct Stream {
    pub(super) name: Name,
    /// The lowest version that was not accepted; below `known`, meaningless.
    pub(super) next: u64,
    pub(super) digests: Digests,
    /// The events on their way, oldest first: a list through [`Work::next`].
    pub(super) head: Id<Work>,
    pub(super) tail: Id<Work>,
    /// The document whose key is this stream, if it is in memory.
    pub(super) document: Id<Document>,
    /// Whether `next` can be trusted.
    pub(super) known: bool,
    /// Used since the last look of the evictor.
    pub(super) touched: bool,
    /// Whether its cursor says less than is durably done.
    pub(super) unsaved: bool,
    /// Whether an event of it was accepted since the last partition was given up: before that
    /// others may have gone on with it.
    pub(super) begun: bool,
    pub(super) extra: Option<Box<Extra>>,
}

const _: () = assert!(
    size_of::<Stream>() + size_of::<u64>() <= 64 + size_of::<Name>(),
    "a stream's cell, and its place in the table, take at most 64 bytes beyond its name"
);

/// What only some streams have.
#[derive(Debug, Default)]
pub(super) struct Extra {
    pub(super) holes: Holes,
    /// Events that came too early, by version; and heads that a sweep told of.
    pub(super) held: BTreeMap<u64, Held>,
    /// Since when a version above this one is known while this one is missing, on the steady
    /// clock; see [`Extra::missing_since`].
    pub(super) gap_since: Option<(u64, Time)>,
    /// The read of history that is under way: one at a time.
    pub(super) read: Option<Read>,
    /// The holes are to be looked at again.
    pub(super) recheck: Option<Recheck>,
    /// When to try again what did not work.
    pub(super) timer: Option<Time>,
    pub(super) backoff: Option<Backoff>,
    /// How far the resolution of a stream that memory did not know has come.
    pub(super) resolve: Resolve,
    /// Whether the stream is read to its end before its document may be written.
    pub(super) to_end: bool,
    /// What the store holds as cursor, as far as it was read.
    pub(super) cursor: Option<(Cursor, Revision)>,
    /// The cursor is being read.
    pub(super) loading: Option<Ticket>,
    /// A cursor must be written, and events wait for it: holes below them.
    pub(super) cursor_wanted: bool,
    /// Events that wait for the cursor to be durable, and how many of them the save under way is
    /// for.
    pub(super) cursor_waiters: Vec<Id<Work>>,
    pub(super) waiters_sent: usize,
    /// The cursor being saved.
    pub(super) saving: Option<Cursor>,
    pub(super) parking: Option<Parking>,
    /// Epochs whose heads were found closed: their marks are removed wherever they are met.
    pub(super) closed: Option<Epoch>,
    /// Versions that came with other content, until history decides.
    pub(super) forks: BTreeMap<u64, Id<Work>>,
}

/// An event, or only the knowledge that it exists.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Its bytes; none where they went, or only its version is known.
    pub(super) event: Option<Place>,
    /// The digest of the first copy that came.
    pub(super) digest: Option<u32>,
    /// It came with two contents: only history's copy is taken.
    pub(super) contested: bool,
    /// Since when it is known to exist, on the steady clock.
    pub(super) since: Option<Time>,
    /// Who is told its verdict: the first as its own, the others as duplicates.
    pub(super) receipts: Few<Receipt, 1>,
}

impl Held {
    /// Whether a feed brought it; of some a sweep or history only told.
    pub(super) fn is_delivered(&self) -> bool {
        self.delivered().next().is_some()
    }

    /// Who waits for it because a feed brought it, and not because a sweep told of it.
    pub(super) fn delivered(&self) -> impl Iterator<Item = Receipt> {
        self.receipts.iter().copied().filter(|receipt| !receipt.is_swept())
    }
}

impl Extra {
    /// Since when this version, the next one, is known to be missing: since a higher one was
    /// first seen. What is held was seen before the versions below it were, so a stream with many
    /// holes waits for the proof of all of them at once.
    pub(super) fn missing_since(&mut self, next: u64, now: Time) -> Time {
        match self.gap_since {
            Some((version, since)) if version == next => since,
            _ => {
                let above = self.held.range(next.saturating_add(1)..);
                let since = above.filter_map(|(_, held)| held.since).min().unwrap_or(now);
                self.gap_since = Some((next, since));
                since
            }
        }
    }
}

/// A read of a stream's history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) why: Why,
    pub(super) from: u64,
    /// When it was asked for, on the steady clock.
    pub(super) asked: Time,
    pub(super) ticket: Ticket,
}

/// What a read of history is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Missing versions.
    Gap,
    /// A version that came with two contents.
    Fork,
    /// What is passed over, and may have come late.
    Recheck,
    /// Folding the stream's document anew.
    Refold,
}

/// How far a cold stream is resolved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Resolve {
    /// Nothing is under way.
    #[default]
    No,
    /// The document's guard is being loaded.
    Guard,
    /// The cursor is being loaded.
    Cursor,
    /// Nothing is known, and there is no history: what may still come before is waited for.
    Begin,
    /// Where it begins is being recorded.
    Record,
}

/// A stream whose key could not be told, from one version on.
#[derive(Debug)]
pub(super) struct Parking {
    pub(super) mark: Box<Mark>,
    /// Whether the mark is in the stored cursor.
    pub(super) durable: bool,
    /// Events that are to become letters, in order.
    pub(super) letters: VecDeque<Id<Work>>,
    /// How many of them are being appended.
    pub(super) appending: usize,
}

impl Named for Stream {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Extra {
    /// Whether the stream was parked before, as far as memory and the stored cursor know.
    pub(super) fn was_parked(&self) -> bool {
        self.closed.is_some() || self.cursor.as_ref().is_some_and(|(cursor, _)| cursor.parked_once)
    }

    /// Whether the cursor is being read or written.
    pub(super) fn is_cursor_busy(&self) -> bool {
        self.loading.is_some() || self.saving.is_some()
    }
}

impl Parking {
    /// A parking that the stored cursor tells of.
    pub(super) fn durable(mark: Box<Mark>) -> Parking {
        Parking { mark, durable: true, letters: VecDeque::new(), appending: 0 }
    }

    /// Whether the mark may be in the cursor: all that the stream has before the event that failed
    /// is durable when that event is the oldest on its way.
    pub(super) fn is_ripe(&self, head: Id<Work>) -> bool {
        self.durable || self.letters.front() == Some(&head)
    }
}

impl Extra {
    /// Whether nothing would be forgotten with it. A gap's age counts only while something is
    /// held above it.
    fn is_blank(&self) -> bool {
        let asks = self.read.is_some()
            || self.timer.is_some()
            || self.resolve != Resolve::No
            || self.recheck.is_some()
            || self.to_end
            || self.loading.is_some();
        let saves = self.cursor_wanted || self.saving.is_some() || !self.cursor_waiters.is_empty();
        let knows = !self.holes.is_empty()
            || self.cursor.is_some()
            || self.parking.is_some()
            || self.closed.is_some()
            || self.backoff.as_ref().is_some_and(|backoff| backoff.attempts() > 0);
        !asks && !saves && !knows && self.held.is_empty() && self.forks.is_empty()
    }
}

impl Stream {
    pub(super) fn new(name: Name) -> Stream {
        Stream {
            name,
            next: 0,
            digests: Digests::default(),
            head: Id::NONE,
            tail: Id::NONE,
            document: Id::NONE,
            known: false,
            touched: true,
            unsaved: false,
            begun: false,
            extra: None,
        }
    }

    /// The rare part, made when first needed.
    pub(super) fn extra(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }

    /// Lets the rare part go once it says nothing: a cold stream is looked up with it, and every
    /// stream begins cold.
    pub(super) fn shed(&mut self) {
        if self.extra.as_ref().is_some_and(|extra| extra.is_blank()) {
            self.extra = None;
        }
    }

    /// The holes known.
    pub(super) fn holes(&self) -> Option<&Holes> {
        self.extra.as_ref().map(|extra| &extra.holes)
    }

    /// Whether this version was passed over.
    pub(super) fn is_hole(&self, version: u64) -> bool {
        version < self.next && self.holes().is_some_and(|holes| holes.contains(version))
    }

    /// How far it is seen, as a guard would list it.
    pub(super) fn seen(&self) -> Progress {
        Progress { next: self.next, holes: self.holes().cloned().unwrap_or_default() }
    }

    /// What is on its way, in the order that it came in.
    pub(super) fn on_its_way<'w>(
        &self,
        works: &'w Slab<Work>,
    ) -> impl Iterator<Item = (Id<Work>, &'w Work)> + use<'w> {
        let mut next = self.head;
        std::iter::from_fn(move || {
            let id = next;
            let work = id.is_some().then(|| &works[id])?;
            next = work.next;
            Some((id, work))
        })
    }

    /// How far it is durably done: up to the oldest event on its way.
    pub(super) fn durable(&self, works: &Slab<Work>) -> Progress {
        let mut progress = self.seen();
        let mut lowest = None;
        for (_, work) in self.on_its_way(works) {
            if work.out == Out::No {
                lowest = lowest.or(Some(work.version));
            } else if work.out == Out::Fill {
                // It is a hole until it is durable.
                progress.holes.add(work.version, work.version);
            }
        }
        progress.next = lowest.unwrap_or(progress.next).min(progress.next);
        progress
    }

    /// The lowest version that is held.
    pub(super) fn lowest_held(&self) -> Option<u64> {
        self.extra.as_ref()?.held.first_key_value().map(|(version, _)| *version)
    }

    /// The lowest version that is held with its bytes.
    pub(super) fn lowest_held_whole(&self) -> Option<u64> {
        let mut held = self.extra.as_ref()?.held.iter();
        held.find(|(_, held)| held.event.is_some()).map(|(version, _)| *version)
    }

    /// The highest version that is held.
    pub(super) fn highest_held(&self) -> Option<u64> {
        self.extra.as_ref()?.held.last_key_value().map(|(version, _)| *version)
    }

    /// Whether something is held that cannot be accepted as it is.
    pub(super) fn has_gap(&self) -> bool {
        let lowest = self.extra.as_ref().and_then(|extra| extra.held.first_key_value());
        let blocked = lowest.is_some_and(|(version, held)| {
            *version > self.next || (*version == self.next && held.event.is_none())
        });
        blocked || self.extra.as_ref().is_some_and(|extra| extra.to_end)
    }

    /// Whether nothing of it is on its way, held or asked for.
    pub(super) fn is_idle(&self) -> bool {
        !self.head.is_some()
            && self.extra.as_ref().is_none_or(|extra| {
                extra.held.is_empty()
                    && extra.read.is_none()
                    && extra.timer.is_none()
                    && extra.recheck.is_none()
                    && !extra.is_cursor_busy()
                    && !extra.cursor_wanted
                    && extra.resolve == Resolve::No
                    && extra.parking.as_ref().is_none_or(|parking| parking.letters.is_empty())
                    && extra.forks.is_empty()
            })
    }
}
