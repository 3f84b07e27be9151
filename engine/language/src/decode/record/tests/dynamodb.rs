//! The texts of DynamoDB, as each of those who write them does.

use foldline_core::value::{Value, json};

use super::{Binary, Format, Record, decoder, shown};

#[track_caller]
fn check(paths: &str, text: &str, expected: &str) {
    let decoder = decoder(Format::Dynamodb, paths, Binary::Auto);
    assert_eq!(shown(&decoder.decode(text)), expected, "{text}");
}

/// What is said around the images.
fn around(record: &Record<'_>) -> String {
    let change = record.change.as_ref().expect("it is of DynamoDB");
    let mut out = vec![change.operation.map_or("-", super::super::Operation::name).to_owned()];
    out.extend(change.expired.then(|| "expired".to_owned()));
    out.extend(change.at().map(|at| at.to_string()));
    out.extend(change.table().map(|table| table.to_string()));
    out.extend(record.fault.iter().map(|fault| format!("!{fault}")));
    out.join(" ")
}

#[track_caller]
fn says(text: &str, expected: &str) {
    let decoder = decoder(Format::Dynamodb, "new", Binary::Auto);
    assert_eq!(around(&decoder.decode(text)), expected, "{text}");
}

const KINESIS: &str = r#"{"awsRegion":"eu-west-1","eventID":"5a1c4b0e-1","eventName":"INSERT",
 "userIdentity":null,"recordFormat":"application/json","tableName":"wallet_events",
 "dynamodb":{"ApproximateCreationDateTime":1720740233012995,
  "Keys":{"aggregateId":{"S":"wallet-9"},"version":{"N":"2"}},
  "NewImage":{"aggregateId":{"S":"wallet-9"},"version":{"N":"2"},"type":{"S":"Credited"},
   "payload":{"S":"{\"amount\":5}"}},
  "SizeBytes":99,"ApproximateCreationDateTimePrecision":"MICROSECOND"},
 "eventSource":"aws:dynamodb"}"#;

const STREAMS: &str = r#"{"eventID":"c0ffee","eventName":"INSERT","eventVersion":"1.1",
 "eventSource":"aws:dynamodb","awsRegion":"eu-west-1",
 "dynamodb":{"ApproximateCreationDateTime":1612188486,
  "Keys":{"changeset_id":{"N":"2"},"stream_id":{"S":"s-1"}},
  "NewImage":{"changeset_id":{"N":"2"},"stream_id":{"S":"s-1"},"first_event_id":{"N":"3"},
   "events":{"S":"[{\"type\": \"init\"}]"},"metadata":{"S":"{}"}},
  "SequenceNumber":"3254400000000008621225018","SizeBytes":345,"StreamViewType":"NEW_IMAGE"},
 "eventSourceARN":"arn:aws:dynamodb:eu-west-1:1:table/ees_db/stream/2021-02-01T00:00:00.000"}"#;

