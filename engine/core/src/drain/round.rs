//! A round: the head, then the letters behind it, in the order in which they drain; and the end,
//! where the head closes and the mark goes.

use super::{Drain, Effect, Outcome, State};
use crate::control::{ControlOp, Entry};
use crate::cursor::CursorWrite;
use crate::effect::LoadKey;
use crate::fault::Fault;
use crate::guard::{Guard, GuardKind};
use crate::input::WriteAnswer;
use crate::letter::{Rank, Scope};
use crate::name::Name;
use crate::parking::{Discard, HeadRecord, names, wire};
use crate::position::Position;
use crate::projection::Projection;
use crate::value::Value;

/// A letter, and its place in the order of draining.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// What it must not overtake: its stream, or where positions guard its partition.
    lane: Name,
    position: Option<Position>,
    rank: Rank,
    pub(super) stream: Name,
    pub(super) key: Name,
}

impl<P: Projection> Drain<P> {
    /// Begins a round: nothing of an earlier one counts.
    pub(super) fn begin(&mut self) -> Effect {
        self.queue.clear();
        self.hand.clear();
        self.targets.clear();
        self.todo.clear();
        self.target = None;
        self.cursor = None;
        self.refold = None;
        let key = names::head(&self.id, &self.scope, self.epoch);
        self.control(State::Head, ControlOp::Get { key })
    }

    pub(super) fn head(&mut self, entry: Option<Entry>) -> Effect {
        let Some(entry) = entry else { return self.seal() };
        match wire::read_head(&entry.value) {
            Err(fault) => self.done(Outcome::Broken(fault)),
            Ok(head) if !head.open => self.unmark(),
            Ok(head) => {
                self.head = Some((head, entry.revision));
                self.look_for_wish()
            }
        }
    }

    /// Nothing was ever appended: the head is made, and closed, so that nothing can be.
    fn seal(&mut self) -> Effect {
        let mut head = HeadRecord::new(self.scope.clone(), self.epoch);
        head.open = false;
        let key = names::head(&self.id, &self.scope, self.epoch);
        let value = wire::write_head(&head);
        self.control(State::Seal, ControlOp::Put { key, replaces: None, value })
    }

    /// An operator's wish is written on its letter before anything else.
    fn look_for_wish(&mut self) -> Effect {
        match &self.wish {
            Some(_) if self.refolds() => {
                let fault = "a document that is folded from history shows all that is there: \
                             take the event out of history, and retry";
                self.done(Outcome::Broken(Fault::new("discard", fault)))
            }
            Some(wish) if !wish.noted => {
                let (stream, rank) = (&wish.stream, wish.version.into());
                let key = names::letter_at(&self.id, &self.scope, self.epoch, stream, &rank);
                self.control(State::Wish, ControlOp::Get { key })
            }
            _ => self.list(None),
        }
    }

    pub(super) fn wish(&mut self, entry: Option<Entry>) -> Effect {
        let (Some(entry), Some(wish)) = (entry, &self.wish) else {
            return self.done(Outcome::Absent);
        };
        let mut stored = match wire::read_letter(&entry.value) {
            Ok(stored) => stored,
            Err(fault) => return self.done(Outcome::Broken(fault)),
        };
        if stored.discard.is_some() {
            return self.noted();
        }
        stored.discard = Some(Discard { reason: wish.reason.clone(), certain: false });
        let (replaces, value) = (Some(entry.revision), wire::write_letter(&stored));
        self.control(State::Noted, ControlOp::Put { key: entry.key, replaces, value })
    }

    pub(super) fn noted(&mut self) -> Effect {
        if let Some(wish) = &mut self.wish {
            wish.noted = true;
        }
        self.list(None)
    }

    fn list(&mut self, after: Option<Name>) -> Effect {
        let prefix = names::letters(&self.id, &self.scope, self.epoch);
        self.control(State::Listing, ControlOp::List { prefix, after })
    }

    pub(super) fn listed(&mut self, entries: &[Entry], more: bool) -> Effect {
        for entry in entries {
            match wire::read_letter(&entry.value) {
                Ok(stored) => {
                    let letter = stored.letter;
                    let positions = self.projection.guard() == GuardKind::Positions;
                    let by_position = positions && matches!(self.scope, Scope::Key(_));
                    let rank = letter.rank();
                    if by_position && !self.is_counted(&letter.stream, &rank) {
                        continue;
                    }
                    let lane = if by_position {
                        letter.partition.unwrap_or_default()
                    } else {
                        letter.stream.clone()
                    };
                    let position = by_position.then_some(letter.position);
                    let (stream, key) = (letter.stream, entry.key.clone());
                    self.queue.push_back(Place { lane, position, rank, stream, key });
                }
                Err(fault) => return self.done(Outcome::Broken(fault)),
            }
        }
        if let (true, Some(last)) = (more, entries.last()) {
            return self.list(Some(last.key.clone()));
        }
        self.queue.make_contiguous().sort();
        self.look()
    }

