//! What a machine wants of the control store: one small operation at a time, each conditional on
//! what was read before, so that whoever performs it may die between any two.

use std::sync::Arc;

use crate::fault::{Fault, Trouble};
use crate::guard::Revision;
use crate::name::Name;

/// One operation of the control store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlOp {
    /// Read one record.
    Get {
        /// Its key.
        key: Name,
    },
    /// Write one record, if it stands at this revision; where there is none, if it is absent.
    Put {
        /// Its key.
        key: Name,
        /// The revision it replaces.
        replaces: Option<Revision>,
        /// What to store.
        value: Arc<str>,
    },
    /// Delete one record, if it stands at this revision.
    Delete {
        /// Its key.
        key: Name,
        /// The revision it must have.
        replaces: Revision,
    },
    /// Read a page of the records whose keys begin with this prefix, in order of their bytes.
    List {
        /// What the keys begin with.
        prefix: Name,
        /// Only keys after this one.
        after: Option<Name>,
    },
}

/// One record of the control store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: Name,
    /// What it holds.
    pub value: Arc<str>,
    /// What the next write is conditional on.
    pub revision: Revision,
}

/// What became of a [`ControlOp`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlAnswer {
    /// To a Get: the record, if there is one.
    Got(Option<Entry>),
    /// To a Put: it is durable, at this revision.
    Put(Revision),
    /// To a Delete: it is gone.
    Deleted,
    /// To a Put or a Delete: another revision stands there, or none where one was expected.
    Conflict,
    /// To a List: a page, and whether there is more after its last key.
    Listed {
        /// The page.
        entries: Vec<Entry>,
        /// Whether there is more.
        more: bool,
    },
    /// To a Put: the store will never take it.
    Refused(Fault),
    /// Not done, or not known to be done.
    Trouble(Trouble),
}
