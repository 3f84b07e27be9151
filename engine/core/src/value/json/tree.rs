//! JSON text as a value, and as a digest that is the same for equal values. Recursion ends at
//! the reader's depth.

use compact_str::CompactString;

use super::super::{Map, Number, Value, canonical};
use super::{JsonError, Kind, Reader, Wrong};

/// Reads a whole text as a value. Times, durations and bytes are text in JSON, and stay text.
pub fn value(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader::new(text);
    let value = reader.value()?;
    reader.end()?;
    Ok(value)
}

/// A digest of a text that is the same for all texts of equal values, however they are spaced,
/// spelled and ordered.
pub fn digest(text: &str) -> Result<u64, JsonError> {
    Ok(canonical::hash(&value(text)?))
}

impl Reader<'_> {
    /// Reads any value.
    pub fn value(&mut self) -> Result<Value, JsonError> {
        Ok(match self.kind()? {
            Kind::Null => {
                self.null()?;
                Value::Null
            }
            Kind::Bool => Value::Bool(self.bool()?),
            Kind::Number => self.exact()?.into(),
            Kind::Text => Value::Text(self.quoted()?.text()?.as_ref().into()),
            Kind::List => Value::List(self.list()?),
            Kind::Map => Value::Map(self.map()?),
        })
    }

    /// Reads a number with all its digits.
    pub fn exact(&mut self) -> Result<Number, JsonError> {
        let at = self.place();
        Number::parse(self.number()?).map_err(|error| JsonError { at, what: Wrong::Number(error) })
    }

    fn list(&mut self) -> Result<Vec<Value>, JsonError> {
        let mut list = Vec::new();
        self.open_list()?;
        while self.item(list.is_empty())? {
            list.push(self.value()?);
        }
        Ok(list)
    }

    fn map(&mut self) -> Result<Map, JsonError> {
        let mut values: Vec<(CompactString, Value)> = Vec::new();
        self.open_map()?;
        while let Some(name) = self.name(values.is_empty())? {
            let name = CompactString::from(name.text()?.as_ref());
            values.push((name, self.value()?));
        }
        Map::sorted(values).ok_or_else(|| self.wrong(Wrong::Duplicate))
    }
}
