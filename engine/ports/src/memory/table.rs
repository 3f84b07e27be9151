//! Records under names, each with a revision: what documents, side records and control keys have
//! in common. Revisions come from one counter a store, so none is ever given twice.

use std::collections::BTreeMap;
use std::ops::Bound;

use foldline_core::guard::Revision;
use foldline_core::name::Name;

/// Where a store's next revision comes from.
#[derive(Debug)]
pub(super) struct Revisions(u64);

impl Revisions {
    pub(super) fn new(nonce: u64) -> Revisions {
        Revisions(nonce)
    }

    pub(super) fn next(&mut self) -> Revision {
        self.0 = self.0.wrapping_add(1);
        Revision(self.0, 0)
    }
}

/// Records by name.
#[derive(Debug)]
pub(super) struct Table<T>(BTreeMap<Name, (T, Revision)>);

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table(BTreeMap::new())
    }
}

impl<T> Table<T> {
    pub(super) fn get(&self, name: &str) -> Option<&(T, Revision)> {
        self.0.get(name)
    }

    /// Whether the record bears this revision; or is absent, where it is none.
    pub(super) fn bears(&self, name: &str, replaces: Option<Revision>) -> bool {
        self.0.get(name).map(|(_, revision)| *revision) == replaces
    }

    pub(super) fn set(&mut self, name: &Name, record: T, revision: Revision) {
        match self.0.get_mut(name) {
            Some(place) => *place = (record, revision),
            None => {
                self.0.insert(name.clone(), (record, revision));
            }
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// The records after a name, in order.
    pub(super) fn after(
        &self,
        name: Option<&str>,
    ) -> impl Iterator<Item = (&Name, &(T, Revision))> {
        let from = name.map_or(Bound::Unbounded, Bound::Excluded);
        self.0.range::<str, _>((from, Bound::Unbounded))
    }

    /// The records whose names are at or above a text, in order.
    pub(super) fn from(&self, name: &str) -> impl Iterator<Item = (&Name, &(T, Revision))> {
        self.0.range::<str, _>((Bound::Included(name), Bound::Unbounded))
    }
}
