//! A source at work: records become events, by the mapping and the upcasts that its author wrote.
//!
//! What promises nothing can be lost: each record becomes at least one event, or is counted as
//! what it is instead ([`Tally`]). One that cannot be decoded or mapped but yields its stream and
//! version is an event with a fault; one that does not is a nameless event (empty stream, version
//! 0) with a fault. All that one record makes of one stream and version is one event of several
//! parts. Types that are only counted, and events that an upcast drops, are events without parts:
//! they have their place in their stream, and no module sees a type in them.
//!
//! Of a DynamoDB table only an insertion is an event. That an item was changed or removed is an
//! anomaly, which is counted and names the item; unless nothing but attributes was changed that
//! the author calls harmless, or the item's time was over. What is not of interest before and
//! after is left out like any other record. Where documents are folded anew from history, an
//! anomaly is an event without parts as well: its stream must be looked at again.
//!
//! Native event lines, for which an author says nothing but `format: json`, take the way of
//! [`crate::decode`], which is shorter.

mod compile;
mod emit;
pub mod limits;
mod make;
mod native;
mod record;
mod rest;
mod tally;
mod upcast;

use std::collections::BTreeSet;
use std::ops::Range;

use foldline_core::event::{Batch, BatchBuilder};
use foldline_core::fault::Fault;
use foldline_core::position::Position;

pub use tally::{Anomaly, Tally};

use crate::decode::record::{self as records, Binary, Format, Wanted};
use crate::decode::{self, Plan};
use crate::expression::{Node, Path};
use crate::problem::Problem;
use crate::source::{self, Source};

/// Reads the text of a file as a source that is ready to run, or tells all that is wrong with it,
/// by place. One that names a preset is not ready before it has the preset's settings: of it is
/// told what is wrong in any case.
pub fn read(text: &str) -> (Option<Mapping>, Vec<Problem>) {
    let (source, problems) = source::parse(text);
    match source.filter(|source| source.preset.is_none()) {
        Some(source) => compile::mapping(&source, problems),
        None => (None, problems),
    }
}

/// A source that is ready to run.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Whether its records are native lines, and nothing is done with them.
    native: bool,
    format: Format,
    binary: Binary,
    /// What is read of each root of the format, whatever modules read.
    wanted: Vec<Wanted>,
    /// The place in a record that is an event's data as it stands: a root, and a path below it.
    /// Of it no more is read than modules read.
    data: Option<(usize, Path)>,
    condition: Option<Node>,
    explode: Option<Node>,
    event: compile::Event,
    schema: Option<Node>,
    sort: Option<Node>,
    /// Whether streams have no versions.
    refold: bool,
    count_only: BTreeSet<Box<str>>,
    ignored: Vec<Box<str>>,
    upcasts: upcast::Upcasts,
    meaning: u64,
}

/// Makes events of records, for the modules whose plan this is.
#[derive(Clone, Debug)]
pub struct Decoder<'m> {
    mapping: &'m Mapping,
    plan: &'m Plan,
    records: records::Decoder,
    /// What gives an event's `meta` and `id`, where somebody reads them.
    meta: Option<&'m Node>,
    id: Option<&'m Node>,
}

/// The events of some records, and what became of the others.
#[derive(Debug)]
pub struct Decoded {
    /// The events.
    pub batch: Batch,
    /// How many records there were, and how many of them are no events.
    pub tally: Tally,
}

impl Mapping {
    /// Compiles a source that was read without problems and has its preset's settings; or tells
    /// all that is wrong with its expressions. There is a mapping where nothing is wrong.
    pub fn compile(source: &Source) -> (Option<Mapping>, Vec<Problem>) {
        compile::mapping(source, source.check())
    }

    /// What its records are written in.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The same for two mappings that say the same of records. Digests of events that were made by
    /// another one are not compared.
    pub fn meaning(&self) -> u64 {
        self.meaning
    }

    /// Makes events of records, with what this plan reads.
    pub fn decoder<'m>(&'m self, plan: &'m Plan) -> Decoder<'m> {
        let mut wanted = self.wanted.clone();
        if let Some((root, path)) = &self.data
            && let Some(wanted) = wanted.get_mut(*root)
        {
            let path: Vec<&str> = path.iter().map(|name| &**name).collect();
            wanted.there(&path);
            for below in plan.paths("data") {
                wanted.path(&[&path[..], &below].concat());
            }
        }
        let read = |root: &str| !plan.paths(root).is_empty();
        let meta = self.event.meta.as_ref().filter(|_| read("meta") || !self.upcasts.is_empty());
        let id = self.event.id.as_ref().filter(|_| read("id"));
        for (root, path) in meta.iter().chain(&id).flat_map(|apart| &apart.reads) {
            if let Some(wanted) = wanted.get_mut(*root) {
                wanted.path(path);
            }
        }
        let records = records::Decoder::new(self.format, wanted, self.binary);
        let (meta, id) = (meta.map(|apart| &apart.node), id.map(|apart| &apart.node));
        Decoder { mapping: self, plan, records, meta, id }
    }
}

impl Decoder<'_> {
    /// Makes events of a buffer of records, each with its place in the buffer and in the feed.
    /// Only a buffer that is too large for a batch is an error; a bad record is an event with a
    /// fault.
    pub fn decode(
        &self,
        buffer: Vec<u8>,
        records: impl IntoIterator<Item = (Range<usize>, Position)>,
    ) -> Result<Decoded, Fault> {
        if self.mapping.native {
            let batch = decode::Decoder::new(self.plan).decode(buffer, records)?;
            let tally = Tally::all(batch.len());
            return Ok(Decoded { batch, tally });
        }
        let (text, records) = decode::input::text(buffer, records);
        let mut builder = BatchBuilder::over(text)?;
        let mut tally = Tally::default();
        builder.read(|text, writer| {
            let mut out = emit::Out::new(self.plan, writer);
            for (range, position, fault) in records {
                let piece = text.get(range);
                let fault = fault.or_else(|| piece.is_none().then(decode::outside));
                self.record(piece.unwrap_or_default(), fault, position, &mut out, &mut tally);
            }
        });
        let batch = builder.build();
        tally.events = batch.len() as u64;
        Ok(Decoded { batch, tally })
    }
}

#[cfg(test)]
mod tests;
