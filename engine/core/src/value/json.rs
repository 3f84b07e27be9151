//! A reader of JSON text that gives pieces of the text rather than copies: one pass, no
//! allocation, and every bound kept as it goes (depth, keys), so that no other guard need run
//! before it. It takes what RFC 8259 takes and nothing more. Numbers keep all their digits;
//! a name that is given twice in one object that is read is an error, since readers of JSON
//! disagree on which of the two counts; in what is skipped it is not looked for.

mod scan;
mod tree;

use std::borrow::Cow;
use std::fmt;

use crate::fault::Fault;
use crate::limits;

pub use tree::{digest, value};

/// Where reading stopped, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// The byte at which it was noticed.
    pub at: usize,
    /// What is wrong.
    pub what: Wrong,
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It ends too early.
    Ends,
    /// It is not JSON.
    Syntax,
    /// Something follows the value.
    Trailing,
    /// A text has a control character, or an escape that there is not.
    Text,
    /// A text has half of a surrogate pair: no character at all.
    Surrogate,
    /// Values within values, deeper than the reader's bound.
    Depth,
    /// More names than the reader's bound.
    Keys,
    /// A name is given twice in one object.
    Duplicate,
    /// A number that we cannot keep exactly.
    Number(super::NumberError),
}

/// What a value begins as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// `[`
    List,
    /// `{`
    Map,
}

/// A text as it stands between its quotes.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'t> {
    /// With its escapes.
    pub raw: &'t str,
    /// Whether there are any, as a whole word: a flag of one byte here makes each copy of this
    /// wait for the bytes before it, a fifth of all decoding.
    escapes: usize,
    at: usize,
}

impl<'t> Quoted<'t> {
    /// Whether it has escapes.
    #[inline]
    pub fn escaped(self) -> bool {
        self.escapes > 0
    }

    /// Without its escapes.
    #[inline]
    pub fn text(self) -> Result<Cow<'t, str>, JsonError> {
        if !self.escaped() {
            return Ok(Cow::Borrowed(self.raw));
        }
        let mut out = String::with_capacity(self.raw.len());
        self.unescape(&mut out)?;
        Ok(Cow::Owned(out))
    }

    /// Appends it without its escapes.
    pub fn unescape(self, out: &mut String) -> Result<(), JsonError> {
        scan::unescape(self.raw, out).map_err(|what| JsonError { at: self.at, what })
    }

    /// Whether it is this text, whichever way it is written.
    pub fn is(self, text: &str) -> bool {
        if self.escaped() { self.text().is_ok_and(|own| own == text) } else { self.raw == text }
    }
}

/// Reads one JSON text, value by value.
#[derive(Clone, Debug)]
pub struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    keys: usize,
    bounds: Bounds,
}

/// How deep and how wide a text may be.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    depth: usize,
    keys: usize,
}

impl Bounds {
    /// Those of a text that no format makes deeper or wider than what it says.
    pub const PLAIN: Bounds = Bounds::new(limits::JSON_DEPTH_MAX, limits::JSON_KEYS_MAX);

    /// At most this many values within values, and this many names over all objects. Which
    /// brackets are open is a bit each: what is deeper than those is no bound.
    pub const fn new(depth: usize, keys: usize) -> Bounds {
        Bounds { depth: if depth < scan::BITS { depth } else { scan::BITS }, keys }
    }
}

