//! What all parts of a module are read with: a value of the file as the kind of thing that
//! belongs there, or a problem that says so.

use std::ops::RangeInclusive;

use foldline_core::value::Value;

use super::keys::{self, Key};
use super::{Placed, elsewhere, limits};
use crate::expression::{self, Kind as Sort, Name, Tree, piece};
use crate::problem::{Code, Problem, Source, Span, nearest};
use crate::yaml::{Entry, Kind, Node, Scalar, brief};

/// A module while it is read.
pub(super) struct Reader<'t> {
    /// The file, for the numbers of its lines.
    pub(super) source: Source<'t>,
    /// What is wrong so far.
    pub(super) problems: Vec<Problem>,
    /// How many types were named.
    pub(super) types: usize,
    /// How many handlers there were.
    pub(super) handlers: usize,
    /// The first handler that says nothing of a key.
    pub(super) keyless: Option<Span>,
    /// Whether a `key` stands where it has no meaning.
    pub(super) misplaced: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Reader<'t> {
        let source = Source::new("", text);
        let problems = Vec::new();
        Reader { source, problems, types: 0, handlers: 0, keyless: None, misplaced: false }
    }

    /// Says what is wrong there.
    pub(super) fn tell(&mut self, code: Code, span: Span, what: impl Into<String>, hint: &str) {
        self.problems.push(Problem::new(code, span, what).hint(hint));
    }

    /// The number of the line that a place is in.
    pub(super) fn line(&self, span: Span) -> usize {
        self.source.place(span.from).line
    }

    /// Says that something else belongs there than this value.
    pub(super) fn misfit(&mut self, node: &Node, belongs: &str, hint: &str) {
        let found = match &node.kind {
            // A problem tells of it.
            Kind::Refused => return,
            Kind::Null => {
                let what = format!("nothing stands where {belongs} belongs");
                return self.tell(Code::NoValue, node.span, what, hint);
            }
            Kind::Scalar(text) => format!("`{}`", brief(&text.text)),
            Kind::List(_) => "a list".into(),
            Kind::Map(_) => "a map".into(),
        };
        let what = format!("{belongs} belongs here, found {found}");
        self.tell(Code::Shape, node.span, what, hint);
    }

    /// A map.
    pub(super) fn map<'n>(
        &mut self,
        node: &'n Node,
        belongs: &str,
        hint: &str,
    ) -> Option<&'n [Entry]> {
        match &node.kind {
            Kind::Map(entries) => return Some(entries),
            Kind::Scalar(scalar) => match as_entry(&scalar.text) {
                Some(entry) => {
                    let hint = format!("a key ends with `:` and a blank: `{entry}`");
                    self.misfit(node, belongs, &hint);
                }
                None => self.misfit(node, belongs, hint),
            },
            _ => self.misfit(node, belongs, hint),
        }
        None
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
        table: &[Key<K>],
    ) -> Vec<(K, &'n Entry)> {
        let (mut known, mut meant) = (Vec::new(), Vec::new());
        for entry in entries {
            match table.iter().find(|key| key.name == &*entry.key.text) {
                Some(key) => known.push((key.id, entry)),
                None => meant.extend(self.unknown_key(&entry.key, entries, table)),
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
            self.tell(Code::KeyMissing, first, what, &hint);
        }
        known
    }

    /// Says that a key has no meaning where it stands; and which of the map is meant by it.
    fn unknown_key<K>(
        &mut self,
        key: &Scalar,
        entries: &[Entry],
        table: &[Key<K>],
    ) -> Option<&'static str> {
        let text = &*key.text;
        let is_there = |name: &str| entries.iter().any(|entry| *entry.key.text == *name);
        let what = format!("the key `{}` has no meaning here", brief(text));
        let names = || table.iter().map(|key| key.name);
        let absent: Vec<_> = names().filter(|name| !is_there(name)).collect();
        let meant = nearest(text, names()).or_else(|| elsewhere::key(text, &absent));
        let hint = match meant {
            Some(name) => format!("write `{name}`"),
            None if keys::TOP.iter().any(|own| own.name == text) => {
                // Where it stands, it is not missing.
                self.misplaced |= text == "key";
                format!("`{text}` stands at the top of the file")
            }
            None if keys::HANDLER.iter().any(|own| own.name == text) => {
                format!("`{text}` stands in a handler: `on: {{ Type: {{ {text}: … }} }}`")
            }
            None => format!("the keys here are {}", names().collect::<Vec<_>>().join(", ")),
        };
        self.tell(Code::UnknownKey, key.span, what, &hint);
        meant
    }

    /// An expression: a text is one, and a map or a list is built of them.
    pub(super) fn expression(&mut self, node: &Node) -> Option<Tree> {
        let (kind, below) = match &node.kind {
            Kind::Scalar(scalar) => {
                return self.piece(scalar, Span::new(0, scalar.text.len()));
            }
            Kind::Null | Kind::Refused => {
                self.misfit(node, "an expression", "null is written out: `null`");
                return None;
            }
            // All are read before one that is wrong counts.
            Kind::List(items) => {
                let read: Vec<_> = items.iter().map(|item| self.expression(item)).collect();
                let items: Vec<Tree> = read.into_iter().collect::<Option<_>>()?;
                let below = items.iter().map(|item| item.height).max();
                (Sort::List(items), below)
            }
            Kind::Map(entries) => {
                let read: Vec<_> = entries.iter().map(|entry| self.entry(entry)).collect();
                let entries: Vec<(Tree, Tree)> = read.into_iter().collect::<Option<_>>()?;
                let below = entries.iter().map(|(_, value)| value.height).max();
                (Sort::Map(entries), below)
            }
        };
        let grown = expression::grown(node.span, kind, below.unwrap_or(0));
        grown.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// A key, which stands for itself, and the expression behind it.
    fn entry(&mut self, entry: &Entry) -> Option<(Tree, Tree)> {
        let kind = Sort::Value(Value::text(&entry.key.text));
        let key = Tree { span: entry.key.span, kind, height: 1 };
        Some((key, self.expression(&entry.value)?))
    }

    /// The expression that a piece of a text is.
    pub(super) fn piece(&mut self, scalar: &Scalar, piece: Span) -> Option<Tree> {
        let place = |span: Span| {
            let from = (span.from + piece.from) as usize;
            scalar.place(Span::new(from, (span.to + piece.from) as usize))
        };
        match expression::parse(piece.of(&scalar.text)) {
            Ok(tree) => Some(tree.placed(&place)),
            Err(problems) => {
                self.problems.extend(problems.into_iter().map(|problem| problem.placed(place)));
                None
            }
        }
    }

    /// A name that the stores or the configuration know too.
    pub(super) fn name(&mut self, node: &Node, of: &str) -> Option<Name> {
        let scalar = self.text(node, &format!("the name of {of}"), "write one word")?;
        let text = &*scalar.text;
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
        let is_name = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_lowercase())
                && text.chars().all(letters)
                && text.len() <= limits::NAME_BYTES_MAX
        };
        if is_name(text) {
            return Some(Name { span: scalar.span, text: text.into() });
        }
        let what = format!("`{}` cannot be the name of {of}", brief(text));
        let better = name_of(text);
        let hint = if is_name(&better) {
            format!("write `{better}`")
        } else {
            let most = limits::NAME_BYTES_MAX;
            format!("a name begins with one of a-z, and has a-z, 0-9, _ and -, at most {most}")
        };
        self.tell(Code::BadName, scalar.span, what, &hint);
        None
    }

    /// A whole number between these.
    pub(super) fn whole(
        &mut self,
        node: &Node,
        belongs: &str,
        range: RangeInclusive<u32>,
    ) -> Option<Placed<u32>> {
        let hint = format!("write it in digits, from {} to {}", range.start(), range.end());
        let scalar = self.text(node, belongs, &hint)?;
        let digits = !scalar.text.is_empty() && scalar.text.bytes().all(|it| it.is_ascii_digit());
        let number = scalar.text.parse().ok().filter(|number| digits && range.contains(number));
        if let Some(value) = number {
            return Some(Placed { span: scalar.span, value });
        }
        let what = format!("`{}` is not {belongs}", brief(&scalar.text));
        let plain = scalar.text.trim().trim_start_matches(['v', 'V']);
        let hint = match plain.parse::<u32>() {
            Ok(number) if range.contains(&number) => format!("write `{number}`"),
            _ => hint,
        };
        self.tell(Code::Whole, scalar.span, what, &hint);
        None
    }

    /// One of these words.
    pub(super) fn word<T: Copy>(
        &mut self,
        node: &Node,
        belongs: &str,
        words: &[(&str, T)],
    ) -> Option<Placed<T>> {
        let list: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let hint = format!("write {}", list.join(" or "));
        let scalar = self.text(node, belongs, &hint)?;
        let found = words.iter().find(|(word, _)| *word == &*scalar.text);
        if let Some((_, value)) = found {
            return Some(Placed { span: scalar.span, value: *value });
        }
        let what = format!("`{}` has no meaning here", brief(&scalar.text));
        self.tell(Code::Word, scalar.span, what, &hint);
        None
    }
}

/// A text as the key and the value that its author may have meant by it.
fn as_entry(text: &str) -> Option<String> {
    let (key, value) = text.split_once([':', '='])?;
    let (key, value) = (key.trim(), value.trim());
    let is_key = !key.is_empty() && piece::dashed(key) == key.len();
    (is_key && !value.is_empty()).then(|| brief(&format!("{key}: {value}")))
}

/// A text as a name may be written: `Order Lines` and `orderLines` become `order_lines`.
pub(crate) fn name_of(text: &str) -> String {
    let mut name = String::new();
    let mut was_small = false;
    for c in text.trim().chars().take(limits::NAME_BYTES_MAX + 1) {
        if was_small && c.is_ascii_uppercase() {
            name.push('_');
        }
        was_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        let small = c.to_ascii_lowercase();
        let is_letter = small.is_ascii_lowercase() || small.is_ascii_digit() || small == '-';
        name.push(if is_letter { small } else { '_' });
    }
    name
}
