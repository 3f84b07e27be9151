//! What the machine wants done. Each effect is answered by an input; whoever performs them may
//! fail, be late, or die at any point before, within or after.

use std::sync::Arc;

use crate::checkpoint::{Checkpoint, Counts};
use crate::cursor::CursorWrite;
use crate::fault::Fault;
use crate::guard::{Meta, Revision};
use crate::letter::Letter;
use crate::name::Name;
use crate::position::{Incarnation, Position};
use crate::progress::Progress;
use crate::time::Time;
use crate::value::Value;

/// Names one request. Its answer bears the same ticket, and no other is taken for it: one that was
/// on its way while its partition went away and came back, or while the machine went back to its
/// checkpoints, is not taken for the answer to what was asked since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// One document to load; for a ledger, with the rows of these streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadKey {
    /// The document.
    pub key: Name,
    /// Rows of a ledger that the answer must hold; empty for other guards.
    pub rows: Vec<Name>,
}

/// One document to write, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentWrite {
    /// The document.
    pub key: Name,
    /// The revision it replaces; none where there must be none.
    pub replaces: Option<Revision>,
    /// The content; [`Value::Null`] for a tombstone or a stub that readers do not see.
    pub body: Arc<Value>,
    /// The reserved field.
    pub meta: Meta,
    /// Rows of a ledger, written in the same transaction.
    pub rows: Vec<(Name, Progress)>,
}

/// Why a partition stands still until somebody acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    /// The feed no longer holds what follows the checkpoint, and there is no history to repair
    /// from.
    Trimmed,
    /// The checkpoint belongs to another incarnation of the feed, and there is no history.
    Incarnation {
        /// What the checkpoint says.
        checkpoint: Incarnation,
        /// What the feed says.
        feed: Incarnation,
    },
    /// The very first event is below the first version: `first` is configured wrong.
    First(Fault),
    /// A feed that promises order and uniqueness broke its promise.
    Ordered(Fault),
    /// A record without a stream on a feed whose losses nothing else would show.
    Nameless(Fault),
}

/// What somebody should know, while the machine goes on as well as it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Something transient has failed for long; it is still being retried.
    Stuck {
        /// What: `load`, `write`, `repair`, …
        what: &'static str,
        /// How many times in a row.
        attempts: u32,
    },
    /// A batch was refused: it does not follow what was asked for.
    Disorder {
        /// The partition.
        partition: Name,
        /// What was asked for.
        expected: Option<Position>,
        /// What came.
        got: Option<Position>,
    },
    /// A gap stays open and nothing can close it.
    GapOpen {
        /// The stream.
        stream: Name,
        /// The first missing version.
        version: u64,
    },
    /// No more letters may be parked; the partition waits.
    LettersFull {
        /// Which key or stream.
        scope: crate::letter::Scope,
    },
    /// Versions were passed over for good.
    Hole {
        /// The stream.
        stream: Name,
        /// The first.
        from: u64,
        /// The last.
        to: u64,
        /// Whether they are below the oldest that history still has.
        truncated: bool,
    },
    /// The same version came with other content.
    Fork {
        /// The stream.
        stream: Name,
        /// The version.
        version: u64,
        /// Whether the wrong one had been applied, and was folded away.
        healed: bool,
    },
    /// A document cannot be written even with its mark alone.
    Refused {
        /// The document.
        key: Name,
        /// What the store said.
        fault: Fault,
    },
}

/// What the machine wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read the next batch of a partition. It takes the place of an earlier one of that partition
    /// that was not answered.
    Fetch {
        /// To answer with.
        ticket: Ticket,
        /// The partition.
        partition: Name,
        /// The life of the feed that the position belongs to.
        incarnation: Incarnation,
        /// After this position; from the beginning where there is none.
        after: Option<Position>,
    },
    /// Ask for the oldest position that the feed still has, as a place to go on from.
    Locate {
        /// To answer with.
        ticket: Ticket,
        /// The partition.
        partition: Name,
    },
    /// Feed every stream's head in history to the machine, as [`crate::input::Input::Heads`].
    Sweep {
        /// To answer with.
        ticket: Ticket,
        /// The partition whose trimmed range is repaired.
        partition: Name,
        /// Go on after this stream.
        after: Option<Name>,
    },
    /// Load documents.
    Load {
        /// To answer with.
        ticket: Ticket,
        /// Which.
        keys: Vec<LoadKey>,
    },
    /// Load cursors.
    LoadCursors {
        /// To answer with.
        ticket: Ticket,
        /// Of which streams.
        streams: Vec<Name>,
    },
    /// Write documents, each conditional.
    Write {
        /// To answer with.
        ticket: Ticket,
        /// What.
        documents: Vec<DocumentWrite>,
    },
    /// Write cursors, each conditional.
    SaveCursors {
        /// To answer with.
        ticket: Ticket,
        /// What.
        cursors: Vec<CursorWrite>,
    },
    /// Read versions of one stream from history, with one consistent read.
    Repair {
        /// To answer with.
        ticket: Ticket,
        /// The stream.
        stream: Name,
        /// From this version on.
        from: u64,
        /// Up to this one; to the end of the stream where there is none.
        through: Option<u64>,
        /// Without versions: after this sort key. What it is followed by is `from`.
        after: Option<Name>,
    },
    /// Append letters, in order.
    Park {
        /// To answer with.
        ticket: Ticket,
        /// What.
        letters: Vec<Letter>,
    },
    /// Store a checkpoint, conditional.
    Commit {
        /// To answer with.
        ticket: Ticket,
        /// The partition.
        partition: Name,
        /// The revision it replaces; none where there must be none.
        replaces: Option<Revision>,
        /// What.
        checkpoint: Checkpoint,
    },
    /// One lane of several is done with batches of a partition; of the reports of all lanes
    /// [`crate::lanes`] makes the partition's checkpoint. Answered as a Commit is.
    Report {
        /// To answer with.
        ticket: Ticket,
        /// The partition.
        partition: Name,
        /// For each batch that it is done with since its last report, and for a sweep that it is
        /// done with, in order: the lane's counts up to there, with those that it was granted.
        done: Vec<Counts>,
        /// While a full sweep repairs a trimmed range: where the partition goes on after it.
        jump: Option<Position>,
    },
    /// Call again when the clock shows this time, with [`crate::input::Input::Ticked`]. The last
    /// one stands until then, whatever is heard before, and takes the place of the one before it.
    WakeAt(Time),
    /// All of a revoked partition is durable or dropped: its next owner may begin. It is said of
    /// the tenure that ends: where the partition was granted anew since, it says nothing.
    Release {
        /// The partition.
        partition: Name,
    },
    /// The partition stands still until somebody acts.
    Halt {
        /// The partition.
        partition: Name,
        /// Why.
        why: Halt,
    },
    /// Somebody should know.
    Alarm(Alarm),
}
