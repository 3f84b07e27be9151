//! The tree of an expression, with the place of each of its parts.

use foldline_core::value::Value;

use crate::problem::Span;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// How many expressions are within one another here, at most.
    pub height: u16,
}

/// A name that an author wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Where it stands.
    pub span: Span,
    /// The name itself.
    pub text: Box<str>,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A value that is written out.
    Value(Value),
    /// A name: `data`, `doc`, or what is bound around it.
    Name(Box<str>),
    /// `of.name`; `of?.name` where it may be absent.
    Field {
        /// Of what.
        of: Box<Tree>,
        /// Which.
        name: Name,
        /// Whether it is null where it is absent.
        optional: bool,
    },
    /// `of[at]`.
    Index {
        /// Of what.
        of: Box<Tree>,
        /// Which.
        at: Box<Tree>,
    },
    /// `name(arguments)`, or `on.name(arguments)`.
    Call {
        /// What it is called on.
        on: Option<Box<Tree>>,
        /// The function.
        name: Name,
        /// What it is given.
        arguments: Vec<Tree>,
    },
    /// `[a, b]`.
    List(Vec<Tree>),
    /// `{a: b}`.
    Map(Vec<(Tree, Tree)>),
    /// An operator before its operand.
    Unary(Unary, Box<Tree>),
    /// An operator between its operands, and where the operator stands.
    Binary(Binary, Span, Box<Tree>, Box<Tree>),
    /// `condition ? then : otherwise`.
    Choice(Box<[Tree; 3]>),
}

impl Tree {
    /// The same tree, each of its places taken to another: from the text of an expression to the
    /// file that it stands in.
    #[must_use]
    pub fn placed(self, place: &impl Fn(Span) -> Span) -> Tree {
        let one = |tree: Box<Tree>| Box::new(tree.placed(place));
        let all = |trees: Vec<Tree>| trees.into_iter().map(|tree| tree.placed(place)).collect();
        let named = |name: Name| Name { span: place(name.span), text: name.text };
        let kind = match self.kind {
            kind @ (Kind::Value(_) | Kind::Name(_)) => kind,
            Kind::Field { of, name, optional } => {
                Kind::Field { of: one(of), name: named(name), optional }
            }
            Kind::Index { of, at } => Kind::Index { of: one(of), at: one(at) },
            Kind::Call { on, name, arguments } => {
                Kind::Call { on: on.map(one), name: named(name), arguments: all(arguments) }
            }
            Kind::List(items) => Kind::List(all(items)),
            Kind::Map(entries) => {
                let entry = |(name, value): (Tree, Tree)| (name.placed(place), value.placed(place));
                Kind::Map(entries.into_iter().map(entry).collect())
            }
            Kind::Unary(operator, of) => Kind::Unary(operator, one(of)),
            Kind::Binary(operator, at, left, right) => {
                Kind::Binary(operator, place(at), one(left), one(right))
            }
            Kind::Choice(parts) => Kind::Choice(Box::new((*parts).map(|part| part.placed(place)))),
        };
        Tree { span: place(self.span), kind, height: self.height }
    }

    /// Whether both say the same, wherever they stand.
    pub fn is_same(&self, other: &Tree) -> bool {
        let all = |one: &[Tree], other: &[Tree]| {
            one.len() == other.len() && one.iter().zip(other).all(|(it, also)| it.is_same(also))
        };
        match (&self.kind, &other.kind) {
            (Kind::Value(one), Kind::Value(other)) => one == other,
            (Kind::Name(one), Kind::Name(other)) => one == other,
            (
                Kind::Field { of, name, optional },
                Kind::Field { of: also, name: other, optional: as_well },
            ) => name.text == other.text && optional == as_well && of.is_same(also),
            (Kind::Index { of, at }, Kind::Index { of: also, at: there }) => {
                of.is_same(also) && at.is_same(there)
            }
            (
                Kind::Call { on, name, arguments },
                Kind::Call { on: also, name: other, arguments: more },
            ) => {
                let on_same = match (on, also) {
                    (Some(on), Some(also)) => on.is_same(also),
                    (on, also) => on.is_none() && also.is_none(),
                };
                on_same && name.text == other.text && all(arguments, more)
            }
            (Kind::List(one), Kind::List(other)) => all(one, other),
            (Kind::Map(one), Kind::Map(other)) => {
                let same = |((name, value), (other, also)): (&(Tree, Tree), &(Tree, Tree))| {
                    name.is_same(other) && value.is_same(also)
                };
                one.len() == other.len() && one.iter().zip(other).all(same)
            }
            (Kind::Unary(one, of), Kind::Unary(other, also)) => one == other && of.is_same(also),
            (Kind::Binary(one, _, left, right), Kind::Binary(other, _, also, as_well)) => {
                one == other && left.is_same(also) && right.is_same(as_well)
            }
            (Kind::Choice(one), Kind::Choice(other)) => all(one.as_slice(), other.as_slice()),
            _ => false,
        }
    }
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// `!`
    Not,
    /// `-`
    Minus,
}

/// An operator between its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `in`
    In,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
    /// `%`
    Rest,
}

impl Tree {
    /// The path of names that it is, as it is written where nothing is absent.
    pub(crate) fn path_text(&self) -> Option<String> {
        match &self.kind {
            Kind::Name(name) => Some(name.to_string()),
            Kind::Field { of, name, .. } => Some(format!("{}.{}", of.path_text()?, name.text)),
            _ => None,
        }
    }

    /// Whether this name stands anywhere in it.
    pub fn mentions(&self, name: &str) -> bool {
        match &self.kind {
            Kind::Value(_) => false,
            Kind::Name(own) => **own == *name,
            Kind::Field { of, .. } | Kind::Unary(_, of) => of.mentions(name),
            Kind::Index { of, at: other } | Kind::Binary(_, _, of, other) => {
                of.mentions(name) || other.mentions(name)
            }
            Kind::Call { on, arguments, .. } => {
                on.iter().map(|on| &**on).chain(arguments).any(|part| part.mentions(name))
            }
            Kind::List(items) => items.iter().any(|item| item.mentions(name)),
            Kind::Map(entries) => {
                entries.iter().any(|(key, value)| key.mentions(name) || value.mentions(name))
            }
            Kind::Choice(parts) => parts.iter().any(|part| part.mentions(name)),
        }
    }
}

impl Binary {
    /// How tightly it binds: what binds more tightly is done first.
    pub(super) fn tightness(self) -> u8 {
        match self {
            Binary::Or => 1,
            Binary::And => 2,
            Binary::Equal
            | Binary::Unequal
            | Binary::Less
            | Binary::LessOrEqual
            | Binary::Greater
            | Binary::GreaterOrEqual
            | Binary::In => 3,
            Binary::Plus | Binary::Minus => 4,
            Binary::Times | Binary::Over | Binary::Rest => 5,
        }
    }
}
