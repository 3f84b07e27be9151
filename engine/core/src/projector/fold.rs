//! Folds accepted events into documents: judges each against the document's guard, applies it,
//! and notes what became of it. An event is complete when all its documents are durable, and a
//! stream's events complete in order.

use std::sync::Arc;

use crate::checkpoint::Verdict;
use crate::event::Event;
use crate::guard::{GuardKind, Meta};
use crate::letter::{Cause, Scope};
use crate::name;
use crate::progress::{Progress, Standing};
use crate::projection::{Change, Keys, Projection};
use crate::value::Value;

use super::Projector;
use super::document::{Document, State};
use super::park::Appending;
use super::slab::Id;
use super::stream::Stream;
use super::work::{Out, Work};

impl<P: Projection> Projector<P> {
    /// Sends an accepted event to each document that it changes.
    pub(super) fn dispatch(&mut self, work: Id<Work>, event: Event<'_>, keys: &Keys) {
        self.works[work].left += u16::try_from(keys.len()).unwrap_or(u16::MAX);
        if keys.has_stream() {
            let document = self.document_of_stream(self.works[work].stream, event);
            self.give(document, work, event);
        }
        for key in keys.named() {
            let document = self.document_of(key, name::hash(key));
            self.give(document, work, event);
        }
    }

    fn document_of_stream(&mut self, id: Id<Stream>, event: Event<'_>) -> Id<Document> {
        let known = self.streams.items[id].document;
        if known.is_some() {
            return known;
        }
        let document = self.document_of(event.stream(), event.hash());
        self.streams.items[id].document = document;
        self.documents.items[document].stream = id;
        document
    }

    /// The document with this key, made when it is met first.
    pub(super) fn document_of(&mut self, key: &str, hash: u64) -> Id<Document> {
        if let Some(document) = self.documents.find(key, hash) {
            return document;
        }
        let meta = Meta::empty(self.kind, self.source.first);
        let mut document = Document::new(key.into(), meta);
        document.bytes = document.weigh();
        self.bytes += document.weight();
        self.documents.insert(hash, document)
    }

    /// Folds the event now if the document is at hand and nothing waits before it.
    fn give(&mut self, id: Id<Document>, work: Id<Work>, event: Event<'_>) {
        let document = &mut self.documents.items[id];
        document.touched = true;
        if document.is_doubtful() {
            document.state = State::Wanted;
        }
        if document.waiting.is_empty() && self.takes(id, work) {
            self.fold(id, work, event);
        } else {
            self.documents.items[id].waiting.push_back(work);
            self.want(id);
        }
    }

    /// Folds what waits, in order, for as long as the document takes it.
    pub(super) fn fold_waiting(&mut self, id: Id<Document>) {
        let ready = self.documents.items.get(id).is_some_and(|d| d.state == State::Ready);
        if ready && self.kind == GuardKind::Refold {
            return self.refold_waiting(id);
        }
        loop {
            let Some(document) = self.documents.items.get(id) else { return };
            let takes = match document.waiting.iter().next() {
                Some(work) => self.takes(id, *work),
                None => document.takes(),
            };
            if !takes {
                return self.want(id);
            }
            let work = self.documents.items[id].waiting.pop_front();
            let Some(work) = work else { return self.calm(id) };
            let kept = self.works[work].batch;
            let Some(batch) = self.batches.get(kept).map(|kept| Arc::clone(&kept.batch)) else {
                // It was let go of once it was folded, and is to be folded again after all: from
                // then on all is kept until it is durable, or it might go round for ever.
                self.tuning.keep_folded = true;
                return self.rewind();
            };
            let index = self.works[work].index as usize;
            if let Some(event) = batch.event(index) {
                self.fold(id, work, event);
            }
        }
    }

    /// Nothing waits any more: what was amiss with the document is over.
    fn calm(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        if document.is_idle()
            && let Some(rare) = &mut document.rare
        {
            rare.careful = false;
        }
    }

