//! One document: loaded, judged by, folded into and written, always on the condition that nobody
//! wrote in between.

use std::sync::Arc;

use super::fold::{Folder, Stop, Verdict};
use super::{Drain, Effect, Held, Outcome, State};
use crate::control::{ControlOp, Entry};
use crate::effect::{DocumentWrite, LoadKey};
use crate::guard::{Guard, GuardKind, Meta, Revision};
use crate::input::{Loaded, Stored, WriteAnswer};
use crate::letter::Scope;
use crate::name::Name;
use crate::parking::{Left, wire};
use crate::progress::Progress;
use crate::projection::Projection;
use crate::value::Value;

/// The document that is being folded into.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) key: Name,
    pub(super) revision: Option<Revision>,
    pub(super) body: Arc<Value>,
    pub(super) meta: Meta,
}

impl Target {
    /// A document as loaded; none where it could not be loaded. A ledger's rows are its guard.
    pub(super) fn of(loaded: Loaded, kind: GuardKind, first: u64) -> Option<Target> {
        let (revision, body, mut meta) = match loaded.stored.ok()? {
            Some(Stored { body, meta, revision }) => (Some(revision), body, meta),
            None => (None, Arc::default(), Meta::empty(kind, first)),
        };
        if kind == GuardKind::Ledger {
            meta.guard = Guard::Streams(loaded.rows.into_iter().collect());
        }
        Some(Target { key: loaded.key, revision, body, meta })
    }

    /// The write of the document; of a ledger with the rows of these streams.
    pub(super) fn write_moved(
        &self,
        kind: GuardKind,
        first: u64,
        streams: &[Name],
    ) -> DocumentWrite {
        let mut write = self.write(Vec::new());
        if let (GuardKind::Ledger, Guard::Streams(entries)) = (kind, &self.meta.guard) {
            let moved = entries.iter().filter(|(stream, _)| streams.contains(stream));
            write.rows = moved.map(|(name, progress)| (name.clone(), progress.clone())).collect();
            write.meta.guard = Guard::empty(kind, first);
        }
        write
    }

    pub(super) fn write(&self, rows: Vec<(Name, Progress)>) -> DocumentWrite {
        DocumentWrite {
            key: self.key.clone(),
            replaces: self.revision,
            body: Arc::clone(&self.body),
            meta: self.meta.clone(),
            rows,
        }
    }
}

impl<P: Projection> Drain<P> {
    /// Loads a document, for a ledger with the rows that the next letters need.
    pub(super) fn load(&mut self, key: Name) -> Effect {
        let mut rows: Vec<Name> = Vec::new();
        if self.projection.guard() == GuardKind::Ledger {
            for place in self.queue.iter().take(self.reach) {
                if !rows.contains(&place.stream) {
                    rows.push(place.stream.clone());
                }
            }
        }
        self.state = State::Document;
        Effect::Load(LoadKey { key, rows })
    }

    pub(super) fn loaded(&mut self, state: &State, loaded: Loaded) -> Effect {
        let kind = self.projection.guard();
        let Some(target) = Target::of(loaded, kind, self.first) else { return self.trouble() };
        let absent = target.revision.is_none();
        self.target = Some(target);
        match (state, &self.scope) {
            (State::UnmarkLoad, _) if absent => self.done(Outcome::Drained),
            (State::UnmarkLoad, _) => self.unmark_document(),
            (State::Document, Scope::Key(_)) => self.marked(),
            (State::Document, Scope::Stream(_)) => self.fold_letter(),
            _ => self.trouble(),
        }
    }

    /// The letters are read after the document: a wish written on one before that is seen.
    fn marked(&mut self) -> Effect {
        let mark = self.target.as_ref().and_then(|target| target.meta.mark.as_ref());
        match mark {
            Some(mark) if mark.epoch == self.epoch => self.read_letter(),
            _ => self.done(Outcome::Stray),
        }
    }

    pub(super) fn read_letter(&mut self) -> Effect {
        match self.queue.get(self.hand.len()) {
            Some(place) if self.hand.len() < self.batch_max.min(self.reach) => {
                let key = place.key.clone();
                self.control(State::Letter, ControlOp::Get { key })
            }
            _ => self.letters_read(),
        }
    }

