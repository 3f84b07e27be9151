//! Event stores that others have built, read with a source that says what their tables mean, and
//! folded by a module: the whole way from a record's bytes to a document.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldline_core::guard::GuardKind;
use foldline_core::position::Position;
use foldline_core::projection::{Keys, Projection};
use foldline_core::value::{Value, canonical};
use foldline_language::decode::{Plan, lines};
use foldline_language::mapping::{Mapping, Tally};
use foldline_language::{program, source};

/// What these records make of all documents, each `key {…}`, and what became of the records.
#[track_caller]
fn fold(source: &str, module: &str, records: &[String]) -> (Vec<String>, Tally) {
    let (read, problems) = source::parse(source);
    assert_eq!(problems, [], "{source}");
    let (mapping, problems) = Mapping::compile(&read.expect("it was read"));
    assert_eq!(problems, [], "{source}");
    let mapping = mapping.expect("it was compiled");
    let (program, problems) = program::read("projection.yaml", module);
    let program = Arc::new(program.unwrap_or_else(|| panic!("{problems:?}")));
    let mut plan = Plan::default();
    let work = program.at_work(1, GuardKind::Streams, mapping.meaning(), &mut plan);
    let work = work.expect("its paths are paths");
    let buffer = records.join("\n").into_bytes();
    let places = lines(&buffer).zip(0..).collect::<Vec<_>>();
    let places = places.into_iter().map(|(range, at)| (range, Position::number(at)));
    let decoded = mapping.decoder(&plan).decode(buffer, places).expect("it is small");
    let mut documents: BTreeMap<String, Value> = BTreeMap::new();
    for event in decoded.batch.events() {
        assert_eq!(event.fault(), None, "{event:?}");
        let mut keys = Keys::default();
        work.route(event, &mut keys).expect("it has a key");
        let own = keys.has_stream().then(|| event.stream().to_owned());
        let named: Vec<String> = keys.named().iter().map(ToString::to_string).collect();
        for key in own.into_iter().chain(named) {
            let document = documents.entry(key.clone()).or_default();
            work.apply(event, &key, document).expect("it can be applied");
        }
    }
    let there = documents.into_iter().filter(|(_, document)| *document != Value::Null);
    let shown = there.map(|(key, document)| format!("{key} {}", canonical::text(&document)));
    (shown.collect(), decoded.tally)
}

/// An item as DynamoDB writes it: `name=S:text` or `name=N:1`, each on a line.
fn item(attributes: &str) -> String {
    let one = |attribute: &str| {
        let (name, value) = attribute.trim().split_once('=').expect("it has a name");
        let (tag, value) = value.split_once(':').expect("it has a type");
        let value = canonical::text(&Value::text(value));
        format!("\"{name}\":{{\"{tag}\":{value}}}")
    };
    let attributes = attributes.lines().filter(|line| !line.trim().is_empty());
    format!("{{{}}}", attributes.map(one).collect::<Vec<_>>().join(","))
}

/// A record of Kinesis.
fn record(operation: &str, keys: &str, new: Option<&str>, old: Option<&str>) -> String {
    let image = |name: &str, image: Option<&str>| {
        image.map(|image| format!(",\"{name}\":{image}")).unwrap_or_default()
    };
    format!(
        "{{\"eventName\":\"{operation}\",\"userIdentity\":null,\"tableName\":\"events\",\
         \"dynamodb\":{{\"ApproximateCreationDateTime\":1720740233012,\"Keys\":{keys}{}{}}},\
         \"eventSource\":\"aws:dynamodb\"}}",
        image("NewImage", new),
        image("OldImage", old)
    )
}

const PAGE: &str = include_str!("../../../docs/reference/sources.md");

