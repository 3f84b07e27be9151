//! Programs of many shapes on documents of many shapes: what holds for all of them.

use std::sync::Arc;

use foldline_core::event::Batch;
use foldline_core::guard::GuardKind;
use foldline_core::limits::JSON_DEPTH_MAX;
use foldline_core::position::Position;
use foldline_core::projection::{Change, Keys, Projection};
use foldline_core::value::{Value, canonical, json};
use proptest::prelude::*;

use super::{AtWork, read};
use crate::decode::{Decoder, Plan, lines};

const PATHS: [&str; 9] = [
    "a",
    "b",
    "a.b",
    "a.b.c",
    "m[data.k]",
    "m[data.k].n",
    "l[k = data.k]",
    "l[k = data.k].n",
    "l[k = data.v].a.b",
];

const VALUES: [&str; 12] = [
    "1",
    "data.v",
    "data?.v",
    "data.n",
    "time",
    "[data.v, data.v]",
    "{'k': data.k}",
    "coalesce(data.v, 'x')",
    "doc?.a",
    "[doc?.a]",
    "string(data.n) + data.k",
    "data.l.map(x, x)",
];

const CONDITIONS: [&str; 5] =
    ["true || data.v", "has(data.v)", "data.n > 1", "doc != null", "data.v == doc?.b"];

fn write() -> impl Strategy<Value = String> {
    let verbs = ["set", "default", "add", "subtract", "min", "max", "append", "insert", "remove"];
    let any = (0..verbs.len(), 0..PATHS.len(), 0..VALUES.len());
    let unset = (0..PATHS.len()).prop_map(|path| format!("unset: \"{}\"", PATHS[path]));
    let write = any.prop_map(move |(verb, path, value)| {
        format!("{}: {{ \"{}\": \"{}\" }}", verbs[verb], PATHS[path], VALUES[value])
    });
    prop_oneof![6 => write, 1 => unset, 1 => Just("delete:".to_owned())]
}

fn handler() -> impl Strategy<Value = String> {
    let each = prop::option::of(Just("each: { e: data.l }".to_owned()));
    let when = prop::option::of(
        (0..CONDITIONS.len()).prop_map(|at| format!("when: \"{}\"", CONDITIONS[at])),
    );
    (each, when, prop::collection::vec(write(), 1..4)).prop_map(|(each, when, mut writes)| {
        writes.sort();
        writes.dedup_by_key(|write| write.split(':').next().map(str::to_owned));
        let parts: Vec<String> = each.into_iter().chain(when).chain(writes).collect();
        format!("{{ {} }}", parts.join(", "))
    })
}

fn module() -> impl Strategy<Value = String> {
    let key = prop_oneof![Just("stream"), Just("data.k"), Just("\"[data.k, 'all']\"")];
    let handlers = prop::collection::vec(handler(), 1..4);
    (key, handlers).prop_map(|(key, handlers)| {
        format!(
            "projection: p\nversion: 1\nfrom: s\ninto: {{ store: t }}\nkey: {key}\non:\n  \
             T: [ {} ]\n",
            handlers.join(", ")
        )
    })
}

/// JSON of few names, so that paths meet what is there.
fn any_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        (-3_i64..4).prop_map(|int| int.to_string()),
        Just("9223372036854775807".to_owned()),
        Just("0.1".to_owned()),
        prop_oneof![Just("\"x\""), Just("\"2026-01-01T00:00:00Z\"")].prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        let names = prop_oneof![Just("a"), Just("b"), Just("k"), Just("x")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|it| format!("[{}]", it.join(","))),
            prop::collection::btree_map(names, inner, 0..3).prop_map(|map| {
                let entries: Vec<String> =
                    map.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", entries.join(","))
            }),
        ]
    })
}

