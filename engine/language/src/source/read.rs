//! What all parts of a source are read with: a value of the file as the kind of thing that belongs
//! there, or a problem that says so.

use foldline_core::value::Value;

use super::keys::{self, Key};
use super::{Versions, limits};
use crate::decode::record::{Binary, Format};
use crate::expression::{self, Kind as Sort, Name, Tree};
use crate::module::read::name_of;
use crate::module::{Placed, elsewhere};
use crate::problem::{Code, Problem, Span, nearest};
use crate::yaml::{Entry, Kind, Node, Scalar, brief};

/// A source while it is read.
pub(super) struct Reader<'t> {
    /// The file.
    pub(super) text: &'t str,
    /// What is wrong so far.
    pub(super) problems: Vec<Problem>,
    /// How many steps the upcasts had.
    pub(super) steps: usize,
}

/// What versions are, by their words.
pub(super) const VERSIONS: [(&str, Versions); 3] = [
    ("contiguous", Versions::Contiguous),
    ("monotonic", Versions::Monotonic),
    ("refold", Versions::Refold),
];

pub(super) fn formats() -> Vec<&'static str> {
    Format::ALL.into_iter().map(Format::name).collect()
}

pub(super) fn versions() -> Vec<&'static str> {
    VERSIONS.into_iter().map(|(word, _)| word).collect()
}

