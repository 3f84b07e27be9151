//! What the partitions showed, as the watch and the oracle ask for it.

use std::collections::BTreeSet;

use foldline_core::name::Name;
use foldline_core::position::Position;

use super::{DIGESTS, Seen, Watch};
use crate::world::run::Failure;
use crate::world::writers::Shown;

impl Watch {
    /// Whether the feed lost anything of this partition.
    pub(in crate::world) fn is_trimmed(&self, partition: &Name) -> bool {
        let mut lives = self.logs.iter().filter(|((_, name), _)| name == partition);
        lives.any(|(_, log)| log.iter().any(|seen| seen.gone.is_some()))
    }

    /// Whether this partition ever showed an event of the stream.
    pub(in crate::world) fn was_shown_on(&self, number: usize, partition: &Name) -> bool {
        let of_it =
            |seen: &Seen| matches!(seen.shown, Shown::Event { stream, .. } if stream == number);
        let mut lives = self.logs.iter().filter(|((_, name), _)| name == partition);
        lives.any(|(_, log)| log.iter().any(of_it))
    }

    /// Whether a partition that is not among these ever showed an event of the stream.
    pub(in crate::world) fn was_shown_beside(&self, number: usize, these: &BTreeSet<Name>) -> bool {
        let mut others =
            self.logs.keys().map(|(_, name)| name).filter(|name| !these.contains(*name));
        others.any(|name| self.was_shown_on(number, name))
    }

    /// Whether the feed has shown the right content of this version since then, and has it still.
    pub(in crate::world) fn is_kept_since(&self, number: usize, version: u64, since: u64) -> bool {
        let it = Shown::Event { stream: number, version, forged: false };
        let kept = |seen: &Seen| seen.shown == it && seen.at >= since && seen.gone.is_none();
        self.logs.values().any(|log| log.iter().any(kept))
    }

    /// Whether the feed ever showed this version of the stream, or a later one.
    pub(in crate::world) fn was_shown_from(&self, number: usize, from: u64) -> bool {
        let of_it = |seen: &Seen| {
            matches!(seen.shown, Shown::Event { stream, version, .. }
                if stream == number && version >= from)
        };
        self.logs.values().any(|log| log.iter().any(of_it))
    }

    /// A projection asks for what follows a position.
    pub(in crate::world) fn asked(
        &mut self,
        projection: usize,
        partition: &Name,
        after: Option<&Position>,
    ) {
        let read = self.read.get(&(projection, partition.clone()));
        if read.is_some_and(|read| after.is_none_or(|after| after < read)) {
            self.forgot.insert(projection);
        }
    }

    /// Whether the projection never went back, and remembers what it read.
    pub(in crate::world) fn remembers(&self, projection: usize) -> bool {
        !self.forgot.contains(&projection)
    }

    /// Whether all of the stream came on one partition, with both contents of this version before
    /// so many later ones that the first would be forgotten.
    pub(in crate::world) fn is_plain_fork(&self, number: usize, version: u64) -> bool {
        let of_it =
            |seen: &&Seen| matches!(seen.shown, Shown::Event { stream, .. } if stream == number);
        let mut logs = self.logs.values().filter(|log| log.iter().any(|seen| of_it(&seen)));
        let (Some(log), None) = (logs.next(), logs.next()) else { return false };
        let (mut forged_seen, mut true_seen, mut highest) = (false, false, 0);
        for seen in log.iter().filter(of_it) {
            let Shown::Event { version: at, forged, .. } = seen.shown else { continue };
            if at == version {
                forged_seen |= forged;
                true_seen |= !forged;
            }
            if forged_seen && true_seen {
                return highest < version + DIGESTS;
            }
            highest = highest.max(at);
        }
        false
    }

    /// Whether so many events were received as the partition showed up to there. What history
    /// brought counts too; what the feed lost before may be missing.
    pub(super) fn check_received(
        &self,
        place: &(usize, u64, Name),
        shown: usize,
        received: u64,
        feed_alone: bool,
    ) -> Result<(), Failure> {
        let (projection, life, partition) = place;
        let log = self.logs.get(&(*life, partition.clone()));
        let whole = log.is_some_and(|log| log.iter().take(shown).all(|seen| seen.gone.is_none()));
        let begun = self.begun.get(place).copied().unwrap_or(0);
        let shown = shown.saturating_sub(begun) as u64;
        let first_life = self.life == 0 && *life == 0;
        if first_life && whole && (received < shown || feed_alone && received != shown) {
            return Err(format!(
                "p{projection} {partition}: the checkpoint counts {received} events received, and \
                 the partition showed {shown} up to there"
            ));
        }
        Ok(())
    }
}
