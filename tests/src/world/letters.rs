//! Letters: how machines' appends are performed on the control store, one operation at a time, so
//! that others' operations and crashes fall between any two; and what the store holds of them.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::control::{ControlAnswer, ControlOp, Entry};
use foldline_core::effect::Ticket;
use foldline_core::fault::{Fault, Trouble};
use foldline_core::input::Input;
use foldline_core::letter::{Cause, Letter, LetterAnswer, Scope};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::parking::{Append, AppendStep, HeadRecord, Limits, StoredLetter, names, wire};
use foldline_core::position::Position;

use crate::world::faults::Kind;
use crate::world::parts::{Happening, Seat};
use crate::world::run::{Failure, World};
use crate::world::truth;

/// What the world remembers of letters: every one that was ever durable, and every one that an
/// operator dropped.
#[derive(Debug, Default)]
pub struct Letters {
    /// By projection, stream and version: under which scopes it was parked, ever.
    pub ever: BTreeMap<(usize, Name, u64), BTreeSet<Scope>>,
    /// Scopes that some event parked by failing.
    pub failed: BTreeSet<(usize, Scope)>,
    /// Scopes for which an operator was asked to make room.
    pub full: BTreeSet<(usize, Scope)>,
    /// Letters that the control store does not take.
    pub refused: BTreeSet<Name>,
    /// The late version of each stream that an operator retried, by projection and stream: where
    /// it is in, it came after others that should have followed it.
    pub wandering: BTreeMap<(usize, Name), u64>,
    /// Records without a stream, by projection.
    pub nameless: BTreeSet<(usize, Name, Position)>,
    /// Records whose version had come with other content: where they stood.
    pub forks: BTreeSet<(usize, Name, Position)>,
}

impl Letters {
    /// Whether this event was ever parked under this scope.
    pub fn has(&self, projection: usize, stream: &str, version: u64, scope: &Scope) -> bool {
        let of = self.ever.get(&(projection, Name::from(stream), version));
        of.is_some_and(|scopes| scopes.contains(scope))
    }

    /// Whether any event of the stream was ever parked.
    pub fn has_after(&self, projection: usize, stream: &Name) -> bool {
        let from = (projection, stream.clone(), 0);
        self.ever.range(from..).next().is_some_and(|((p, s, _), _)| *p == projection && s == stream)
    }

    /// Whether this event was ever parked under any scope.
    pub fn has_any(&self, projection: usize, stream: &str, version: u64) -> bool {
        self.ever.contains_key(&(projection, Name::from(stream), version))
    }
}

/// One Park effect under way.
#[derive(Debug)]
pub(super) struct Appending {
    from: Seat,
    ticket: Ticket,
    letters: Vec<Letter>,
    answers: Vec<LetterAnswer>,
    append: Option<Append>,
    wants: Option<ControlOp>,
}

impl World {
    pub(super) fn begin_park(&mut self, from: Seat, ticket: Ticket, letters: Vec<Letter>) {
        let answers = Vec::with_capacity(letters.len());
        let (append, wants) = (None, None);
        let appending = Appending { from, ticket, letters, answers, append, wants };
        self.plan_at(self.now, Happening::Append(Box::new(appending)));
    }

    /// One step of a Park effect: one control operation, or the answer.
    pub(super) fn append(&mut self, mut appending: Box<Appending>) -> Result<(), Failure> {
        self.fleet.last_work = self.now;
        // A dead worker's next operation may be on its way; the one after it is never sent.
        let alive = self.machine(appending.from).is_some();
        let answer = match appending.wants.take() {
            Some(op) => Some(self.control(&op)?),
            None => None,
        };
        if !alive && answer.is_some() {
            return Ok(());
        }
        appending.wants = self.step_append(&mut appending, answer);
        if appending.wants.is_some() {
            let at = self.now + self.rng.below(4);
            self.plan_at(at, Happening::Append(appending));
        } else {
            let Appending { from, ticket, answers, .. } = *appending;
            let at = self.now + self.latency(from.projection);
            let input = Input::Parked { ticket, answers };
            self.plan_at(at, Happening::Deliver { to: from, input });
        }
        Ok(())
    }

