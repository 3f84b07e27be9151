//! Retries or discards one late letter: an event that came after its version was passed as a
//! hole. Nothing waits for it, so nothing is unmarked; the hole is filled, in the documents and
//! in the stream's cursor, and then the letter goes. That it applies out of order is why only an
//! operator asks for it.

use std::collections::VecDeque;

use super::document::Target;
use super::fold::{Folder, Stop};
use super::{Effect, Input, Outcome};
use crate::backoff::Backoff;
use crate::control::{ControlAnswer, ControlOp, Entry};
use crate::cursor::{Cursor, CursorWrite};
use crate::effect::LoadKey;
use crate::fault::Fault;
use crate::guard::{GuardKind, Revision};
use crate::input::{Loaded, SideAnswer, WriteAnswer};
use crate::letter::Scope;
use crate::name::Name;
use crate::parking::{Discard, StoredLetter, names, wire};
use crate::projection::{Keys, Projection};
use crate::time::{Steady, Time};

/// What is to be done with a late letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LateMode {
    /// Its event is folded in.
    Retry,
    /// It is dropped, for this reason.
    Discard(String),
}

/// The retry or discard of one late letter. Its outcome is `Drained` when the letter is gone,
/// `Later` while a document is parked or earlier events are not durable, or what went wrong.
#[derive(Debug)]
pub struct Late<P> {
    projection: P,
    first: u64,
    /// The letter's key in the control store.
    key: Name,
    mode: LateMode,
    clock: Steady,
    backoff: Backoff,
    state: State,
    letter: Option<(StoredLetter, Revision)>,
    cursor: Option<(Cursor, Revision)>,
    targets: VecDeque<Name>,
}

#[derive(Debug)]
enum State {
    Idle,
    Waiting(Time),
    Letter,
    Cursor,
    Document,
    Write,
    Fill,
    Record,
    Failed(Fault),
    Delete,
    Done(Outcome),
}

impl<P: Projection> Late<P> {
    /// For the letter at this key of the control store, as listed under
    /// [`names::loose`]. `first` as for a [`super::Drain`].
    pub fn new(projection: P, first: u64, backoff: Backoff, key: Name, mode: LateMode) -> Late<P> {
        Late {
            projection,
            first,
            key,
            mode,
            clock: Steady::default(),
            backoff,
            state: State::Idle,
            letter: None,
            cursor: None,
            targets: VecDeque::new(),
        }
    }

    /// Takes the answer to what the last step wanted, and says what is wanted next.
    pub fn step(&mut self, now: Time, input: Input) -> Effect {
        self.clock.tell(now);
        match (std::mem::replace(&mut self.state, State::Idle), input) {
            (State::Done(outcome), _) => self.done(outcome),
            (State::Waiting(until), _) if self.clock.now() < until => self.wait(until),
            (State::Idle | State::Waiting(_), _) | (_, Input::Started | Input::Ticked) => {
                let key = self.key.clone();
                self.control(State::Letter, ControlOp::Get { key })
            }
            (State::Letter, Input::Control(ControlAnswer::Got(entry))) => self.read(entry),
            (State::Cursor, Input::CursorLoaded(Ok(cursor))) => {
                self.cursor = cursor;
                self.next()
            }
            (State::Document, Input::Loaded(loaded)) => self.loaded(loaded),
            (State::Write, Input::Written(answer)) => self.written(answer),
            (State::Fill, Input::CursorSaved(SideAnswer::Written(_)))
            | (State::Record, Input::Control(ControlAnswer::Put(_) | ControlAnswer::Conflict)) => {
                self.delete()
            }
            (State::Failed(fault), Input::Control(ControlAnswer::Put(_))) => self.failed(fault),
            (State::Delete, Input::Control(ControlAnswer::Deleted)) => self.done(Outcome::Drained),
            // Trouble, or somebody changed what was read: all is read anew, a little later.
            _ => self.trouble(),
        }
    }

    fn read(&mut self, entry: Option<Entry>) -> Effect {
        let Some(entry) = entry else { return self.done(Outcome::Absent) };
        let mut stored = match wire::read_letter(&entry.value) {
            Ok(stored) => stored,
            Err(fault) => return self.done(Outcome::Broken(fault)),
        };
        if let LateMode::Discard(reason) = &self.mode {
            stored.discard = Some(Discard { reason: reason.clone(), certain: true });
            let key = names::discard(&self.projection.id(), &stored.letter);
            let value = wire::write_letter(&stored);
            self.letter = Some((stored, entry.revision));
            return self.control(State::Record, ControlOp::Put { key, replaces: None, value });
        }
        let routed = self.route(&stored);
        let stream = stored.letter.stream.clone();
        self.letter = Some((stored, entry.revision));
        match routed {
            Ok(targets) => self.targets = targets,
            Err(fault) => return self.fail(fault),
        }
        self.state = State::Cursor;
        Effect::LoadCursor(stream)
    }

