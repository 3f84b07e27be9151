//! What must hold at every step: no document goes back, no hole goes unrecorded, no checkpoint or
//! cursor passes what is not durable. The watch knows what was written and what the stores hold,
//! and believes no machine.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::checkpoint::Checkpoint;
use foldline_core::cursor::CursorWrite;
use foldline_core::effect::{DocumentWrite, LoadKey};
use foldline_core::guard::{Guard, GuardKind, Meta};
use foldline_core::invariants::{counts_balance, guard_goes_on, progress_goes_on};
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_core::progress::{Progress, Standing};
use foldline_core::projector::Projector;

use crate::world::faults::Kind;
use crate::world::projections::Remember;
use crate::world::run::{Failure, World};
use crate::world::settings::Profile;
use crate::world::truth::Class;
use crate::world::writers::Shown;

mod durable;
mod logs;

/// So many versions later a version's content is forgotten.
const DIGESTS: u64 = 4;

/// What the watch remembers.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The present life of the feed.
    life: u64,
    /// By life and partition, everything that the feed ever showed.
    logs: BTreeMap<(u64, Name), Vec<Seen>>,
    /// How far each checkpoint was found right, by projection, life and partition.
    proven: BTreeMap<(usize, u64, Name), usize>,
    /// Where projections began, by projection, life and partition.
    begun: BTreeMap<(usize, u64, Name), usize>,
    /// How far each projection ever read a partition of the present life.
    read: BTreeMap<(usize, Name), Position>,
    /// Projections that read again what they had read, and forgot what came of it.
    forgot: BTreeSet<usize>,
    /// Documents as last written.
    metas: BTreeMap<(usize, Name), Meta>,
    /// Guards of documents whose tombstones were purged.
    purged: BTreeMap<(usize, Name), Guard>,
    rows: BTreeMap<(usize, Name, Name), Progress>,
    /// The partition on which each stream came last.
    homes: BTreeMap<usize, Name>,
    /// How far each cursor was found right.
    cursors: BTreeMap<(usize, Name), u64>,
}

/// One event as a partition showed it.
#[derive(Clone, Debug)]
struct Seen {
    position: Position,
    shown: Shown,
    /// When it was shown.
    at: u64,
    /// When the feed lost it.
    gone: Option<u64>,
}

impl Watch {
    /// Takes a record; answers with the partition on which its stream came before, if another.
    pub(super) fn shown(
        &mut self,
        partition: &str,
        first: &Position,
        shown: &[Shown],
        at: u64,
    ) -> Option<Name> {
        let log = self.logs.entry((self.life, Name::from(partition))).or_default();
        for (index, shown) in (0..).zip(shown) {
            let position = Position { record: first.record.clone(), index };
            log.push(Seen { position, shown: *shown, at, gone: None });
        }
        let Some(Shown::Event { stream, .. }) = shown.first() else { return None };
        let before = self.homes.insert(*stream, Name::from(partition))?;
        (before != partition).then_some(before)
    }

    /// A place in a partition's log, so many percent of the way.
    pub(super) fn place(&self, partition: &str, percent: u64) -> Option<Position> {
        let log = self.logs.get(&(self.life, Name::from(partition)))?;
        let place = (log.len() as u64 * percent / 100).checked_sub(1)?;
        log.get(usize::try_from(place).ok()?).map(|seen| seen.position.clone())
    }

    pub(super) fn trimmed(&mut self, partition: &str, through: &Position, now: u64) {
        let Some(log) = self.logs.get_mut(&(self.life, Name::from(partition))) else { return };
        for seen in log.iter_mut().filter(|seen| seen.position <= *through) {
            seen.gone.get_or_insert(now);
        }
    }

    /// A projection begins at the end of this partition: what came before is no concern of it.
    pub(super) fn begun(&mut self, projection: usize, partition: &Name) {
        let place = (self.life, partition.clone());
        let seen = self.logs.get(&place).map_or(0, Vec::len);
        self.proven.insert((projection, self.life, partition.clone()), seen);
        self.begun.insert((projection, self.life, partition.clone()), seen);
    }

    pub(super) fn reincarnated(&mut self, now: u64) {
        for log in self.logs.values_mut() {
            for seen in log {
                seen.gone.get_or_insert(now);
            }
        }
        self.life = now;
        self.read.clear();
    }

    pub(super) fn read(&mut self, projection: usize, partition: &Name, next: Option<&Position>) {
        let Some(next) = next else { return };
        let place = self.read.entry((projection, partition.clone()));
        let read = place.or_insert_with(|| next.clone());
        *read = next.clone().max(read.clone());
    }

