//! What can go wrong in a world, each with the name that reports and the command line use, and
//! how often it did.

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// One kind of thing that goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)+];

            /// Its name in reports and on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Kind::$name => $text,)+
                }
            }
        }
    };
}

faults! {
    /// A record comes again soon.
    DuplicateNear = "duplicate-near",
    /// A record comes again long after.
    DuplicateFar = "duplicate-far",
    /// A record comes again on another partition.
    DuplicateElsewhere = "duplicate-elsewhere",
    /// A record comes after a later one of its stream.
    Reordered = "reordered",
    /// A stream comes on another partition than before, and another worker reads that one.
    TwoPartitions = "two-partitions",
    /// A record in the middle of a stream never reaches the feed.
    LostMiddle = "lost-middle",
    /// The last records of a stream never reach the feed.
    LostTail = "lost-tail",
    /// A version that never existed.
    PermanentHole = "permanent-hole",
    /// A version that appears long after the ones above it.
    LateFill = "late-fill",
    /// Two contents for one version.
    Fork = "fork",
    /// History loses the beginning of a stream.
    TruncatedHistory = "truncated-history",
    /// History shows an event later than the feed.
    LaggingHistory = "lagging-history",
    /// History answers with an event that cannot be decoded.
    UndecodableHistory = "undecodable-history",
    /// The feed loses what a projection has not read yet.
    Trimmed = "trimmed",
    /// The feed is created again.
    Incarnation = "incarnation",
    /// A partition's next owner reads again what the last one had read.
    Redelivered = "redelivered",
    /// A partition is split.
    Split = "split",
    /// Two partitions are merged.
    Merge = "merge",
    /// A topic gets more partitions, and streams move.
    Grown = "grown",
    /// One record holds several events.
    SeveralEvents = "several-events",
    /// The feed fails to answer.
    FeedFailed = "feed-failed",
    /// History fails to answer.
    HistoryFailed = "history-failed",
    /// The document store throttles.
    Throttled = "throttled",
    /// A write times out and was done.
    TimedOutWritten = "timed-out-written",
    /// A write times out and was not done.
    TimedOutNotWritten = "timed-out-not-written",
    /// A batch is answered in part.
    HalfBatch = "half-batch",
    /// The store will never take a document.
    Refused = "refused",
    /// The target is away for long.
    TargetDown = "target-down",
    /// A load fails.
    LoadFailed = "load-failed",
    /// A write meets another revision.
    Conflict = "conflict",
    /// The control store throttles.
    ControlThrottled = "control-throttled",
    /// A control operation times out and was done.
    ControlTimedOutWritten = "control-timed-out-written",
    /// The control store is away for long.
    ControlDown = "control-down",
    /// Two workers believe that they own one partition.
    TwoOwners = "two-owners",
    /// A worker stands still, and what it had sent happens late.
    PausedWorker = "paused-worker",
    /// A worker dies.
    Crash = "crash",
    /// A request of a dead worker still lands.
    GhostRequest = "ghost-request",
    /// A partition moves in good order.
    Rebalanced = "rebalanced",
    /// An event that cannot be decoded.
    PoisonUndecodable = "poison-undecodable",
    /// An event whose key cannot be told.
    PoisonRoute = "poison-route",
    /// An event that fails for one of its keys.
    PoisonApply = "poison-apply",
    /// An event that fails because of the document.
    PoisonDocument = "poison-document",
    /// A record without a stream.
    Nameless = "nameless",
    /// An operator retries a parked key.
    Retried = "retried",
    /// An operator discards a letter.
    Discarded = "discarded",
    /// An operator's process dies.
    OperatorCrash = "operator-crash",
    /// A document is deleted.
    Deleted = "deleted",
    /// A deleted document is created again.
    CreatedAgain = "created-again",
    /// An old tombstone is purged.
    Purged = "purged",
    /// Memory is short: idle things go, gaps give their bytes, nothing is fetched.
    MemoryPressure = "memory-pressure",
    /// A worker's clock leaps ahead.
    ClockForward = "clock-forward",
    /// A worker's clock is set back.
    ClockBack = "clock-back",
    /// A projection joins later.
    ProjectionAdded = "projection-added",
    /// A projection stands still for long.
    ProjectionPaused = "projection-paused",
    /// A projection is slow.
    ProjectionSlow = "projection-slow",
    /// A control operation times out and was not done.
    ControlTimedOutNotWritten = "control-timed-out-not-written",
    /// A control operation meets another revision.
    ControlConflict = "control-conflict",
    /// A worker that stood still wakes up and writes.
    LateWrite = "late-write",
    /// A document is created again after its tombstone was purged.
    CreatedAfterPurge = "created-after-purge",
    /// An event that fails for all of its keys, and it has several.
    PoisonKeys = "poison-keys",
    /// An event whose version is below the first that streams have.
    BelowFirst = "below-first",
    /// No more letters fit behind a key or stream: its partition waits for an operator.
    LettersFull = "letters-full",
    /// The control store does not take a letter.
    ControlRefused = "control-refused",
    /// A projection begins where a partition is by then, and nothing tells what was before.
    MiddleStart = "middle-start",
    /// The target is away for hours.
    TargetDownHours = "target-down-hours",
    /// A partition stands still: what the feed lost, nobody can bring.
    Halted = "halted",
    /// An operator retries a letter that came late.
    LateRetried = "late-retried",
    /// An operator discards a letter that came late.
    LateDiscarded = "late-discarded",
}

impl Kind {
    /// The kind of this name.
    pub fn named(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u128);

const _: () = assert!(Kind::ALL.len() <= 128, "a set of kinds is 128 bits");

impl Kinds {
    /// Whether the kind is in.
    pub fn has(self, kind: Kind) -> bool {
        self.0 & (1 << (kind as u8)) != 0
    }

    /// Puts the kind in.
    pub fn add(&mut self, kind: Kind) {
        self.0 |= 1 << (kind as u8);
    }

    /// Takes the kind out.
    pub fn remove(&mut self, kind: Kind) {
        self.0 &= !(1 << (kind as u8));
    }
}

/// How often each kind occurred.
#[derive(Clone, Debug)]
pub struct Tally(Vec<u64>);

impl Default for Tally {
    fn default() -> Tally {
        Tally(vec![0; Kind::ALL.len()])
    }
}

impl Tally {
    /// Counts one.
    pub fn count(&mut self, kind: Kind) {
        if let Some(count) = self.0.get_mut(kind as usize) {
            *count += 1;
        }
    }

    /// How often this kind occurred.
    pub fn of(&self, kind: Kind) -> u64 {
        self.0.get(kind as usize).copied().unwrap_or(0)
    }

    /// Adds another's counts.
    pub fn absorb(&mut self, other: &Tally) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += theirs;
        }
    }
}
