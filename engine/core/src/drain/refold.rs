//! A parked document of a source without versions: folded anew from its stream's whole history,
//! which then covers every letter whose sort key it holds.

use std::sync::Arc;

use super::fold::Verdict;
use super::{Drain, Effect, Outcome, State};
use crate::event::Event;
use crate::fault::{Fault, Trouble};
use crate::guard::Guard;
use crate::input::History;
use crate::name::Name;
use crate::parking::Left;
use crate::projection::{Change, Keys, Projection};
use crate::time::Time;
use crate::value::Value;

/// A document being folded anew.
#[derive(Debug, Default)]
pub(super) struct Refold {
    body: Value,
    deleted: Option<Time>,
    last: Name,
    count: u64,
}

impl<P: Projection> Drain<P> {
    /// The document is loaded, and the letters are in hand: now history is read.
    pub(super) fn begin_refold(&mut self) -> Effect {
        self.refold = Some(Refold::default());
        self.read_history(self.first, None)
    }

    fn read_history(&mut self, from: u64, after: Option<Name>) -> Effect {
        let Some(target) = &self.target else { return self.trouble() };
        let stream = target.key.clone();
        self.state = State::History;
        Effect::ReadHistory { stream, from, after }
    }

    pub(super) fn history(&mut self, state: &State, answer: Result<History, Trouble>) -> Effect {
        let (State::History, Ok(history)) = (state, answer) else { return self.trouble() };
        let Some(mut refold) = self.refold.take() else { return self.trouble() };
        let mut last = None;
        for event in history.batch.events() {
            last = Some(event.version());
            if let Err(fault) = self.fold_again(&mut refold, event) {
                self.plan(&[], Some(fault));
                return self.go_on();
            }
        }
        match last {
            Some(last) if history.more => {
                let after = Some(refold.last.clone());
                self.refold = Some(refold);
                self.read_history(last.saturating_add(1), after)
            }
            _ => self.end_refold(refold),
        }
    }

    fn fold_again(&self, refold: &mut Refold, event: Event<'_>) -> Result<(), Fault> {
        if let Some(fault) = event.fault() {
            return Err(fault.clone());
        }
        let mut keys = Keys::default();
        self.projection.route(event, &mut keys)?;
        if !keys.is_empty() {
            let mut copy = refold.body.clone();
            let changed = self.projection.apply(event, event.stream(), &mut copy)?;
            if changed == Change::Applied {
                let when = || event.time().unwrap_or(self.clock.wall());
                refold.deleted = (copy == Value::Null).then(when);
                refold.body = copy;
            }
        }
        refold.last = event.sort().into();
        refold.count += 1;
        Ok(())
    }

    fn end_refold(&mut self, refold: Refold) -> Effect {
        let Some(target) = &mut self.target else { return self.trouble() };
        let stored = match &target.meta.guard {
            Guard::Refold { count, .. } => *count,
            _ => 0,
        };
        let read = self.hand.iter().take_while(|held| {
            held.stored.letter.payload.event(0).is_some_and(|event| *event.sort() <= *refold.last)
        });
        let verdicts: Vec<Verdict> = read.map(|_| Verdict::Leaves(Left::Retried)).collect();
        if refold.count < stored || verdicts.is_empty() {
            // History knows less than the document, or than the feed.
            return self.done(Outcome::Later);
        }
        target.body = Arc::new(refold.body);
        target.meta.guard = Guard::Refold { last: refold.last, count: refold.count };
        target.meta.deleted = refold.deleted;
        self.plan(&verdicts, None);
        let write = self.write_of(&[]);
        self.put_document(State::Write, write)
    }
}
