//! Where something stands in a feed: opaque to the engine, ordered within a partition. A position
//! is (record, index in the record), because one record may make several events; the incarnation
//! beside it says which feed it points into.

use crate::fault::Fault;
use crate::name::Name;

/// Which life of a feed a position belongs to (topic id, stream ARN with its creation time,
/// system id). A position of another incarnation points nowhere.
pub type Incarnation = Name;

/// The bytes that fit a record's place without a heap block: 56 Kinesis digits, packed.
const INLINE: usize = 30;

/// A record's place in its partition: bytes whose order is the feed's order.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Record(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Inline { len: u8, bytes: [u8; INLINE] },
    Heap(std::sync::Arc<[u8]>),
}

const NUMBER: u8 = b'n';
const DIGITS: u8 = b'd';
const PAIR: u8 = b'p';

impl Record {
    /// A place that is a number: a Kafka offset, a sequence of the embedded log.
    pub fn number(number: u64) -> Record {
        let mut bytes = [0; 9];
        bytes[0] = NUMBER;
        bytes[1..].copy_from_slice(&number.to_be_bytes());
        Record::from_bytes(&bytes)
    }

    /// A place that is a pair of numbers: a file and an offset, a transaction and a sequence.
    pub fn pair(major: u64, minor: u64) -> Record {
        let mut bytes = [0; 17];
        bytes[0] = PAIR;
        bytes[1..9].copy_from_slice(&major.to_be_bytes());
        bytes[9..].copy_from_slice(&minor.to_be_bytes());
        Record::from_bytes(&bytes)
    }

    /// A place that is a decimal number of any length: Kinesis sequence numbers have up to 129
    /// digits, more than any machine integer. Ordered by value.
    pub fn digits(text: &str) -> Result<Record, Fault> {
        let trimmed = text.trim_start_matches('0');
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) || trimmed.len() > 255 {
            return Err(Fault::new(
                "position",
                format!("`{text}` is not a sequence number of 1 to 255 decimal digits"),
            ));
        }
        let mut bytes = vec![DIGITS, u8::try_from(trimmed.len()).unwrap_or(u8::MAX)];
        let pairs = trimmed.as_bytes().chunks(2);
        bytes.extend(pairs.map(|pair| match pair {
            [high, low] => (high - b'0') << 4 | (low - b'0'),
            [high] => (high - b'0') << 4,
            _ => 0,
        }));
        Ok(Record::from_bytes(&bytes))
    }

    /// The bytes as stored; [`Record::from_bytes`] reads them back.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or(bytes),
            Repr::Heap(bytes) => bytes,
        }
    }

    /// A record from its stored bytes.
    pub fn from_bytes(stored: &[u8]) -> Record {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..stored.len()), u8::try_from(stored.len())) {
            (Some(place), Ok(len)) => {
                place.copy_from_slice(stored);
                Record(Repr::Inline { len, bytes })
            }
            _ => Record(Repr::Heap(stored.into())),
        }
    }
}

impl Ord for Record {
    fn cmp(&self, other: &Record) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl PartialOrd for Record {
    fn partial_cmp(&self, other: &Record) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = |bytes: &[u8]| bytes.iter().fold(0u64, |sum, b| sum << 8 | u64::from(*b));
        match self.as_bytes() {
            [NUMBER, rest @ ..] => write!(f, "{}", number(rest)),
            [PAIR, rest @ ..] if rest.len() == 16 => {
                let (major, minor) = rest.split_at(8);
                write!(f, "{}/{}", number(major), number(minor))
            }
            [DIGITS, 0, ..] => f.write_str("0"),
            [DIGITS, len, packed @ ..] => {
                let digits = packed.iter().flat_map(|pair| [pair >> 4, pair & 15]);
                digits.take(usize::from(*len)).try_for_each(|digit| write!(f, "{digit}"))
            }
            other => other.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// Where an event stands: its record, and which of the record's events it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The record.
    pub record: Record,
    /// Which of the record's events, from 0.
    pub index: u32,
}

impl Position {
    /// The first event of the record at this number.
    pub fn number(number: u64) -> Position {
        Position { record: Record::number(number), index: 0 }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.index {
            0 => write!(f, "{}", self.record),
            index => write!(f, "{}+{index}", self.record),
        }
    }
}

impl std::fmt::Debug for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}
