//! The append of one letter, one control operation at a time: read the head, put the letter,
//! change the head. It may stop anywhere and be begun again by anybody, with the same letter.

use super::{HeadRecord, Limits, StoredLetter, names, wire};
use crate::control::{ControlAnswer, ControlOp, Entry};
use crate::fault::Fault;
use crate::guard::{Epoch, Revision};
use crate::letter::{Letter, LetterAnswer};
use crate::limits;
use crate::name::ProjectionId;

/// What an append wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppendStep {
    /// Perform this, and hand its answer to the next step.
    Do(ControlOp),
    /// That became of the letter.
    Done(LetterAnswer),
}

/// The append of one letter.
#[derive(Clone, Debug)]
pub struct Append {
    id: ProjectionId,
    letter: StoredLetter,
    limits: Limits,
    state: State,
    /// Set once the letter is known to be durable.
    put: Option<Put>,
    conflicts: u32,
    fault: Option<Fault>,
}

#[derive(Clone, Debug)]
enum State {
    Start,
    Head,
    Letter { head: Option<(HeadRecord, Revision)>, epoch: Epoch },
    Loose,
    Count,
    Withdraw,
    Done(LetterAnswer),
}

#[derive(Clone, Copy, Debug)]
enum Put {
    /// By this append, at this revision.
    Created(Revision),
    /// It was there already.
    Found,
}

impl Append {
    /// The append of this letter; begin with `step(None)`.
    pub fn new(id: ProjectionId, letter: Letter, limits: Limits) -> Append {
        let letter = StoredLetter::new(letter);
        Append { id, letter, limits, state: State::Start, put: None, conflicts: 0, fault: None }
    }

    /// Why somebody must act: the head cannot be read (a newer version's format, or damage; the
    /// answer is Retry), or the store will never take the letter (the answer is Full).
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// Takes the answer to what the last step wanted (none at first).
    pub fn step(&mut self, answer: Option<ControlAnswer>) -> AppendStep {
        let state = std::mem::replace(&mut self.state, State::Done(LetterAnswer::Retry));
        match (state, answer) {
            (State::Start, _) => self.start(),
            (State::Done(answer), _) => self.done(answer),
            (State::Head, Some(ControlAnswer::Got(entry))) => self.head(entry),
            (State::Letter { head, epoch }, Some(ControlAnswer::Put(revision))) => {
                self.put = Some(Put::Created(revision));
                self.count(head, epoch)
            }
            (State::Letter { head, epoch }, Some(ControlAnswer::Conflict)) => {
                self.put = Some(Put::Found);
                self.count(head, epoch)
            }
            (State::Loose, Some(ControlAnswer::Put(_) | ControlAnswer::Conflict))
            | (State::Count, Some(ControlAnswer::Put(_))) => self.done(LetterAnswer::Parked),
            (State::Count, Some(ControlAnswer::Conflict)) => self.again(),
            // Too large for the store: it cannot be parked, so its partition has to wait.
            (_, Some(ControlAnswer::Refused(fault))) => {
                self.fault = Some(fault);
                self.done(LetterAnswer::Full)
            }
            // A letter that stays behind under a closed head holds nothing: it goes with the head.
            (State::Withdraw, Some(_)) => self.done(LetterAnswer::Closed),
            // Trouble, or an answer to something else: nothing is known, and all can be repeated.
            _ => self.done(LetterAnswer::Retry),
        }
    }

    fn start(&mut self) -> AppendStep {
        let Some(epoch) = self.letter.letter.epoch else {
            if self.limits.held >= self.limits.letters_per_projection {
                return self.done(LetterAnswer::Full);
            }
            self.state = State::Loose;
            return self.put_letter();
        };
        self.state = State::Head;
        let key = names::head(&self.id, &self.letter.letter.scope, epoch);
        AppendStep::Do(ControlOp::Get { key })
    }

    fn head(&mut self, entry: Option<Entry>) -> AppendStep {
        let Some(epoch) = self.letter.letter.epoch else { return self.done(LetterAnswer::Retry) };
        let head = match entry.map(|entry| Ok((wire::read_head(&entry.value)?, entry.revision))) {
            None => None,
            Some(Ok(head)) => Some(head),
            Some(Err(fault)) => {
                self.fault = Some(fault);
                return self.done(LetterAnswer::Retry);
            }
        };
        if head.as_ref().is_some_and(|(head, _)| !head.open) {
            return self.withdraw();
        }
        if self.put.is_some() {
            return self.count(head, epoch);
        }
        if self.is_full(head.as_ref().map(|(head, _)| head)) {
            return self.done(LetterAnswer::Full);
        }
        self.state = State::Letter { head, epoch };
        self.put_letter()
    }

    fn is_full(&self, head: Option<&HeadRecord>) -> bool {
        let letter = &self.letter.letter;
        if head.is_some_and(|head| head.knows(&letter.stream, &letter.rank())) {
            return false;
        }
        self.limits.held >= self.limits.letters_per_projection
            || head.map_or(0, HeadRecord::held) >= self.limits.letters_per_key
    }

    fn put_letter(&self) -> AppendStep {
        let key = names::letter(&self.id, &self.letter.letter);
        let value = wire::write_letter(&self.letter);
        AppendStep::Do(ControlOp::Put { key, replaces: None, value })
    }

    /// The letter is durable: now the head must change, even if it counts the version already,
    /// so that a drain that looked before the letter was there cannot close it.
    fn count(&mut self, head: Option<(HeadRecord, Revision)>, epoch: Epoch) -> AppendStep {
        let letter = &self.letter.letter;
        let (mut head, replaces) = match head {
            Some((head, revision)) => (head, Some(revision)),
            None => (HeadRecord::new(letter.scope.clone(), epoch), None),
        };
        head.append(&letter.stream, &letter.rank());
        self.state = State::Count;
        let key = names::head(&self.id, &letter.scope, epoch);
        AppendStep::Do(ControlOp::Put { key, replaces, value: wire::write_head(&head) })
    }

    fn again(&mut self) -> AppendStep {
        self.conflicts += 1;
        if self.conflicts >= limits::CONFLICTS_MAX {
            return self.done(LetterAnswer::Retry);
        }
        self.start()
    }

    /// The head is closed: nobody was told that the letter is parked, so it may go.
    fn withdraw(&mut self) -> AppendStep {
        match self.put {
            Some(Put::Created(replaces)) => {
                self.state = State::Withdraw;
                let key = names::letter(&self.id, &self.letter.letter);
                AppendStep::Do(ControlOp::Delete { key, replaces })
            }
            _ => self.done(LetterAnswer::Closed),
        }
    }

    fn done(&mut self, answer: LetterAnswer) -> AppendStep {
        self.state = State::Done(answer);
        AppendStep::Done(answer)
    }
}
