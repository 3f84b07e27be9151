//! What the whole Projector costs an event, without I/O: batches of 1,000 events over 100,000
//! streams, a native counting projection, every effect answered at once.
//!
//! `cargo bench -p foldline-core` prints the median of several rounds for events in order, half
//! of them duplicates, reordered within 100 events, and for eight projections on one read.
//!
//! In processor time, on a shared machine with two cores of an EPYC, all in the same minutes:
//! 260 ns in order, 250 with duplicates, 400 reordered, 290 for each of eight. Before a stretch of
//! events was looked up together, cells were small and held events stayed in their batches, it was
//! 520, 390, 2,750 and 660.
#![expect(clippy::disallowed_methods, reason = "a bench asks the clock")]
#![expect(clippy::indexing_slicing, reason = "a bench indexes only what it made itself")]
#![expect(clippy::cast_precision_loss, reason = "counts of events are far below 2^52")]

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use foldline_core::effect::{Effect, Ticket};
use foldline_core::event::{Batch, BatchBuilder, Event};
use foldline_core::fault::Fault;
use foldline_core::guard::{GuardKind, Revision};
use foldline_core::input::{Fetched, Input, Loaded, SideAnswer, WriteAnswer};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::position::Position;
use foldline_core::projection::{Change, Keys, Projection};
use foldline_core::projector::{Projector, Source, Tuning, Versions};
use foldline_core::time::Time;
use foldline_core::value::Value;

const STREAMS: u64 = 100_000;
const BATCH: usize = 1_000;
const EVENTS: usize = 400_000;
const ROUNDS: usize = 7;

/// Changes the order of a round's events, each a stream and a version.
type Shape<'a> = &'a dyn Fn(&mut Vec<(u64, u64)>);

struct Counter;

impl Projection for Counter {
    fn id(&self) -> ProjectionId {
        ProjectionId { name: Name::from("counter"), generation: 1 }
    }

    fn guard(&self) -> GuardKind {
        GuardKind::Version
    }

    fn route(&self, _: Event<'_>, keys: &mut Keys) -> Result<(), Fault> {
        keys.stream();
        Ok(())
    }

    fn apply(&self, _: Event<'_>, _: &str, document: &mut Value) -> Result<Change, Fault> {
        let count = if let Value::Int(count) = document { *count } else { 0 };
        *document = Value::Int(count + 1);
        Ok(Change::Applied)
    }
}

/// Nanoseconds that this process has run: on a busy machine the wall clock measures the others.
fn cpu_nanos(start: Instant) -> f64 {
    let times = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let ran = times.split(' ').next().and_then(|ran| ran.parse::<f64>().ok());
    ran.unwrap_or_else(|| start.elapsed().as_secs_f64() * 1e9)
}

/// The machines under test, the clock, and the feed's next position.
struct Bench {
    machines: Vec<Projector<Counter>>,
    /// What each asked of the feed last.
    fetches: Vec<Ticket>,
    now: u64,
    position: u64,
    revision: u64,
}

impl Bench {
    fn new(projections: u64) -> Bench {
        let source = Source {
            versions: Versions::Contiguous,
            first: 1,
            history: true,
            ordered: false,
            begins: None,
        };
        let tuning = Tuning { memory: 4 << 30, ..Tuning::default() };
        let machine = |nonce| Projector::new(Counter, source.clone(), tuning.clone(), nonce);
        let machines: Vec<_> = (1..=projections).map(machine).collect();
        let fetches = vec![Ticket(0); machines.len()];
        let mut bench = Bench { machines, fetches, now: 1_000_000_000, position: 0, revision: 1 };
        for number in 0..bench.machines.len() {
            let granted = Input::Granted {
                partition: Name::from("p"),
                incarnation: Name::from("i"),
                checkpoint: None,
                begun: false,
            };
            bench.settle(number, granted);
        }
        bench
    }

    /// Feeds one batch to every machine, and answers all that they ask.
    fn feed(&mut self, batch: &Arc<Batch>, follows: u64, next: u64) {
        self.now += 1;
        for number in 0..self.machines.len() {
            let fetched = Fetched {
                partition: Name::from("p"),
                incarnation: Name::from("i"),
                follows: (follows > 0).then(|| Position::number(follows)),
                batch: Arc::clone(batch),
                next: Some(Position::number(next)),
                ended: false,
            };
            let Some(&ticket) = self.fetches.get(number) else { return };
            self.settle(number, Input::Fetched { ticket, fetched });
        }
    }

    fn settle(&mut self, number: usize, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let now = Time(self.now);
            let Some(machine) = self.machines.get_mut(number) else { return };
            for effect in machine.step(now, input) {
                self.revision += 1;
                if let (Effect::Fetch { ticket, .. }, Some(last)) =
                    (&effect, self.fetches.get_mut(number))
                {
                    *last = *ticket;
                }
                inputs.extend(answer(effect, self.revision));
            }
        }
    }
}