#[test]
fn the_sources_of_the_page_are_right() {
    let blocks: Vec<&str> = PAGE
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```").map(|(block, _)| block))
        .collect();
    assert!(blocks.len() > 4);
    for block in blocks {
        let (read, problems) = source::parse(block);
        assert_eq!(problems, [], "{block}");
        let (mapping, problems) = Mapping::compile(&read.expect("it was read"));
        assert_eq!((problems, mapping.is_some()), (Vec::new(), true), "{block}");
    }
}

#[test]
fn the_page_tells_of_every_key() {
    let schema = foldline_core::value::json::value(&source::schema()).expect("it is JSON");
    let keys = schema.at(&["properties"]).and_then(Value::as_map).expect("it has keys");
    for (key, _) in keys.iter().filter(|(key, _)| *key != "source") {
        assert!(PAGE.contains(&format!("| `{key}` |")), "the page lacks `{key}`");
    }
}

const WALLETS: &str = "\
source: wallets
format: dynamodb
event:
  stream: new.aggregateId
  version: new.version
  type: new.type
  time: new.timestamp
  data: json(new.payload)
  id: new.eventId
";

const BALANCES: &str = "\
projection: balances
version: 1
from: wallets
into: { store: store }
key: stream
on:
  Opened: { set: { balance: 0, currency: data.currency } }
  Credited: { add: { balance: data.amount } }
";

fn wallet(stream: &str, version: u32, kind: &str, payload: &str) -> (String, String) {
    let key = format!("aggregateId=S:{stream}\nversion=N:{version}");
    let rest = format!(
        "eventId=S:e-{version}\ntype=S:{kind}\npayload=S:{payload}\n\
         timestamp=S:2021-06-22T21:30:44.000Z"
    );
    (item(&key), item(&format!("{key}\n{rest}")))
}

#[test]
fn wallets_with_a_payload_of_text() {
    let inserted = |stream: &str, version: u32, kind: &str, payload: &str| {
        let (keys, new) = wallet(stream, version, kind, payload);
        record("INSERT", &keys, Some(&new), None)
    };
    let (keys, old) = wallet("w-2", 2, "Credited", r#"{"amount":0.1}"#);
    let records = [
        inserted("w-1", 1, "Opened", r#"{"currency":"CAD"}"#),
        inserted("w-2", 1, "Opened", r#"{"currency":"EUR"}"#),
        inserted("w-1", 2, "Credited", r#"{"amount":5}"#),
        inserted("w-2", 2, "Credited", r#"{"amount":0.1}"#),
        inserted("w-1", 3, "Credited", r#"{"amount":7}"#),
        inserted("w-2", 3, "Credited", r#"{"amount":0.2}"#),
        record("REMOVE", &keys, None, Some(&old)),
    ];
    let (documents, tally) = fold(WALLETS, BALANCES, &records);
    assert_eq!(
        documents,
        [r#"w-1 {"balance":12,"currency":"CAD"}"#, r#"w-2 {"balance":0.3,"currency":"EUR"}"#]
    );
    assert_eq!((tally.records, tally.events, tally.anomalies), (7, 6, 1));
    assert!(tally.first_anomalies[0].item.contains("w-2"));
}

const CHANGESETS: &str = "\
source: changesets
format: dynamodb
where: \"!new.stream_id.startsWith('!!!RESERVED')\"
explode: json(new.events)
event:
  stream: new.stream_id
  version: new.first_event_id + index
  type: item.type
  time: new.timestamp
  data: item
  meta: { changeset: new.changeset_id, place: index }
ignore_changes: [page, page_item]
";

const STATISTICS: &str = "\
projection: statistics
version: 1
from: changesets
into: { store: store }
key: \"'all'\"
across_streams: arrival
on:
  '*':
    - add: { total_events: 1 }
    - when: meta.place == 0
      add: { total_changesets: 1 }
      max: { max_stream_length: meta.changeset }
    - when: version == 1
      add: { total_streams: 1 }
";

#[test]
fn changesets_of_several_events_are_counted_once() {
    let changeset = |stream: &str, number: u32, first: u32, more: &str| {
        let key = format!("stream_id=S:{stream}\nchangeset_id=N:{number}");
        let events = r#"[{"type": "init"}, {"type": "update"}, {"type": "switch"}]"#;
        let rest = format!(
            "events=S:{events}\nmetadata=S:{{}}\ntimestamp=S:2021-02-01T14:08:06.368556Z\n\
             first_event_id=N:{first}\nlast_event_id=N:{}",
            first + 2
        );
        (item(&key), item(&format!("{key}\n{rest}\n{more}")))
    };
    let page = "page=N:0\npage_item=N:4";
    let inserted = |(keys, new): (String, String)| record("INSERT", &keys, Some(&new), None);
    let (keys, paged) = changeset("a", 1, 1, page);
    let counter = item("stream_id=S:!!!RESERVED:GLOBAL-COUNTER!!!\nchangeset_id=N:0");
    let records = [
        inserted(changeset("a", 1, 1, "")),
        record("MODIFY", &counter, Some(&counter), None),
        // The table's own indexer: a stream of new images alone does not show what was before.
        record("MODIFY", &keys, Some(&paged), None),
        inserted(changeset("a", 2, 4, "")),
        inserted(changeset("b", 1, 1, "")),
        record("INSERT", &counter, Some(&counter), None),
    ];
    let (documents, tally) = fold(CHANGESETS, STATISTICS, &records);
    let expected = concat!(
        r#"all {"max_stream_length":2,"total_changesets":3,"#,
        r#""total_events":9,"total_streams":2}"#
    );
    assert_eq!(documents, [expected]);
    assert_eq!((tally.events, tally.filtered, tally.harmless, tally.anomalies), (9, 2, 1, 0));
}

#[test]
fn accounts_of_flat_items_with_snapshots_among_their_events() {
    let source = "source: accounts\nformat: dynamodb\nevent: { stream: new.Id, \
                  version: new.Version, type: new.Type, time: new.Timestamp, data: rest }\n\
                  count_only: [SNAPSHOT]\n";
    let module = "projection: accounts\nversion: 1\nfrom: accounts\ninto: { store: store }\n\
                  key: stream\nunknown: park\non:\n  CREATED: { set: { balance: 0 } }\n  \
                  CREDIT: { add: { balance: data.Amount } }\n  \
                  WITHDRAW: { subtract: { balance: data.Amount } }\n";
    let line = |version: u32, kind: &str, more: &str| {
        let item = item(&format!(
            "Id=S:acc\nVersion=N:{version}\nType=S:{kind}\nTimestamp=S:2019-08-01T00:00:00Z\n{more}"
        ));
        format!("{{\"Item\":{item}}}")
    };
    let records = [
        line(1, "CREATED", ""),
        line(2, "SNAPSHOT", "Balance=N:0"),
        line(3, "CREDIT", "Amount=N:10.50"),
        line(4, "WITHDRAW", "Amount=N:0.5"),
    ];
    let (documents, tally) = fold(source, module, &records);
    assert_eq!(documents, [r#"acc {"balance":10}"#]);
    // A snapshot has its version: without it there would be a gap in the stream.
    assert_eq!((tally.events, tally.filtered), (4, 0));
}

#[test]
fn prices_without_versions_are_ordered_by_their_sort_key() {
    let source = "source: prices\nformat: dynamodb\nversions: refold\nsort: new.date\nevent: { \
                  stream: new.productId, type: new.event, time: \"timestamp(new.date, 'ms')\", \
                  data: rest }\n";
    let module = "projection: prices\nversion: 1\nfrom: prices\ninto: { store: store }\n\
                  key: stream\non:\n  CREATE: { set: { price: data.price } }\n  \
                  UPDATE: { when: doc != null, add: { price: data.priceVariation } }\n  \
                  DELETE: delete\n";
    let change = |product: &str, date: u64, kind: &str, more: &str| {
        let key = format!("productId=S:{product}\ndate=N:{date}");
        let new = item(&format!("{key}\nevent=S:{kind}\n{more}"));
        record("INSERT", &item(&key), Some(&new), None)
    };
    let records = [
        change("p", 1_480_000_000_000, "CREATE", "price=N:0.1"),
        change("p", 1_480_000_000_001, "UPDATE", "priceVariation=N:0.2"),
        change("q", 1_480_000_000_000, "CREATE", "price=N:7"),
        change("q", 1_480_000_000_002, "DELETE", ""),
        change("q", 1_480_000_000_003, "UPDATE", "priceVariation=N:1"),
    ];
    let (documents, _) = fold(source, module, &records);
    assert_eq!(documents, [r#"p {"price":0.3}"#]);
}

#[test]
fn payloads_of_bytes_that_kinesis_encodes_twice() {
    let source = "source: orders\nformat: dynamodb\nevent: { stream: new.AggregateTypeAndId, \
                  version: new.AggregateIdSequence, type: new.EventType, \
                  data: json(string(new.Payload)) }\nupcast: [ { type: Placed, from: 1, steps: [ \
                  { rename: { amt: amount } }, { retype: Ordered } ] } ]\n";
    let module = "projection: orders\nversion: 1\nfrom: orders\ninto: { store: store }\n\
                  key: stream\non: { Ordered: { add: { total: data.amount } } }\n";
    // base64 of base64 of {"amt":5}, and base64 of it: the same item from a stream and an export.
    let placed = |sequence: u32, payload: &str| {
        item(&format!(
            "AggregateTypeAndId=S:Order:1\nAggregateIdSequence=N:{sequence}\nEventType=S:Placed\n\
             Payload=B:{payload}"
        ))
    };
    let (once, twice) = ("eyJhbXQiOjV9", "ZXlKaGJYUWlPalY5");
    let records = [
        record("INSERT", "{}", Some(&placed(1, twice)), None),
        format!("{{\"Item\":{}}}", placed(2, once)),
    ];
    let (documents, _) = fold(source, module, &records);
    assert_eq!(documents, [r#"Order:1 {"total":10}"#]);
}
