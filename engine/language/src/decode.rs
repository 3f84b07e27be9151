//! Records become events: one pass over each native JSON line
//! (`{"stream":…,"version":…,"type":…,"time":…,"data":{…},"meta":{…},"id":…}`) finds what the
//! attached modules read and steps over the rest. The batch keeps the text, and events point into
//! it.
//!
//! What promises nothing can be lost: each record becomes exactly one event. One that cannot be
//! decoded but yields its stream and version is an event with a fault; one that does not is a
//! nameless event (empty stream, version 0) with a fault. A name that is read and stands twice in
//! one object is such a fault, since readers of JSON disagree on which of the two counts. No
//! input panics, and none is read deeper, longer or wider than [`foldline_core::limits`] say.

pub mod guard;
pub(crate) mod input;
mod line;
mod plan;
pub mod record;

use std::ops::Range;

use foldline_core::event::{Batch, BatchBuilder};
use foldline_core::fault::Fault;
use foldline_core::position::Position;

pub use input::lines;
pub use plan::Plan;

/// Decodes records by one plan.
#[derive(Clone, Debug)]
pub struct Decoder<'p> {
    plan: &'p Plan,
}

impl<'p> Decoder<'p> {
    /// Decodes by this plan.
    pub fn new(plan: &'p Plan) -> Decoder<'p> {
        Decoder { plan }
    }

    /// Decodes a buffer of records, each with its place in the buffer and in the feed. Only a
    /// buffer that is too large for a batch is an error; a bad record is an event with a fault.
    pub fn decode(
        &self,
        buffer: Vec<u8>,
        records: impl IntoIterator<Item = (Range<usize>, Position)>,
    ) -> Result<Batch, Fault> {
        let text = match String::from_utf8(buffer) {
            Ok(text) => text,
            Err(error) => return self.repaired(error.as_bytes(), records),
        };
        let mut builder = BatchBuilder::over(text)?;
        builder.read(|text, writer| {
            let mut line = line::Line::new(self.plan);
            let records = records.into_iter();
            writer.reserve(records.size_hint().0, self.plan.slots());
            for (range, position) in records {
                match text.get(range) {
                    Some(record) => line.decode(record, None, position, writer),
                    None => line.decode("", Some(outside()), position, writer),
                }
            }
        });
        Ok(builder.build())
    }

    /// The same for a buffer that is not UTF-8 throughout: one bad record spoils no other.
    fn repaired(
        &self,
        buffer: &[u8],
        records: impl IntoIterator<Item = (Range<usize>, Position)>,
    ) -> Result<Batch, Fault> {
        let (text, records) = input::repair(buffer, records);
        let mut builder = BatchBuilder::over(text)?;
        builder.read(|text, writer| {
            let mut line = line::Line::new(self.plan);
            for (range, position, fault) in records {
                line.decode(text.get(range).unwrap_or_default(), fault, position, writer);
            }
        });
        Ok(builder.build())
    }
}

pub(crate) fn outside() -> Fault {
    Fault::new("undecodable", "the record ends within a character of its buffer, or outside it")
}

#[cfg(test)]
mod tests;
