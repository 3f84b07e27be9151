//! From the tree of an expression to what runs: names become the places of their values, what
//! is known is computed, and what cannot be right is told, with the kinds of values as far as they
//! are known. All that is wrong is told: what stands beside a mistake is looked at too.

mod call;
mod form;
mod operator;
mod path;
mod unknown;

use foldline_core::value::Value;

use super::kinds::Kinds;
use super::names::{Named, Names, Reads};
use super::node::{Node, Op, Order};
use super::scope::{Cost, Scope};
use super::tree::{Binary, Kind, Tree, Unary};
use crate::problem::{Code, Problem, Span};

/// An expression that is ready to run, and the kinds of values it may give.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What runs.
    pub node: Node,
    /// What it may give.
    pub kinds: Kinds,
}

impl Compiled {
    fn new(span: Span, op: Op, kinds: Kinds) -> Compiled {
        Compiled { node: Node::new(span, op), kinds }
    }

    /// Whether it is known that it is there: a path may lead nowhere.
    fn is_there(&self) -> bool {
        use Op::{Field, Index, Root, Slot, SlotOrNull, Stored, Time};
        let path = matches!(
            self.node.op,
            Field { .. } | Index(..) | Root(_) | Slot(_) | SlotOrNull(..) | Stored(..) | Time
        );
        !path && self.kinds != Kinds::NONE
    }
}

/// Compiles expressions that stand in one place. Spans are places in the file.
pub struct Compiler<'n> {
    names: Names<'n>,
    /// What is bound around the expression, the innermost last.
    locals: Vec<(Box<str>, Kinds)>,
    reads: &'n mut Reads,
    problems: &'n mut Vec<Problem>,
}

