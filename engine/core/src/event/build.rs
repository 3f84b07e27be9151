//! Builds a batch, event by event. A text that is a piece of the batch's own text is pointed at;
//! any other is copied. A batch that is full marks the event that does not fit with a fault:
//! places never wrap.

use xxhash_rust::xxh3::xxh3_64;

use super::{Batch, Event, Head, KIND_UNKNOWN, NO_TIME, PartHead, Piece, Slot, SlotAt};
use crate::fault::Fault;
use crate::limits;
use crate::name;
use crate::position::Position;
use crate::time::Time;
use crate::value::{Timestamp, json};

/// Builds a batch, event by event.
#[derive(Debug, Default)]
pub struct BatchBuilder {
    batch: Batch,
    digested: Vec<u8>,
}

/// Adds events to a batch while its own text is being read.
#[derive(Debug)]
pub struct Writer<'b> {
    batch: &'b mut Batch,
    text: &'b str,
    digested: &'b mut Vec<u8>,
}

impl BatchBuilder {
    /// A builder over the text that was read, which the batch keeps.
    pub fn over(text: String) -> Result<BatchBuilder, Fault> {
        if text.len() > limits::BATCH_TEXT_MAX {
            let message = format!("a batch has at most 4 GiB of text, this one {}", text.len());
            return Err(Fault::new("too_large", message));
        }
        let batch = Batch { text, ..Batch::default() };
        Ok(BatchBuilder { batch, digested: Vec::new() })
    }

