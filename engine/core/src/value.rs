//! What documents are made of, and what expressions yield. A value has one form only: equal
//! values are equal bits, equal documents are equal bytes ([`canonical`]). Nothing is a float.

pub mod base64;
pub mod canonical;
pub mod decimal;
pub mod duration;
pub mod json;
mod map;
pub mod number;
pub mod time;
mod wide;

use compact_str::CompactString;

pub use decimal::Decimal;
pub use duration::Duration;
pub use map::Map;
pub use number::{Number, NumberError, Rounding};
pub use time::Timestamp;

/// A value. Their order is by kind, then by content; numbers are ordered among themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing: also what a document that is absent or deleted reads as.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Decimal(Decimal),
    /// Text.
    Text(CompactString),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A moment.
    Time(Timestamp),
    /// A length of time.
    Duration(Duration),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name, sorted.
    Map(Map),
}

const _: () = assert!(size_of::<Value>() <= 32, "documents are many: values stay small");

impl Value {
    /// A text.
    pub fn text(text: &str) -> Value {
        Value::Text(CompactString::from(text))
    }

    /// The number, where it is one.
    pub fn number(&self) -> Option<Number> {
        match self {
            Value::Int(int) => Some(Number::Int(*int)),
            Value::Decimal(decimal) => Some(Number::Decimal(*decimal)),
            _ => None,
        }
    }

    /// The text, where it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The map, where it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The map, to change; a null becomes an empty one first, since the parent of what is set
    /// need not be there before.
    pub fn map_mut(&mut self) -> Option<&mut Map> {
        if matches!(self, Value::Null) {
            *self = Value::Map(Map::default());
        }
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// What stands at the end of this path of names, where every step is there.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |value, name| value.as_map()?.get(name))
    }

    /// What stands at the end of this path of names, to change: missing and null parents become
    /// maps, and what is missing at the end is null. None where a parent is something else.
    pub fn at_mut(&mut self, path: &[&str]) -> Option<&mut Value> {
        path.iter().try_fold(self, |value, name| {
            Some(value.map_mut()?.get_or_insert(name, || Value::Null))
        })
    }

    /// What kind of value it is, in the words of the module language.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Decimal(_) => "decimal",
            Value::Text(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Time(_) => "time",
            Value::Duration(_) => "duration",
            Value::List(_) => "list",
            Value::Map(_) => "map",
        }
    }

    /// As it is after it was stored and read again: times, durations and bytes are their
    /// canonical text. What a document holds in memory must not differ from what it will hold
    /// when it comes back from its store, or a fold would depend on the cache.
    #[must_use]
    pub fn as_stored(self) -> Value {
        match self {
            Value::Bytes(_) | Value::Time(_) | Value::Duration(_) => {
                let mut text = CompactString::default();
                canonical::write_plain(&self, &mut text);
                Value::Text(text)
            }
            Value::List(list) => Value::List(list.into_iter().map(Value::as_stored).collect()),
            Value::Map(mut map) => {
                for (_, value) in map.iter_mut() {
                    *value = std::mem::take(value).as_stored();
                }
                Value::Map(map)
            }
            value => value,
        }
    }

    /// Roughly the bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        size_of::<Value>()
            + match self {
                Value::Text(text) if text.is_heap_allocated() => text.capacity(),
                Value::Bytes(bytes) => bytes.len(),
                Value::List(list) => list.iter().map(Value::bytes).sum(),
                Value::Map(map) => map.bytes(),
                _ => 0,
            }
    }

    fn rank(&self) -> u8 {
        match self {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Int(_) | Value::Decimal(_) => 2,
            Value::Text(_) => 3,
            Value::Bytes(_) => 4,
            Value::Time(_) => 5,
            Value::Duration(_) => 6,
            Value::List(_) => 7,
            Value::Map(_) => 8,
        }
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Value) -> std::cmp::Ordering {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
            (Value::Time(a), Value::Time(b)) => a.cmp(b),
            (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
            (Value::List(a), Value::List(b)) => a.cmp(b),
            (Value::Map(a), Value::Map(b)) => a.cmp(b),
            _ => match (self.number(), other.number()) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => self.rank().cmp(&other.rank()),
            },
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Value) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Value {
        match number {
            Number::Int(int) => Value::Int(int),
            Number::Decimal(decimal) => Value::Decimal(decimal),
        }
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Value {
        Value::Map(map)
    }
}

#[cfg(test)]
mod tests;
