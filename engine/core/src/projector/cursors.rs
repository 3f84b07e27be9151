//! Loads and saves streams' cursors: what a later owner, or this one after it forgot, must know
//! of a stream that no document says. A cursor says only what is durable, and two cursors merge,
//! so that a stale one takes nothing back.

use crate::cursor::{Cursor, CursorWrite};
use crate::effect::{Effect, Ticket};
use crate::fault::Trouble;
use crate::guard::{Guard, GuardKind, Revision};
use crate::input::SideAnswer;
use crate::invariants;
use crate::limits;
use crate::projection::Projection;

use super::Projector;
use super::document::State;
use super::slab::Id;
use super::stream::{Parking, Resolve, Stream};

impl<P: Projection> Projector<P> {
    /// The stream's cursor says less than is done.
    pub(super) fn unsave(&mut self, id: Id<Stream>) {
        let wanted = self.streams.items[id].extra.as_ref().is_some_and(|e| e.cursor_wanted);
        if !self.source.resolves() && !wanted {
            return;
        }
        let stream = &mut self.streams.items[id];
        if self.source.resolves() && !stream.known {
            // Of a stream that is still being looked up there is nothing to say: a cursor that says
            // so would be taken for knowledge.
            return;
        }
        if !stream.unsaved && !stream.name.is_empty() {
            stream.unsaved = true;
            self.cursors_unsaved.push(id);
        }
        self.cursors_soon |= wanted;
    }

    /// Asks for the cursors that are wanted.
    pub(super) fn ask_cursors(&mut self) {
        if self.cursor_at > self.now || self.cursors_wanted.is_empty() {
            return;
        }
        let ticket = self.ticket();
        let (mut streams, mut ids) = (Vec::new(), Vec::new());
        for id in std::mem::take(&mut self.cursors_wanted) {
            let Some(stream) = self.streams.items.get_mut(id) else { continue };
            if !stream.extra().is_cursor_busy() {
                stream.extra().loading = Some(ticket);
                streams.push(stream.name.clone());
                ids.push(id);
            }
        }
        if !streams.is_empty() {
            self.requests.cursors.insert(ticket, ids);
            self.effects.push(Effect::LoadCursors { ticket, streams });
        }
    }

    pub(super) fn cursors_loaded(
        &mut self,
        ticket: Ticket,
        cursors: Vec<crate::input::CursorLoaded>,
    ) {
        let Some(asked) = self.requests.cursors.remove(&ticket) else { return };
        let mut failed = false;
        for (name, answer) in cursors {
            let Some(id) = self.streams.by_name(&name) else { continue };
            let extra = self.streams.items[id].extra();
            if extra.loading != Some(ticket) {
                continue;
            }
            if let Ok(stored) = answer {
                extra.loading = None;
                self.cursor_backoff.succeeded();
                self.cursors_soon |= extra.cursor_wanted;
                self.note_cursor(id, stored);
                self.cursor_known(id);
            }
        }
        // What did not come, or is not among what came, is asked for again.
        for id in asked {
            let extra = self.streams.items.get_mut(id).and_then(|stream| stream.extra.as_mut());
            if let Some(extra) = extra.filter(|extra| extra.loading == Some(ticket)) {
                extra.loading = None;
                failed = true;
                self.cursors_wanted.insert(id);
            }
        }
        if failed {
            self.cursor_trouble("cursor");
        }
    }

    fn cursor_trouble(&mut self, what: &'static str) {
        self.cursor_at = self.cursor_backoff.failed(self.now);
        let alarm = self.cursor_backoff.is_alarm().then(|| self.cursor_backoff.attempts());
        self.alarm(what, alarm);
    }

