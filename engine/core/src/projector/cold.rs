//! Finds out what memory does not know of a stream that is cold: at once, from its document's
//! guard, its cursor and history.

use crate::checkpoint::Verdict;
use crate::event::Event;
use crate::guard::{Guard, GuardKind};
use crate::progress::{Holes, Progress, Standing};
use crate::projection::Projection;
use crate::sequencer::{known, settles};

use super::Projector;
use super::document::{Document, State};
use super::slab::Id;
use super::stream::{Held, Parking, Resolve, Stream};
use super::work::Work;

impl<P: Projection> Projector<P> {
    /// Begins to look up a stream that memory does not know.
    pub(super) fn resolve(&mut self, id: Id<Stream>) {
        let extra = self.streams.items[id].extra();
        if extra.resolve != Resolve::No {
            return;
        }
        if self.kind != GuardKind::Version {
            return self.resolve_by_cursor(id);
        }
        extra.resolve = Resolve::Guard;
        let document = self.own_document(id);
        match self.documents.items[document].state {
            State::Ready => self.guard_loaded(id),
            _ => self.want(document),
        }
    }

    /// The document whose key is the stream, made when it is met first.
    pub(super) fn own_document(&mut self, id: Id<Stream>) -> Id<Document> {
        let known = self.streams.items[id].document;
        if self.documents.items.get(known).is_some() {
            return known;
        }
        let name = self.streams.items[id].name.clone();
        let document = self.document_of(&name, crate::name::hash(&name));
        self.streams.items[id].document = document;
        self.documents.items[document].stream = id;
        document
    }

    fn resolve_by_cursor(&mut self, id: Id<Stream>) {
        let extra = self.streams.items[id].extra();
        extra.resolve = Resolve::Cursor;
        self.cursors_wanted.insert(id);
    }

    /// The document is at hand: it may settle all that is held.
    pub(super) fn guard_loaded(&mut self, id: Id<Stream>) {
        let stream = &self.streams.items[id];
        let Some(highest) = stream.highest_held() else {
            self.streams.items[id].extra().resolve = Resolve::No;
            return;
        };
        let first = self.source.first;
        match self.guard_of(id) {
            Some(guard) if settles(&guard, highest) => self.know(id, guard),
            None if highest == first && self.is_fresh(id) && !self.is_in_the_middle(id) => {
                self.know(id, Progress::start(first));
            }
            _ => self.resolve_by_cursor(id),
        }
    }

    /// Whether this event can be folded into the document now. What was done before its tombstone
    /// was purged is not written one by one: whoever met the document half-way up, and the cursor,
    /// would take what lies between them for done.
    pub(super) fn takes(&self, id: Id<Document>, work: Id<Work>) -> bool {
        let document = &self.documents.items[id];
        let was_done = || {
            let work = &self.works[work];
            let extra = self.streams.items[work.stream].extra.as_ref();
            let cursor = extra.and_then(|extra| extra.cursor.as_ref());
            cursor.is_some_and(|(cursor, _)| work.version < cursor.done.next)
        };
        let by_stream = self.kind == GuardKind::Version;
        document.takes() || by_stream && document.is_rising() && was_done()
    }

    /// What the stream's own document says of it, if there is one.
    pub(super) fn guard_of(&self, id: Id<Stream>) -> Option<Progress> {
        let document = self.documents.items.get(self.streams.items[id].document)?;
        let stored = document.revision.is_some() && document.state == State::Ready;
        match &document.meta.guard {
            Guard::Version(progress) if stored => Some(progress.clone()),
            _ => None,
        }
    }

    /// Whether the lowest event held is so young that no tombstone of its stream can be purged. One
    /// that is as far ahead of the clock tells that the clock is behind, so it is not believed.
    fn is_fresh(&self, id: Id<Stream>) -> bool {
        let (wall, horizon) = (self.clock.wall(), self.tuning.purge_ms);
        let held = self.streams.items[id].extra.as_ref().and_then(|e| e.held.first_key_value());
        let time = held.and_then(|(_, held)| held.event?.event(&self.batches)?.time());
        time.is_some_and(|time| wall.since(time).max(time.since(wall)) < horizon)
    }

