//! The background sweep for lost tails: one for all projections, a job that one of the workers has
//! and another takes over when it dies. It knows of checkpoints what the stores tell: a partition
//! has passed a time when its checkpoint is where the feed ended at that time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use foldline_core::backoff::Backoff;
use foldline_core::fault::Trouble;
use foldline_core::input::{Head, Input};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::projection::Projection;
use foldline_core::sweep::{self, Pace, Sweep};
use foldline_core::time::Time;
use foldline_ports::feed::{Partition, Spot};

use crate::world::deeds::Deed;
use crate::world::faults::Kind;
use crate::world::parts::Happening;
use crate::world::rest::Stage;
use crate::world::run::{Failure, World};

/// The job, at the worker that has it.
#[derive(Debug)]
pub(super) struct Sweeper {
    worker: usize,
    life: u64,
    sweep: Sweep,
    wakes: BTreeSet<u64>,
    /// By partition: where the feed ended, and when.
    ends: BTreeMap<Name, VecDeque<(Time, Spot)>>,
    pass: Pass,
}

/// One way through all streams.
#[derive(Clone, Copy, Debug, Default)]
struct Pass {
    began: u64,
    pages: usize,
    handed: usize,
    over: bool,
    /// Whether the pass before it was over, and found nothing: where all is quiet, nothing happens
    /// between two passes that would have told.
    clean: bool,
}

/// What happens to the sweep next.
#[derive(Clone, Debug)]
pub(super) enum Next {
    /// A page is read.
    Read { after: Option<Name>, heads_max: usize },
    /// Time has gone by.
    Wake,
}

/// Ends of a partition that are remembered until they are passed.
const ENDS_MAX: usize = 8;

impl World {
    /// Whether anything can be swept here.
    pub(super) fn sweeps(&self) -> bool {
        self.settings.history && (self.versioned() || self.settings.may(Kind::LostTail))
    }

    /// Looks after the sweep: gives the job to somebody, and tells it what was passed.
    pub(super) fn tend_sweep(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        if !self.sweeps() || !matches!(self.fleet.stage, Stage::CatchUp | Stage::Sweep { .. }) {
            self.sweeper = None;
            return Ok(());
        }
        let has =
            |s: &Sweeper| self.workers.get(s.worker).is_some_and(|w| w.alive && w.life == s.life);
        if !self.sweeper.as_ref().is_some_and(has) {
            self.sweeper = self.new_sweeper();
        }
        let Some((worker, life)) = self.sweeper.as_ref().map(|s| (s.worker, s.life)) else {
            return Ok(());
        };
        if self.workers.get(worker).is_none_or(|worker| worker.paused_until > self.now) {
            return Ok(());
        }
        for input in self.passed(worker, partitions)? {
            self.step_sweep(worker, life, input);
        }
        Ok(())
    }

    fn new_sweeper(&mut self) -> Option<Sweeper> {
        let fit = |(_, worker): &(usize, &_)| {
            let worker: &crate::world::parts::Worker = worker;
            worker.alive && worker.paused_until <= self.now
        };
        let (worker, life) =
            self.workers.iter().enumerate().find(fit).map(|(number, w)| (number, w.life))?;
        let rng = &mut self.sweep_rng;
        let pace = if self.calm { CALM } else { draw_pace(rng) };
        let backoff = Backoff::new((20, 2_000), 10, rng.any());
        let sweep = Sweep::new(pace, backoff);
        let (wakes, ends, pass) = Default::default();
        Some(Sweeper { worker, life, sweep, wakes, ends, pass })
    }

    /// What the stores tell of checkpoints.
    fn passed(
        &mut self,
        worker: usize,
        partitions: &[Partition],
    ) -> Result<Vec<sweep::Input>, Failure> {
        let (told, now) = (self.told(worker), self.now);
        let Some(mut ends) = self.sweeper.as_mut().map(|s| std::mem::take(&mut s.ends)) else {
            return Ok(Vec::new());
        };
        ends.retain(|name, _| partitions.iter().any(|partition| partition.name == *name));
        let mut inputs = Vec::new();
        for partition in partitions {
            let spot = self.feed.newest_now(&partition.name);
            let known = ends.entry(partition.name.clone()).or_default();
            known.retain(|(_, end)| end.incarnation == spot.incarnation);
            if known.len() < ENDS_MAX {
                known.push_back((told, spot));
            }
        }
        for joined in self.projections.iter().filter(|joined| joined.joins <= now) {
            let projection = joined.projection.id();
            for partition in partitions {
                let name = &partition.name;
                let side = self.documents.load_checkpoint_now(&projection, name);
                let side = side.map_err(|trouble| format!("no checkpoint: {trouble:?}"))?;
                let known = ends.get(name).into_iter().flatten();
                let done = side.as_ref().map(|(done, _)| done);
                let is_passed = |end: &Spot| match done {
                    Some(done) => {
                        let same = done.incarnation == end.incarnation && done.jump.is_none();
                        same && done.position >= end.position
                    }
                    None => end.position.is_none(),
                };
                let time = known.filter(|(_, end)| is_passed(end)).map(|(time, _)| *time).max();
                let ended = done.is_some_and(|done| done.ended) && time.is_some();
                let (projection, partition) = (projection.clone(), name.clone());
                inputs.push(if ended {
                    sweep::Input::Gone { projection, partition: Some(partition) }
                } else {
                    let time = time.unwrap_or(Time(0));
                    sweep::Input::Passed { projection, partition, time }
                });
            }
        }
        // What all can have passed by now needs no remembering.
        for known in ends.values_mut().filter(|known| known.len() >= ENDS_MAX) {
            known.pop_front();
        }
        if let Some(sweeper) = &mut self.sweeper {
            sweeper.ends = ends;
        }
        Ok(inputs)
    }

