//! From the text of one record to the values that expressions read: in one pass over the text what
//! nobody reads is stepped over, and what is read keeps all its digits.
//!
//! A record that is wrong in one place may still name its event, so nothing is given up early:
//! [`Record::fault`] holds the first thing that is wrong, the value in which it stands is left
//! out, and the others are there. Where the text itself breaks off, what stood before is there. A
//! name that is read and stands twice in one object has no value at all, since readers disagree
//! on which of the two counts.
//!
//! The texts of DynamoDB are read from all who write them: Kinesis, DynamoDB Streams, Lambda,
//! exports to S3, and emulators that write numbers as numbers or types in small letters.

mod attribute;
mod change;
mod creation;
mod json;
pub mod limits;
mod wanted;

use foldline_core::fault::Fault;
use foldline_core::value::Value;
use foldline_core::value::json::JsonError;

pub use attribute::Binary;
pub use change::{Change, Operation};
pub use wanted::Wanted;

/// What records are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Any JSON value.
    Json,
    /// A change of an item of a DynamoDB table, or the item itself.
    Dynamodb,
}

impl Format {
    /// All that can be read.
    pub const ALL: [Format; 2] = [Format::Json, Format::Dynamodb];

    /// As authors write it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Dynamodb => "dynamodb",
        }
    }

    /// The names that expressions over a record begin with.
    pub fn roots(self) -> &'static [&'static str] {
        match self {
            Format::Json => &["record"],
            Format::Dynamodb => &["keys", "new", "old", "name"],
        }
    }
}

/// Reads records of one format.
#[derive(Clone, Debug)]
pub struct Decoder {
    format: Format,
    wanted: Vec<Wanted>,
    binary: Binary,
}

/// What a record says.
#[derive(Clone, Debug)]
pub struct Record<'t> {
    /// The value of each of [`Format::roots`], with as much in it as is wanted.
    pub roots: Vec<Value>,
    /// What a record of DynamoDB says beside its values; none of other formats.
    pub change: Option<Change<'t>>,
    /// The first thing that is wrong with it.
    pub fault: Option<Fault>,
}

impl Decoder {
    /// Reads this format: of each of its roots what is wanted, and nothing of a root for which
    /// nothing is said.
    pub fn new(format: Format, wanted: Vec<Wanted>, binary: Binary) -> Decoder {
        Decoder { format, wanted, binary }
    }

    /// Reads one record. It takes any text, and answers soon.
    pub fn decode<'t>(&self, text: &'t str) -> Record<'t> {
        let mut faults = First::default();
        if text.len() > limits::BYTES_MAX {
            let (len, most) = (text.len(), limits::BYTES_MAX);
            let what = format!("a record has at most {most} bytes, this one {len}");
            faults.remember(Fault::new("too_large", what));
        }
        let none = Wanted::default();
        let wanted = |root: usize| self.wanted.get(root).unwrap_or(&none);
        let (roots, change) = match self.format {
            Format::Json => (vec![json::read(text, wanted(0), &mut faults)], None),
            Format::Dynamodb => {
                let change = Change::read(text, &mut faults);
                let wanted = [wanted(0), wanted(1), wanted(2)];
                let roots = change.roots(wanted, self.binary, &mut faults);
                (roots, Some(change))
            }
        };
        Record { roots, change, fault: faults.0 }
    }
}

/// The first of all that is wrong.
#[derive(Debug, Default)]
struct First(Option<Fault>);

impl First {
    fn remember(&mut self, fault: impl Into<Fault>) {
        self.0.get_or_insert_with(|| fault.into());
    }
}

fn undecodable(what: impl Into<String>) -> Fault {
    Fault::new("undecodable", what)
}

fn twice(name: &str) -> Fault {
    undecodable(format!("`{}` is given twice", limits::brief(name)))
}

/// Whether the text can be read on behind a value that cannot be taken.
fn passes(error: &JsonError) -> bool {
    use foldline_core::value::json::Wrong;
    matches!(error.what, Wrong::Number(_) | Wrong::Surrogate | Wrong::Duplicate)
}

#[cfg(test)]
mod tests;