impl<'t> Reader<'t> {
    /// At the beginning of a text.
    pub fn new(text: &'t str) -> Reader<'t> {
        Reader::within(text, Bounds::PLAIN)
    }

    /// At the beginning of a text with bounds of its own.
    pub fn within(text: &'t str, bounds: Bounds) -> Reader<'t> {
        Reader { text, at: 0, depth: 0, keys: 0, bounds }
    }

    /// What the next value begins as.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind, JsonError> {
        self.space();
        match self.peek() {
            Some(b'"') => Ok(Kind::Text),
            Some(b'{') => Ok(Kind::Map),
            Some(b'[') => Ok(Kind::List),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => Err(self.wrong(Wrong::Syntax)),
            None => Err(self.wrong(Wrong::Ends)),
        }
    }

    /// Enters an object; [`Reader::name`] follows.
    #[inline]
    pub fn open_map(&mut self) -> Result<(), JsonError> {
        self.open(b'{')
    }

    /// Enters a list; [`Reader::item`] follows.
    #[inline]
    pub fn open_list(&mut self) -> Result<(), JsonError> {
        self.open(b'[')
    }

    /// The next name of the object, with the value to be read next; none leaves the object.
    #[expect(clippy::inline_always, reason = "handed over in memory it costs a third more")]
    #[inline(always)]
    pub fn name(&mut self, first: bool) -> Result<Option<Quoted<'t>>, JsonError> {
        if !self.more(first, b'}')? {
            return Ok(None);
        }
        self.space();
        let name = self.quoted()?;
        self.colon()?;
        Ok(Some(name))
    }

    /// Whether the list has a next value, to be read next; if not it is left.
    #[inline]
    pub fn item(&mut self, first: bool) -> Result<bool, JsonError> {
        self.more(first, b']')
    }

    /// `null`.
    #[inline]
    pub fn null(&mut self) -> Result<(), JsonError> {
        self.space();
        self.word("null")
    }

    /// `true` or `false`.
    #[inline]
    pub fn bool(&mut self) -> Result<bool, JsonError> {
        self.space();
        let yes = self.peek() == Some(b't');
        self.word(if yes { "true" } else { "false" })?;
        Ok(yes)
    }

    /// A number's text.
    #[inline]
    pub fn number(&mut self) -> Result<&'t str, JsonError> {
        self.space();
        let start = self.at;
        self.digits()?;
        Ok(self.piece(start))
    }

    /// A text.
    #[expect(clippy::inline_always, reason = "handed over in memory it costs a third more")]
    #[inline(always)]
    pub fn quoted(&mut self) -> Result<Quoted<'t>, JsonError> {
        self.space();
        let at = self.at;
        let escapes = self.string()?;
        let raw = self.text.get(at + 1..self.at - 1).unwrap_or_default();
        Ok(Quoted { raw, escapes, at })
    }

    /// Any value's text, well formed and within bounds.
    #[inline]
    pub fn raw(&mut self) -> Result<&'t str, JsonError> {
        self.space();
        let start = self.at;
        self.skip()?;
        Ok(self.piece(start))
    }

    /// The text from this byte to where the reader stands.
    #[inline]
    pub fn piece(&self, start: usize) -> &'t str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Where the next value begins.
    #[inline]
    pub fn place(&mut self) -> usize {
        self.space();
        self.at
    }

    /// Whether what was read last is known to end there: a number at the end of a text that was
    /// cut off may have had more digits.
    #[inline]
    pub fn closed(&self) -> bool {
        self.peek().is_some_and(|byte| b",]} \t\r\n".contains(&byte))
    }

    /// Nothing but space follows.
    #[inline]
    pub fn end(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { Err(self.wrong(Wrong::Trailing)) }
    }

    /// An error here.
    pub fn wrong(&self, what: Wrong) -> JsonError {
        JsonError { at: self.at, what }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            Wrong::Ends => f.write_str("the text ends too early")?,
            Wrong::Syntax => f.write_str("this is not JSON")?,
            Wrong::Trailing => f.write_str("something follows the value")?,
            Wrong::Text => f.write_str("a text has a bad escape or a control character")?,
            Wrong::Surrogate => f.write_str("a text has half of a surrogate pair")?,
            Wrong::Depth => write!(f, "it is nested deeper than {}", limits::JSON_DEPTH_MAX)?,
            Wrong::Keys => write!(f, "it has more than {} names", limits::JSON_KEYS_MAX)?,
            Wrong::Duplicate => f.write_str("a name is given twice in one object")?,
            Wrong::Number(error) => write!(f, "{error}")?,
        }
        write!(f, ", at byte {}", self.at)
    }
}

impl std::error::Error for JsonError {}

impl From<JsonError> for Fault {
    fn from(error: JsonError) -> Fault {
        let code = match error.what {
            Wrong::Depth | Wrong::Keys => "too_large",
            _ => "undecodable",
        };
        Fault::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests;
