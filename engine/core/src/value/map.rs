//! Values by name, sorted by name: looked up by halving, changed in place, written in order.

use compact_str::CompactString;

use super::Value;

/// Values by name, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Map(Vec<(CompactString, Value)>);

impl Map {
    /// From values in any order; none where a name is given twice.
    pub fn sorted(mut values: Vec<(CompactString, Value)>) -> Option<Map> {
        values.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let unique = values.windows(2).all(|pair| !matches!(pair, [(a, _), (b, _)] if a == b));
        unique.then_some(Map(values))
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(n, _)| n.as_str().cmp(name))
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(self.place(name).ok()?).map(|(_, value)| value)
    }

    /// The value of this name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let place = self.place(name).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// The value of this name, to change; set to what `first` gives where there is none.
    pub fn get_or_insert(&mut self, name: &str, first: impl FnOnce() -> Value) -> &mut Value {
        let place = match self.place(name) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, (CompactString::from(name), first()));
                place
            }
        };
        match self.0.get_mut(place) {
            Some((_, value)) => value,
            None => unreachable!("a place that was just found or filled"),
        }
    }

    /// Sets the value of this name.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.place(name) {
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
        let place = self.place(name).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Names and values, in order of name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Names and values, in order of name, the values to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Roughly the bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|(name, value)| name_bytes(name) + value.bytes()).sum()
    }
}

fn name_bytes(name: &CompactString) -> usize {
    let heap = if name.is_heap_allocated() { name.capacity() } else { 0 };
    size_of::<CompactString>() + heap
}

impl<N: AsRef<str>> FromIterator<(N, Value)> for Map {
    /// Of two values of one name the later stands.
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(values: I) -> Map {
        let mut map = Map::default();
        for (name, value) in values {
            map.set(name.as_ref(), value);
        }
        map
    }
}
