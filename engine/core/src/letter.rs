//! A parked event, with why. Letters of one key or stream stand behind one head record, which is
//! changed by compare-and-swap only.

use std::sync::Arc;

use crate::event::Batch;
use crate::fault::Fault;
use crate::guard::Epoch;
use crate::name::Name;
use crate::position::Position;
use crate::progress::Holes;
use crate::time::Time;

/// What a letter holds up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// One document key.
    Key(Name),
    /// One stream: no key could be told.
    Stream(Name),
    /// Nothing: the record yields no stream.
    Partition(Name),
}

/// Why an event became a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// It failed.
    Failed,
    /// One of its key (or stream) before it failed.
    Behind,
    /// It came after history had proven it absent; followers went on.
    Late,
    /// Its version was applied with other content, and no history can decide.
    Fork,
    /// Its record yields no stream.
    Nameless,
}

/// One parked event.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// What it holds up.
    pub scope: Scope,
    /// Which parking; none for letters that hold nothing up (late, fork, nameless).
    pub epoch: Option<Epoch>,
    /// Its stream; empty for a nameless one.
    pub stream: Name,
    /// Its version; 0 for a nameless one.
    pub version: u64,
    /// The partition that brought it; none where history or a sweep did.
    pub partition: Option<Name>,
    /// Its place there.
    pub position: Position,
    /// Its type.
    pub kind: Name,
    /// Why it is here.
    pub cause: Cause,
    /// What failed: of itself, or of the one it stands behind.
    pub fault: Fault,
    /// When the machine first met it.
    pub first_seen: Time,
    /// What is known to be missing of its stream below it: a drain that folds it lists these in
    /// the document's guard, so that a late one is not taken for a duplicate.
    pub holes: Holes,
    /// Whether its stream was parked before: other streams may have pushed the document's position
    /// past it, so its stream's drained version judges it.
    pub by_version: bool,
    /// The event, alone in a batch of its own.
    pub payload: Arc<Batch>,
}

/// Where a letter stands among those of its stream: by its version or, where the source has none
/// and all are 0, by its sort key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank {
    /// The version.
    pub version: u64,
    /// The sort key; empty where versions tell.
    pub sort: Name,
}

impl From<u64> for Rank {
    fn from(version: u64) -> Rank {
        Rank { version, sort: Name::default() }
    }
}

impl Letter {
    /// Where it stands in its stream.
    pub fn rank(&self) -> Rank {
        let sort = self.payload.event(0).map(|event| event.sort().into());
        Rank { version: self.version, sort: sort.unwrap_or_default() }
    }
}

/// What became of the append of one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterAnswer {
    /// It is durable.
    Parked,
    /// The head was closed by a drain in the meantime: load the key again.
    Closed,
    /// The key or the projection holds as many letters as it may.
    Full,
    /// Not now.
    Retry,
}
