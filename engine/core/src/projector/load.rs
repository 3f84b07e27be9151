//! Asks for documents and takes them in: what the store says replaces what memory thought, and
//! whatever is not durable is judged anew against it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::effect::{Effect, LoadKey, Ticket};
use crate::event::Event;
use crate::guard::{Guard, GuardKind, Meta};
use crate::input::{Loaded, Stored};
use crate::limits;
use crate::progress::Progress;
use crate::projection::Projection;

use super::Projector;
use super::document::{Document, State};
use super::slab::Id;
use super::stream::{Resolve, Stream};
use super::work::{Work, event_of};

/// The tickets given out, and the loads under way.
#[derive(Debug, Default)]
pub(super) struct Requests {
    tickets: u64,
    documents: BTreeMap<Ticket, Vec<Id<Document>>>,
    pub(super) cursors: BTreeMap<Ticket, Vec<Id<Stream>>>,
}

impl Requests {
    /// A ticket that was never given out.
    pub(super) fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    /// The last ticket that was given out.
    pub(super) fn last(&self) -> Ticket {
        Ticket(self.tickets)
    }

    /// No load is waited for any more.
    pub(super) fn forget(&mut self) {
        self.documents.clear();
        self.cursors.clear();
    }
}

impl<P: Projection> Projector<P> {
    /// The document is to be loaded, as soon as no write of it is under way.
    pub(super) fn want(&mut self, id: Id<Document>) {
        let document = &self.documents.items[id];
        if document.state == State::Wanted && !document.writing {
            self.wanted.push(id);
        }
    }

    /// Asks for the documents and cursors that are wanted.
    pub(super) fn ask(&mut self) {
        if self.load_at <= self.now && !self.wanted.is_empty() {
            let ticket = self.ticket();
            let (mut keys, mut ids) = (Vec::new(), Vec::new());
            for id in std::mem::take(&mut self.wanted) {
                let Some(document) = self.documents.items.get_mut(id) else { continue };
                if document.state != State::Wanted || document.writing {
                    continue;
                }
                document.state = State::Loading(end_of(ticket));
                ids.push(id);
                let rows = document.rare.as_mut().map(|rare| std::mem::take(&mut rare.rows));
                keys.push(LoadKey { key: document.key.clone(), rows: rows.unwrap_or_default() });
            }
            if !keys.is_empty() {
                self.requests.documents.insert(ticket, ids);
                self.effects.push(Effect::Load { ticket, keys });
            }
        }
        self.ask_cursors();
    }

    pub(super) fn loaded(&mut self, ticket: Ticket, documents: Vec<Loaded>) {
        let Some(asked) = self.requests.documents.remove(&ticket) else { return };
        let mut failed = false;
        for loaded in documents {
            let Some(id) = self.documents.by_name(&loaded.key) else { continue };
            if self.documents.items[id].state != State::Loading(end_of(ticket)) {
                continue;
            }
            if let Ok(stored) = loaded.stored {
                self.load_backoff.succeeded();
                self.put(id, stored, loaded.rows);
            }
        }
        // What did not come, or is not among what came, is asked for again.
        for id in asked {
            if let Some(document) = self.documents.items.get_mut(id)
                && document.state == State::Loading(end_of(ticket))
            {
                failed = true;
                document.state = State::Wanted;
                self.wanted.push(id);
            }
        }
        if failed {
            self.load_at = self.load_backoff.failed(self.now);
            let alarm = self.load_backoff.is_alarm().then(|| self.load_backoff.attempts());
            self.alarm("load", alarm);
        }
    }