pub(super) fn binaries() -> Vec<&'static str> {
    Binary::ALL.into_iter().map(Binary::name).collect()
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Reader<'t> {
        Reader { text, problems: Vec::new(), steps: 0 }
    }

    /// Says what is wrong there.
    pub(super) fn tell(&mut self, code: Code, span: Span, what: impl Into<String>, hint: &str) {
        self.problems.push(Problem::new(code, span, what).hint(hint));
    }

    /// Says that something else belongs there than this value.
    pub(super) fn misfit(&mut self, node: &Node, belongs: &str, hint: &str) {
        let found = match &node.kind {
            // A problem tells of it.
            Kind::Refused => return,
            Kind::Null => {
                let what = format!("nothing stands where {belongs} belongs");
                return self.tell(Code::SourceShape, node.span, what, hint);
            }
            Kind::Scalar(text) => format!("`{}`", brief(&text.text)),
            Kind::List(_) => "a list".into(),
            Kind::Map(_) => "a map".into(),
        };
        let what = format!("{belongs} belongs here, found {found}");
        self.tell(Code::SourceShape, node.span, what, hint);
    }

    /// A map.
    pub(super) fn map<'n>(
        &mut self,
        node: &'n Node,
        belongs: &str,
        hint: &str,
    ) -> Option<&'n [Entry]> {
        if let Kind::Map(entries) = &node.kind {
            return Some(entries);
        }
        self.misfit(node, belongs, hint);
        None
    }

    /// The values of a list, of so many at most.
    pub(super) fn list<'n>(
        &mut self,
        node: &'n Node,
        belongs: &str,
        hint: &str,
        most: usize,
    ) -> &'n [Node] {
        let Kind::List(items) = &node.kind else {
            self.misfit(node, belongs, hint);
            return &[];
        };
        if let Some(over) = items.get(most) {
            let what = format!("a list has at most {most} of these, this one has {}", items.len());
            self.tell(Code::SourceMany, over.span, what, "leave out what no event needs");
        }
        items.get(..most).unwrap_or(items)
    }

    /// A text.
    pub(super) fn text<'n>(
        &mut self,
        node: &'n Node,
        belongs: &str,
        hint: &str,
    ) -> Option<&'n Scalar> {
        if let Kind::Scalar(scalar) = &node.kind {
            return Some(scalar);
        }
        self.misfit(node, belongs, hint);
        None
    }

    /// The entries of a map whose keys a table has, each with what it is; of the others, and of
    /// those that lack, a problem tells.
    pub(super) fn entries<'n, K: Copy>(
        &mut self,
        span: Span,
        entries: &'n [Entry],
        table: &[&Key<K>],
    ) -> Vec<(K, &'n Entry)> {
        let (mut known, mut meant) = (Vec::new(), Vec::new());
        let names: Vec<&'static str> = table.iter().map(|key| key.name).collect();
        for entry in entries {
            match table.iter().find(|key| key.name == &*entry.key.text) {
                Some(key) => known.push((key.id, entry)),
                None => meant.extend(self.unknown_key(&entry.key, entries, &names)),
            }
        }
        let first = entries.first().map_or(span, |entry| entry.key.span);
        let is_there = |name: &str| entries.iter().any(|entry| *entry.key.text == *name);
        let missing = table.iter().filter(|key| {
            // One that is written otherwise is told once.
            key.required && !is_there(key.name) && !meant.contains(&key.name)
        });
        let missing: Vec<_> = missing.map(|key| (key.name, key.means)).collect();
        if let Some((what, hint)) = elsewhere::missing(&missing) {
            self.tell(Code::SourceLacks, first, what, &hint);
        }
        known
    }

    /// Says that a key has no meaning where it stands; and which of these is meant by it.
    fn unknown_key(
        &mut self,
        key: &Scalar,
        entries: &[Entry],
        names: &[&'static str],
    ) -> Option<&'static str> {
        let text = &*key.text;
        let is_there = |name: &str| entries.iter().any(|entry| *entry.key.text == *name);
        let absent: Vec<_> = names.iter().copied().filter(|name| !is_there(name)).collect();
        let what = format!("the key `{}` has no meaning here", brief(text));
        let of_event = keys::EVENT.iter().any(|own| own.name == text) && names.contains(&"event");
        let near = nearest(text, names.iter().copied()).filter(|_| !of_event);
        let meant = near.or_else(|| elsewhere::key(text, &absent).filter(|_| !of_event));
        let hint = match meant {
            Some(name) => format!("write `{name}`"),
            None if of_event => format!("write it below `event`: `event: {{ {text}: … }}`"),
            None => format!("the keys here are {}", names.join(", ")),
        };
        self.tell(Code::SourceKey, key.span, what, &hint);
        meant
    }

    /// An expression: a text is one, and a map or a list is built of them.
    pub(super) fn expression(&mut self, node: &Node) -> Option<Tree> {
        let kind = match &node.kind {
            Kind::Scalar(scalar) => return self.written(scalar),
            Kind::Null | Kind::Refused => {
                self.misfit(node, "an expression", "null is written out: `null`");
                return None;
            }
            // All are read before one that is wrong counts.
            Kind::List(items) => {
                let read: Vec<_> = items.iter().map(|item| self.expression(item)).collect();
                Sort::List(read.into_iter().collect::<Option<_>>()?)
            }
            Kind::Map(entries) => {
                let read = entries.iter().map(|entry| {
                    let kind = Sort::Value(Value::text(&entry.key.text));
                    let key = Tree { span: entry.key.span, kind, height: 1 };
                    Some((key, self.expression(&entry.value)?))
                });
                let read: Vec<_> = read.collect();
                Sort::Map(read.into_iter().collect::<Option<_>>()?)
            }
        };
        let below = match &kind {
            Sort::List(items) => items.iter().map(|item| item.height).max(),
            Sort::Map(entries) => entries.iter().map(|(_, value)| value.height).max(),
            _ => None,
        };
        let grown = expression::grown(node.span, kind, below.unwrap_or(0));
        grown.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// The expression that a text is.
    fn written(&mut self, scalar: &Scalar) -> Option<Tree> {
        match expression::parse(&scalar.text) {
            Ok(tree) => Some(tree.placed(&|span| scalar.place(span))),
            Err(problems) => {
                let placed = problems.into_iter().map(|it| it.placed(|span| scalar.place(span)));
                self.problems.extend(placed);
                None
            }
        }
    }

    /// A text that names something; never empty.
    pub(super) fn named(&mut self, node: &Node, what: &str) -> Option<Name> {
        let scalar = self.text(node, what, "write one text")?;
        if scalar.text.trim().is_empty() {
            self.tell(Code::SourceName, scalar.span, format!("{what} is empty here"), "name it");
            return None;
        }
        Some(Name { span: scalar.span, text: scalar.text.clone() })
    }

    /// A list of texts that name something.
    pub(super) fn names(&mut self, node: &Node, what: &str, hint: &str) -> Vec<Name> {
        let items = self.list(node, &format!("a list of {what}"), hint, limits::NAMES_MAX);
        items.iter().filter_map(|item| self.named(item, &format!("one of the {what}"))).collect()
    }

    /// The name of a source, which worker and modules know too.
    pub(super) fn source_name(&mut self, node: &Node, what: &str) -> Option<Name> {
        let name = self.named(node, what)?;
        let is_name = name.text.starts_with(|c: char| c.is_ascii_lowercase())
            && name.text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-'))
            && name.text.len() <= limits::NAME_BYTES_MAX;
        if is_name {
            return Some(name);
        }
        let most = limits::NAME_BYTES_MAX;
        let better = name_of(&name.text);
        let is_better =
            better.starts_with(|c: char| c.is_ascii_lowercase()) && better.len() <= most;
        let hint = if is_better {
            format!("write `{better}`")
        } else {
            format!("a name begins with one of a-z, and has a-z, 0-9, _ and -, at most {most}")
        };
        let told = format!("`{}` cannot be {what}", brief(&name.text));
        self.tell(Code::SourceName, name.span, told, &hint);
        None
    }

    /// A whole number between these.
    pub(super) fn whole(
        &mut self,
        node: &Node,
        belongs: &str,
        range: std::ops::RangeInclusive<u32>,
    ) -> Option<Placed<u32>> {
        let hint = format!("write it in digits, from {} to {}", range.start(), range.end());
        let scalar = self.text(node, belongs, &hint)?;
        let digits = scalar.text.bytes().all(|it| it.is_ascii_digit());
        let number = scalar.text.parse().ok().filter(|number| digits && range.contains(number));
        if let Some(value) = number {
            return Some(Placed { span: scalar.span, value });
        }
        let what = format!("`{}` is not {belongs}", brief(&scalar.text));
        self.tell(Code::SourceWord, scalar.span, what, &hint);
        None
    }

    /// One of these words.
    pub(super) fn word<T: Copy>(
        &mut self,
        node: &Node,
        belongs: &str,
        words: &[(&str, T)],
    ) -> Option<Placed<T>> {
        let all: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let hint = match all.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                format!("write {} or {last}", rest.join(", "))
            }
            _ => format!("write {}", all.join("")),
        };
        let scalar = self.text(node, belongs, &hint)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == &*scalar.text) {
            return Some(Placed { span: scalar.span, value: *value });
        }
        let near = nearest(&scalar.text, words.iter().map(|(word, _)| *word));
        let hint = near.map_or(hint, |near| format!("write `{near}`"));
        let what = format!("`{}` is not {belongs}", brief(&scalar.text));
        self.tell(Code::SourceWord, scalar.span, what, &hint);
        None
    }
}
