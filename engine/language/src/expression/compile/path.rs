//! Fields and indexes. A path of names into the event is one slot; into a record it is one of the
//! paths that are read; into the document its first name must be one that is written.

use foldline_core::value::Value;

use super::super::kinds::Kinds;
use super::super::names::{Named, Path};
use super::super::node::{Node, Op, Stored};
use super::super::tree::{Kind, Name, Tree};
use super::{Compiled, Compiler};
use crate::problem::{Code, Problem, Span, nearest};

/// The names of a path, from its root on, and whether each may be absent.
struct Steps<'t> {
    root: &'t str,
    names: Vec<(&'t str, bool)>,
}

impl<'t> Steps<'t> {
    /// The path that a tree is; none where it is anything else.
    fn of(mut tree: &'t Tree) -> Option<Steps<'t>> {
        let mut names = Vec::new();
        loop {
            match &tree.kind {
                Kind::Name(root) => {
                    names.reverse();
                    return Some(Steps { root, names });
                }
                Kind::Field { of, name, optional } => {
                    names.push((&*name.text, *optional));
                    tree = of;
                }
                Kind::Index { of, at } => {
                    let Kind::Value(Value::Text(name)) = &at.kind else { return None };
                    names.push((name.as_str(), false));
                    tree = of;
                }
                _ => return None,
            }
        }
    }

    /// The path of the first so many names.
    fn path(&self, names: usize) -> Path {
        let names = self.names.iter().take(names).map(|(name, _)| Box::from(*name));
        std::iter::once(Box::from(self.root)).chain(names).collect()
    }
}

impl Compiler<'_> {
    /// A field or what stands at an index.
    pub(super) fn path(&mut self, tree: &Tree) -> Compiled {
        if let Some(steps) = Steps::of(tree)
            && !self.locals.iter().any(|(name, _)| **name == *steps.root)
            && let Some((_, named)) = self.names.names.iter().find(|(own, _)| *own == steps.root)
        {
            match named {
                Named::Slots => return self.slot(&steps, tree.span),
                Named::Root(number, _) => {
                    let path = steps.path(steps.names.len());
                    self.reads.root(*number, path.into_iter().skip(1).collect());
                    return self.step(tree, false);
                }
                _ => {}
            }
        }
        self.step(tree, true)
    }

    /// A path into the event. The names at its end that may be absent give null where they are;
    /// what stands before them must be there.
    fn slot(&mut self, steps: &Steps<'_>, span: Span) -> Compiled {
        let needed = steps.names.iter().rposition(|(_, optional)| !optional).map_or(0, |at| at + 1);
        let slot = self.reads.slot(steps.path(steps.names.len()));
        let op = if needed == steps.names.len() {
            Op::Slot(slot)
        } else {
            let within = (needed > 0).then(|| self.reads.slot(steps.path(needed)));
            Op::SlotOrNull(slot, within)
        };
        Compiled { node: Node::new(span, op), kinds: Kinds::ANY }
    }

    /// One step: of a value, by its name or by an expression. `reads` where what it is a step of
    /// is not on the list of what is read yet.
    fn step(&mut self, tree: &Tree, reads: bool) -> Compiled {
        match &tree.kind {
            Kind::Field { of, name, optional } => self.named(of, name, *optional, tree.span, reads),
            Kind::Index { of, at } => self.placed(of, at, tree.span, reads),
            _ => self.compile(tree),
        }
    }

    /// A field of a value.
    fn named(
        &mut self,
        tree: &Tree,
        name: &Name,
        optional: bool,
        span: Span,
        reads: bool,
    ) -> Compiled {
        let of = self.of(tree, reads);
        let takes = if optional { Kinds::MAP.or(Kinds::NULL) } else { Kinds::MAP };
        if !of.kinds.may_be(takes) {
            let what = format!("{} has no fields", of.kinds.told());
            self.problem(Code::WrongKind, name.span, what);
        }
        let op = Op::Field { of: Box::new(of.node), name: name.text.clone(), optional };
        if self.is_document(tree) {
            return self.field(Node::new(span, op), &name.text, name.span, optional);
        }
        Compiled::new(span, op, Kinds::ANY)
    }

    /// What a value has at an index.
    fn placed(&mut self, tree: &Tree, at: &Tree, span: Span, reads: bool) -> Compiled {
        let of = self.of(tree, reads);
        if !of.kinds.may_be(Kinds::LIST.or(Kinds::MAP)) {
            let what = format!("{} has nothing at an index", of.kinds.told());
            self.problem(Code::WrongKind, at.span, what);
        }
        let place = self.compile_as(at, Kinds::INT.or(Kinds::TEXT), "an index");
        let op = Op::Index(Box::new(of.node), Box::new(place.node));
        match &at.kind {
            Kind::Value(Value::Text(name)) if self.is_document(tree) => {
                self.field(Node::new(span, op), name, at.span, false)
            }
            _ => Compiled::new(span, op, Kinds::ANY),
        }
    }

    fn of(&mut self, tree: &Tree, reads: bool) -> Compiled {
        match &tree.kind {
            Kind::Name(name) => {
                // The root of a path whose end is read already.
                let found = self.names.names.iter().find(|(own, _)| *own == &**name);
                match found {
                    Some((_, Named::Root(number, kinds))) if !reads => {
                        Compiled { node: Node::new(tree.span, Op::Root(*number)), kinds: *kinds }
                    }
                    _ => self.name(name, tree.span, false),
                }
            }
            Kind::Field { .. } | Kind::Index { .. } if !reads => self.step(tree, false),
            _ => self.compile(tree),
        }
    }

    fn is_document(&self, tree: &Tree) -> bool {
        let Kind::Name(name) = &tree.kind else { return false };
        let leads = |(own, named): &(&str, Named)| **own == **name && *named == Named::Document;
        !self.locals.iter().any(|(own, _)| own == name) && self.names.names.iter().any(leads)
    }

    /// A field of the document: one that nothing writes is never there.
    fn field(&mut self, node: Node, name: &str, span: Span, optional: bool) -> Compiled {
        let Some(shape) = self.names.shape else { return Compiled { node, kinds: Kinds::ANY } };
        let Some(kinds) = shape.0.get(name).copied() else {
            let what = format!("no handler writes `{name}`, so the document never has it");
            let problem = Problem::new(Code::UnknownField, span, what);
            let names = || shape.0.keys().map(|name| &**name);
            self.problems.push(match nearest(name, names()) {
                Some(near) => problem.hint(format!("did you mean `doc.{near}`?")),
                None if shape.0.is_empty() => problem,
                None => {
                    let all: Vec<&str> = names().take(12).collect();
                    let all = all.join("`, `");
                    problem.hint(format!("what handlers write is `{all}`"))
                }
            });
            return Compiled { node, kinds: Kinds::NONE };
        };
        let kinds = if optional { kinds.or(Kinds::NULL) } else { kinds };
        let stored = match kinds.without(Kinds::NULL) {
            Kinds::TIME => Stored::Time,
            Kinds::BYTES => Stored::Bytes,
            _ => return Compiled { node, kinds },
        };
        Compiled { node: Node::new(node.span, Op::Stored(Box::new(node), stored)), kinds }
    }
}
