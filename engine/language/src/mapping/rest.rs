//! `data: rest`: all attributes that no other expression of the event takes.

use std::collections::BTreeSet;

use foldline_core::fault::Fault;
use foldline_core::value::{Map, Value};

use crate::expression::{Kind, Tree, shown};
use crate::source::Event;

/// The names that the expressions of an event, its data aside, take of what this name stands for.
pub(super) fn taken(event: &Event, root: &str) -> BTreeSet<Box<str>> {
    let mut taken = BTreeSet::new();
    let trees = [&event.stream, &event.version, &event.kind, &event.time, &event.meta, &event.id];
    for tree in trees.into_iter().flatten() {
        walk(tree, root, &mut taken);
    }
    taken
}

/// It recurses no deeper than the tree is high.
fn walk(tree: &Tree, root: &str, taken: &mut BTreeSet<Box<str>>) {
    let is_root = |of: &Tree| matches!(&of.kind, Kind::Name(name) if **name == *root);
    match &tree.kind {
        Kind::Field { of, name, .. } if is_root(of) => {
            taken.insert(name.text.clone());
        }
        Kind::Index { of, at } if is_root(of) => match &at.kind {
            Kind::Value(Value::Text(name)) => {
                taken.insert(name.as_str().into());
            }
            _ => walk(at, root, taken),
        },
        Kind::Value(_) | Kind::Name(_) => {}
        Kind::Field { of, .. } | Kind::Unary(_, of) => walk(of, root, taken),
        Kind::Index { of, at } => {
            walk(of, root, taken);
            walk(at, root, taken);
        }
        Kind::Call { on, arguments, .. } => {
            for part in on.iter().map(|on| &**on).chain(arguments) {
                walk(part, root, taken);
            }
        }
        Kind::List(items) => items.iter().for_each(|item| walk(item, root, taken)),
        Kind::Map(entries) => {
            for (name, value) in entries {
                walk(name, root, taken);
                walk(value, root, taken);
            }
        }
        Kind::Binary(_, _, one, other) => {
            walk(one, root, taken);
            walk(other, root, taken);
        }
        Kind::Choice(parts) => parts.iter().for_each(|part| walk(part, root, taken)),
    }
}

/// What is left of a value.
pub(super) fn rest(of: Option<&Value>, taken: &BTreeSet<Box<str>>) -> Result<Value, Fault> {
    match of {
        Some(Value::Map(map)) => {
            let left = map.iter().filter(|(name, _)| !taken.contains(*name));
            Ok(left.map(|(name, value)| (name, value.clone())).collect::<Map>().into())
        }
        other => {
            let found = other.map_or("nothing".into(), shown);
            Err(Fault::new("type", format!("`data: rest` is of a map, found {found}")))
        }
    }
}
