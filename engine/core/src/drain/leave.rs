//! What follows once documents are durable: records, late letters, the head's count, and only
//! then the letters themselves; at the end the letter that failed again, if one did.

use super::fold::Verdict;
use super::{Drain, Effect, Outcome, Purpose, State};
use crate::control::{ControlAnswer, ControlOp, Entry};
use crate::fault::Fault;
use crate::guard::GuardKind;
use crate::letter::{Cause, LetterAnswer, Scope};
use crate::parking::{Append, AppendStep, Left, names, wire};
use crate::projection::Projection;

/// One thing that is still to be done; letters by their place in the hand.
#[derive(Clone, Debug)]
pub(super) enum Todo {
    /// Keep it as a late letter.
    Late(usize),
    /// Keep it as a discarded letter.
    Record(usize),
    /// Count these in the head.
    Count(Vec<Left>),
    /// Delete it.
    Delete(usize, Verdict),
    /// It failed again: say so on the letter.
    Fail(usize, Fault),
    /// So many letters are done with.
    Next(usize),
}

impl<P: Projection> Drain<P> {
    /// Plans what becomes of the first letters in hand, and of the one behind them that failed.
    pub(super) fn plan(&mut self, verdicts: &[Verdict], fault: Option<Fault>) {
        let mut counts = Vec::new();
        for (place, verdict) in verdicts.iter().enumerate() {
            match verdict {
                Verdict::Late => {
                    self.todo.push_back(Todo::Late(place));
                    counts.push(Left::Retried);
                }
                Verdict::Leaves(left) => {
                    if *left == Left::Discarded {
                        self.todo.push_back(Todo::Record(place));
                    }
                    counts.push(*left);
                }
            }
        }
        if !counts.is_empty() {
            self.todo.push_back(Todo::Count(counts));
        }
        let deletes = verdicts.iter().enumerate();
        self.todo.extend(deletes.map(|(place, verdict)| Todo::Delete(place, *verdict)));
        match fault {
            Some(fault) => self.todo.push_back(Todo::Fail(verdicts.len(), fault)),
            None => self.todo.push_back(Todo::Next(verdicts.len())),
        }
    }

    /// Does the next thing planned.
    pub(super) fn go_on(&mut self) -> Effect {
        match self.todo.pop_front() {
            Some(Todo::Late(place)) => self.append_late(place),
            Some(Todo::Count(counts)) => self.count(counts),
            Some(Todo::Next(letters)) => {
                self.queue.drain(..letters.min(self.queue.len()));
                self.next()
            }
            Some(todo) => self.change_letter(todo),
            None => self.next(),
        }
    }

    /// Records, deletes or marks one letter in hand.
    fn change_letter(&mut self, todo: Todo) -> Effect {
        let (Todo::Record(place) | Todo::Delete(place, _) | Todo::Fail(place, _)) = &todo else {
            return self.trouble();
        };
        let Some(held) = self.hand.get_mut(*place) else { return self.trouble() };
        let op = match &todo {
            Todo::Record(_) => {
                let key = names::discard(&self.id, &held.stored.letter);
                ControlOp::Put { key, replaces: None, value: wire::write_letter(&held.stored) }
            }
            Todo::Fail(_, fault) => {
                held.stored.attempts += 1;
                held.stored.last = Some(fault.clone());
                let (key, replaces) = (held.key.clone(), Some(held.revision));
                ControlOp::Put { key, replaces, value: wire::write_letter(&held.stored) }
            }
            _ => ControlOp::Delete { key: held.key.clone(), replaces: held.revision },
        };
        self.control(State::Todo(todo), op)
    }

    /// Counts in the head what is about to be deleted; what was counted before a crash is not
    /// counted again.
    fn count(&mut self, counts: Vec<Left>) -> Effect {
        // Without an open head another drain has counted all.
        let Some((head, revision)) = &self.head else { return self.go_on() };
        let mut head = head.clone();
        let mut changed = false;
        for (held, left) in self.hand.iter().zip(&counts) {
            let letter = &held.stored.letter;
            changed |= head.leave(&letter.stream, &letter.rank(), *left);
        }
        if !changed && self.projection.guard() != GuardKind::Refold {
            return self.go_on();
        }
        let key = names::head(&self.id, &self.scope, self.epoch);
        let (replaces, value) = (Some(*revision), wire::write_head(&head));
        self.head = Some((head, *revision));
        self.control(State::Todo(Todo::Count(counts)), ControlOp::Put { key, replaces, value })
    }

