//! How heads and letters are stored: lines of text, each a word and its fields, so that a person
//! who looks into the control store can read them.
//!
//! The first line names the kind of record and the version of its format. A version that this
//! build does not know is refused, with what to do; a record that cannot be read is never taken
//! for an empty one. Unknown words are refused as well: a field that is added gives the format a
//! new version.

use std::fmt::Write;
use std::str::FromStr;
use std::sync::Arc;

use super::{HeadRecord, StreamHead};
use crate::fault::Fault;
use crate::guard::Epoch;
use crate::letter::{Rank, Scope};
use crate::name::Name;

mod event;
mod letter;
#[cfg(test)]
mod tests;

pub use letter::{read_letter, write_letter};

const HEAD_FORMAT: u32 = 1;

/// An empty field: two blanks in a row would be hard to see.
const EMPTY: &str = "%_";

/// A head record as text.
pub fn write_head(head: &HeadRecord) -> Arc<str> {
    let mut lines = Lines::new("head", HEAD_FORMAT);
    lines.scope(&head.scope);
    lines.line("epoch", &[&hex(head.epoch)]);
    lines.line("state", &[if head.open { "open" } else { "closed" }]);
    lines.line("left", &[&head.retried.to_string(), &head.discarded.to_string()]);
    for (stream, known) in &head.streams {
        let left = known.left.as_ref().map_or("-".into(), rank);
        let [first, highest] = [&known.first, &known.highest].map(rank);
        lines.line("stream", &[stream, &first, &highest, &known.count.to_string(), &left]);
    }
    lines.0.into()
}

/// A head record from its text.
pub fn read_head(text: &str) -> Result<HeadRecord, Fault> {
    let mut record = Record::open(text, "head", HEAD_FORMAT)?;
    let scope = record.next("scope")?.scope()?;
    let epoch = record.next("epoch")?.epoch()?;
    let mut head = HeadRecord::new(scope, epoch);
    head.open = match record.next("state")?.text()?.as_str() {
        "open" => true,
        "closed" => false,
        other => return Err(broken(&format!("a head is open or closed, not `{other}`"))),
    };
    let mut left = record.next("left")?;
    head.retried = left.number()?;
    head.discarded = left.number()?;
    while let Some(mut line) = record.maybe("stream") {
        let stream = Name::from(line.text()?);
        let (first, highest, count) = (line.rank()?, line.rank()?, line.number()?);
        let known = StreamHead { first, highest, count, left: line.maybe_rank()? };
        head.streams.insert(stream, known);
    }
    record.end()?;
    Ok(head)
}

/// A rank as text: the version, and a sort key if there is one.
fn rank(rank: &Rank) -> String {
    if rank.sort.is_empty() {
        return rank.version.to_string();
    }
    format!("{}~{}", rank.version, rank.sort)
}

fn rank_of(text: &str) -> Result<Rank, Fault> {
    let (version, sort) = text.split_once('~').unwrap_or((text, ""));
    let version = version.parse();
    let version = version.map_err(|_| broken(&format!("`{text}` is not a letter's rank")))?;
    Ok(Rank { version, sort: sort.into() })
}

fn hex(epoch: Epoch) -> String {
    format!("{:016x}", epoch.0)
}

fn broken(what: &str) -> Fault {
    Fault::new("stored_format", format!("a stored record cannot be read: {what}"))
}

/// A record being written.
struct Lines(String);

impl Lines {
    fn new(kind: &str, format: u32) -> Lines {
        Lines(format!("foldline {kind} {format}\n"))
    }

    fn line(&mut self, word: &str, fields: &[&str]) {
        self.0.push_str(word);
        for field in fields {
            self.0.push(' ');
            escape(&mut self.0, field);
        }
        self.0.push('\n');
    }

    fn scope(&mut self, scope: &Scope) {
        let (kind, name) = match scope {
            Scope::Key(name) => ("key", name),
            Scope::Stream(name) => ("stream", name),
            Scope::Partition(name) => ("partition", name),
        };
        self.line("scope", &[kind, name]);
    }

    fn fault(&mut self, word: &str, fault: &Fault) {
        self.line(word, &[&fault.code, &fault.message]);
    }
}

