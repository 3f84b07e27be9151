//! The naive fold: what one stream's events leave in one document, and what of them may be missing
//! there, and why.

use foldline_core::guard::Guard;
use foldline_core::letter::{Cause, Scope};
use foldline_core::name::Name;
use foldline_core::progress::Progress;
use foldline_core::value::Value;

use super::{Found, read};
use crate::world::run::Failure;
use crate::world::settings::Profile;
use crate::world::truth::{Act, Fact, Flaw, Stream};

impl Found<'_> {
    /// What the stream's events leave in this document; none: nothing.
    pub(super) fn fold(&self, stream: &Stream, key: &Name) -> Result<Option<Vec<i64>>, Failure> {
        let forks = stream.forks.iter().filter(|(_, (other, _))| self.concerns(other, key));
        let forks: Vec<u64> = forks.map(|(version, _)| *version).collect();
        let actual = self.documents.get(key).map(|stored| read(&stored.body, key));
        let actual = actual.and_then(|mut all| all.remove(&stream.name));
        let shows = |version: u64| {
            let forged = stream.forks.get(&version).map(|(fact, _)| fact.id);
            let ids = actual.as_ref();
            forged.is_some_and(|id| ids.is_some_and(|ids| ids.contains(&id)))
        };
        self.compare_forks(stream, &forks, &shows)?;
        let likely = self.fold_with(stream, key, &shows, None);
        if likely == Ok(actual.clone()) {
            return likely;
        }
        // A late one that an operator had retried came after others that should have followed it.
        let wanders = self.world.letters.wandering.get(&(self.projection, stream.name.clone()));
        for place in 1..wanders.map_or(0, |_| stream.facts.len()) {
            let moved = wanders.map(|version| (*version, place));
            let folded = self.fold_with(stream, key, &|_| false, moved);
            if folded == Ok(actual.clone()) {
                return folded;
            }
        }
        for moved in self.unnoticed_forks(stream, actual.as_deref().unwrap_or_default()) {
            let folded = self.fold_with(stream, key, &shows, Some(moved));
            if folded == Ok(actual.clone()) {
                return folded;
            }
        }
        let mut first = None;
        // Each fork leaves one of two contents, and some deletions may be in without a trace:
        // whichever explains the document is taken, and without both there is but one way.
        let deletions = self.dropped_with_stream(stream, key).chain(self.left_behind(stream, key));
        let mut doubtful: Vec<u64> = deletions.chain(forks).collect();
        // Of more than can be tried, those are that decide: deletions come first.
        let deletes = |fact: &Fact| fact.act == Act::Removed;
        doubtful.sort_by_key(|version| !stream.facts.get(version).is_some_and(deletes));
        for choice in 0..1u32 << doubtful.len().min(10) {
            let other = |version: u64| {
                let place = doubtful.iter().position(|doubtful| *doubtful == version);
                place.is_some_and(|place| choice >> place & 1 == 1)
            };
            let folded = self.fold_with(stream, key, &other, None);
            if folded == Ok(actual.clone()) {
                return folded;
            }
            first.get_or_insert(folded);
        }
        first.unwrap_or(Ok(None))
    }

    /// What was dropped of a parked stream, concerns the document and left no trace there: a retry
    /// before may have come so far. What leaves its id tells by that whether it is in.
    fn dropped_with_stream<'a>(
        &'a self,
        stream: &'a Stream,
        key: &'a Name,
    ) -> impl Iterator<Item = u64> + 'a {
        let scope = Scope::Stream(stream.name.clone());
        let dropped = self
            .discarded
            .iter()
            .filter(move |(s, name, _)| *s == scope && *name == stream.name && !self.by_stream);
        dropped.filter_map(move |(_, _, version)| {
            let fact = stream.facts.get(version).filter(|fact| self.concerns(fact, key))?;
            self.is_traceless(stream, key, fact).then_some(fact.version)
        })
    }

    /// Whether the document does not show that this event is in: it deletes, or what it left was
    /// deleted later.
    fn is_traceless(&self, stream: &Stream, key: &Name, fact: &Fact) -> bool {
        let mut rest = stream.facts.range(fact.version..);
        rest.any(|(_, later)| later.act == Act::Removed && self.concerns(later, key))
    }

    /// Deletions whose letters stand, and that may be in: whoever drained them died before the
    /// letters were gone, and the next one stopped before it came to them.
    fn left_behind<'a>(
        &'a self,
        stream: &'a Stream,
        key: &'a Name,
    ) -> impl Iterator<Item = u64> + 'a {
        let deletes = |fact: &&Fact| self.concerns(fact, key) && fact.act == Act::Removed;
        let deletions = stream.facts.values().filter(deletes);
        deletions.map(|fact| fact.version).filter(move |version| {
            !self.by_stream && self.holding(stream, key, *version) == Some(Cause::Behind)
        })
    }

    /// Whether an event that need not show is followed by one that is in: a drain takes a stream's
    /// letters in order, so its own was left behind. The fold tells what it leaves.
    fn is_passed(
        &self,
        stream: &Stream,
        key: &Name,
        fact: &Fact,
        other: &dyn Fn(u64) -> bool,
    ) -> bool {
        let may_hide = fact.act == Act::Noted || self.is_traceless(stream, key, fact);
        let is_in = |later: &Fact| {
            let deletes = later.act == Act::Removed && other(later.version);
            self.concerns(later, key) && (deletes || self.is_in(stream, key, later.id))
        };
        let mut rest = stream.facts.values().filter(|later| later.version > fact.version);
        may_hide && rest.any(is_in)
    }

    /// Folds what is to be in. Of some versions there are two ways: `other` says where the second
    /// content was taken, or an event that was dropped, or whose letter stands, is in.
    fn fold_with(
        &self,
        stream: &Stream,
        key: &Name,
        other: &dyn Fn(u64) -> bool,
        moved: Option<(u64, usize)>,
    ) -> Result<Option<Vec<i64>>, Failure> {
        let mut ids = None;
        let mut stopped = None;
        for (number, fact) in order(stream, moved) {
            let version = self.told_version(fact, number);
            let fact = match stream.forks.get(&fact.version) {
                Some((forged, _)) if other(fact.version) => forged,
                _ => fact,
            };
            if !self.concerns(fact, key) {
                continue;
            }
            if !self.world.versioned() && self.stopped_at(key).is_some_and(|at| version >= at) {
                // One that no store takes may be known only when others are folded with it.
                let mut rest = stream.facts.range(fact.version..);
                let stops = rest.any(|(_, fact)| fact.flaw != Flaw::None);
                let why = || format!("{}:{version} stops it, and is no poison", stream.name);
                return if stops { Ok(ids) } else { Err(why()) };
            }
            let holding = self.holding(stream, key, version);
            // A request of before may put a letter again whose event has left: the next drain
            // finds it covered. That it is in once, and in its place, the fold shows.
            let forked = stream.forks.contains_key(&version);
            let kept = !forked && other(version);
            let again = holding == Some(Cause::Behind)
                && (kept
                    || self.is_in(stream, key, fact.id)
                    || self.is_passed(stream, key, fact, other));
            // What fails below the first version has no place in the stream's order: an owner that
            // has not met it goes on, while another one parks.
            let unmet = stream.below.is_some() && !self.lacks(stream, key, version);
            let holding = holding.filter(|_| !again && !unmet);
            if let Some(Cause::Failed | Cause::Behind) = holding {
                stopped.get_or_insert(version);
            }
            let dropped = !kept && self.is_dropped(stream, key, version, fact.id);
            if holding.is_some() || dropped || self.is_lost(stream, key, version) {
                continue;
            }
            if let Some(at) = stopped.filter(|_| stream.below.is_none()) {
                return Err(format!("{}:{version} is in, and {at} before it is not", stream.name));
            }
            if !self.apply(fact, key, &mut ids) {
                let (name, flaw) = (&stream.name, fact.flaw);
                return Err(format!("{name}:{version} fails ({flaw:?}), and is not parked"));
            }
        }
        Ok(ids)
    }

    /// Where a document of a source without versions stopped, if it is parked.
    fn stopped_at(&self, key: &Name) -> Option<u64> {
        let meta = &self.documents.get(key)?.meta;
        match (&meta.mark, &meta.guard) {
            (Some(_), Guard::Refold { count, .. }) => Some(self.world.settings.first + count),
            _ => None,
        }
    }

    /// The version that machines are told.
    fn told_version(&self, fact: &Fact, number: usize) -> u64 {
        match self.world.settings.profile {
            Profile::Refold => self.world.settings.first + number as u64,
            _ => fact.version,
        }
    }

    fn concerns(&self, fact: &Fact, key: &Name) -> bool {
        let handled = fact.act != Act::Ignored || fact.flaw != Flaw::None;
        handled && (self.by_stream || fact.keys.contains(key))
    }

    /// Why this event stands as a letter for this document, if it does.
    fn holding(&self, stream: &Stream, key: &Name, version: u64) -> Option<Cause> {
        if !self.world.versioned() {
            return None;
        }
        // A fork's letter is about the other content: its version is in the document.
        let of = |scope| {
            let name = (scope, stream.name.clone(), version);
            let cause = self.letters.get(&name).copied();
            let cause = cause.filter(|cause| *cause != Cause::Fork);
            // The guard may have moved past one that is being discarded.
            if self.unwanted.contains(&name) {
                return cause;
            }
            // Where the hole was never passed the event came in its turn: its letter is void.
            let late = |cause: &Cause| *cause != Cause::Late || self.lacks(stream, key, version);
            // One that a worker left behind appended after a drain had applied it is void too.
            let held = |cause: &Cause| !matches!(cause, Cause::Failed | Cause::Behind);
            cause.filter(late).filter(|cause| held(cause) || !self.covers(stream, key, version))
        };
        of(Scope::Key(key.clone())).or_else(|| of(Scope::Stream(stream.name.clone())))
    }

    /// Whether an operator dropped it. One of a parked stream may be in some of its documents: a
    /// retry before had come so far.
    fn is_dropped(&self, stream: &Stream, key: &Name, version: u64, id: i64) -> bool {
        let has = |scope| self.discarded.contains(&(scope, stream.name.clone(), version));
        let of_stream = || has(Scope::Stream(stream.name.clone())) && !self.is_in(stream, key, id);
        has(Scope::Key(key.clone())) || of_stream()
    }

    /// Whether the document shows this id.
    fn is_in(&self, stream: &Stream, key: &Name, id: i64) -> bool {
        let found = self.documents.get(key).map(|stored| read(&stored.body, key));
        let found = found.and_then(|mut all| all.remove(&stream.name));
        found.is_some_and(|ids| ids.contains(&id))
    }

    /// Whether the document lists this version as a hole, and rightly: history lost it.
    fn is_lost(&self, stream: &Stream, key: &Name, version: u64) -> bool {
        if !self.lacks(stream, key, version) {
            return false;
        }
        let truncated = stream.truncated.is_some_and(|(_, below)| version < below);
        truncated && !self.was_at_hand(stream, version)
            || stream.facts.get(&version).is_some_and(|fact| self.world.is_before(fact))
            || self.is_held_up(stream)
            || self.is_unswept_tail(stream, version)
    }

    /// Whether only the background sweep could have brought it, and handed the projection nothing:
    /// it waits until all partitions have passed its time, and one stands still.
    fn is_unswept_tail(&self, stream: &Stream, version: u64) -> bool {
        let number = self.world.truth.by_name.get(&stream.name).copied().unwrap_or(0);
        self.halted && !self.world.watch.was_shown_from(number, version)
    }

    /// Whether the feed has shown it since the projection joined, and has it still: whoever reads
    /// on must have met it.
    pub(super) fn was_at_hand(&self, stream: &Stream, version: u64) -> bool {
        let number = self.world.truth.by_name.get(&stream.name).copied().unwrap_or(0);
        let joined = self.world.projections.get(self.projection);
        let joins = joined.map_or(0, |joined| joined.joins);
        self.world.watch.is_kept_since(number, version, joins)
    }

    /// Whether a partition that stands still held some of the stream. What only a partition held
    /// that the feed's present life does not have is gone with it: nobody can be granted that one,
    /// and those that there are stand still and tell.
    fn is_held_up(&self, stream: &Stream) -> bool {
        let number = self.world.truth.by_name.get(&stream.name).copied().unwrap_or(0);
        let present = self.world.feed.partitions_now();
        let present = present.into_iter().map(|partition| partition.name).collect();
        let watch = &self.world.watch;
        let mut halts = self.world.halts.iter().filter(|(of, _)| *of == self.projection);
        halts.any(|(_, at)| {
            watch.was_shown_on(number, at) || watch.was_shown_beside(number, &present)
        })
    }

    /// Whether the document's guard says that it lacks this version.
    fn lacks(&self, stream: &Stream, key: &Name, version: u64) -> bool {
        let row = self.world.row(self.projection, key, &stream.name);
        let guard = self.documents.get(key).map(|stored| &stored.meta.guard);
        let lacks =
            |progress: &Progress| progress.next <= version || progress.holes.contains(version);
        match guard {
            Some(Guard::Version(progress)) => lacks(progress),
            Some(Guard::Streams(streams)) => {
                let progress = streams.get(&stream.name).or(row.as_ref());
                progress.is_none_or(lacks)
            }
            None => true,
            _ => false,
        }
    }

    /// Whether the document's guard says that this version is in, or was discarded. Where a mark
    /// has made an empty document anew, the tombstone that was purged before may have said so: then
    /// the version ended deleted. One that was folded anew stopped where its letters begin.
    fn covers(&self, stream: &Stream, key: &Name, version: u64) -> bool {
        let body = self.documents.get(key).map(|stored| &*stored.body);
        let empty = body.is_none_or(|body| *body == Value::Null);
        if empty && self.world.watch.is_purged(self.projection, key, version) {
            return true;
        }
        match self.documents.get(key).map(|stored| &stored.meta.guard) {
            Some(Guard::Version(_) | Guard::Streams(_)) => !self.lacks(stream, key, version),
            Some(Guard::Positions(places)) => {
                places.drained.get(&stream.name).is_some_and(|next| version < *next)
            }
            _ => false,
        }
    }

    /// Folds one event; no: it fails.
    fn apply(&self, fact: &Fact, key: &Name, ids: &mut Option<Vec<i64>>) -> bool {
        match fact.flaw {
            Flaw::Undecodable | Flaw::Route => return false,
            Flaw::Keys if !self.fixed => return false,
            Flaw::Strict if ids.is_none() => return false,
            Flaw::Apply if !self.fixed && (self.by_stream || fact.keys.first() == Some(key)) => {
                return false;
            }
            _ => {}
        }
        match fact.act {
            Act::Removed => *ids = None,
            Act::Noted => {
                let list = ids.as_mut().filter(|ids| ids.last().is_some_and(|id| id % 2 == 0));
                if let Some(list) = list {
                    list.push(fact.id);
                }
            }
            Act::Added => {
                let list = ids.get_or_insert_default();
                list.push(fact.id);
                list.extend(fact.twin);
            }
            Act::Ignored => {}
        }
        true
    }
}

/// The stream's events with their numbers, in order; one of them perhaps at a later place.
fn order(stream: &Stream, moved: Option<(u64, usize)>) -> Vec<(usize, &Fact)> {
    let mut facts: Vec<(usize, &Fact)> = stream.facts.values().enumerate().collect();
    if let Some((version, place)) = moved
        && let Some(from) = facts.iter().position(|(_, fact)| fact.version == version)
        && from < place
    {
        let it = facts.remove(from);
        facts.insert(place.min(facts.len()), it);
    }
    facts
}