    fn put(
        &mut self,
        id: Id<Document>,
        stored: Option<Stored>,
        rows: Vec<(crate::name::Name, Progress)>,
    ) {
        let document = &mut self.documents.items[id];
        let revision = stored.as_ref().map(|stored| stored.revision);
        let same = document.revision == revision;
        let vanished = document.revision.is_some() && revision.is_none();
        // A ledger loads rows beside a document that memory may have changed: that one stands.
        let replaced = !same || self.kind != GuardKind::Ledger || document.is_tainted();
        if replaced {
            document.unfold();
            let (body, meta) = match stored {
                Some(stored) => (stored.body, stored.meta),
                None => (Arc::default(), Meta::empty(self.kind, self.source.first)),
            };
            document.body = body;
            document.meta = meta;
            document.revision = revision;
            if let Some(rare) = &mut document.rare {
                rare.tainted = false;
                rare.refolded = None;
                rare.guard_moved = false;
            }
        }
        if let (GuardKind::Ledger, Guard::Streams(known)) = (self.kind, &mut document.meta.guard) {
            for (stream, progress) in rows {
                known.entry(stream).or_insert(progress);
            }
        }
        document.state = State::Ready;
        if let Some(rare) = &mut document.rare {
            rare.doubted = false;
        }
        if replaced {
            self.note_mark(id);
        }
        self.reweigh(id);
        self.relist(id);
        self.letters_due(id);
        self.continue_refold(id, vanished);
        let stream = self.documents.items[id].stream;
        if self.streams.items.get(stream).is_some() {
            self.tell_stream(stream);
        }
        self.woken.push(id);
    }

    /// The stream's own document was loaded: it may settle what is asked of the stream.
    fn tell_stream(&mut self, id: Id<Stream>) {
        let resolving = self.streams.items[id].extra.as_ref().map(|extra| extra.resolve);
        if resolving == Some(Resolve::Guard) {
            self.guard_loaded(id);
        } else if let Some(guard) = self.guard_of(id) {
            self.learn(id, &guard);
        }
    }

    /// A loaded mark stands, unless its head is known to be closed: then it is removed.
    fn note_mark(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        let Some(mark) = &document.meta.mark else {
            return self.unmarked(id);
        };
        let epoch = mark.epoch;
        let rare = document.rare();
        if rare.closed == Some(epoch) {
            document.meta.mark = None;
            self.soil(id);
            self.urgent = true;
            self.unmarked(id);
        } else {
            rare.mark_durable = true;
        }
    }

    /// The document is not parked: what was to park behind its mark is judged anew.
    pub(super) fn unmarked(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        let Some(rare) = &mut document.rare else { return };
        rare.mark_durable = false;
        if rare.appending > 0 {
            // The answers come first: what is a letter by then is not judged again.
            return;
        }
        for work in std::mem::take(&mut rare.letters).into_iter().rev() {
            document.waiting.push_front(work);
        }
    }

    /// Whether a ledger's row for the event's stream must be loaded first.
    pub(super) fn lacks_row(&self, id: Id<Document>, event: Event<'_>) -> bool {
        let document = &self.documents.items[id];
        match &document.meta.guard {
            Guard::Streams(rows) if self.kind == GuardKind::Ledger => {
                !rows.contains_key(event.stream()) || document.is_full_of_rows()
            }
            _ => false,
        }
    }

    pub(super) fn want_row(&mut self, id: Id<Document>, work: Id<Work>, event: Event<'_>) {
        let document = &mut self.documents.items[id];
        document.waiting.push_front(work);
        if document.is_full_of_rows() {
            self.urgent = true;
            document.rare().careful = true;
            return;
        }
        let stream = event.stream();
        document.rare().rows.push(stream.into());
        // The rows that the others need come with the same load.
        let others: Vec<Id<Work>> =
            document.waiting.iter().take(limits::LEDGER_ROWS_MAX).copied().collect();
        for other in others {
            let stream = event_of(&self.batches, &self.works[other]).map(|event| event.stream());
            let rows = &mut self.documents.items[id].rare().rows;
            if let Some(stream) = stream.filter(|s| !rows.iter().any(|row| row == s)) {
                rows.push(stream.into());
            }
        }
        self.documents.items[id].state = State::Wanted;
        self.want(id);
    }

    /// Counts the document's bytes again.
    pub(super) fn reweigh(&mut self, id: Id<Document>) {
        let document = &mut self.documents.items[id];
        let before = document.weight();
        document.bytes = document.weigh();
        self.bytes = (self.bytes + document.weight()).saturating_sub(before);
    }
}

/// What a document remembers of the ticket of its load: no two loads under way end alike.
pub(super) fn end_of(ticket: Ticket) -> u32 {
    u32::try_from(ticket.0 & u64::from(u32::MAX)).unwrap_or_default()
}
