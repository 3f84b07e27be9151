//! Builds the tree from the events of the reader of YAML, without recursion, and refuses what has
//! no place here.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, options};

use super::places::Places;
use super::tree::{Entry, Kind, Node, Scalar, Style};
use super::{cut, limits, syntax};
use crate::problem::{Code, Problem, Source, Span};

/// Reads a file: what it holds, unless its syntax, its size or the number of its problems forbids
/// that, and all that is wrong with it, by place. Where there is a tree, what is wrong is left out
/// of it, or [`Kind::Refused`].
pub fn parse(text: &str) -> (Option<Node>, Vec<Problem>) {
    if text.len() > limits::BYTES_MAX {
        let what = format!("a file has at most {} bytes, this one has more", limits::BYTES_MAX);
        let problem = Problem::new(Code::YamlTooLong, Span::new(0, 0), what);
        return (None, vec![problem.hint("split it into several files")]);
    }
    let options = options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        emit_comments: false,
        flow_nesting_limit: limits::DEPTH_MAX,
        block_nesting_limit: limits::DEPTH_MAX,
    };
    let events = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { text, ..Builder::default() };
    let mut whole = true;
    for event in events {
        let taken = match event {
            Ok((event, span)) => builder.take(event, &span),
            Err(error) => Err(syntax::problem(text, &error)),
        };
        if let Err(problem) = taken {
            // What follows from an alias or a tag in the same line is told.
            let told = builder.problems.last().is_some_and(|last| {
                let between = text.get(last.span.from as usize..problem.span.from as usize);
                last.code == Code::YamlAlias && between.is_some_and(|it| !it.contains('\n'))
            });
            builder.problems.extend((!told).then_some(problem));
            whole = false;
        }
        whole &= builder.problems.len() < limits::PROBLEMS_MAX;
        if !whole || builder.documents > 1 {
            break;
        }
    }
    let mut problems = builder.problems;
    problems.sort_by_key(|problem| problem.span);
    problems.truncate(limits::PROBLEMS_MAX);
    let empty = Node { span: Span::default(), kind: Kind::Null };
    (whole.then(|| builder.root.unwrap_or(empty)), problems)
}

#[derive(Default)]
struct Builder<'t> {
    text: &'t str,
    root: Option<Node>,
    /// What is open, the outermost first.
    open: Vec<Open>,
    nodes: usize,
    documents: usize,
    problems: Vec<Problem>,
}

/// A map or a list that goes on.
struct Open {
    /// From its beginning to the end of what it holds so far.
    span: Span,
    refused: bool,
    parts: Parts,
}

enum Parts {
    List(Vec<Node>),
    Map(Vec<Entry>, Option<Key>),
}

/// The key of the value that comes next.
enum Key {
    Text(Scalar),
    /// A problem tells of it: its value is left out.
    Wrong,
    /// `<<`, of which a problem tells; the alias behind it is no other one.
    Merge,
}