    pub(super) fn letter(&mut self, entry: Option<Entry>) -> Effect {
        let Some(entry) = entry else {
            // Another drain was here. What comes after those that the document was loaded for does
            // not take its place: of a ledger its row was not read.
            self.queue.remove(self.hand.len());
            self.reach = self.reach.saturating_sub(1);
            return self.read_letter();
        };
        match wire::read_letter(&entry.value) {
            Ok(stored) => {
                self.hand.push(Held { key: entry.key, revision: entry.revision, stored });
                self.read_letter()
            }
            Err(fault) => self.done(Outcome::Broken(fault)),
        }
    }

    fn letters_read(&mut self) -> Effect {
        match (&self.scope, self.projection.guard()) {
            _ if self.hand.is_empty() => self.next(),
            (Scope::Stream(_), _) => self.route(),
            (_, GuardKind::Refold) => self.begin_refold(),
            _ => self.fold_hand(),
        }
    }

    /// Folds the letters in hand into their parked document.
    fn fold_hand(&mut self) -> Effect {
        let Some(target) = &mut self.target else { return self.trouble() };
        let now = self.clock.wall();
        let (projection, first) = (&self.projection, self.first);
        let folder = Folder { projection, first, drained: false, late: false, now };
        let letters = self.hand.iter().map(|held| &held.stored);
        let key = target.key.clone();
        let result = folder.fold(&key, &mut target.body, &mut target.meta, letters);
        if result.verdicts.is_empty() && result.stop == Some(Stop::Fence) {
            // Written as it is, so that whoever read the letter before the wish cannot write.
            let write = self.write_of(&[]);
            return self.put_document(State::Fence, write);
        }
        let fault = match result.stop {
            Some(Stop::Failed(fault)) => Some(fault),
            _ => None,
        };
        self.plan(&result.verdicts, fault);
        if !result.changed {
            return self.go_on();
        }
        let write = self.write_of(&result.streams);
        self.put_document(State::Write, write)
    }

    /// The write of the document in hand; of a ledger with the rows of these streams.
    pub(super) fn write_of(&self, streams: &[Name]) -> Option<DocumentWrite> {
        let target = self.target.as_ref()?;
        Some(target.write_moved(self.projection.guard(), self.first, streams))
    }

    pub(super) fn put_document(&mut self, state: State, write: Option<DocumentWrite>) -> Effect {
        let Some(write) = write else { return self.trouble() };
        self.state = state;
        Effect::Write(write)
    }

    pub(super) fn written(&mut self, state: &State, answer: WriteAnswer) -> Effect {
        if matches!(state, State::UnmarkWrite) {
            return self.unmarked_document(answer);
        }
        match (state, answer) {
            (State::Fence, WriteAnswer::Written(_)) => self.make_certain(),
            (State::Write, WriteAnswer::Written(_)) => {
                self.conflicts = 0;
                self.backoff.succeeded();
                self.document_is_durable()
            }
            (_, WriteAnswer::Conflict) => self.conflict(),
            (State::Write, WriteAnswer::Refused(_)) if self.hand.len() > 1 => {
                // One of them makes the document too large, or worse: they go one by one.
                self.batch_max = 1;
                self.next()
            }
            (State::Write, WriteAnswer::Refused(fault)) => {
                self.todo.clear();
                self.plan(&[], Some(fault));
                self.go_on()
            }
            (_, WriteAnswer::Refused(fault)) => self.done(Outcome::Broken(fault)),
            _ => self.trouble(),
        }
    }

    /// Nobody can apply the first letter in hand any more: its discard is certain.
    fn make_certain(&mut self) -> Effect {
        let Some(held) = self.hand.first_mut() else { return self.trouble() };
        if let Some(discard) = &mut held.stored.discard {
            discard.certain = true;
        }
        let (key, replaces) = (held.key.clone(), Some(held.revision));
        let value = wire::write_letter(&held.stored);
        self.control(State::Certain, ControlOp::Put { key, replaces, value })
    }

    /// The documents of the letter in hand have it, all of them.
    pub(super) fn all_durable(&mut self) -> Effect {
        self.plan(&[Verdict::Leaves(Left::Retried)], None);
        self.go_on()
    }
}
