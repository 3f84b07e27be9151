//! What the machine hears: the answers to its effects, the clock, and who owns what.

use std::sync::Arc;

use crate::checkpoint::Checkpoint;
use crate::cursor::Cursor;
use crate::effect::Ticket;
use crate::event::Batch;
use crate::fault::{Fault, Trouble};
use crate::guard::{Meta, Revision};
use crate::letter::LetterAnswer;
use crate::limits;
use crate::name::Name;
use crate::position::{Incarnation, Position};
use crate::progress::Progress;
use crate::value::Value;

/// One batch of a feed, as fetched.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The partition it was read from.
    pub partition: Name,
    /// The life of the feed it was read from.
    pub incarnation: Incarnation,
    /// The position that it follows: what was asked for.
    pub follows: Option<Position>,
    /// The events.
    pub batch: Arc<Batch>,
    /// Where reading goes on: at or above the last event. None: the partition is empty so far.
    pub next: Option<Position>,
    /// Whether the partition ends here: a shard that was split or merged.
    pub ended: bool,
}

impl Fetched {
    /// Whether what came follows what it says it does, in order.
    pub fn is_in_order(&self) -> bool {
        let (batch, after) = (&self.batch, self.follows.as_ref());
        let first = batch.event(0).map(|event| event.position());
        let rises = batch.rises() && first.is_none_or(|first| Some(first) > after);
        if batch.len() > limits::BATCH_EVENTS_MAX || !rises {
            return false;
        }
        let last = batch.len().checked_sub(1).and_then(|last| batch.event(last));
        match (last.map(|event| event.position()).or(after), &self.next) {
            (Some(last), Some(next)) => next >= last,
            (Some(_), None) => false,
            (None, _) => true,
        }
    }
}

/// Why a fetch brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchError {
    /// It may pass.
    Trouble(Trouble),
    /// The feed no longer holds what follows the position.
    Trimmed,
    /// The feed lives another life than the position.
    Incarnation(Incarnation),
}

/// A document as its store holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// The content; [`Value::Null`] for a tombstone or a stub.
    pub body: Arc<Value>,
    /// The reserved field.
    pub meta: Meta,
    /// What the next write is conditional on.
    pub revision: Revision,
}

/// The answer for one document of a [`crate::effect::Effect::Load`].
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The document.
    pub key: Name,
    /// The rows of a ledger that were asked for, all of them; an absent one says nothing done.
    pub rows: Vec<(Name, Progress)>,
    /// What the store holds, if anything.
    pub stored: Result<Option<Stored>, Trouble>,
}

/// The answer for one document of a [`crate::effect::Effect::Write`].
#[derive(Clone, Debug, PartialEq)]
pub enum WriteAnswer {
    /// It is durable, at this revision.
    Written(Revision),
    /// The store holds another revision.
    Conflict,
    /// Not done, or not known to be done.
    Retry(Trouble),
    /// The store will never take this document.
    Refused(Fault),
}

/// The answer for one cursor or checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub enum SideAnswer<T> {
    /// It is durable, at this revision.
    Written(Revision),
    /// Another stands there (or none, where one was expected).
    Conflict(Option<(T, Revision)>),
    /// Not done, or not known to be done.
    Retry(Trouble),
}

/// What history said of one stream, by one consistent read.
#[derive(Clone, Debug)]
pub struct History {
    /// The events found, in version order; what is present but cannot be decoded is in here too,
    /// as an event with a fault.
    pub batch: Arc<Batch>,
    /// The oldest version that history still has of the stream, if it has any.
    pub oldest: Option<u64>,
    /// Whether there is more in the range than the batch holds: the machine asks again, from
    /// after the last.
    pub more: bool,
}

/// A stream and its highest version in history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The stream.
    pub stream: Name,
    /// Its highest version.
    pub version: u64,
}

/// The answer for one stream of a [`crate::effect::Effect::LoadCursors`].
pub type CursorLoaded = (Name, Result<Option<(Cursor, Revision)>, Trouble>);

/// What the machine hears.
#[derive(Clone, Debug)]
pub enum Input {
    /// A partition is this worker's now.
    Granted {
        /// The partition.
        partition: Name,
        /// The life of the feed.
        incarnation: Incarnation,
        /// The projection's checkpoint there, if there is one, read after the grant.
        checkpoint: Option<(Checkpoint, Revision)>,
        /// Whether any checkpoint of the projection, of whichever partition, counts an event: what
        /// comes first here is then not the very first event.
        begun: bool,
    },
    /// A partition is to be given up: finish what is in hand, then Release. A partition that is
    /// lost already is given up at once.
    Revoked {
        /// The partition.
        partition: Name,
        /// Whether it is lost already.
        lost: bool,
    },
    /// A batch came.
    Fetched {
        /// Of the effect.
        ticket: Ticket,
        /// The batch.
        fetched: Fetched,
    },
    /// No batch came.
    FetchFailed {
        /// Of the effect.
        ticket: Ticket,
        /// The partition.
        partition: Name,
        /// Why.
        error: FetchError,
    },
    /// The oldest position of a partition: reading after it brings the oldest record that the
    /// feed still has.
    Located {
        /// Of the effect.
        ticket: Ticket,
        /// The partition.
        partition: Name,
        /// The life of the feed.
        incarnation: Incarnation,
        /// Where.
        position: Result<Option<Position>, Trouble>,
    },
    /// A page of heads: of a full sweep, or of the background sweep.
    Heads {
        /// Of a full sweep: the partition whose trimmed range is being repaired, and the ticket of
        /// the effect; none for the background sweep.
        sweep: Option<(Name, Ticket)>,
        /// The page.
        page: Result<Vec<Head>, Trouble>,
        /// The stream to go on after; none: this was the last page.
        more: Option<Name>,
    },
    /// Documents came. One that was asked for and is not among them is asked for again.
    Loaded {
        /// Of the effect.
        ticket: Ticket,
        /// What came.
        documents: Vec<Loaded>,
    },
    /// Cursors came. One that was asked for and is not among them is asked for again.
    CursorsLoaded {
        /// Of the effect.
        ticket: Ticket,
        /// What came.
        cursors: Vec<CursorLoaded>,
    },
    /// Documents were written, or not: an answer for each, in the order of the effect.
    Written {
        /// Of the effect.
        ticket: Ticket,
        /// The answers.
        answers: Vec<WriteAnswer>,
    },
    /// Cursors were written, or not.
    CursorsSaved {
        /// Of the effect.
        ticket: Ticket,
        /// The answers.
        answers: Vec<SideAnswer<Cursor>>,
    },
    /// History answered.
    Repaired {
        /// Of the effect.
        ticket: Ticket,
        /// The stream.
        stream: Name,
        /// What it said.
        history: Result<History, Trouble>,
    },
    /// Letters were appended, or not.
    Parked {
        /// Of the effect.
        ticket: Ticket,
        /// The answers.
        answers: Vec<LetterAnswer>,
    },
    /// A checkpoint was stored, or not.
    Committed {
        /// Of the effect.
        ticket: Ticket,
        /// The partition.
        partition: Name,
        /// The answer.
        answer: SideAnswer<Checkpoint>,
    },
    /// Time went by.
    Ticked,
}