    /// Takes in what the store holds as the stream's cursor.
    fn note_cursor(&mut self, id: Id<Stream>, stored: Option<(Cursor, Revision)>) {
        let extra = self.streams.items[id].extra();
        let says = stored.as_ref().map(|(cursor, _)| cursor);
        let overtaken = extra.parking.take_if(|parking| parking.is_overtaken(says));
        if let Some(parking) = overtaken {
            extra.cursor.clone_from(&stored);
            self.unpark(id, parking);
        }
        let extra = self.streams.items[id].extra();
        let mark = stored.as_ref().and_then(|(cursor, _)| cursor.mark.clone());
        let ours = extra.parking.as_ref().map(|parking| (parking.mark.epoch, parking.durable));
        match (mark, ours) {
            (Some(mark), _) if extra.closed == Some(mark.epoch) => {}
            (Some(mark), Some((epoch, _))) if mark.epoch == epoch => {
                if let Some(parking) = &mut extra.parking {
                    parking.durable = true;
                }
            }
            (Some(mark), Some((_, false))) => {
                if let Some(parking) = &mut extra.parking {
                    parking.mark = mark;
                    parking.durable = true;
                }
            }
            (Some(mark), None) if extra.resolve == Resolve::No => {
                extra.parking = Some(Parking::durable(mark));
            }
            // Another process drained it, and took its mark away. Letters under way are answered
            // first: what is a letter by then is not dispatched again.
            (None | Some(_), Some((_, true))) => {
                let under_way = extra.parking.as_ref().is_some_and(|p| p.appending > 0);
                let ours = extra.parking.as_ref().map(|parking| parking.mark.epoch);
                extra.closed = ours;
                extra.cursor = stored;
                if let Some(epoch) = ours.filter(|_| !under_way) {
                    self.stream_head_closed(id, epoch);
                }
                return;
            }
            _ => {}
        }
        let done = stored.as_ref().map(|(cursor, _)| cursor.done.clone());
        extra.cursor = stored;
        if extra.resolve == Resolve::No
            && self.source.resolves()
            && let Some(done) = done
        {
            self.learn(id, &done);
        }
        self.stream_letters_due(id);
    }

    /// Saves the cursors that must be, and at a slow interval all that say too little.
    pub(super) fn save_cursors(&mut self) {
        if self.cursor_at > self.now || self.cursors_unsaved.is_empty() {
            return;
        }
        let all = self.cursors_all || self.cursors_at <= self.now;
        if !all && !self.cursors_soon {
            return;
        }
        if all {
            self.cursors_all = false;
            self.cursors_at = self.now.after(self.tuning.cursor_ms);
        }
        self.cursors_soon = false;
        let mut ids = Vec::new();
        let mut cursors = Vec::new();
        for id in std::mem::take(&mut self.cursors_unsaved) {
            let Some(stream) = self.streams.items.get(id) else { continue };
            let extra = stream.extra.as_ref();
            let wanted = extra.is_some_and(|extra| extra.cursor_wanted);
            let busy = extra.is_some_and(|extra| extra.is_cursor_busy());
            if busy || !(all || wanted) {
                self.cursors_unsaved.push(id);
            } else if let Some(write) = self.cursor_write(id, wanted) {
                ids.push(id);
                cursors.push(write);
            }
            if cursors.len() >= limits::CURSORS_PER_SAVE_MAX {
                self.send_cursors(std::mem::take(&mut ids), std::mem::take(&mut cursors));
            }
        }
        self.send_cursors(ids, cursors);
    }

    fn send_cursors(&mut self, ids: Vec<Id<Stream>>, cursors: Vec<CursorWrite>) {
        if !cursors.is_empty() {
            let ticket = self.ticket();
            self.saves.insert(ticket, ids);
            self.effects.push(Effect::SaveCursors { ticket, cursors });
        }
    }

    /// The write of a stream's cursor; none where its document says as much.
    fn cursor_write(&mut self, id: Id<Stream>, wanted: bool) -> Option<CursorWrite> {
        let durable = self.streams.items[id].durable(&self.works);
        let told = self.told_by_document(id, &durable);
        let (tag, history) = (self.tag, self.source.history);
        let stream = &mut self.streams.items[id];
        stream.unsaved = false;
        if told && !wanted {
            return None;
        }
        let (digests, head) = (stream.digests, stream.head);
        let name = stream.name.clone();
        let extra = stream.extra();
        // The mark comes after all that the stream has before it.
        let closed = extra.closed;
        let parking = extra.parking.as_ref().filter(|parking| closed != Some(parking.mark.epoch));
        let mark = parking.filter(|parking| parking.is_ripe(head)).map(|p| p.mark.clone());
        let unripe = parking.is_some() && mark.is_none() && extra.cursor_waiters.is_empty();
        let stored = extra.cursor.clone();
        // Another owner may have parked the stream anew while our letters are still under way.
        let theirs = stored.as_ref().and_then(|(stored, _)| stored.mark.clone());
        let mark = mark.or(theirs.filter(|mark| closed != Some(mark.epoch)));
        let parked_once = mark.is_some() || extra.was_parked();
        let mut cursor = Cursor { done: durable, mark, parked_once, digests, tag };
        // Until then only a checkpoint that stands on cursors needs to know how far it is.
        let known = stored.as_ref().is_some_and(|(stored, _)| stored.done == cursor.done);
        if unripe && (history || known) {
            return None;
        }
        if let Some((stored, _)) = &stored {
            cursor.done.merge(&stored.done);
            debug_assert_eq!(invariants::cursor_goes_on(stored, &cursor), Ok(()));
        }
        extra.waiters_sent = extra.cursor_waiters.len();
        extra.saving = Some(cursor.clone());
        let replaces = stored.map(|(_, revision)| revision);
        Some(CursorWrite { stream: name, replaces, cursor })
    }

