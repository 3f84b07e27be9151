//! The control store in memory.

use std::sync::{Arc, Mutex};

use foldline_core::control::{ControlAnswer, ControlOp, Entry};
use foldline_core::fault::{Fault, Trouble};
use foldline_core::guard::Revision;
use foldline_core::name::Name;

use super::lock;
use super::table::{Revisions, Table};
use crate::Answer;
use crate::control::{Delete, Listed, Put};

/// Keys and values, changed by compare-and-swap.
#[derive(Debug)]
pub struct Control {
    value_bytes_max: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    revisions: Revisions,
    entries: Table<Arc<str>>,
}

impl State {
    fn entry(&self, key: &str) -> Option<Entry> {
        self.entries.get(key).map(|(value, revision)| entry(&Name::from(key), value, *revision))
    }
}

fn entry(key: &Name, value: &Arc<str>, revision: Revision) -> Entry {
    Entry { key: key.clone(), value: Arc::clone(value), revision }
}

impl Control {
    /// An empty store, whose revisions start from the nonce.
    pub fn new(nonce: u64) -> Control {
        let state = State { revisions: Revisions::new(nonce), entries: Table::default() };
        Control { value_bytes_max: 400_000, state: Mutex::new(state) }
    }

    /// What a key holds.
    pub fn get_now(&self, key: &str) -> Option<Entry> {
        lock(&self.state).entry(key)
    }

    /// Puts a value where the key bears the revision, or is absent where that is none.
    pub fn put_now(&self, key: &str, replaces: Option<Revision>, value: Arc<str>) -> Put {
        if value.len() > self.value_bytes_max {
            let (has, may) = (value.len(), self.value_bytes_max);
            let message = format!("the value of `{key}` has {has} bytes, and may have {may}");
            return Put::Refused(Fault::new("too_large", message));
        }
        let state = &mut *lock(&self.state);
        if !state.entries.bears(key, replaces) {
            return Put::Conflict(state.entry(key));
        }
        let revision = state.revisions.next();
        state.entries.set(&Name::from(key), value, revision);
        Put::Written(revision)
    }

    /// The keys that begin with a prefix, after a key, at most so many.
    pub fn list_now(&self, prefix: &str, after: Option<&str>, keys_max: usize) -> Listed {
        let state = lock(&self.state);
        let from = after.map_or(prefix, |after| after.max(prefix));
        let mut found = state
            .entries
            .from(from)
            .skip_while(|(key, _)| after.is_some_and(|after| key.as_str() <= after))
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, (value, revision))| entry(key, value, *revision));
        let entries: Vec<Entry> = found.by_ref().take(keys_max.max(1)).collect();
        let more = found.next().and(entries.last().map(|last| last.key.clone()));
        Listed { entries, more }
    }

    /// Deletes a key where it bears this revision.
    pub fn delete_now(&self, key: &str, revision: Revision) -> Delete {
        let mut state = lock(&self.state);
        if !state.entries.bears(key, Some(revision)) {
            return Delete::Conflict(state.entry(key));
        }
        state.entries.remove(key);
        Delete::Deleted
    }

    /// Performs what a machine wants; a list in pages of so many keys.
    pub fn perform_now(&self, op: ControlOp, keys_max: usize) -> ControlAnswer {
        match op {
            ControlOp::Get { key } => ControlAnswer::Got(self.get_now(&key)),
            ControlOp::Put { key, replaces, value } => self.put_now(&key, replaces, value).into(),
            ControlOp::Delete { key, replaces } => self.delete_now(&key, replaces).into(),
            ControlOp::List { prefix, after } => {
                self.list_now(&prefix, after.as_deref(), keys_max).into()
            }
        }
    }
}

impl crate::control::Control for Control {
    fn value_bytes_max(&self) -> usize {
        self.value_bytes_max
    }

    fn get<'a>(&'a self, key: &'a str) -> Answer<'a, Result<Option<Entry>, Trouble>> {
        Box::pin(async move { Ok(self.get_now(key)) })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        replaces: Option<Revision>,
        value: Arc<str>,
    ) -> Answer<'a, Put> {
        Box::pin(async move { self.put_now(key, replaces, value) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        keys_max: usize,
    ) -> Answer<'a, Result<Listed, Trouble>> {
        Box::pin(async move { Ok(self.list_now(prefix, after, keys_max)) })
    }

    fn delete<'a>(&'a self, key: &'a str, revision: Revision) -> Answer<'a, Delete> {
        Box::pin(async move { self.delete_now(key, revision) })
    }
}
