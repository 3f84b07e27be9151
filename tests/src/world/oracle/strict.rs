//! What must have gone one way only, where nothing in the world stood against it: which content of
//! a fork is in, and that what came late was folded in its place.

use super::Found;
use crate::world::faults::Kind;
use crate::world::run::Failure;
use crate::world::truth::{Act, Class, Fact, Flaw, Stream};

impl Found<'_> {
    /// A document shows no forged content where history could tell, and the machine could see both.
    pub(super) fn compare_forks(
        &self,
        stream: &Stream,
        forks: &[u64],
        shows_forged: &dyn Fn(u64) -> bool,
    ) -> Result<(), Failure> {
        for &version in forks.iter().filter(|version| self.must_be_decided(stream, **version)) {
            if shows_forged(version) {
                let name = &stream.name;
                return Err(format!(
                    "{name}:{version} is in as forged, and history has the true one"
                ));
            }
            self.decided.set(self.decided.get() + 1);
        }
        Ok(())
    }

    /// Whether the machine had all that it takes to see the fork and to mend it: both contents on
    /// one partition, one soon after the other, and nothing that made it forget.
    fn must_be_decided(&self, stream: &Stream, version: u64) -> bool {
        let forgets = [
            Kind::Crash,
            Kind::MemoryPressure,
            // While machines wait for the store, a sweep may take a stream past what they remember.
            Kind::TargetDown,
            Kind::TwoOwners,
            Kind::Rebalanced,
            Kind::Trimmed,
            Kind::Incarnation,
            Kind::ProjectionAdded,
        ];
        let world = self.world;
        let number = world.truth.by_name.get(&stream.name).copied().unwrap_or(0);
        let on_record =
            self.letters.keys().any(|(_, name, at)| *name == stream.name && *at == version);
        world.settings.history
            && world.versioned()
            && self.by_stream
            && !on_record
            && world.watch.remembers(self.projection)
            && forgets.iter().all(|kind| world.tally.of(*kind) == 0)
            && world.watch.is_plain_fork(number, version)
    }

    /// Where the second content of a version may stand whose first left nothing in the document:
    /// behind what left nothing either. The document's guard tells of none of these, and takes what
    /// comes for the next one. The cursor would tell, and is asked only where the guard does not
    /// settle an event.
    pub(super) fn unnoticed_forks(&self, stream: &Stream, ids: &[i64]) -> Vec<(u64, usize)> {
        let facts: Vec<&Fact> = stream.facts.values().collect();
        let leaves_nothing = |fact: &Fact| {
            let may = matches!(fact.act, Act::Ignored | Act::Noted) && fact.flaw == Flaw::None;
            may && !ids.contains(&fact.id)
        };
        let mut places = Vec::new();
        for (from, fact) in facts.iter().enumerate() {
            let forged = stream.forks.get(&fact.version);
            let is_in = forged.is_some_and(|(forged, _)| ids.contains(&forged.id));
            if self.by_stream && self.world.versioned() && is_in && leaves_nothing(fact) {
                let after = facts.iter().enumerate().skip(from + 1);
                let run = after.take_while(|(_, fact)| leaves_nothing(fact));
                places.extend(run.map(|(place, _)| (fact.version, place)));
            }
        }
        places
    }

    /// Whether a stream that something came late in must have been folded anew: the key is the
    /// stream, and history has all of it, and nothing of it fails.
    pub(super) fn must_be_folded_anew(&self, stream: &Stream) -> bool {
        let flawless = stream.facts.values().all(|fact| fact.flaw == Flaw::None);
        self.by_stream
            && self.world.settings.history
            && flawless
            && stream.below.is_none()
            && stream.class != Class::Truncated
    }
}
