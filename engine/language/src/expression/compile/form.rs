//! Lists, maps, signs and choices: what each is made of, and what it gives.

use super::super::kinds::Kinds;
use super::super::node::Op;
use super::super::tree::Tree;
use super::{Compiled, Compiler};
use crate::problem::Span;

impl Compiler<'_> {
    pub(super) fn list(&mut self, items: &[Tree], span: Span) -> Compiled {
        let items = items.iter().map(|item| self.compile(item).node).collect();
        Compiled::new(span, Op::List(items), Kinds::LIST)
    }

    pub(super) fn map(&mut self, entries: &[(Tree, Tree)], span: Span) -> Compiled {
        let entries = entries.iter().map(|(name, value)| {
            let name = self.compile_as(name, Kinds::TEXT, "the name of an entry");
            (name.node, self.compile(value).node)
        });
        let entries = entries.collect();
        Compiled::new(span, Op::Map(entries), Kinds::MAP)
    }

    pub(super) fn not(&mut self, of: &Tree, span: Span) -> Compiled {
        let of = self.compile_as(of, Kinds::BOOL, "what `!` turns around");
        Compiled::new(span, Op::Not(Box::new(of.node)), Kinds::BOOL)
    }

    pub(super) fn negated(&mut self, of: &Tree, span: Span) -> Compiled {
        let takes = Kinds::NUMBER.or(Kinds::DURATION);
        let of = self.compile_as(of, takes, "what `-` turns around");
        let kinds = match of.kinds.and(takes) {
            // 2^63 is none that is whole and fits, and -2^63 is one.
            kinds if kinds.and(Kinds::NUMBER) != Kinds::NONE && kinds != Kinds::INT => {
                kinds.or(Kinds::INT)
            }
            kinds => kinds,
        };
        Compiled::new(span, Op::Negated(Box::new(of.node)), kinds)
    }

    pub(super) fn choice(&mut self, parts: &[Tree; 3], span: Span) -> Compiled {
        let [condition, then, otherwise] = parts;
        let condition = self.compile_as(condition, Kinds::BOOL, "a condition");
        let (then, otherwise) = (self.compile(then), self.compile(otherwise));
        let parts = Box::new([condition.node, then.node, otherwise.node]);
        Compiled::new(span, Op::Choice(parts), then.kinds.or(otherwise.kinds))
    }
}
