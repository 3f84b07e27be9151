//! What the events of a type do to their documents: handlers, and what stands around their
//! writes.

use super::elsewhere;
use super::keys::{self, Part};
use super::read::Reader;
use super::{Act, Each, Handler, Write, limits};
use crate::expression::{Name, Tree, piece};
use crate::problem::{Code, Span, nearest};
use crate::yaml::{Entry, Kind, Node, Scalar, brief};

/// How a handler is written.
const HINT: &str = "write `{ set: { path: value } }` or another verb, `delete`, `ignore`, or a \
                    list of handlers";

/// Names that mean something else in the expressions of a handler.
const TAKEN: [&str; 11] =
    ["stream", "version", "type", "time", "data", "meta", "doc", "true", "false", "null", "in"];

/// What the keys of a handler said, before it is known whether they go together.
#[derive(Default)]
struct Parts<'n> {
    when: Option<Tree>,
    each: Option<Each>,
    key: Option<Tree>,
    writes: Vec<Write>,
    limits: Option<&'n Entry>,
    delete: Option<Span>,
    /// The first verb other than `delete`, or a limit.
    acts: Option<Span>,
    /// Whether something of this is wrong, and so left out.
    wrong: bool,
    /// Whether nobody knows what its `each` binds.
    nameless: bool,
    /// Whether it says something of a key.
    keyed: bool,
    /// The first path that stands where a verb belongs.
    bare: Option<Span>,
}

