//! What it costs to make events of records by a mapping, on one core: native lines the short and
//! the long way, and the records of a DynamoDB table as Kinesis brings them. `cargo bench -p
//! foldline-language --bench mapping`.
#![expect(clippy::disallowed_methods, reason = "a bench asks the clock")]
#![expect(clippy::print_stdout, reason = "a bench says what it found")]

use std::hint::black_box;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use foldline_core::position::Position;
use foldline_language::decode::{Plan, lines};
use foldline_language::mapping::Mapping;
use foldline_language::source;

const RECORDS: usize = 1_000;
const BATCHES: usize = 50;
const ROUNDS: usize = 9;

const NATIVE: &str = "source: s\nformat: json\n";

const MAPPED: &str = "source: s\nformat: json\nwhere: record.version > 0\n";

const ITEMS: &str = "source: s\nformat: dynamodb\nevent: { stream: new.aggregateId, \
                     version: new.version, type: new.type, time: new.timestamp, data: new.data }\n";

const FLAT: &str = "source: s\nformat: dynamodb\nwhere: new.version > 0\nevent: { \
                    stream: new.aggregateId, version: new.version, type: new.type, \
                    time: new.timestamp, data: rest }\n";

fn native(number: usize) -> String {
    format!(
        "{{\"stream\":\"wallet-{:08}\",\"version\":{number},\"type\":\"Credited\",\
         \"time\":\"2026-01-01T00:00:00.{:03}Z\",\"data\":{{\"amount\":{}.{:02},\
         \"currency\":\"EUR\",\"reference\":\"order-{number:010}\",\"tags\":[\"retail\"]}},\
         \"meta\":{{\"user\":\"u-{number:06}\"}},\"id\":\"{number:x}\"}}",
        number * 7_919 % 10_000,
        number % 1_000,
        number % 500,
        number % 100,
    )
}

fn item(number: usize) -> String {
    let key = format!(
        "\"aggregateId\":{{\"S\":\"wallet-{:08}\"}},\"version\":{{\"N\":\"{number}\"}}",
        number * 7_919 % 10_000
    );
    let data = format!(
        "\"amount\":{{\"N\":\"{}.{:02}\"}},\"currency\":{{\"S\":\"EUR\"}},\
         \"reference\":{{\"S\":\"order-{number:010}\"}}",
        number % 500,
        number % 100
    );
    format!(
        "{{\"awsRegion\":\"eu-west-1\",\"eventID\":\"{number:032x}\",\"eventName\":\"INSERT\",\
         \"userIdentity\":null,\"recordFormat\":\"application/json\",\"tableName\":\"events\",\
         \"dynamodb\":{{\"ApproximateCreationDateTime\":1720740233012995,\"Keys\":{{{key}}},\
         \"NewImage\":{{{key},\"type\":{{\"S\":\"Credited\"}},\"timestamp\":{{\"S\":\
         \"2026-01-01T00:00:00Z\"}},{data},\"data\":{{\"M\":{{{data}}}}}}},\"SizeBytes\":99,\
         \"ApproximateCreationDateTimePrecision\":\"MICROSECOND\"}},\
         \"eventSource\":\"aws:dynamodb\"}}"
    )
}

/// Time that this thread had a core, where the system says so; elsewhere time on the wall.
fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    let own = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = own.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// Says what a record costs: the median of all rounds, and the best.
fn measure(name: &str, source: &str, record: impl Fn(usize) -> String) {
    let mapping = source::parse(source).0.and_then(|source| Mapping::compile(&source).0);
    let Some(mapping) = mapping else {
        println!("{name}: the source is wrong");
        return;
    };
    let mut plan = Plan::default();
    for path in [["data", "amount"], ["data", "currency"], ["data", "reference"]] {
        assert!(plan.path(&path).is_ok(), "a path into data");
    }
    plan.kind("Credited");
    let text = (1..=RECORDS).map(record).collect::<Vec<_>>().join("\n");
    let mut costs: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        // The buffers are the feed's: their copies are not timed.
        let buffers = vec![text.clone().into_bytes(); BATCHES];
        let start = clock();
        for buffer in buffers {
            let places = lines(&buffer).zip(0..).collect::<Vec<_>>();
            let places = places.into_iter().map(|(range, at)| (range, Position::number(at)));
            let decoded = mapping.decoder(&plan).decode(buffer, places);
            let right = decoded.as_ref().is_ok_and(|decoded| {
                let mut events = decoded.batch.events();
                decoded.batch.len() == RECORDS && events.all(|event| event.fault().is_none())
            });
            assert!(right, "each record is an event: {name}");
            black_box(decoded.ok());
        }
        costs.push(clock().saturating_sub(start));
    }
    costs.sort();
    let cost =
        |at: usize| costs.get(at).map_or(0, Duration::as_nanos) / (RECORDS * BATCHES) as u128;
    let bytes = text.len() / RECORDS;
    println!("{name:<40} {bytes:>4} bytes {:>5} ns, best {}", cost(ROUNDS / 2), cost(0));
}

fn main() {
    measure("native lines, the short way", NATIVE, native);
    measure("native lines, the long way", MAPPED, native);
    measure("records of Kinesis, data in a map", ITEMS, item);
    measure("records of Kinesis, flat items", FLAT, item);
}