    /// Whether the stream's own document durably says all that its cursor would.
    fn told_by_document(&self, id: Id<Stream>, durable: &crate::progress::Progress) -> bool {
        let document = self.documents.items.get(self.streams.items[id].document);
        document.is_some_and(|document| {
            let clean = !document.dirty && !document.writing && document.state == State::Ready;
            let stored = document.revision.is_some() && self.kind == GuardKind::Version;
            let covers = match &document.meta.guard {
                // Memory's guard may have moved on without a write: the folded tell.
                Guard::Version(progress) => progress.next >= durable.next,
                _ => false,
            };
            clean && stored && covers && !document.rare.as_ref().is_some_and(|r| r.guard_moved)
        })
    }

    pub(super) fn cursors_saved(&mut self, ticket: Ticket, answers: Vec<SideAnswer<Cursor>>) {
        let Some(ids) = self.saves.remove(&ticket) else { return };
        let mut failed = false;
        let unknown = std::iter::repeat(SideAnswer::Retry(Trouble::Unknown));
        for (id, answer) in ids.into_iter().zip(answers.into_iter().chain(unknown)) {
            if self.streams.items.get(id).is_none() {
                continue;
            }
            let extra = self.streams.items[id].extra();
            let Some(saving) = extra.saving.take() else { continue };
            // Whoever wanted to read it meanwhile is told by this answer too.
            if extra.resolve == Resolve::Record && !matches!(answer, SideAnswer::Retry(_)) {
                // The stream begins here, or where another owner says.
                extra.resolve = Resolve::Cursor;
            }
            let resolving = extra.resolve == Resolve::Cursor;
            match answer {
                SideAnswer::Written(revision) => {
                    self.cursor_backoff.succeeded();
                    self.cursor_saved(id, saving, revision, ticket);
                }
                SideAnswer::Conflict(stored) => {
                    let same = stored.as_ref().filter(|(cursor, _)| *cursor == saving);
                    if let Some(revision) = same.map(|(_, revision)| *revision) {
                        // It was our own, of a time-out that had written.
                        self.cursor_saved(id, saving, revision, ticket);
                    } else {
                        self.note_cursor(id, stored);
                        self.unsave_now(id);
                    }
                }
                SideAnswer::Retry(_) => {
                    failed = true;
                    self.unsave_now(id);
                    if resolving {
                        self.cursors_wanted.insert(id);
                    }
                    continue;
                }
            }
            if resolving {
                self.cursor_known(id);
            }
        }
        if failed {
            self.cursor_trouble("cursor");
        }
    }

    /// Must be saved again, and soon.
    pub(super) fn unsave_now(&mut self, id: Id<Stream>) {
        let stream = &mut self.streams.items[id];
        stream.extra().cursor_wanted = true;
        if !stream.unsaved {
            stream.unsaved = true;
            self.cursors_unsaved.push(id);
        }
        self.cursors_soon = true;
    }

    fn cursor_saved(&mut self, id: Id<Stream>, saved: Cursor, revision: Revision, ticket: Ticket) {
        let stream = &mut self.streams.items[id];
        let unsaved = stream.unsaved;
        let extra = stream.extra();
        let mark = saved.mark.clone();
        extra.cursor = Some((saved, revision));
        let sent = extra.waiters_sent.min(extra.cursor_waiters.len());
        let waiters: Vec<_> = extra.cursor_waiters.drain(..sent).collect();
        if let (Some(parking), Some(mark)) = (&mut extra.parking, mark) {
            parking.durable |= parking.mark.epoch == mark.epoch;
        }
        if extra.cursor_waiters.is_empty() && !unsaved {
            extra.cursor_wanted = extra.parking.as_ref().is_some_and(|parking| !parking.durable);
            // An unripe mark is saved when the head of the stream tells.
        }
        // A write that was sent before the checkpoint was staged may say too little for it.
        if ticket > self.barrier.from {
            self.barrier.streams.remove(&id);
        }
        for work in waiters {
            let verdict = self.works[work].verdict.unwrap_or(crate::checkpoint::Verdict::Filtered);
            self.complete(work, verdict);
        }
        if self.streams.items[id].extra().cursor_wanted {
            self.unsave(id);
        }
        self.stream_letters_due(id);
    }
}
