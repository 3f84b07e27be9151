//! What it costs to decode native JSON lines of 300 bytes into slots and to fold them into
//! documents, on one core: `cargo bench -p foldline-language`. The promise is at most 1 µs an
//! event. Two other ways over the same bytes, in the same run, tell a slow machine from slow code.
#![expect(clippy::disallowed_methods, reason = "a bench asks the clock")]
#![expect(clippy::print_stdout, reason = "a bench says what it found")]

use std::fmt::Write;
use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use foldline_core::event::{Batch, Event, Slot};
use foldline_core::name;
use foldline_core::position::Position;
use foldline_core::value::{Number, NumberError, Value};
use foldline_language::decode::{Decoder, Plan, lines};
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

/// What a handler of a wallet does: adds the amount, and remembers when and in which currency.
#[derive(Default)]
struct Wallets {
    places: HashTable<usize>,
    documents: Vec<(String, Value)>,
}

impl Wallets {
    fn fold(&mut self, event: Event<'_>) -> Result<(), NumberError> {
        let Some(part) = event.parts().next() else { return Ok(()) };
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
        let Some(map) = documents.get_mut(place).and_then(|(_, document)| document.map_mut())
        else {
            return Ok(());
        };
        let amount = match part.slot(0) {
            Slot::Int(int) => Number::Int(int),
            Slot::Decimal(decimal) => Number::Decimal(decimal),
            _ => return Ok(()),
        };
        let balance = map.get_or_insert("balance", || Value::Int(0));
        *balance = balance.number().unwrap_or(amount).plus(amount)?.into();
        if let Some(time) = event.timestamp() {
            map.set("updated_at", Value::Time(time));
        }
        if let Slot::Text(currency) = part.slot(1)
            && map.get("currency").and_then(Value::as_text) != Some(currency)
        {
            map.set("currency", Value::text(currency));
        }
        Ok(())
    }
}

fn plan() -> Plan {
    let mut plan = Plan::default();
    for path in
        [&["data", "amount"], &["data", "currency"], &["data", "reference"], &["meta", "user"]]
    {
        assert!(plan.path(path).is_ok(), "a path into data or meta");
    }
    plan.kind("Opened");
    plan.kind("Credited");
    plan.kind("Debited");
    plan
}

fn decode(decoder: &Decoder<'_>, buffer: Vec<u8>) -> Batch {
    let ranges: Vec<_> = lines(&buffer).collect();
    let records =
        ranges.into_iter().enumerate().map(|(at, range)| (range, Position::number(at as u64)));
    decoder.decode(buffer, records).unwrap_or_default()
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
    for event in batch.events() {
        assert!(event.fault().is_none() && wallets.fold(event).is_ok(), "{event:?}");
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
    let (plan, nobody) = (plan(), Plan::default());
    let decoder = Decoder::new(&plan);
    let mut wallets = Wallets::default();
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
    let [whole, value, ..] = medians;
    println!(
        "decode and fold is {:.2} of serde_json: Value, {:.2} of the promised 1 µs",
        whole.div_duration_f64(value),
        whole.div_duration_f64(PROMISE)
    );
    let example = decode(&decoder, buffers.first().cloned().unwrap_or_default());
    let beyond = (example.bytes() - bytes * BATCH) / BATCH;
    println!("a batch takes {beyond} bytes an event beyond its text");
}
