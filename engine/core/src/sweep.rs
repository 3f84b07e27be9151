//! The background sweep for lost tails: one for all projections of a source.
//!
//! If a feed drops a stream's last event, no gap ever shows. So the heads of all streams are read
//! from history, page by page and slowly, and each page is kept until everything that the feed
//! had brought by then is done: then a head that is still above a stream's cursor was never
//! brought, and the Projector that finds it so reads the tail from history.
//!
//! Promises:
//! * A page is handed to a projection only when all its partitions have passed the time at which
//!   the page came, and some slack for clocks that differ. If clocks lie all the same, a
//!   projection looks into history for what is on its way: work for nothing, and no harm.
//! * A page is handed to a projection at most once. One that does not pass the time within the
//!   patience misses the page; the next pass brings it again.
//! * At most [`Pace::pages`] pages are remembered. When there is no room for another, the oldest
//!   that only laggards are still owed goes: they miss it, the others are not held back. While
//!   nobody has had any, reading waits.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::backoff::Backoff;
use crate::fault::Trouble;
use crate::input::Head;
use crate::name::{Name, ProjectionId};
use crate::time::{Steady, Time};

#[cfg(test)]
mod tests;

/// How slowly the sweep goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From the begin of one pass over all streams to the next, at least.
    pub pass_ms: u64,
    /// Between two pages.
    pub page_ms: u64,
    /// Heads of one page, at most.
    pub page_heads: usize,
    /// Pages remembered until every projection has had them.
    pub pages: usize,
    /// How far the clocks of feed and workers may differ.
    pub slack_ms: u64,
    /// How long a page waits for a projection that lags.
    pub patience_ms: u64,
    /// After a projection had a page, those that have it not for so long are laggards: the page
    /// waits for them no longer where its room is needed.
    pub lag_ms: u64,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            pass_ms: 3_600_000,
            page_ms: 1_000,
            page_heads: 1_000,
            pages: 16,
            slack_ms: 30_000,
            patience_ms: 3_600_000,
            lag_ms: 60_000,
        }
    }
}

/// What the sweep hears.
#[derive(Clone, Debug)]
pub enum Input {
    /// Everything that the feed brought to this partition before this time is durably done for
    /// this projection; 0 for a partition that is only known to be there.
    Passed {
        /// Whose checkpoint.
        projection: ProjectionId,
        /// Of which partition.
        partition: Name,
        /// The arrival time of what is at the checkpoint, or the time at which an idle partition
        /// was found to have nothing after it.
        time: Time,
    },
    /// A checkpoint moves no longer: the partition has ended, or (none) the projection has.
    Gone {
        /// Whose.
        projection: ProjectionId,
        /// Which.
        partition: Option<Name>,
    },
    /// The answer to [`Effect::ReadHeads`].
    Page {
        /// The page.
        page: Result<Vec<Head>, Trouble>,
        /// The stream to go on after; none: this was the last page.
        more: Option<Name>,
    },
    /// Time went by.
    Ticked,
}

/// What the sweep wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read a page of heads from history.
    ReadHeads {
        /// Go on after this stream.
        after: Option<Name>,
        /// So many heads at most.
        heads_max: usize,
    },
    /// Give these heads to the projection, as [`crate::input::Input::Heads`] without a partition.
    Hand {
        /// To whom.
        projection: ProjectionId,
        /// What.
        heads: Arc<[Head]>,
    },
    /// Call again at this time; the last one that was said stands until its time.
    WakeAt(Time),
}

/// The background sweep of one source.
#[derive(Debug)]
pub struct Sweep {
    pace: Pace,
    clock: Steady,
    backoff: Backoff,
    passed: BTreeMap<ProjectionId, BTreeMap<Name, Time>>,
    pages: VecDeque<Page>,
    /// Where the pass goes on; none: at the beginning.
    after: Option<Name>,
    reading: bool,
    /// When the next page may be read.
    next_at: Time,
    /// When the pass under way began.
    began: Time,
}

#[derive(Debug)]
struct Page {
    heads: Arc<[Head]>,
    /// What every partition must have passed, in wall time.
    bar: Time,
    /// When its patience ends, in steady time.
    until: Time,
    owed: BTreeSet<ProjectionId>,
    /// When somebody had it first, in steady time.
    handed: Option<Time>,
}

impl Sweep {
    /// A sweep that begins as soon as there is a projection.
    pub fn new(pace: Pace, backoff: Backoff) -> Sweep {
        Sweep {
            pace,
            clock: Steady::default(),
            backoff,
            passed: BTreeMap::new(),
            pages: VecDeque::new(),
            after: None,
            reading: false,
            next_at: Time(0),
            began: Time(0),
        }
    }