    /// Whether the head counted the letter before the listing began. What came since may stand on
    /// a later page than a letter of a lower position that came before it: where positions judge,
    /// to fold it now would cover that one for good.
    fn is_counted(&self, stream: &str, rank: &Rank) -> bool {
        self.head.as_ref().is_some_and(|(head, _)| head.knows(stream, rank))
    }

    /// All letters are listed.
    fn look(&mut self) -> Effect {
        if self.queue.is_empty() {
            return self.close();
        }
        self.hollow = None;
        let Some(wish) = &self.wish else { return self.next() };
        let is_wished =
            |place: &Place| place.stream == wish.stream && place.rank.version == wish.version;
        let Some(wished) = self.queue.iter().find(|place| is_wished(place)).cloned() else {
            let discarded = self.report.discarded > 0;
            return self.done(if discarded { Outcome::Discarded } else { Outcome::Absent });
        };
        if self.queue.iter().any(|place| place.lane == wished.lane && *place < wished) {
            return self.done(Outcome::Noted);
        }
        self.queue.clear();
        self.queue.push_back(wished);
        self.next()
    }

    /// Takes the next letters of the queue in hand, or begins another round.
    pub(super) fn next(&mut self) -> Effect {
        self.hand.clear();
        self.targets.clear();
        self.todo.clear();
        self.refold = None;
        self.reach = self.queue.len().min(self.batch_max);
        match (&self.scope, self.queue.is_empty()) {
            (_, true) => self.begin(),
            (Scope::Key(key), _) => {
                let key = key.clone();
                self.load(key)
            }
            (Scope::Stream(stream), _) => {
                let stream = stream.clone();
                self.state = State::Cursor;
                Effect::LoadCursor(stream)
            }
            // What yields no stream holds nothing up, and has no head.
            (Scope::Partition(_), _) => self.done(Outcome::Stray),
        }
    }

    /// No letter is left: the head closes, if nothing was appended since it was read.
    fn close(&mut self) -> Effect {
        let Some((mut head, revision)) = self.head.take() else { return self.trouble() };
        if !head.is_drained() {
            // Another drain may have counted and deleted since; but it changed the head then.
            if self.hollow.replace(revision) == Some(revision) {
                let fault = "letters that the head counts are missing, and were not drained";
                return self.done(Outcome::Broken(Fault::new("letters_missing", fault)));
            }
            return self.begin();
        }
        head.open = false;
        let key = names::head(&self.id, &self.scope, self.epoch);
        let (replaces, value) = (Some(revision), wire::write_head(&head));
        self.control(State::Close, ControlOp::Put { key, replaces, value })
    }

    /// The head is closed: the mark goes, if it is still this parking's.
    pub(super) fn unmark(&mut self) -> Effect {
        match self.scope.clone() {
            Scope::Key(key) => {
                self.state = State::UnmarkLoad;
                Effect::Load(LoadKey { key, rows: Vec::new() })
            }
            Scope::Stream(stream) => {
                self.state = State::UnmarkCursor;
                Effect::LoadCursor(stream)
            }
            Scope::Partition(_) => self.done(Outcome::Drained),
        }
    }

    /// The document is loaded for the last time.
    pub(super) fn unmark_document(&mut self) -> Effect {
        let epoch = self.epoch;
        let now = self.clock.wall();
        let Some(target) = &mut self.target else { return self.trouble() };
        if target.meta.mark.as_ref().is_none_or(|mark| mark.epoch != epoch) {
            return self.done(Outcome::Drained);
        }
        target.meta.mark = None;
        if *target.body == Value::Null {
            // A stub that nothing came of ages like a tombstone, or it would stay for ever.
            target.meta.deleted.get_or_insert(now);
        }
        if self.projection.guard() == GuardKind::Ledger {
            target.meta.guard = Guard::empty(GuardKind::Ledger, self.first);
        }
        let write = target.write(Vec::new());
        self.state = State::UnmarkWrite;
        Effect::Write(write)
    }

    pub(super) fn unmarked_document(&mut self, answer: WriteAnswer) -> Effect {
        match answer {
            WriteAnswer::Written(_) => self.done(Outcome::Drained),
            WriteAnswer::Conflict => self.conflict(),
            WriteAnswer::Retry(_) => self.trouble(),
            WriteAnswer::Refused(fault) => self.done(Outcome::Broken(fault)),
        }
    }

    /// The cursor is loaded for the last time.
    pub(super) fn unmark_cursor(&mut self) -> Effect {
        let epoch = self.epoch;
        match self.cursor.take() {
            Some((mut cursor, revision))
                if cursor.mark.as_ref().is_some_and(|mark| mark.epoch == epoch) =>
            {
                cursor.mark = None;
                self.save(State::UnmarkSave, revision, cursor)
            }
            _ => self.done(Outcome::Drained),
        }
    }

    pub(super) fn save(
        &mut self,
        state: State,
        replaces: crate::guard::Revision,
        cursor: crate::cursor::Cursor,
    ) -> Effect {
        let Scope::Stream(stream) = self.scope.clone() else { return self.trouble() };
        self.state = state;
        Effect::SaveCursor(CursorWrite { stream, replaces: Some(replaces), cursor })
    }
}
