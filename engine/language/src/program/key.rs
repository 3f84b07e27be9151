//! Keys: which documents an event changes, out of what a key's expression gives.

use foldline_core::limits::KEYS_PER_EVENT_MAX;
use foldline_core::projection::Keys;
use foldline_core::value::Value;

use crate::expression::{Failure, Node, Scope, Wrong, shown};

/// Adds the keys that the expression gives: a text, a whole number as its digits, or a list of
/// them. Nothing for an empty list; null is no key. More than one event may change are refused
/// before they are compared with one another.
pub(super) fn push(node: &Node, scope: &Scope<'_>, keys: &mut Keys) -> Result<(), Wrong> {
    each(node, scope, |key| {
        keys.push(key);
        if keys.len() <= KEYS_PER_EVENT_MAX {
            return Ok(());
        }
        keys.check().map_err(|fault| Failure::new("keys", fault.message))
    })
}

/// Whether the expression gives this key.
pub(super) fn names(node: &Node, scope: &Scope<'_>, key: &str) -> Result<bool, Wrong> {
    let mut found = false;
    each(node, scope, |own| {
        found |= own == key;
        Ok(())
    })?;
    Ok(found)
}

fn each(
    node: &Node,
    scope: &Scope<'_>,
    mut take: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<(), Wrong> {
    let value = node.value(scope)?;
    let given = match value.as_ref() {
        Value::List(items) => items.iter().try_for_each(|item| one(item, &mut take)),
        value => one(value, &mut take),
    };
    given.map_err(|failure| failure.at(node.span))
}

fn one(value: &Value, take: &mut impl FnMut(&str) -> Result<(), Failure>) -> Result<(), Failure> {
    match value {
        Value::Text(text) => {
            if let Some(fault) = foldline_core::projection::key_fault(text) {
                return Err(Failure::new("key", fault.message));
            }
            take(text)
        }
        Value::Int(int) => take(&int.to_string()),
        Value::Null => Err(Failure::new("key", "the key is null")),
        other => {
            let message = format!("a key is a string or an int, this is {}", shown(other));
            Err(Failure::new("key", message))
        }
    }
}
