//! Events, many in one batch that owns their bytes. A batch takes the text that was read as it
//! is, and events point into it; what had to be rewritten (texts with escapes, events copied
//! from elsewhere) stands in a second text beside it. Values that nobody reads are not there.

mod build;

use std::sync::Arc;

pub use build::{BatchBuilder, Writer};

use crate::fault::Fault;
use crate::position::Position;
use crate::time::Time;
use crate::value::json::{self, JsonError};
use crate::value::{Decimal, Timestamp, Value};

/// The kind of a part whose type the decoder's plan does not know.
pub const KIND_UNKNOWN: u32 = u32::MAX;

/// Events of one partition (or of one stream's history), with the bytes that they borrow from.
/// What is the same for each event stands in columns, what is rare in lists by event: the
/// machine looks at every head, but at few positions and fewer faults.
#[derive(Default)]
pub struct Batch {
    /// As it was read; places at and past its end are in `copied`.
    text: String,
    copied: String,
    heads: Vec<Head>,
    positions: Vec<Position>,
    parts: Vec<PartHead>,
    slots: Vec<SlotAt>,
    decimals: Vec<Decimal>,
    sorts: Vec<(u32, Piece)>,
    faults: Vec<(u32, Fault)>,
    /// Set where a position is not above the one before it.
    falls: bool,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    stream: Piece,
    hash: u64,
    version: u64,
    seconds: i64,
    /// [`NO_TIME`] where there is no time.
    nanos: u32,
    digest: u32,
    first_part: u32,
    parts: u32,
}

const NO_TIME: u32 = u32::MAX;

/// A piece of a batch's text.
#[derive(Clone, Copy, Debug, Default)]
struct Piece {
    start: u32,
    len: u32,
}

#[derive(Clone, Copy, Debug)]
struct PartHead {
    kind: Piece,
    kind_id: u32,
    first_slot: u32,
    slots: u32,
}

#[derive(Clone, Copy, Debug)]
enum SlotAt {
    Missing,
    Null,
    Bool(bool),
    Int(i64),
    Decimal(u32),
    Text(Piece),
    Raw(Piece),
}

const _: () = assert!(size_of::<Head>() <= 48, "a batch has many heads");
const _: () = assert!(size_of::<SlotAt>() <= 16, "a batch has many slots");
const _: () = assert!(size_of::<Slot<'_>>() <= 32, "slots are passed by value");

/// The value at one of the paths that the attached projections read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot<'b> {
    /// Not there.
    Missing,
    /// There, and null.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Decimal(Decimal),
    /// Text.
    Text(&'b str),
    /// A list or a map, as well-formed JSON.
    Raw(&'b str),
}

impl Slot<'_> {
    /// The value; none where there is nothing.
    pub fn value(self) -> Result<Option<Value>, JsonError> {
        Ok(match self {
            Slot::Missing => None,
            Slot::Null => Some(Value::Null),
            Slot::Bool(yes) => Some(Value::Bool(yes)),
            Slot::Int(int) => Some(Value::Int(int)),
            Slot::Decimal(decimal) => Some(Value::Decimal(decimal)),
            Slot::Text(text) => Some(Value::text(text)),
            Slot::Raw(text) => Some(json::value(text)?),
        })
    }
}

/// One event of a batch.
#[derive(Clone, Copy)]
pub struct Event<'b> {
    batch: &'b Batch,
    head: &'b Head,
    place: usize,
}

/// One part of an event: most have one; what an upcast splits has several, which share the
/// version and apply as one unit.
#[derive(Clone, Copy)]
pub struct Part<'b> {
    batch: &'b Batch,
    head: &'b PartHead,
}

impl Batch {
    /// How many events.
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Whether each position is above the one before it, as in whatever a feed delivers.
    pub fn rises(&self) -> bool {
        !self.falls
    }

    /// One event.
    pub fn event(&self, index: usize) -> Option<Event<'_>> {
        self.heads.get(index).map(|head| Event { batch: self, head, place: index })
    }

    /// All events, in order.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.heads.iter().enumerate().map(|(place, head)| Event { batch: self, head, place })
    }

    /// One event alone, with bytes of its own: what is held or parked must not keep the whole
    /// batch in memory.
    pub fn extract(&self, index: usize) -> Option<Arc<Batch>> {
        let event = self.event(index)?;
        let mut builder = BatchBuilder::default();
        builder.copy(event);
        Some(Arc::new(builder.build()))
    }

    /// Roughly the bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        size_of::<Batch>()
            + self.text.len()
            + self.copied.len()
            + self.heads.len() * (size_of::<Head>() + size_of::<Position>())
            + self.parts.len() * size_of::<PartHead>()
            + self.slots.len() * size_of::<SlotAt>()
            + self.decimals.len() * size_of::<Decimal>()
            + self.sorts.len() * size_of::<(u32, Piece)>()
            + self
                .faults
                .iter()
                .map(|(_, fault)| size_of::<Fault>() + fault.message.len())
                .sum::<usize>()
    }

    fn text(&self, piece: Piece) -> &str {
        let (start, len) = (piece.start as usize, piece.len as usize);
        let found = match start.checked_sub(self.text.len()) {
            None => self.text.get(start..start + len),
            Some(start) => self.copied.get(start..start + len),
        };
        found.unwrap_or_default()
    }
}

