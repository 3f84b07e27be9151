//! Runs an expression. Deterministic and bounded: the same event and document give the same value
//! on every worker, within [`super::limits`]. Values of the document and of what is bound are
//! borrowed; what an event brings is made a value when it is asked for.

mod each;
mod operator;

pub(crate) use operator::{compare, fits};

use std::borrow::Cow;

use foldline_core::event::Slot;
use foldline_core::value::{Map, Timestamp, Value};

use super::node::{Node, Op, Stored};
use super::scope::Scope;
use super::wrong::{Failure, Wrong, shown};

/// What an expression gives.
pub type Given<'a> = Result<Cow<'a, Value>, Wrong>;

impl Node {
    /// The value in this scope.
    pub fn value<'a>(&'a self, scope: &Scope<'a>) -> Given<'a> {
        self.spend(1, scope)?;
        match &self.op {
            Op::Value(value) => Ok(Cow::Borrowed(value)),
            Op::Slot(path) => self.slot(scope, *path)?.ok_or_else(|| self.missing()),
            Op::SlotOrNull(path, within) => self.slot_or_null(scope, *path, *within),
            Op::Stream | Op::Version | Op::Type | Op::Time => self.own(scope),
            Op::Document => Ok(Cow::Borrowed(scope.document)),
            Op::Root(number) => {
                scope.roots.get(*number).map(Cow::Borrowed).ok_or_else(|| self.missing())
            }
            Op::Local(out) => scope.bound(*out).map(Cow::Borrowed).ok_or_else(|| self.missing()),
            Op::Stored(of, kind) => {
                let value = of.value(scope)?;
                kind.read(value).map_err(|failure| failure.at(self.span))
            }
            Op::Field { of, name, optional } => match named(of.value(scope)?, name) {
                Ok(value) => Ok(value),
                Err(_) if *optional => Ok(Cow::Owned(Value::Null)),
                Err(of) => Err(self.lacks(&of, &format!("no field `{name}`"))),
            },
            Op::Index(of, at) => {
                let of = of.value(scope)?;
                let at = at.value(scope)?;
                placed(of, &at).map_err(|of| self.lacks(&of, &format!("nothing at {}", shown(&at))))
            }
            Op::List(items) => {
                let items = items.iter().map(|item| self.kept(item.value(scope)?, scope));
                Ok(Cow::Owned(Value::List(items.collect::<Result<_, _>>()?)))
            }
            Op::Map(entries) => self.map(entries, scope),
            Op::Choice(parts) => {
                let [condition, then, otherwise] = &**parts;
                if condition.yes(scope)? { then.value(scope) } else { otherwise.value(scope) }
            }
            Op::Has(path) => Ok(Cow::Owned(Value::Bool(path.is_there(scope)?))),
            Op::Coalesce(items) => first(items, scope),
            Op::Call(function, arguments) => {
                let arguments: Vec<Cow<'a, Value>> =
                    arguments.iter().map(|it| it.value(scope)).collect::<Result<_, _>>()?;
                // Nearly all functions walk over all that they are given.
                let given = arguments.iter().map(|it| beyond(it)).sum();
                let value = scope.cost.build(given).and_then(|()| {
                    let value = function.run(&arguments)?;
                    scope.cost.build(value.bytes())?;
                    Ok(value)
                });
                value.map(Cow::Owned).map_err(|failure| failure.at(self.span))
            }
            Op::Matches(text, pattern) => {
                let text = text.value(scope)?;
                let text = text.as_text().ok_or_else(|| self.kind("a string", &text))?;
                self.spend(pattern.steps(text), scope)?;
                Ok(Cow::Owned(Value::Bool(pattern.is_in(text))))
            }
            Op::Each(each, list, parts) => self.each(*each, list, parts, scope),
            _ => self.operator(scope),
        }
    }

    /// Whether this is so.
    pub fn yes(&self, scope: &Scope<'_>) -> Result<bool, Wrong> {
        match self.value(scope)?.as_ref() {
            Value::Bool(yes) => Ok(*yes),
            value => Err(self.kind("a bool", value)),
        }
    }

    /// Whether each step of the path is there.
    fn is_there(&self, scope: &Scope<'_>) -> Result<bool, Wrong> {
        match self.op {
            Op::Slot(path) | Op::SlotOrNull(path, _) => Ok(scope.slot(path) != Slot::Missing),
            _ => Ok(self.probe(scope)?.is_some()),
        }
    }

