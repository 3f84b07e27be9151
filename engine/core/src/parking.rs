//! Letters and the heads that they stand behind.
//!
//! Everything that one parking of a key or stream holds has one **head record**, named by the
//! parking's epoch and changed by compare-and-swap only. It is created open by the first append,
//! closed once by the drain that emptied it, and never opened again.
//!
//! Promises, and how they are kept:
//! * *An append that is answered `Parked` is drained before the head closes.* The letter is put
//!   first, then the head is changed, always, even for a letter that was there already; a drain
//!   reads the head, then the letters, and closes on the head it read. So either the drain sees
//!   the letter, or its close fails.
//! * *Repeating is harmless.* A letter's name is its stream and its rank there (its version or,
//!   where there are none, its sort key); the head counts a rank above its stream's highest once,
//!   and a leaving one above its stream's last left once.
//! * *Order.* Letters of a stream are listed in order of version. Whoever appends puts a version
//!   only when all earlier ones of that stream and scope are `Parked`: after any other answer the
//!   later letters of that scope wait.
//! * *Nothing is dropped at a limit*: the answer is `Full`, and the letter is not put.

use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::guard::Epoch;
use crate::letter::{Letter, Rank, Scope};
use crate::limits;
use crate::name::Name;

pub mod append;
pub mod names;
pub mod wire;

#[cfg(test)]
pub(crate) mod tests;

pub use append::{Append, AppendStep};

/// How many letters may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Behind one head.
    pub letters_per_key: u64,
    /// Of one projection.
    pub letters_per_projection: u64,
    /// How many the projection holds, as last counted by the caller: this limit protects the
    /// control store, and need not be exact.
    pub held: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            letters_per_key: limits::LETTERS_PER_KEY,
            letters_per_projection: limits::LETTERS_PER_PROJECTION,
            held: 0,
        }
    }
}

/// How an event left its parking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It is in the document now.
    Retried,
    /// An operator dropped it, on record.
    Discarded,
}

/// What a head knows of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamHead {
    /// The lowest rank ever parked here.
    pub first: Rank,
    /// The highest rank ever parked here.
    pub highest: Rank,
    /// How many letters raised the highest rank: each once, however often it was appended.
    pub count: u64,
    /// The highest rank that has left; none: none has.
    pub left: Option<Rank>,
}

/// The head record of one parking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadRecord {
    /// What is parked.
    pub scope: Scope,
    /// Which parking of it.
    pub epoch: Epoch,
    /// Whether letters may still be appended.
    pub open: bool,
    /// By stream: what was parked.
    pub streams: BTreeMap<Name, StreamHead>,
    /// Letters that left by a retry.
    pub retried: u64,
    /// Letters that left by a discard.
    pub discarded: u64,
}

impl HeadRecord {
    /// An open head with nothing behind it.
    pub fn new(scope: Scope, epoch: Epoch) -> HeadRecord {
        let streams = BTreeMap::new();
        HeadRecord { scope, epoch, open: true, streams, retried: 0, discarded: 0 }
    }

    /// Counts a letter that is durable. One at or below the highest is taken for a repetition:
    /// only a worker that was left behind appends out of order, or a feed without versions brings
    /// a late sort key, and the letter is drained all the same.
    pub fn append(&mut self, stream: &str, rank: &Rank) {
        let Some(known) = self.streams.get_mut(stream) else {
            let (first, highest) = (rank.clone(), rank.clone());
            let only = StreamHead { first, highest, count: 1, left: None };
            self.streams.insert(Name::from(stream), only);
            return;
        };
        if *rank > known.highest {
            known.highest = rank.clone();
            known.count += 1;
        } else if *rank < known.first {
            known.first = rank.clone();
        }
    }

    /// Counts a letter that is about to be deleted because its event is durably done with.
    /// Returns whether it had not been counted before.
    pub fn leave(&mut self, stream: &str, rank: &Rank, how: Left) -> bool {
        // A drain may meet a letter whose append has not changed the head yet.
        self.append(stream, rank);
        let Some(known) = self.streams.get_mut(stream) else { return false };
        if known.left.as_ref().is_some_and(|left| rank <= left) {
            return false;
        }
        known.left = Some(rank.clone());
        match how {
            Left::Retried => self.retried += 1,
            Left::Discarded => self.discarded += 1,
        }
        true
    }

    /// Whether the highest rank of every stream has left.
    pub fn is_drained(&self) -> bool {
        self.streams.values().all(|known| known.left.as_ref() == Some(&known.highest))
    }

    /// How many letters stand behind it.
    pub fn held(&self) -> u64 {
        let parked: u64 = self.streams.values().map(|known| known.count).sum();
        parked.saturating_sub(self.retried).saturating_sub(self.discarded)
    }

    /// Whether this rank was appended before, so that no limit stops its repetition.
    pub(crate) fn knows(&self, stream: &str, rank: &Rank) -> bool {
        self.streams.get(stream).is_some_and(|known| *rank <= known.highest)
    }
}

/// How far an operator's wish to discard a letter has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discard {
    /// Why.
    pub reason: String,
    /// Whether it is certain that no retry that began before the wish can still apply the event.
    pub certain: bool,
}

/// A letter as it is stored, with what became of it since.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredLetter {
    /// The letter.
    pub letter: Letter,
    /// Retries that failed at this letter.
    pub attempts: u64,
    /// What failed at the last retry.
    pub last: Option<Fault>,
    /// Set when an operator wants it discarded: obeyed when a drain gets there.
    pub discard: Option<Discard>,
}

impl StoredLetter {
    /// A letter as it is appended.
    pub fn new(letter: Letter) -> StoredLetter {
        StoredLetter { letter, attempts: 0, last: None, discard: None }
    }
}