/// The entry of an event in one of the lists of what is rare, which are in order of event.
fn rare<T>(list: &[(u32, T)], place: usize) -> Option<&T> {
    if list.is_empty() {
        return None;
    }
    let at = list.binary_search_by_key(&place, |(place, _)| *place as usize).ok()?;
    list.get(at).map(|(_, entry)| entry)
}

impl<'b> Event<'b> {
    /// Its stream; empty for a record that yields none.
    pub fn stream(&self) -> &'b str {
        self.batch.text(self.head.stream)
    }

    /// [`crate::name::hash`] of the stream, computed once.
    pub fn hash(&self) -> u64 {
        self.head.hash
    }

    /// Its version in the stream.
    pub fn version(&self) -> u64 {
        self.head.version
    }

    /// What orders it in its stream where the source has no versions; else empty.
    pub fn sort(&self) -> &'b str {
        rare(&self.batch.sorts, self.place).map(|piece| self.batch.text(*piece)).unwrap_or_default()
    }

    /// When it happened, if it says so, as the machine tells time.
    pub fn time(&self) -> Option<Time> {
        self.timestamp().map(Timestamp::millis)
    }

    /// When it happened, if it says so.
    pub fn timestamp(&self) -> Option<Timestamp> {
        Timestamp::new(self.head.seconds, self.head.nanos)
    }

    /// Where it stands in its partition.
    pub fn position(&self) -> &'b Position {
        match self.batch.positions.get(self.place) {
            Some(position) => position,
            None => unreachable!("the builder adds a position with each head"),
        }
    }

    /// A short digest of its types and slots; never 0.
    pub fn digest(&self) -> u32 {
        self.head.digest
    }

    /// Why it could not be decoded, if it could not.
    pub fn fault(&self) -> Option<&'b Fault> {
        rare(&self.batch.faults, self.place)
    }

    /// Its parts, in order.
    pub fn parts(&self) -> impl Iterator<Item = Part<'b>> + use<'b> {
        let first = self.head.first_part as usize;
        let parts = self.batch.parts.get(first..first + self.head.parts as usize);
        let batch = self.batch;
        parts.unwrap_or_default().iter().map(move |head| Part { batch, head })
    }

    /// The type of its first part; empty where it could not be told. An event with a fault has
    /// its type if that could be read, but no slots.
    pub fn kind(&self) -> &'b str {
        self.parts().next().map(|part| part.kind()).unwrap_or_default()
    }
}

impl<'b> Part<'b> {
    /// Its type.
    pub fn kind(&self) -> &'b str {
        self.batch.text(self.head.kind)
    }

    /// The number that the decoder's plan gave its type; [`KIND_UNKNOWN`] where it gave none.
    pub fn kind_id(&self) -> u32 {
        self.head.kind_id
    }

    /// How many slots it has.
    pub fn len(&self) -> usize {
        self.head.slots as usize
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.head.slots == 0
    }

    /// The value in this slot.
    pub fn slot(&self, number: usize) -> Slot<'b> {
        if number >= self.len() {
            return Slot::Missing;
        }
        match self.batch.slots.get(self.head.first_slot as usize + number) {
            None | Some(SlotAt::Missing) => Slot::Missing,
            Some(SlotAt::Null) => Slot::Null,
            Some(SlotAt::Bool(yes)) => Slot::Bool(*yes),
            Some(SlotAt::Int(number)) => Slot::Int(*number),
            Some(SlotAt::Decimal(place)) => {
                let decimal = self.batch.decimals.get(*place as usize);
                decimal.map_or(Slot::Missing, |decimal| Slot::Decimal(*decimal))
            }
            Some(SlotAt::Text(piece)) => Slot::Text(self.batch.text(*piece)),
            Some(SlotAt::Raw(piece)) => Slot::Raw(self.batch.text(*piece)),
        }
    }

    /// All its slots, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot<'b>> + use<'b> {
        let part = *self;
        (0..part.len()).map(move |number| part.slot(number))
    }
}

mod same;

#[cfg(test)]
mod tests;