/// Writes a field so that no blank, line end or other control character of it shows.
fn escape(into: &mut String, field: &str) {
    if field.is_empty() {
        into.push_str(EMPTY);
    }
    for letter in field.chars() {
        match letter {
            '%' | ' ' => escape_char(into, letter),
            letter if letter.is_control() => escape_char(into, letter),
            letter => into.push(letter),
        }
    }
}

fn escape_char(into: &mut String, letter: char) {
    // Writing to a String cannot fail.
    let _ = write!(into, "%{:02x}", u32::from(letter));
}

fn unescape(field: &str) -> Result<String, Fault> {
    if field == EMPTY {
        return Ok(String::new());
    }
    let mut text = String::with_capacity(field.len());
    let mut pieces = field.split('%');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let letter = piece
            .get(..2)
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        let (Some(letter), Some(rest)) = (letter, piece.get(2..)) else {
            return Err(broken(&format!("`{field}` is badly escaped")));
        };
        text.push(letter);
        text.push_str(rest);
    }
    Ok(text)
}

/// A record being read, line by line.
struct Record<'r> {
    lines: std::iter::Peekable<std::str::Lines<'r>>,
}

impl<'r> Record<'r> {
    fn open(text: &'r str, kind: &str, format: u32) -> Result<Record<'r>, Fault> {
        let mut record = Record { lines: text.lines().peekable() };
        let mut first = record.next("foldline")?;
        let found_kind = first.text()?;
        if found_kind != kind {
            return Err(broken(&format!("a {kind} was expected, not a {found_kind}")));
        }
        let found: u32 = first.number()?;
        if found == 0 {
            return Err(broken("there is no format 0"));
        }
        if found > format {
            return Err(Fault::new(
                "stored_format",
                format!(
                    "a stored {kind} has format {found}, and this build knows formats up to \
                     {format}; run the newer build, or finish its upgrade"
                ),
            ));
        }
        Ok(record)
    }

    /// The next line, which must have this word.
    fn next(&mut self, word: &str) -> Result<Line<'r>, Fault> {
        self.maybe(word).ok_or_else(|| broken(&format!("`{word}` is missing")))
    }

    /// The next line, if it has this word.
    fn maybe(&mut self, word: &str) -> Option<Line<'r>> {
        let line = self.lines.peek()?;
        let mut fields = line.split(' ');
        if fields.next() != Some(word) {
            return None;
        }
        self.lines.next();
        Some(Line { fields })
    }

    fn end(mut self) -> Result<(), Fault> {
        match self.lines.next() {
            None => Ok(()),
            Some(line) => Err(broken(&format!("`{line}` is not understood"))),
        }
    }
}

/// The fields of one line.
struct Line<'r> {
    fields: std::str::Split<'r, char>,
}

impl Line<'_> {
    fn text(&mut self) -> Result<String, Fault> {
        self.fields.next().ok_or_else(|| broken("a field is missing")).and_then(unescape)
    }

    fn number<T: FromStr>(&mut self) -> Result<T, Fault> {
        let text = self.text()?;
        text.parse().map_err(|_| broken(&format!("`{text}` is not a number that fits")))
    }

    fn rank(&mut self) -> Result<Rank, Fault> {
        rank_of(&self.text()?)
    }

    fn maybe_rank(&mut self) -> Result<Option<Rank>, Fault> {
        let text = self.text()?;
        if text == "-" { Ok(None) } else { rank_of(&text).map(Some) }
    }

    fn epoch(&mut self) -> Result<Epoch, Fault> {
        let text = self.text()?;
        let epoch = u64::from_str_radix(&text, 16);
        epoch.map(Epoch).map_err(|_| broken(&format!("`{text}` is not an epoch")))
    }

    fn scope(&mut self) -> Result<Scope, Fault> {
        let (kind, name) = (self.text()?, Name::from(self.text()?));
        match kind.as_str() {
            "key" => Ok(Scope::Key(name)),
            "stream" => Ok(Scope::Stream(name)),
            "partition" => Ok(Scope::Partition(name)),
            other => Err(broken(&format!("`{other}` is not what can be parked"))),
        }
    }

    fn fault(&mut self) -> Result<Fault, Fault> {
        Ok(Fault::new(&self.text()?, self.text()?))
    }
}
