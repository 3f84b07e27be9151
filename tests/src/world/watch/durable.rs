//! What is durable: that an event is in its documents, in letters, or concerns nobody.

use foldline_core::guard::Guard;
use foldline_core::letter::Scope;
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_core::progress::Progress;

use crate::world::projections::keyed_by_stream;
use crate::world::run::{EPOCH_MS, World};
use crate::world::truth::{Act, Fact, Flaw};

impl World {
    /// Whether this event is in its documents, in letters, or concerns nobody.
    pub(super) fn is_durable(
        &self,
        projection: usize,
        stream: &Name,
        fact: &Fact,
        at: Option<(&Name, &Position)>,
    ) -> bool {
        let Some(joined) = self.projections.get(projection) else { return true };
        if self.is_before(fact) {
            return true;
        }
        let by_stream = keyed_by_stream(joined.projection.guard);
        // What a condition may have filtered leaves nothing behind that must be durable: whoever
        // meets it again judges it again, on the same document. The end shows if it was lost.
        if matches!(fact.act, Act::Ignored | Act::Noted) && fact.flaw == Flaw::None {
            return true;
        }
        let version = fact.version;
        // The second of two contents is a letter of its own: what it says is on record.
        let forked = at.is_some_and(|(partition, position)| {
            let place = (projection, partition.clone(), position.clone());
            self.letters.forks.contains(&place)
        });
        if forked {
            return true;
        }
        let whole = Scope::Stream(stream.clone());
        if self.letters.has(projection, stream, version, &whole) {
            return true;
        }
        // Without versions a parked stream is folded anew from its first letter on: that one stands
        // for all that follow.
        if !self.versioned() && self.letters.has_after(projection, stream) {
            return true;
        }
        if by_stream {
            return self.is_in(projection, stream, stream, fact, at);
        }
        if matches!(fact.flaw, Flaw::Undecodable | Flaw::Route) {
            return self.letters.has_any(projection, stream, version);
        }
        fact.keys.iter().all(|key| self.is_in(projection, key, stream, fact, at))
    }

    /// Whether the event happened before the projections began; of that very moment nothing is
    /// their concern either.
    pub(in crate::world) fn is_before(&self, fact: &Fact) -> bool {
        self.settings.begins.is_some_and(|begins| fact.time <= begins)
    }

    /// Whether this document covers the event, or a letter does for it.
    fn is_in(
        &self,
        projection: usize,
        key: &Name,
        stream: &Name,
        fact: &Fact,
        at: Option<(&Name, &Position)>,
    ) -> bool {
        let version = fact.version;
        if self.letters.has(projection, stream, version, &Scope::Key(key.clone())) {
            return true;
        }
        // What deletes a document that is absent leaves nothing to store.
        let meta = self.watch.metas.get(&(projection, key.clone()));
        if meta.is_none_or(|meta| meta.deleted.is_some()) && self.is_removed(stream, key, version) {
            return true;
        }
        if meta.is_none() && key == stream && self.is_dead(stream, version) {
            return true;
        }
        // What a purged tombstone covered stays done, also when a mark has made the document anew.
        let purged = self.watch.purged.get(&(projection, key.clone()));
        let guards = meta.map(|meta| &meta.guard).into_iter().chain(purged);
        guards.into_iter().any(|guard| self.covers(guard, (projection, key, stream), version, at))
    }

    /// Whether a document's guard says that this version of the stream is in.
    fn covers(
        &self,
        guard: &Guard,
        (projection, key, stream): (usize, &Name, &Name),
        version: u64,
        at: Option<(&Name, &Position)>,
    ) -> bool {
        let done =
            |progress: &Progress| version < progress.next && !progress.holes.contains(version);
        match guard {
            Guard::Version(progress) => done(progress),
            Guard::Streams(streams) => {
                let row = (projection, key.clone(), stream.clone());
                self.watch.rows.get(&row).or_else(|| streams.get(stream)).is_some_and(done)
            }
            Guard::Positions(at_most) => {
                let covered = match at {
                    Some((partition, position)) => {
                        at_most.applied.get(partition).is_some_and(|last| position <= last)
                    }
                    None => true,
                };
                covered || at_most.drained.get(stream).is_some_and(|next| version < *next)
            }
            Guard::Refold { last, .. } => *last >= crate::world::truth::sort_key(version),
        }
    }

    /// Whether the stream was deleted after this version, so long ago that not even a tombstone
    /// must be there.
    fn is_dead(&self, stream: &Name, version: u64) -> bool {
        let leap = self.workers.iter().map(|worker| worker.ahead).max().unwrap_or(0).max(0);
        let now = (EPOCH_MS + self.now).saturating_add_signed(leap);
        let after = self.truth.stream(stream).map(|found| found.facts.range(version..));
        after.into_iter().flatten().any(|(_, fact)| {
            let past = (EPOCH_MS + fact.time).saturating_add(self.settings.tuning.purge_ms) < now;
            fact.act == Act::Removed && fact.shown <= self.now && past
        })
    }

    /// Whether this event or a later one deletes what it does to the document.
    fn is_removed(&self, stream: &Name, key: &Name, version: u64) -> bool {
        let Some(found) = self.truth.stream(stream) else { return false };
        found.facts.range(version..).any(|(_, fact)| {
            let hits = fact.keys.contains(key) || stream == key;
            fact.act == Act::Removed && hits && fact.time <= self.now
        })
    }
}
