//! What it costs to decode native JSON lines of 300 bytes into slots and to fold them into
//! documents, on one core: `cargo bench -p foldline-language`. The promise is at most 1 µs an
//! event. Two other ways over the same bytes, in the same run, tell a slow machine from slow code.
#![expect(clippy::disallowed_methods, reason = "a bench asks the clock")]
#![expect(clippy::print_stdout, reason = "a bench says what it found")]

use std::fmt::Write;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use foldline_core::event::{Batch, Event};
use foldline_core::fault::Fault;
use foldline_core::guard::GuardKind;
use foldline_core::name;
use foldline_core::position::Position;
use foldline_core::projection::{Change, Keys, Projection};
use foldline_core::value::Value;
use foldline_language::decode::{Decoder, Head, Plan, Told, lines};
use foldline_language::program::{self, AtWork};
use hashbrown::HashTable;

const BATCH: usize = 1_000;
const STREAMS: usize = 10_000;
const BATCHES: usize = 200;
const ROUNDS: usize = 15;
const PROMISE: Duration = Duration::from_micros(1);

/// One batch of lines, as a file or a log holds them.
fn batch(number: usize) -> Vec<u8> {
    let mut text = String::new();
    for line in 0..BATCH {
        let event = number * BATCH + line;
        // A stride that is prime to the count visits the streams in no order of memory.
        let (stream, version) = (event * 7_919 % STREAMS, event / STREAMS + 1);
        let (euros, cents) = (event % 500, event % 100);
        let written = writeln!(
            text,
            "{{\"stream\":\"wallet-{stream:08}\",\"version\":{version},\"type\":\"Credited\",\
             \"time\":\"2026-01-01T{:02}:{:02}:{:02}.{:03}Z\",\
             \"data\":{{\"amount\":{euros}.{cents:02},\"currency\":\"EUR\",\
             \"reference\":\"order-{event:010}\",\"counterparty\":{{\"id\":\"c-{stream:06}\",\
             \"name\":\"Zoë & Co\"}},\"tags\":[\"retail\"]}},\
             \"meta\":{{\"user\":\"u-{stream:06}\",\"trace\":\"{event:016x}\"}},\
             \"id\":\"{event:x}\"}}",
            event / 3_600 % 24,
            event / 60 % 60,
            event % 60,
            event % 1_000,
        );
        assert!(written.is_ok(), "a string takes all that is written");
    }
    text.into_bytes()
}

/// The module that folds them.
const MODULE: &str = "\
projection: wallet_balance
version: 1
from: wallets
into: { store: read_models }
key: stream
fields: { balance: decimal, opened_at: time }
on:
  Opened: { set: { currency: data.currency, balance: 0, opened_at: time } }
  Credited: { add: { balance: data.amount }, set: { currency: data.currency, updated_at: time } }
  Debited: { when: data.amount > 0, subtract: { balance: data.amount } }
  Closed: delete
";

/// The documents of the wallets, as a machine that holds them in memory looks them up.
struct Wallets {
    module: AtWork,
    places: HashTable<usize>,
    documents: Vec<(String, Value)>,
}

impl Wallets {
    fn new(module: AtWork) -> Wallets {
        Wallets { module, places: HashTable::new(), documents: Vec::new() }
    }

    fn fold(&mut self, event: Event<'_>, keys: &mut Keys) -> Result<Change, Fault> {
        keys.clear();
        self.module.route(event, keys)?;
        if !keys.has_stream() {
            return Ok(Change::Filtered);
        }
        let stream = event.stream();
        let documents = &mut self.documents;
        let found = self.places.find(event.hash(), |place| {
            documents.get(*place).is_some_and(|(name, _)| name == stream)
        });
        let place = if let Some(place) = found {
            *place
        } else {
            let place = documents.len();
            documents.push((stream.to_owned(), Value::Null));
            let hash = |place: &usize| documents.get(*place).map_or(0, |(own, _)| name::hash(own));
            self.places.insert_unique(event.hash(), place, hash);
            place
        };
        match documents.get_mut(place) {
            Some((key, document)) => self.module.apply(event, key, document),
            None => Ok(Change::Filtered),
        }
    }
}

/// The module at work, and the plan of what it reads.
fn wallets() -> (Plan, Wallets) {
    let (program, problems) = program::read("projection.yaml", MODULE);
    assert!(problems.is_empty(), "{problems:?}");
    let mut plan = Plan::default();
    let program = program.map(Arc::new);
    let module = program.and_then(|it| it.at_work(1, GuardKind::Version, 0, &mut plan).ok());
    match module {
        Some(module) => (plan, Wallets::new(module)),
        None => unreachable!("the module is right, and its paths are paths"),
    }
}

fn decode(decoder: &Decoder<'_>, buffer: Vec<u8>) -> Batch {
    let ranges: Vec<_> = lines(&buffer).collect();
    let records =
        ranges.into_iter().enumerate().map(|(at, range)| (range, Position::number(at as u64)));
    decoder.decode(buffer, records).unwrap_or_default()
}