fn answer(effect: Effect, revision: u64) -> Option<Input> {
    Some(match effect {
        Effect::Load { ticket, keys } => {
            let load = |key: foldline_core::effect::LoadKey| Loaded {
                key: key.key,
                rows: Vec::new(),
                stored: Ok(None),
            };
            Input::Loaded { ticket, documents: keys.into_iter().map(load).collect() }
        }
        Effect::LoadCursors { ticket, streams } => {
            let cursors = streams.into_iter().map(|stream| (stream, Ok(None))).collect();
            Input::CursorsLoaded { ticket, cursors }
        }
        Effect::Write { ticket, documents } => {
            let written = |_| WriteAnswer::Written(Revision(revision, 0));
            Input::Written { ticket, answers: documents.into_iter().map(written).collect() }
        }
        Effect::SaveCursors { ticket, cursors } => {
            let saved = |_| SideAnswer::Written(Revision(revision, 0));
            Input::CursorsSaved { ticket, answers: cursors.into_iter().map(saved).collect() }
        }
        Effect::Commit { ticket, partition, .. } => {
            let answer = SideAnswer::Written(Revision(revision, 0));
            Input::Committed { ticket, partition, answer }
        }
        _ => return None,
    })
}

/// The events of one round, in batches: every stream in turn, in an order that no cache likes.
struct Events {
    versions: Vec<u64>,
    turn: u64,
    position: u64,
}

impl Events {
    fn batches(&mut self, count: usize, run: u64, shape: Shape<'_>) -> Vec<Arc<Batch>> {
        let mut events = Vec::with_capacity(count);
        while events.len() < count {
            let stream = self.turn.wrapping_mul(2_654_435_761) % STREAMS;
            self.turn += 1;
            let version = &mut self.versions[usize::try_from(stream).unwrap_or(0)];
            for _ in 0..run {
                *version += 1;
                events.push((stream, *version));
            }
        }
        shape(&mut events);
        let now = Time(1_000_000_000);
        let mut batches = Vec::new();
        for chunk in events.chunks(BATCH) {
            let mut builder = BatchBuilder::default();
            for (stream, version) in chunk {
                self.position += 1;
                builder
                    .event(
                        &format!("account-{stream:08}"),
                        *version,
                        Position::number(self.position),
                    )
                    .time(now)
                    .part("Credited", &[]);
            }
            batches.push(Arc::new(builder.build()));
        }
        batches
    }
}

/// The median nanoseconds an event, over rounds of fresh events on warm machines.
fn measure(projections: u64, shape: Shape<'_>) -> f64 {
    measure_runs(projections, 1, shape)
}

/// The same, where each stream has a run of several events when its turn comes.
fn measure_runs(projections: u64, run: u64, shape: Shape<'_>) -> f64 {
    let mut bench = Bench::new(projections);
    let streams = usize::try_from(STREAMS).unwrap_or(0);
    let mut events = Events { versions: vec![0; streams], turn: 0, position: 0 };
    let mut rounds = Vec::new();
    let start = Instant::now();
    for round in 0..=ROUNDS {
        let count = if round == 0 { streams } else { EVENTS };
        let keep: Shape<'_> = if round == 0 { &|_| {} } else { shape };
        let batches = events.batches(count, if round == 0 { 1 } else { run }, keep);
        let before = cpu_nanos(start);
        let mut fed = 0;
        for batch in &batches {
            let follows = bench.position;
            bench.position += batch.len() as u64;
            fed += batch.len();
            let next = bench.position;
            bench.feed(batch, follows, next);
        }
        if round > 0 {
            rounds.push((cpu_nanos(start) - before) / fed as f64);
        }
        for machine in &bench.machines {
            let totals = machine.totals();
            assert!(totals.held == 0 && totals.counts.parked == 0, "{totals:?}");
        }
    }
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

fn main() {
    // `cargo bench -p foldline-core -- reordered` measures the cases with that word alone.
    let word = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    let mut say = |what: &str, each: u64, nanos: &dyn Fn() -> f64| {
        if what.contains(&word) {
            let _ = writeln!(out, "{what:<44} {:>7.0} ns an event", nanos() / each as f64);
        }
    };
    say("in order", 1, &|| measure(1, &|_| {}));
    say("half of them duplicates", 1, &|| {
        measure(1, &|events| {
            *events = events.iter().flat_map(|event| [*event, *event]).collect();
        })
    });
    say("reordered within 100 events, ten streams", 1, &|| {
        measure_runs(1, 10, &|events| {
            for chunk in events.chunks_mut(100) {
                chunk.reverse();
            }
        })
    });
    say("eight projections on one read, each", 8, &|| measure(8, &|_| {}));
}
