//! A module that is ready to run: its expressions compiled, its handlers by the types of events.
//!
//! [`read()`] makes one of the text of a file, or tells all that cannot be right in it. A
//! [`Program`] knows the paths of events that it reads; [`Program::at_work`] gives them the slots
//! of a decoder's plan, and what comes of that folds events into documents as the machine asks.
//!
//! What runs promises: expressions read the document before the event, what they give is written
//! handler by handler and element by element, and whatever cannot be done is a fault that names
//! the place in the file, the expression and the values. The same event and document always give
//! the same document.

mod compile;
mod file;
mod gather;
pub mod guard;
mod key;
mod place;
mod run;
mod shape;
mod verb;

use std::sync::Arc;

pub use compile::{of, read};
pub use run::AtWork;

use crate::decode::Plan;
use crate::expression::{Node, Path};
use crate::module::{Type, Unknown, Verb};
use crate::problem::Span;
use file::File;
use foldline_core::fault::Fault;
use foldline_core::guard::GuardKind;
use foldline_core::name::ProjectionId;

/// A module that is ready to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// What it is called.
    pub name: Box<str>,
    /// The author's version.
    pub version: u32,
    /// The source that its events come from.
    pub from: Box<str>,
    /// The store that its documents go to.
    pub store: Box<str>,
    /// What they are called there.
    pub collection: Box<str>,
    /// Which documents its events change: what its guard is chosen by.
    pub keys: guard::Keys,
    /// The same for two files that mean the same: how they are laid out does not matter.
    pub meaning: u64,
    /// The paths of events that it reads.
    pub reads: Vec<Path>,
    handlers: Vec<Handler>,
    /// The handlers of each type that is named, in order, those of every type first.
    kinds: Vec<(Box<str>, Dispatch)>,
    /// The handlers of all other types.
    every: Dispatch,
    unknown: Unknown,
    file: File,
}

/// What is run for one type of events.
#[derive(Clone, Debug, Default)]
struct Dispatch {
    handlers: Vec<usize>,
    /// Whether none of them reads the document: then what each gives is written at once.
    direct: bool,
}

/// What an event does to its documents.
#[derive(Clone, Debug)]
struct Handler {
    key: Key,
    /// The part of the condition that reads no document: what it refuses is not routed.
    before: Option<Node>,
    /// The whole condition.
    when: Option<Node>,
    each: Option<Each>,
    act: Act,
    /// Whether anything that it gives reads the document.
    reads: bool,
}

/// The list that a handler runs over.
#[derive(Clone, Debug)]
struct Each {
    list: Node,
    /// Whether the key is known only with an element.
    keys: bool,
}

/// Which documents a handler changes.
#[derive(Clone, Debug)]
enum Key {
    /// The one of the event's stream.
    Stream,
    /// Those that the event names.
    Data(Node),
}

/// What a handler does to a document.
#[derive(Clone, Debug)]
enum Act {
    Delete,
    /// Each default first.
    Write {
        writes: Vec<Write>,
        may_meet: bool,
    },
}

/// A change of one place.
#[derive(Clone, Debug)]
struct Write {
    verb: Verb,
    span: Span,
    steps: Vec<Step>,
    value: Option<Node>,
    limit: Option<usize>,
    /// The declared type of what stands there, or of the elements of the list.
    kind: Option<Type>,
    /// How many values may be within one another there.
    room: usize,
}

/// A step from a value into it.
#[derive(Clone, Debug)]
enum Step {
    Name(Box<str>),
    Key(Node),
    Element { field: Box<str>, equals: Node },
}

impl Program {
    /// The types of events that it handles by name, sorted.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter().map(|(kind, _)| &**kind)
    }

    /// Whether it handles every type.
    pub fn handles_every_kind(&self) -> bool {
        !self.every.handlers.is_empty()
    }

    /// The program as a projection of this generation: its paths are in slots of the plan, and its
    /// events are made by a mapping of this meaning.
    pub fn at_work(
        self: &Arc<Program>,
        generation: u32,
        guard: GuardKind,
        mapping: u64,
        plan: &mut Plan,
    ) -> Result<AtWork, Fault> {
        let id = ProjectionId { name: (&*self.name).into(), generation };
        AtWork::new(Arc::clone(self), id, guard, mapping, plan)
    }
}

#[cfg(test)]
mod tests;
