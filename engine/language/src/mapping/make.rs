//! One event of a record: its stream and version first, then all the rest as far as somebody reads
//! it. The first thing that is wrong is its fault.

use std::borrow::Cow;

use foldline_core::fault::Fault;
use foldline_core::name::Name;
use foldline_core::value::{Timestamp, Value};

use super::compile::Data;
use super::upcast::{Around, Part};
use super::{Decoder, Mapping, rest};
use crate::expression::{Cost, Node, Scope, Wrong, shown};

/// An event, before it is written into a batch.
#[derive(Debug, Default)]
pub(super) struct Made {
    /// Empty where it cannot be named.
    pub(super) stream: Name,
    pub(super) version: u64,
    pub(super) time: Option<Timestamp>,
    pub(super) sort: String,
    pub(super) parts: Vec<Part>,
    pub(super) meta: Value,
    pub(super) id: Value,
    pub(super) fault: Option<Fault>,
}

/// Why something cannot be had of a record.
pub(super) struct Failed {
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// What went wrong in an expression, and in which.
pub(super) fn failed(what: &str, wrong: &Wrong) -> Failed {
    Failed { code: wrong.code(), message: format!("`{what}`: {}", wrong.message()) }
}

impl From<Failed> for Fault {
    fn from(failed: Failed) -> Fault {
        Fault::new(failed.code, failed.message)
    }
}

/// What an event is made of.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) roots: &'a [Value],
    /// The element that it is.
    pub(super) element: Option<&'a Value>,
    pub(super) scope: Scope<'a>,
    pub(super) cost: &'a Cost,
}

impl Decoder<'_> {
    /// The event, with what is known to be wrong with it already.
    pub(super) fn event(&self, of: Of<'_>, fault: Option<Fault>) -> Made {
        let mut made = Made { fault, ..Made::default() };
        let (stream, version) = (self.mapping.stream(of.scope), self.mapping.version(of.scope));
        match (stream, version) {
            (Ok(stream), Ok(version)) => (made.stream, made.version) = (stream, version),
            (Err(fault), _) | (_, Err(fault)) => {
                made.fault.get_or_insert(fault);
                return made;
            }
        }
        let kind = match self.mapping.kind(of.scope) {
            Ok(kind) => kind,
            Err(fault) => {
                made.fault.get_or_insert(fault);
                return made;
            }
        };
        if made.fault.is_some() {
            made.time = self.mapping.time(of.scope).ok().flatten();
            made.parts.push(Part { kind, data: Value::Null });
            return made;
        }
        if let Err(fault) = self.fill(of, &kind, &mut made) {
            made.fault = Some(fault);
            made.parts = vec![Part { kind, data: Value::Null }];
        }
        made
    }

    /// The rest of an event that has a name and a type.
    fn fill(&self, of: Of<'_>, kind: &Name, made: &mut Made) -> Result<(), Fault> {
        let mapping = self.mapping;
        made.time = mapping.time(of.scope)?;
        made.sort = mapping.sort(of.scope)?;
        if mapping.count_only.contains(&**kind) {
            return Ok(());
        }
        let upcast = mapping.upcasts.change(kind);
        if !upcast && !self.plan.reads(self.plan.kind_id(kind)) {
            made.parts.push(Part { kind: kind.clone(), data: Value::Null });
            return Ok(());
        }
        made.meta = given("event.meta", self.meta, of.scope)?;
        made.id = given("event.id", self.id, of.scope)?;
        let data = mapping.data(of)?;
        let part = Part { kind: kind.clone(), data };
        if !upcast {
            made.parts.push(part);
            return Ok(());
        }
        let schema = mapping.schema(of.scope)?;
        let time = made.time.map_or(Value::Null, Value::Time);
        let (stream, version) = (&*made.stream, made.version);
        let around = Around { meta: &made.meta, stream, version, time };
        made.parts = mapping.upcasts.apply(part, schema, &around, of.cost)?;
        Ok(())
    }
}

/// A value, null where nothing is said of it.
fn given(what: &str, node: Option<&Node>, scope: Scope<'_>) -> Result<Value, Fault> {
    node.map_or(Ok(Value::Null), |node| Ok(value(what, node, &scope)?.into_owned()))
}

