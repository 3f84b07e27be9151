//! Upcasts: what makes an event of the next schema of one of an earlier schema, step by step.

use super::keys::{self, Cast, Does, To};
use super::read::Reader;
use super::{Act, Part, Path, Retyped, Step, Upcast, limits};
use crate::expression::Name;
use crate::problem::{Code, Span, nearest};
use crate::yaml::{Entry, Kind, Node, brief};

/// How a step is written.
const HINT: &str = "write `- set: { amount: 0 }`, `- rename: { amt: amount }` or `- drop`";

/// What other tools call a step.
const ELSEWHERE: [(&str, &str); 10] = [
    ("add", "default"),
    ("put", "set"),
    ("map", "set"),
    ("compute", "set"),
    ("move", "rename"),
    ("remove", "unset"),
    ("delete", "unset"),
    ("omit", "unset"),
    ("type", "retype"),
    ("skip", "drop"),
];

impl Reader<'_> {
    /// The upcasts of a source.
    pub(super) fn upcasts(&mut self, node: &Node) -> Vec<Upcast> {
        let hint = "write `upcast: [ { type: Credited, from: 1, steps: [ … ] } ]`";
        let items = self.list(node, "a list of upcasts", hint, limits::UPCASTS_MAX);
        let upcasts: Vec<Upcast> =
            items.iter().filter_map(|item| self.upcast(item, hint)).collect();
        self.chained(&upcasts);
        upcasts
    }

    fn upcast(&mut self, node: &Node, hint: &str) -> Option<Upcast> {
        let entries = self.map(node, "an upcast", hint)?;
        let (mut kind, mut from, mut steps) = (None, None, Vec::new());
        let table: Vec<_> = keys::UPCAST.iter().collect();
        for (id, entry) in self.entries(node.span, entries, &table) {
            match id {
                Cast::Type => kind = self.named(&entry.value, "a type of events"),
                Cast::From => from = self.schema(&entry.value),
                Cast::Steps => steps = self.steps(&entry.value),
            }
        }
        Some(Upcast { span: node.span, kind: kind?, from: from?, steps })
    }

    fn schema(&mut self, node: &Node) -> Option<crate::module::Placed<u32>> {
        self.whole(node, "the number of a schema", 1..=u32::MAX - 1)
    }

    fn steps(&mut self, node: &Node) -> Vec<Step> {
        let items = self.list(node, "a list of steps", HINT, limits::STEPS_MAX);
        let before = self.steps;
        self.steps += items.len();
        if before <= limits::STEPS_MAX && self.steps > limits::STEPS_MAX {
            let what = format!("all upcasts together have at most {} steps", limits::STEPS_MAX);
            let hint = "rewrite the history of streams that are as old as this";
            self.tell(Code::SourceMany, node.span, what, hint);
        }
        if before > limits::STEPS_MAX {
            return Vec::new();
        }
        let steps: Vec<Step> = items.iter().filter_map(|item| self.step(item)).collect();
        self.ends(&steps);
        steps
    }

    /// Says which step is never reached.
    fn ends(&mut self, steps: &[Step]) {
        let end = steps.iter().position(|step| step.act.ends()).unwrap_or(steps.len());
        if let Some(after) = steps.get(end + 1) {
            let what = "no event comes as far as this step";
            let hint = "`drop`, `split` and `retype` are the last of their upcast";
            self.tell(Code::UpcastEnd, after.span, what, hint);
        }
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        let entry = match &node.kind {
            Kind::Scalar(scalar) if &*scalar.text == "drop" => {
                return Some(Step { span: node.span, act: Act::Drop });
            }
            Kind::Map(entries) if entries.len() == 1 => entries.first()?,
            Kind::Map(entries) if entries.len() > 1 => {
                let what = "a step does one thing, and this does several";
                let hint = "the order of keys means nothing: write each as a step of its own, \
                            behind `-`";
                let second = entries.get(1).map_or(node.span, |entry| entry.key.span);
                self.tell(Code::UpcastStep, second, what, hint);
                return None;
            }
            Kind::Scalar(scalar) => {
                let what = format!("`{}` is no step of an upcast", brief(&scalar.text));
                let hint = match &*scalar.text {
                    "delete" | "remove" | "skip" | "ignore" | "discard" => "write `drop`",
                    _ => HINT,
                };
                self.tell(Code::UpcastStep, node.span, what, hint);
                return None;
            }
            _ => {
                self.misfit(node, "a step of an upcast", HINT);
                return None;
            }
        };
        let Some(key) = keys::STEP.iter().find(|key| key.name == &*entry.key.text) else {
            self.unknown_step(entry);
            return None;
        };
        Some(Step { span: node.span, act: self.act(key.id, entry)? })
    }

    fn unknown_step(&mut self, entry: &Entry) {
        let text = &*entry.key.text;
        let what = format!("`{}` is no step of an upcast", brief(text));
        let names = || keys::STEP.iter().map(|key| key.name);
        let other = ELSEWHERE.iter().find(|(other, _)| *other == text).map(|(_, ours)| *ours);
        let hint = match nearest(text, names()).or(other) {
            Some(name) => format!("write `{name}`"),
            None => format!("the steps are {}", names().collect::<Vec<_>>().join(", ")),
        };
        self.tell(Code::UpcastStep, entry.key.span, what, &hint);
    }

    fn act(&mut self, does: Does, entry: &Entry) -> Option<Act> {
        let node = &entry.value;
        let key = &*entry.key.text;
        let values = format!("write `{key}: {{ path: value }}`");
        Some(match does {
            Does::Set => Act::Set(self.by_path(node, &values, |own, it| own.expression(&it.value))),
            Does::Default => {
                Act::Default(self.by_path(node, &values, |own, it| own.expression(&it.value)))
            }
            Does::Rename => {
                let hint = "write `rename: { old: new }`";
                let renamed = self.by_path(node, hint, |own, it| own.place(&it.value));
                // Two that change places would each overwrite what the other one moves.
                self.apart(renamed.iter().flat_map(|(from, to)| [from, to]));
                Act::Rename(renamed)
            }
            Does::Unset => Act::Unset(self.places(node)),
            Does::Retype => Act::Retype(self.retyped(node)?),
            Does::Split => Act::Split(self.parts(node)),
            Does::Drop => {
                if !matches!(node.kind, Kind::Null) {
                    let hint = "`- drop` drops the whole event; `- unset: path` takes away a part";
                    self.misfit(node, "nothing", hint);
                }
                Act::Drop
            }
        })
    }

    /// A path, or several.
    fn places(&mut self, node: &Node) -> Vec<Path> {
        let paths: Vec<Path> = match &node.kind {
            Kind::List(items) if !items.is_empty() => {
                items.iter().filter_map(|item| self.place(item)).collect()
            }
            _ => self.place(node).into_iter().collect(),
        };
        self.apart(paths.iter());
        paths
    }

    /// A type, or a type and its schema.
    fn retyped(&mut self, node: &Node) -> Option<Retyped> {
        let Kind::Map(entries) = &node.kind else {
            let kind = self.named(node, "a type of events")?;
            return Some(Retyped { kind, schema: 1 });
        };
        let table: Vec<_> = keys::RETYPED.iter().collect();
        let entries = self.entries(node.span, entries, &table);
        self.part(&entries).map(|part| part.of)
    }

    fn parts(&mut self, node: &Node) -> Vec<Part> {
        let hint = "write `split: [ { type: One, data: { … } }, { type: Other } ]`";
        let items = self.list(node, "a list of parts", hint, limits::PARTS_MAX);
        if items.is_empty() && matches!(node.kind, Kind::List(_)) {
            self.tell(Code::UpcastStep, node.span, "an event is split into nothing here", hint);
        }
        let table: Vec<_> = keys::PART.iter().collect();
        let read = items.iter().filter_map(|item| {
            if let Kind::Scalar(kind) = &item.kind {
                let kind = brief(&kind.text);
                self.misfit(item, "a part of the event", &format!("write `{{ type: {kind} }}`"));
                return None;
            }
            let entries = self.map(item, "a part of the event", hint)?;
            let entries = self.entries(item.span, entries, &table);
            self.part(&entries)
        });
        read.collect()
    }

    fn part(&mut self, entries: &[(To, &Entry)]) -> Option<Part> {
        let mut kind: Option<Name> = None;
        let (mut schema, mut data) = (Some(1), None);
        for (id, entry) in entries {
            match id {
                To::Type => kind = self.named(&entry.value, "a type of events"),
                To::Schema => schema = self.schema(&entry.value).map(|it| it.value),
                To::Data => data = self.expression(&entry.value),
            }
        }
        Some(Part { of: Retyped { kind: kind?, schema: schema? }, data })
    }
}

impl Act {
    /// Whether no step can follow it.
    pub(super) fn ends(&self) -> bool {
        matches!(self, Act::Retype(_) | Act::Split(_) | Act::Drop)
    }

    /// The types that it leads to, and where that stands.
    pub(super) fn leads_to(&self) -> Vec<(&Retyped, Span)> {
        let told = |of: &'_ Retyped| of.kind.span;
        match self {
            Act::Retype(of) => vec![(of, told(of))],
            Act::Split(parts) => parts.iter().map(|part| (&part.of, told(&part.of))).collect(),
            _ => Vec::new(),
        }
    }
}
