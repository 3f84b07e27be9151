//! Records and what becomes of them: each case a source, records, and the events that they are.

mod any;
mod items;
mod upcasts;
mod wrong;

use foldline_core::event::Event;
use foldline_core::fault::Fault;
use foldline_core::position::Position;
use foldline_core::value::canonical;

use super::{Decoded, Mapping, Tally};
use crate::decode::{Plan, lines};
use crate::source;

/// A source whose text has nothing wrong in it.
#[track_caller]
fn mapping(text: &str) -> Mapping {
    let (source, problems) = source::parse(text);
    assert_eq!(problems, [], "{text}");
    let (mapping, problems) = Mapping::compile(&source.expect("it was read"));
    assert_eq!(problems, [], "{text}");
    mapping.expect("it was compiled")
}

/// Modules that read `data`, `data.a`, `data.m.x`, `meta.user` and `id`, of all types.
fn plan() -> Plan {
    let mut plan = Plan::default();
    for path in [&["data"][..], &["data", "a"], &["data", "m", "x"], &["meta", "user"], &["id"]] {
        plan.path(path).expect("it is a path");
    }
    plan.kind("T");
    plan.every_kind();
    plan
}

/// Each line of these is a record.
#[track_caller]
fn decode(source: &str, records: &str) -> Decoded {
    let mapping = mapping(source);
    let plan = plan();
    let places = lines(records.as_bytes()).zip(0..);
    let places = places.map(|(range, at)| (range, Position::number(at)));
    let decoded = mapping.decoder(&plan).decode(records.as_bytes().to_vec(), places);
    decoded.expect("it is no large buffer")
}

fn show(event: Event<'_>) -> String {
    let mut out = vec![format!("{}@{}", event.stream(), event.version())];
    out.extend(event.timestamp().map(|time| time.to_string()));
    if !event.sort().is_empty() {
        out.push(format!("<{}>", event.sort()));
    }
    for part in event.parts() {
        out.push(format!("{}:", part.kind()));
        out.extend(part.slots().map(|slot| match slot.value() {
            Ok(value) => value.map_or("-".into(), |value| canonical::text(&value)),
            Err(error) => error.to_string(),
        }));
    }
    out.extend(event.fault().map(|fault| format!("!{}", told(fault))));
    out.join(" ")
}

/// A fault; of what is missing no more than of which expression, in whatever words that is said.
fn told(fault: &Fault) -> String {
    let fault_text = fault.to_string();
    match fault_text.find("`: ").filter(|_| &*fault.code == "missing") {
        Some(end) => fault_text[..=end].to_owned(),
        None => fault_text,
    }
}

/// These records are these events.
#[track_caller]
fn check(source: &str, records: &str, expected: &[&str]) -> Tally {
    let decoded = decode(source, records);
    let shown: Vec<String> = decoded.batch.events().map(show).collect();
    assert_eq!(shown, expected, "{records}");
    let tally = &decoded.tally;
    assert_eq!(tally.records, lines(records.as_bytes()).count() as u64);
    assert_eq!(tally.events, decoded.batch.len() as u64);
    let nothing = tally.filtered + tally.empty + tally.harmless + tally.expired + tally.anomalies;
    assert!(tally.events + nothing >= tally.records, "none is lost: {tally:?}");
    assert!(decoded.batch.rises());
    decoded.tally
}

const MAPPED: &str = "source: s\nformat: json\nevent:\n  stream: record.id\n  version: record.n\n  \
                      type: record.kind\n";

