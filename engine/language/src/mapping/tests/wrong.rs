//! What cannot be decoded or mapped is an event with a fault; and mappings that cannot be right
//! are told before the first record comes.

use super::{MAPPED, check, decode};
use crate::mapping::Mapping;
use crate::problem::Code;
use crate::source;

#[test]
fn what_can_be_named_is_an_event_with_a_fault() {
    let source = &format!("{MAPPED}  time: record.at\n  data: record.body\n");
    let named = |rest: &str, expected: &str| {
        let record = format!(r#"{{"id":"s","n":1,{rest}"#);
        check(source, &record, &[&format!("s@1{expected}")]);
    };
    named(r#""at":null,"body":{}}"#, " !missing: `event.type`");
    named(
        r#""kind":"","at":null,"body":{}}"#,
        " !type: `event.type`: expected a string that is not empty, found the string \"\"",
    );
    named(r#""kind":"T","at":null}"#, " T: !missing: `event.data`");
    named(
        r#""kind":"T","at":"noon","body":{}}"#,
        " T: !time: `noon` is not a time as in `2026-01-01T00:00:00Z`",
    );
    named(
        r#""kind":"T","at":5,"body":{}}"#,
        " T: !type: `event.time`: expected a time, or the text of one, found the int 5",
    );
    named(
        r#""kind":"T","at":null,"body":{"x":1,"x":2}}"#,
        " T: !undecodable: a name is given twice in one object, at byte 57",
    );
    named(r#""kind":"T","at":"#, " T: !undecodable: the text ends too early, at byte 32");
    named(r#""kind":"T","kind":"T"}"#, " !undecodable: `kind` is given twice");
}

#[test]
fn what_cannot_be_named_is_a_nameless_event() {
    for (record, expected) in [
        ("x", "@0 !undecodable: this is not JSON, at byte 0"),
        (r#"{"n":1,"kind":"T"}"#, "@0 !missing: `event.stream`"),
        (
            r#"{"id":"","n":1,"kind":"T"}"#,
            "@0 !type: `event.stream`: expected a string that is not empty, or an int, \
             found the string \"\"",
        ),
        (
            r#"{"id":"s","n":-1,"kind":"T"}"#,
            "@0 !type: `event.version`: expected a whole number from 0 on, found the int -1",
        ),
        (r#"{"id":"s","id":"t","n":1}"#, "@0 !undecodable: `id` is given twice"),
        // A record that was cut off may have lost digits of its version.
        (r#"{"id":"s","kind":"T","n":1"#, "@0 !undecodable: the text ends too early, at byte 26"),
    ] {
        check(MAPPED, record, &[expected]);
    }
    for record in ["[]", "7", "null", "\"s\""] {
        let decoded = decode(MAPPED, record);
        let event = decoded.batch.event(0).expect("it is one");
        assert!(event.stream().is_empty() && event.fault().is_some(), "{record}");
    }
}

#[test]
fn a_condition_that_fails_leaves_nothing_out() {
    let source = &format!("{MAPPED}where: record.x > 1\n");
    check(source, r#"{"id":"s","n":1,"kind":"T"}"#, &["s@1 T: !missing: `where`"]);
}

#[test]
fn a_list_that_is_none_is_one_event_with_a_fault() {
    let source = "source: s\nformat: json\nexplode: record.lines\nevent: { stream: record.id, \
                  version: record.n + index, type: \"'T'\" }\n";
    check(
        source,
        r#"{"id":"s","n":1,"lines":7}"#,
        &["s@1 T: !type: `explode`: expected a list, found the int 7"],
    );
    // What is wrong with the record itself is told first.
    check(
        source,
        r#"{"id":"s","n":1,"lines":[7"#,
        &["s@1 T: !undecodable: the text ends too early, at byte 26"],
    );
    let many = format!(r#"{{"id":"s","n":1,"lines":[{}0]}}"#, "0,".repeat(10_000));
    let fault = "s@1 T: !too_large: a record has at most 10000 events, this one 10001";
    check(source, &many, &[fault]);
    // An element that is wrong spoils none beside it.
    let source = &source.replace("\"'T'\"", "item.t");
    check(
        source,
        r#"{"id":"s","n":1,"lines":[{"t":"T"},{},{"t":"U"}]}"#,
        &["s@1 T: null - - - null", "s@2 !missing: `event.type`", "s@3 U: null - - - null"],
    );
}

#[test]
fn one_bad_record_spoils_no_other() {
    let good = br#"{"id":"s","n":1,"kind":"T"}"#;
    let bad = b"{\"id\":\"t\",\"n\":2,\"kind\":\"\xff\"}";
    let buffer = [&good[..], bad, good].join(&b'\n');
    let mapping = super::mapping(MAPPED);
    let plan = super::plan();
    let places = crate::decode::lines(&buffer).zip(0..);
    let records: Vec<_> = places
        .map(|(range, at)| (range, foldline_core::position::Position::number(at)))
        .chain([(900..901, foldline_core::position::Position::number(9))])
        .collect();
    let decoded = mapping.decoder(&plan).decode(buffer, records).expect("it is small");
    let shown: Vec<String> = decoded.batch.events().map(super::show).collect();
    let expected = [
        "s@1 T: null - - - null",
        "t@2 !undecodable: the record is not UTF-8",
        "s@1 T: null - - - null",
        "@0 !undecodable: the record ends within a character of its buffer, or outside it",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn malformed_attributes_are_named() {
    let source = "source: s\nformat: dynamodb\nevent: { stream: new.id, version: new.n, \
                  type: new.kind, data: rest }\n";
    check(
        source,
        r#"{"Item":{"id":{"S":"s"},"n":{"N":"1"},"kind":{"S":"T"},"x":{"X":1}}}"#,
        &["s@1 T: !undecodable: `NewImage.x` has the type `X`: DynamoDB has no such type"],
    );
    check(
        source,
        r#"{"eventName":"INSERT","dynamodb":{"Keys":{"id":{"S":"s"}}}}"#,
        &["@0 !undecodable: the record has no `NewImage`: the stream of the table must show new \
           images"],
    );
}

/// What is wrong with the expressions of a source.
fn problems(text: &str) -> Vec<(Code, &str)> {
    let (source, problems) = source::parse(text);
    assert_eq!(problems, [], "{text}");
    let (mapping, problems) = Mapping::compile(&source.expect("it was read"));
    assert_eq!(mapping.is_none(), !problems.is_empty());
    problems.iter().map(|problem| (problem.code, problem.span.of(text))).collect()
}

#[test]
fn names_and_kinds_are_looked_at_before() {
    let wrong = |more: &str, code: Code, place: &str| {
        assert_eq!(problems(&format!("{MAPPED}{more}\n")), [(code, place)], "{more}");
    };
    wrong("where: recrd.x", Code::UnknownName, "recrd");
    wrong("where: \"'x'\"", Code::WrongKind, "'x'");
    wrong("  data: new.x", Code::NotHere, "new");
    wrong("  data: data.x", Code::NotHere, "data");
    wrong("  data: index", Code::NotHere, "index");
    wrong("  time: 5", Code::WrongKind, "5");
    wrong("explode: '[item]'", Code::UnknownName, "item");
    wrong("schema: \"'1'\"", Code::WrongKind, "'1'");
    let upcast = |steps: &str| format!("upcast: [ {{ type: T, from: 1, steps: [ {steps} ] }} ]");
    wrong(&upcast("{ set: { a: record.x } }"), Code::UnknownName, "record");
    wrong(&upcast("{ set: { a: '-true' } }"), Code::WrongKind, "true");
    wrong(&upcast("{ split: [ { type: A, data: dat } ] }"), Code::UnknownName, "dat");
}

#[test]
fn a_source_that_lacks_something_does_not_run() {
    let (source, _) = source::parse("source: s\npreset: other\n");
    let (mapping, problems) = Mapping::compile(&source.expect("it was read"));
    assert!(mapping.is_none());
    assert_eq!(problems.first().map(|it| it.code), Some(Code::SourceLacks));
}

#[test]
fn whole_buffers_are_as_many_events() {
    let records = vec![r#"{"id":"s","n":1,"kind":"T"}"#; 1_000].join("\n");
    assert_eq!(decode(MAPPED, &records).batch.len(), 1_000);
}

#[test]
fn elements_without_a_name_are_events_of_their_own() {
    let source = "source: s\nformat: json\nexplode: record.lines\nevent: { stream: item.s, \
                  version: item.n, type: \"'T'\" }\n";
    let expected = ["@0 !missing: `event.stream`", "s@1 T: null - - - null"];
    let nameless = expected[0];
    check(source, r#"{"lines":[{},{"s":"s","n":1},{}]}"#, &[nameless, expected[1], nameless]);
}
