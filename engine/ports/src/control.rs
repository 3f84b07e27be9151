//! The control store: the small key-value store that holds all that the fleet shares. Registry,
//! letters, rebuild jobs, members and leases are pure code on top of these four calls.
//!
//! The contract:
//! * A put MUST be done only where the key bears the revision that it replaces, or is absent
//!   where it replaces none; else the answer is what stands there (`puts_are_conditional`).
//! * Each put MUST give the key another revision, also where the value is the same
//!   (`each_put_changes_the_revision`).
//! * A key that was deleted and put again MUST NOT bear a revision that it bore before
//!   (`a_key_put_again_meets_no_old_revision`).
//! * A delete MUST be done only at the revision that was read (`deletes_are_conditional`).
//! * Of several puts that replace the same revision exactly one MUST be written
//!   (`one_of_many_writers_wins`).
//! * `list` MUST show every acknowledged put, at the value and revision that `get` gives
//!   (`list_sees_every_put`), and nothing that was deleted (`list_shows_nothing_deleted`).
//! * `list` MUST give the keys with the prefix and no others, in the order of their bytes
//!   (`list_gives_the_prefix_in_order`).
//! * Pages MUST together show each key that stands throughout exactly once, and a page is never
//!   empty while more follow (`pages_show_each_key_once`).
//! * Any text MUST come back as it was put: keys of up to [`KEY_BYTES_MAX`] bytes, whatever
//!   their characters (`texts_come_back_as_put`).
//! * A value over the store's limit MUST be refused, and what stood there stays
//!   (`an_oversized_value_is_refused`).
//! * An operation of a machine MUST be answered as its call would be
//!   (`an_operation_answers_as_its_call`).

use std::sync::Arc;

use foldline_core::control::{ControlAnswer, ControlOp, Entry};
use foldline_core::fault::{Fault, Trouble};
use foldline_core::guard::Revision;
use foldline_core::name::Name;

use crate::Answer;

/// Bytes of a control key: the smallest limit among the stores.
pub const KEY_BYTES_MAX: usize = 1_024;

/// The answer to a put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// It is durable, at this revision.
    Written(Revision),
    /// This stands there instead of what was expected; none: nothing does.
    Conflict(Option<Entry>),
    /// Not done, or not known to be done.
    Retry(Trouble),
    /// The store will never take it.
    Refused(Fault),
}

/// The answer to a delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delete {
    /// It is gone.
    Deleted,
    /// This stands there instead of what was expected; none: nothing does.
    Conflict(Option<Entry>),
    /// Not done, or not known to be done.
    Retry(Trouble),
}

/// A page of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// In order of key.
    pub entries: Vec<Entry>,
    /// The key to go on after; none: this was the last page.
    pub more: Option<Name>,
}

impl From<Put> for ControlAnswer {
    fn from(put: Put) -> ControlAnswer {
        match put {
            Put::Written(revision) => ControlAnswer::Put(revision),
            Put::Conflict(_) => ControlAnswer::Conflict,
            Put::Retry(trouble) => ControlAnswer::Trouble(trouble),
            Put::Refused(fault) => ControlAnswer::Refused(fault),
        }
    }
}

impl From<Delete> for ControlAnswer {
    fn from(delete: Delete) -> ControlAnswer {
        match delete {
            Delete::Deleted => ControlAnswer::Deleted,
            Delete::Conflict(_) => ControlAnswer::Conflict,
            Delete::Retry(trouble) => ControlAnswer::Trouble(trouble),
        }
    }
}

impl From<Listed> for ControlAnswer {
    fn from(listed: Listed) -> ControlAnswer {
        ControlAnswer::Listed { entries: listed.entries, more: listed.more.is_some() }
    }
}

/// Performs what a machine wants of the control store; a list in pages of so many keys.
pub async fn perform(store: &dyn Control, op: ControlOp, keys_max: usize) -> ControlAnswer {
    match op {
        ControlOp::Get { key } => {
            store.get(&key).await.map_or_else(ControlAnswer::Trouble, ControlAnswer::Got)
        }
        ControlOp::Put { key, replaces, value } => store.put(&key, replaces, value).await.into(),
        ControlOp::Delete { key, replaces } => store.delete(&key, replaces).await.into(),
        ControlOp::List { prefix, after } => {
            let listed = store.list(&prefix, after.as_deref(), keys_max).await;
            listed.map_or_else(ControlAnswer::Trouble, ControlAnswer::from)
        }
    }
}

/// A control store.
pub trait Control: Send + Sync {
    /// Bytes that a value may have.
    fn value_bytes_max(&self) -> usize;

    /// What a key holds, as of the last acknowledged put.
    fn get<'a>(&'a self, key: &'a str) -> Answer<'a, Result<Option<Entry>, Trouble>>;

    /// Puts a value where the key bears the revision `replaces`, or is absent where that is none.
    fn put<'a>(
        &'a self,
        key: &'a str,
        replaces: Option<Revision>,
        value: Arc<str>,
    ) -> Answer<'a, Put>;

    /// The keys that begin with a prefix, after a key, at most so many.
    fn list<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
        keys_max: usize,
    ) -> Answer<'a, Result<Listed, Trouble>>;

    /// Deletes a key where it bears this revision.
    fn delete<'a>(&'a self, key: &'a str, revision: Revision) -> Answer<'a, Delete>;
}
