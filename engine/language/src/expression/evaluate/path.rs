//! Paths: what an event, a document or a record has at their end, and whether it is there.

use std::borrow::Cow;

use foldline_core::event::Slot;
use foldline_core::value::Value;

use super::super::node::{Node, Op, Stored};
use super::super::scope::Scope;
use super::super::wrong::{Failure, Wrong, shown};
use super::{Given, beyond, time};

impl Node {
    /// A field of a value; null where it may be absent, and is.
    pub(super) fn field<'a>(
        &'a self,
        of: &'a Node,
        name: &str,
        optional: bool,
        scope: &Scope<'a>,
    ) -> Given<'a> {
        match named(of.value(scope)?, name) {
            Ok(value) => Ok(value),
            Err(_) if optional => Ok(Cow::Owned(Value::Null)),
            Err(of) => Err(self.lacks(&of, &format!("no field `{name}`"))),
        }
    }

    /// What a value has at an index.
    pub(super) fn index<'a>(&'a self, of: &'a Node, at: &'a Node, scope: &Scope<'a>) -> Given<'a> {
        let (of, at) = (of.value(scope)?, at.value(scope)?);
        placed(of, &at).map_err(|of| self.lacks(&of, &format!("nothing at {}", shown(&at))))
    }

    /// What was stored as text, as what it was declared to be.
    pub(super) fn stored<'a>(
        &self,
        value: Cow<'a, Value>,
        kind: Stored,
        scope: &Scope<'a>,
    ) -> Given<'a> {
        self.build(beyond(&value), scope)?;
        kind.read(value).map_err(|failure| failure.at(self.span))
    }

    /// Whether each step of the path is there.
    pub(super) fn is_there(&self, scope: &Scope<'_>) -> Result<bool, Wrong> {
        match &self.op {
            Op::Slot(path) | Op::SlotOrNull(path, _) => Ok(scope.slot(*path) != Slot::Missing),
            // What is there need not be what was declared.
            Op::Stored(of, _) => of.is_there(scope),
            _ => Ok(self.probe(scope)?.is_some()),
        }
    }

    /// The value, or none where a step of the path is not there.
    pub(super) fn probe<'a>(&'a self, scope: &Scope<'a>) -> Result<Option<Cow<'a, Value>>, Wrong> {
        self.spend(1, scope)?;
        match &self.op {
            Op::Slot(path) | Op::SlotOrNull(path, _) => self.slot(scope, *path),
            Op::Field { of, name, .. } => Ok(of.probe(scope)?.and_then(|of| named(of, name).ok())),
            Op::Index(of, at) => match of.probe(scope)? {
                Some(of) if matches!(*of, Value::Map(_) | Value::List(_)) => {
                    Ok(placed(of, at.value(scope)?.as_ref()).ok())
                }
                _ => Ok(None),
            },
            Op::Stored(of, kind) => match of.probe(scope)? {
                Some(value) => self.stored(value, *kind, scope).map(Some),
                None => Ok(None),
            },
            Op::Root(number) => Ok(scope.roots.get(*number).map(Cow::Borrowed)),
            Op::Time => Ok(time(scope).map(|time| Cow::Owned(Value::Time(time)))),
            _ => self.value(scope).map(Some),
        }
    }

    pub(super) fn slot<'a>(
        &self,
        scope: &Scope<'a>,
        path: usize,
    ) -> Result<Option<Cow<'a, Value>>, Wrong> {
        let value = match scope.slot(path) {
            Slot::Missing => return Ok(None),
            Slot::Null => Value::Null,
            Slot::Int(int) => Value::Int(int),
            Slot::Decimal(decimal) => Value::Decimal(decimal),
            Slot::Bool(yes) => Value::Bool(yes),
            Slot::Text(text) => Value::text(text),
            raw @ Slot::Raw(_) => {
                raw.value().map_err(|it| Failure::from(it).at(self.span))?.unwrap_or_default()
            }
        };
        // Each time that it is asked for it is made anew.
        self.build(beyond(&value), scope)?;
        Ok(Some(Cow::Owned(value)))
    }

    pub(super) fn slot_or_null<'a>(
        &self,
        scope: &Scope<'a>,
        path: usize,
        within: Option<usize>,
    ) -> Given<'a> {
        match self.slot(scope, path)? {
            Some(value) => Ok(value),
            None if within.is_some_and(|within| scope.slot(within) == Slot::Missing) => {
                Err(self.missing())
            }
            None => Ok(Cow::Owned(Value::Null)),
        }
    }

    /// A value has not what was asked for: its kind never has it, or it alone.
    fn lacks(&self, of: &Value, what: &str) -> Wrong {
        let code = match of {
            Value::Map(_) | Value::List(_) => "missing",
            _ => "type",
        };
        Failure::new(code, format!("{} has {what}", shown(of))).at(self.span)
    }
}

/// A value's field of this name; where it has none, the value again.
fn named<'a>(of: Cow<'a, Value>, name: &str) -> Result<Cow<'a, Value>, Cow<'a, Value>> {
    match of {
        Cow::Borrowed(Value::Map(map)) => map.get(name).map(Cow::Borrowed).ok_or(of),
        Cow::Owned(Value::Map(mut map)) => match map.remove(name) {
            Some(value) => Ok(Cow::Owned(value)),
            None => Err(Cow::Owned(Value::Map(map))),
        },
        of => Err(of),
    }
}

/// What a value has at this index; where there is nothing, the value again.
fn placed<'a>(of: Cow<'a, Value>, at: &Value) -> Result<Cow<'a, Value>, Cow<'a, Value>> {
    let place = match at {
        Value::Text(name) => return named(of, name),
        Value::Int(place) => usize::try_from(*place).unwrap_or(usize::MAX),
        _ => return Err(of),
    };
    match of {
        Cow::Borrowed(Value::List(list)) => list.get(place).map(Cow::Borrowed).ok_or(of),
        Cow::Owned(Value::List(mut list)) if place < list.len() => {
            Ok(Cow::Owned(list.swap_remove(place)))
        }
        of => Err(of),
    }
}

/// The first that is there and not null; null where none is.
pub(super) fn first<'a>(items: &'a [Node], scope: &Scope<'a>) -> Given<'a> {
    for item in items {
        match item.probe(scope)? {
            Some(value) if *value != Value::Null => return Ok(value),
            _ => {}
        }
    }
    Ok(Cow::Owned(Value::Null))
}