    /// Takes one input at this time, and says what is to be done.
    pub fn step(&mut self, now: Time, input: Input) -> Vec<Effect> {
        self.clock.tell(now);
        match input {
            Input::Passed { projection, partition, time } => {
                let known = self.passed.entry(projection).or_default().entry(partition);
                let known = known.or_default();
                *known = time.max(*known);
            }
            Input::Gone { projection, partition } => self.gone(&projection, partition.as_ref()),
            Input::Page { page, more } => self.came(page, more),
            Input::Ticked => {}
        }
        let mut effects = Vec::new();
        self.hand(&mut effects);
        self.read_on(&mut effects);
        effects
    }

    /// Heads remembered, for the memory they take.
    pub fn heads(&self) -> usize {
        self.pages.iter().map(|page| page.heads.len()).sum()
    }

    fn gone(&mut self, projection: &ProjectionId, partition: Option<&Name>) {
        let Some(partitions) = self.passed.get_mut(projection) else { return };
        match partition {
            Some(partition) => {
                partitions.remove(partition);
            }
            None => partitions.clear(),
        }
        if partitions.is_empty() {
            self.passed.remove(projection);
        }
    }

    fn came(&mut self, page: Result<Vec<Head>, Trouble>, more: Option<Name>) {
        if !std::mem::take(&mut self.reading) {
            return;
        }
        let Ok(heads) = page else {
            self.next_at = self.backoff.failed(self.clock.now());
            return;
        };
        self.backoff.succeeded();
        self.next_at = self.clock.now().after(self.pace.page_ms);
        if more.is_none() {
            self.next_at = self.next_at.max(self.began.after(self.pace.pass_ms));
        }
        self.after = more;
        if !heads.is_empty() {
            // Heads are no newer than their answer, so that is what must be passed.
            let bar = self.clock.wall().after(self.pace.slack_ms);
            let until = self.clock.now().after(self.pace.patience_ms);
            let owed = self.passed.keys().cloned().collect();
            self.pages.push_back(Page { heads: heads.into(), bar, until, owed, handed: None });
        }
    }

    /// Hands each page to whoever has passed its time.
    fn hand(&mut self, effects: &mut Vec<Effect>) {
        let (passed, now) = (&self.passed, self.clock.now());
        for page in &mut self.pages {
            let (bar, heads, handed) = (page.bar, &page.heads, &mut page.handed);
            page.owed.retain(|projection| {
                let Some(partitions) = passed.get(projection) else { return false };
                let ready = partitions.values().all(|time| *time >= bar);
                if ready {
                    handed.get_or_insert(now);
                    let (projection, heads) = (projection.clone(), Arc::clone(heads));
                    effects.push(Effect::Hand { projection, heads });
                }
                !ready
            });
        }
        self.pages.retain(|page| !page.owed.is_empty() && now < page.until);
    }

    /// Reads the next page when it is time, if somebody wants it and there is room.
    fn read_on(&mut self, effects: &mut Vec<Effect>) {
        let now = self.clock.now();
        let wanted = !self.reading && !self.passed.is_empty();
        let room_at = self.room_at();
        if wanted && now >= self.next_at && room_at.is_some_and(|at| now >= at) {
            self.make_room();
            if self.after.is_none() {
                self.began = now;
            }
            self.reading = true;
            let (after, heads_max) = (self.after.clone(), self.pace.page_heads);
            effects.push(Effect::ReadHeads { after, heads_max });
            return;
        }
        let patience = self.pages.iter().map(|page| page.until);
        let next = room_at.filter(|_| wanted).map(|at| at.max(self.next_at));
        let wake = patience.chain(next).min();
        effects.extend(wake.map(|at| Effect::WakeAt(self.clock.wake(at))));
    }

    /// When there is room for another page; none: not before somebody has had one.
    fn room_at(&self) -> Option<Time> {
        if self.pages.len() < self.pace.pages {
            return Some(Time(0));
        }
        let had = self.pages.iter().filter_map(|page| page.handed);
        had.map(|handed| handed.after(self.pace.lag_ms)).min()
    }

    fn make_room(&mut self) {
        let (now, lag_ms) = (self.clock.now(), self.pace.lag_ms);
        let lags = |page: &Page| page.handed.is_some_and(|at| now >= at.after(lag_ms));
        if self.pages.len() >= self.pace.pages
            && let Some(place) = self.pages.iter().position(lags)
        {
            self.pages.remove(place);
        }
    }
}