    fn step_sweep(&mut self, worker: usize, life: u64, input: sweep::Input) {
        let (told, now) = (self.told(worker), self.now);
        let clean = self.swept_clean();
        let of = |s: &&mut Sweeper| s.worker == worker && s.life == life;
        let Some(sweeper) = self.sweeper.as_mut().filter(of) else { return };
        for effect in sweeper.sweep.step(told, input) {
            let Some(sweeper) = &mut self.sweeper else { return };
            let next = match effect {
                sweep::Effect::ReadHeads { after, heads_max } => {
                    if after.is_none() {
                        sweeper.pass = Pass { began: now, clean, ..Pass::default() };
                    }
                    let at = now + self.sweep_rng.below(40);
                    Some((at, Next::Read { after, heads_max }))
                }
                sweep::Effect::Hand { projection, heads } => {
                    sweeper.pass.handed += 1;
                    self.hand_heads(worker, &projection, heads.to_vec());
                    None
                }
                sweep::Effect::WakeAt(time) => {
                    let at = now + time.since(told).max(1);
                    sweeper.wakes.insert(at).then_some((at, Next::Wake))
                }
            };
            if let Some((at, next)) = next {
                self.plan_at(at, Happening::Sweep { worker, life, next });
            }
        }
    }

    fn hand_heads(&mut self, worker: usize, projection: &ProjectionId, heads: Vec<Head>) {
        let number = self.projections.iter().position(|j| j.projection.id() == *projection);
        let seat = number.and_then(|number| self.seat(worker, number));
        let Some(to) = seat else { return };
        self.deeds.count(Deed::Swept);
        let at = self.now + self.sweep_rng.below(20);
        let input = Input::Heads { sweep: None, page: Ok(heads), more: None };
        self.plan_at(at, Happening::Deliver { to, input });
    }

    /// The sweep goes on, if its worker still has it.
    pub(super) fn sweep_on(&mut self, worker: usize, life: u64, next: Next) {
        let found = self.workers.get(worker).filter(|w| w.alive && w.life == life);
        let Some(until) = found.map(|worker| worker.paused_until) else { return };
        if until > self.now {
            return self.plan_at(until, Happening::Sweep { worker, life, next });
        }
        let now = self.now;
        let of = |s: &&mut Sweeper| s.worker == worker && s.life == life;
        let Some(sweeper) = self.sweeper.as_mut().filter(of) else { return };
        let input = match next {
            Next::Wake => {
                sweeper.wakes.remove(&now);
                sweep::Input::Ticked
            }
            Next::Read { after, heads_max } => {
                if self.sweep_strikes(Kind::Crash, 10) {
                    self.deeds.count(Deed::SweeperDied);
                    return self.kill(worker);
                }
                let heads = self.history.heads_now(after.as_deref(), heads_max);
                let failed = self.sweep_strikes(Kind::HistoryFailed, 60);
                let page = if failed { Err(Trouble::Throttled) } else { Ok(heads.page) };
                if let (Some(sweeper), Ok(page)) = (&mut self.sweeper, &page) {
                    sweeper.pass.pages += usize::from(!page.is_empty());
                    sweeper.pass.over = heads.more.is_none();
                }
                sweep::Input::Page { page, more: heads.more }
            }
        };
        self.step_sweep(worker, life, input);
    }

    /// Whether a fault strikes the sweep, by chances of its own.
    fn sweep_strikes(&mut self, kind: Kind, permille: u64) -> bool {
        let strikes = self.sweep_rng.permille(permille) && !self.calm && self.settings.may(kind);
        if strikes && kind != Kind::Crash {
            self.tally.count(kind);
        }
        strikes
    }

    /// Whether all streams were swept for all projections, and that found nothing more to write.
    pub(super) fn swept_clean(&self) -> bool {
        let Some(sweeper) = &self.sweeper else { return false };
        let Pass { began, pages, handed, over, clean } = sweeper.pass;
        clean
            || over
                && handed >= pages * self.projections.len()
                && self.fleet.last_write < began
                // What was found and dropped on the way, only the next pass finds again.
                && self.fleet.last_back < began
                && self.now > began + SETTLE_MS
                && !self.is_at_work()
    }

    /// Whether a machine has something in hand. Of what a sweep found no partition tells: it may
    /// wait for the proof of a hole, or for a store that refused it.
    fn is_at_work(&self) -> bool {
        let posts = self.workers.iter().flat_map(|worker| worker.posts.values());
        let mut machines = posts.flat_map(|post| &post.machines);
        machines.any(|machine| machine.projector.in_hand() > 0)
    }
}

/// Nothing goes wrong any more: the sweep is quick.
const CALM: Pace = Pace {
    pass_ms: 2_500,
    page_ms: 20,
    page_heads: 10,
    pages: 16,
    slack_ms: 100,
    patience_ms: 20_000,
    lag_ms: 10_000,
};

/// How long what a page leads to may take until it is written.
const SETTLE_MS: u64 = 2_400;

fn draw_pace(rng: &mut crate::world::rng::Rng) -> Pace {
    Pace {
        pass_ms: rng.between(2_000, 15_000),
        page_ms: rng.between(20, 1_000),
        page_heads: rng.size(1, 8),
        pages: rng.size(1, 4),
        slack_ms: rng.between(0, 2_000),
        patience_ms: rng.between(3_000, 30_000),
        lag_ms: rng.between(200, 4_000),
    }
}
