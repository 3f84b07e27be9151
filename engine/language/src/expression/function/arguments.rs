//! What a function is called with, as the kinds that it takes. They were looked at before, so that
//! the failures here are not met; they are there for a table that says one kind and code that
//! takes another.

use std::borrow::Cow;

use foldline_core::value::{Map, Number, Timestamp, Value};

use super::super::wrong::Failure;

/// What a function is called with.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(pub(super) &'a [Cow<'a, Value>]);

impl<'a> Arguments<'a> {
    /// All of them.
    pub(super) fn all(self) -> impl Iterator<Item = &'a Value> {
        self.0.iter().map(Cow::as_ref)
    }

    /// The one at this place, if so many were given.
    pub(super) fn given(self, place: usize) -> Option<&'a Value> {
        self.0.get(place).map(Cow::as_ref)
    }

    /// The one at this place.
    pub(super) fn value(self, place: usize) -> Result<&'a Value, Failure> {
        self.given(place).ok_or_else(|| Failure::new("missing", "an argument is missing"))
    }

    /// A text.
    pub(super) fn text(self, place: usize) -> Result<&'a str, Failure> {
        self.read(place, "a string", Value::as_text)
    }

    /// A text, or this one where none is given.
    pub(super) fn text_or(self, place: usize, other: &'a str) -> Result<&'a str, Failure> {
        if self.given(place).is_some() { self.text(place) } else { Ok(other) }
    }

    /// A whole number.
    pub(super) fn int(self, place: usize) -> Result<i64, Failure> {
        self.read(place, "an int", |value| match value {
            Value::Int(int) => Some(*int),
            _ => None,
        })
    }

    /// A whole number, or this one where none is given.
    pub(super) fn int_or(self, place: usize, other: i64) -> Result<i64, Failure> {
        if self.given(place).is_some() { self.int(place) } else { Ok(other) }
    }

    /// How many: no less than none.
    pub(super) fn count(self, place: usize) -> Result<usize, Failure> {
        let int = self.int(place)?;
        let below = |_| Failure::new("argument", format!("{int} is below 0"));
        usize::try_from(int).map_err(below)
    }

    /// A number.
    pub(super) fn number(self, place: usize) -> Result<Number, Failure> {
        self.read(place, "a number", Value::number)
    }

    /// A moment.
    pub(super) fn time(self, place: usize) -> Result<Timestamp, Failure> {
        self.read(place, "a time", |value| match value {
            Value::Time(time) => Some(*time),
            _ => None,
        })
    }

    /// Bytes.
    pub(super) fn bytes(self, place: usize) -> Result<&'a [u8], Failure> {
        self.read(place, "bytes", |value| match value {
            Value::Bytes(bytes) => Some(&**bytes),
            _ => None,
        })
    }

    /// The elements of a list.
    pub(super) fn list(self, place: usize) -> Result<&'a [Value], Failure> {
        self.read(place, "a list", |value| match value {
            Value::List(items) => Some(&**items),
            _ => None,
        })
    }

    /// A map.
    pub(super) fn map(self, place: usize) -> Result<&'a Map, Failure> {
        self.read(place, "a map", Value::as_map)
    }

    fn read<T>(
        self,
        place: usize,
        expected: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T, Failure> {
        let value = self.value(place)?;
        read(value).ok_or_else(|| Failure::kind(expected, value))
    }
}
