//! Folds a stream's own document anew from history: for a late fill, for a fork that was applied
//! wrong, for a document that vanished, and for every arrival of a source without versions. The
//! document is loaded before history is read, both again after a conflict, and a version lower
//! than the stored one is never written.

mod pages;

use std::sync::Arc;

use crate::checkpoint::Verdict;
use crate::fault::Fault;
use crate::guard::{Guard, GuardKind, Mark, Meta};
use crate::limits;
use crate::projection::{Keys, Projection};
use crate::sequencer::Versions;
use crate::value::Value;

use super::Projector;
use super::document::{Document, Refold, State};
use super::order::Offered;
use super::slab::Id;
use super::stream::Stream;
use super::work::{Out, Work, event_of};

impl<P: Projection> Projector<P> {
    /// An event of a source without versions: its stream's document is folded anew.
    pub(super) fn arrived(&mut self, id: Id<Stream>, offered: Offered<'_>) {
        let event = offered.event;
        let work = self.out_work(id, &offered, Out::Loose);
        let mut keys = Keys::default();
        let routed = self.projection.route(event, &mut keys);
        if event.fault().is_none() && routed.is_ok() && keys.is_empty() && !event.kind().is_empty()
        {
            self.works[work].verdict = Some(Verdict::Filtered);
            return self.complete_ready(id);
        }
        self.works[work].left += 1;
        let (key, hash) = (self.streams.items[id].name.clone(), event.hash());
        let document = self.document_of(&key, hash);
        self.streams.items[id].document = document;
        self.documents.items[document].stream = id;
        self.documents.items[document].waiting.push_back(work);
        let refolding = self.refolding(document);
        if !refolding {
            self.woken.push(document);
            self.want(document);
        }
    }

    fn refolding(&self, id: Id<Document>) -> bool {
        self.documents.items[id].rare.as_ref().is_some_and(|rare| rare.refold.is_some())
    }

    /// Begins to fold the document anew; `work` is judged again when that is done.
    pub(super) fn begin_refold(&mut self, id: Id<Document>, work: Option<Id<Work>>) {
        let kind = self.kind;
        let first = self.source.first;
        let document = &mut self.documents.items[id];
        if let Some(work) = work {
            document.waiting.push_front(work);
        }
        let refold = Refold {
            body: Value::Null,
            meta: Meta::empty(kind, first),
            missing: Vec::new(),
            from: first,
            serving: 0,
            fault: None,
            again: false,
            tries: 0,
        };
        document.rare().refold = Some(refold);
        self.reload(id);
    }

    /// After a wait, a refold that could not end begins anew, with its load. Whether one did.
    pub(super) fn restart_refold(&mut self, id: Id<Document>) -> bool {
        let Some(document) = self.documents.items.get_mut(id) else { return false };
        let refold = document.rare.as_mut().and_then(|rare| rare.refold.as_mut());
        let Some(tries) = refold.filter(|refold| refold.again).map(|refold| refold.tries) else {
            return false;
        };
        self.begin_refold(id, None);
        if let Some(refold) = &mut self.documents.items[id].rare().refold {
            refold.tries = tries;
        }
        true
    }

