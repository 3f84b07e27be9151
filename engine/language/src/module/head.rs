//! The map at the top of a module, and what stands in it beside its handlers.

use super::keys::{self, Place, Top};
use super::read::Reader;
use super::{Allowed, Goal, Module, Placed, Unknown};
use crate::expression::Name;
use crate::problem::{Code, Severity, Span, nearest};
use crate::yaml::{Entry, Kind, Node, Scalar, brief};

/// A module of nothing yet, in the map at this place.
fn empty(span: Span) -> Module {
    let name = || Name { span, text: Box::default() };
    Module {
        name: name(),
        version: Placed { span, value: 0 },
        from: name(),
        into: Goal { store: name(), collection: name() },
        key: None,
        fields: Vec::new(),
        on: Vec::new(),
        unknown: Placed { span, value: Unknown::default() },
        across_streams: None,
        repairs: None,
        allow: Vec::new(),
    }
}

impl Reader<'_> {
    /// The module that a file holds; none where it holds no map.
    pub(super) fn module(&mut self, node: &Node) -> Option<Module> {
        let hint = "a file holds one module, and begins with `projection: name`";
        let entries = self.map(node, "a module", hint)?;
        if let [entry] = entries
            && matches!(entry.value.kind, Kind::Map(_))
            && !keys::TOP.iter().any(|key| key.name == &*entry.key.text)
        {
            let what = format!("the module stands below `{}`", brief(&entry.key.text));
            self.tell(Code::UnknownKey, entry.key.span, what, hint);
            return None;
        }
        let first = entries.first().map_or(node.span, |entry| entry.key.span);
        let mut module = empty(first);
        let mut has_key = false;
        for (id, entry) in self.entries(node.span, entries, &keys::TOP) {
            has_key |= id == Top::Key;
            self.part(&mut module, id, entry);
        }
        if module.into.collection.text.is_empty() {
            module.into.collection = module.name.clone();
        }
        if let Some(repairs) = module.repairs.filter(|it| it.value >= module.version.value) {
            let what = format!("`{}` is no earlier version", repairs.value);
            let hint = "name the version that runs today, and raise `version`";
            // A version that is wrong itself is told as that.
            if module.version.value > 0 {
                self.tell(Code::Repairs, repairs.span, what, hint);
            }
        }
        if let Some(span) = self.keyless.filter(|_| !has_key && !self.misplaced) {
            let what = "the key `key` is missing, and these events have none of their own";
            let hint = "write `key: stream` at the top for one document a stream, or give each \
                        handler its own";
            self.tell(Code::KeyMissing, span, what, hint);
        }
        Some(module)
    }

    fn part(&mut self, module: &mut Module, id: Top, entry: &Entry) {
        let node = &entry.value;
        match id {
            Top::Projection => replace(&mut module.name, self.name(node, "a projection")),
            Top::Version => replace(&mut module.version, self.version(node)),
            Top::From => replace(&mut module.from, self.name(node, "a source")),
            Top::Into => self.goal(node, &mut module.into),
            Top::Key => module.key = self.expression(node),
            Top::Fields => module.fields = self.fields(node),
            Top::On => module.on = self.on(node),
            Top::Unknown => {
                let words = [("ignore", Unknown::Ignore), ("park", Unknown::Park)];
                let read = self.word(node, "what becomes of unknown types", &words);
                replace(&mut module.unknown, read);
            }
            Top::AcrossStreams => {
                let read = self.word(node, "an order of streams", &[("arrival", ())]);
                module.across_streams = read.map(|word| word.span);
            }
            Top::Repairs => module.repairs = self.version(node),
            Top::Allow => module.allow = self.allow(node),
        }
    }

    fn version(&mut self, node: &Node) -> Option<Placed<u32>> {
        self.whole(node, "the number of a version", 1..=u32::MAX)
    }

    fn goal(&mut self, node: &Node, goal: &mut Goal) {
        let hint = "write `into: { store: name }`";
        let Some(entries) = self.map(node, "a map with a store", hint) else { return };
        for (id, entry) in self.entries(node.span, entries, &keys::INTO) {
            match id {
                Place::Store => replace(&mut goal.store, self.name(&entry.value, "a store")),
                Place::Collection => {
                    replace(&mut goal.collection, self.name(&entry.value, "a collection"));
                }
            }
        }
    }

    fn allow(&mut self, node: &Node) -> Vec<Allowed> {
        let hint = "write `allow: { CODE: why it is right here }`";
        let entries = self.map(node, "a map of codes and reasons", hint).unwrap_or_default();
        let read = entries.iter().filter_map(|entry| {
            let code = self.code(&entry.key);
            let reason = self.reason(&entry.value);
            Some(Allowed { code: code?, reason: reason? })
        });
        read.collect()
    }

    /// The code of a warning.
    fn code(&mut self, key: &Scalar) -> Option<Placed<Code>> {
        let warnings = || Code::ALL.iter().filter(|code| code.severity() == Severity::Warning);
        if let Some(&value) = warnings().find(|code| code.name() == &*key.text) {
            return Some(Placed { span: key.span, value });
        }
        let written = brief(&key.text);
        if Code::ALL.iter().any(|code| code.name() == &*key.text) {
            let what = format!("`{written}` is an error");
            self.tell(Code::Allow, key.span, what, "only warnings can be allowed: mend it");
            return None;
        }
        let what = format!("`{written}` is no code of a warning");
        let hint = match nearest(&key.text, warnings().map(|code| code.name())) {
            Some(name) => format!("write `{name}`"),
            None => "a code stands before each problem, as in `warning[CODE]`".into(),
        };
        self.tell(Code::Allow, key.span, what, &hint);
        None
    }

    fn reason(&mut self, node: &Node) -> Option<Placed<Box<str>>> {
        let hint = "say in a few words why the warning is right here";
        let scalar = match &node.kind {
            Kind::Scalar(scalar) if scalar.text.trim().is_empty() => {
                self.tell(Code::Allow, scalar.span, "a reason is missing", hint);
                return None;
            }
            _ => self.text(node, "a reason", hint)?,
        };
        Some(Placed { span: scalar.span, value: scalar.text.clone() })
    }
}

/// Puts what was read in the place of what stands for nothing.
fn replace<T>(place: &mut T, read: Option<T>) {
    if let Some(read) = read {
        *place = read;
    }
}
