//! The tree of a file: what its author wrote, and where.

use foldline_core::value::{Map, Value, canonical};

use super::places::Places;
use crate::problem::Span;

/// A value of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it stands. What stands over several lines ends where its last part does.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value of a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing stands where a value might.
    Null,
    /// A text.
    Scalar(Scalar),
    /// Values in their order.
    List(Vec<Node>),
    /// Values by their keys, in the order that they are written in. No key stands twice.
    Map(Vec<Entry>),
    /// Something that was refused. A problem tells of it: nothing more need be said.
    Refused,
}

/// A value of a map, and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Scalar,
    /// The value.
    pub value: Node,
}

/// A text, as it is read once the signs of YAML around it and in it are taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// Where it stands, its quotes included; of a block, its lines.
    pub span: Span,
    /// The text.
    pub text: Box<str>,
    /// How it is written.
    pub style: Style,
    pub(super) places: Places,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Just so.
    Plain,
    /// Between `'`.
    Single,
    /// Between `"`.
    Double,
    /// In lines of its own, below `|` or `>`.
    Block,
}

impl Node {
    /// A number that is the same for two values that mean the same, however they are laid out.
    pub fn meaning(&self) -> u64 {
        canonical::hash(&self.plain())
    }

    /// The value without its places. It recurses no deeper than a file may be.
    fn plain(&self) -> Value {
        match &self.kind {
            Kind::Null | Kind::Refused => Value::Null,
            Kind::Scalar(scalar) => Value::text(scalar.text.trim()),
            Kind::List(items) => Value::List(items.iter().map(Node::plain).collect()),
            Kind::Map(entries) => {
                let entries = entries.iter().map(|it| (&*it.key.text, it.value.plain()));
                Value::Map(entries.collect::<Map>())
            }
        }
    }
}

impl Scalar {
    /// Where a piece of the text stands in the file.
    ///
    /// An escape is shown as a whole, and so is a text that is nothing but blanks. Where a line
    /// break was folded, the place is the end of the line before it: so no piece begins, or ends,
    /// in the blanks between two lines.
    pub fn place(&self, piece: Span) -> Span {
        self.places.of(piece, self.span)
    }
}
