//! Looks again at the holes of a stream that a sweep names. A hole may have been filled late, by
//! a record that the feed lost or trimmed before anybody read it: then nobody but history tells.
//! What is found is a late fill as any other, and the sweep waits until it is done.

use std::sync::Arc;

use crate::input::History;
use crate::progress::Holes;
use crate::projection::Projection;

use super::Projector;
use super::few::Few;
use super::intake::Receipt;
use super::order::Offered;
use super::slab::Id;
use super::stream::{Held, Stream};

/// A look at the holes of a stream.
#[derive(Debug, Default)]
pub(super) struct Recheck {
    /// Holes below this version were looked at.
    from: u64,
    /// Somebody asked for one while this one was under way, and may know of more.
    again: bool,
    /// Who waits for it.
    receipts: Few<Receipt, 1>,
}

impl<P: Projection> Projector<P> {
    /// A sweep named the stream, and all of it is in or on its way: what may have come late is
    /// looked for, then whoever waits is told.
    pub(super) fn recheck(&mut self, id: Id<Stream>, receipt: Option<Receipt>) {
        let stream = &mut self.streams.items[id];
        if stream.holes().is_none_or(Holes::is_empty) {
            return self.after_all(id, receipt);
        }
        let recheck = stream.extra().recheck.get_or_insert_default();
        recheck.again = recheck.from > 0;
        if let Some(receipt) = receipt {
            recheck.receipts.push(receipt);
        }
        self.read_next(id);
    }

    /// A version that was held is in or on its way: a sweep that told of it looks on.
    pub(super) fn recheck_told(&mut self, id: Id<Stream>, held: &Held) {
        let swept = held.receipts.iter().filter(|receipt| receipt.is_swept());
        for receipt in swept.copied().collect::<Vec<_>>() {
            self.recheck(id, Some(receipt));
        }
        if held.event.is_none() && held.receipts.is_empty() {
            self.recheck(id, None);
        }
    }

    /// From where to where history is to be read for a look at the holes.
    pub(super) fn unchecked(&self, id: Id<Stream>) -> Option<(u64, u64)> {
        let stream = &self.streams.items[id];
        let from = stream.extra.as_ref()?.recheck.as_ref()?.from;
        let holes = stream.holes()?.ranges();
        let (first, _) = holes.iter().find(|(_, to)| *to >= from)?;
        let (_, last) = holes.last()?;
        stream.known.then_some((from.max(*first), *last))
    }

    /// A page of history came: what is a hole here, and is there, comes late.
    pub(super) fn rechecked(&mut self, id: Id<Stream>, history: &History) {
        let batch = self.keep(Arc::clone(&history.batch));
        let mut last = None;
        for (index, event) in history.batch.events().enumerate() {
            last = Some(event.version());
            if self.streams.items[id].is_hole(event.version()) {
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                self.offer(id, Offered { event, batch, index, receipt: None });
            }
        }
        self.unkeep(batch);
        let Some(recheck) = &mut self.streams.items[id].extra().recheck else { return };
        recheck.from = match last {
            Some(last) if history.more => last.saturating_add(1),
            _ => u64::MAX,
        };
        self.end_recheck(id);
        self.read_next(id);
    }

    /// Where nothing is left to look at, whoever waits is told after what was found.
    fn end_recheck(&mut self, id: Id<Stream>) {
        if self.unchecked(id).is_some() {
            return;
        }
        let extra = self.streams.items[id].extra();
        let Some(recheck) = &mut extra.recheck else { return };
        if std::mem::take(&mut recheck.again) {
            recheck.from = 0;
            return;
        }
        let receipts = std::mem::take(&mut recheck.receipts);
        extra.recheck = None;
        for receipt in receipts.iter().copied() {
            self.after_all(id, Some(receipt));
        }
    }

    /// Tells who waits once all that the stream has on its way is done.
    fn after_all(&mut self, id: Id<Stream>, receipt: Option<Receipt>) {
        let Some(receipt) = receipt else { return };
        self.done_with(self.streams.items[id].tail, receipt);
    }
}
