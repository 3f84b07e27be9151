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

/// The median cost of one event, of this many rounds over all buffers.
fn measure(name: &str, buffers: &[Vec<u8>], mut work: impl FnMut(Vec<u8>)) -> Duration {
    let events = u32::try_from(buffers.len() * BATCH).unwrap_or(u32::MAX);
    let mut costs: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            // The buffers are the feed's: who decodes one owns it, so their copies are not timed.
            let copies: Vec<Vec<u8>> = buffers.to_vec();
            let start = clock();
            for buffer in copies {
                work(buffer);
            }
            clock().saturating_sub(start) / events
        })
        .collect();
    costs.sort();
    let median = costs.get(costs.len() / 2).copied().unwrap_or_default();
    let best = costs.first().copied().unwrap_or_default();
    println!("{name:<36} {:>5} ns an event, best {}", median.as_nanos(), best.as_nanos());
    median
}

fn main() {
    let buffers: Vec<Vec<u8>> = (0..BATCHES).map(batch).collect();
    let bytes = buffers.iter().map(Vec::len).sum::<usize>() / (BATCHES * BATCH);
    println!(
        "{BATCHES} batches of {BATCH} events of {bytes} bytes, {STREAMS} streams: \
         medians of {ROUNDS} rounds"
    );
    let plan = plan();
    let decoder = Decoder::new(&plan);
    let mut wallets = Wallets::default();
    let whole = measure("decode into slots and fold", &buffers, |buffer| {
        let batch = decode(&decoder, buffer);
        for event in batch.events() {
            assert!(event.fault().is_none() && wallets.fold(event).is_ok(), "{event:?}");
        }
    });
    black_box(&wallets.documents);
    measure("decode into slots", &buffers, |buffer| {
        black_box(decode(&decoder, buffer));
    });
    let nobody = Plan::default();
    measure("decode types that nobody handles", &buffers, |buffer| {
        black_box(decode(&Decoder::new(&nobody), buffer));
    });
    measure("serde_json: IgnoredAny (check only)", &buffers, |buffer| {
        let text = str::from_utf8(&buffer).unwrap_or_default();
        for line in text.lines() {
            assert!(serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok(), "{line}");
        }
    });
    let values = measure("serde_json: Value", &buffers, |buffer| {
        let text = str::from_utf8(&buffer).unwrap_or_default();
        for line in text.lines() {
            black_box(serde_json::from_str::<serde_json::Value>(line).ok());
        }
    });
    let example = decode(&decoder, buffers.first().cloned().unwrap_or_default());
    println!(
        "a batch takes {} bytes an event beyond its text",
        (example.bytes() - bytes * BATCH) / BATCH
    );
    println!(
        "decode and fold is {:.2} of serde_json: Value, {:.2} of the promised 1 µs",
        whole.div_duration_f64(values),
        whole.div_duration_f64(PROMISE)
    );
}