#[test]
fn records_of_kinesis_are_read() {
    check(
        "keys new name",
        KINESIS,
        concat!(
            r#"{"aggregateId":"wallet-9","version":2} "#,
            r#"{"aggregateId":"wallet-9","payload":"{\"amount\":5}","type":"Credited","#,
            r#""version":2} null "INSERT""#
        ),
    );
    check("new.type", KINESIS, r#"null {"type":"Credited"} null "INSERT""#);
    says(KINESIS, "INSERT 2024-07-11T23:23:53.012995Z wallet_events");
    let milliseconds = KINESIS
        .replace(r#","ApproximateCreationDateTimePrecision":"MICROSECOND""#, "")
        .replace("1720740233012995", "1720740233012");
    says(&milliseconds, "INSERT 2024-07-11T23:23:53.012Z wallet_events");
}

#[test]
fn records_of_streams_are_read() {
    check(
        "keys new.first_event_id",
        STREAMS,
        r#"{"changeset_id":2,"stream_id":"s-1"} {"first_event_id":3} null "INSERT""#,
    );
    says(STREAMS, "INSERT 2021-02-01T14:08:06Z ees_db");
}

#[test]
fn lines_of_exports_are_read() {
    let full = r#"{"Item":{"Id":{"S":"1"},"Age":{"N":"30"}}}"#;
    check("keys new old", full, r#"null {"Age":30,"Id":"1"} null "INSERT""#);
    let at = |written: &str, images: &str| {
        let keys = r#""Keys":{"PK":{"S":"C"}}"#;
        format!(r#"{{"Metadata":{{"WriteTimestampMicros":{written}}},{keys}{images}}}"#)
    };
    let typed = r#"{"N":"1680109764000000"}"#;
    says(&at(typed, r#","NewImage":{"PK":{"S":"C"}}"#), "INSERT 2023-03-29T17:09:24Z");
    says(&at("1680109764000000", r#","NewImage":{},"OldImage":{}"#), "MODIFY 2023-03-29T17:09:24Z");
    says(&at(typed, r#","OldImage":{"PK":{"S":"C"}}"#), "REMOVE 2023-03-29T17:09:24Z");
    says(&at(typed, ""), "REMOVE 2023-03-29T17:09:24Z");
}

#[test]
fn who_removed_an_item_is_told_in_either_letter_case() {
    let removed = |identity: &str| {
        format!(
            r#"{{"eventName":"REMOVE","userIdentity":{identity},"dynamodb":{{
                "ApproximateCreationDateTime":1568014718.0,"Keys":{{"ID":{{"S":"2"}}}},
                "OldImage":{{"ID":{{"S":"2"}}}}}}}}"#
        )
    };
    let gone = "2019-09-09T07:38:38Z";
    for identity in [
        r#"{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}"#,
        r#"{"principalId":"dynamodb.amazonaws.com","type":"Service"}"#,
    ] {
        says(&removed(identity), &format!("REMOVE expired {gone}"));
        says(
            &removed(identity).replace("REMOVE", "MODIFY").replace("OldImage", "NewImage"),
            &format!("MODIFY {gone}"),
        );
    }
    for identity in [
        "null",
        "{}",
        "7",
        r#"{"type":"Service"}"#,
        r#"{"type":"User","principalId":"dynamodb.amazonaws.com"}"#,
    ] {
        says(&removed(identity), &format!("REMOVE {gone}"));
    }
    check("keys new old", &removed("null"), r#"{"ID":"2"} null {"ID":"2"} "REMOVE""#);
}

/// An item of one attribute, whose value is written so.
fn item(written: &str) -> String {
    format!(r#"{{"Item":{{"a":{written}}}}}"#)
}

/// The value that is written so; or what is wrong with it.
fn value(written: &str, binary: Binary) -> Result<Value, String> {
    let text = item(written);
    let mut record = decoder(Format::Dynamodb, "new", binary).decode(&text);
    match record.fault.take() {
        Some(fault) => Err(fault.to_string()),
        None => Ok(record.roots[1].at_mut(&["a"]).map(std::mem::take).unwrap_or_default()),
    }
}

#[track_caller]
fn is(written: &str, expected: &str) {
    let expected = json::value(expected).expect("it is JSON");
    assert_eq!(value(written, Binary::Auto), Ok(expected), "{written}");
}

#[test]
fn typed_values_are_values() {
    is(r#"{"S":""}"#, r#""""#);
    is(r#"{"S":"a\nb"}"#, r#""a\nb""#);
    is(r#"{"N":"-1.50"}"#, "-1.5");
    is(r#"{"N":"9.99E+125"}"#, "9.99e125");
    is(r#"{"BOOL":false}"#, "false");
    is(r#"{"NULL":true}"#, "null");
    is(r#"{"M":{"b":{"M":{}},"c":{"L":[{"N":"1"},{"S":"x"}]}}}"#, r#"{"b":{},"c":[1,"x"]}"#);
    is(r#"{"SS":["b","a","b"]}"#, r#"["a","b"]"#);
    is(r#"{"NS":["10","9","-1.5"]}"#, "[-1.5,9,10]");
    let bytes = |text: &str| Value::Bytes(text.as_bytes().into());
    assert_eq!(value(r#"{"B":"Zm9v"}"#, Binary::Auto), Ok(bytes("foo")));
    let set = Value::List(vec![bytes("bar"), bytes("foo")]);
    assert_eq!(value(r#"{"BS":["Zm9v","YmFy"]}"#, Binary::Once), Ok(set));
}

#[test]
fn emulators_are_understood() {
    is(r#"{"N":1}"#, "1");
    is(r#"{"NS":[3,1,"2"]}"#, "[1,2,3]");
    is(r#"{"s":"x"}"#, r#""x""#);
    is(
        r#"{"m":{"x":{"ns":["3","1"]},"y":{"bool":true},"z":{"Null":true}}}"#,
        r#"{"x":[1,3],"y":true,"z":null}"#,
    );
    is(r#"{"SS":[]}"#, "[]");
}

#[test]
fn digits_of_numbers_are_kept() {
    let long = "12345678901234567890123456789012345678";
    is(&format!(r#"{{"N":"{long}"}}"#), long);
    is(&format!(r#"{{"N":{long}}}"#), long);
    let wrong = value(&format!(r#"{{"N":"{long}9"}}"#), Binary::Auto).expect_err("too many");
    assert!(wrong.contains("`NewImage.a` is `1234") && wrong.contains("38 digits"), "{wrong}");
}

#[test]
fn kinesis_writes_bytes_twice() {
    // base64 of base64 of {"amount":5}
    let (once, twice) = ("eyJhbW91bnQiOjV9", "ZXlKaGJXOTFiblFpT2pWOQ==");
    let written = |text: &str| format!(r#"{{"B":"{text}"}}"#);
    let payload = Value::Bytes(br#"{"amount":5}"#.as_slice().into());
    let inner = Value::Bytes(once.as_bytes().into());
    assert_eq!(value(&written(twice), Binary::Auto), Ok(payload.clone()));
    assert_eq!(value(&written(once), Binary::Auto), Ok(payload.clone()));
    assert_eq!(value(&written(twice), Binary::Twice), Ok(payload.clone()));
    assert_eq!(value(&written(twice), Binary::Once), Ok(inner));
    assert_eq!(value(&written(once), Binary::Once), Ok(payload));
    assert!(value(&written(once), Binary::Twice).is_err());
    // What was written twice and is no document cannot be told from what was written once.
    let word = Value::Bytes(b"cGxhY2Vob2xkZXJfYnl0ZXM=".as_slice().into());
    let written = written("Y0d4aFkyVm9iMnhrWlhKZllubDBaWE09");
    assert_eq!(value(&written, Binary::Auto), Ok(word));
    let bytes = Value::Bytes(b"placeholder_bytes".as_slice().into());
    assert_eq!(value(&written, Binary::Twice), Ok(bytes));
}

#[test]
fn malformed_values_are_named_by_their_path() {
    for (written, expected) in [
        (r#""x""#, r#"`NewImage.a` has no type: a value is written as {"S":"text"}"#),
        ("{}", "`NewImage.a` has no type"),
        (r#"{"S":"x","N":"1"}"#, "`NewImage.a` has two types"),
        (r#"{"X":"x"}"#, "`NewImage.a` has the type `X`: DynamoDB has no such type"),
        (r#"{"S":1}"#, "`NewImage.a` is not a text"),
        (r#"{"N":"1x"}"#, "`NewImage.a` is `1x`: this is not a number"),
        (r#"{"N":true}"#, "`NewImage.a` is not a number"),
        (r#"{"B":"x"}"#, "`NewImage.a` is `x`, which is not base64"),
        (r#"{"BOOL":"true"}"#, "`NewImage.a` is neither true nor false"),
        (r#"{"NULL":false}"#, "`NewImage.a` is of the type `NULL`, and not true"),
        (r#"{"M":[]}"#, "`NewImage.a` is no object"),
        (r#"{"L":{}}"#, "`NewImage.a` is no list"),
        (
            r#"{"M":{"b":{"L":[{"S":"x"},{"N":"y"}]}}}"#,
            "`NewImage.a.b.1` is `y`: this is not a number",
        ),
        (r#"{"NS":["1","x"]}"#, "`NewImage.a.1` is `x`: this is not a number"),
        (r#"{"M":{"b":{"S":"x"},"b":{"S":"y"}}}"#, "`NewImage.a.b` is given twice"),
        (r#"{"S":"x"},"a":{"S":"y"}"#, "`NewImage.a` is given twice"),
    ] {
        let wrong = value(written, Binary::Auto).expect_err(written);
        assert!(wrong.starts_with(&format!("undecodable: {expected}")), "{written}: {wrong}");
    }
    // One that is wrong leaves the others, and one that nobody reads is not looked at.
    let text = r#"{"Item":{"a":{"X":1},"b":{"N":"2"},"c":{"S":"x"},"c":{"S":"y"}}}"#;
    let wrong = "!undecodable: `NewImage.a` has the type `X`: DynamoDB has no such type";
    check("new", text, &format!(r#"null {{"b":2}} null "INSERT" {wrong}"#));
    check("new.b", text, r#"null {"b":2} null "INSERT""#);
}

#[test]
fn what_is_no_change_is_a_fault() {
    let wrong = |text: &str, operation: &str, what: &str| {
        says(text, &format!("{operation} !undecodable: {what}"));
    };
    let foreign = "the record has no `dynamodb`, `Item`, `Keys` or `NewImage`: \
                   it is no change of a DynamoDB table";
    wrong("{}", "-", foreign);
    wrong(
        r#"{"eventName":"UPSERT"}"#,
        "-",
        "`eventName` is `UPSERT`, not INSERT, MODIFY or REMOVE",
    );
    wrong(
        r#"{"eventName":"INSERT","dynamodb":{"Keys":{}}}"#,
        "INSERT",
        "the record has no `NewImage`: the stream of the table must show new images",
    );
    wrong(r#"{"Item":{"a":{"S":"x"}},"Item":{}}"#, "-", "`Item` is given twice");
    wrong(r#"{"Item":[]}"#, "INSERT", "`NewImage` is no object");
    wrong("[1", "-", "this is not JSON, at byte 0");
    wrong(r#"{"Item":{"a":"#, "-", "the text ends too early, at byte 13");
}

#[test]
fn items_are_read_as_deep_as_dynamodb_keeps_them() {
    let deep = |levels: usize| {
        let (open, close) = (r#"{"M":{"b":"#.repeat(levels), "}}".repeat(levels));
        item(&format!(r#"{open}{{"S":"x"}}{close}"#))
    };
    let record = |text: &str| shown(&decoder(Format::Dynamodb, "new", Binary::Auto).decode(text));
    assert!(!record(&deep(31)).contains('!'), "{}", record(&deep(31)));
    assert!(record(&deep(40)).contains("!too_large: it is nested deeper than an item can be"));
    let wide: Vec<String> = (0..20_000).map(|name| format!(r#""{name}":{{"N":"1"}}"#)).collect();
    assert!(!record(&format!(r#"{{"Item":{{{}}}}}"#, wide.join(","))).contains('!'));
}

#[test]
fn changes_of_attributes_that_do_not_matter_are_told() {
    let only_in = |new: &str, old: &str, attributes: &[&str]| {
        let old = if old.is_empty() { String::new() } else { format!(r#","OldImage":{old}"#) };
        let images = format!(r#""Keys":{{"k":{{"S":"x"}}}},"NewImage":{new}{old}"#);
        let text = format!(r#"{{"eventName":"MODIFY","dynamodb":{{{images}}}}}"#);
        let record = decoder(Format::Dynamodb, "", Binary::Auto).decode(&text);
        let change = record.change.expect("it is of DynamoDB");
        assert_eq!(change.item(), r#"{"k":{"S":"x"}}"#);
        change.only_in(attributes)
    };
    let (one, two) = (r#"{"a":{"N":"1"}}"#, r#"{"page":{"N":"0"},"a":{"N":"1.0"}}"#);
    assert!(only_in(two, one, &["page"]));
    assert!(only_in(one, one, &[]));
    assert!(!only_in(two, one, &["item"]));
    assert!(!only_in(r#"{"a":{"N":"2"},"page":{"N":"0"}}"#, two, &["page"]));
    assert!(!only_in(r#"{"a":{"N":"2","S":""}}"#, one, &["page"]));
    // What cannot be read may be anything.
    assert!(!only_in(r#"{"a":{"X":"1"}}"#, r#"{"a":{"X":"2"}}"#, &["page"]));
    // A stream without old images.
    assert!(only_in(two, "", &["page"]));
    assert!(!only_in(one, "", &["page"]));
}