    /// The value, or none where a step of the path is not there.
    fn probe<'a>(&'a self, scope: &Scope<'a>) -> Result<Option<Cow<'a, Value>>, Wrong> {
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
                Some(value) => kind.read(value).map(Some).map_err(|it| it.at(self.span)),
                None => Ok(None),
            },
            Op::Time => Ok(time(scope).map(|time| Cow::Owned(Value::Time(time)))),
            _ => self.value(scope).map(Some),
        }
    }

    fn slot<'a>(&self, scope: &Scope<'a>, path: usize) -> Result<Option<Cow<'a, Value>>, Wrong> {
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

    fn slot_or_null<'a>(&self, scope: &Scope<'a>, path: usize, within: Option<usize>) -> Given<'a> {
        match self.slot(scope, path)? {
            Some(value) => Ok(value),
            None if within.is_some_and(|within| scope.slot(within) == Slot::Missing) => {
                Err(self.missing())
            }
            None => Ok(Cow::Owned(Value::Null)),
        }
    }

    /// What the event says of itself.
    fn own<'a>(&self, scope: &Scope<'a>) -> Given<'a> {
        let (Some(event), Some(part)) = (scope.event, scope.part) else {
            return Err(self.missing());
        };
        let value = match &self.op {
            Op::Stream => Value::text(event.stream()),
            Op::Type => Value::text(part.kind()),
            Op::Time => Value::Time(time(scope).ok_or_else(|| self.missing())?),
            _ => match i64::try_from(event.version()) {
                Ok(version) => Value::Int(version),
                Err(_) => {
                    return Err(Failure::new("overflow", "the version is past 2^63").at(self.span));
                }
            },
        };
        Ok(Cow::Owned(value))
    }

    fn map<'a>(&'a self, entries: &'a [(Node, Node)], scope: &Scope<'a>) -> Given<'a> {
        let mut map = Map::default();
        for (name, value) in entries {
            let key = name.value(scope)?;
            let text = key.as_text().ok_or_else(|| name.kind("a string", &key))?;
            self.build(text.len(), scope)?;
            if map.get(text).is_some() {
                let message = format!("the map has {} twice", shown(&key));
                return Err(Failure::new("twice", message).at(name.span));
            }
            map.set(text, self.kept(value.value(scope)?, scope)?);
        }
        Ok(Cow::Owned(Value::Map(map)))
    }

    /// A value that becomes part of another: what it costs to keep it is spent.
    fn kept(&self, value: Cow<'_, Value>, scope: &Scope<'_>) -> Result<Value, Wrong> {
        self.build(value.bytes(), scope)?;
        Ok(value.into_owned())
    }

    fn spend(&self, steps: usize, scope: &Scope<'_>) -> Result<(), Wrong> {
        scope.cost.spend(steps).map_err(|failure| failure.at(self.span))
    }

    fn build(&self, bytes: usize, scope: &Scope<'_>) -> Result<(), Wrong> {
        scope.cost.build(bytes).map_err(|failure| failure.at(self.span))
    }

    fn kind(&self, expected: &str, found: &Value) -> Wrong {
        Failure::kind(expected, found).at(self.span)
    }

    fn missing(&self) -> Wrong {
        Failure::new("missing", "this is missing").at(self.span)
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
fn first<'a>(items: &'a [Node], scope: &Scope<'a>) -> Given<'a> {
    for item in items {
        match item.probe(scope)? {
            Some(value) if *value != Value::Null => return Ok(value),
            _ => {}
        }
    }
    Ok(Cow::Owned(Value::Null))
}

/// The bytes of a value beyond what every value has: nothing for a number.
fn beyond(value: &Value) -> usize {
    value.bytes().saturating_sub(size_of::<Value>())
}

fn time(scope: &Scope<'_>) -> Option<Timestamp> {
    scope.event.and_then(|event| event.timestamp())
}

impl Stored {
    fn read(self, value: Cow<'_, Value>) -> Result<Cow<'_, Value>, Failure> {
        let Value::Text(text) = value.as_ref() else { return Ok(value) };
        Ok(Cow::Owned(match self {
            Stored::Time => {
                let time = Timestamp::parse(text);
                Value::Time(time.map_err(|fault| Failure::new("type", fault.message))?)
            }
            Stored::Bytes => {
                let bytes = super::function::bytes::decode(text);
                Value::Bytes(bytes.ok_or_else(|| Failure::new("type", "this is not base64"))?)
            }
        }))
    }
}
