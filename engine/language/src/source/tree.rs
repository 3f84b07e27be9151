//! The parts of a source, each with its place in the file.

use crate::decode::record::{Binary, Format};
use crate::expression::{Name, Tree};
use crate::module::Placed;
use crate::problem::Span;
use crate::yaml::Node;

/// How the records of a feed become events, as a file or a configuration says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Where it stands.
    pub span: Span,
    /// What its file calls it; none where its configuration has the name.
    pub name: Option<Name>,
    /// The source whose settings hold where this one says nothing.
    pub preset: Option<Name>,
    /// What its records are written in.
    pub format: Option<Placed<Format>>,
    /// What an event is of a record.
    pub event: Option<Event>,
    /// Which records are of interest.
    pub condition: Option<Tree>,
    /// What makes several events of one record.
    pub explode: Option<Explode>,
    /// Types that are counted, and are no events for modules.
    pub count_only: Option<Vec<Name>>,
    /// The schema that an event was written in.
    pub schema: Option<Tree>,
    /// The first version of a stream.
    pub first: Option<Placed<u64>>,
    /// What versions are.
    pub versions: Option<Placed<Versions>>,
    /// What orders a stream that has no versions.
    pub sort: Option<Tree>,
    /// Attributes whose changes are no changes of an event.
    pub ignore_changes: Option<Placed<Vec<Name>>>,
    /// How often bytes are written in base64.
    pub binary: Option<Placed<Binary>>,
    /// What makes events of today of those of earlier days.
    pub upcasts: Option<Vec<Upcast>>,
    /// What the worker itself reads: the feed, the history.
    pub others: Vec<(Name, Node)>,
    /// The same for two sources that say the same of records, whatever they are called and
    /// wherever their records come from.
    pub meaning: u64,
}

/// What an event is of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// Where that stands.
    pub span: Span,
    /// The stream.
    pub stream: Option<Tree>,
    /// Its version in the stream.
    pub version: Option<Tree>,
    /// Its type.
    pub kind: Option<Tree>,
    /// When it happened.
    pub time: Option<Tree>,
    /// What it says.
    pub data: Option<Data>,
    /// What is said of it.
    pub meta: Option<Tree>,
    /// Its id.
    pub id: Option<Tree>,
}

/// What an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// All that no other expression of the event takes.
    Rest(Span),
    /// This.
    Value(Tree),
}

/// What makes several events of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explode {
    /// The name of an element in the expressions of the event.
    pub name: Name,
    /// The list.
    pub list: Tree,
}

/// What versions are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Versions {
    /// Each is one above the one before it.
    #[default]
    Contiguous,
    /// Each is above the one before it.
    Monotonic,
    /// There are none: documents are folded anew from the history of their stream.
    Refold,
}

/// What makes an event of the next schema of one of this schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upcast {
    /// Where it stands.
    pub span: Span,
    /// The type of the events.
    pub kind: Name,
    /// Their schema.
    pub from: Placed<u32>,
    /// What is done, one after the other.
    pub steps: Vec<Step>,
}

/// A step of an upcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it stands.
    pub span: Span,
    /// What is done.
    pub act: Act,
}

/// What a step does. Its expressions see the event before the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The values stand at the paths.
    Set(Vec<(Path, Tree)>),
    /// The values stand at the paths where nothing stood.
    Default(Vec<(Path, Tree)>),
    /// What stood at the first path stands at the second.
    Rename(Vec<(Path, Path)>),
    /// Nothing stands at the paths.
    Unset(Vec<Path>),
    /// The event is of another type.
    Retype(Retyped),
    /// The event is these, which share its version.
    Split(Vec<Part>),
    /// The event is none for modules.
    Drop,
}

/// A type and its schema: what an upcast makes of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retyped {
    /// The type.
    pub kind: Name,
    /// The schema of that type that it is in then: the first, unless something else is said.
    pub schema: u32,
}

/// A part that an event is split into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is.
    pub of: Retyped,
    /// What it says; as the event, unless something else is said.
    pub data: Option<Tree>,
}

/// A place in what an event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Where it stands.
    pub span: Span,
    /// From the top of the event's data on; at least one.
    pub names: Vec<Box<str>>,
}

impl Path {
    /// As it is written, odd names left as they are.
    pub fn text(&self) -> String {
        self.names.join(".")
    }
}
