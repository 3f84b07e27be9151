//! What documents are made of.

use compact_str::CompactString;

/// A value of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing: also what a document that is absent or deleted reads as.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(CompactString),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name, sorted.
    Map(Map),
}

impl Value {
    /// Roughly the bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        size_of::<Value>()
            + match self {
                Value::Text(text) => text.len(),
                Value::List(list) => list.iter().map(Value::bytes).sum(),
                Value::Map(map) => map.bytes(),
                _ => 0,
            }
    }
}

/// Values by name, sorted by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(Vec<(CompactString, Value)>);

impl Map {
    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let place = self.0.binary_search_by(|(n, _)| n.as_str().cmp(name)).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// Sets the value of this name.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.0.binary_search_by(|(n, _)| n.as_str().cmp(name)) {
            Ok(place) => {
                if let Some((_, old)) = self.0.get_mut(place) {
                    *old = value;
                }
            }
            Err(place) => self.0.insert(place, (CompactString::from(name), value)),
        }
    }

    /// Removes the value of this name.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let place = self.0.binary_search_by(|(n, _)| n.as_str().cmp(name)).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Names and values, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Roughly the bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|(_, value)| size_of::<CompactString>() + value.bytes()).sum()
    }
}
