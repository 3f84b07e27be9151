//! Which names an expression may use where it stands, what they lead to, and which paths of them
//! are read: the decoder skips what nobody reads.

use std::collections::BTreeMap;

use super::kinds::Kinds;

/// What a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// The event's stream.
    Stream,
    /// Its version in the stream.
    Version,
    /// Its type.
    Type,
    /// When it happened.
    Time,
    /// What the event holds: its paths are slots.
    Slots,
    /// The document before the event.
    Document,
    /// What a record holds, by number, and what kinds of values it may be.
    Root(usize, Kinds),
    /// Nothing, here: why.
    Elsewhere(&'static str),
}

/// The names where an expression stands.
#[derive(Clone, Debug)]
pub struct Names<'n> {
    /// Each with what it leads to.
    pub names: &'n [(&'n str, Named)],
    /// What the document's fields may be; none where any field may be read.
    pub shape: Option<&'n Shape>,
    /// The event's type, where it can be one only.
    pub kind: Option<&'n str>,
}

/// The fields that a document may have: those that are declared, and those that are written.
#[derive(Clone, Debug, Default)]
pub struct Shape(pub BTreeMap<Box<str>, Kinds>);

/// A path of names.
pub type Path = Vec<Box<str>>;

/// What expressions read, each path once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// The paths into the event, by number.
    pub slots: Vec<Path>,
    /// The paths into what a record holds, by the number of its name.
    pub roots: Vec<(usize, Path)>,
}

impl Reads {
    /// The number of a path into the event.
    pub(super) fn slot(&mut self, path: Path) -> usize {
        if let Some(place) = self.slots.iter().position(|own| *own == path) {
            return place;
        }
        self.slots.push(path);
        self.slots.len() - 1
    }

    pub(super) fn root(&mut self, root: usize, path: Path) {
        if !self.roots.contains(&(root, path.clone())) {
            self.roots.push((root, path));
        }
    }
}
