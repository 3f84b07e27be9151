//! An expression that is ready to run: each name is the place where its value is found, each
//! function is the code that it calls, and what could be computed before is a value.

use foldline_core::value::Value;

use super::function::Function;
use super::pattern::Pattern;
use crate::problem::Span;

/// An expression that is ready to run.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands in its file.
    pub span: Span,
    pub(super) op: Op,
}

/// What it does.
#[derive(Clone, Debug)]
pub(super) enum Op {
    /// A value that is known.
    Value(Value),
    /// The event's own.
    Stream,
    Version,
    Type,
    Time,
    /// What the event has at the path of this number.
    Slot(usize),
    /// The same, and null where there is nothing. What the path leads through must be there: it
    /// is the path of the other number, if that is longer than a name.
    SlotOrNull(usize, Option<usize>),
    /// The document before the event.
    Document,
    /// What was stored as text, and is read as what its field was declared to be.
    Stored(Box<Node>, Stored),
    /// What a record holds under one of its names.
    Root(usize),
    /// What is bound so many names further out than the last.
    Local(usize),
    Field {
        of: Box<Node>,
        name: Box<str>,
        optional: bool,
    },
    Index(Box<Node>, Box<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Not(Box<Node>),
    Negated(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Equal(Box<Node>, Box<Node>),
    Unequal(Box<Node>, Box<Node>),
    /// Which orders of the two sides are a yes.
    Ordered(Order, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    Plus(Box<Node>, Box<Node>),
    Minus(Box<Node>, Box<Node>),
    Times(Box<Node>, Box<Node>),
    Over(Box<Node>, Box<Node>),
    Rest(Box<Node>, Box<Node>),
    Choice(Box<[Node; 3]>),
    /// Whether each step of a path is there.
    Has(Box<Node>),
    /// The first that is there and not null.
    Coalesce(Vec<Node>),
    Call(&'static Function, Vec<Node>),
    Matches(Box<Node>, Pattern),
    /// Over the elements of a list, each bound to a name.
    Each(Each, Box<Node>, Vec<Node>),
}

/// What a declared field is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    Time,
    Bytes,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is done with the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Each {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    SortBy,
}

impl Node {
    pub(super) fn new(span: Span, op: Op) -> Node {
        Node { span, op }
    }

    /// The value, where it is known before the expression runs.
    pub fn known(&self) -> Option<&Value> {
        match &self.op {
            Op::Value(value) => Some(value),
            _ => None,
        }
    }
}