fn any_document() -> impl Strategy<Value = String> {
    let fields = (any_value(), any_value(), any_value(), any_value());
    let map = fields.prop_map(|(a, b, m, l)| format!(r#"{{"a":{a},"b":{b},"m":{m},"l":{l}}}"#));
    prop_oneof![1 => Just("null".to_owned()), 4 => map]
}

fn any_data() -> impl Strategy<Value = String> {
    let values = (any_value(), any_value(), any_value());
    values.prop_map(|(v, n, l)| format!(r#"{{"k":"x","v":{v},"n":{n},"l":[{l}]}}"#))
}

fn at_work(module: &str) -> Option<(AtWork, Plan)> {
    let (program, _) = read("projection.yaml", module);
    let mut plan = Plan::default();
    let work = Arc::new(program?).at_work(1, GuardKind::Streams, 0, &mut plan);
    Some((work.expect("its paths are paths"), plan))
}

fn batch(plan: &Plan, data: &str) -> Batch {
    let line = format!(
        r#"{{"stream":"s","version":1,"type":"T","time":"2026-01-01T00:00:00Z","data":{data}}}"#
    );
    let buffer = line.into_bytes();
    let records: Vec<_> = lines(&buffer).map(|range| (range, Position::number(0))).collect();
    Decoder::new(plan).decode(buffer, records).expect("it is small")
}

fn depth(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(map) => 1 + map.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    /// Whatever a program does to a document can be stored, is the same each time, and what it
    /// cannot do is told with its place.
    #[test]
    fn any_program_on_any_document_ends_well(
        module in module(),
        data in any_data(),
        document in any_document(),
    ) {
        let Some((work, plan)) = at_work(&module) else { return Ok(()) };
        let batch = batch(&plan, &data);
        let event = batch.event(0).expect("there is one");
        let mut keys = Keys::default();
        if let Err(fault) = work.route(event, &mut keys) {
            prop_assert!(fault.message.starts_with("projection.yaml:"), "{fault}");
            return Ok(());
        }
        let before = json::value(&document).expect("it is JSON");
        for key in ["s", "x", "all", "other"] {
            let (mut once, mut again) = (before.clone(), before.clone());
            let done = work.apply(event, key, &mut once);
            prop_assert_eq!(&done, &work.apply(event, key, &mut again));
            prop_assert_eq!(&once, &again);
            match done {
                Ok(Change::Applied) => {
                    let text = canonical::text(&once);
                    let read = json::value(&text);
                    prop_assert_eq!(read.as_ref(), Ok(&once), "{}", module);
                    prop_assert!(depth(&once) <= JSON_DEPTH_MAX);
                }
                Ok(Change::Filtered) => prop_assert_eq!(&once, &before),
                Err(fault) => {
                    prop_assert!(fault.message.starts_with("projection.yaml:"), "{fault}");
                }
            }
        }
    }

    /// What is written at once is what is gathered first and written then, where no expression
    /// reads the document.
    #[test]
    fn at_once_or_gathered_is_the_same(
        module in module(),
        data in any_data(),
        document in any_document(),
    ) {
        let Some((work, plan)) = at_work(&module) else { return Ok(()) };
        let batch = batch(&plan, &data);
        let event = batch.event(0).expect("there is one");
        let part = event.parts().next().expect("it has one");
        let Some(dispatch) = work.dispatch(part).filter(|dispatch| dispatch.direct) else {
            return Ok(());
        };
        for key in ["s", "x"] {
            let before = json::value(&document).expect("it is JSON");
            let (mut once, mut gathered) = (before.clone(), before);
            let done = work.direct((event, part), dispatch, key, &mut once);
            // Which of two faults is met first may differ: the document is thrown away then.
            match (done, work.gather(event, key, &mut gathered)) {
                (Ok(done), Ok(ran)) => {
                    prop_assert_eq!(done, ran);
                    prop_assert_eq!(once, gathered);
                }
                (Err(_), Err(_)) => {}
                (done, ran) => prop_assert!(false, "{done:?} and {ran:?}: {module}"),
            }
        }
    }
}

#[test]
fn a_document_that_grows_deeper_with_each_event_parks_at_its_bound() {
    let module = "projection: p\nversion: 1\nfrom: s\ninto: { store: t }\nkey: stream\non:\n  \
                  T: { set: { a: \"[doc?.a]\" } }\n";
    let (work, plan) = at_work(module).expect("it is right");
    let batch = batch(&plan, "{}");
    let event = batch.event(0).expect("there is one");
    let mut document = Value::Null;
    let parked = (0..2 * JSON_DEPTH_MAX).find_map(|_| work.apply(event, "s", &mut document).err());
    let fault = parked.expect("it ends");
    assert_eq!(fault.code, "too_large");
    assert!(json::value(&canonical::text(&document)).is_ok(), "what is stored can be read");
}

#[test]
fn how_a_file_is_laid_out_does_not_matter() {
    let meaning = |text: &str| read("projection.yaml", text).0.map(|program| program.meaning);
    let one = "projection: p\nversion: 1\nfrom: s\ninto: { store: t }\nkey: stream\n\
               on: { T: { add: { n: 1 } } }\n";
    let same = "# The same\nversion: 1\nprojection: 'p'\nfrom: s\ninto:\n  store: t\nkey: stream\n\
                on:\n  T:\n    add:\n      n: 1\n";
    let other = one.replace("n: 1", "n: 2");
    assert!(meaning(one).is_some());
    assert_eq!(meaning(one), meaning(same));
    assert_ne!(meaning(one), meaning(&other));
}

#[test]
fn the_weakest_key_of_all_handlers_counts() {
    use super::guard::Keys;
    let keys = |top: &str, own: &str| {
        let module = format!(
            "projection: p\nversion: 1\nfrom: s\ninto: {{ store: t }}\nkey: {top}\non:\n  \
             A: {{ add: {{ n: 1 }} }}\n  B: {{ {own}add: {{ n: 1 }} }}\n"
        );
        read("projection.yaml", &module).0.map(|program| program.keys)
    };
    assert_eq!(keys("stream", ""), Some(Keys::Stream));
    assert_eq!(keys("stream", "key: data.k, "), Some(Keys::Data));
    assert_eq!(keys("data.k", "key: stream, "), Some(Keys::Data));
    assert_eq!(keys("data.k", "key: type, "), Some(Keys::Constant));
    assert_eq!(keys("\"'all'\"", ""), Some(Keys::Constant));
    assert_eq!(keys("stream", "each: { e: data.l }, key: e, "), Some(Keys::Data));
}

#[test]
fn what_all_streams_share_grows_with_their_number() {
    let warned = |key: &str, write: &str| {
        let module = format!(
            "projection: p\nversion: 1\nfrom: s\ninto: {{ store: t }}\nkey: {key}\non:\n  \
             A: {{ {write} }}\n"
        );
        let (program, problems) = read("projection.yaml", &module);
        assert!(program.is_some(), "warnings stop nothing: {problems:?}");
        problems.iter().map(|problem| problem.code.name()).collect::<Vec<_>>()
    };
    let writes =
        ["insert: { a: data.v }", "set: { 'a[data.k]': 1 }", "add: { 'l[k = data.k].n': 1 }"];
    for write in writes {
        assert_eq!(warned("\"'all'\"", write), ["F0902"], "{write}");
        assert_eq!(warned("data.k", write), [""; 0], "{write}");
    }
    assert_eq!(warned("\"'all'\"", "add: { n: 1 }"), [""; 0]);
    assert_eq!(warned("stream", "append: { a: data.v }"), ["F0902"]);
}

#[test]
fn another_module_or_another_mapping_has_another_tag() {
    let tag = |module: &str, mapping: u64| {
        let program = Arc::new(read("projection.yaml", module).0.expect("it is right"));
        let work = program.at_work(1, GuardKind::Version, mapping, &mut Plan::default());
        work.expect("its paths are paths").tag()
    };
    let one = "projection: p\nversion: 1\nfrom: s\ninto: { store: t }\nkey: stream\n\
               on: { T: delete }\n";
    assert_eq!(tag(one, 7), tag(one, 7));
    assert_ne!(tag(one, 7), tag(one, 8));
    assert_ne!(tag(one, 7), tag(&one.replace("T:", "U:"), 7));
}