fn value<'a>(what: &str, node: &'a Node, scope: &Scope<'a>) -> Result<Cow<'a, Value>, Fault> {
    node.value(scope).map_err(|wrong| failed(what, &wrong).into())
}

/// A value of another kind than it must be.
fn misfit(what: &str, expected: &str, found: &Value) -> Fault {
    Fault::new("type", format!("`{what}`: expected {expected}, found {}", shown(found)))
}

impl Mapping {
    pub(super) fn stream(&self, scope: Scope<'_>) -> Result<Name, Fault> {
        let stream = value("event.stream", &self.event.stream, &scope)?;
        match stream.as_ref() {
            Value::Text(text) if !text.is_empty() => Ok(text.clone()),
            Value::Int(int) => Ok(Name::from(int.to_string())),
            other => Err(misfit("event.stream", "a string that is not empty, or an int", other)),
        }
    }

    fn version(&self, scope: Scope<'_>) -> Result<u64, Fault> {
        let Some(node) = self.event.version.as_ref().filter(|_| !self.refold) else { return Ok(0) };
        let version = value("event.version", node, &scope)?;
        let whole = match version.as_ref() {
            Value::Int(int) => u64::try_from(*int).ok(),
            _ => None,
        };
        whole.ok_or_else(|| misfit("event.version", "a whole number from 0 on", &version))
    }

    fn kind(&self, scope: Scope<'_>) -> Result<Name, Fault> {
        let kind = value("event.type", &self.event.kind, &scope)?;
        match kind.as_ref() {
            Value::Text(text) if !text.is_empty() => Ok(text.clone()),
            other => Err(misfit("event.type", "a string that is not empty", other)),
        }
    }

    fn time(&self, scope: Scope<'_>) -> Result<Option<Timestamp>, Fault> {
        let Some(node) = &self.event.time else { return Ok(None) };
        let time = value("event.time", node, &scope)?;
        match time.as_ref() {
            Value::Null => Ok(None),
            Value::Time(time) => Ok(Some(*time)),
            Value::Text(text) => Timestamp::parse(text).map(Some),
            other => Err(misfit("event.time", "a time, or the text of one", other)),
        }
    }

    /// What orders the event in its stream, as a text whose order is that of the values.
    fn sort(&self, scope: Scope<'_>) -> Result<String, Fault> {
        let Some(node) = &self.sort else { return Ok(String::new()) };
        let sort = value("sort", node, &scope)?;
        match sort.as_ref() {
            Value::Text(text) if !text.is_empty() => Ok(text.to_string()),
            Value::Int(int) if *int >= 0 => Ok(format!("{int:019}")),
            Value::Time(time) => Ok(fixed(*time)),
            other => {
                let expected = "a string that is not empty, a whole number from 0 on or a time";
                Err(misfit("sort", expected, other))
            }
        }
    }

    /// The schema that an event was written in. A missing one is the first.
    fn schema(&self, scope: Scope<'_>) -> Result<u32, Fault> {
        let Some(node) = &self.schema else { return Ok(1) };
        let schema = match node.value(&scope) {
            Ok(schema) => schema,
            Err(wrong) if wrong.code() == "missing" => return Ok(1),
            Err(wrong) => return Err(failed("schema", &wrong).into()),
        };
        let whole = match schema.as_ref() {
            Value::Null => Some(1),
            Value::Int(int) => u32::try_from(*int).ok().filter(|schema| *schema > 0),
            _ => None,
        };
        whole.ok_or_else(|| misfit("schema", "a whole number from 1 on", &schema))
    }

    fn data(&self, of: Of<'_>) -> Result<Value, Fault> {
        match &self.event.data {
            Data::Nothing => Ok(Value::Null),
            Data::Value(node) => given("event.data", Some(node), of.scope),
            Data::Rest(None, taken) => rest::rest(of.element, taken),
            Data::Rest(Some(root), taken) => rest::rest(of.roots.get(*root), taken),
        }
    }
}

/// A time in as many digits as any other.
pub(super) fn fixed(time: Timestamp) -> String {
    let whole = Timestamp::new(time.seconds(), 0).unwrap_or(time).to_string();
    format!("{}.{:09}Z", whole.trim_end_matches('Z'), time.nanos())
}
