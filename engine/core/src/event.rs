//! Events, many in one batch that owns their bytes.

use std::sync::Arc;

use crate::fault::Fault;
use crate::name;
use crate::position::Position;
use crate::time::Time;

/// Events of one partition (or of one stream's history), with the bytes that they borrow from.
#[derive(Debug, Default, PartialEq)]
pub struct Batch {
    text: String,
    heads: Vec<Head>,
    parts: Vec<PartHead>,
    slots: Vec<SlotAt>,
}

#[derive(Clone, Debug, PartialEq)]
struct Head {
    stream: Span,
    hash: u64,
    version: u64,
    sort: Span,
    time: Option<Time>,
    position: Position,
    digest: u32,
    first_part: u32,
    parts: u32,
    fault: Option<Box<Fault>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Span {
    start: u32,
    len: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct PartHead {
    kind: Span,
    first_slot: u32,
    slots: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum SlotAt {
    Missing,
    Null,
    Bool(bool),
    Int(i64),
    Text(Span),
}

/// The value at one of the paths that the attached projections read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Slot<'b> {
    /// Not there.
    Missing,
    /// There, and null.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(&'b str),
}

/// One event of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Event<'b> {
    batch: &'b Batch,
    head: &'b Head,
}

/// One part of an event: most have one; what an upcast splits has several, which share the
/// version and apply as one unit.
#[derive(Clone, Copy, Debug)]
pub struct Part<'b> {
    batch: &'b Batch,
    head: PartHead,
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

    /// One event.
    pub fn event(&self, index: usize) -> Option<Event<'_>> {
        self.heads.get(index).map(|head| Event { batch: self, head })
    }

    /// All events, in order.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        self.heads.iter().map(|head| Event { batch: self, head })
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
            + self.heads.len() * size_of::<Head>()
            + self.parts.len() * size_of::<PartHead>()
            + self.slots.len() * size_of::<SlotAt>()
    }

    fn text(&self, span: Span) -> &str {
        let start = span.start as usize;
        self.text.get(start..start + span.len as usize).unwrap_or_default()
    }
}

impl<'b> Event<'b> {
    /// Its stream; empty for a record that yields none.
    pub fn stream(&self) -> &'b str {
        self.batch.text(self.head.stream)
    }

    /// [`name::hash`] of the stream, computed once.
    pub fn hash(&self) -> u64 {
        self.head.hash
    }

    /// Its version in the stream.
    pub fn version(&self) -> u64 {
        self.head.version
    }

    /// What orders it in its stream where the source has no versions; else empty.
    pub fn sort(&self) -> &'b str {
        self.batch.text(self.head.sort)
    }

    /// When it happened, if it says so.
    pub fn time(&self) -> Option<Time> {
        self.head.time
    }

    /// Where it stands in its partition.
    pub fn position(&self) -> &'b Position {
        &self.head.position
    }

    /// A short digest of its types and slots; never 0.
    pub fn digest(&self) -> u32 {
        self.head.digest
    }

    /// Why it could not be decoded, if it could not.
    pub fn fault(&self) -> Option<&'b Fault> {
        self.head.fault.as_deref()
    }

    /// Its parts, in order.
    pub fn parts(&self) -> impl Iterator<Item = Part<'b>> + use<'b> {
        let first = self.head.first_part as usize;
        let parts = self.batch.parts.get(first..first + self.head.parts as usize);
        let batch = self.batch;
        parts.unwrap_or_default().iter().map(move |head| Part { batch, head: *head })
    }

    /// The type of its first part; empty where it could not be decoded.
    pub fn kind(&self) -> &'b str {
        self.parts().next().map(|part| part.kind()).unwrap_or_default()
    }
}

impl<'b> Part<'b> {
    /// Its type.
    pub fn kind(&self) -> &'b str {
        self.batch.text(self.head.kind)
    }

    /// The values of all its slots, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot<'b>> + use<'b> {
        let part = *self;
        (0..part.head.slots as usize).map(move |number| part.slot(number))
    }

    /// The value in this slot.
    pub fn slot(&self, number: usize) -> Slot<'b> {
        if number >= self.head.slots as usize {
            return Slot::Missing;
        }
        match self.batch.slots.get(self.head.first_slot as usize + number) {
            None | Some(SlotAt::Missing) => Slot::Missing,
            Some(SlotAt::Null) => Slot::Null,
            Some(SlotAt::Bool(yes)) => Slot::Bool(*yes),
            Some(SlotAt::Int(number)) => Slot::Int(*number),
            Some(SlotAt::Text(span)) => Slot::Text(self.batch.text(*span)),
        }
    }
}