#[test]
fn a_record_is_an_event() {
    let source = &format!(
        "{MAPPED}  time: record.at\n  data: record.body\n  meta: {{ user: record.by }}\n  \
         id: record.id + '/'\n"
    );
    check(
        source,
        concat!(
            r#"{"id":"s","n":3,"kind":"T","at":"2026-01-01T01:00:00+01:00","by":"u","#,
            r#""body":{"a":1.50,"m":{"x":[1]}}}"#
        ),
        &[r#"s@3 2026-01-01T00:00:00Z T: {"a":1.5,"m":{"x":[1]}} 1.5 [1] "u" "s/""#],
    );
    check(
        source,
        r#"{"id":"t","n":0,"kind":"X","at":null,"by":null,"body":7}"#,
        &["t@0 X: 7 - - null \"t/\""],
    );
    // What is not mapped is not there.
    check(MAPPED, r#"{"id":7,"n":1,"kind":"T"}"#, &["7@1 T: null - - - null"]);
}

#[test]
fn native_lines_take_the_short_way_and_give_the_same() {
    let line = concat!(
        r#"{"stream":"s","version":1,"type":"T","time":"2026-01-01T00:00:00Z","#,
        r#""data":{"a":1,"m":{"x":"é"}},"meta":{"user":"u"},"id":"i"}"#
    );
    let said = "event: { stream: record.stream, version: record.version, type: record.type, \
                time: record.time, data: record.data }\n";
    let least = r#"{"stream":"s","version":2,"type":"T"}"#;
    let odd = r#"{"stream":"s","type":"T"}"#;
    let records = &[line, least, odd].join("\n");
    let short = "source: s\nformat: json\n";
    for source in [short, &format!("{short}{said}")] {
        assert!(mapping(source).native);
        let long = &format!("{source}where: 'true'\n");
        assert!(!mapping(long).native);
        let (short, long) = (decode(source, records), decode(long, records));
        let event = |decoded: &super::Decoded, at: usize| decoded.batch.event(at).map(show);
        assert_eq!(event(&short, 0), event(&long, 0));
        assert_eq!(
            short.batch.event(0).map(|it| it.digest()),
            long.batch.event(0).map(|it| it.digest())
        );
        assert_eq!(event(&long, 1).as_deref(), Some("s@2 T: null - - - null"));
        assert_eq!((short.batch.len(), &short.tally), (3, &long.tally));
        for decoded in [&short, &long] {
            let odd = decoded.batch.event(2).expect("it is there");
            assert!(odd.stream().is_empty() && odd.version() == 0 && odd.fault().is_some());
        }
    }
}

#[test]
fn what_is_not_of_interest_is_counted() {
    let source = &format!("{MAPPED}where: record.kind != 'Noise'\n");
    let tally = check(
        source,
        concat!(
            r#"{"id":"s","n":1,"kind":"T"}"#,
            "\n",
            r#"{"id":"s","n":2,"kind":"Noise"}"#,
            "\n",
            r#"{"id":"s","n":2,"kind":"U"}"#
        ),
        &["s@1 T: null - - - null", "s@2 U: null - - - null"],
    );
    assert_eq!((tally.records, tally.events, tally.filtered), (3, 2, 1));
}

#[test]
fn types_that_are_only_counted_have_no_parts() {
    let source = &format!("{MAPPED}  data: record.body\ncount_only: [Snapshot]\n");
    check(
        source,
        concat!(
            r#"{"id":"s","n":1,"kind":"Snapshot"}"#,
            "\n",
            r#"{"id":"s","n":2,"kind":"T","body":{"a":1}}"#
        ),
        &["s@1", r#"s@2 T: {"a":1} 1 - - null"#],
    );
}

#[test]
fn one_record_may_be_several_events() {
    let source = "source: s\nformat: json\nexplode: record.lines\nevent:\n  stream: record.id\n  \
                  version: record.first + index\n  type: item.t\n  data: item\n";
    let tally = check(
        source,
        concat!(
            r#"{"id":"s","first":3,"lines":[{"t":"T","a":1},{"t":"U","a":2}]}"#,
            "\n",
            r#"{"id":"s","first":5,"lines":[]}"#
        ),
        &[r#"s@3 T: {"a":1,"t":"T"} 1 - - null"#, r#"s@4 U: {"a":2,"t":"U"} 2 - - null"#],
    );
    assert_eq!((tally.records, tally.events, tally.empty), (2, 2, 1));
    let decoded = decode(source, r#"{"id":"s","first":3,"lines":[{"t":"T"},{"t":"U"}]}"#);
    let at = |event: usize| decoded.batch.event(event).map(|it| it.position().to_string());
    assert_eq!((at(0).as_deref(), at(1).as_deref()), (Some("0"), Some("0+1")));
}

#[test]
fn elements_of_one_version_are_parts_of_one_event() {
    let source = "source: s\nformat: json\nexplode: { line: record.lines }\nevent:\n  \
                  stream: line.s\n  version: record.n\n  type: line.t\n  data: rest\n";
    check(
        source,
        concat!(
            r#"{"n":3,"lines":[{"s":"x","t":"T","a":1},{"s":"y","t":"T","a":2},"#,
            r#"{"s":"x","t":"U","a":3}]}"#
        ),
        &[r#"x@3 T: {"a":1} 1 - - null U: {"a":3} 3 - - null"#, r#"y@3 T: {"a":2} 2 - - null"#],
    );
}

#[test]
fn the_rest_is_what_nothing_else_takes() {
    let source =
        &format!("{MAPPED}  time: record.at\n  meta: \"{{'user': record['by']}}\"\n  data: rest\n");
    check(
        source,
        r#"{"id":"s","n":1,"kind":"T","at":null,"by":"u","a":5,"b":{"id":1}}"#,
        &[r#"s@1 T: {"a":5,"b":{"id":1}} 5 - "u" null"#],
    );
}

#[test]
fn types_that_nobody_reads_have_no_slots() {
    let mapping = mapping(&format!("{MAPPED}  data: record.body\n"));
    let mut plan = Plan::default();
    plan.path(&["data", "a"]).expect("it is a path");
    plan.kind("T");
    let records = [(0..27, Position::number(0))];
    // Its data is not even looked for.
    let record = r#"{"id":"s","n":1,"kind":"X"}"#;
    let decoded = mapping.decoder(&plan).decode(record.into(), records).expect("it is small");
    assert_eq!(decoded.batch.event(0).map(show).as_deref(), Some("s@1 X:"));
}

#[test]
fn streams_without_versions_are_ordered_by_what_sorts_them() {
    let source = |sort: &str| {
        format!(
            "source: s\nformat: json\nversions: refold\nsort: {sort}\nevent:\n  \
             stream: record.id\n  type: record.kind\n"
        )
    };
    let record = r#"{"id":"s","kind":"T","n":7,"at":"b"}"#;
    check(&source("record.n"), record, &["s@0 <0000000000000000007> T: null - - - null"]);
    check(&source("record.at"), record, &["s@0 <b> T: null - - - null"]);
}

#[test]
fn what_is_said_of_an_event_is_looked_for_where_somebody_reads_it() {
    let source = &format!("{MAPPED}  meta: {{ user: record.by }}\n  id: record.key\n");
    let mut plan = Plan::default();
    plan.kind("T");
    let shown = |source: &str, plan: &Plan| {
        let mapping = mapping(source);
        let record = r#"{"id":"s","n":1,"kind":"T"}"#;
        let places = [(0..record.len(), Position::number(0))];
        let decoded = mapping.decoder(plan).decode(record.into(), places).expect("it is small");
        decoded.batch.event(0).map(show).unwrap_or_default()
    };
    assert_eq!(shown(source, &plan), "s@1 T:");
    // An upcast may read `meta`.
    let cast = format!("{source}upcast: [ {{ type: T, from: 1, steps: [] }} ]\n");
    assert_eq!(shown(&cast, &plan), "s@1 T: !missing: `event.meta`");
    plan.path(&["id"]).expect("it is a path");
    assert_eq!(shown(source, &plan), "s@1 T: !missing: `event.id`");
    plan.path(&["meta", "user"]).expect("it is a path");
    assert_eq!(shown(source, &plan), "s@1 T: !missing: `event.meta`");
}

#[test]
fn elements_without_versions_are_events_of_their_own() {
    let source = "source: s\nformat: json\nversions: refold\nsort: item.at\n\
                  explode: record.lines\nevent: { stream: record.id, type: item.t }\n";
    check(
        source,
        r#"{"id":"s","lines":[{"at":"a","t":"T"},{"at":"b","t":"U"}]}"#,
        &["s@0 <a> T: null - - - null", "s@0 <b> U: null - - - null"],
    );
}

#[test]
fn texts_that_sort_streams_are_in_the_order_of_times() {
    let fixed = |text: &str| {
        super::make::fixed(foldline_core::value::Timestamp::parse(text).expect("a time"))
    };
    let times = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "2026-01-01T00:00:01Z"];
    let sorts = times.map(fixed);
    assert!(sorts.is_sorted(), "{sorts:?}");
    assert_eq!(sorts[1], "2026-01-01T00:00:00.500000000Z");
}

#[test]
fn of_data_no_more_is_read_than_modules_read() {
    let mut plan = Plan::default();
    for path in [&["data", "a"][..], &["data", "m", "x"], &["data", "l"]] {
        plan.path(path).expect("it is a path");
    }
    plan.kind("T");
    let shown = |source: &str, record: &str| {
        let mapping = mapping(source);
        let places = [(0..record.len(), Position::number(0))];
        let decoded = mapping.decoder(&plan).decode(record.into(), places).expect("it is small");
        decoded.batch.event(0).map(show).unwrap_or_default()
    };
    // Whether it stands in the record so, or is computed.
    let ways = ["record.body", "\"true ? record.body : null\"", "rest"].map(|data| {
        let event = "stream: record.id, version: record.n, type: record.kind";
        format!("source: s\nformat: json\nevent: {{ {event}, data: {data} }}\n")
    });
    let record = |body: &str| format!(r#"{{"id":"s","n":1,"kind":"T","body":{body}}}"#);
    for (body, expected) in [
        (r#"{"a":1,"m":{"x":"é","y":2},"l":[{"z":1}],"q":0}"#, r#"s@1 T: 1 "é" [{"z":1}]"#),
        (r#"{"m":7}"#, "s@1 T: - - -"),
        ("{}", "s@1 T: - - -"),
        ("[1]", "s@1 T: - - -"),
        ("null", "s@1 T: - - -"),
    ] {
        for way in ways.iter().take(2) {
            assert_eq!(shown(way, &record(body)), expected, "{way} {body}");
        }
    }
    // A number that nobody reads may have any digits.
    let odd = record(&format!(r#"{{"a":1,"q":{}}}"#, "9".repeat(50)));
    assert_eq!(shown(&ways[0], &odd), "s@1 T: 1 - -");
    assert!(shown(&ways[1], &odd).contains("!undecodable"));
    let missing = r#"{"id":"s","n":1,"kind":"T"}"#;
    for way in ways.iter().take(2) {
        let shown = shown(way, missing);
        assert_eq!(shown, "s@1 T: !missing: `event.data`", "{way}");
    }
    let flat = r#"{"id":"s","n":1,"kind":"T","a":2,"m":{"x":null},"q":1E999}"#;
    assert_eq!(shown(&ways[2], flat), "s@1 T: 2 null -");
    // What another expression reads of it is there as well.
    let both = format!("{}where: record.body.ok\n", ways[0]);
    assert_eq!(shown(&both, &record(r#"{"ok":true,"a":3}"#)), "s@1 T: 3 - -");
    // An upcast may read anything.
    let cast = "upcast: [ { type: T, from: 1, steps: [ { rename: { q: a } } ] } ]\n";
    for way in [&ways[0], &ways[2]] {
        let record = if way.contains("rest") {
            r#"{"id":"s","n":1,"kind":"T","q":5}"#.to_owned()
        } else {
            record(r#"{"q":5}"#)
        };
        assert_eq!(shown(&format!("{way}{cast}"), &record), "s@1 T: 5 - -", "{way}");
    }
}