    /// Takes the answer to what was planned.
    pub(super) fn did(&mut self, todo: &Todo, answer: &ControlAnswer) -> Effect {
        match (todo, answer) {
            // There already: recorded before a crash, or by another drain.
            (Todo::Record(_), ControlAnswer::Put(_) | ControlAnswer::Conflict) => self.go_on(),
            (Todo::Count(_), ControlAnswer::Put(revision)) => {
                if let Some((_, known)) = &mut self.head {
                    *known = *revision;
                }
                self.go_on()
            }
            // An append came in between. Where a document is folded from history, what was
            // appended may not have been in what was read.
            (Todo::Count(_), ControlAnswer::Conflict)
                if self.projection.guard() == GuardKind::Refold =>
            {
                self.conflict()
            }
            (Todo::Count(counts), ControlAnswer::Conflict) => {
                self.todo.push_front(Todo::Count(counts.clone()));
                let key = names::head(&self.id, &self.scope, self.epoch);
                self.control(State::Recount, ControlOp::Get { key })
            }
            (Todo::Delete(_, verdict), ControlAnswer::Deleted) => {
                self.has_left(*verdict);
                self.go_on()
            }
            (Todo::Delete(place, verdict), ControlAnswer::Conflict) => {
                let Some(held) = self.hand.get(*place) else { return self.trouble() };
                let key = held.key.clone();
                self.todo.push_front(Todo::Delete(*place, *verdict));
                self.control(State::Redelete, ControlOp::Get { key })
            }
            // Another attempt, or a wish, was written meanwhile: the letter stays in any case.
            (Todo::Fail(place, fault), ControlAnswer::Put(_) | ControlAnswer::Conflict) => {
                let Some(held) = self.hand.get(*place) else { return self.trouble() };
                let letter = &held.stored.letter;
                let (stream, version) = (letter.stream.clone(), letter.version);
                self.done(Outcome::Failed { stream, version, fault: fault.clone() })
            }
            _ => self.trouble(),
        }
    }

    fn has_left(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Late => self.report.late += 1,
            Verdict::Leaves(Left::Retried) => self.report.retried += 1,
            Verdict::Leaves(Left::Discarded) => self.report.discarded += 1,
        }
    }

    /// The head as it is now, to count on.
    pub(super) fn recount(&mut self, entry: Option<Entry>) -> Effect {
        self.head = match entry.map(|entry| (wire::read_head(&entry.value), entry.revision)) {
            Some((Err(fault), _)) => return self.done(Outcome::Broken(fault)),
            Some((Ok(head), revision)) if head.open => Some((head, revision)),
            _ => None,
        };
        self.go_on()
    }

    /// The letter changed since it was read; its event is done with all the same.
    pub(super) fn redelete(&mut self, entry: Option<Entry>) -> Effect {
        let Some(Todo::Delete(place, verdict)) = self.todo.front().cloned() else {
            return self.trouble();
        };
        if let (Some(entry), Some(held)) = (entry, self.hand.get_mut(place)) {
            held.revision = entry.revision;
        } else {
            self.todo.pop_front();
            self.has_left(verdict);
        }
        self.go_on()
    }

    fn append_late(&mut self, place: usize) -> Effect {
        let Some(held) = self.hand.get(place) else { return self.trouble() };
        let mut letter = held.stored.letter.clone();
        letter.epoch = None;
        letter.cause = Cause::Late;
        let append = Append::new(self.id.clone(), letter, self.limits);
        self.append(Box::new(append), Purpose::LateLeaving, None)
    }

    /// Appends the letter in hand behind the target's own mark.
    pub(super) fn append_behind(&mut self, key: crate::name::Name, purpose: Purpose) -> Effect {
        let Some(held) = self.hand.first() else { return self.trouble() };
        let mut letter = held.stored.letter.clone();
        letter.scope = Scope::Key(key);
        let mark = self.target.as_ref().and_then(|target| target.meta.mark.as_ref());
        // Whoever marked the document for it may have died before the letter.
        let failed =
            mark.is_some_and(|mark| mark.stream == letter.stream && mark.version == letter.version);
        (letter.epoch, letter.cause) = match purpose {
            Purpose::Behind(epoch) if failed => (Some(epoch), Cause::Failed),
            Purpose::Behind(epoch) => (Some(epoch), Cause::Behind),
            _ => (None, Cause::Late),
        };
        letter.by_version = true;
        let append = Append::new(self.id.clone(), letter, self.limits);
        self.append(Box::new(append), purpose, None)
    }

    /// Goes on with an append.
    pub(super) fn append(
        &mut self,
        mut append: Box<Append>,
        purpose: Purpose,
        answer: Option<ControlAnswer>,
    ) -> Effect {
        let answer = match append.step(answer) {
            AppendStep::Do(op) => {
                self.state = State::Append(append, purpose);
                return Effect::Control(op);
            }
            AppendStep::Done(answer) => answer,
        };
        match (answer, purpose) {
            (LetterAnswer::Parked, Purpose::LateLeaving) => self.go_on(),
            (LetterAnswer::Parked, Purpose::LateForTarget) => self.document_is_durable(),
            (LetterAnswer::Parked, Purpose::Behind(_)) => {
                self.report.moved += 1;
                self.document_is_durable()
            }
            (LetterAnswer::Closed, Purpose::Behind(epoch)) => {
                self.closed = Some(epoch);
                self.load_target()
            }
            (LetterAnswer::Full, _) => {
                let scope = match (&self.target, purpose) {
                    (_, Purpose::LateLeaving) | (None, _) => self.scope.clone(),
                    (Some(target), _) => Scope::Key(target.key.clone()),
                };
                self.done(Outcome::Full(scope))
            }
            (LetterAnswer::Retry | LetterAnswer::Closed, _) => match append.fault().cloned() {
                Some(fault) => self.done(Outcome::Broken(fault)),
                None => self.trouble(),
            },
        }
    }
}