    /// Goes on to the next operation that somebody must perform. None: all letters are answered.
    fn step_append(
        &mut self,
        appending: &mut Appending,
        mut answer: Option<ControlAnswer>,
    ) -> Option<ControlOp> {
        let limits = self.limits();
        loop {
            let letter = appending.letters.get(appending.answers.len())?;
            let behind =
                appending.letters.iter().zip(&appending.answers).any(|(before, answer)| {
                    *answer != LetterAnswer::Parked && before.scope == letter.scope
                });
            if behind && appending.append.is_none() {
                appending.answers.push(LetterAnswer::Retry);
                continue;
            }
            let id = self.id(appending.from.projection);
            let append =
                appending.append.get_or_insert_with(|| Append::new(id, letter.clone(), limits));
            match append.step(answer.take()) {
                AppendStep::Do(op) => return Some(op),
                AppendStep::Done(done) => {
                    let letter = letter.clone();
                    appending.append = None;
                    appending.answers.push(done);
                    if done == LetterAnswer::Parked {
                        self.parked(appending.from.projection, &letter);
                    }
                }
            }
        }
    }

    fn parked(&mut self, projection: usize, letter: &Letter) {
        if letter.cause == Cause::Nameless {
            let partition = match &letter.scope {
                Scope::Partition(partition) => partition.clone(),
                _ => letter.partition.clone().unwrap_or_default(),
            };
            self.letters.nameless.insert((projection, partition, letter.position.clone()));
            return;
        }
        if letter.cause == Cause::Fork {
            let place = (letter.partition.clone().unwrap_or_default(), letter.position.clone());
            self.letters.forks.insert((projection, place.0, place.1));
            return;
        }
        if letter.cause == Cause::Failed {
            self.letters.failed.insert((projection, letter.scope.clone()));
        }
        let place = truth::place_of(&letter.rank());
        let event = (projection, letter.stream.clone(), place);
        self.letters.ever.entry(event).or_default().insert(letter.scope.clone());
    }

    /// Performs one operation on the control store, with its faults.
    pub(super) fn control(&mut self, op: &ControlOp) -> Result<ControlAnswer, Failure> {
        if self.now < self.control_down_until {
            return Ok(ControlAnswer::Trouble(Trouble::Down));
        }
        if self.strikes(Kind::ControlThrottled, 30) {
            return Ok(ControlAnswer::Trouble(Trouble::Throttled));
        }
        if let ControlOp::Put { key, .. } = op
            && self.refuses(key)
        {
            self.tally.count(Kind::ControlRefused);
            return Ok(ControlAnswer::Refused(Fault::new("control-refused", "full on purpose")));
        }
        let (written, not) = (Kind::ControlTimedOutWritten, Kind::ControlTimedOutNotWritten);
        let may = self.settings.may(written) || self.settings.may(not);
        let untold = self.rng.permille(30) && !self.calm && may;
        let kind = if untold && self.rng.percent(50) { not } else { written };
        let untold = untold && self.settings.may(kind);
        if untold {
            self.tally.count(kind);
        }
        if untold && kind == not {
            return Ok(ControlAnswer::Trouble(Trouble::Unknown));
        }
        let answer = self.control_now(op)?;
        if answer == ControlAnswer::Conflict {
            self.tally.count(Kind::ControlConflict);
        }
        Ok(if untold { ControlAnswer::Trouble(Trouble::Unknown) } else { answer })
    }

    /// How many letters may stand.
    pub(super) fn limits(&self) -> Limits {
        Limits { letters_per_key: self.settings.letters_per_key, ..Limits::default() }
    }

