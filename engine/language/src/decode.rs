//! Records become events: one pass over each native JSON line
//! (`{"stream":…,"version":…,"type":…,"time":…,"data":{…},"meta":{…},"id":…}`) finds what the
//! attached modules read and steps over the rest. The batch keeps the text, and events point into
//! it.
//!
//! What promises nothing can be lost: each record becomes exactly one event. One that cannot be
//! decoded but yields its stream and version is an event with a fault; one that does not is a
//! nameless event (empty stream, version 0) with a fault. A name that is read and stands twice in
//! one object is such a fault, since readers of JSON disagree on which of the two counts. Of a type
//! that nobody handles only the head is read: what follows it may be anything. No input panics,
//! and none is read deeper, longer or wider than [`foldline_core::limits`] say.

pub mod guard;
pub(crate) mod input;
mod line;
mod plan;
pub mod record;

use std::ops::Range;

use foldline_core::event::{Batch, BatchBuilder, Writer};
use foldline_core::fault::Fault;
use foldline_core::position::Position;
use foldline_core::value::Timestamp;

pub use input::lines;
pub use plan::Plan;

/// Decodes records by one plan.
#[derive(Clone, Debug)]
pub struct Decoder<'p> {
    plan: &'p Plan,
}

/// A record whose head is told beside its bytes.
#[derive(Clone, Debug)]
pub struct Told {
    /// What is told of it, which is what its bytes say too.
    pub head: Head,
    /// Where it stands in the buffer.
    pub record: Range<usize>,
    /// Where it stands in the feed.
    pub position: Position,
}

/// What a log keeps of an event beside its bytes.
#[derive(Clone, Debug)]
pub struct Head {
    /// Where its stream stands in the buffer.
    pub stream: Range<usize>,
    /// Its version.
    pub version: u64,
    /// Where its type stands in the buffer.
    pub kind: Range<usize>,
    /// When it happened.
    pub time: Option<Timestamp>,
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

    /// Decodes a buffer of records whose heads were told beside their bytes, as in a log's columns.
    /// What nobody reads is not looked at, beyond its type.
    pub fn told(
        &self,
        buffer: Vec<u8>,
        records: impl IntoIterator<Item = Told>,
    ) -> Result<Batch, Fault> {
        let text = String::from_utf8(buffer).map_err(|_| outside())?;
        let mut builder = BatchBuilder::over(text)?;
        builder.read(|text, writer| {
            let mut line = line::Line::new(self.plan);
            let records = records.into_iter();
            writer.reserve(records.size_hint().0, self.plan.slots());
            for told in records {
                self.one(text, told, &mut line, writer);
            }
        });
        Ok(builder.build())
    }

    fn one<'t>(
        &self,
        text: &'t str,
        told: Told,
        line: &mut line::Line<'t, '_>,
        writer: &mut Writer<'_>,
    ) {
        let Told { head, record, position } = told;
        let (stream, kind) = (text.get(head.stream), text.get(head.kind));
        let (Some(stream), Some(kind), Some(record)) = (stream, kind, text.get(record)) else {
            return line.decode("", Some(outside()), position, writer);
        };
        let id = self.plan.kind_id(kind);
        if self.plan.reads(id) || stream.is_empty() || kind.is_empty() {
            return line.decode(record, None, position, writer);
        }
        writer.event(stream, head.version, position);
        if let Some(time) = head.time {
            writer.time(time);
        }
        writer.part(kind, id, std::iter::empty());
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
