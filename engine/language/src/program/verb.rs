//! What each verb does to its place in the document.

use std::cmp::Ordering;

use foldline_core::limits::JSON_DEPTH_MAX;
use foldline_core::value::{Duration, Number, Timestamp, Value};

use super::place::Place;
use super::{Step, Write};
use crate::expression::{Failure, compare, fits, limits, shown};
use crate::module::{Type, Verb};

impl Write {
    /// Does it, with what its steps and its value gave.
    pub(super) fn act(
        &self,
        document: &mut Value,
        given: &[Value],
        value: Option<Value>,
    ) -> Result<(), Failure> {
        let makes = !matches!(self.verb, Verb::Remove | Verb::Unset);
        let Some(mut place) = Place::find(document, &self.steps, given, makes)? else {
            return Ok(());
        };
        if self.verb == Verb::Unset {
            place.take();
            return Ok(());
        }
        let value = value.unwrap_or_default();
        match self.verb {
            Verb::Set => self.put(place, value),
            Verb::Append | Verb::Insert => self.grow(place, value),
            Verb::Remove => shrink(place, &value.as_stored()),
            _ => match place.value() {
                Some(now) => self.meet(now, value),
                None if self.verb == Verb::Subtract => self.put(place, negated(&value)?),
                None if self.verb == Verb::Add => self.put(place, number(&value)?.into()),
                None => self.put(place, value),
            },
        }
    }

    /// Changes the value that stands there.
    fn meet(&self, now: &mut Value, value: Value) -> Result<(), Failure> {
        let next = match self.verb {
            Verb::Min | Verb::Max => {
                let wins = if self.verb == Verb::Min { Ordering::Less } else { Ordering::Greater };
                if compare(&value, &*like(now, &value)?)? != wins {
                    return Ok(());
                }
                value
            }
            Verb::Add | Verb::Subtract => {
                let (one, other) = (number(now)?, number(&value)?);
                let add = self.verb == Verb::Add;
                let sum = if add { one.plus(other) } else { one.minus(other) };
                sum.map_err(|error| Failure::from(error).of(now, &value))?.into()
            }
            _ => return Ok(()),
        };
        self.check(&next)?;
        *now = next.as_stored();
        Ok(())
    }

    /// Puts a value there, if it is of the declared type and no deeper than a document may be.
    fn put(&self, place: Place<'_>, value: Value) -> Result<(), Failure> {
        self.check(&value)?;
        place.put(value.as_stored());
        Ok(())
    }

    fn check(&self, value: &Value) -> Result<(), Failure> {
        if depth(value) > self.room {
            let message = format!("the document would be deeper than {JSON_DEPTH_MAX} values");
            return Err(Failure::new("too_large", message));
        }
        match &self.kind {
            Some(kind) if !is_of(value, kind) => {
                let message = format!("declared as {}, found {}", kind, shown(value));
                Err(Failure::new("type", message))
            }
            _ => Ok(()),
        }
    }

    fn grow(&self, mut place: Place<'_>, value: Value) -> Result<(), Failure> {
        self.check(&value)?;
        let value = value.as_stored();
        let items = match place.value() {
            Some(Value::List(items)) => items,
            Some(other) => return Err(Failure::kind("a list", other)),
            None => {
                place.put(Value::List(vec![value]));
                return Ok(());
            }
        };
        if self.verb == Verb::Insert {
            insert(items, value);
        } else {
            items.push(value);
            if let Some(most) = self.limit {
                items.drain(..items.len().saturating_sub(most));
            }
        }
        fits(items.len(), limits::ITEMS_MAX, "elements")
    }
}

/// How many values may be within one another at the end of a path.
pub(super) fn room(steps: &[Step], verb: Verb) -> usize {
    let steps = steps.iter();
    let steps = steps.map(|step| if matches!(step, Step::Element { .. }) { 2 } else { 1 });
    let within = usize::from(matches!(verb, Verb::Append | Verb::Insert));
    JSON_DEPTH_MAX.saturating_sub(1 + steps.sum::<usize>() + within)
}

fn number(value: &Value) -> Result<Number, Failure> {
    value.number().ok_or_else(|| Failure::kind("a number", value))
}

fn negated(value: &Value) -> Result<Value, Failure> {
    Ok(number(value)?.negated()?.into())
}

/// Puts a value in its place by the order of values, if no equal one is there.
fn insert(items: &mut Vec<Value>, value: Value) {
    if !items.is_sorted() {
        items.sort();
    }
    if let Err(place) = items.binary_search(&value) {
        items.insert(place, value);
    }
}

/// Takes out all that are equal.
fn shrink(mut place: Place<'_>, value: &Value) -> Result<(), Failure> {
    match place.value() {
        None | Some(Value::Null) => Ok(()),
        Some(Value::List(items)) => {
            items.retain(|item| item != value);
            Ok(())
        }
        Some(other) => Err(Failure::kind("a list", other)),
    }
}

/// What is stored as text, as the kind that it is compared with.
fn like<'v>(stored: &'v Value, value: &Value) -> Result<std::borrow::Cow<'v, Value>, Failure> {
    use std::borrow::Cow;
    let Value::Text(text) = stored else { return Ok(Cow::Borrowed(stored)) };
    let wrong = |fault: foldline_core::fault::Fault| Failure::new("type", fault.message);
    Ok(match value {
        Value::Time(_) => Cow::Owned(Value::Time(Timestamp::parse(text).map_err(wrong)?)),
        Value::Duration(_) => Cow::Owned(Value::Duration(Duration::parse(text).map_err(wrong)?)),
        _ => Cow::Borrowed(stored),
    })
}

/// Whether a value is of a declared type. Null is of each.
fn is_of(value: &Value, kind: &Type) -> bool {
    match (value, kind) {
        (Value::Null, _)
        | (Value::Text(_), Type::String)
        | (Value::Int(_), Type::Int | Type::Decimal)
        | (Value::Decimal(_), Type::Decimal)
        | (Value::Bool(_), Type::Bool)
        | (Value::Time(_), Type::Time)
        | (Value::Bytes(_), Type::Bytes)
        | (Value::Map(_), Type::Map) => true,
        (Value::List(items), Type::List(kind)) => items.iter().all(|item| is_of(item, kind)),
        _ => false,
    }
}

/// How many values are within one another.
fn depth(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(map) => 1 + map.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}