    pub(super) fn was_read_beyond(
        &self,
        projection: usize,
        partition: &Name,
        position: Option<&Position>,
    ) -> bool {
        self.read.get(&(projection, partition.clone())).is_some_and(|read| Some(read) > position)
    }

    pub(super) fn purged(&mut self, projection: usize, kept: &BTreeSet<Name>) {
        let gone: Vec<(usize, Name)> = self
            .metas
            .keys()
            .filter(|(p, key)| *p == projection && !kept.contains(key))
            .cloned()
            .collect();
        for key in gone {
            if let Some(meta) = self.metas.remove(&key) {
                self.purged.insert(key, meta.guard);
            }
        }
    }

    /// Whether a purged tombstone of the document whose key is the stream covered this version.
    pub(super) fn is_purged(&self, projection: usize, key: &Name, version: u64) -> bool {
        match self.purged.get(&(projection, key.clone())) {
            Some(Guard::Version(progress)) => progress.judge(version) == Standing::Covered,
            _ => false,
        }
    }
}

impl World {
    /// A document was written: it must not have gone back, nor passed over anything in silence.
    pub(super) fn watch_document(
        &mut self,
        projection: usize,
        write: &DocumentWrite,
    ) -> Result<(), Failure> {
        let place = (projection, write.key.clone());
        let before = self.watch.metas.get(&place).map(|meta| &meta.guard);
        let what = || format!("p{projection} document {}", write.key);
        // A ledger's document holds only the rows that were loaded: its rows are looked at below.
        let ledger = self.guard(projection) == Some(GuardKind::Ledger);
        if !ledger && let Some(before) = before {
            guard_goes_on(before, &write.meta.guard).map_err(|why| format!("{}: {why}", what()))?;
        }
        // A feed that is the ordered whole history fills no hole late: nobody must remember it.
        let filled = matches!(self.settings.profile, Profile::Shards | Profile::Keyed);
        if !ledger && filled {
            match (&write.meta.guard, before) {
                (Guard::Version(after), before) => {
                    let from = match before {
                        Some(Guard::Version(before)) => before.next,
                        _ => self.settings.first,
                    };
                    self.no_silent_hole(&write.key, from, after)
                        .map_err(|why| format!("{}: {why}", what()))?;
                }
                (Guard::Streams(after), before) => {
                    for (stream, after) in after {
                        let from = match before {
                            Some(Guard::Streams(before)) => before.get(stream).map(|p| p.next),
                            _ => None,
                        };
                        let from = from.unwrap_or(self.settings.first);
                        self.no_silent_hole(stream, from, after)
                            .map_err(|why| format!("{}: {why}", what()))?;
                    }
                }
                _ => {}
            }
        }
        for (stream, progress) in &write.rows {
            let row = (projection, write.key.clone(), stream.clone());
            if let Some(before) = self.watch.rows.get(&row) {
                progress_goes_on(before, progress)
                    .map_err(|why| format!("{} {stream}: {why}", what()))?;
            }
            self.watch.rows.insert(row, progress.clone());
        }
        self.count_created_again(&place, &write.meta);
        self.watch.metas.insert(place, write.meta.clone());
        Ok(())
    }

    fn count_created_again(&mut self, place: &(usize, Name), after: &Meta) {
        if after.deleted.is_some() {
            return;
        }
        if self.watch.metas.get(place).is_some_and(|before| before.deleted.is_some()) {
            self.tally.count(Kind::CreatedAgain);
        }
        if !self.watch.metas.contains_key(place) && self.watch.purged.contains_key(place) {
            self.tally.count(Kind::CreatedAfterPurge);
        }
    }

    /// Whatever lies below `after.next` and never existed so far must be on its list of holes.
    fn no_silent_hole(&self, stream: &str, from: u64, after: &Progress) -> Result<(), Failure> {
        for version in from..after.next {
            if !self.exists(stream, version) && !after.holes.contains(version) {
                return Err(format!("passed {stream}:{version}, which is no recorded hole"));
            }
        }
        Ok(())
    }

    /// Whether this version was written and can be seen by now.
    fn exists(&self, stream: &str, version: u64) -> bool {
        let Some(found) = self.truth.stream(stream) else { return false };
        let Some(fact) = found.facts.get(&version) else { return false };
        !found.late.contains(&version) || fact.shown <= self.now
    }

