//! Expressions that YAML cuts in two. Between brackets a comma ends a value, also one that stands
//! in a call; and other brackets, and `: `, cannot stand there at all. Whoever wrote an expression
//! sees one value there, so it is told as one, with the quotes that it lacks.

use super::build::brief;
use crate::problem::{Code, Problem, Span};

/// Bytes that are looked at for one expression: of longer ones no more is told than YAML does.
const BYTES_MAX: usize = 500;

/// An expression without quotes, as its author sees it.
struct Piece {
    /// The byte after its last.
    end: usize,
    /// Whether a comma stands in it.
    comma: bool,
}

/// The expression that begins at this byte, in its line; none where brackets in it do not close.
fn piece(text: &str, from: usize) -> Option<Piece> {
    let line = text.get(from..)?.lines().next()?;
    let line = line.get(..line.floor_char_boundary(BYTES_MAX))?;
    let (mut open, mut quote, mut comma, mut choice) = (0_usize, None, false, false);
    let mut end = line.len();
    for (at, c) in line.char_indices() {
        let blank_behind = line.get(at + 1..).is_none_or(|it| it.is_empty() || it.starts_with(' '));
        match (quote, c) {
            (Some(own), c) if own == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => open += 1,
            (None, ')' | ']' | '}') if open > 0 => open -= 1,
            (None, ')') => return None,
            (None, ',') if open > 0 => comma = true,
            (None, ',' | ']' | '}') => {
                end = at;
                break;
            }
            (None, '?') => choice = true,
            (None, ':') if open == 0 && !choice && blank_behind => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let end = line.get(..end)?.trim_end().len();
    (open == 0 && quote.is_none() && end > 0).then_some(Piece { end: from + end, comma })
}

/// Where the expression ends that begins at this byte, if a comma in it cuts it.
pub(super) fn end(text: &str, from: usize) -> Option<usize> {
    piece(text, from).filter(|piece| piece.comma).map(|piece| piece.end)
}

/// What is said of an expression that a comma cuts.
pub(super) fn problem(text: &str, span: Span) -> Problem {
    let what = "a comma cuts this expression: between `{ }` or `[ ]` of YAML it ends a value";
    Problem::new(Code::YamlSyntax, span, what).hint(quoted(span.of(text)))
}

/// The expression around a byte that YAML does not take there, with what is said of it.
pub(super) fn around(text: &str, at: usize) -> Option<Problem> {
    let before = text.get(..at)?;
    let line = before.rfind('\n').map_or(0, |end| end + 1);
    let line = line.max(text.ceil_char_boundary(at.saturating_sub(BYTES_MAX)));
    let head = before.get(line..)?;
    // Each place where a value or a key may begin, the first of the line first.
    let begins = head.char_indices().filter_map(|(place, c)| {
        let rest = head.get(place + c.len_utf8()..)?;
        let begins = match c {
            '{' | '[' => true,
            ':' | ',' => rest.starts_with(' '),
            _ => false,
        };
        let blanks = rest.len() - rest.trim_start().len();
        begins.then_some(line + place + c.len_utf8() + blanks)
    });
    let found = begins.filter_map(|from| {
        let piece = piece(text, from).filter(|piece| at < piece.end)?;
        Some((Span::new(from, piece.end), piece.comma))
    });
    // What begins with a bracket of YAML is no expression.
    let is_expression = |(span, _): &(Span, bool)| {
        !span.of(text).starts_with(['{', '[', '\'', '"']) && !span.of(text).contains('{')
    };
    let (span, comma) = found
        .filter(is_expression)
        .find(|(span, comma)| *comma || span.of(text).contains(['[', '?']))?;
    let is_flow = head.contains('{') || head.contains('[');
    if comma && is_flow {
        return Some(problem(text, span));
    }
    let what = "this expression has a sign of YAML in it, and no quotes around it";
    Some(Problem::new(Code::YamlSyntax, span, what).hint(quoted(span.of(text))))
}

/// How an expression is written in quotes.
fn quoted(expression: &str) -> String {
    if expression.contains(['"', '\\']) {
        return "put quotes around the whole, and the other kind of quotes around texts in it"
            .into();
    }
    format!("put it in quotes: \"{}\"", brief(expression))
}
