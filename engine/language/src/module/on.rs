//! Which events a module handles: the keys below `on`.

use std::collections::BTreeMap;

use super::read::Reader;
use super::{Kinds, On, limits};
use crate::expression::{Name, piece};
use crate::problem::{Code, Span};
use crate::yaml::{Node, Scalar, brief};

/// How several types are written.
const SEVERAL: &str = "several types are written `A | B`; one with other signs stands in quotes \
                       of its own: \"'odd name' | B\"";

/// Signs that end a type which stands in no quotes.
const ENDS: [char; 6] = ['|', '\'', '"', '*', ',', ' '];

/// Where each type is named first; none stands for all types.
type Firsts = BTreeMap<Option<Box<str>>, Span>;

impl Reader<'_> {
    /// What events do, by their types.
    pub(super) fn on(&mut self, node: &Node) -> Vec<On> {
        let hint = "write `on: { Type: { set: { path: value } } }`";
        let Some(entries) = self.map(node, "a map of types and handlers", hint) else {
            return Vec::new();
        };
        let before = (self.handlers, self.problems.len());
        let mut firsts = Firsts::new();
        let mut on = Vec::new();
        for entry in entries {
            let kinds = self.kinds(&entry.key);
            if let Some(kinds) = &kinds {
                self.once(kinds, entry.key.span, &mut firsts);
            }
            let handlers = self.handlers(entry.key.span, &entry.value);
            on.extend(kinds.map(|kinds| On { span: entry.key.span, kinds, handlers }));
        }
        if before == (self.handlers, self.problems.len()) {
            let what = "no event does anything here";
            self.tell(Code::NothingDone, node.span, what, hint);
        }
        on
    }

    /// Says which types were named before.
    fn once(&mut self, kinds: &Kinds, span: Span, firsts: &mut Firsts) {
        let named: Vec<(Option<Box<str>>, Span)> = match kinds {
            Kinds::Every => vec![(None, span)],
            Kinds::Named(names) => {
                names.iter().map(|name| (Some(name.text.clone()), name.span)).collect()
            }
        };
        for (name, span) in named {
            if let Some(first) = firsts.get(&name).copied() {
                let shown = name.as_deref().map_or("*".into(), brief);
                let what = format!("`{shown}` is handled here again");
                let line = self.line(first);
                let hint = format!("line {line} handles it: put all its handlers in one list");
                self.tell(Code::TypeTwice, span, what, &hint);
            } else {
                firsts.insert(name, span);
            }
        }
    }

    /// The types that a key names.
    fn kinds(&mut self, key: &Scalar) -> Option<Kinds> {
        if key.text.trim() == "*" {
            return Some(Kinds::Every);
        }
        let mut names = Vec::new();
        let mut at = 0;
        loop {
            at += blanks(&key.text, at);
            let (name, len) = self.kind_name(key, at)?;
            let span = key.place(Span::new(at, at + len));
            names.push(Name { span, text: name });
            at += len;
            at += blanks(&key.text, at);
            let rest = key.text.get(at..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            if !rest.starts_with('|') {
                self.stray_kind(key, at, rest);
                return None;
            }
            at += 1;
        }
        let before = self.types;
        self.types += names.len();
        if self.types > limits::TYPES_MAX {
            // It is said once.
            if before <= limits::TYPES_MAX {
                let what = format!("a module names at most {} types", limits::TYPES_MAX);
                self.tell(Code::TooMany, key.span, what, "split it into several projections");
            }
            return None;
        }
        Some(Kinds::Named(names))
    }

    /// The type that stands at this byte of a key, and how many bytes it takes there.
    fn kind_name(&mut self, key: &Scalar, at: usize) -> Option<(Box<str>, usize)> {
        let rest = key.text.get(at..).unwrap_or_default();
        match piece::quoted(rest) {
            Some(Ok((name, len))) if !name.is_empty() => return Some((name, len)),
            Some(Ok((_, len))) => {
                let span = key.place(Span::new(at, at + len));
                self.tell(Code::TypeName, span, "a type has no letters", SEVERAL);
                return None;
            }
            Some(Err(problems)) => {
                let place = |span: Span| {
                    let (from, to) = (span.from as usize, span.to as usize);
                    key.place(Span::new(at + from, at + to))
                };
                let placed = problems.into_iter().map(|problem| problem.placed(place));
                self.problems.extend(placed);
                return None;
            }
            None => {}
        }
        let len = rest.find(|c| ENDS.contains(&c) || is_odd(c)).unwrap_or(rest.len());
        if len > 0 {
            return Some((rest.get(..len)?.into(), len));
        }
        let Some(first) = rest.chars().next().filter(|first| *first != '|') else {
            let span = key.place(Span::new(at, at));
            self.tell(Code::TypeName, span, "a type is missing here", SEVERAL);
            return None;
        };
        let span = key.place(Span::new(at, at + first.len_utf8()));
        if first == '*' {
            let hint = "write `'*'` alone for all types; one that is called so stands in quotes";
            self.tell(Code::TypeName, span, "`*` stands beside other types", hint);
        } else {
            self.tell(Code::TypeName, span, format!("`{first}` begins no type"), SEVERAL);
        }
        None
    }

    /// What stands behind a type, and is no `|`.
    fn stray_kind(&mut self, key: &Scalar, at: usize, rest: &str) {
        let len = rest.find('|').unwrap_or(rest.len());
        let found = rest.get(..len).unwrap_or_default().trim_end();
        let span = key.place(Span::new(at, at + found.len()));
        let what = format!("`{}` stands behind a type", brief(found));
        let between = found.trim_start_matches([',', '/', '&', ';', ' ']);
        let or = between.strip_prefix("or ").or_else(|| between.strip_prefix("and "));
        let other = or.unwrap_or(between).trim();
        let before = key.text.get(..at).unwrap_or_default().trim();
        let hint = if or.is_some() || between.len() < found.len() {
            format!("several types are written `{before} | {other}`")
        } else {
            format!("one with a blank stands in quotes of its own: \"'{before} {found}'\"")
        };
        self.tell(Code::TypeName, span, what, &hint);
    }
}

/// How many bytes of blanks stand at this byte of a text.
fn blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.len() - rest.trim_start().len()
}

/// Whether a type must stand in quotes to have this character.
fn is_odd(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}
