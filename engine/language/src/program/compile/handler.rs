//! Handlers: their conditions, their elements, their keys.

use foldline_core::value::Value;

use super::super::guard::Keys;
use super::super::{Act, Each, Handler, Key, place};
use super::{CompiledKey, HANDLER, Work, compiler};
use crate::expression::{Binary, Kind, Kinds, Name, Names, Node, Reads, Tree};
use crate::module;
use crate::problem::{Code, Problem};

impl Work<'_> {
    /// Compiles a handler of these types; of every type where there is none.
    pub(super) fn handler(
        &mut self,
        handler: &module::Handler,
        types: &[Name],
        module_key: Option<&CompiledKey>,
    ) -> Handler {
        let kind = match types {
            [only] => Some(&*only.text),
            _ => None,
        };
        let bound = handler.each.as_ref().map(|each| &*each.name.text);
        let own = handler.key.as_ref().map(|key| self.key(key, kind, bound));
        let CompiledKey { key, keys } = own
            .or_else(|| module_key.cloned())
            .unwrap_or(CompiledKey { key: Key::Stream, keys: Keys::Stream });
        self.keys = self.keys.max(keys);
        let each = handler.each.as_ref().map(|each| self.each(handler, each, kind));
        let (before, when) = self.condition(handler, types, (kind, bound));
        let act = match &handler.act {
            module::Act::Delete(_) => Act::Delete,
            module::Act::Write(writes) => self.writes(writes, kind, bound, keys),
        };
        let reads = reads_document(handler);
        Handler { key, before, when, each, act, reads }
    }

    fn each(&mut self, handler: &module::Handler, each: &module::Each, kind: Option<&str>) -> Each {
        let keys = handler.key.as_ref().is_some_and(|key| key.mentions(&each.name.text));
        let what = "what `each` goes over";
        let list = if keys {
            self.early(&each.list, (kind, None), Kinds::LIST, what)
        } else {
            self.expression_as(&each.list, (kind, None), Kinds::LIST, what)
        };
        Each { list: list.node, keys }
    }

    /// The condition in two parts: what needs no document, and the rest.
    fn condition(
        &mut self,
        handler: &module::Handler,
        types: &[Name],
        names: (Option<&str>, Option<&str>),
    ) -> (Option<Node>, Option<Node>) {
        let Some(when) = &handler.when else { return (None, None) };
        self.never(when, types, names.1);
        let mut parts = Vec::new();
        split(when, &mut parts);
        let (late, early): (Vec<&Tree>, Vec<&Tree>) =
            parts.into_iter().partition(|part| part.mentions("doc"));
        let mut both = [early, late].map(|parts| {
            let tree = parts.into_iter().cloned().reduce(and)?;
            Some(self.expression_as(&tree, names, Kinds::BOOL, "a condition").node)
        });
        (both[0].take(), both[1].take())
    }

    /// Tells of a condition that no event of these types can meet.
    fn never(&mut self, when: &Tree, types: &[Name], bound: Option<&str>) {
        let kinds = types.iter().map(|name| Some(&*name.text));
        let kinds: Vec<Option<&str>> = if types.is_empty() { vec![None] } else { kinds.collect() };
        let no = |kind| {
            let (mut reads, mut problems) = (Reads::default(), Vec::new());
            let names = Names { names: &HANDLER, shape: Some(&self.shape), kind };
            let compiled = compiler(names, bound, &mut reads, &mut problems).compile(when);
            compiled.node.known() == Some(&Value::Bool(false))
        };
        if kinds.into_iter().all(no) {
            let what = "this is false for every event, so the handler never runs";
            let hint = match types {
                [only] if when.mentions("type") => format!(
                    "below `{0}` the type is always `{0}`: take the condition away, or put the \
                     handler below another type",
                    only.text
                ),
                _ => "take the handler away; `ignore` stands for none".into(),
            };
            self.problems.push(Problem::new(Code::NeverRuns, when.span, what).hint(hint));
        }
    }
}

/// The parts of a condition that must all hold.
fn split<'t>(tree: &'t Tree, parts: &mut Vec<&'t Tree>) {
    match &tree.kind {
        Kind::Binary(Binary::And, _, one, other) => {
            split(one, parts);
            split(other, parts);
        }
        _ => parts.push(tree),
    }
}

/// Both, as one condition.
fn and(one: Tree, other: Tree) -> Tree {
    let (span, height) = (one.span.to(other.span), one.height.max(other.height).saturating_add(1));
    let kind = Kind::Binary(Binary::And, span, Box::new(one), Box::new(other));
    Tree { span, kind, height }
}

/// Whether anything that is evaluated with the document reads it.
fn reads_document(handler: &module::Handler) -> bool {
    let reads = |tree: &Tree| tree.mentions("doc");
    let mut trees = handler.when.iter().chain(handler.each.iter().map(|each| &each.list));
    trees.any(reads)
        || match &handler.act {
            module::Act::Delete(_) => false,
            module::Act::Write(writes) => writes.iter().any(|write| {
                write.value.as_ref().is_some_and(reads) || place::trees(&write.path).any(reads)
            }),
        }
}