    /// A checkpoint was stored: all that the partition showed up to there must be durable.
    pub(super) fn watch_checkpoint(
        &mut self,
        projection: usize,
        partition: &Name,
        checkpoint: &Checkpoint,
    ) -> Result<(), Failure> {
        let counts = checkpoint.counts;
        if !counts_balance(&counts) {
            return Err(format!("p{projection} {partition}: counts do not balance: {counts:?}"));
        }
        // While a sweep is under way the position is of the time before it, and passes nothing.
        if checkpoint.jump.is_some() {
            return Ok(());
        }
        let Some(position) = &checkpoint.position else { return Ok(()) };
        let life = checkpoint.incarnation.strip_prefix("life").and_then(|life| life.parse().ok());
        let Some(life) = life else { return Ok(()) };
        let Some(log) = self.watch.logs.get(&(life, partition.clone())) else { return Ok(()) };
        let place = (projection, life, partition.clone());
        let from = self.watch.proven.get(&place).copied().unwrap_or(0);
        let mut to = from;
        for seen in log.iter().skip(from).take_while(|seen| seen.position <= *position) {
            to += 1;
            if !self.is_settled(projection, partition, seen) {
                let what = &seen.position;
                let event = self.name_of(seen.shown);
                return Err(format!(
                    "p{projection} {partition}: the checkpoint is at {position}, and {event} at \
                     {what} is not durable"
                ));
            }
        }
        self.watch.check_received(&place, to, counts.received, !self.settings.history)?;
        self.watch.proven.insert(place, to);
        Ok(())
    }

    fn name_of(&self, shown: Shown) -> String {
        match shown {
            Shown::Event { stream, version, forged } => {
                let name = self.truth.streams.get(stream).map_or("?", |s| s.name.as_str());
                format!("{name}:{version}{}", if forged { " (forged)" } else { "" })
            }
            Shown::Nameless => "a record without a stream".to_owned(),
        }
    }

    fn is_settled(&self, projection: usize, partition: &Name, seen: &Seen) -> bool {
        let Shown::Event { stream, version, .. } = seen.shown else {
            let letter = (projection, partition.clone(), seen.position.clone());
            return seen.gone.is_some() || self.letters.nameless.contains(&letter);
        };
        let Some(found) = self.truth.streams.get(stream) else { return true };
        let Some(fact) = found.facts.get(&version) else {
            let below = version < self.settings.first && seen.gone.is_none();
            return !below || self.letters.has_any(projection, &found.name, version);
        };
        // What the feed lost before history showed it can only be found by a later sweep; what
        // both have lost cannot be found at all.
        let lost = seen.gone.is_some_and(|at| fact.shown > at || found.class == Class::Truncated);
        lost || self.is_durable(projection, &found.name, fact, Some((partition, &seen.position)))
    }

    /// A cursor was stored: all below must be durable, and all holes listed.
    pub(super) fn watch_cursor(
        &mut self,
        projection: usize,
        write: &CursorWrite,
    ) -> Result<(), Failure> {
        if !matches!(self.settings.profile, Profile::Shards | Profile::Keyed) {
            return Ok(());
        }
        let place = (projection, write.stream.clone());
        let from = self.watch.cursors.get(&place).copied().unwrap_or(self.settings.first);
        let done = &write.cursor.done;
        for version in from..done.next {
            if done.holes.contains(version) {
                continue;
            }
            let what = || format!("p{projection} cursor {}", write.stream);
            if !self.exists(&write.stream, version) {
                return Err(format!("{}: {version} is no recorded hole", what()));
            }
            let Some(fact) = self.truth.fact(&write.stream, version) else { continue };
            if !self.is_durable(projection, &write.stream, fact, None) {
                return Err(format!("{} counts {version}, which is not durable", what()));
            }
        }
        let proven = self.watch.cursors.entry(place).or_insert(from);
        *proven = done.next.max(*proven);
        Ok(())
    }

    fn guard(&self, projection: usize) -> Option<GuardKind> {
        self.projections.get(projection).map(|joined| joined.projection.guard)
    }

    /// What the store holds for a ledger's row, for the oracle.
    pub(super) fn row(&self, projection: usize, key: &Name, stream: &Name) -> Option<Progress> {
        let load = LoadKey { key: key.clone(), rows: vec![stream.clone()] };
        let loaded = self.documents.load_now(&self.id(projection), &[load]);
        let rows = loaded.into_iter().next().map(|loaded| loaded.rows)?;
        rows.into_iter().next().map(|(_, progress)| progress)
    }
}

/// What a machine says of itself must add up.
pub(super) fn check_machine(projector: &Projector<Remember>) -> Result<(), Failure> {
    projector.check()
}
