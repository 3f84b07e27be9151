//! An accepted event on its way: accepted, and not yet durable in every document that it
//! changes. A stream's works complete in the order of the stream, so that what is durably done
//! of it is always one contiguous run, whatever the stores answer first.

use crate::checkpoint::Verdict;
use crate::event::{Batch, Event};
use crate::fault::Fault;

use super::intake::Receipt;
use super::slab::{Id, Slab};
use super::stream::Stream;
use std::sync::Arc;

/// A batch that works borrow their events from. Counted here, not by its `Arc`: machines on
/// several cores share the batch, and must not share a counter.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) batch: Arc<Batch>,
    pub(super) users: u32,
}

/// An accepted event.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) stream: Id<Stream>,
    pub(super) version: u64,
    /// The next work of the same stream.
    pub(super) next: Id<Work>,
    pub(super) batch: Id<Kept>,
    pub(super) index: u32,
    /// Documents, letters and cursors that are not durable yet.
    pub(super) left: u16,
    pub(super) verdict: Option<Verdict>,
    /// Whether, and why, it is out of its stream's order.
    pub(super) out: Out,
    /// Whether it was folded once: then a guard that covers it does so because of us.
    pub(super) folded: bool,
    pub(super) receipt: Option<Receipt>,
    pub(super) rare: Option<Box<Rare>>,
}

/// Whether a work is out of its stream's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Out {
    /// It is not.
    No,
    /// It fills a hole.
    Fill,
    /// Its version is in with other content.
    Fork,
    /// It has no place in the order at all.
    Loose,
}

/// What only some works have.
#[derive(Debug, Default)]
pub(super) struct Rare {
    /// Of a fork: the digest of the right content, once history said it.
    pub(super) right: Option<u32>,
    /// Why it cannot be folded, where that is known before it is tried.
    pub(super) fault: Option<Fault>,
    /// Its stream was parked before: under the guard by positions other streams have pushed the
    /// documents' positions on, and its version tells what they have of it.
    pub(super) by_version: bool,
    /// Duplicates that arrived while it was on its way: done when it is.
    pub(super) duplicates: Vec<Receipt>,
}

impl Work {
    /// The rare part, made when first needed.
    pub(super) fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Adds what happened with one of its documents: parked where one is parked, else applied
    /// where one is.
    pub(super) fn meet(&mut self, verdict: Verdict) {
        let rank = |verdict: Verdict| match verdict {
            Verdict::Parked => 5,
            Verdict::Applied => 4,
            Verdict::Discarded => 3,
            Verdict::Duplicate => 2,
            Verdict::Filtered => 1,
        };
        if self.verdict.is_none_or(|known| rank(verdict) > rank(known)) {
            self.verdict = Some(verdict);
        }
    }
}

/// The event of a work. Works hold their batch until they are freed.
pub(super) fn event_of<'b>(batches: &'b Slab<Kept>, work: &Work) -> Option<Event<'b>> {
    batches.get(work.batch)?.batch.event(work.index as usize)
}
