//! Things by name: a hash table of ids over a slab, so that a name is stored once and whoever
//! has the id needs no hash.

use hashbrown::HashTable;

use super::slab::{Id, Slab};
use crate::name;

/// What has a name.
pub(super) trait Named {
    /// The name.
    fn name(&self) -> &str;
}

/// Things by name.
#[derive(Debug)]
pub(super) struct Table<T> {
    ids: HashTable<Id<T>>,
    pub(super) items: Slab<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { ids: HashTable::new(), items: Slab::default() }
    }
}

impl<T: Named> Table<T> {
    /// The one of this name, whose hash is known.
    pub(super) fn find(&self, name: &str, hash: u64) -> Option<Id<T>> {
        let same = |id: &Id<T>| self.items.get(*id).is_some_and(|item| item.name() == name);
        self.ids.find(hash, same).copied()
    }

    /// The one of this name.
    pub(super) fn by_name(&self, name: &str) -> Option<Id<T>> {
        self.find(name, name::hash(name))
    }

    /// Adds one that is not there yet.
    pub(super) fn insert(&mut self, hash: u64, item: T) -> Id<T> {
        let id = self.items.insert(item);
        let items = &self.items;
        self.ids.insert_unique(hash, id, |id| items.get(*id).map_or(0, |i| name::hash(i.name())));
        id
    }

    /// Takes one out.
    pub(super) fn remove(&mut self, id: Id<T>) -> Option<T> {
        let hash = name::hash(self.items.get(id)?.name());
        if let Ok(entry) = self.ids.find_entry(hash, |other| *other == id) {
            entry.remove();
        }
        self.items.remove(id)
    }
}
