//! That no guard covers less than the one before it.

use foldline_core::guard::Guard;
use foldline_core::progress::Progress;

use crate::world::run::Failure;

/// No guard may cover less than the one before it.
pub(super) fn goes_on(before: Option<&Guard>, after: &Guard) -> Result<(), Failure> {
    match (before, after) {
        (None, _) => Ok(()),
        (Some(Guard::Version(before)), Guard::Version(after)) => covers(before, after),
        (Some(Guard::Streams(before)), Guard::Streams(after)) => {
            for (stream, before) in before {
                let Some(after) = after.get(stream) else {
                    return Err(format!("its guard forgot {stream}"));
                };
                covers(before, after).map_err(|why| format!("{stream}: {why}"))?;
            }
            Ok(())
        }
        (
            Some(Guard::Positions { applied: before, .. }),
            Guard::Positions { applied: after, .. },
        ) => {
            let back = before.iter().find(|(partition, last)| after.get(*partition) < Some(last));
            back.map_or(Ok(()), |(partition, _)| Err(format!("{partition} went back")))
        }
        (Some(Guard::Refold { count: before, .. }), Guard::Refold { count: after, .. }) => {
            let back = after < before;
            if back { Err(format!("{before} events, and now {after}")) } else { Ok(()) }
        }
        _ => Err("its guard changed its kind".to_owned()),
    }
}

pub(super) fn covers(before: &Progress, after: &Progress) -> Result<(), Failure> {
    if after.next < before.next {
        return Err(format!("it went back from {} to {}", before.next, after.next));
    }
    for &(from, to) in after.holes.ranges() {
        for version in from..=to.min(before.next.saturating_sub(1)) {
            if !before.holes.contains(version) {
                return Err(format!("{version} was in, and is a hole now"));
            }
        }
    }
    Ok(())
}
