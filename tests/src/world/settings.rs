//! What one seed's world is like: its feed, its projections, its workers, and which faults may
//! strike. Everything is drawn from the seed; a command line may take faults and events away, so
//! that a failing schedule can be shrunk.

use foldline_core::guard::GuardKind;
use foldline_core::limits;
use foldline_core::projector::{Source, Tuning, Versions};
use foldline_core::sharing::Window;
use foldline_core::time::Time;

use crate::world::faults::{Kind, Kinds};
use crate::world::profiles;
use crate::world::rng::Rng;
use crate::world::run::EPOCH_MS;

/// What kind of feed the world has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Shards with lineage, no order within a stream, a table as history.
    Shards,
    /// Kafka keyed by stream, with or without history.
    Keyed,
    /// An ordered log that is its own history.
    Embedded,
    /// Rising versions on a feed that pins a stream to one partition.
    Monotonic,
    /// Events without versions, folded anew from history.
    Refold,
}

/// One projection of the world.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Which guard its documents carry.
    pub guard: GuardKind,
    /// When it joins; 0 for those that are there from the start.
    pub joins: u64,
}

/// What one world is like.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The seed that it was drawn from.
    pub seed: u64,
    /// Its feed.
    pub profile: Profile,
    /// The first version of a stream.
    pub first: u64,
    /// Whether there is history beside the feed.
    pub history: bool,
    /// Partitions at the start.
    pub partitions: usize,
    /// Streams.
    pub streams: usize,
    /// Events to write.
    pub events: usize,
    /// Data keys.
    pub keys: u64,
    /// Milliseconds from one event to the next, on average.
    pub spacing: u64,
    /// Workers.
    pub workers: usize,
    /// Projections.
    pub projections: Vec<Spec>,
    /// What may go wrong.
    pub faults: Kinds,
    /// The bounds that the machines get.
    pub tuning: Tuning,
    /// How workers share their reads.
    pub window: Window,
    /// Over so many lanes a projection works at most.
    pub lanes: usize,
    /// How many letters fit behind one head.
    pub letters_per_key: u64,
    /// When the projections begin, where they do not begin with the feed.
    pub begins: Option<u64>,
}

/// What a command line takes away from a world.
#[derive(Clone, Debug, Default)]
pub struct Cuts {
    /// Faults that do not strike.
    pub without: Vec<Kind>,
    /// Write no more events than this.
    pub events: Option<usize>,
    /// Have no more projections than this.
    pub projections: Option<usize>,
    /// Have no more workers than this.
    pub workers: Option<usize>,
    /// Have no projection work over more lanes than this.
    pub lanes: Option<usize>,
}

impl Cuts {
    /// Whether nothing is taken away.
    pub fn is_whole(&self) -> bool {
        self.without.is_empty()
            && self.events.is_none()
            && self.projections.is_none()
            && self.workers.is_none()
    }
}

impl Settings {
    /// The world of this seed.
    pub fn of(seed: u64) -> Settings {
        let mut rng = Rng::branch(seed, 1);
        let profile = match rng.below(20) {
            0..=8 => Profile::Shards,
            9..=13 => Profile::Keyed,
            14..=15 => Profile::Embedded,
            16..=17 => Profile::Monotonic,
            _ => Profile::Refold,
        };
        let history = match profile {
            Profile::Shards | Profile::Embedded | Profile::Refold => true,
            Profile::Keyed => rng.percent(60),
            Profile::Monotonic => false,
        };
        let faults = profiles::draw(&mut rng, profile, history);
        let mut tuning = draw_tuning(&mut rng, faults);
        if !history {
            // Without history a gap ends only when the feed brings what is missing: a partition
            // that may not be read that far stands still, as it should.
            tuning.in_flight = tuning.in_flight.max(IN_FLIGHT_WHOLE);
            tuning.memory = tuning.memory.saturating_mul(MEMORY_HELD);
        }
        let events = if rng.percent(5) { rng.size(400, 800) } else { rng.size(60, 300) };
        let mut settings = Settings {
            seed,
            profile,
            first: rng.below(2),
            history,
            partitions: rng.size(1, 3),
            streams: rng.size(2, 16),
            events,
            keys: rng.between(1, 6),
            spacing: rng.between(10, 200),
            workers: rng.size(1, 3),
            projections: Vec::new(),
            faults,
            tuning,
            window: Window::default(),
            lanes: 1,
            letters_per_key: limits::LETTERS_PER_KEY,
            begins: None,
        };
        settings.draw_projections(&mut rng);
        settings.draw_reading(&mut Rng::branch(seed, 7));
        settings.draw_rare();
        settings
    }

    /// How reads are shared, and streams spread over lanes.
    fn draw_reading(&mut self, rng: &mut Rng) {
        self.window = Window {
            reads: rng.size(1, 6),
            bytes: rng.size(1, 20_000),
            patience_ms: rng.between(1, 200),
        };
        self.lanes = if rng.percent(40) { rng.size(2, 3) } else { 1 };
    }

