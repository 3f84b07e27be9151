//! Places for things that others name by number: what is looked up for each event must not be
//! hashed or chased by pointer. An id is only ever made by its own slab, and is not used after
//! its thing was removed; the machine's ids never come from outside. So no input makes an index
//! panic; one that is used too late is a bug, and to go on with another thing in its place would
//! be a wrong document.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// The place of one `T`.
pub(super) struct Id<T>(u32, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// No place.
    pub(super) const NONE: Id<T> = Id(u32::MAX, PhantomData);

    /// Whether it is a place.
    pub(super) fn is_some(self) -> bool {
        self.0 != u32::MAX
    }

    /// The bare number, for tables that hash it.
    pub(super) fn number(self) -> u32 {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Id<T> {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> Default for Id<T> {
    fn default() -> Id<T> {
        Id::NONE
    }
}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Id<T>) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Id<T>) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Id<T>) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> std::fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Things by place; the places of removed ones are used again.
#[derive(Debug)]
pub(super) struct Slab<T> {
    places: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Slab<T> {
        Slab { places: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Puts it somewhere.
    pub(super) fn insert(&mut self, item: T) -> Id<T> {
        if let Some(free) = self.free.pop()
            && let Some(place) = self.places.get_mut(free as usize)
        {
            *place = Some(item);
            return Id(free, PhantomData);
        }
        // Limits keep what is in memory far below four billion things.
        let id = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.push(Some(item));
        Id(id, PhantomData)
    }

    /// Takes it out.
    pub(super) fn remove(&mut self, id: Id<T>) -> Option<T> {
        let item = self.places.get_mut(id.0 as usize)?.take();
        if item.is_some() {
            self.free.push(id.0);
        }
        item
    }

    /// What is there, if anything is.
    pub(super) fn get(&self, id: Id<T>) -> Option<&T> {
        self.places.get(id.0 as usize)?.as_ref()
    }

    /// What is there, if anything is.
    pub(super) fn get_mut(&mut self, id: Id<T>) -> Option<&mut T> {
        self.places.get_mut(id.0 as usize)?.as_mut()
    }

    /// The id of a place, whatever is there.
    #[cfg(test)]
    pub(super) fn id(number: u32) -> Id<T> {
        Id(number, PhantomData)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// How many places there are: ids are below.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    /// What is at this place, by number.
    pub(super) fn at(&self, number: usize) -> Option<(Id<T>, &T)> {
        let item = self.places.get(number)?.as_ref()?;
        Some((Id(u32::try_from(number).ok()?, PhantomData), item))
    }

    /// All, to change.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.places.iter_mut().flatten()
    }

    /// All, by place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Id<T>, &T)> {
        (0..self.places.len()).filter_map(|number| self.at(number))
    }
}

impl<T> Index<Id<T>> for Slab<T> {
    type Output = T;

    fn index(&self, id: Id<T>) -> &T {
        match self.get(id) {
            Some(item) => item,
            None => unreachable!("{id:?} is used after it was removed"),
        }
    }
}

impl<T> IndexMut<Id<T>> for Slab<T> {
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        match self.get_mut(id) {
            Some(item) => item,
            None => unreachable!("{id:?} is used after it was removed"),
        }
    }
}
