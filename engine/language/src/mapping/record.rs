//! One record: whether it is of interest, what a change of an item is, and which events it makes.

use foldline_core::fault::Fault;
use foldline_core::position::Position;
use foldline_core::value::Value;

use super::compile::attributes;
use super::emit::Out;
use super::make::{Made, Of, failed};
use super::{Decoder, Mapping, Tally, limits};
use crate::decode::record::{Change, Format, Operation, Wanted};
use crate::expression::{Cost, Local, Scope, Wrong, shown};

impl Decoder<'_> {
    /// Makes events of a record; `fault` is what is known to be wrong with it already.
    pub(super) fn record(
        &self,
        text: &str,
        fault: Option<Fault>,
        position: Position,
        out: &mut Out<'_, '_, '_>,
        tally: &mut Tally,
    ) {
        tally.records += 1;
        let record = self.records.decode(text);
        let mut fault = fault.or(record.fault);
        if let Some(change) = &record.change
            && let Some(operation @ (Operation::Modify | Operation::Remove)) = change.operation
        {
            return self.changed(operation, change, record.roots, position, out, tally);
        }
        let cost = Cost::default();
        if fault.is_none() {
            match self.mapping.is_of_interest(&record.roots, &cost) {
                Ok(true) => {}
                Ok(false) => {
                    tally.filtered += 1;
                    return;
                }
                Err(wrong) => fault = Some(failed("where", &wrong).into()),
            }
        }
        let made = self.events(&record.roots, fault);
        if made.is_empty() {
            tally.empty += 1;
        }
        out.write(made, position);
    }

    /// A change of an item that is there, or was.
    fn changed(
        &self,
        operation: Operation,
        change: &Change<'_>,
        mut roots: Vec<Value>,
        position: Position,
        out: &mut Out<'_, '_, '_>,
        tally: &mut Tally,
    ) {
        if change.expired {
            tally.expired += 1;
            return;
        }
        let mapping = self.mapping;
        let mut foreign = operation == Operation::Modify && mapping.is_foreign(&roots);
        if operation == Operation::Remove || foreign {
            // The item as it was: what made an event of it once.
            let none = Wanted::default();
            let root = attributes(Format::Dynamodb);
            let wanted = mapping.wanted.get(root).unwrap_or(&none);
            if let Some(new) = roots.get_mut(root) {
                *new = change.before(wanted, mapping.binary);
            }
            foreign = mapping.is_foreign(&roots);
        }
        if foreign {
            tally.filtered += 1;
        } else if operation == Operation::Modify && change.only_in(&mapping.ignored) {
            tally.harmless += 1;
        } else {
            tally.anomaly(operation, change, &position);
            let cost = Cost::default();
            let stream = mapping.stream(Scope::record(&roots, &cost)).ok();
            if let Some(stream) = stream.filter(|_| mapping.refold) {
                out.write(vec![Made { stream, ..Made::default() }], position);
            }
        }
    }

    /// The events of a record.
    fn events(&self, roots: &[Value], fault: Option<Fault>) -> Vec<Made> {
        let cost = Cost::default();
        let scope = Scope::record(roots, &cost);
        let Some(explode) = &self.mapping.explode else {
            return vec![self.event(Of { roots, element: None, scope, cost: &cost }, fault)];
        };
        let list = explode.value(&scope).map_err(|wrong| Fault::from(failed("explode", &wrong)));
        let list = list.and_then(|list| match list.as_ref() {
            Value::List(items) if items.len() > limits::EVENTS_MAX => {
                let (most, found) = (limits::EVENTS_MAX, items.len());
                let message = format!("a record has at most {most} events, this one {found}");
                Err(Fault::new("too_large", message))
            }
            Value::List(_) => Ok(list),
            other => {
                let message = format!("`explode`: expected a list, found {}", shown(other));
                Err(Fault::new("type", message))
            }
        });
        match list.as_deref() {
            Ok(Value::List(items)) => {
                let events = items.iter().zip(0..);
                events
                    .map(|(item, index)| self.element(roots, item, index, fault.clone()))
                    .collect()
            }
            // The first event that it would have made stands for all.
            _ => vec![self.element(roots, &Value::Null, 0, fault.or(list.err()))],
        }
    }

    /// The event that an element is. Each may cost as much as one of a record of its own.
    fn element(&self, roots: &[Value], item: &Value, index: i64, fault: Option<Fault>) -> Made {
        let cost = Cost::default();
        let outer = Local { value: item, outer: None };
        let index = Value::Int(index);
        let local = Local { value: &index, outer: Some(&outer) };
        let scope = Scope::record(roots, &cost).with(&local);
        self.event(Of { roots, element: Some(item), scope, cost: &cost }, fault)
    }
}

impl Mapping {
    fn is_of_interest(&self, roots: &[Value], cost: &Cost) -> Result<bool, Wrong> {
        let Some(condition) = &self.condition else { return Ok(true) };
        condition.yes(&Scope::record(roots, cost))
    }

    /// Whether it is known that these values are of no interest.
    fn is_foreign(&self, roots: &[Value]) -> bool {
        self.is_of_interest(roots, &Cost::default()).is_ok_and(|of_interest| !of_interest)
    }
}