    /// Judges the event against the document, and folds it if it is new.
    fn fold(&mut self, id: Id<Document>, work: Id<Work>, event: Event<'_>) {
        if self.lacks_row(id, event) {
            return self.want_row(id, work, event);
        }
        let partition = self.partition_of(work);
        let document = &self.documents.items[id];
        let below = event.version() < self.source.first && self.works[work].out != Out::No;
        let guard = &document.meta.guard;
        let by_version = self.is_work_by_version(work).then(|| guard.judge_by_version(event));
        let judged = by_version.flatten().unwrap_or_else(|| guard.judge(event, &partition));
        let standing = match judged {
            _ if below => Standing::New,
            standing => standing,
        };
        // What is out of its stream's order is not folded by itself: the stream went on beyond it,
        // and of that the document knows nothing. Others came less far, or a tombstone was purged.
        let astray = standing == Standing::New && document.meta.mark.is_none();
        match (standing, self.works[work].out) {
            (Standing::Covered, Out::Fork) => self.heal_document(id, work, event),
            (_, Out::Fork) if astray => self.heal_document(id, work, event),
            (_, Out::Fill) if astray => self.late_in_document(id, work),
            (Standing::Covered, _) => self.covered(id, work),
            (Standing::LateFill, _) => self.late_in_document(id, work),
            (Standing::New, _) => {
                let known = self.works[work].rare.as_ref().and_then(|rare| rare.fault.clone());
                let seen = self.seen_below(event);
                let full = || document.meta.guard.is_full(event.stream(), event.version(), &seen);
                if document.meta.mark.is_some() {
                    self.push_letter(id, work);
                } else if let Some(fault) = known.or_else(full) {
                    self.mark(id, work, event, fault);
                } else {
                    self.apply(id, work, event, &partition);
                }
            }
        }
    }

    /// A fork is done when a document that was folded anew past it is durable, or cannot be.
    fn heal_document(&mut self, id: Id<Document>, work: Id<Work>, event: Event<'_>) {
        let refolded = self.documents.items[id].rare.as_ref().and_then(|rare| rare.refolded);
        let refolded = refolded.is_some_and(|next| event.version() < next);
        let failed = self.works[work].rare.as_ref().is_some_and(|rare| rare.fault.is_some())
            || self.documents.items[id].meta.mark.is_some();
        if failed {
            let scope = Scope::Key(self.documents.items[id].key.clone());
            self.letters_ready.push(Appending::Loose { work, scope, cause: Cause::Fork });
        } else if refolded {
            self.works[work].folded = true;
            self.covered(id, work);
        } else {
            self.begin_refold(id, Some(work));
        }
    }

    /// The document has it already: done at once, unless the document's own state is not durable.
    fn covered(&mut self, id: Id<Document>, work: Id<Work>) {
        let folded = self.works[work].folded;
        let verdict = if folded { Verdict::Applied } else { Verdict::Duplicate };
        let document = &mut self.documents.items[id];
        if document.dirty || document.writing {
            self.works[work].meet(verdict);
            document.folded.push(work);
        } else {
            self.complete(work, verdict);
        }
    }

    fn apply(&mut self, id: Id<Document>, work: Id<Work>, event: Event<'_>, partition: &str) {
        let document = &mut self.documents.items[id];
        if self.careful {
            // What failed was let go: now it is looked for, one event and one write at a time.
            document.rare().careful = true;
        }
        let careful = document.is_careful();
        let changed = if careful {
            // On a copy: a fault must leave the document as it was.
            let mut copy = (*document.body).clone();
            let changed = self.projection.apply(event, &document.key, &mut copy);
            if changed == Ok(Change::Applied) {
                document.body = Arc::new(copy);
            }
            changed
        } else {
            let body = Arc::make_mut(&mut document.body);
            self.projection.apply(event, &document.key, body)
        };
        match changed {
            Ok(Change::Applied) => {
                self.advance_guard(id, work, event, partition);
                let wall = self.clock.wall();
                let document = &mut self.documents.items[id];
                let when = || event.time().unwrap_or(wall);
                document.meta.deleted = (*document.body == Value::Null).then(when);
                document.folded.push(work);
                self.works[work].folded = true;
                self.works[work].meet(Verdict::Applied);
                self.soil(id);
                self.after_fold(id, work);
            }
            Ok(Change::Filtered) => self.filtered(id, work, event, partition),
            Err(fault) if careful => self.mark(id, work, event, fault),
            Err(_) => self.taint(id, work),
        }
    }

    fn is_work_by_version(&self, work: Id<Work>) -> bool {
        self.works[work].rare.as_ref().is_some_and(|rare| rare.by_version)
    }

    fn advance_guard(
        &mut self,
        id: Id<Document>,
        work: Id<Work>,
        event: Event<'_>,
        partition: &str,
    ) {
        let seen = self.seen_below(event);
        let by_version = self.is_work_by_version(work);
        let document = &mut self.documents.items[id];
        document.meta.guard.advance(event, partition, &seen);
        if by_version {
            document.meta.guard.advance_by_version(event);
        }
        if self.kind == GuardKind::Ledger {
            document.rare().changed.insert(event.stream().into());
        }
    }

    /// The holes that are known of the event's stream.
    pub(super) fn seen_below(&self, event: Event<'_>) -> Progress {
        if !self.any_holes {
            return Progress::default();
        }
        let stream = self.streams.find(event.stream(), event.hash());
        match stream.and_then(|stream| self.streams.items[stream].holes()) {
            Some(holes) if !holes.is_empty() => {
                Progress { next: event.version(), holes: holes.clone() }
            }
            _ => Progress::default(),
        }
    }

