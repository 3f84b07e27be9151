//! What goes wrong with the world at large, and when: workers die, stand still and lose their
//! clocks; partitions move, split and vanish; stores go away. Drawn once from the seed.

use std::collections::BTreeSet;

use foldline_core::checkpoint::{Checkpoint, Counts};
use foldline_core::drain::LateMode;
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_core::projection::Projection;
use foldline_core::time::Time;
use foldline_ports::commit::CheckpointWrite;

use crate::world::faults::Kind;
use crate::world::rng::Rng;
use crate::world::run::{EPOCH_MS, Failure, World};
use crate::world::settings::Settings;
use crate::world::truth::{Flaw, Truth};

/// Something that strikes the world at large.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disaster {
    /// From now on nothing goes wrong any more.
    Calm,
    /// A worker dies.
    Crash(usize),
    /// A worker stands still for so long.
    Pause(usize, u64),
    /// A partition gets a second owner, and the first is told late.
    Usurp,
    /// A partition moves in good order.
    Rebalance,
    /// A partition is split.
    Split,
    /// Two partitions are merged.
    Merge,
    /// One more partition, and streams move.
    Grow,
    /// A partition loses its oldest records.
    Trim,
    /// The feed is created again.
    Reincarnate,
    /// The document store is away for so long.
    TargetDown(u64),
    /// The control store is away for so long.
    ControlDown(u64),
    /// A worker's clock leaps.
    Clock(usize, i64),
    /// A projection stands still for so long.
    PauseProjection(usize, u64),
    /// A projection becomes slow.
    SlowProjection(usize),
    /// Old tombstones are purged.
    Purge,
    /// The authors of a projection fix what failed.
    Fix(usize),
    /// An operator retries what is parked.
    Retry,
    /// An operator discards a letter.
    Discard,
    /// The projections begin, where the partitions are now.
    Begin,
    /// An operator retries or discards a letter that came late.
    Late(LateMode),
}

const HOUR_MS: u64 = 3_600_000;

/// How far a clock may be set back; where tombstones are purged a thousandth of that, which is what
/// a purge leaves for it.
const CLOCK_BACK_MS: u64 = 10_000_000;

/// The ids that no store will take.
pub(super) fn bitter(truth: &Truth) -> BTreeSet<i64> {
    let facts = truth.streams.iter().flat_map(|stream| stream.facts.values());
    facts.filter(|fact| fact.flaw == Flaw::Bitter).map(|fact| fact.id).collect()
}

/// What will strike, and when.
pub(super) fn draw(settings: &Settings) -> Vec<(u64, Disaster)> {
    let mut rng = Rng::branch(settings.seed, 4);
    let span = settings.duration() + 4_000;
    let mut all = Vec::new();
    if let Some(at) = settings.begins.filter(|_| settings.may(Kind::MiddleStart)) {
        all.push((at, Disaster::Begin));
    }
    for &kind in Kind::ALL {
        // Each kind has numbers of its own, so that one less leaves the others in place.
        let mut own = Rng::new(rng.any());
        if settings.may(kind) {
            draw_kind(settings, kind, span, &mut own, &mut all);
        }
    }
    all
}