    /// Whether the control store refuses this letter: for as long as anything goes wrong.
    fn refuses(&mut self, key: &Name) -> bool {
        let may = self.settings.may(Kind::ControlRefused) && !self.calm;
        if may && key.contains("/letter/") && self.rng.permille(20) {
            self.letters.refused.insert(key.clone());
        }
        may && self.letters.refused.contains(key)
    }

    fn control_now(&mut self, op: &ControlOp) -> Result<ControlAnswer, Failure> {
        let before = match op {
            ControlOp::Put { key, .. } => self.control.get_now(key),
            _ => None,
        };
        let answer = self.control.perform_now(op.clone(), 7);
        if let (ControlOp::Put { key, value, .. }, ControlAnswer::Put(_), Some(before)) =
            (op, &answer, before)
        {
            stays_closed(key, &before.value, value)?;
            self.found(key, value)?;
        }
        Ok(answer)
    }

    /// A letter that an operator found and marks stands, though whoever appended it may never be
    /// told.
    fn found(&mut self, key: &str, value: &str) -> Result<(), Failure> {
        let of = |projection: &usize| {
            key.starts_with(&format!("parking/{}/letter/", self.id(*projection)))
        };
        let Some(projection) = (0..self.projections.len()).find(of) else { return Ok(()) };
        let stored = wire::read_letter(value).map_err(|fault| fault.to_string())?;
        self.parked(projection, &stored.letter);
        Ok(())
    }

    /// All letters that stand now, of one projection.
    pub fn standing(&self, projection: usize) -> Result<Vec<StoredLetter>, Failure> {
        let id = self.id(projection);
        let mut found = Vec::new();
        for head in self.heads(&id)? {
            if !head.open {
                continue;
            }
            let prefix = names::letters(&id, &head.scope, head.epoch);
            self.read_letters(&prefix, &mut found)?;
        }
        for cause in [Cause::Late, Cause::Fork, Cause::Nameless, Cause::Failed] {
            self.read_letters(&names::loose(&id, cause), &mut found)?;
        }
        Ok(found)
    }

    /// All letters that operators dropped, by scope, stream and version.
    pub fn discarded(&self, projection: usize) -> Result<BTreeSet<(Scope, Name, u64)>, Failure> {
        let id = self.id(projection);
        let mut found = Vec::new();
        self.read_letters(&format!("parking/{id}/discard/"), &mut found)?;
        let name = |stored: StoredLetter| {
            (stored.letter.scope, stored.letter.stream, stored.letter.version)
        };
        Ok(found.into_iter().map(name).collect())
    }

    /// All heads of one projection.
    pub fn heads(&self, id: &ProjectionId) -> Result<Vec<HeadRecord>, Failure> {
        let listed = self.control.list_now(&names::heads(id), None, usize::MAX);
        let read = |entry: &Entry| wire::read_head(&entry.value);
        let heads: Result<Vec<HeadRecord>, _> = listed.entries.iter().map(read).collect();
        heads.map_err(|fault| format!("a head cannot be read: {fault}"))
    }

    fn read_letters(&self, prefix: &str, into: &mut Vec<StoredLetter>) -> Result<(), Failure> {
        for entry in self.control.list_now(prefix, None, usize::MAX).entries {
            let letter = wire::read_letter(&entry.value);
            into.push(letter.map_err(|fault| format!("a letter cannot be read: {fault}"))?);
        }
        Ok(())
    }
}

/// A head that was closed is never opened again.
fn stays_closed(name: &str, before: &str, after: &str) -> Result<(), Failure> {
    if !name.contains("/head/") {
        return Ok(());
    }
    let read = |text: &str| wire::read_head(text).map_err(|fault| fault.to_string());
    let (before, after) = (read(before)?, read(after)?);
    if !before.open && after.open {
        return Err(format!("the closed head {name} was opened again"));
    }
    Ok(())
}