    /// A `when` said no. The guard notes it, so that it is not asked again on another document;
    /// where the key is the stream the order of the stream says as much. Not so of a document that
    /// lacks versions: another owner's may have them, and what was asked of this one counts only
    /// when it is written.
    fn filtered(&mut self, id: Id<Document>, work: Id<Work>, event: Event<'_>, partition: &str) {
        let seen = self.seen_below(event);
        let document = &self.documents.items[id];
        let exists = document.revision.is_some() || document.dirty || document.writing;
        let lacks = document.meta.guard.lacks_below(event.stream(), event.version(), &seen);
        let by_stream = self.kind == GuardKind::Version;
        if exists || lacks || by_stream {
            self.advance_guard(id, work, event, partition);
        }
        if lacks || exists && !by_stream {
            self.bury(id, event);
            self.soil(id);
        } else if by_stream {
            self.documents.items[id].rare().guard_moved = true;
        }
        let document = &mut self.documents.items[id];
        if document.dirty || document.writing {
            self.works[work].meet(Verdict::Filtered);
            document.folded.push(work);
        } else {
            self.complete(work, Verdict::Filtered);
        }
    }

    /// A document without content is deleted: since this event, where it was not before.
    fn bury(&mut self, id: Id<Document>, event: Event<'_>) {
        let wall = self.clock.wall();
        let document = &mut self.documents.items[id];
        if *document.body == Value::Null {
            let when = || event.time().unwrap_or(wall);
            document.meta.deleted.get_or_insert_with(when);
        }
    }

    /// The event failed on the document itself, which is now worth nothing: it is loaded again,
    /// and all that was not durable is folded once more, one by one, on copies.
    fn taint(&mut self, id: Id<Document>, work: Id<Work>) {
        let document = &mut self.documents.items[id];
        let gone = |work: &Id<Work>| !self.works[*work].batch.is_some();
        let lost = document.folded.iter().any(gone) || gone(&work);
        document.waiting.push_front(work);
        document.rare().careful = true;
        if lost {
            // They must come again, and be folded on copies then.
            self.careful = true;
            return self.rewind();
        }
        self.reload(id);
    }

    /// Loads the document again; whatever is not durable is judged anew.
    pub(super) fn reload(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        document.unfold();
        document.rare().tainted = true;
        document.state = State::Wanted;
        self.want(id);
    }

    /// The document's content is to be written.
    pub(super) fn soil(&mut self, id: Id<Document>) {
        let now = self.now;
        let document = &mut self.documents.items[id];
        if !document.dirty {
            document.dirty = true;
            document.dirty_since = now;
        }
        if !document.listed {
            document.listed = true;
            self.dirty.push_back(id);
        }
        if document.is_careful() || document.meta.mark.is_some() {
            self.urgent = true;
        }
    }

    /// A rebuild lets the folded event go: only that it is on its way is remembered.
    fn after_fold(&mut self, id: Id<Document>, work: Id<Work>) {
        if !self.tuning.keep_folded && !self.documents.items[id].is_careful() {
            let single = self.works[work].left == 1;
            if single {
                let batch = std::mem::replace(&mut self.works[work].batch, Id::NONE);
                self.unkeep(batch);
            }
        }
    }

    /// One of the things that the event waited for is durable.
    pub(super) fn complete(&mut self, work: Id<Work>, verdict: Verdict) {
        let it = &mut self.works[work];
        it.meet(verdict);
        it.left = it.left.saturating_sub(1);
        if it.left == 0 {
            let stream = it.stream;
            self.complete_ready(stream);
        }
    }

    /// Completes a stream's works, oldest first, up to the first that waits for something.
    pub(super) fn complete_ready(&mut self, id: Id<Stream>) {
        loop {
            let head = self.streams.items[id].head;
            if !head.is_some() || self.works[head].left > 0 {
                return self.head_waits(id);
            }
            let Some(work) = self.works.remove(head) else { return };
            let stream = &mut self.streams.items[id];
            stream.head = work.next;
            if !work.next.is_some() {
                stream.tail = Id::NONE;
            }
            let verdict = work.verdict.unwrap_or(Verdict::Filtered);
            if work.out == Out::Fork {
                self.fork_done(id, &work, verdict);
            }
            self.judge(work.receipt, verdict);
            if let Some(rare) = work.rare {
                for receipt in rare.duplicates {
                    self.judge(Some(receipt), Verdict::Duplicate);
                }
            }
            self.unkeep(work.batch);
            if self.kind != GuardKind::Version || verdict != Verdict::Applied {
                self.unsave(id);
            }
        }
    }

    /// A stream's mark is written when all before the event that failed is durable.
    fn head_waits(&mut self, id: Id<Stream>) {
        if self.is_marking(id) {
            self.unsave(id);
        }
    }
}
