//! What operators do in some worlds only: they make room where letters are at their limit, and
//! retry or discard letters that came late.

use std::cmp::Reverse;

use foldline_core::backoff::Backoff;
use foldline_core::drain::{Late, LateMode, Mode};
use foldline_core::effect::Alarm;
use foldline_core::input::Input;
use foldline_core::letter::{Cause, Letter, Scope};
use foldline_core::parking::{names, wire};

use super::Job;
use crate::world::disasters::Disaster;
use crate::world::faults::Kind;
use crate::world::parts::Happening;
use crate::world::run::{Failure, World};
use crate::world::settings::MEMORY_PLENTY;

impl World {
    /// A machine says what somebody should know. Where no more letters fit, an operator comes; and
    /// where only the feed can bring what memory has no room for. Nobody answers.
    pub(in crate::world) fn alarmed(&mut self, projection: usize, alarm: &Alarm) -> Option<Input> {
        if let Alarm::GapOpen { .. } = alarm
            && self.calm
        {
            self.give_memory();
        }
        if let Alarm::LettersFull { scope } = alarm
            && self.settings.may(Kind::LettersFull)
        {
            self.tally.count(Kind::LettersFull);
            if self.letters.full.insert((projection, scope.clone())) {
                // When all is calm there is nothing else to do.
                let after = if self.calm { 50 } else { 500 + self.rng.below(5_000) };
                let at = self.now + after;
                let scope = scope.clone();
                self.plan_at(at, Happening::Relieve { projection, scope, retry: false });
            }
        }
        None
    }

    /// Without history a partition stands still where memory is full of what waits in gaps: the
    /// workers begin again with more of it.
    fn give_memory(&mut self) {
        let memory = &mut self.settings.tuning.memory;
        if !self.settings.history && *memory < MEMORY_PLENTY {
            *memory = MEMORY_PLENTY;
            for worker in 0..self.workers.len() {
                self.plan_at(self.now + 1, Happening::Strike(Disaster::Crash(worker)));
            }
        }
    }

    /// Discards the letter that holds the others up, and a little later retries these.
    pub(in crate::world) fn relieve(
        &mut self,
        projection: usize,
        scope: &Scope,
        retry: bool,
    ) -> Result<(), Failure> {
        let heads = self.open_heads(projection)?;
        let head = heads.iter().find(|head| head.scope == *scope).cloned();
        if let Some(head) = &head
            && retry
        {
            self.begin_drain(projection, head, Mode::Retry);
        } else if let Some(head) = &head {
            let standing = self.standing(projection)?;
            let behind = standing.iter().filter(|stored| stored.letter.epoch == Some(head.epoch));
            // The one at which retries fail; before any retry, the one that failed first.
            let worst = behind.max_by_key(|stored| {
                let letter = &stored.letter;
                (stored.attempts, letter.cause == Cause::Failed, Reverse(letter.version))
            });
            if let Some(Letter { stream, version, .. }) = worst.map(|stored| stored.letter.clone())
            {
                let reason = "room is needed".to_owned();
                self.begin_drain(projection, head, Mode::Discard { stream, version, reason });
            }
            let again = Happening::Relieve { projection, scope: scope.clone(), retry: true };
            let after = if self.calm { 300 } else { 1_500 };
            self.plan_at(self.now + after, again);
        }
        if retry || head.is_none() {
            self.letters.full.remove(&(projection, scope.clone()));
        }
        Ok(())
    }

    /// An operator retries or discards a letter that came late: one of each stream, so that it
    /// can be told from the document when that was.
    pub(in crate::world) fn late_one(&mut self, mode: &LateMode) -> Result<(), Failure> {
        let mut listed = Vec::new();
        for projection in 0..self.projections.len() {
            let prefix = names::loose(&self.id(projection), Cause::Late);
            let of_it = self.control.list_now(&prefix, None, usize::MAX).entries;
            listed.extend(of_it.into_iter().map(|entry| (projection, entry)));
        }
        let Some((projection, entry)) = self.rng.pick(&listed).cloned() else { return Ok(()) };
        let stored = wire::read_letter(&entry.value);
        let letter = stored.map_err(|fault| format!("a letter cannot be read: {fault}"))?.letter;
        let place = (projection, letter.stream.clone());
        let forked = self.truth.stream(&letter.stream).is_some_and(|found| !found.forks.is_empty());
        if forked || self.letters.wandering.contains_key(&place) {
            return Ok(());
        }
        let Some(joined) = self.projections.get(projection) else { return Ok(()) };
        let drained = joined.projection.clone();
        let retried = *mode == LateMode::Retry;
        self.tally.count(if retried { Kind::LateRetried } else { Kind::LateDiscarded });
        self.letters.wandering.insert(place, letter.version);
        let backoff = Backoff::new((20, 500), 10, self.rng.any());
        self.trace
            .say(self.now, || format!("operator begins {mode:?} of p{projection} {}", entry.key));
        // Only where versions are contiguous can any come late.
        let first = self.settings.first;
        let late = Late::new(drained, first, backoff, entry.key, mode.clone());
        self.begin_job(projection, Job::Late(Box::new(late)));
        Ok(())
    }
}