impl Reader<'_> {
    /// What events of these types do, one after the other.
    pub(super) fn handlers(&mut self, kinds: Span, node: &Node) -> Vec<Handler> {
        match &node.kind {
            Kind::Scalar(text) if &*text.text == "ignore" => Vec::new(),
            Kind::List(items) if items.is_empty() => {
                let what = "a list without a handler";
                self.tell(Code::NothingDone, node.span, what, "write `ignore`");
                Vec::new()
            }
            Kind::List(items) => {
                items.iter().filter_map(|item| self.handler(kinds, item)).collect()
            }
            _ => self.handler(kinds, node).into_iter().collect(),
        }
    }

    fn handler(&mut self, kinds: Span, node: &Node) -> Option<Handler> {
        self.handlers += 1;
        if self.handlers > limits::HANDLERS_MAX {
            // It is said once.
            if self.handlers == limits::HANDLERS_MAX + 1 {
                let what = format!("a module has at most {} handlers", limits::HANDLERS_MAX);
                self.tell(Code::TooMany, kinds, what, "split it into several projections");
            }
            return None;
        }
        match &node.kind {
            Kind::Scalar(word) if &*word.text == "delete" => {
                self.keyless.get_or_insert(kinds);
                let act = Act::Delete(word.span);
                Some(Handler { span: node.span, when: None, each: None, key: None, act })
            }
            Kind::Scalar(word) if &*word.text == "ignore" => {
                let what = "`ignore` stands among handlers";
                let hint = "leave it away, or write it alone in the place of the list";
                self.tell(Code::NothingDone, word.span, what, hint);
                None
            }
            Kind::Scalar(word) => {
                self.lone_verb(word);
                None
            }
            Kind::Map(entries) => {
                let before = self.problems.len();
                let mut parts = self.parts(entries);
                parts.wrong = self.problems.len() > before;
                if !parts.keyed {
                    self.keyless.get_or_insert(kinds);
                }
                let act = self.act(node.span, &mut parts)?;
                let Parts { when, each, key, nameless, .. } = parts;
                (!nameless).then_some(Handler { span: node.span, when, each, key, act })
            }
            _ => {
                self.misfit(node, "a handler", HINT);
                None
            }
        }
    }

    /// What stands behind the keys of a handler.
    fn parts<'n>(&mut self, entries: &'n [Entry]) -> Parts<'n> {
        let mut parts = Parts::default();
        for entry in entries {
            let (key, value) = (&entry.key, &entry.value);
            let Some(found) = keys::HANDLER.iter().find(|it| *it.name == *key.text) else {
                self.unknown_verb(entry, &mut parts);
                continue;
            };
            match found.id {
                Part::When => parts.when = self.expression(value),
                Part::Key => {
                    parts.key = self.expression(value);
                    parts.keyed = true;
                }
                Part::Each => {
                    parts.each = self.each(value);
                    parts.nameless = parts.each.is_none();
                }
                Part::Delete => {
                    self.mark(value);
                    parts.delete = Some(key.span);
                }
                Part::Limit => {
                    parts.limits = Some(entry);
                    parts.acts.get_or_insert(key.span);
                }
                Part::Verb(verb) => {
                    self.writes(verb, key.span, value, &mut parts.writes);
                    parts.acts.get_or_insert(key.span);
                }
            }
        }
        parts
    }

    /// What a handler does, of all that its keys said.
    fn act(&mut self, span: Span, parts: &mut Parts<'_>) -> Option<Act> {
        match (parts.delete, parts.acts) {
            (None, None) => {
                if !parts.wrong {
                    self.tell(Code::NothingDone, span, "a handler without a verb", HINT);
                }
                None
            }
            (Some(delete), Some(acts)) => {
                let what = "`delete` stands beside another verb";
                let line = self.line(acts);
                let hint = format!(
                    "nothing is left for the verb of line {line}: make them two handlers with \
                     conditions of their own"
                );
                self.tell(Code::DeleteBeside, delete, what, &hint);
                None
            }
            (Some(delete), None) => Some(Act::Delete(delete)),
            (None, Some(_)) => {
                let mut writes = std::mem::take(&mut parts.writes);
                if let Some(limits) = parts.limits {
                    self.limits(&limits.value, &mut writes, parts.wrong);
                }
                self.conflicts(&writes);
                Some(Act::Write(writes))
            }
        }
    }

    /// What stands behind `delete`: nothing that says more.
    fn mark(&mut self, node: &Node) {
        let is_right = match &node.kind {
            Kind::Null => true,
            Kind::Scalar(word) => &*word.text == "true",
            _ => false,
        };
        if !is_right {
            let whole =
                "`delete` empties the whole document; a part of it is taken away by `unset`";
            let hint = match &node.kind {
                Kind::Scalar(path) if piece::dashed(&path.text) > 0 && &*path.text != "false" => {
                    format!("{whole}: write `unset: {}`", brief(&path.text))
                }
                _ => whole.into(),
            };
            self.misfit(node, "`true`", &hint);
        }
    }

    /// A name, and the list whose elements it stands for.
    fn each(&mut self, node: &Node) -> Option<Each> {
        let hint = "write `each: { line: data.lines }`";
        let belongs = "a map of a name and a list";
        let entries = self.map(node, belongs, hint)?;
        let [entry] = entries else {
            let what = format!("{belongs} belongs here, found {} names", entries.len());
            self.tell(Code::EachName, node.span, what, hint);
            return None;
        };
        let list = self.expression(&entry.value);
        let (key, text) = (&entry.key, &*entry.key.text);
        if TAKEN.contains(&text) {
            let what = format!("`{text}` means something else in a handler");
            self.tell(Code::EachName, key.span, what, "take another name for the element");
            return None;
        }
        if !piece::is_word(text) {
            let what = format!("`{}` is no name for an element", brief(text));
            let hint = "a name begins with a letter or `_`, and has letters, digits and _";
            self.tell(Code::EachName, key.span, what, hint);
            return None;
        }
        Some(Each { name: Name { span: key.span, text: text.into() }, list: list? })
    }

    /// Says that a handler has no such verb. Paths without a verb are said once.
    fn unknown_verb(&mut self, entry: &Entry, parts: &mut Parts<'_>) {
        let text = &*entry.key.text;
        let names = || keys::HANDLER.iter().map(|it| it.name);
        let is_around = ["then", "do", "action", "actions", "apply"].contains(&text);
        let near = || elsewhere::verb(text).or_else(|| nearest(text, names()));
        let hint = if is_around {
            "take it away: the verbs of a handler stand beside `when`".into()
        } else if let Some(name) = near() {
            // What it binds has a name then.
            parts.nameless |= name == "each";
            format!("write `{name}`")
        } else if matches!(entry.value.kind, Kind::Scalar(_)) {
            if parts.bare.replace(entry.key.span).is_some() {
                return;
            }
            format!("a path stands below a verb: `set: {{ {}: … }}`", brief(text))
        } else {
            let verbs = keys::HANDLER.iter().filter(|it| matches!(it.id, Part::Verb(_)));
            let verbs: Vec<&str> = verbs.map(|it| it.name).collect();
            format!(
                "the verbs are {} and delete; beside them stand when, each, key and limit",
                verbs.join(", ")
            )
        };
        let what = format!("`{}` is no verb", brief(text));
        self.tell(Code::UnknownVerb, entry.key.span, what, &hint);
    }

    /// Says that a word alone is no handler.
    fn lone_verb(&mut self, word: &Scalar) {
        let text = &*word.text;
        let is_verb = keys::HANDLER.iter().any(|it| it.name == text);
        let verb = if is_verb { Some(text) } else { elsewhere::verb(text) };
        let hint = match verb.or_else(|| nearest(text, ["delete", "ignore"])) {
            Some("remove" | "unset") => {
                "write `delete`; a part of the document is taken away by `{ unset: path }`".into()
            }
            Some(word @ ("delete" | "ignore")) => format!("write `{word}`"),
            Some(verb) if is_verb_name(verb) => {
                format!("write `{{ {verb}: {{ path: value }} }}`")
            }
            _ => HINT.into(),
        };
        let what = if is_verb {
            format!("`{text}` stands alone, and does not say to what")
        } else {
            format!("`{}` is no verb", brief(text))
        };
        self.tell(Code::UnknownVerb, word.span, what, &hint);
    }
}

/// Whether a key of a handler is a verb with values.
fn is_verb_name(name: &str) -> bool {
    keys::HANDLER.iter().any(|it| it.name == name && matches!(it.id, Part::Verb(_)))
}