fn draw_kind(
    settings: &Settings,
    kind: Kind,
    span: u64,
    rng: &mut Rng,
    all: &mut Vec<(u64, Disaster)>,
) {
    let times = match kind {
        Kind::Crash | Kind::TwoOwners | Kind::Rebalanced => span / 8_000 + 1,
        Kind::PausedWorker => span / 15_000 + 1,
        Kind::Purged
        | Kind::Retried
        | Kind::Discarded
        | Kind::LateRetried
        | Kind::LateDiscarded => span / 5_000 + 2,
        Kind::ClockForward | Kind::Split | Kind::Trimmed => rng.between(1, 2),
        _ => 1,
    };
    for _ in 0..times {
        let worker = rng.index(settings.workers);
        let projection = rng.index(settings.projections.len());
        // What comes late comes after most is written.
        let late = matches!(kind, Kind::LateRetried | Kind::LateDiscarded);
        let at = 1_000 + rng.below(if late { span + 40_000 } else { span });
        let disaster = match kind {
            Kind::Crash => Disaster::Crash(worker),
            Kind::PausedWorker => Disaster::Pause(worker, rng.between(500, 20_000)),
            Kind::TwoOwners => Disaster::Usurp,
            Kind::Rebalanced => Disaster::Rebalance,
            Kind::Split => Disaster::Split,
            Kind::Merge => Disaster::Merge,
            Kind::Grown => Disaster::Grow,
            Kind::Trimmed => Disaster::Trim,
            Kind::Incarnation if rng.percent(40) => Disaster::Reincarnate,
            Kind::TargetDown => Disaster::TargetDown(rng.between(1_000, 60_000)),
            Kind::ControlDown => Disaster::ControlDown(rng.between(1_000, 30_000)),
            Kind::ClockForward => {
                Disaster::Clock(worker, rng.between(1_000, 100_000_000).cast_signed())
            }
            Kind::ClockBack => {
                let millis = rng.between(1_000, CLOCK_BACK_MS);
                let fair = if settings.may(Kind::Purged) { millis / 1_000 } else { millis };
                Disaster::Clock(worker, -fair.cast_signed())
            }
            Kind::ProjectionPaused => {
                Disaster::PauseProjection(projection, rng.between(1_000, 20_000))
            }
            Kind::ProjectionSlow => Disaster::SlowProjection(projection),
            Kind::Purged => Disaster::Purge,
            Kind::Retried => Disaster::Retry,
            Kind::Discarded => Disaster::Discard,
            Kind::PoisonApply => Disaster::Fix(projection),
            Kind::TargetDownHours => Disaster::TargetDown(rng.between(HOUR_MS, 3 * HOUR_MS)),
            Kind::LateRetried => Disaster::Late(LateMode::Retry),
            Kind::LateDiscarded => Disaster::Late(LateMode::Discard("late on purpose".to_owned())),
            _ => continue,
        };
        all.push((at, disaster));
    }
}

impl World {
    pub(super) fn strike(&mut self, disaster: Disaster) -> Result<(), Failure> {
        self.trace.say(self.now, || format!("strikes: {disaster:?}"));
        match disaster {
            Disaster::Calm => self.calm_down(),
            Disaster::Crash(worker) => self.kill(worker),
            Disaster::Pause(worker, millis) => {
                self.tally.count(Kind::PausedWorker);
                let until = self.now + millis;
                if let Some(worker) = self.workers.get_mut(worker) {
                    worker.paused_until = until;
                }
            }
            Disaster::Usurp => self.usurp(),
            Disaster::Rebalance => self.rebalance(),
            Disaster::Split => self.split(),
            Disaster::Merge => self.merge(),
            Disaster::Grow => self.grow(),
            Disaster::Trim => self.trim(),
            Disaster::Reincarnate => self.reincarnate(),
            Disaster::TargetDown(millis) => {
                let long = millis >= HOUR_MS;
                if long && self.calm {
                    return Ok(());
                }
                self.tally.count(if long { Kind::TargetDownHours } else { Kind::TargetDown });
                self.down_until = self.down_until.max(self.now + millis);
            }
            Disaster::ControlDown(millis) => {
                self.tally.count(Kind::ControlDown);
                self.control_down_until = self.now + millis;
            }
            Disaster::Clock(worker, millis) => self.set_clock(worker, millis),
            Disaster::PauseProjection(projection, millis) => {
                self.tally.count(Kind::ProjectionPaused);
                let until = self.now + millis;
                if let Some(joined) = self.projections.get_mut(projection) {
                    joined.paused_until = until;
                }
            }
            Disaster::SlowProjection(projection) => {
                self.tally.count(Kind::ProjectionSlow);
                if let Some(joined) = self.projections.get_mut(projection) {
                    joined.slow = true;
                }
            }
            Disaster::Purge => return self.purge(),
            Disaster::Fix(projection) => {
                if let Some(joined) = self.projections.get(projection) {
                    joined.projection.fixed.set(true);
                }
            }
            Disaster::Retry => return self.retry_one(),
            Disaster::Discard => return self.discard_one(),
            Disaster::Begin => self.begin(),
            Disaster::Late(mode) => return self.late_one(&mode),
        }
        Ok(())
    }

    fn calm_down(&mut self) {
        self.calm = true;
        self.calm_at = self.now;
        self.down_until = 0;
        self.control_down_until = 0;
        let now = self.now;
        for worker in &mut self.workers {
            worker.paused_until = worker.paused_until.min(now);
            worker.back_at = worker.back_at.min(now);
        }
        for joined in &mut self.projections {
            joined.paused_until = joined.paused_until.min(now);
            joined.slow = false;
        }
    }

