//! An expression to be written out: what it is, and its parts. It knows how tightly each part
//! binds, and puts parentheses where they are needed and nowhere else.

use std::fmt::{Display, Formatter, Result};

/// An expression.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) form: Form,
    pub(crate) parts: Vec<Text>,
}

/// What it is.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// What is written just so.
    Plain(String),
    /// An operator before its part.
    Before(&'static str),
    /// An operator between its parts.
    Between(&'static str),
    Choice,
    /// A field of its part, with what stands before its name.
    Field(&'static str, String),
    Index,
    /// A function of its parts.
    Call(&'static str),
    /// The same, called on the first.
    On(&'static str),
    /// What is done with the elements of the first, under a name.
    Each(&'static str, String),
    List,
    /// Names and values by turns.
    Map,
}

const CHOICE: u8 = 0;
const OR: u8 = 1;
const BEFORE: u8 = 6;
const BEHIND: u8 = 7;

impl Text {
    pub(crate) fn plain(text: impl Into<String>) -> Text {
        Text { form: Form::Plain(text.into()), parts: Vec::new() }
    }

    pub(crate) fn of<const N: usize>(form: Form, parts: [Text; N]) -> Text {
        Text { form, parts: parts.into() }
    }

    /// Whether one of its parts, at any depth, or it itself is such.
    pub(crate) fn any(&self, is: &impl Fn(&Text) -> bool) -> bool {
        is(self) || self.parts.iter().any(|part| part.any(is))
    }

    /// Whether this is written somewhere in it, just so.
    pub(crate) fn has_plain(&self, is: impl Fn(&str) -> bool) -> bool {
        self.any(&|text| matches!(&text.form, Form::Plain(plain) if is(plain)))
    }

    fn tightness(&self) -> u8 {
        match &self.form {
            Form::Plain(text) if text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                BEFORE
            }
            Form::Choice => CHOICE,
            Form::Before(_) => BEFORE,
            Form::Between(sign) => between(sign),
            _ => BEHIND,
        }
    }

    /// A part, in parentheses if it binds less tightly than this.
    fn part(&self, place: usize, tightness: u8, f: &mut Formatter<'_>) -> Result {
        let Some(part) = self.parts.get(place) else { return f.write_str("null") };
        if part.tightness() < tightness { write!(f, "({part})") } else { part.fmt(f) }
    }

    /// The parts from this one on, between commas, in brackets.
    fn brackets(&self, open: &str, from: usize, close: &str, f: &mut Formatter<'_>) -> Result {
        f.write_str(open)?;
        for (place, part) in self.parts.iter().enumerate().skip(from) {
            f.write_str(if place > from { ", " } else { "" })?;
            part.fmt(f)?;
        }
        f.write_str(close)
    }
}

fn between(sign: &str) -> u8 {
    match sign {
        "||" => OR,
        "&&" => 2,
        "+" | "-" => 4,
        "*" | "/" | "%" => 5,
        _ => 3,
    }
}

impl Display for Text {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match &self.form {
            Form::Plain(text) => f.write_str(text),
            Form::Before(sign) => {
                f.write_str(sign)?;
                // CEL has no `!` of a `-`, nor `-` of a `!`, without parentheses.
                let same = match self.parts.first().map(|part| &part.form) {
                    Some(Form::Before(inner)) => inner == sign,
                    Some(Form::Plain(text)) => !text.starts_with('-'),
                    _ => true,
                };
                self.part(0, if same { BEFORE } else { u8::MAX }, f)
            }
            Form::Between(sign) => {
                self.part(0, between(sign), f)?;
                write!(f, " {sign} ")?;
                self.part(1, between(sign) + 1, f)
            }
            Form::Choice => {
                self.part(0, OR, f)?;
                f.write_str(" ? ")?;
                self.part(1, OR, f)?;
                f.write_str(" : ")?;
                self.part(2, CHOICE, f)
            }
            Form::Field(dot, name) => {
                self.part(0, BEHIND, f)?;
                write!(f, "{dot}{name}")
            }
            Form::Index => {
                self.part(0, BEHIND, f)?;
                self.brackets("[", 1, "]", f)
            }
            Form::Call(name) => self.brackets(&format!("{name}("), 0, ")", f),
            Form::On(name) => {
                self.part(0, BEHIND, f)?;
                self.brackets(&format!(".{name}("), 1, ")", f)
            }
            Form::Each(name, bound) => {
                self.part(0, BEHIND, f)?;
                self.brackets(&format!(".{name}({bound}, "), 1, ")", f)
            }
            Form::List => self.brackets("[", 0, "]", f),
            Form::Map => {
                f.write_str("{")?;
                for (place, entry) in self.parts.chunks(2).enumerate() {
                    f.write_str(if place > 0 { ", " } else { "" })?;
                    if let [name, value] = entry {
                        write!(f, "{name}: {value}")?;
                    }
                }
                f.write_str("}")
            }
        }
    }
}