type Taken = Result<(), Problem>;

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, at: &granit_parser::Span) -> Taken {
        let span = span(at);
        let tag = at.tag_span().map(|at| self::span(&at));
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.problems.push(second(span));
                }
            }
            Event::Anchor(_, name) => self.anchor(span, &name),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.count(span)?;
                self.alias(span);
                self.put(Node { span, kind: Kind::Refused });
            }
            Event::Scalar(text, style, _, _) => {
                self.count(span)?;
                let refused = self.tagged(tag);
                let kind = if refused { Kind::Refused } else { self.scalar(span, &text, style) };
                self.put(Node { span, kind });
            }
            Event::SequenceStart(..) => self.begin(span, tag, Parts::List(Vec::new()))?,
            Event::MappingStart(..) => self.begin(span, tag, Parts::Map(Vec::new(), None))?,
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => {}
        }
        Ok(())
    }

    fn scalar(&mut self, span: Span, text: &str, style: ScalarStyle) -> Kind {
        let style = match style {
            // The reader says `~` where nothing stands.
            ScalarStyle::Plain if span.is_empty() => return Kind::Null,
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let Some(places) = Places::new(self.text, span, style, text) else {
            let what = "this text over several lines can be read in more than one way";
            let hint = "write it in one line, or in a block below `|`, without a comment in it";
            self.problems.push(Problem::new(Code::YamlSyntax, span, what).hint(hint));
            return Kind::Refused;
        };
        Kind::Scalar(Scalar { span, text: text.into(), style, places })
    }

    fn begin(&mut self, span: Span, tag: Option<Span>, parts: Parts) -> Taken {
        self.count(span)?;
        if self.open.len() >= limits::DEPTH_MAX {
            return Err(syntax::too_deep(span));
        }
        let refused = self.tagged(tag);
        self.open.push(Open { span, refused, parts });
        Ok(())
    }

    fn end(&mut self, span: Span) {
        let Some(open) = self.open.pop() else { return };
        let is_flow = !span.is_empty();
        // The end of a block is seen where something else begins; a bracket belongs to its map.
        let span = if is_flow { open.span.to(span) } else { open.span };
        let kind = match open.parts {
            _ if open.refused => Kind::Refused,
            Parts::List(mut items) => {
                if is_flow {
                    self.join(&mut items, |item| item, |item| item.span);
                }
                Kind::List(items)
            }
            Parts::Map(mut entries, _) => {
                if is_flow {
                    self.join(&mut entries, |entry| &mut entry.value, |entry| entry.key.span);
                }
                Kind::Map(self.once(entries))
            }
        };
        self.put(Node { span, kind });
    }

    /// Refuses each value that a comma in it cuts, and leaves out its pieces, which would else be
    /// taken for values or keys.
    fn join<T>(
        &mut self,
        parts: &mut Vec<T>,
        value: impl Fn(&mut T) -> &mut Node,
        begin: impl Fn(&T) -> Span,
    ) {
        let mut until = 0;
        parts.retain_mut(|part| {
            if begin(part).from < until {
                return false;
            }
            let node = value(part);
            if let Kind::Scalar(scalar) = &node.kind
                && scalar.style == Style::Plain
                && scalar.text.contains('(')
                && let Some(end) = cut::end(self.text, node.span.from as usize)
            {
                let span = Span::new(node.span.from as usize, end);
                until = span.to;
                self.problems.push(cut::problem(self.text, span));
                *node = Node { span, kind: Kind::Refused };
            }
            true
        });
    }

    /// Puts a value where it belongs: as a key, behind one, in a list, or as the whole.
    fn put(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        open.span = open.span.to(node.span);
        match &mut open.parts {
            Parts::List(items) => items.push(node),
            Parts::Map(entries, key) => match key.take() {
                Some(Key::Text(key)) => entries.push(Entry { key, value: node }),
                Some(Key::Wrong | Key::Merge) => {}
                None => {
                    let (read, problem) = key_of(node);
                    *key = Some(read);
                    self.problems.extend(problem);
                }
            },
        }
    }

    /// The entries whose keys stand there for the first time.
    fn once(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut firsts: BTreeMap<Box<str>, Span> = BTreeMap::new();
        let mut again = Vec::new();
        let mut kept = entries;
        kept.retain(|Entry { key, .. }| {
            let first = firsts.get(&key.text).copied();
            match first {
                Some(first) => again.push((key.span, first)),
                None => drop(firsts.insert(key.text.clone(), key.span)),
            }
            first.is_none()
        });
        if again.is_empty() {
            return kept;
        }
        let source = Source::new("", self.text);
        for (span, first) in again.into_iter().take(limits::PROBLEMS_MAX) {
            let what = format!("the key `{}` stands here again", self.at(span));
            let hint = format!("it stands first in line {}", source.place(first.from).line);
            self.problems.push(Problem::new(Code::YamlKeyTwice, span, what).hint(hint));
        }
        kept
    }

    fn count(&mut self, span: Span) -> Taken {
        self.nodes += 1;
        if self.nodes <= limits::NODES_MAX {
            return Ok(());
        }
        let what = format!("a file has at most {} values, this one has more", limits::NODES_MAX);
        Err(Problem::new(Code::YamlTooLong, span, what).hint("split it into several files"))
    }

    /// Whether a tag stands before the value; a problem tells of it.
    fn tagged(&mut self, tag: Option<Span>) -> bool {
        if let Some(tag) = tag {
            let what =
                format!("`{}` is a tag of YAML, and no tag has a meaning here", self.at(tag));
            let written = self.at(tag);
            let hint = if written.starts_with("!!") {
                "take it away: where a value stands says of what type it is".into()
            } else {
                format!("a value that begins with `!` stands in quotes: \"{written}\"")
            };
            self.problems.push(Problem::new(Code::YamlTag, tag, what).hint(hint));
        }
        tag.is_some()
    }

    fn anchor(&mut self, span: Span, name: &str) {
        // `!a && b` is one mistake: the tag is told already.
        if self.problems.last().is_some_and(|last| is_before(last, Code::YamlTag, span)) {
            return;
        }
        let name = brief(name);
        let what =
            format!("`&{name}` is an anchor of YAML: a value has no other name than its key");
        let hint = "write the value again where it is needed; a text that begins with `&` stands \
                    in quotes";
        self.problems.push(Problem::new(Code::YamlAlias, span, what).hint(hint));
    }

    fn alias(&mut self, span: Span) {
        let parts = self.open.last().map(|open| &open.parts);
        if matches!(parts, Some(Parts::Map(_, Some(Key::Merge)))) {
            return;
        }
        if span.of(self.text).trim_end_matches(':') == "*" {
            let span = Span::new(span.from as usize, span.from as usize + 1);
            let what = "`*` without quotes begins an alias of YAML";
            let hint = "all types of events are written `'*'`";
            self.problems.push(Problem::new(Code::YamlAlias, span, what).hint(hint));
            return;
        }
        let what = format!("`{}` is an alias of YAML: no value stands for another", self.at(span));
        let hint = "write out what it stands for; a text that begins with `*` stands in quotes";
        self.problems.push(Problem::new(Code::YamlAlias, span, what).hint(hint));
    }

    fn at(&self, span: Span) -> String {
        brief(span.of(self.text))
    }
}

