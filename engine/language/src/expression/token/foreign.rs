//! Signs of other languages: what their author means by them is written otherwise here, and told
//! with the whole sign, not with the first letter of it that begins nothing.

use super::{Cutter, word};
use crate::problem::{Code, Problem, Span};

/// Signs of other languages, longer ones before those that they begin with, and what to write. No
/// expression has any of them.
const FOREIGN: [(&str, &str); 18] = [
    ("===", "to compare, write `==`"),
    ("!==", "to compare, write `!=`"),
    ("<>", "to compare, write `!=`"),
    ("=>", "to compare, write `>=`; over a list, `list.map(x, x.a)`"),
    ("->", "a field is written `data.a`; over a list, `list.map(x, x.a)`"),
    ("=~", "a pattern is written `text.matches('pattern')`"),
    ("!~", "a pattern is written `!text.matches('pattern')`"),
    ("++", "a number grows by a verb: `add: { path: 1 }`"),
    ("+=", "a number grows by a verb: `add: { path: value }`"),
    ("-=", "a number shrinks by a verb: `subtract: { path: value }`"),
    ("**", "write the product: `a * a`"),
    ("//", "a comment begins with `#`, and a blank before it"),
    ("/*", "a comment begins with `#`, and a blank before it"),
    ("??", "for null or absent, write `coalesce(x, y)`"),
    ("?:", "for null or absent, write `coalesce(x, y)`"),
    ("..", "names stand between single dots: `data.a`"),
    ("${", "an expression stands alone: `data.a`"),
    ("$.", "a field of an event is written `data.a`, one of a record `record.a`"),
];

/// Bytes in which what closes such a sign is looked for.
const BYTES_MAX: usize = 200;

/// What to write instead of a character that begins nothing.
pub(super) fn stray(first: char) -> Option<&'static str> {
    Some(match first {
        '=' => "to compare, write `==`",
        '&' => "`and` is written `&&`",
        '|' => "`or` is written `||`",
        '$' => "leave it away: `data.a`",
        '#' | '@' => "a name begins with a letter or `_`; another stands in brackets: `data['@a']`",
        '~' => "null is written `null`",
        '^' => "a pattern is a text: `text.matches('^a')`",
        ';' => "one expression stands here",
        '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '`' => {
            "texts stand between straight quotes: ' or \""
        }
        _ => return None,
    })
}

/// How many bytes a text takes with which another one begins, between quotes that are none here.
pub(super) fn between_other_quotes(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let close = match first {
        '\u{2018}' => '\u{2019}',
        '\u{201c}' | '\u{201e}' => '\u{201d}',
        '`' => '`',
        _ => return None,
    };
    let rest = text.get(first.len_utf8()..)?;
    let rest = rest.get(..rest.floor_char_boundary(BYTES_MAX))?;
    let len =
        rest.find(close).filter(|len| !rest.get(..*len).is_some_and(|it| it.contains('\n')))?;
    Some(first.len_utf8() + len + close.len_utf8())
}

impl Cutter<'_> {
    /// How many bytes a sign of another language takes, if one stands here: that is told.
    pub(super) fn foreign(&mut self) -> Option<usize> {
        let rest = self.rest();
        let (sign, hint) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign))?;
        let span = Span::new(self.at, self.at + sign.len());
        let what = format!("`{sign}` has no meaning here");
        self.problems.push(Problem::new(Code::Foreign, span, what).hint(*hint));
        if *sign != "${" {
            return Some(sign.len());
        }
        // The bracket that belongs to it is no second mistake.
        let near = rest.get(..rest.floor_char_boundary(BYTES_MAX))?;
        Some(near.find('}').map_or(sign.len(), |end| end + 1))
    }

    /// Whether a date without quotes stands here: that is told, and passed over.
    pub(super) fn date(&mut self) -> bool {
        let rest = self.rest();
        let is_date = rest.len() >= 10
            && rest.bytes().take(10).enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_date {
            return false;
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == ':' || c == '.';
        let after = rest.get(10..).unwrap_or_default();
        let len = 10 + after.len() - after.trim_start_matches(is_part).len();
        let span = Span::new(self.at, self.at + len);
        let written = span.of(self.text);
        let clock = if len > 10 { "" } else { "T00:00:00Z" };
        let problem = Problem::new(Code::Number, span, format!("`{written}` is no number"));
        let hint = format!("a time is written `timestamp('{written}{clock}')`");
        self.problems.push(problem.hint(hint));
        self.at += len;
        true
    }
}

/// Whether a text is words alone, and more than one: it lacks its quotes.
pub(in super::super) fn is_prose(text: &str) -> bool {
    let words = || text.split_whitespace();
    words().count() > 1 && words().all(|it| it.chars().all(char::is_alphabetic) && word(it) > 0)
}