    /// The document was loaded: where it is to be folded anew, history is read now.
    pub(super) fn continue_refold(&mut self, id: Id<Document>, vanished: bool) {
        let known = self.streams.items.get(self.documents.items[id].stream).is_some();
        // What history folds to is refused: what waits parks the key, as it stands.
        let rare = self.documents.items[id].rare.as_mut();
        let refused = self.kind == GuardKind::Version
            && vanished
            && rare.and_then(|rare| rare.refused.take()).is_some();
        let vanished = vanished
            && known
            && !refused
            && self.kind == GuardKind::Version
            && self.source.history
            && self.source.resolves();
        if vanished && !self.refolding(id) {
            // It was purged under us: what is still to be folded may be older than its deletion.
            self.begin_refold(id, None);
            let document = &mut self.documents.items[id];
            document.state = State::Ready;
            // It was loaded just now, and is known not to be there.
            document.rare().tainted = false;
        }
        if !self.refolding(id) {
            return;
        }
        let (batches, works) = (&self.batches, &self.works);
        let document = &mut self.documents.items[id];
        if document.meta.mark.is_some() || !known {
            document.rare().refold = None;
            return;
        }
        document.state = State::Refolding;
        let sorts = document.waiting.iter().filter_map(|work| {
            let sort = event_of(batches, &works[*work])?.sort();
            (!sort.is_empty()).then(|| sort.into())
        });
        let missing = sorts.collect();
        let serving = document.waiting.len();
        if let Some(refold) = &mut document.rare().refold {
            refold.missing = missing;
            refold.serving = serving;
        }
        let stream = document.stream;
        self.read_next(stream);
    }

