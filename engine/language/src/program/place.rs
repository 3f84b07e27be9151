//! Places in a document: from the top along the steps of a path to what holds the last one.

use foldline_core::value::{Map, Value};

use super::Step;
use crate::expression::{Failure, Scope, Tree, Wrong, shown};
use crate::module;

/// The expressions in a path.
pub(super) fn trees(path: &module::Path) -> impl Iterator<Item = &Tree> {
    path.steps.iter().filter_map(|step| match step {
        module::Step::Name(_) => None,
        module::Step::Key(tree) | module::Step::Element { equals: tree, .. } => Some(tree),
    })
}

/// What the steps of a path that are expressions gave, in their order.
pub(super) type Given = Vec<Value>;

/// What the steps give; nothing where all of them are names.
pub(super) fn given(steps: &[Step], scope: &Scope<'_>) -> Result<Given, Wrong> {
    let mut given = Given::new();
    for step in steps {
        match step {
            Step::Name(_) => {}
            Step::Key(node) => {
                let value = node.value(scope)?;
                given.push(name(&value).map_err(|failure| failure.at(node.span))?);
            }
            Step::Element { equals, .. } => {
                given.push(equals.value(scope)?.into_owned().as_stored());
            }
        }
    }
    Ok(given)
}

/// The name in a map that a value stands for: a text, or a whole number as its digits.
fn name(value: &Value) -> Result<Value, Failure> {
    match value {
        Value::Text(_) => Ok(value.clone()),
        Value::Int(int) => Ok(Value::text(&int.to_string())),
        other => {
            let message =
                format!("a name in a map is a string or an int, this is {}", shown(other));
            Err(Failure::new("type", message))
        }
    }
}

/// The last place of a path.
pub(super) enum Place<'d> {
    /// What a map has by this name.
    Name(&'d mut Map, &'d str),
    /// This element of a list.
    Element(&'d mut Vec<Value>, usize),
}

impl<'d> Place<'d> {
    /// The place that these steps lead to. Where something on the way is not there, it is made,
    /// or there is no place if nothing shall be made.
    pub(super) fn find(
        document: &'d mut Value,
        steps: &'d [Step],
        given: &'d [Value],
        makes: bool,
    ) -> Result<Option<Place<'d>>, Failure> {
        let mut given = given.iter();
        let mut at = document;
        let Some((last, before)) = steps.split_last() else { return Ok(None) };
        for step in before {
            let Some(place) = Place::step(at, step, &mut given, makes)? else { return Ok(None) };
            let Some(next) = place.into_value(makes) else { return Ok(None) };
            at = next;
        }
        Place::step(at, last, &mut given, makes)
    }

    fn step(
        at: &'d mut Value,
        step: &'d Step,
        given: &mut impl Iterator<Item = &'d Value>,
        makes: bool,
    ) -> Result<Option<Place<'d>>, Failure> {
        if matches!(at, Value::Null) {
            if !makes {
                return Ok(None);
            }
            *at = match step {
                Step::Name(_) | Step::Key(_) => Value::Map(Map::default()),
                Step::Element { .. } => Value::List(Vec::new()),
            };
        }
        let name = match step {
            Step::Name(name) => &**name,
            Step::Key(_) => given.next().and_then(Value::as_text).unwrap_or_default(),
            Step::Element { field, .. } => {
                let equals = given.next().unwrap_or(&Value::Null);
                return Place::element(at, field, equals, makes);
            }
        };
        match at {
            Value::Map(map) => Ok(Some(Place::Name(map, name))),
            other => Err(Failure::new("type", format!("{} has no `{name}`", shown(other)))),
        }
    }

    /// The one element whose field is this.
    fn element(
        at: &'d mut Value,
        field: &str,
        equals: &Value,
        makes: bool,
    ) -> Result<Option<Place<'d>>, Failure> {
        let Value::List(items) = at else {
            let message = format!("{} has no elements with `{field}`", shown(at));
            return Err(Failure::new("type", message));
        };
        let is_it = |item: &Value| item.as_map().and_then(|map| map.get(field)) == Some(equals);
        let mut found = items.iter().enumerate().filter(|(_, item)| is_it(item));
        let (first, second) = (found.next().map(|(at, _)| at), found.next().is_some());
        match first {
            Some(_) if second => {
                let message = format!("two elements have {} as `{field}`", shown(equals));
                Err(Failure::new("twice", message))
            }
            Some(index) => Ok(Some(Place::Element(items, index))),
            None if makes => {
                items.push(Value::Map([(field, equals.clone())].into_iter().collect()));
                let index = items.len() - 1;
                Ok(Some(Place::Element(items, index)))
            }
            None => Ok(None),
        }
    }

    /// What stands there; made as null where nothing does, if anything shall be made.
    pub(super) fn into_value(self, makes: bool) -> Option<&'d mut Value> {
        match self {
            Place::Name(map, name) if makes => Some(map.get_or_insert(name, || Value::Null)),
            Place::Name(map, name) => map.get_mut(name),
            Place::Element(items, index) => items.get_mut(index),
        }
    }

    /// What stands there.
    pub(super) fn value(&mut self) -> Option<&mut Value> {
        match self {
            Place::Name(map, name) => map.get_mut(name),
            Place::Element(items, index) => items.get_mut(*index),
        }
    }

    /// Puts a value there.
    pub(super) fn put(self, value: Value) {
        match self {
            Place::Name(map, name) => map.set(name, value),
            Place::Element(items, index) => {
                if let Some(item) = items.get_mut(index) {
                    *item = value;
                }
            }
        }
    }

    /// Takes out what stands there.
    pub(super) fn take(self) {
        match self {
            Place::Name(map, name) => {
                map.remove(name);
            }
            Place::Element(items, index) => {
                if index < items.len() {
                    items.remove(index);
                }
            }
        }
    }
}

/// Whether two paths lead to the same place, or one to what the other leads through, by what
/// their steps gave.
pub(super) fn meet(one: (&[Step], &[Value]), other: (&[Step], &[Value])) -> bool {
    let (mut first, mut second) = (one.1.iter(), other.1.iter());
    one.0.iter().zip(other.0).all(|(one, other)| {
        let (a, b) = (named(one, &mut first), named(other, &mut second));
        match (one, other) {
            (Step::Element { field, .. }, Step::Element { field: own, .. }) => {
                field == own && a == b
            }
            // One of them asks for a list and the other for a map: one of the two parks.
            (Step::Element { .. }, _) | (_, Step::Element { .. }) => false,
            _ => a == b,
        }
    })
}

fn named<'s>(step: &'s Step, given: &mut impl Iterator<Item = &'s Value>) -> Option<Value> {
    match step {
        Step::Name(name) => Some(Value::text(name)),
        Step::Key(_) | Step::Element { .. } => given.next().cloned(),
    }
}