    /// The cursor is at hand, or there is none: what is still unknown is read from history.
    pub(super) fn cursor_known(&mut self, id: Id<Stream>) {
        let guard = self.guard_of(id);
        let extra = self.streams.items[id].extra();
        if extra.resolve != Resolve::Cursor {
            return;
        }
        let cursor = extra.cursor.clone().map(|(cursor, _)| cursor);
        if let Some(mark) = cursor.as_ref().and_then(|cursor| cursor.mark.clone()) {
            extra.parking.get_or_insert_with(|| Parking::durable(mark));
        }
        let done = cursor.as_ref().map(|cursor| &cursor.done);
        if !self.source.resolves() {
            // Documents' guards judge alone: only the mark was asked for. What is on its way is not
            // accepted again, nor what was done with before a parking ended: of a discarded event
            // no document says that it is.
            let once = cursor.as_ref().filter(|cursor| cursor.parked_once);
            let done = once.map_or(self.source.first, |cursor| cursor.done.next);
            let next = self.streams.items[id].next.max(done).max(self.source.first);
            return self.know(id, Progress::start(next));
        }
        let progress = known(self.source.first, guard.as_ref(), done);
        let nothing = guard.is_none() && done.is_none();
        if let Some(cursor) = cursor.filter(|cursor| cursor.tag == self.tag) {
            self.streams.items[id].digests = cursor.digests;
        }
        let Some(highest) = self.streams.items[id].highest_held() else {
            self.streams.items[id].extra().resolve = Resolve::No;
            return;
        };
        // Of a document that is absent, its tombstone may be purged: only the end of the stream
        // tells whether it lives, and only its beginning what it would be.
        let ghost = self.kind == GuardKind::Version && guard.is_none();
        let covered = progress.judge(highest) != Standing::New;
        let settled = covered || settles(&progress, highest) && (!ghost || self.is_fresh(id));
        let new = nothing && self.source.begins.is_none();
        let settled = settled && !(nothing && self.is_in_the_middle(id));
        if settled || (!self.source.history && (!nothing || new)) {
            return self.know(id, progress);
        }
        if !self.source.history {
            let extra = self.streams.items[id].extra();
            extra.resolve = Resolve::Begin;
            return self.set_timer(id, self.now.after(self.tuning.gap_wait_ms));
        }
        self.streams.items[id].extra().to_end = ghost;
        if ghost && let Some(document) = self.document_of_known(id) {
            self.documents.items[document].rare().unfinished = true;
        }
        let from = if ghost { Progress::start(self.source.first) } else { progress };
        self.know(id, from);
        self.read_gap(id);
    }

    pub(super) fn document_of_known(&self, id: Id<Stream>) -> Option<Id<Document>> {
        let document = self.streams.items[id].document;
        self.documents.items.get(document).map(|_| document)
    }

    /// Whether the projection began in the middle, and nothing tells what was before.
    pub(super) fn is_partial(&self) -> bool {
        !self.source.history && self.source.begins.is_some()
    }

    /// Whether nobody can tell where a stream that nothing is known of begins: without history,
    /// unless its very first event happened since the projection began.
    fn is_in_the_middle(&self, id: Id<Stream>) -> bool {
        if !self.is_partial() {
            return false;
        }
        let held = self.streams.items[id].extra.as_ref().and_then(|e| e.held.first_key_value());
        let event = held.and_then(|(_, held)| held.event?.event(&self.batches));
        event.is_none_or(|event| event.version() != self.source.first || self.is_before(event))
    }

    /// Without history, and with nothing known, a projection that began in the middle takes the
    /// stream from the lowest version that came within the wait for a gap and happened since. What
    /// happened before may have been shown before, and may be shown again, or not: it begins
    /// nothing, or the stream would wait for ever for what lies between. Where it begins is on
    /// record before anything of it is folded: whoever comes after begins with the same version.
    pub(super) fn begin_here(&mut self, id: Id<Stream>) {
        let first = self.source.first;
        let held: Vec<(u64, bool)> = {
            let held = self.streams.items[id].extra.as_ref().map(|extra| extra.held.iter());
            let event = |held: &Held| held.event?.event(&self.batches);
            let before = |held| event(held).is_some_and(|event| self.is_before(event));
            held.into_iter().flatten().map(|(version, held)| (*version, before(held))).collect()
        };
        let begins = |(version, before): &&(u64, bool)| !before && *version >= first;
        let lowest = held.iter().find(begins).map(|(version, _)| *version);
        let below = |(version, _): &&(u64, bool)| lowest.is_none_or(|lowest| *version < lowest);
        for (version, before) in held.iter().take_while(below) {
            if *before {
                self.leave_out(id, *version);
            } else {
                self.held_below_first(id, *version);
            }
        }
        let Some(lowest) = lowest else {
            // Whatever comes next is looked up anew.
            self.streams.items[id].extra().resolve = Resolve::No;
            return;
        };
        let stream = &mut self.streams.items[id];
        stream.next = lowest;
        let extra = stream.extra();
        extra.holes = Holes::default();
        if lowest > first {
            extra.holes.add(first, lowest - 1);
        }
        extra.resolve = Resolve::Record;
        self.unsave_now(id);
    }

    /// Whether the event happened before the projection began.
    pub(super) fn is_before(&self, event: Event<'_>) -> bool {
        let time = self.source.begins.and_then(|begins| Some((event.time()?, begins)));
        time.is_some_and(|(time, begins)| time < begins)
    }

    /// A held event is no concern of the projection.
    fn leave_out(&mut self, id: Id<Stream>, version: u64) {
        let Some(held) = self.take_held(id, version) else { return };
        for receipt in held.receipts.iter() {
            self.judge(Some(*receipt), Verdict::Filtered);
        }
        self.let_bytes_go(held.event);
    }

    /// The stream is known from here on.
    fn know(&mut self, id: Id<Stream>, progress: Progress) {
        self.any_holes |= !progress.holes.is_empty();
        let stream = &mut self.streams.items[id];
        stream.next = progress.next;
        stream.known = true;
        stream.extra().holes = progress.holes;
        stream.extra().resolve = Resolve::No;
        self.ready.push(id);
    }
}
