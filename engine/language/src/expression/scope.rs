//! What an expression sees while it runs: the event, the document before it, what a source's
//! record holds, the names bound around it; and what it has cost so far.

use std::cell::Cell;

use foldline_core::event::{Event, Part, Slot};
use foldline_core::value::Value;

use super::limits;
use super::wrong::Failure;

/// What an expression sees.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub(super) event: Option<Event<'a>>,
    pub(super) part: Option<Part<'a>>,
    /// Which slot of the event each path is in.
    pub(super) slots: &'a [usize],
    pub(super) document: &'a Value,
    pub(super) roots: &'a [Value],
    pub(super) local: Option<&'a Local<'a>>,
    pub(super) cost: &'a Cost,
}

/// A name that is bound around an expression, and those that are bound around it.
#[derive(Clone, Copy, Debug)]
pub struct Local<'a> {
    /// What it stands for.
    pub value: &'a Value,
    /// The one bound before.
    pub outer: Option<&'a Local<'a>>,
}

static NOTHING: Value = Value::Null;

impl<'a> Scope<'a> {
    /// Nothing but what is written out.
    pub fn empty(cost: &'a Cost) -> Scope<'a> {
        let (event, part, local) = (None, None, None);
        Scope { event, part, slots: &[], document: &NOTHING, roots: &[], local, cost }
    }

    /// A part of an event, whose paths are in these slots, and the document before the event.
    pub fn event(
        event: Event<'a>,
        part: Part<'a>,
        slots: &'a [usize],
        document: &'a Value,
        cost: &'a Cost,
    ) -> Scope<'a> {
        Scope { event: Some(event), part: Some(part), slots, document, ..Scope::empty(cost) }
    }

    /// What a record holds, by the numbers that the names of its format have.
    pub fn record(roots: &'a [Value], cost: &'a Cost) -> Scope<'a> {
        Scope { roots, ..Scope::empty(cost) }
    }

    /// The same, with the names that these bind.
    #[must_use]
    pub fn with<'b>(self, local: &'b Local<'b>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { local: Some(local), ..self }
    }

    /// The value bound so many names further out than the last.
    pub(super) fn bound(&self, out: usize) -> Option<&'a Value> {
        let mut local = self.local?;
        for _ in 0..out {
            local = local.outer?;
        }
        Some(local.value)
    }

    /// What the event has at one of the paths.
    pub(super) fn slot(&self, path: usize) -> Slot<'a> {
        match (self.part, self.slots.get(path)) {
            (Some(part), Some(slot)) => part.slot(*slot),
            _ => Slot::Missing,
        }
    }
}

/// The word for what costs more than it may.
pub(super) const TOO_COSTLY: &str = "too_costly";

/// What was spent on one event and document.
#[derive(Debug, Default)]
pub struct Cost(Cell<u32>);

impl Cost {
    /// Spends steps.
    pub(super) fn spend(&self, steps: usize) -> Result<(), Failure> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        let spent = self.0.get().saturating_add(steps);
        self.0.set(spent);
        if spent <= limits::STEPS_MAX {
            return Ok(());
        }
        let message = format!("one event takes more than {} steps here", limits::STEPS_MAX);
        Err(Failure::new(TOO_COSTLY, message))
    }

    /// Spends what it costs to read, compare or build so many bytes.
    pub(super) fn build(&self, bytes: usize) -> Result<(), Failure> {
        self.spend(bytes / limits::BYTES_PER_STEP)
    }
}