    fn set_clock(&mut self, worker: usize, millis: i64) {
        let kind = if millis > 0 { Kind::ClockForward } else { Kind::ClockBack };
        self.tally.count(kind);
        if let Some(worker) = self.workers.get_mut(worker) {
            worker.ahead += millis;
        }
    }

    fn trim(&mut self) {
        let partitions = self.feed.partitions_now();
        let Some(partition) = self.rng.pick(&partitions).cloned() else { return };
        let Some(newest) = self.feed.newest_now(&partition.name).position else { return };
        let share = self.rng.between(40, 100);
        let Some(through) = self.watch.place(&partition.name, share) else { return };
        let through: Position = through.min(newest);
        if self.is_unread(&partition.name, &through) {
            self.tally.count(Kind::Trimmed);
        }
        self.trace.say(self.now, || format!("trims {} through {through}", partition.name));
        self.feed.trim(&partition.name, &through);
        self.watch.trimmed(&partition.name, &through, self.now);
    }

    /// Whether some projection has not come so far in this partition.
    fn is_unread(&self, partition: &Name, through: &Position) -> bool {
        let mut here = self.projections.iter().filter(|joined| joined.joins <= self.now);
        here.any(|joined| {
            let saved = self.documents.load_checkpoint_now(&joined.projection.id(), partition);
            let saved = saved.ok().flatten().and_then(|(saved, _)| saved.position);
            saved.is_none_or(|saved| saved < *through)
        })
    }

    /// From here on the projections read what comes: each says so in its checkpoints.
    fn begin(&mut self) {
        for partition in self.feed.partitions_now().iter().map(|partition| &partition.name) {
            let newest = self.feed.newest_now(partition);
            if newest.position.is_none() {
                continue;
            }
            for (number, joined) in self.projections.iter().enumerate() {
                let checkpoint = Checkpoint {
                    incarnation: newest.incarnation.clone(),
                    position: newest.position.clone(),
                    jump: None,
                    ended: false,
                    counts: Counts::default(),
                    writer: 0,
                    serial: 0,
                };
                let write =
                    CheckpointWrite { partition: partition.clone(), replaces: None, checkpoint };
                self.documents.save_checkpoint_now(&joined.projection.id(), &write);
                self.watch.begun(number, partition);
                self.tally.count(Kind::MiddleStart);
            }
        }
    }

    /// Whether every projection has said of every partition how far it is.
    fn is_on_record(&self) -> bool {
        let partitions = self.feed.partitions_now();
        self.projections.iter().all(|joined| {
            let id = joined.projection.id();
            partitions.iter().all(|partition| {
                let saved = self.documents.load_checkpoint_now(&id, &partition.name);
                saved.is_ok_and(|saved| saved.is_some())
            })
        })
    }

    fn reincarnate(&mut self) {
        // Without history, who has never said where it was cannot know that it was there.
        if !self.settings.history && !self.is_on_record() {
            return;
        }
        self.tally.count(Kind::Incarnation);
        let names = self.fleet.reset_ring();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let life = format!("life{}", self.now);
        self.feed.reincarnate(&life, &names);
        self.watch.reincarnated(self.now);
    }

    fn purge(&mut self) -> Result<(), Failure> {
        // Whose clock is behind takes an event for younger than it is.
        let behind = if self.settings.may(Kind::ClockBack) { CLOCK_BACK_MS / 1_000 } else { 0 };
        let horizon = self.settings.tuning.purge_ms + behind + 1;
        let before = Time((EPOCH_MS + self.now).saturating_sub(horizon));
        for number in 0..self.projections.len() {
            let Some(joined) = self.projections.get(number) else { continue };
            let id = joined.projection.id();
            let gone = self.documents.purge_now(&id, before, None, usize::MAX);
            let gone = gone.map_or(0, |purged| purged.tombstones);
            for _ in 0..gone {
                self.tally.count(Kind::Purged);
            }
            if gone > 0 {
                let page = self.documents.scan_now(&id, None, usize::MAX);
                let page = page.map_err(|trouble| format!("cannot scan: {trouble:?}"))?;
                let kept = page.documents.into_iter().map(|(key, _)| key).collect();
                self.watch.purged(number, &kept);
            }
        }
        Ok(())
    }
}
