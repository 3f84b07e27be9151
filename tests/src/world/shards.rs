//! How streams are spread over partitions, and how that changes: shards split and merge with
//! lineage, topics grow without.

use foldline_core::checkpoint::Checkpoint;
use foldline_core::fault::Trouble;
use foldline_core::lineage::{self, Parent};
use foldline_core::name::{Name, ProjectionId};
use foldline_ports::feed::Partition;
use foldline_ports::memory::documents::Documents;
use foldline_ports::memory::feed::Feed;

use crate::world::faults::Kind;
use crate::world::fleet::Fleet;
use crate::world::run::{Failure, World};
use crate::world::settings::Profile;

const SLOTS: u64 = 256;

impl Fleet {
    /// Spreads the streams over the first partitions, and names these.
    pub(super) fn reset_ring(&mut self) -> Vec<String> {
        let names: Vec<String> = (0..self.partitions).map(|n| format!("part{n}")).collect();
        self.spread(&names);
        names
    }

    fn spread(&mut self, names: &[String]) {
        let count = names.len() as u64;
        let ends = (1..=count).map(|number| number * SLOTS / count.max(1));
        self.ring = ends.zip(names.iter().cloned()).collect();
    }

    /// The open partition of a stream; or the one beside it.
    pub(super) fn home(&self, stream: usize, elsewhere: bool) -> Option<&str> {
        let slot = (stream as u64 * 97 + 13) % SLOTS;
        let place = self.ring.iter().position(|(end, _)| slot < *end)?;
        let place = (place + usize::from(elsewhere)) % self.ring.len();
        self.ring.get(place).map(|(_, name)| name.as_str())
    }
}

impl World {
    pub(super) fn split(&mut self) {
        let place = self.rng.index(self.fleet.ring.len());
        let before = place.checked_sub(1).and_then(|before| self.fleet.ring.get(before));
        let from = before.map_or(0, |(end, _)| *end);
        let Some((end, parent)) = self.fleet.ring.get(place).cloned() else { return };
        if end - from < 2 {
            return;
        }
        self.tally.count(Kind::Split);
        let (a, b) = (self.name_partition(), self.name_partition());
        self.feed.reshard(&[&parent], &[&a, &b]);
        let halves = [(u64::midpoint(from, end), a), (end, b)];
        self.fleet.ring.splice(place..=place, halves);
    }

    pub(super) fn merge(&mut self) {
        let place = self.rng.index(self.fleet.ring.len().saturating_sub(1));
        let pair = (self.fleet.ring.get(place).cloned(), self.fleet.ring.get(place + 1).cloned());
        let (Some((_, a)), Some((end, b))) = pair else { return };
        self.tally.count(Kind::Merge);
        let child = self.name_partition();
        self.feed.reshard(&[&a, &b], &[&child]);
        self.fleet.ring.splice(place..=place + 1, [(end, child)]);
    }

    /// A partition more, and streams move without any lineage.
    pub(super) fn grow(&mut self) {
        self.tally.count(Kind::Grown);
        let mut names: Vec<String> = self.fleet.ring.iter().map(|(_, name)| name.clone()).collect();
        let name = self.name_partition();
        self.feed.reshard(&[], &[&name]);
        names.push(name);
        self.fleet.spread(&names);
    }

    fn name_partition(&mut self) -> String {
        self.fleet.named += 1;
        format!("more{}", self.fleet.named)
    }

    /// Whether streams stay on one partition for good.
    pub(super) fn pinned(&self) -> bool {
        matches!(self.settings.profile, Profile::Embedded | Profile::Monotonic)
    }

    /// Whether the projection may read the partition, as any worker decides.
    pub(super) fn may_read(
        &self,
        projection: usize,
        partition: &Partition,
    ) -> Result<bool, Failure> {
        let may = may_read(&self.feed, &self.documents, &self.id(projection), partition);
        may.map_err(|trouble| format!("checkpoints cannot be read: {trouble:?}"))
    }
}

/// Whether a projection has received events of any partition, by what its checkpoints count.
pub fn has_begun(documents: &Documents, id: &ProjectionId) -> Result<bool, Trouble> {
    let stored = documents.checkpoints_now(id)?;
    Ok(stored.iter().any(|(_, checkpoint)| checkpoint.counts.received > 0))
}

/// Whether a projection may read a partition, by what the feed lists and the store holds.
pub fn may_read(
    feed: &Feed,
    documents: &Documents,
    id: &ProjectionId,
    partition: &Partition,
) -> Result<bool, Trouble> {
    let stored = |name: &Name| -> Result<Option<Checkpoint>, Trouble> {
        Ok(documents.load_checkpoint_now(id, name)?.map(|(checkpoint, _)| checkpoint))
    };
    let listed = feed.partitions_now();
    let own = stored(&partition.name)?;
    let stored: Result<Vec<_>, _> = partition.parents.iter().map(stored).collect();
    let stored = stored?;
    let parents: Vec<Parent<'_>> = partition
        .parents
        .iter()
        .zip(&stored)
        .map(|(name, checkpoint)| Parent {
            listed: listed.iter().any(|other| other.name == *name),
            checkpoint: checkpoint.as_ref(),
        })
        .collect();
    Ok(lineage::may_read(&feed.incarnation_now(), own.as_ref(), &parents))
}
