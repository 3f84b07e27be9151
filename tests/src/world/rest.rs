//! How a world comes to rest once nothing goes wrong any more: everybody catches up, the lost tails
//! are swept, what is left to do is done, and all partitions are given up in good order.

use foldline_core::name::Name;
use foldline_core::projection::Projection;
use foldline_ports::feed::Partition;

use crate::world::faults::Kind;
use crate::world::parts::{Happening, Worker};
use crate::world::run::{Failure, World};

/// What is still to be done once nothing goes wrong any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Checkpoints come to the ends of their partitions.
    CatchUp,
    /// The background sweep goes over all streams until it finds nothing more; since this time.
    Sweep { since: u64 },
    /// Until nothing happens any more.
    Settle,
    /// What operators' deaths left half done is retried, and they may retry all.
    Retry,
    /// All partitions are given up.
    Leave,
}

impl World {
    pub(super) fn rest(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        let quiet = self.now.saturating_sub(self.fleet.last_work) > QUIET_MS;
        // Who waits for what a halted partition holds waits for ever.
        let quiet = quiet || (!self.halts.is_empty() && self.waited_long());
        self.fleet.stage = match self.fleet.stage {
            Stage::CatchUp if self.behind(partitions)?.is_some() => Stage::CatchUp,
            Stage::CatchUp if self.sweeps() => {
                self.sweeper = None;
                Stage::Sweep { since: self.now }
            }
            Stage::CatchUp => Stage::Settle,
            Stage::Sweep { since } => {
                let longest = self.settings.tuning.retry_ms.1;
                let time_up = self.now > since + SWEEP_MS.max(SWEEP_WAITS * longest);
                let clean = self.swept_clean() && self.behind(partitions)?.is_none();
                if clean || time_up { Stage::Settle } else { Stage::Sweep { since } }
            }
            Stage::Settle if !quiet => Stage::Settle,
            Stage::Settle if self.has_operators() => {
                self.retry_all()?;
                self.fleet.last_work = self.now;
                Stage::Retry
            }
            Stage::Retry if !quiet => Stage::Retry,
            Stage::Settle | Stage::Retry => {
                self.leave();
                Stage::Leave
            }
            Stage::Leave => {
                let owns =
                    |worker: &Worker| worker.posts.values().any(|post| !post.owned.is_empty());
                self.fleet.rested = !self.workers.iter().any(owns);
                Stage::Leave
            }
        };
        Ok(())
    }

    /// Whether operators are about: from the start, or since there was no room for letters. They
    /// die half-way, and come again.
    fn has_operators(&self) -> bool {
        let may = |kind| self.settings.may(kind);
        may(Kind::Retried) || may(Kind::Discarded) || self.tally.of(Kind::LettersFull) > 0
    }

    fn leave(&mut self) {
        let partitions: Vec<Name> = self.fleet.owners.keys().cloned().collect();
        for partition in partitions {
            for worker in 0..self.workers.len() {
                let life = self.workers.get(worker).map_or(0, |worker| worker.life);
                let partition = partition.clone();
                self.plan_at(self.now, Happening::Revoke { worker, life, partition, lost: false });
            }
        }
    }

    /// Whether all that can be done without a halted partition had its time, since nothing goes
    /// wrong and the stores are up.
    fn waited_long(&self) -> bool {
        let since = self.calm_at.max(self.down_until).max(self.control_down_until);
        // Whoever was refused for long asks again as late as that.
        let longest = self.settings.tuning.retry_ms.1;
        self.now > since + HALTED_MS.max(RETRIES * longest)
    }

    /// What has not caught up with the feed.
    fn behind(&self, partitions: &[Partition]) -> Result<Option<String>, Failure> {
        for (number, joined) in self.projections.iter().enumerate() {
            for partition in partitions {
                let name = &partition.name;
                let halted = self.halts.contains(&(number, name.clone()));
                let waits = self.waited_long()
                    && self.halts.iter().any(|(projection, _)| *projection == number);
                if halted || waits {
                    continue;
                }
                let side = self.documents.load_checkpoint_now(&joined.projection.id(), name);
                let side = side.map_err(|trouble| format!("no checkpoint: {trouble:?}"))?;
                let newest = self.feed.newest_now(name);
                let at = side.as_ref().and_then(|(c, _)| c.position.clone());
                let ended = side.as_ref().is_some_and(|(c, _)| c.ended);
                let lives = side.as_ref().is_none_or(|(c, _)| {
                    c.incarnation == newest.incarnation || c.position == newest.position
                });
                let caught_up = at >= newest.position && lives && ended == partition.ended;
                if !caught_up {
                    let newest = newest.position;
                    return Ok(Some(format!("p{number} {name} at {at:?}, the feed at {newest:?}")));
                }
            }
        }
        Ok(None)
    }

    pub(super) fn unrest(&self) -> String {
        let behind = self.behind(&self.feed.partitions_now());
        let behind = behind.ok().flatten().unwrap_or_else(|| "nothing is behind".to_owned());
        format!("{:?}, {behind}", self.fleet.stage)
    }
}

/// How long what does not need a halted partition may take to be done.
const HALTED_MS: u64 = 60_000;

/// So many of the longest waits may follow each other until then.
const RETRIES: u64 = 5;

/// How long sweeps may find more than they found before.
const SWEEP_MS: u64 = 60_000;

/// At least so many of the longest waits of who was refused: one goes by until what a sweep found
/// is written.
const SWEEP_WAITS: u64 = 2;

/// Nothing happened for so long: longer than any wait of a machine.
const QUIET_MS: u64 = 20_000;
