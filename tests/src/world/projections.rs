//! The projections that worlds run: documents that remember every event in them, so that an
//! event twice, an event missing or two events out of order cannot hide in a sum.
//!
//! Keyed by stream a document is the list of its events' ids, in the order applied. Keyed by data
//! it is a map from each contributing stream to such a list: events of different streams may come
//! in any order and give the same document.

use std::cell::Cell;
use std::rc::Rc;

use foldline_core::event::{Event, Part, Slot};
use foldline_core::fault::Fault;
use foldline_core::guard::GuardKind;
use foldline_core::name::{Name, ProjectionId};
use foldline_core::projection::{Change, Keys, Projection};
use foldline_core::value::{Map, Value};

use crate::world::truth::slot;

/// A projection that remembers what it folded.
#[derive(Clone, Debug)]
pub struct Remember {
    /// Which it is.
    pub id: ProjectionId,
    /// Which guard its documents carry.
    pub guard: GuardKind,
    /// Set once its authors have fixed what made `apply` events fail.
    pub fixed: Rc<Cell<bool>>,
    /// Set once they have fixed what kept keys from being told.
    pub keys_fixed: Rc<Cell<bool>>,
}

impl Remember {
    /// The projection of this number.
    pub fn new(number: usize, guard: GuardKind) -> Remember {
        let id = ProjectionId { name: Name::from(format!("p{number}")), generation: 1 };
        Remember { id, guard, fixed: Rc::default(), keys_fixed: Rc::default() }
    }

    /// Whether its documents are keyed by stream.
    pub fn keyed_by_stream(&self) -> bool {
        keyed_by_stream(self.guard)
    }
}

/// Whether documents with this guard are keyed by stream.
pub fn keyed_by_stream(guard: GuardKind) -> bool {
    matches!(guard, GuardKind::Version | GuardKind::Refold)
}

impl Projection for Remember {
    fn id(&self) -> ProjectionId {
        self.id.clone()
    }

    fn guard(&self) -> GuardKind {
        self.guard
    }

    fn route(&self, event: Event<'_>, keys: &mut Keys) -> Result<(), Fault> {
        for part in event.parts() {
            if part.kind() == "Ignored" {
                continue;
            }
            if flaw(part) == "route" && !self.keys_fixed.get() {
                return Err(Fault::new("route", "no key on purpose"));
            }
            if self.keyed_by_stream() {
                keys.stream();
                continue;
            }
            for number in slot::KEYS..=slot::KEYS_LAST {
                if let Slot::Text(key) = part.slot(number) {
                    keys.push(key);
                }
            }
        }
        Ok(())
    }

    fn apply(&self, event: Event<'_>, key: &str, document: &mut Value) -> Result<Change, Fault> {
        let mut changed = Change::Filtered;
        for part in event.parts() {
            let fails = match flaw(part) {
                "apply" => self.hits(part, key),
                "keys" => true,
                _ => false,
            };
            if fails && !self.fixed.get() {
                return Err(Fault::new("apply", "fails on purpose"));
            }
            let change = if self.keyed_by_stream() {
                fold(part, document)?
            } else {
                fold_of_stream(event.stream(), part, document)?
            };
            if change == Change::Applied {
                changed = Change::Applied;
            }
        }
        Ok(changed)
    }
}

impl Remember {
    /// An event that fails does so for its first key only: the others must go on.
    fn hits(&self, part: Part<'_>, key: &str) -> bool {
        self.keyed_by_stream() || part.slot(slot::KEYS) == Slot::Text(key)
    }
}

fn flaw(part: Part<'_>) -> &str {
    match part.slot(slot::FLAW) {
        Slot::Text(flaw) => flaw,
        _ => "",
    }
}

/// Folds into the one stream's list within a document of many.
fn fold_of_stream(stream: &str, part: Part<'_>, document: &mut Value) -> Result<Change, Fault> {
    let mut map = match std::mem::take(document) {
        Value::Map(map) => map,
        _ => Map::default(),
    };
    let mut own = map.remove(stream).unwrap_or_default();
    let change = fold(part, &mut own);
    if own != Value::Null {
        map.set(stream, own);
    }
    if map.iter().next().is_some() {
        *document = Value::Map(map);
    }
    change
}

fn fold(part: Part<'_>, list: &mut Value) -> Result<Change, Fault> {
    let Slot::Int(id) = part.slot(slot::ID) else {
        return Err(Fault::new("id", "an event without an id"));
    };
    if flaw(part) == "strict" && *list == Value::Null {
        return Err(Fault::new("strict", "the document is not there"));
    }
    match part.kind() {
        "Removed" => *list = Value::Null,
        "Noted" if !ends_even(list) => return Ok(Change::Filtered),
        "Added" | "Noted" => match list {
            Value::List(ids) => ids.push(Value::Int(id)),
            _ => *list = Value::List(vec![Value::Int(id)]),
        },
        other => return Err(Fault::new("type", format!("`{other}` was not expected here"))),
    }
    Ok(Change::Applied)
}

fn ends_even(list: &Value) -> bool {
    match list {
        Value::List(ids) => matches!(ids.last(), Some(Value::Int(id)) if id % 2 == 0),
        _ => false,
    }
}