    fn route(&self, stored: &StoredLetter) -> Result<VecDeque<Name>, Fault> {
        let Some(event) = stored.letter.payload.event(0) else {
            return Err(Fault::new("payload", "the letter holds no event"));
        };
        if let Some(fault) = event.fault() {
            return Err(fault.clone());
        }
        if let Scope::Key(key) = &stored.letter.scope {
            return Ok([key.clone()].into());
        }
        let mut keys = Keys::default();
        self.projection.route(event, &mut keys)?;
        keys.check()?;
        let own = keys.has_stream().then(|| Name::from(event.stream()));
        Ok(own.into_iter().chain(keys.named().iter().cloned()).collect())
    }

    /// Goes on with the next document; when all have the event, the cursor's hole is filled.
    fn next(&mut self) -> Effect {
        let Some((stored, _)) = &self.letter else { return self.trouble() };
        let version = stored.letter.version;
        if let Some(key) = self.targets.front().cloned() {
            let ledger = self.projection.guard() == GuardKind::Ledger;
            let rows = if ledger { vec![stored.letter.stream.clone()] } else { Vec::new() };
            self.state = State::Document;
            return Effect::Load(LoadKey { key, rows });
        }
        match self.cursor.take() {
            Some((mut cursor, revision)) if cursor.done.holes.contains(version) => {
                // The hole may lie above all that is done: only the hole goes.
                cursor.done.holes.fill(version);
                let stream = stored.letter.stream.clone();
                self.state = State::Fill;
                Effect::SaveCursor(CursorWrite { stream, replaces: Some(revision), cursor })
            }
            _ => self.delete(),
        }
    }

    fn loaded(&mut self, loaded: Loaded) -> Effect {
        let kind = self.projection.guard();
        let Some(mut target) = Target::of(loaded, kind, self.first) else { return self.trouble() };
        let Some((stored, _)) = &self.letter else { return self.trouble() };
        if target.meta.mark.is_some() {
            return self.done(Outcome::Later);
        }
        let version = stored.letter.version;
        let done = self.cursor.as_ref().map_or(0, |(cursor, _)| cursor.done.next);
        let now = self.clock.wall();
        let folder = Folder {
            projection: &self.projection,
            first: self.first,
            drained: false,
            late: true,
            now,
        };
        let key = target.key.clone();
        let before = target.meta.guard.clone();
        let letters = std::iter::once(stored);
        let result = folder.fold(&key, &mut target.body, &mut target.meta, letters);
        match result.stop {
            Some(Stop::Failed(fault)) => return self.fail(fault),
            Some(Stop::Fence) => return self.trouble(),
            None => {}
        }
        if !result.changed {
            self.targets.pop_front();
            return self.next();
        }
        // Where the document does not list the hole, what is below it may still be in flight:
        // only the cursor tells.
        let listed = folder.is_hole(&before, stored);
        if !listed && done <= version {
            return self.done(Outcome::Later);
        }
        self.state = State::Write;
        Effect::Write(target.write_moved(kind, self.first, &result.streams))
    }

    fn written(&mut self, answer: WriteAnswer) -> Effect {
        match answer {
            WriteAnswer::Written(_) => {
                self.backoff.succeeded();
                self.targets.pop_front();
                self.next()
            }
            // Loaded again, and judged anew.
            WriteAnswer::Conflict => self.next(),
            WriteAnswer::Retry(_) => self.trouble(),
            WriteAnswer::Refused(fault) => self.fail(fault),
        }
    }

    /// It failed again: the letter says so.
    fn fail(&mut self, fault: Fault) -> Effect {
        let Some((stored, revision)) = &mut self.letter else { return self.trouble() };
        stored.attempts += 1;
        stored.last = Some(fault.clone());
        let (key, replaces) = (self.key.clone(), Some(*revision));
        let value = wire::write_letter(stored);
        self.control(State::Failed(fault), ControlOp::Put { key, replaces, value })
    }

    fn failed(&mut self, fault: Fault) -> Effect {
        let Some((stored, _)) = &self.letter else { return self.trouble() };
        let (stream, version) = (stored.letter.stream.clone(), stored.letter.version);
        self.done(Outcome::Failed { stream, version, fault })
    }

    fn delete(&mut self) -> Effect {
        let Some((_, replaces)) = self.letter.take() else { return self.trouble() };
        let key = self.key.clone();
        self.control(State::Delete, ControlOp::Delete { key, replaces })
    }

    fn control(&mut self, state: State, op: ControlOp) -> Effect {
        self.state = state;
        Effect::Control(op)
    }

    fn trouble(&mut self) -> Effect {
        let until = self.backoff.failed(self.clock.now());
        self.wait(until)
    }

    fn wait(&mut self, until: Time) -> Effect {
        self.state = State::Waiting(until);
        Effect::WakeAt(self.clock.wake(until))
    }

    fn done(&mut self, outcome: Outcome) -> Effect {
        self.state = State::Done(outcome.clone());
        Effect::Done(outcome)
    }
}