impl<'n> Compiler<'n> {
    /// With these names; what is read and what is wrong is added to what is there.
    pub fn new(
        names: Names<'n>,
        reads: &'n mut Reads,
        problems: &'n mut Vec<Problem>,
    ) -> Compiler<'n> {
        Compiler { names, locals: Vec::new(), reads, problems }
    }

    /// The same, with a name that is bound around the expressions.
    #[must_use]
    pub fn bind(mut self, name: &str, kinds: Kinds) -> Compiler<'n> {
        self.locals.push((name.into(), kinds));
        self
    }

    /// Compiles an expression.
    pub fn compile(&mut self, tree: &Tree) -> Compiled {
        let told = self.problems.len();
        let mut compiled = self.form(tree);
        // Where something is wrong already, what it leads to is not told.
        let right = self.problems.len() == told;
        if right && compiled.node.known().is_none() && is_fixed(&compiled.node.op) {
            self.compute(&mut compiled);
        }
        compiled
    }

    /// Compiles an expression that must give one of these kinds.
    pub fn compile_as(&mut self, tree: &Tree, kinds: Kinds, what: &str) -> Compiled {
        let compiled = self.compile(tree);
        if !compiled.kinds.may_be(kinds) {
            let what = format!("{what} is {}, and this is {}", kinds.told(), compiled.kinds.told());
            let problem = Problem::new(Code::WrongKind, tree.span, what);
            self.problems.push(problem.hinted(kinds.instead(compiled.kinds)));
        }
        compiled
    }

    fn form(&mut self, tree: &Tree) -> Compiled {
        let span = tree.span;
        match &tree.kind {
            Kind::Value(value) => Compiled::new(span, Op::Value(value.clone()), Kinds::of(value)),
            Kind::Name(name) => self.name(name, span, true),
            Kind::Field { .. } | Kind::Index { .. } => self.path(tree),
            Kind::Call { on, name, arguments } => self.call(tree, on.as_deref(), name, arguments),
            Kind::List(items) => self.list(items, span),
            Kind::Map(entries) => self.map(entries, span),
            Kind::Unary(Unary::Not, of) => self.not(of, span),
            Kind::Unary(Unary::Minus, of) => self.negated(of, span),
            Kind::Binary(binary, at, one, other) => self.binary(*binary, *at, one, other, span),
            Kind::Choice(parts) => self.choice(parts, span),
        }
    }

    /// What a name leads to. `bare` where it stands alone, and may be a text without its quotes.
    fn name(&mut self, name: &str, span: Span, bare: bool) -> Compiled {
        let built = |op, kinds| Compiled { node: Node::new(span, op), kinds };
        if let Some(place) = self.locals.iter().rposition(|(own, _)| **own == *name) {
            let kinds = self.locals.get(place).map_or(Kinds::ANY, |(_, kinds)| *kinds);
            return built(Op::Local(self.locals.len() - 1 - place), kinds);
        }
        let found = self.names.names.iter().find(|(own, _)| *own == name);
        match found.map(|(_, named)| *named) {
            Some(Named::Stream) => built(Op::Stream, Kinds::TEXT),
            Some(Named::Version) => built(Op::Version, Kinds::INT),
            Some(Named::Type) => match self.names.kind {
                Some(kind) => built(Op::Value(Value::text(kind)), Kinds::TEXT),
                None => built(Op::Type, Kinds::TEXT),
            },
            Some(Named::Time) => built(Op::Time, Kinds::TIME),
            Some(Named::Slots) => built(Op::Slot(self.reads.slot(vec![name.into()])), Kinds::ANY),
            Some(Named::Document) => built(Op::Document, Kinds::MAP.or(Kinds::NULL)),
            Some(Named::Root(number, kinds)) => {
                self.reads.root(number, Vec::new());
                built(Op::Root(number), kinds)
            }
            Some(Named::Elsewhere(why)) => {
                self.not_here(name, why, span, bare);
                built(Op::Value(Value::Null), Kinds::NONE)
            }
            None => {
                self.unknown(name, span, bare);
                built(Op::Value(Value::Null), Kinds::NONE)
            }
        }
    }

    fn problem(&mut self, code: Code, span: Span, what: impl Into<String>) {
        self.problems.push(Problem::new(code, span, what));
    }

    /// Computes what depends on nothing; what always fails is a mistake.
    fn compute(&mut self, compiled: &mut Compiled) {
        let cost = Cost::default();
        let value = match compiled.node.value(&Scope::empty(&cost)) {
            Ok(value) => value.into_owned(),
            Err(wrong) => {
                let what = format!("this always fails: {}", wrong.message());
                self.problem(Code::AlwaysFails, wrong.span(), what);
                compiled.kinds = Kinds::NONE;
                return;
            }
        };
        // A long text is not built twice: it stays what it is built from.
        if value.bytes() <= super::limits::BYTES_MAX {
            compiled.kinds = Kinds::of(&value);
            compiled.node.op = Op::Value(value);
        }
    }
}

/// Whether it is computed from known values alone.
fn is_fixed(op: &Op) -> bool {
    let known = |nodes: &[&Node]| nodes.iter().all(|node| node.known().is_some());
    match op {
        Op::Not(of) | Op::Negated(of) | Op::Matches(of, _) => known(&[of]),
        Op::Equal(one, other)
        | Op::Unequal(one, other)
        | Op::Ordered(_, one, other)
        | Op::And(one, other)
        | Op::Or(one, other)
        | Op::In(one, other)
        | Op::Index(one, other)
        | Op::Plus(one, other)
        | Op::Minus(one, other)
        | Op::Times(one, other)
        | Op::Over(one, other)
        | Op::Rest(one, other) => known(&[one, other]),
        Op::Choice(parts) => {
            let [condition, then, otherwise] = &**parts;
            match condition.known() {
                Some(Value::Bool(true)) => known(&[then]),
                Some(Value::Bool(false)) => known(&[otherwise]),
                _ => false,
            }
        }
        Op::List(items) | Op::Call(_, items) => items.iter().all(|it| it.known().is_some()),
        Op::Map(entries) => {
            entries.iter().all(|(name, value)| name.known().is_some() && value.known().is_some())
        }
        Op::Field { of, .. } => known(&[of]),
        _ => false,
    }
}

impl Order {
    fn of(binary: Binary) -> Option<Order> {
        Some(match binary {
            Binary::Less => Order::Less,
            Binary::LessOrEqual => Order::LessOrEqual,
            Binary::Greater => Order::Greater,
            Binary::GreaterOrEqual => Order::GreaterOrEqual,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
