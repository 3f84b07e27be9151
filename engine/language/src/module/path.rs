//! Paths: where in a document something is written. The top of each is a name; what stands in
//! brackets behind one is an expression, or a field that tells the elements of a list apart.

use super::read::Reader;
use super::{Path, Step, limits};
use crate::expression::{Binary, Kind, Name, piece};
use crate::problem::{Code, Problem, Span};
use crate::yaml::{Scalar, brief};

/// How the fields begin that the engine keeps for itself.
pub(super) const RESERVED: &str = "_foldline";

/// How a path is written.
const HINT: &str = "a path is written `a.b`, `map[data.name]` or `list[field = data.value]`";

impl Reader<'_> {
    /// The path that a text is.
    pub(super) fn path(&mut self, scalar: &Scalar) -> Option<Path> {
        let text = &*scalar.text;
        let mut path = Path { span: scalar.span, text: text.into(), steps: Vec::new() };
        let mut at = 0;
        loop {
            let (step, end) = match text.get(at..).unwrap_or_default() {
                "" if at > 0 => break,
                rest if rest.starts_with('[') && at > 0 => self.bracket(scalar, at)?,
                rest if rest.starts_with('.') && at > 0 => self.step(scalar, at + 1)?,
                _ if at == 0 => self.step(scalar, at)?,
                rest => {
                    self.stray(scalar, at, rest);
                    return None;
                }
            };
            if path.steps.len() >= limits::STEPS_MAX {
                let what = format!("a path has at most {} steps", limits::STEPS_MAX);
                let hint = "keep what is deeper in documents of its own";
                self.tell(Code::TooMany, scalar.span, what, hint);
                return None;
            }
            path.steps.push(step);
            at = end;
        }
        if text.starts_with(RESERVED) {
            self.reserved(scalar.span, text);
            return None;
        }
        self.of_document(&path);
        Some(path)
    }

    /// Says that a path begins in the document, and needs no name for it.
    fn of_document(&mut self, path: &Path) {
        if let [Step::Name(first), _, ..] = path.steps.as_slice()
            && &*first.text == "doc"
        {
            let what = format!("`{}` is within a field called `doc`", brief(&path.text));
            let hint = "a path begins in the document: leave `doc.` away";
            self.tell(Code::DocumentField, first.span, what, hint);
        }
    }

    /// Says that a field is none of the author's.
    pub(super) fn reserved(&mut self, span: Span, text: &str) {
        let what = format!("`{}` begins as the engine's own field does", brief(text));
        let hint = format!("take a name that does not begin with `{RESERVED}`");
        self.tell(Code::Reserved, span, what, &hint);
    }

    /// A name, and where it ends.
    fn step(&mut self, scalar: &Scalar, at: usize) -> Option<(Step, usize)> {
        let rest = scalar.text.get(at..).unwrap_or_default();
        let len = piece::dashed(rest);
        if len > 0 {
            let name = name(scalar, at, len);
            return Some((Step::Name(name), at + len));
        }
        let end = match rest.chars().next() {
            // A name in quotes goes on to the second of them.
            Some(quote @ ('\'' | '"')) => {
                rest.get(1..).and_then(|it| it.find(quote)).map(|it| it + 2)
            }
            _ => None,
        };
        let end = end.or_else(|| rest.find(['.', '[', ' '])).unwrap_or(rest.len());
        let found = rest.get(..end).unwrap_or_default();
        let piece = if found.is_empty() { rest.chars().take(1).collect() } else { brief(found) };
        let span = scalar.place(Span::new(at, at + found.len().max(piece.len().min(1))));
        let (what, hint) = match found.chars().next() {
            Some('0'..='9') => {
                let what = format!("`{piece}` is no name: lists have no index");
                let hint = "an element is written `list[field = data.value]`, an entry of a map \
                            `map['0']`";
                (what, hint)
            }
            Some('\'' | '"') => {
                let hint = "take a name without blanks; the entry of a map is `map['odd name']`";
                (format!("a name in quotes stands here: `{piece}`"), hint)
            }
            Some('$') => {
                let hint = "a path begins in the document: leave `$` and its dot away";
                (format!("`{piece}` begins no name"), hint)
            }
            Some('/') => (format!("`{piece}` begins no name"), "names stand between dots: `a.b`"),
            Some(_) => (format!("`{piece}` begins no name"), HINT),
            None if rest.is_empty() => ("a name is missing at the end of a path".into(), HINT),
            None => (format!("a name is missing before `{piece}`"), HINT),
        };
        self.tell(Code::BadPath, span, what, hint);
        None
    }

    /// What stands behind a step, and is none.
    fn stray(&mut self, scalar: &Scalar, at: usize, rest: &str) {
        let found = rest.chars().next().unwrap_or_default();
        let span = scalar.place(Span::new(at, at + found.len_utf8()));
        if found == ' ' {
            let joined = scalar.text.split_whitespace().collect::<Vec<_>>().join("_");
            let entry = scalar.text.trim().split_once(' ').unwrap_or_default();
            let (joined, name, value) = (brief(&joined), brief(entry.0), brief(entry.1));
            let hint = format!("write `{joined}`; or `{name}: {value}`, if a `:` is missing");
            self.tell(Code::BadPath, span, "a blank stands in a path", &hint);
            return;
        }
        let what = format!("a path cannot go on with `{found}`");
        self.tell(Code::BadPath, span, what, HINT);
    }

    /// What stands in the bracket that opens at this byte, and where it ends.
    fn bracket(&mut self, scalar: &Scalar, open: usize) -> Option<(Step, usize)> {
        let from = open + 1;
        let rest = scalar.text.get(from..).unwrap_or_default();
        let bracket = match piece::bracket(rest) {
            Ok(bracket) => bracket,
            Err(problems) => {
                self.not_closed(scalar, open, problems);
                return None;
            }
        };
        let to = from + bracket.end;
        let inner = scalar.text.get(from..to).unwrap_or_default().trim();
        if matches!(inner, "" | "*") {
            let span = scalar.place(Span::new(open, to + 1));
            let what = format!("`[{inner}]` names no element");
            let hint = "one is written `list[field = data.value]`; for several there is `each`";
            self.tell(Code::BadPath, span, what, hint);
            return None;
        }
        if let Some(equals) = bracket.equals {
            let step = self.element(scalar, from, from + equals, to)?;
            return Some((step, to + 1));
        }
        let key = self.piece(scalar, Span::new(from, to))?;
        if let Kind::Binary(Binary::Equal, span, ..) = key.kind {
            let what = "a comparison names no entry of a map";
            self.tell(Code::BadPath, span, what, "write one `=`: `list[field = value]`");
            return None;
        }
        Some((Step::Key(key), to + 1))
    }

    fn not_closed(&mut self, scalar: &Scalar, open: usize, problems: Vec<Problem>) {
        let place = |span: Span| {
            let (from, to) = (span.from as usize, span.to as usize);
            scalar.place(Span::new(open + 1 + from, open + 1 + to))
        };
        if problems.is_empty() {
            let span = scalar.place(Span::new(open, open + 1));
            let what = "`[` is not closed";
            self.tell(Code::OpenBracket, span, what, "close it with `]`");
        }
        self.problems.extend(problems.into_iter().map(|problem| problem.placed(place)));
    }

    /// The element between these bytes whose field is equal to something.
    fn element(&mut self, scalar: &Scalar, from: usize, equals: usize, to: usize) -> Option<Step> {
        let left = scalar.text.get(from..equals).unwrap_or_default();
        let field = left.trim();
        let at = from + (left.len() - left.trim_start().len());
        let value = self.piece(scalar, Span::new(equals + 1, to));
        if field.is_empty() || piece::dashed(field) != field.len() {
            let span = scalar.place(Span::new(at, at + field.len()));
            let what = format!("`{}` is no field of an element", brief(field));
            let hint = "before `=` stands the name of one field: `list[field = data.value]`";
            self.tell(Code::BadPath, span, what, hint);
            return None;
        }
        Some(Step::Element { field: name(scalar, at, field.len()), equals: value? })
    }
}

fn name(scalar: &Scalar, at: usize, len: usize) -> Name {
    let piece = Span::new(at, at + len);
    Name { span: scalar.place(piece), text: piece.of(&scalar.text).into() }
}
