//! Which faults belong to which kind of feed, and which of them one seed's world has.

use crate::world::faults::{Kind, Kinds};
use crate::world::rng::Rng;
use crate::world::settings::{Profile, Settings};

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

/// Adds the faults that only some worlds have. They are drawn from numbers of their own: a world
/// without them is what it was before there were any.
pub(super) fn add_rare(rng: &mut Rng, settings: &mut Settings) {
    let Settings { profile, first, history, mut faults, .. } = *settings;
    let refold = profile == Profile::Refold;
    let beside = matches!(profile, Profile::Shards | Profile::Keyed);
    let middle = profile == Profile::Keyed && !history;
    let mut add = |kind: Kind, percent: u64, fits: bool| {
        if rng.percent(percent) && fits {
            faults.add(kind);
        }
    };
    add(Kind::PoisonKeys, 15, true);
    // An ordered log has no such version: its store assigns them.
    add(Kind::BelowFirst, 15, beside && first > 0);
    // What is folded from history cannot be discarded: nobody could make room.
    add(Kind::LettersFull, 8, !refold);
    add(Kind::ControlRefused, 5, true);
    add(Kind::MiddleStart, 25, middle);
    add(Kind::TargetDownHours, 3, true);
    add(Kind::LostTail, 40, refold);
    // Without history what the feed loses is lost, and somebody must be told.
    add(Kind::Trimmed, 20, !history);
    add(Kind::Incarnation, 20, !history);
    add(Kind::LateRetried, 40, beside);
    add(Kind::LateDiscarded, 30, beside);
    let purged = settings.may(Kind::Purged);
    add(Kind::ClockForward, 30, purged);
    add(Kind::ClockBack, 20, purged);
    settings.faults = faults;
}