    /// All was read: the document is what history says, unless history knows less than the store.
    fn end_refold(
        &mut self,
        id: Id<Stream>,
        document: Id<Document>,
        mut refold: Refold,
        oldest: Option<u64>,
    ) {
        let it = &self.documents.items[document];
        let lags = match (&refold.meta.guard, &it.meta.guard) {
            (Guard::Version(read), Guard::Version(stored)) => read.next < stored.next,
            (Guard::Refold { count: read, .. }, Guard::Refold { count: stored, .. }) => {
                read < stored || (refold.fault.is_none() && !refold.missing.is_empty())
            }
            _ => false,
        };
        // Also one that came in its order: another owner may have passed it over meanwhile. And a
        // fork or a late fill is done only by what reaches it.
        let still_a_hole = |id: &Id<Work>| match (&refold.meta.guard, &self.works[*id]) {
            (Guard::Version(read), Work { version, out, .. }) => {
                let waits = matches!(out, Out::Fork | Out::Fill);
                read.holes.contains(*version) || waits && *version >= read.next
            }
            _ => false,
        };
        let waiting: Vec<Id<Work>> = it.waiting.iter().copied().filter(still_a_hole).collect();
        let gone = || Fault::new("history", "history cannot give the whole stream again");
        // Of what lies below the oldest that it still has history shows nothing any more.
        let forgotten = |work: &Id<Work>| oldest.is_some_and(|at| self.works[*work].version < at);
        let (forgotten, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().partition(forgotten);
        for work in forgotten {
            self.works[work].rare().fault.get_or_insert_with(gone);
        }
        let lags = lags || !waiting.is_empty();
        let tired = refold.tries >= limits::REFOLDS_MAX;
        if self.kind == GuardKind::Version {
            let truncated = match &refold.meta.guard {
                Guard::Version(read) => oldest.is_some_and(|oldest| oldest > read.next),
                _ => false,
            };
            let fault = refold.fault.take().map(|(_, fault)| fault);
            if let Some(fault) = fault.or_else(|| (truncated || (lags && tired)).then(gone)) {
                return self.abandon_refold(document, &fault);
            }
        }
        // Of a source without versions history is the truth, also where rows were deleted.
        if lags && refold.fault.is_none() && !tired {
            refold.again = true;
            refold.tries += 1;
            self.documents.items[document].rare().refold = Some(refold);
            return self.retry_later(id);
        }
        if let Some(backoff) = &mut self.streams.items[id].extra().backoff {
            backoff.succeeded();
        }
        self.take_refold(id, document, refold);
    }

    /// Folded anew the stream fails: the document stays, and what asked for it becomes a letter.
    fn abandon_refold(&mut self, id: Id<Document>, fault: &Fault) {
        let document = &mut self.documents.items[id];
        document.rare().refold = None;
        document.state = State::Ready;
        let passed_over = |version| match &document.meta.guard {
            Guard::Version(stored) => stored.holes.contains(version),
            _ => false,
        };
        let late: Vec<Id<Work>> = document
            .waiting
            .iter()
            .copied()
            .filter(|work| {
                self.works[*work].out != Out::No || passed_over(self.works[*work].version)
            })
            .collect();
        for work in late {
            self.works[work].rare().fault.get_or_insert_with(|| fault.clone());
        }
        self.woken.push(id);
    }

    fn take_refold(&mut self, id: Id<Stream>, document: Id<Document>, refold: Refold) {
        let it = &mut self.documents.items[document];
        it.state = State::Ready;
        let same = it.meta.guard == refold.meta.guard && *it.body == refold.body;
        it.body = Arc::new(refold.body);
        it.rare().refolded = match &refold.meta.guard {
            Guard::Version(progress) => Some(progress.next),
            _ => Some(0),
        };
        it.meta.guard = refold.meta.guard.clone();
        it.meta.deleted = refold.meta.deleted;
        if !same {
            self.soil(document);
        }
        match &refold.meta.guard {
            Guard::Version(progress) if same => self.see(id, progress),
            Guard::Version(_) => self.ready.push(id),
            _ => self.serve(document, refold.serving, refold.fault),
        }
        self.woken.push(document);
    }

    /// What was folded anew is durable. Before that its holes are not filled: after a conflict
    /// others' content stands, and what is folded into it must list them.
    pub(super) fn refold_written(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        let refolded = document.rare.as_mut().and_then(|rare| rare.refolded.take());
        let stream = document.stream;
        if let (Some(_), Guard::Version(progress)) = (refolded, &document.meta.guard)
            && let Some(known) = self.streams.items.get(stream)
        {
            let progress = progress.below(progress.next.min(known.next));
            self.see(stream, &progress);
        }
    }

    /// Without versions the arrivals that the refold was for are done with it; one that cannot be
    /// folded parks the document.
    fn serve(&mut self, id: Id<Document>, serving: usize, fault: Option<(u64, Fault)>) {
        let epoch = self.epoch();
        let document = &mut self.documents.items[id];
        let served: Vec<Id<Work>> =
            (0..serving).map_while(|_| document.waiting.pop_front()).collect();
        if let Some((version, fault)) = fault {
            let stream = document.key.clone();
            document.meta.mark = Some(Box::new(Mark { epoch, stream, version, fault }));
            document.rare().mark_durable = false;
            self.soil(id);
            for work in served {
                self.push_letter(id, work);
            }
            return;
        }
        for work in served {
            let document = &mut self.documents.items[id];
            if document.dirty || document.writing {
                self.works[work].meet(Verdict::Applied);
                document.folded.push(work);
            } else {
                self.complete(work, Verdict::Duplicate);
            }
        }
    }

    /// A document that vanished is refused as history folds it: the first event that waits for it
    /// fails, and the others park behind. Whether one waits.
    pub(super) fn fail_waiting(&mut self, id: Id<Document>, fault: &Fault) -> bool {
        let document = &mut self.documents.items[id];
        let Some(first) = document.waiting.iter().next().copied() else { return false };
        document.rare().refused = Some(fault.clone());
        self.works[first].rare().fault.get_or_insert_with(|| fault.clone());
        self.reload(id);
        true
    }

    /// Of a source without versions nothing is folded by itself.
    pub(super) fn refold_waiting(&mut self, id: Id<Document>) {
        debug_assert!(self.source.versions == Versions::Refold);
        let document = &mut self.documents.items[id];
        if document.waiting.is_empty() || document.dirty || document.writing {
            return;
        }
        let refused = document.rare.as_mut().and_then(|rare| rare.refused.take());
        if document.meta.mark.is_none()
            && let Some(fault) = refused
        {
            let serving = document.waiting.len();
            return self.serve(id, serving, Some((0, fault)));
        }
        if self.documents.items[id].meta.mark.is_some() {
            // Perhaps another owner's, who was refused first: one parking is enough.
            while let Some(work) = self.documents.items[id].waiting.pop_front() {
                self.push_letter(id, work);
            }
        } else {
            self.begin_refold(id, None);
        }
    }
}
