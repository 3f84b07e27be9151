//! Runs an expression. Deterministic and bounded: the same event and document give the same value
//! on every worker, within [`super::limits`]. Values of the document and of what is bound are
//! borrowed; what an event brings is made a value when it is asked for.

mod each;
mod operator;
mod path;

pub(crate) use operator::{compare, fits};
use path::first;

use std::borrow::Cow;

use foldline_core::value::{Map, Timestamp, Value};

use super::function::Function;
use super::node::{Node, Op, Stored};
use super::pattern::Pattern;
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
            Op::Stored(of, kind) => self.stored(of.value(scope)?, *kind, scope),
            Op::Field { of, name, optional } => self.field(of, name, *optional, scope),
            Op::Index(of, at) => self.index(of, at, scope),
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
            Op::Call(function, arguments) => self.call(function, arguments, scope),
            Op::Matches(text, pattern) => self.matches(text, pattern, scope),
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

    fn call<'a>(
        &'a self,
        function: &Function,
        arguments: &'a [Node],
        scope: &Scope<'a>,
    ) -> Given<'a> {
        let arguments: Vec<Cow<'a, Value>> =
            arguments.iter().map(|it| it.value(scope)).collect::<Result<_, _>>()?;
        // Nearly all functions walk over all that they are given.
        self.build(arguments.iter().map(|it| beyond(it)).sum(), scope)?;
        let value = function.run(&arguments).map_err(|failure| failure.at(self.span))?;
        self.build(value.bytes(), scope)?;
        Ok(Cow::Owned(value))
    }

    fn matches<'a>(&self, text: &'a Node, pattern: &Pattern, scope: &Scope<'a>) -> Given<'a> {
        let text = text.value(scope)?;
        let text = text.as_text().ok_or_else(|| self.kind("a string", &text))?;
        self.spend(pattern.steps(text), scope)?;
        Ok(Cow::Owned(Value::Bool(pattern.is_in(text))))
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
