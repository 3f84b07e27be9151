//! Cuts a text into tokens, each with its place. What is no token is a problem, and the cutting
//! goes on behind it.

pub(super) mod foreign;
pub(crate) mod piece;
mod quoted;

use foldline_core::value::{Number, NumberError, Value};

use crate::problem::{Code, Problem, Span};

/// A token, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, or one of the words that have a meaning: `true`, `false`, `null`, `in`.
    Word,
    /// A number or a text that is written out.
    Value(Value),
    /// An operator or a bracket, as it is written.
    Sign(&'static str),
    /// The text is at its end.
    End,
}

/// The signs, longer ones before those that they begin with.
const SIGNS: [&str; 25] = [
    "?.", "==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", "{", "}", ".", ",", ":", "?",
    "!", "<", ">", "+", "-", "*", "/", "%",
];

/// The tokens of a text, the end being the last; and what is wrong with it.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<Problem>) {
    let mut cutter = Cutter { text, at: 0, problems: Vec::new() };
    let mut tokens = Vec::new();
    while let Some(token) = cutter.next() {
        tokens.push(token);
    }
    let end = Span::new(text.len(), text.len());
    tokens.push(Token { span: end, kind: Kind::End });
    (tokens, cutter.problems)
}

struct Cutter<'t> {
    text: &'t str,
    at: usize,
    problems: Vec<Problem>,
}

impl<'t> Cutter<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<Token> {
        loop {
            self.skip_blanks();
            let from = self.at;
            let first = self.rest().chars().next()?;
            let kind = if quoted::begins(self.rest()) {
                self.quoted()
            } else if first.is_ascii_digit() {
                self.number()
            } else if first == '_' || first.is_alphabetic() {
                self.at += word(self.rest());
                Some(Kind::Word)
            } else if let Some(len) = self.foreign() {
                self.at += len;
                None
            } else if let Some(sign) = SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) {
                self.at += sign.len();
                Some(Kind::Sign(sign))
            } else {
                self.stray(first);
                None
            };
            if let Some(kind) = kind {
                return Some(Token { span: Span::new(from, self.at), kind });
            }
        }
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    /// A number: digits, a fraction, an exponent; all its digits count.
    fn number(&mut self) -> Option<Kind> {
        let from = self.at;
        let text = self.rest();
        if self.date() {
            return None;
        }
        let mut len = digits(text);
        if after(text, len).starts_with('.') {
            let more = digits(after(text, len + 1));
            len += if more > 0 { more + 1 } else { 0 };
        }
        if let Some(sign) = exponent(after(text, len)) {
            len += sign + digits(after(text, len + sign));
        }
        // What goes on as a word is told as one piece: `10u`, `0x1F`, `5kg`.
        let glued = word(after(text, len));
        self.at += len + glued;
        let span = Span::new(from, self.at);
        let written = span.of(self.text);
        if glued > 0 {
            let problem = Problem::new(Code::Number, span, format!("`{written}` is no number"));
            self.problems.push(problem.hint("numbers are written in digits, as 10, 2.50 or 1e3"));
            return None;
        }
        match Number::parse(written) {
            Ok(Number::Int(int)) => Some(Kind::Value(Value::Int(int))),
            Ok(Number::Decimal(decimal)) => Some(Kind::Value(Value::Decimal(decimal))),
            Err(error) => {
                let what = match error {
                    NumberError::Inexact => "a number has at most 38 digits, this one has more",
                    NumberError::Overflow => "the number is too great: 9.99E+125 is the greatest",
                    NumberError::Underflow => "the number is too near to 0: 1E-130 is the nearest",
                    NumberError::Malformed | NumberError::DivisionByZero => "this is no number",
                };
                let hint = "digits that are a name, and no amount, are a text: '123'";
                let is_long = error == NumberError::Inexact;
                let problem = Problem::new(Code::Number, span, what);
                self.problems.push(problem.hinted(is_long.then_some(hint)));
                None
            }
        }
    }

    fn stray(&mut self, first: char) {
        let from = self.at;
        if let Some(len) = foreign::between_other_quotes(self.rest()) {
            self.at += len;
            let span = Span::new(from, self.at);
            let what = "this text stands between quotes of another kind";
            let hint = "texts stand between straight quotes: ' or \"";
            self.problems.push(Problem::new(Code::StrayCharacter, span, what).hint(hint));
            return;
        }
        self.at += first.len_utf8();
        let span = Span::new(from, self.at);
        let what = format!("`{first}` begins nothing here");
        let problem = Problem::new(Code::StrayCharacter, span, what);
        self.problems.push(problem.hinted(foreign::stray(first)));
    }
}

/// What is left of a text from this byte on.
fn after(text: &str, from: usize) -> &str {
    text.get(from..).unwrap_or_default()
}

/// How many bytes the digits take that a text begins with.
fn digits(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len()
}

/// How many bytes the word takes that a text begins with.
fn word(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c == '_' || c.is_alphanumeric()).len()
}

/// How many bytes stand before the digits of an exponent, where the text begins with one.
fn exponent(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(['e', 'E'])?;
    let signed = rest.strip_prefix(['+', '-']);
    let digits = signed.unwrap_or(rest);
    digits.starts_with(|c: char| c.is_ascii_digit()).then(|| text.len() - digits.len())
}