/// The same where streams, versions and types are told beside the bytes, as in a log's columns.
fn told(decoder: &Decoder<'_>, buffer: Vec<u8>) -> Batch {
    let mut at = 0;
    let streams = STREAMS as u64;
    let records: Vec<Told> = lines(&buffer)
        .map(|range| {
            let version = at / streams + 1;
            at += 1;
            // Where the texts stand in a line that `batch` wrote.
            let stream = range.start + 11..range.start + 26;
            let kind = range.start + 49..range.start + 57;
            let head = Head { stream, version, kind, time: None };
            Told { head, record: range, position: Position::number(at) }
        })
        .collect();
    decoder.told(buffer, records).unwrap_or_default()
}

/// Time that this thread had a core, where the system says so: neighbours are not our cost.
/// Elsewhere time on the wall.
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let own = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = own.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// One way over the buffers, with what an event cost in each round.
struct Contender<'w> {
    name: &'static str,
    work: Box<dyn FnMut(Vec<u8>) + 'w>,
    costs: Vec<Duration>,
}

impl<'w> Contender<'w> {
    fn new(name: &'static str, work: impl FnMut(Vec<u8>) + 'w) -> Contender<'w> {
        Contender { name, work: Box::new(work), costs: Vec::new() }
    }

    fn round(&mut self, buffers: &[Vec<u8>]) {
        // The buffers are the feed's: who decodes one owns it, so their copies are not timed.
        let copies: Vec<Vec<u8>> = buffers.to_vec();
        let start = clock();
        for buffer in copies {
            (self.work)(buffer);
        }
        let events = u32::try_from(buffers.len() * BATCH).unwrap_or(u32::MAX);
        self.costs.push(clock().saturating_sub(start) / events);
    }

    /// Says and returns the median.
    fn median(&mut self) -> Duration {
        self.costs.sort();
        let median = self.costs.get(self.costs.len() / 2).copied().unwrap_or_default();
        let best = self.costs.first().copied().unwrap_or_default();
        println!(
            "{:<36} {:>5} ns an event, best {}",
            self.name,
            median.as_nanos(),
            best.as_nanos()
        );
        median
    }
}

fn fold(decoder: &Decoder<'_>, wallets: &mut Wallets, buffer: Vec<u8>) {
    let batch = decode(decoder, buffer);
    let mut keys = Keys::default();
    for event in batch.events() {
        let folded = wallets.fold(event, &mut keys);
        assert!(event.fault().is_none() && folded == Ok(Change::Applied), "{folded:?}");
    }
}

fn each_line(buffer: &[u8], mut read: impl FnMut(&str)) {
    let text = str::from_utf8(buffer).unwrap_or_default();
    for range in lines(buffer) {
        read(text.get(range).unwrap_or_default());
    }
}

fn main() {
    let buffers: Vec<Vec<u8>> = (0..BATCHES).map(batch).collect();
    let bytes = buffers.iter().map(Vec::len).sum::<usize>() / (BATCHES * BATCH);
    println!(
        "{BATCHES} batches of {BATCH} events of {bytes} bytes, {STREAMS} streams: \
         medians of {ROUNDS} rounds"
    );
    let nobody = Plan::default();
    let (plan, mut wallets) = wallets();
    let decoder = Decoder::new(&plan);
    let mut contenders = [
        Contender::new("decode into slots and fold", |buffer| {
            fold(&decoder, &mut wallets, buffer);
        }),
        Contender::new("serde_json: Value", |buffer| {
            each_line(&buffer, |line| {
                black_box(serde_json::from_str::<serde_json::Value>(line).ok());
            });
        }),
        Contender::new("decode into slots", |buffer| {
            black_box(decode(&decoder, buffer));
        }),
        Contender::new("decode types that nobody handles", |buffer| {
            black_box(decode(&Decoder::new(&nobody), buffer));
        }),
        Contender::new("the same, told beside the bytes", |buffer| {
            black_box(told(&Decoder::new(&nobody), buffer));
        }),
        Contender::new("serde_json: IgnoredAny (check only)", |buffer| {
            each_line(&buffer, |line| {
                assert!(serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok(), "{line}");
            });
        }),
    ];
    // In turn, so that all see the same neighbours.
    for _ in 0..ROUNDS {
        for contender in &mut contenders {
            contender.round(&buffers);
        }
    }
    let medians = contenders.each_mut().map(Contender::median);
    let [whole, value, _, unread, beside, ignored] = medians;
    println!(
        "decode and fold is {:.2} of serde_json: Value, {:.2} of the promised 1 µs",
        whole.div_duration_f64(value),
        whole.div_duration_f64(PROMISE)
    );
    println!(
        "a type that nobody handles is {:.2} of serde_json: IgnoredAny (promised: 1.10), and {} ns \
         where it is told beside the bytes (promised: 200)",
        unread.div_duration_f64(ignored),
        beside.as_nanos()
    );
    let example = decode(&decoder, buffers.first().cloned().unwrap_or_default());
    let beyond = (example.bytes() - bytes * BATCH) / BATCH;
    println!("a batch takes {beyond} bytes an event beyond its text");
}