/// Builds a batch, event by event.
#[derive(Debug, Default)]
pub struct BatchBuilder {
    batch: Batch,
}

impl BatchBuilder {
    /// Begins an event; parts follow.
    pub fn event(&mut self, stream: &str, version: u64, position: Position) -> &mut BatchBuilder {
        let first_part = u32::try_from(self.batch.parts.len()).unwrap_or(u32::MAX);
        let stream_at = self.span(stream);
        self.batch.heads.push(Head {
            stream: stream_at,
            hash: name::hash(stream),
            version,
            sort: Span::default(),
            time: None,
            position,
            digest: 1,
            first_part,
            parts: 0,
            fault: None,
        });
        self
    }

    /// Sets the time of the event begun last.
    pub fn time(&mut self, time: Time) -> &mut BatchBuilder {
        if let Some(head) = self.batch.heads.last_mut() {
            head.time = Some(time);
        }
        self
    }

    /// Sets what orders the event begun last where the source has no versions.
    pub fn sort(&mut self, sort: &str) -> &mut BatchBuilder {
        let span = self.span(sort);
        if let Some(head) = self.batch.heads.last_mut() {
            head.sort = span;
        }
        self
    }

    /// Says that the event begun last cannot be decoded.
    pub fn fault(&mut self, fault: Fault) -> &mut BatchBuilder {
        if let Some(head) = self.batch.heads.last_mut() {
            head.fault = Some(Box::new(fault));
        }
        self
    }

    /// Adds a part to the event begun last.
    pub fn part(&mut self, kind: &str, slots: &[Slot<'_>]) -> &mut BatchBuilder {
        let kind_at = self.span(kind);
        let first_slot = u32::try_from(self.batch.slots.len()).unwrap_or(u32::MAX);
        let mut digest = xxhash_rust::xxh3::Xxh3::new();
        digest.update(kind.as_bytes());
        for slot in slots {
            digest.update(format!("{slot:?}").as_bytes());
            let at = match slot {
                Slot::Missing => SlotAt::Missing,
                Slot::Null => SlotAt::Null,
                Slot::Bool(yes) => SlotAt::Bool(*yes),
                Slot::Int(number) => SlotAt::Int(*number),
                Slot::Text(text) => SlotAt::Text(self.span(text)),
            };
            self.batch.slots.push(at);
        }
        let slots = u32::try_from(slots.len()).unwrap_or(u32::MAX);
        self.batch.parts.push(PartHead { kind: kind_at, first_slot, slots });
        if let Some(head) = self.batch.heads.last_mut() {
            head.parts += 1;
            let folded = digest.digest() as u32;
            head.digest = (head.digest.rotate_left(7) ^ folded).max(1);
        }
        self
    }

    /// Adds a copy of another batch's event.
    pub fn copy(&mut self, event: Event<'_>) -> &mut BatchBuilder {
        self.event(event.stream(), event.version(), event.position().clone());
        self.sort(event.sort());
        for part in event.parts() {
            let count = part.head.slots as usize;
            let slots: Vec<Slot<'_>> = (0..count).map(|number| part.slot(number)).collect();
            self.part(part.kind(), &slots);
        }
        if let Some(head) = self.batch.heads.last_mut() {
            head.time = event.time();
            head.digest = event.digest();
            head.fault = event.fault().cloned().map(Box::new);
        }
        self
    }

    /// The batch.
    pub fn build(self) -> Batch {
        self.batch
    }

    fn span(&mut self, text: &str) -> Span {
        let start = u32::try_from(self.batch.text.len()).unwrap_or(u32::MAX);
        self.batch.text.push_str(text);
        Span { start, len: u32::try_from(text.len()).unwrap_or(0) }
    }
}