/// Enough of a text to know it by.
pub fn brief(text: &str) -> String {
    match text.char_indices().nth(limits::QUOTED_CHARACTERS_MAX) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text.into(),
    }
}

/// What a node is as a key, and what is wrong with that.
fn key_of(node: Node) -> (Key, Option<Problem>) {
    match node.kind {
        Kind::Scalar(key) if &*key.text == "<<" && key.style == Style::Plain => {
            let what = "`<<` merges maps in YAML: here a map has only what stands in it";
            let hint = "write out the keys that it would bring";
            let problem = Problem::new(Code::YamlAlias, key.span, what).hint(hint);
            (Key::Merge, Some(problem))
        }
        Kind::Scalar(key) => (Key::Text(key), None),
        Kind::Refused => (Key::Wrong, None),
        Kind::Null => {
            let what = "a value stands here without a key";
            let hint = "write `key: value`; an empty key is written \"\"";
            (Key::Wrong, Some(Problem::new(Code::YamlKey, node.span, what).hint(hint)))
        }
        Kind::List(_) | Kind::Map(_) => {
            let (what, hint) = if matches!(node.kind, Kind::Map(_)) {
                (
                    "a map stands where a key is expected",
                    "a key is a text; an expression stands alone: `data.a`, not `{{ data.a }}`",
                )
            } else {
                (
                    "a list stands where a key is expected",
                    "a key is a text; several types of events are written `A | B`",
                )
            };
            (Key::Wrong, Some(Problem::new(Code::YamlKey, node.span, what).hint(hint)))
        }
    }
}

fn second(span: Span) -> Problem {
    let what = "a second document begins here: a file holds one";
    let hint = "put it in a file of its own, or take `---` away";
    Problem::new(Code::YamlDocuments, span, what).hint(hint)
}

/// Whether the problem is of this kind, and stands just before this place.
fn is_before(problem: &Problem, code: Code, span: Span) -> bool {
    problem.code == code && problem.span.to.abs_diff(span.from) <= 1
}

fn span(of: &granit_parser::Span) -> Span {
    let place = |at: granit_parser::Marker| at.byte_offset().unwrap_or_default();
    Span::new(place(of.start), place(of.end))
}

#[cfg(test)]
mod tests;
