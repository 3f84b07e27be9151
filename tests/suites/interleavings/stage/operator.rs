//! Operators: each drains one parking from a process of its own, one step at a time.

use foldline_core::backoff::Backoff;
use foldline_core::control::{ControlAnswer, ControlOp};
use foldline_core::drain::{Drain, Effect, Input, Mode, Outcome};
use foldline_core::fault::Trouble;
use foldline_core::input::{SideAnswer, WriteAnswer};
use foldline_core::letter::Scope;
use foldline_core::parking::{HeadRecord, Limits, names, wire};
use foldline_core::projection::Projection;
use foldline_core::time::Time;
use foldline_tests::world::projections::Remember;

use super::{BEGIN, Stage};

/// A drain, and what it wants done next.
pub(crate) struct Operator {
    drain: Drain<Remember>,
    wants: Effect,
}

impl Operator {
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.wants, Effect::Done(_))
    }
}

impl Stage {
    /// The heads of all parkings, open and closed.
    pub(crate) fn heads(&self) -> Vec<HeadRecord> {
        let prefix = names::heads(&self.projection.id());
        let list = ControlOp::List { prefix, after: None };
        let ControlAnswer::Listed { entries, .. } = self.control.perform_now(list, usize::MAX)
        else {
            panic!("a list is answered with a list")
        };
        let read = |value: &str| wire::read_head(value).expect("a head can be read");
        entries.iter().map(|entry| read(&entry.value)).collect()
    }

    /// An operator begins to drain what is parked here.
    pub(crate) fn operator(&mut self, scope: &Scope, mode: Mode) -> Operator {
        let open = self.heads().into_iter().find(|head| head.open && head.scope == *scope);
        let epoch = open.expect("it is parked").epoch;
        let backoff = Backoff::new((10, 50), 10, 5);
        let (limits, parking) = (Limits::default(), (scope.clone(), epoch));
        let projection = self.projection.clone();
        let mut drain = Drain::new(projection, &self.source, limits, backoff, parking, mode);
        let wants = drain.step(Time(BEGIN + self.now), Input::Started);
        Operator { drain, wants }
    }

    /// An operator drains what is parked here, undisturbed.
    pub(crate) fn drain(&mut self, scope: &Scope, mode: Mode) -> Outcome {
        let mut operator = self.operator(scope, mode);
        self.finish(&mut operator)
    }

    /// Performs what an operator wants to its end.
    pub(crate) fn finish(&mut self, operator: &mut Operator) -> Outcome {
        for _ in 0..1_000 {
            if let Effect::Done(outcome) = &operator.wants {
                return outcome.clone();
            }
            self.operate(operator);
        }
        panic!("the drain never ends: it wants {:?}", operator.wants)
    }

    /// Performs what an operator wants until it wants this, which is left to be done.
    pub(crate) fn operate_until(&mut self, operator: &mut Operator, want: &str) {
        for _ in 0..1_000 {
            if kind(&operator.wants) == want {
                return;
            }
            self.operate(operator);
        }
        panic!("the drain never wants to {want}")
    }

    /// Performs one thing that an operator wants, and tells the answer.
    pub(crate) fn operate(&mut self, operator: &mut Operator) {
        self.now += 1;
        let id = self.projection.id();
        let answer = match operator.wants.clone() {
            Effect::Control(op) => Input::Control(self.control.perform_now(op, 100)),
            Effect::Load(key) => {
                let loaded = self.documents.load_now(&id, &[key]);
                Input::Loaded(loaded.into_iter().next().expect("an answer"))
            }
            Effect::Write(write) => {
                let answer = self.documents.write_now(&id, &[write]).into_iter().next();
                Input::Written(answer.unwrap_or(WriteAnswer::Retry(Trouble::Unknown)))
            }
            Effect::LoadCursor(stream) => {
                let loaded = self.documents.load_cursors_now(&id, &[stream]);
                Input::CursorLoaded(loaded.into_iter().next().expect("an answer").1)
            }
            Effect::SaveCursor(write) => {
                let answer = self.documents.save_cursors_now(&id, &[write]).into_iter().next();
                Input::CursorSaved(answer.unwrap_or(SideAnswer::Retry(Trouble::Unknown)))
            }
            Effect::ReadHistory { stream, from, after } => {
                Input::History(Ok(self.read(&stream, (from, None), after.as_deref())))
            }
            Effect::WakeAt(time) => {
                self.now = self.now.max(time.0.saturating_sub(BEGIN));
                Input::Ticked
            }
            Effect::Done(outcome) => panic!("the drain is done: {outcome:?}"),
        };
        operator.wants = operator.drain.step(Time(BEGIN + self.now), answer);
    }
}

/// A discard of this letter.
pub(crate) fn discard(stream: &str, version: u64) -> Mode {
    Mode::Discard { stream: stream.into(), version, reason: "dropped on purpose".into() }
}

fn kind(effect: &Effect) -> &'static str {
    match effect {
        Effect::Control(ControlOp::Get { .. }) => "get",
        Effect::Control(ControlOp::Put { .. }) => "put",
        Effect::Control(ControlOp::List { .. }) => "list",
        Effect::Control(ControlOp::Delete { .. }) => "delete",
        Effect::Load(_) => "load",
        Effect::Write(_) => "write",
        Effect::LoadCursor(_) => "load-cursor",
        Effect::SaveCursor(_) => "save-cursor",
        Effect::ReadHistory { .. } => "read-history",
        Effect::WakeAt(_) => "wake",
        Effect::Done(_) => "end",
    }
}
