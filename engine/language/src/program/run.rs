//! A program at work: what the machine asks of a projection.

use std::sync::Arc;

use foldline_core::event::{Event, KIND_UNKNOWN, Part};
use foldline_core::fault::Fault;
use foldline_core::guard::GuardKind;
use foldline_core::name::ProjectionId;
use foldline_core::projection::{Change, Keys, Projection};
use foldline_core::value::Value;

use super::{Dispatch, Program};
use crate::decode::Plan;
use crate::expression::{Cost, Scope, Wrong};
use crate::module::Unknown;

/// A program, as a projection of one generation over the slots of one plan.
#[derive(Clone, Debug)]
pub struct AtWork {
    program: Arc<Program>,
    id: ProjectionId,
    guard: GuardKind,
    /// The same for the same module over the same mapping.
    tag: u64,
    /// The slot of each path that the program reads.
    slots: Vec<usize>,
    /// Which of the program's types each number of the plan is.
    kinds: Vec<Option<usize>>,
}

impl AtWork {
    pub(super) fn new(
        program: Arc<Program>,
        id: ProjectionId,
        guard: GuardKind,
        mapping: u64,
        plan: &mut Plan,
    ) -> Result<AtWork, Fault> {
        let mut slots = Vec::with_capacity(program.reads.len());
        for path in &program.reads {
            let path: Vec<&str> = path.iter().map(|name| &**name).collect();
            slots.push(plan.path(&path)?);
        }
        let mut kinds = Vec::new();
        for (place, (kind, _)) in program.kinds.iter().enumerate() {
            let number = plan.kind(kind) as usize;
            if kinds.len() <= number {
                kinds.resize(number + 1, None);
            }
            if let Some(entry) = kinds.get_mut(number) {
                *entry = Some(place);
            }
        }
        if program.handles_every_kind() {
            plan.every_kind();
        }
        let tag = program.meaning ^ mapping.rotate_left(1);
        Ok(AtWork { program, id, guard, tag, slots, kinds })
    }

    /// What runs for a part; none where its type is not known and must be.
    pub(super) fn dispatch(&self, part: Part<'_>) -> Option<&Dispatch> {
        let program = &*self.program;
        let place = match part.kind_id() {
            // Read under a plan that did not know this program's types.
            KIND_UNKNOWN => {
                program.kinds.binary_search_by(|(kind, _)| (**kind).cmp(part.kind())).ok()
            }
            number => self.kinds.get(number as usize).copied().flatten(),
        };
        match place.and_then(|place| program.kinds.get(place)) {
            Some((_, dispatch)) => Some(dispatch),
            None if program.handles_every_kind() => Some(&program.every),
            None => (program.unknown == Unknown::Ignore).then_some(&program.every),
        }
    }

    fn scope<'s>(
        &'s self,
        event: Event<'s>,
        part: Part<'s>,
        document: &'s Value,
        cost: &'s Cost,
    ) -> Scope<'s> {
        Scope::event(event, part, &self.slots, document, cost)
    }

    fn fault(&self, wrong: &Wrong) -> Fault {
        self.program.file.fault(wrong)
    }

    /// Folds a part whose handlers do not read the document.
    pub(super) fn direct(
        &self,
        (event, part): (Event<'_>, Part<'_>),
        dispatch: &Dispatch,
        key: &str,
        document: &mut Value,
    ) -> Result<bool, Wrong> {
        let cost = Cost::default();
        let scope = self.scope(event, part, &Value::Null, &cost);
        let mut ran = false;
        for handler in self.program.handlers_of(dispatch) {
            ran |= handler.run(event.stream(), key, &scope, &mut |change| change.act(document))?;
        }
        Ok(ran)
    }

    /// Folds all parts: first everything is computed, then everything is written.
    pub(super) fn gather(
        &self,
        event: Event<'_>,
        key: &str,
        document: &mut Value,
    ) -> Result<bool, Wrong> {
        let cost = Cost::default();
        let mut changes = Vec::new();
        let mut ran = false;
        for part in event.parts() {
            let Some(dispatch) = self.dispatch(part) else { continue };
            let scope = self.scope(event, part, document, &cost);
            for handler in self.program.handlers_of(dispatch) {
                ran |= handler.run(event.stream(), key, &scope, &mut |change| {
                    changes.push(change);
                    Ok(())
                })?;
            }
        }
        changes.into_iter().try_for_each(|change| change.act(document))?;
        Ok(ran)
    }
}

impl Program {
    fn handlers_of<'p>(
        &'p self,
        dispatch: &'p Dispatch,
    ) -> impl Iterator<Item = &'p super::Handler> {
        dispatch.handlers.iter().filter_map(|place| self.handlers.get(*place))
    }
}

impl Projection for AtWork {
    fn id(&self) -> ProjectionId {
        self.id.clone()
    }

    fn guard(&self) -> GuardKind {
        self.guard
    }

    fn tag(&self) -> u64 {
        self.tag
    }

    fn route(&self, event: Event<'_>, keys: &mut Keys) -> Result<(), Fault> {
        let cost = Cost::default();
        for part in event.parts() {
            let Some(dispatch) = self.dispatch(part) else {
                let what = format!("no handler is for `{}`, and `unknown` is `park`", part.kind());
                return Err(Fault::new("unknown_type", what));
            };
            let scope = self.scope(event, part, &Value::Null, &cost);
            for handler in self.program.handlers_of(dispatch) {
                handler.route(&scope, keys).map_err(|wrong| self.fault(&wrong))?;
            }
        }
        keys.check()
    }

    fn apply(&self, event: Event<'_>, key: &str, document: &mut Value) -> Result<Change, Fault> {
        let mut parts = event.parts();
        let ran = match (parts.next(), parts.next()) {
            (Some(part), None) => match self.dispatch(part) {
                Some(dispatch) if dispatch.direct => {
                    self.direct((event, part), dispatch, key, document)
                }
                _ => self.gather(event, key, document),
            },
            _ => self.gather(event, key, document),
        };
        let ran = ran.map_err(|wrong| self.fault(&wrong))?;
        Ok(if ran { Change::Applied } else { Change::Filtered })
    }
}
