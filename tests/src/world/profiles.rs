//! Which faults belong to which kind of feed, and which of them one seed's world has.

use crate::world::faults::{Kind, Kinds};
use crate::world::rng::Rng;
use crate::world::settings::Profile;

/// What can strike any world.
const EVERYWHERE: &[Kind] = &[
    Kind::Redelivered,
    Kind::SeveralEvents,
    Kind::FeedFailed,
    Kind::Throttled,
    Kind::TimedOutWritten,
    Kind::TimedOutNotWritten,
    Kind::HalfBatch,
    Kind::Refused,
    Kind::TargetDown,
    Kind::LoadFailed,
    Kind::Conflict,
    Kind::ControlThrottled,
    Kind::ControlTimedOutWritten,
    Kind::ControlDown,
    Kind::TwoOwners,
    Kind::PausedWorker,
    Kind::Crash,
    Kind::GhostRequest,
    Kind::Rebalanced,
    Kind::PoisonUndecodable,
    Kind::PoisonRoute,
    Kind::PoisonApply,
    Kind::PoisonDocument,
    Kind::Retried,
    Kind::Discarded,
    Kind::OperatorCrash,
    Kind::Deleted,
    Kind::CreatedAgain,
    Kind::MemoryPressure,
    Kind::ClockForward,
    Kind::ClockBack,
    Kind::ProjectionAdded,
    Kind::ProjectionPaused,
    Kind::ProjectionSlow,
];

/// What shards do besides.
const SHARDS: &[Kind] = &[
    Kind::DuplicateNear,
    Kind::DuplicateFar,
    Kind::DuplicateElsewhere,
    Kind::Reordered,
    Kind::TwoPartitions,
    Kind::Fork,
    Kind::Nameless,
    Kind::Split,
    Kind::Merge,
];

/// What a topic keyed by stream does besides.
const KEYED: &[Kind] = &[
    Kind::DuplicateNear,
    Kind::DuplicateFar,
    Kind::Reordered,
    Kind::Fork,
    Kind::Nameless,
    Kind::Grown,
];

/// What an ordered log does besides: its versions may still have holes.
const EMBEDDED: &[Kind] = &[Kind::PermanentHole, Kind::HistoryFailed, Kind::Purged];

/// What a pinned feed of rising versions does besides.
const MONOTONIC: &[Kind] = &[Kind::DuplicateNear, Kind::DuplicateFar];

/// What a feed without versions does besides.
const REFOLD: &[Kind] = &[
    Kind::DuplicateNear,
    Kind::DuplicateFar,
    Kind::DuplicateElsewhere,
    Kind::Reordered,
    Kind::TwoPartitions,
    Kind::HistoryFailed,
    Kind::LateFill,
];

/// What can go wrong only where history stands beside the feed.
const WITH_HISTORY: &[Kind] = &[
    Kind::LostMiddle,
    Kind::LostTail,
    Kind::PermanentHole,
    Kind::LateFill,
    Kind::TruncatedHistory,
    Kind::LaggingHistory,
    Kind::UndecodableHistory,
    Kind::Trimmed,
    Kind::Incarnation,
    Kind::HistoryFailed,
    Kind::Purged,
];

/// Draws the faults of one world.
pub(super) fn draw(rng: &mut Rng, profile: Profile, history: bool) -> Kinds {
    let here = match profile {
        Profile::Shards => SHARDS,
        Profile::Keyed => KEYED,
        Profile::Embedded => EMBEDDED,
        Profile::Monotonic => MONOTONIC,
        Profile::Refold => REFOLD,
    };
    let beside = history && matches!(profile, Profile::Shards | Profile::Keyed);
    let with_history = if beside { WITH_HISTORY } else { &[] };
    // Some worlds are nearly quiet, some have everything: rare pairs of faults meet in both.
    let share = rng.pick(&[15, 30, 50, 75, 95]).copied().unwrap_or(50);
    let mut faults = Kinds::default();
    for kind in EVERYWHERE.iter().chain(here).chain(with_history) {
        if rng.percent(share) {
            faults.add(*kind);
        }
    }
    if faults.has(Kind::ControlTimedOutWritten) {
        // One that times out may be done or not.
        faults.add(Kind::ControlTimedOutNotWritten);
    }
    if faults.has(Kind::Purged) {
        // A tombstone's age is told by workers' clocks, and what was purged is folded again from
        // history: a purge presumes that both are about right.
        for kind in [Kind::ClockForward, Kind::ClockBack, Kind::TruncatedHistory] {
            faults.remove(kind);
        }
    }
    faults
}
