//! Reads and folds the pages of history that a document is folded anew from.
//!
//! Where events have versions, a page goes on after the last version of the one before. Without
//! versions an event's number is its place among the rows, and rows come and go between two
//! pages: a page goes on after the sort key of the last one. What came below it meanwhile brings
//! a fold of its own.

use crate::event::Event;
use crate::fault::Fault;
use crate::guard::Guard;
use crate::input::History;
use crate::name::Name;
use crate::progress::Standing;
use crate::projection::{Change, Keys, Projection};
use crate::value::Value;

use super::super::Projector;
use super::super::document::{Document, Refold, State};
use super::super::slab::Id;
use super::super::stream::Stream;

impl Refold {
    /// The sort key after which the next page begins; none where versions tell.
    pub(in crate::projector) fn after(&self) -> Option<Name> {
        match &self.meta.guard {
            Guard::Refold { last, .. } if !last.is_empty() => Some(last.clone()),
            _ => None,
        }
    }
}

impl<P: Projection> Projector<P> {
    /// A page of history came.
    pub(in crate::projector) fn refold_page(&mut self, id: Id<Stream>, history: &History) {
        let document = self.streams.items[id].document;
        let refold = self
            .documents
            .items
            .get_mut(document)
            .and_then(|document| document.rare.as_mut().and_then(|rare| rare.refold.take()));
        let Some(mut refold) = refold else { return self.read_next(id) };
        if self.documents.items[document].state != State::Refolding {
            self.documents.items[document].rare().refold = Some(refold);
            return;
        }
        let (mut last, mut missing) = (None, false);
        for event in history.batch.events() {
            last = Some(event.version());
            missing = !self.refold_event(id, document, &mut refold, event);
            if missing || refold.fault.is_some() {
                break;
            }
        }
        // Above what is missing nothing can be folded.
        let more = history.more && !missing && refold.fault.is_none();
        if let (true, Some(last)) = (more, last) {
            refold.from = last + 1;
            self.documents.items[document].rare().refold = Some(refold);
            return self.read_next(id);
        }
        self.end_refold(id, document, refold, history.oldest);
        self.read_next(id);
    }

    /// Folds one event of history; false where something is missing before it.
    fn refold_event(
        &mut self,
        id: Id<Stream>,
        document: Id<Document>,
        refold: &mut Refold,
        event: Event<'_>,
    ) -> bool {
        if let Guard::Version(progress) = &mut refold.meta.guard {
            let Guard::Version(stored) = &self.documents.items[document].meta.guard else {
                return false;
            };
            while progress.next < event.version() {
                let hole = progress.next;
                let seen = self.streams.items[id].holes();
                // What the document has, history lost: it is no hole, whatever the stream says.
                let known = match stored.judge(hole) {
                    Standing::LateFill => true,
                    Standing::Covered => false,
                    Standing::New => seen.is_some_and(|holes| holes.contains(hole)),
                };
                if !known {
                    return false;
                }
                progress.holes.add(hole, hole);
                progress.next = hole + 1;
            }
            progress.advance(event.version());
        }
        refold.missing.retain(|sort| sort != event.sort());
        if self.documents.items[document].meta.dropped.contains(event.version()) {
            return true;
        }
        if let Err(fault) = self.refold_apply(refold, event) {
            if let Guard::Version(progress) = &mut refold.meta.guard {
                progress.next = event.version();
            }
            refold.fault = Some((event.version(), fault));
            return true;
        }
        if let Guard::Refold { last, count } = &mut refold.meta.guard {
            *last = event.sort().into();
            *count += 1;
        }
        true
    }

    fn refold_apply(&mut self, refold: &mut Refold, event: Event<'_>) -> Result<(), Fault> {
        if let Some(fault) = event.fault() {
            return Err(fault.clone());
        }
        let mut keys = Keys::default();
        self.projection.route(event, &mut keys)?;
        if keys.is_empty() {
            return Ok(());
        }
        let mut copy = refold.body.clone();
        if self.projection.apply(event, event.stream(), &mut copy)? == Change::Applied {
            let when = event.time().unwrap_or(self.clock.wall());
            refold.meta.deleted = (copy == Value::Null).then_some(when);
            refold.body = copy;
        }
        Ok(())
    }
}