    /// The text, and who adds the events found in it.
    pub fn read(&mut self, events: impl FnOnce(&str, &mut Writer<'_>)) -> &mut BatchBuilder {
        // The text is taken out meanwhile, so that it can be read while the tables grow.
        let text = std::mem::take(&mut self.batch.text);
        let mut writer =
            Writer { batch: &mut self.batch, text: &text, digested: &mut self.digested };
        events(&text, &mut writer);
        self.batch.text = text;
        self
    }

    /// Begins an event; parts follow.
    pub fn event(&mut self, stream: &str, version: u64, position: Position) -> &mut BatchBuilder {
        self.read(|_, writer| writer.event(stream, version, position))
    }

    /// Sets the time of the event begun last; one past the year 9999 is none.
    pub fn time(&mut self, time: Time) -> &mut BatchBuilder {
        self.read(|_, writer| {
            if let Some(time) = Timestamp::from_millis(time) {
                writer.time(time);
            }
        })
    }

    /// Sets the time of the event begun last, to the nanosecond.
    pub fn timestamp(&mut self, time: Timestamp) -> &mut BatchBuilder {
        self.read(|_, writer| writer.time(time))
    }

    /// Sets what orders the event begun last where the source has no versions.
    pub fn sort(&mut self, sort: &str) -> &mut BatchBuilder {
        self.read(|_, writer| writer.sort(sort))
    }

    /// Says that the event begun last cannot be decoded.
    pub fn fault(&mut self, fault: Fault) -> &mut BatchBuilder {
        self.read(|_, writer| writer.fault(fault))
    }

    /// Adds a part to the event begun last.
    pub fn part(&mut self, kind: &str, slots: &[Slot<'_>]) -> &mut BatchBuilder {
        self.part_of(kind, KIND_UNKNOWN, slots)
    }

    /// Adds a part, whose type has this number, to the event begun last.
    pub fn part_of(&mut self, kind: &str, id: u32, slots: &[Slot<'_>]) -> &mut BatchBuilder {
        self.read(|_, writer| writer.part(kind, id, slots.iter().copied()))
    }

    /// Adds a copy of another batch's event.
    pub fn copy(&mut self, event: Event<'_>) -> &mut BatchBuilder {
        self.read(|_, writer| writer.copy(event))
    }

    /// The batch.
    pub fn build(self) -> Batch {
        self.batch
    }
}

impl Writer<'_> {
    /// Makes room for this many events of this many slots, so that tables do not grow by copies.
    pub fn reserve(&mut self, events: usize, slots: usize) {
        let events = events.min(limits::BATCH_EVENTS_MAX);
        self.batch.heads.reserve(events);
        self.batch.positions.reserve(events);
        self.batch.parts.reserve(events);
        self.batch.slots.reserve(events.saturating_mul(slots));
    }

    /// Begins an event; parts follow.
    pub fn event(&mut self, stream: &str, version: u64, position: Position) {
        let first_part = index(self.batch.parts.len());
        self.batch.heads.push(Head {
            stream: Piece::default(),
            hash: name::hash(stream),
            version,
            seconds: 0,
            nanos: NO_TIME,
            digest: 1,
            first_part,
            parts: 0,
        });
        let last = self.batch.positions.last();
        self.batch.falls |= last.is_some_and(|last| position <= *last);
        self.batch.positions.push(position);
        let stream = self.piece(stream);
        if let Some(head) = self.batch.heads.last_mut() {
            head.stream = stream;
        }
    }

    /// Sets the time of the event begun last.
    pub fn time(&mut self, time: Timestamp) {
        if let Some(head) = self.batch.heads.last_mut() {
            (head.seconds, head.nanos) = (time.seconds(), time.nanos());
        }
    }

    /// Sets what orders the event begun last where the source has no versions.
    pub fn sort(&mut self, sort: &str) {
        if let Some(place) = self.place()
            && !sort.is_empty()
        {
            let piece = self.piece(sort);
            self.batch.sorts.pop_if(|(last, _)| *last == place);
            self.batch.sorts.push((place, piece));
        }
    }

    /// Says that the event begun last cannot be decoded. The first such word stands.
    pub fn fault(&mut self, fault: Fault) {
        if let Some(place) = self.place()
            && self.batch.faults.last().is_none_or(|(last, _)| *last != place)
        {
            self.batch.faults.push((place, fault));
        }
    }

    /// Adds a part, whose type has this number, to the event begun last.
    pub fn part<'s>(&mut self, kind: &str, id: u32, slots: impl Iterator<Item = Slot<'s>>) {
        if self.batch.heads.is_empty() {
            return;
        }
        let kind_at = self.piece(kind);
        let first_slot = self.batch.slots.len();
        self.digested.clear();
        put(self.digested, b't', kind.as_bytes());
        for slot in slots {
            let at = self.slot(slot);
            self.batch.slots.push(at);
        }
        let digest = self.digest();
        let slots = index(self.batch.slots.len() - first_slot);
        let first_slot = index(first_slot);
        self.batch.parts.push(PartHead { kind: kind_at, kind_id: id, first_slot, slots });
        if let Some(head) = self.batch.heads.last_mut() {
            head.parts += 1;
            head.digest = (head.digest.rotate_left(7) ^ digest).max(1);
        }
    }

    /// Adds a copy of another batch's event.
    pub fn copy(&mut self, event: Event<'_>) {
        self.event(event.stream(), event.version(), event.position().clone());
        self.sort(event.sort());
        if let Some(time) = event.timestamp() {
            self.time(time);
        }
        if let Some(fault) = event.fault() {
            self.fault(fault.clone());
        }
        for part in event.parts() {
            self.part(part.kind(), part.kind_id(), part.slots());
        }
        if let Some(head) = self.batch.heads.last_mut() {
            head.digest = event.digest();
        }
    }

    fn place(&self) -> Option<u32> {
        self.batch.heads.len().checked_sub(1).map(index)
    }

    /// Keeps a slot's value, and adds it to what is digested.
    fn slot(&mut self, slot: Slot<'_>) -> SlotAt {
        match slot {
            Slot::Missing => {
                self.digested.push(b'-');
                SlotAt::Missing
            }
            Slot::Null => {
                self.digested.push(b'0');
                SlotAt::Null
            }
            Slot::Bool(yes) => {
                self.digested.extend([b'b', u8::from(yes)]);
                SlotAt::Bool(yes)
            }
            Slot::Int(int) => {
                self.digested.push(b'i');
                self.digested.extend(int.to_le_bytes());
                SlotAt::Int(int)
            }
            Slot::Decimal(decimal) => {
                self.digested.push(b'd');
                self.digested.extend(decimal.bits().into_iter().flat_map(u64::to_le_bytes));
                self.batch.decimals.push(decimal);
                SlotAt::Decimal(index(self.batch.decimals.len() - 1))
            }
            Slot::Text(text) => {
                put(self.digested, b's', text.as_bytes());
                SlotAt::Text(self.piece(text))
            }
            Slot::Raw(text) => {
                // Equal values have equal digests, in whatever order a source spells them.
                match json::digest(text) {
                    Ok(digest) => put(self.digested, b'v', &digest.to_le_bytes()),
                    Err(error) => {
                        self.fault(error.into());
                        put(self.digested, b'r', text.as_bytes());
                    }
                }
                SlotAt::Raw(self.piece(text))
            }
        }
    }

    fn digest(&self) -> u32 {
        let digest = xxh3_64(self.digested);
        u32::try_from((digest ^ digest >> 32) & u64::from(u32::MAX)).unwrap_or_default()
    }

    /// Where this text stands in the batch: where it stands already, or copied.
    fn piece(&mut self, text: &str) -> Piece {
        let len = text.len();
        if let Some(start) = within(self.text, text) {
            return Piece { start: index(start), len: index(len) };
        }
        let start = self.text.len() + self.batch.copied.len();
        if len > limits::BATCH_TEXT_MAX.saturating_sub(start) {
            self.fault(Fault::new("too_large", "the batch has no room for this event's text"));
            return Piece::default();
        }
        self.batch.copied.push_str(text);
        Piece { start: index(start), len: index(len) }
    }
}

/// The place of a piece of a text in it; none for any other text. Both are borrowed at once, so
/// addresses within one are addresses of the other.
fn within(whole: &str, piece: &str) -> Option<usize> {
    let start = piece.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let room = whole.len().checked_sub(start)?;
    (!piece.is_empty() && piece.len() <= room).then_some(start)
}

/// Places and counts are 32 bits: [`limits::BATCH_TEXT_MAX`] bounds them all.
fn index(place: usize) -> u32 {
    debug_assert!(u32::try_from(place).is_ok(), "a batch is bounded");
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Adds bytes to what is digested, told apart from their neighbours.
fn put(digested: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    digested.push(tag);
    digested.extend((bytes.len() as u64).to_le_bytes());
    digested.extend(bytes);
}
