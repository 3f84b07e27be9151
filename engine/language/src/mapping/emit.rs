//! Events into a batch, with the slots that the attached modules read.

use std::collections::BTreeMap;

use foldline_core::event::{Slot, Writer};
use foldline_core::fault::Fault;
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_core::value::{Value, canonical};

use super::make::Made;
use crate::decode::Plan;

/// Writes events into a batch.
pub(super) struct Out<'p, 'w, 'b> {
    plan: &'p Plan,
    writer: &'w mut Writer<'b>,
    /// Texts that values have.
    texts: String,
}

/// A value, before its text has a place of its own.
#[derive(Clone, Copy)]
enum Found<'v> {
    Slot(Slot<'v>),
    Raw(usize, usize),
    Text(usize, usize),
}

impl<'p, 'w, 'b> Out<'p, 'w, 'b> {
    pub(super) fn new(plan: &'p Plan, writer: &'w mut Writer<'b>) -> Out<'p, 'w, 'b> {
        Out { plan, writer, texts: String::new() }
    }

    /// Adds the events of one record. Those of one stream and version are one.
    pub(super) fn write(&mut self, made: Vec<Made>, position: Position) {
        let mut at = position;
        for same in together(made) {
            let Some(first) = same.first() else { continue };
            self.writer.event(&first.stream, first.version, at.clone());
            at.index = at.index.saturating_add(1);
            if let Some(time) = first.time {
                self.writer.time(time);
            }
            self.writer.sort(&first.sort);
            if let Some(fault) = same.iter().find_map(|made| made.fault.clone()) {
                self.writer.fault(fault);
            } else if first.stream.is_empty() {
                self.writer.fault(Fault::new("undecodable", "the record has no stream"));
            }
            let is_faulty = same.iter().any(|made| made.fault.is_some());
            for event in &same {
                self.parts(event, is_faulty);
            }
        }
    }

    fn parts(&mut self, event: &Made, is_faulty: bool) {
        for part in &event.parts {
            let id = self.plan.kind_id(&part.kind);
            let read = !is_faulty && self.plan.reads(id);
            self.texts.clear();
            let roots = [("data", &part.data), ("meta", &event.meta), ("id", &event.id)];
            let mut found = Vec::new();
            if read {
                found.resize(self.plan.slots(), Found::Slot(Slot::Missing));
                for (root, value) in roots {
                    self.fill(0, root, value, &mut found);
                }
            }
            let texts = &self.texts;
            let slots = found.iter().map(|found| match *found {
                Found::Slot(slot) => slot,
                Found::Raw(from, to) => Slot::Raw(texts.get(from..to).unwrap_or_default()),
                Found::Text(from, to) => Slot::Text(texts.get(from..to).unwrap_or_default()),
            });
            self.writer.part(&part.kind, id, slots);
        }
    }

    /// Puts a value, and what is in it, into the slots of the plan's node of this name. It
    /// recurses no deeper than paths are long.
    fn fill<'v>(&mut self, above: usize, name: &str, value: &'v Value, found: &mut [Found<'v>]) {
        let plan = self.plan;
        let Some(place) = plan.below(above, name) else { return };
        let Some(node) = plan.node(place) else { return };
        if let Some(slot) = node.slot.and_then(|slot| found.get_mut(slot)) {
            *slot = self.found(value);
        }
        for (name, _) in &node.below {
            if let Some(below) = value.as_map().and_then(|map| map.get(name)) {
                self.fill(place, name, below, found);
            }
        }
    }

    fn found<'v>(&mut self, value: &'v Value) -> Found<'v> {
        let start = self.texts.len();
        match value {
            Value::Null => Found::Slot(Slot::Null),
            Value::Bool(yes) => Found::Slot(Slot::Bool(*yes)),
            Value::Int(int) => Found::Slot(Slot::Int(*int)),
            Value::Decimal(decimal) => Found::Slot(Slot::Decimal(*decimal)),
            Value::Text(text) => Found::Slot(Slot::Text(text)),
            Value::List(_) | Value::Map(_) => {
                canonical::write(value, &mut self.texts);
                Found::Raw(start, self.texts.len())
            }
            Value::Bytes(_) | Value::Time(_) | Value::Duration(_) => {
                // Between quotes, and without escapes.
                canonical::write(value, &mut self.texts);
                Found::Text(start + 1, self.texts.len() - 1)
            }
        }
    }
}

/// Events by their stream and version, in the order of the first of each. What has no name is
/// with no other.
fn together(made: Vec<Made>) -> Vec<Vec<Made>> {
    if made.len() < 2 {
        return vec![made];
    }
    let mut places: BTreeMap<(Name, u64), usize> = BTreeMap::new();
    let mut together: Vec<Vec<Made>> = Vec::with_capacity(made.len());
    for event in made {
        let next = together.len();
        let place = if event.stream.is_empty() || !event.sort.is_empty() {
            next
        } else {
            *places.entry((event.stream.clone(), event.version)).or_insert(next)
        };
        match together.get_mut(place) {
            Some(same) => same.push(event),
            None => together.push(vec![event]),
        }
    }
    together
}