    /// What only some worlds have, from numbers of its own.
    fn draw_rare(&mut self) {
        let mut rng = Rng::branch(self.seed, 5);
        profiles::add_rare(&mut rng, self);
        if self.may(Kind::LettersFull) {
            self.letters_per_key = rng.between(2, 6);
        }
        if self.may(Kind::TargetDownHours) {
            // As it is outside: who was refused for an hour does not ask every second.
            self.tuning.retry_ms.1 = LONG_RETRY_MS;
        }
        if self.may(Kind::MiddleStart) {
            let begins = rng.between(1_000, 1_000 + self.duration() / 2);
            self.begins = Some(begins);
            for spec in &mut self.projections {
                spec.joins = spec.joins.max(begins + 1);
            }
        }
    }

    /// The same world with less in it.
    #[must_use]
    pub fn cut(mut self, cuts: &Cuts) -> Settings {
        for kind in &cuts.without {
            self.faults.remove(*kind);
        }
        self.events = self.events.min(cuts.events.unwrap_or(usize::MAX));
        self.projections.truncate(cuts.projections.unwrap_or(usize::MAX).max(1));
        self.workers = self.workers.min(cuts.workers.unwrap_or(usize::MAX).max(1));
        self.lanes = self.lanes.min(cuts.lanes.unwrap_or(usize::MAX).max(1));
        if !self.faults.has(Kind::MemoryPressure) {
            self.tuning.memory = self.tuning.memory.max(MEMORY_PLENTY);
        }
        self.begins = self.begins.filter(|_| self.faults.has(Kind::MiddleStart));
        if !self.faults.has(Kind::LettersFull) {
            self.letters_per_key = limits::LETTERS_PER_KEY;
        }
        self
    }

    /// Whether this kind of fault may strike.
    pub fn may(&self, kind: Kind) -> bool {
        self.faults.has(kind)
    }

    /// How long the writers write, in milliseconds.
    pub fn duration(&self) -> u64 {
        self.events as u64 * self.spacing
    }

    /// What the machines are told of the source.
    pub fn source(&self) -> Source {
        Source {
            versions: match self.profile {
                Profile::Shards | Profile::Keyed | Profile::Embedded => Versions::Contiguous,
                Profile::Monotonic => Versions::Monotonic,
                Profile::Refold => Versions::Refold,
            },
            first: self.first,
            history: self.history,
            ordered: self.profile == Profile::Embedded,
            begins: self.begins.map(|at| Time(EPOCH_MS + at + 1)),
        }
    }

    fn draw_projections(&mut self, rng: &mut Rng) {
        let guards: &[GuardKind] = match self.profile {
            Profile::Shards | Profile::Keyed => {
                &[GuardKind::Version, GuardKind::Streams, GuardKind::Ledger]
            }
            Profile::Embedded => &[GuardKind::Version, GuardKind::Positions, GuardKind::Streams],
            Profile::Monotonic => &[GuardKind::Version, GuardKind::Streams],
            Profile::Refold => &[GuardKind::Refold],
        };
        for place in 0..rng.between(1, 3) {
            let guard = rng.pick(guards).copied().unwrap_or(GuardKind::Version);
            let late = place > 0 && self.may(Kind::ProjectionAdded) && rng.percent(50);
            let joins = if late { rng.between(1, self.duration()) } else { 0 };
            self.projections.push(Spec { guard, joins });
        }
    }
}

const LONG_RETRY_MS: u64 = 60_000;

/// More bytes than any world needs.
pub(super) const MEMORY_PLENTY: usize = 64 << 20;

/// How many times more memory takes all that may be held, where only the feed can bring the rest.
const MEMORY_HELD: usize = 4;

/// More events than any world has.
const IN_FLIGHT_WHOLE: usize = 1 << 20;

fn draw_tuning(rng: &mut Rng, faults: Kinds) -> Tuning {
    let pressed = faults.has(Kind::MemoryPressure);
    Tuning {
        memory: if pressed { rng.size(2, 24) * 1024 } else { MEMORY_PLENTY },
        in_flight: rng.size(16, 2_000),
        flush_ms: rng.between(0, 800),
        write_batch: rng.size(1, 40),
        writes: rng.size(1, 4),
        checkpoint_ms: rng.between(100, 2_000),
        cursor_ms: rng.between(500, 5_000),
        gap_wait_ms: rng.between(100, 1_000),
        // Two leaps of the clock, five seconds each as the machine follows them, prove nothing.
        hole_after_ms: HOLE_AFTER_MS,
        purge_ms: if faults.has(Kind::Purged) { rng.between(5_000, 20_000) } else { 1 << 40 },
        retry_ms: (20, 2_000),
        // Without them a conflict goes back to the checkpoints, as in a rebuild.
        keep_folded: rng.percent(80),
        ..Tuning::default()
    }
}

/// How long after a higher version a lower one's absence proves a hole.
pub const HOLE_AFTER_MS: u64 = 15_000;
