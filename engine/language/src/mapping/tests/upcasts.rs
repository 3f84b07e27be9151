//! Events of earlier schemas, and what they are today.

use super::{check, decode, mapping, show, told};

const HEAD: &str = "source: s\nformat: json\nschema: record.v\nevent:\n  stream: record.id\n  \
                    version: record.n\n  type: record.kind\n  data: record.body\n  \
                    meta: { user: record.by }\nupcast:\n";

/// An event of this type and schema, with these upcasts.
#[track_caller]
fn cast(upcasts: &str, kind: &str, schema: &str, body: &str, expected: &str) {
    let source = format!("{HEAD}{upcasts}");
    let record =
        format!(r#"{{"id":"s","n":7,"kind":"{kind}","v":{schema},"by":"u","body":{body}}}"#);
    let shown = decode(&source, &record).batch.event(0).map(show);
    assert_eq!(shown.as_deref(), Some(expected), "{upcasts} {record}");
}

/// The same, of one upcast of a `T` from 1 with these steps; what its data is then.
#[track_caller]
fn step(steps: &str, body: &str, expected: &str) {
    let source = format!("{HEAD}  - {{ type: T, from: 1, steps: [ {steps} ] }}\n");
    let record = format!(r#"{{"id":"s","n":7,"kind":"T","by":"u","body":{body}}}"#);
    let decoded = decode(&source, &record);
    let event = decoded.batch.event(0).expect("a record is an event");
    let data = || {
        let part = event.parts().next().expect("it has a part");
        let data = part.slot(0).value().expect("it is a value").expect("it is there");
        foldline_core::value::canonical::text(&data)
    };
    let shown = event.fault().map_or_else(data, told);
    assert_eq!(shown, expected, "{steps} {body}");
}

#[test]
fn steps_change_what_an_event_says() {
    step("{ set: { b: 1 + 1 } }", r#"{"a":1}"#, r#"{"a":1,"b":2}"#);
    step("{ set: { b: data.a, a: data.b } }", r#"{"a":1,"b":2}"#, r#"{"a":2,"b":1}"#);
    step("{ set: { x.y.z: type } }", r#"{"x":null}"#, r#"{"x":{"y":{"z":"T"}}}"#);
    step("{ set: { a: [stream, version, meta.user, time] } }", "null", r#"{"a":["s",7,"u",null]}"#);
    step("{ default: { a: 9, b: 9 } }", r#"{"a":null}"#, r#"{"a":null,"b":9}"#);
    step("{ default: { a: data.missing } }", r#"{"a":1}"#, r#"{"a":1}"#);
    step("{ rename: { amt: amount } }", r#"{"amt":1}"#, r#"{"amount":1}"#);
    step("{ rename: { amt: amount } }", r#"{"b":1}"#, r#"{"b":1}"#);
    step("{ rename: { a.b: c.d } }", r#"{"a":{"b":1}}"#, r#"{"a":{},"c":{"d":1}}"#);
    step("{ unset: [a, b.c, x.y] }", r#"{"a":1,"b":{"c":1,"d":2}}"#, r#"{"b":{"d":2}}"#);
    step(
        "{ set: { a: 1 } }, { rename: { a: b } }, { set: { a: data.b + 1 } }",
        "{}",
        r#"{"a":2,"b":1}"#,
    );
}

#[test]
fn what_cannot_be_done_is_a_fault() {
    step(
        "{ rename: { amt: amount } }",
        r#"{"amt":1,"amount":2}"#,
        "twice: upcast of T from 1: `amount` is there already, and nothing takes its name",
    );
    step(
        "{ set: { a.b: 1 } }",
        r#"{"a":7}"#,
        "type: upcast of T from 1: `a.b` leads through a value that is no map",
    );
    step("{ set: { a: data.b } }", "{}", "missing: upcast of T from 1: `a`");
}

#[test]
fn a_chain_leads_to_the_newest() {
    let chain = "  - { type: T, from: 1, steps: [ { rename: { x: a } } ] }\n  \
                 - { type: T, from: 2, steps: [ { set: { a: data.a * 100 } } ] }\n";
    cast(chain, "T", "1", r#"{"x":5}"#, r#"s@7 T: {"a":500} 500 - "u" null"#);
    cast(chain, "T", "2", r#"{"a":5}"#, r#"s@7 T: {"a":500} 500 - "u" null"#);
    cast(chain, "T", "3", r#"{"a":5}"#, r#"s@7 T: {"a":5} 5 - "u" null"#);
    cast(chain, "T", "4", r#"{"a":5}"#, r#"s@7 T: {"a":5} 5 - "u" null"#);
    cast(chain, "T", "null", r#"{"x":5}"#, r#"s@7 T: {"a":500} 500 - "u" null"#);
    cast(chain, "U", "1", r#"{"x":5}"#, r#"s@7 U: {"x":5} - - "u" null"#);
    for schema in ["0", "\"1\"", "1.5", "-1"] {
        let source = format!("{HEAD}{chain}");
        let record = format!(r#"{{"id":"s","n":7,"kind":"T","v":{schema},"by":"u","body":{{}}}}"#);
        let decoded = decode(&source, &record);
        let fault = decoded.batch.event(0).and_then(|event| event.fault());
        assert!(fault.is_some_and(|it| it.message.contains("`schema`: expected a whole number")));
    }
    let later = "  - { type: T, from: 2, steps: [] }\n";
    let fault = "s@7 T: !schema: no upcast leads on from schema 1 of T, only from 2";
    cast(later, "T", "1", "{}", fault);
}

#[test]
fn an_event_may_be_of_another_type() {
    let casts = "  - { type: Paid, from: 1, steps: [ { retype: T } ] }\n  \
                 - { type: T, from: 1, steps: [ { rename: { amt: a } } ] }\n";
    cast(casts, "Paid", "1", r#"{"amt":5}"#, r#"s@7 T: {"a":5} 5 - "u" null"#);
    let newer = casts.replace("retype: T", "retype: { type: T, schema: 2 }");
    cast(&newer, "Paid", "1", r#"{"amt":5}"#, r#"s@7 T: {"amt":5} - - "u" null"#);
}

#[test]
fn parts_of_a_split_share_the_version() {
    let casts = "  - type: Both\n    from: 1\n    steps:\n      - set: { c: 1 }\n      \
                 - split: [ { type: T, data: { a: data.x } }, { type: Old }, { type: U } ]\n  \
                 - { type: Old, from: 1, steps: [ { retype: T } ] }\n";
    cast(
        casts,
        "Both",
        "1",
        r#"{"x":1}"#,
        concat!(
            r#"s@7 T: {"a":1} 1 - "u" null T: {"c":1,"x":1} - - "u" null "#,
            r#"U: {"c":1,"x":1} - - "u" null"#
        ),
    );
}

#[test]
fn what_is_dropped_keeps_its_place() {
    let casts = "  - { type: Noise, from: 1, steps: [ drop ] }\n";
    cast(casts, "Noise", "1", "{}", "s@7");
    let tally = check(
        &format!("{HEAD}{casts}"),
        r#"{"id":"s","n":1,"kind":"Noise","by":"u","body":{}}"#,
        &["s@1"],
    );
    assert_eq!((tally.events, tally.filtered), (1, 0));
}

#[test]
fn splits_of_splits_are_bounded() {
    let parts = vec!["{ type: B }"; 100].join(", ");
    let more = vec!["{ type: C }"; 100].join(", ");
    let casts = format!(
        "  - {{ type: A, from: 1, steps: [ {{ split: [ {parts} ] }} ] }}\n  \
         - {{ type: B, from: 1, steps: [ {{ split: [ {more} ] }} ] }}\n"
    );
    cast(&casts, "A", "1", "{}", "s@7 A: !too_large: upcasts make more than 1000 of it");
}

#[test]
fn types_that_nobody_reads_are_upcast_where_they_may_become_others() {
    let source = format!("{HEAD}  - {{ type: Old, from: 1, steps: [ {{ retype: T }} ] }}\n");
    let mapping = mapping(&source);
    let mut plan = crate::decode::Plan::default();
    plan.path(&["data", "a"]).expect("it is a path");
    plan.kind("T");
    let record = r#"{"id":"s","n":7,"kind":"Old","by":"u","body":{"a":1}}"#;
    let at = [(0..record.len(), foldline_core::position::Position::number(0))];
    let decoded = mapping.decoder(&plan).decode(record.into(), at).expect("it is small");
    assert_eq!(decoded.batch.event(0).map(show).as_deref(), Some("s@7 T: 1"));
}

#[test]
fn a_thousand_upcasts_and_a_thousand_steps_are_gone_through() {
    let upcast = |from: u32| {
        format!("  - {{ type: T, from: {from}, steps: [ {{ set: {{ a: data.a + 1 }} }} ] }}\n")
    };
    let chain: String = (1..=1_000).map(upcast).collect();
    cast(&chain, "T", "1", r#"{"a":0}"#, r#"s@7 T: {"a":1000} 1000 - "u" null"#);
    cast(&chain, "T", "990", r#"{"a":0}"#, r#"s@7 T: {"a":11} 11 - "u" null"#);
    let steps = vec!["{ set: { a: data.a + 1 } }"; 1_000].join(", ");
    step(&steps, r#"{"a":0}"#, r#"{"a":1000}"#);
}
