//! Writes changed documents, each conditional on the revision that was loaded, and takes the
//! answers. A conflict, or a time-out that may have written, loads the document again; a refusal
//! is narrowed down to the one event that the store will not take.

use std::sync::Arc;

use crate::effect::{Alarm, DocumentWrite, Effect, Ticket};
use crate::fault::{Fault, Trouble};
use crate::guard::{Guard, GuardKind};
use crate::input::WriteAnswer;
use crate::name::Name;
use crate::progress::Progress;
use crate::projection::Projection;

use super::Projector;
use super::document::{Document, State};
use super::slab::Id;

impl<P: Projection> Projector<P> {
    /// Sends what is dirty, when there is enough of it or it has waited long enough.
    pub(super) fn flush(&mut self) {
        while self.flush_is_due() && self.writes.len() < self.tuning.writes {
            let enough = self.dirty.len().min(self.tuning.write_batch);
            let mut ids = Vec::with_capacity(enough);
            let mut documents = Vec::with_capacity(enough);
            while let Some(id) = self.dirty.pop_front() {
                if self.is_deferred(id) {
                    // It is listed again when it can be written.
                    self.documents.items[id].listed = false;
                } else if let Some(write) = self.write_of(id) {
                    documents.push(write);
                    ids.push(id);
                }
                if documents.len() >= self.tuning.write_batch {
                    break;
                }
            }
            if documents.is_empty() {
                break;
            }
            let ticket = self.ticket();
            self.writes.insert(ticket, ids);
            self.effects.push(Effect::Write { ticket, documents });
        }
        if self.writes.len() < self.tuning.writes {
            self.urgent = false;
        }
    }

    fn flush_is_due(&self) -> bool {
        let oldest = self.dirty.front().and_then(|id| self.documents.items.get(*id));
        let waited = oldest
            .is_some_and(|document| document.dirty_since.after(self.tuning.flush_ms) <= self.now);
        self.write_at <= self.now
            && !self.dirty.is_empty()
            && (waited || self.urgent || self.dirty.len() >= self.tuning.write_batch)
    }

    /// Whether the document is dirty, and must not be written yet.
    fn is_deferred(&self, id: Id<Document>) -> bool {
        self.documents.items.get(id).is_some_and(|document| {
            document.dirty
                && (document.writing || document.is_unfinished() || document.state != State::Ready)
        })
    }

    /// The write of a dirty document; none where there is nothing to write after all.
    fn write_of(&mut self, id: Id<Document>) -> Option<DocumentWrite> {
        let document = self.documents.items.get_mut(id)?;
        document.listed = false;
        if !document.dirty {
            return None;
        }
        document.dirty = false;
        document.writing = true;
        document.flying = u32::try_from(document.folded.len()).unwrap_or(u32::MAX);
        if let Some(rare) = &mut document.rare {
            // What moves it from here on is not in this write.
            rare.guard_moved = false;
            rare.flying_mark = document.meta.mark.as_ref().map(|mark| mark.epoch);
            rare.changed_flying.append(&mut rare.changed);
        }
        let rows = self.rows_of(id);
        let document = self.documents.items.get(id)?;
        let mut meta = document.meta.clone();
        if self.kind == GuardKind::Ledger {
            meta.guard = Guard::empty(self.kind, self.source.first);
        }
        Some(DocumentWrite {
            key: document.key.clone(),
            replaces: document.revision,
            body: Arc::clone(&document.body),
            meta,
            rows,
        })
    }

    /// The rows of a ledger that the folded events changed.
    fn rows_of(&self, id: Id<Document>) -> Vec<(Name, Progress)> {
        let document = &self.documents.items[id];
        let (Guard::Streams(known), Some(rare)) = (&document.meta.guard, &document.rare) else {
            return Vec::new();
        };
        let changed = rare.changed_flying.iter();
        changed.filter_map(|row| Some((row.clone(), known.get(row)?.clone()))).collect()
    }

    /// One document of the work is durable; its verdict was noted when it was folded.
    fn durable(&mut self, work: Id<super::work::Work>) {
        let verdict = self.works[work].verdict.unwrap_or(crate::checkpoint::Verdict::Duplicate);
        self.complete(work, verdict);
    }

