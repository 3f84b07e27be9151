//! What must always hold, as predicates over what is stored: the machine asserts them, and the
//! simulation checks every write against them. Each tells in words what is wrong.

use crate::checkpoint::{Checkpoint, Counts};
use crate::cursor::Cursor;
use crate::guard::Guard;
use crate::progress::Progress;

#[cfg(test)]
mod tests;

/// Every event that a checkpoint passed has met one verdict, and no other event has.
pub fn counts_balance(counts: &Counts) -> bool {
    counts.received == counts.judged()
}

/// Whether `after` covers all that `before` did: it is not lower, and nothing that was in is a
/// hole now. A hole may be filled.
pub fn progress_goes_on(before: &Progress, after: &Progress) -> Result<(), String> {
    if after.next < before.next {
        return Err(format!("it went back from {} to {}", before.next, after.next));
    }
    for &(from, to) in after.holes.ranges() {
        let mut version = from;
        while version <= to && version < before.next {
            let known = before.holes.ranges().iter().find(|(a, b)| (*a..=*b).contains(&version));
            let Some((_, end)) = known else {
                return Err(format!("{version} was in, and is a hole now"));
            };
            version = end.saturating_add(1);
        }
    }
    Ok(())
}

/// Whether a document's guard covers all that the one before it did: no stream's progress and no
/// partition's position goes back or is forgotten, and a fold of history never gets shorter.
pub fn guard_goes_on(before: &Guard, after: &Guard) -> Result<(), String> {
    match (before, after) {
        (Guard::Version(before), Guard::Version(after)) => progress_goes_on(before, after),
        (Guard::Streams(before), Guard::Streams(after)) => {
            for (stream, before) in before {
                let Some(after) = after.get(stream) else {
                    return Err(format!("its guard forgot {stream}"));
                };
                progress_goes_on(before, after).map_err(|why| format!("{stream}: {why}"))?;
            }
            Ok(())
        }
        (Guard::Positions(before), Guard::Positions(after)) => {
            let (before, after) = (&before.applied, &after.applied);
            let back = before.iter().find(|(partition, last)| after.get(*partition) < Some(last));
            back.map_or(Ok(()), |(partition, _)| Err(format!("{partition} went back")))
        }
        (Guard::Refold { count: before, .. }, Guard::Refold { count: after, .. }) => {
            let back = after < before;
            if back { Err(format!("{before} events, and now {after}")) } else { Ok(()) }
        }
        _ => Err("its guard changed its kind".to_owned()),
    }
}

/// Whether a partition's checkpoint may follow the one before it: in one life of the feed the
/// position never goes back, unless a sweep has just ended, which repaired what the feed lost and
/// goes on where the feed begins.
pub fn checkpoint_goes_on(before: &Checkpoint, after: &Checkpoint) -> Result<(), String> {
    if after.may_follow(before) {
        return Ok(());
    }
    let shown = |checkpoint: &Checkpoint| {
        checkpoint.position.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string)
    };
    Err(format!("it went back from {} to {}", shown(before), shown(after)))
}

/// Whether a stream's cursor says no less than the one before it.
pub fn cursor_goes_on(before: &Cursor, after: &Cursor) -> Result<(), String> {
    progress_goes_on(&before.done, &after.done)
}