    pub(super) fn written(&mut self, ticket: Ticket, answers: Vec<WriteAnswer>) {
        if self.orphans.remove(&ticket) {
            return;
        }
        let Some(ids) = self.writes.remove(&ticket) else { return };
        // An answer that is missing is no answer: it may have been written.
        let unknown = std::iter::repeat(WriteAnswer::Retry(Trouble::Unknown));
        let mut throttled = false;
        for (id, answer) in ids.into_iter().zip(answers.into_iter().chain(unknown)) {
            match answer {
                WriteAnswer::Written(revision) => {
                    self.write_backoff.succeeded();
                    self.is_written(id, revision);
                }
                WriteAnswer::Conflict => self.is_uncertain(id),
                WriteAnswer::Retry(trouble) => {
                    throttled = true;
                    if trouble == Trouble::Unknown {
                        self.is_uncertain(id);
                    } else {
                        self.is_unwritten(id);
                    }
                }
                WriteAnswer::Refused(fault) => throttled |= self.is_refused(id, fault),
            }
        }
        if throttled {
            self.write_at = self.write_backoff.failed(self.now);
            let alarm = self.write_backoff.is_alarm().then(|| self.write_backoff.attempts());
            self.alarm("write", alarm);
        }
    }

    fn is_written(&mut self, id: Id<Document>, revision: crate::guard::Revision) {
        let document = &mut self.documents.items[id];
        document.writing = false;
        document.revision = Some(revision);
        if !document.is_tainted() {
            let mark = document.meta.mark.as_ref().map(|mark| mark.epoch);
            if let Some(rare) = &mut document.rare {
                rare.mark_durable = mark.is_some() && rare.flying_mark == mark;
                rare.changed_flying.clear();
            }
        }
        let flown = document.flown().min(document.folded.len());
        document.flying = 0;
        self.refold_written(id);
        let document = &mut self.documents.items[id];
        // What was covered while only waiting for this write is done with it too.
        let done = if document.dirty { flown } else { document.folded.len() };
        let mut folded = std::mem::take(&mut document.folded);
        for work in folded.iter().take(done) {
            self.durable(*work);
        }
        folded.cut(done);
        self.documents.items[id].folded = folded;
        self.reweigh(id);
        self.after_write(id);
    }

    /// A dirty document that could not be written for a while can be again.
    pub(super) fn relist(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        if document.dirty && !document.listed {
            document.listed = true;
            self.urgent |= document.is_careful() || document.meta.mark.is_some();
            self.dirty.push_back(id);
        }
    }

    /// The document is not under way any more: what waited for that goes on.
    fn after_write(&mut self, id: Id<Document>) {
        self.relist(id);
        self.want(id);
        let document = &self.documents.items[id];
        if document.rare.is_some() {
            self.woken.push(id);
            self.letters_due(id);
        }
    }

    /// Nobody knows, or another wrote it: the document is loaded, and all is judged anew.
    fn is_uncertain(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        document.writing = false;
        let lost = document.folded.iter().any(|work| !self.works[*work].batch.is_some());
        if lost {
            return self.rewind();
        }
        self.reload(id);
    }

    /// Surely not written: it is dirty again.
    fn is_unwritten(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        document.writing = false;
        document.flying = 0;
        if let Some(rare) = &mut document.rare {
            let mut flying = std::mem::take(&mut rare.changed_flying);
            rare.changed.append(&mut flying);
        }
        // Also while only rows of a ledger are being loaded beside it: what memory has stands.
        if !document.is_tainted() {
            self.soil(id);
        }
        self.after_write(id);
    }

    /// The store will never take it. One event at a time tells which one it will not take; where
    /// it is not even the mark alone, only somebody outside can help. Whether to wait.
    fn is_refused(&mut self, id: Id<Document>, fault: Fault) -> bool {
        let document = &mut self.documents.items[id];
        document.writing = false;
        let flown = document.folded.iter().take(document.flown()).copied().collect::<Vec<_>>();
        let refolded = document.rare.as_ref().is_some_and(|rare| rare.refolded.is_some());
        if self.kind == GuardKind::Refold && refolded {
            // It was folded anew as a whole: the stored content stays, and is marked.
            self.documents.items[id].rare().refused = Some(fault);
            self.reload(id);
            return false;
        }
        if refolded && document.revision.is_none() && self.fail_waiting(id, &fault) {
            return false;
        }
        let document = &mut self.documents.items[id];
        match flown.as_slice() {
            [] => {
                let key = document.key.clone();
                self.effects.push(Effect::Alarm(Alarm::Refused { key, fault }));
                self.is_unwritten(id);
                return true;
            }
            [only] if document.is_careful() => self.works[*only].rare().fault = Some(fault),
            _ => {}
        }
        let lost = flown.iter().any(|work| !self.works[*work].batch.is_some());
        if lost {
            self.careful = true;
            self.rewind();
            return false;
        }
        self.documents.items[id].rare().careful = true;
        self.reload(id);
        false
    }
}
