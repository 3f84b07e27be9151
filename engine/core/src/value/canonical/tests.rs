//! The one text of a value.

use super::super::{Duration, Map, Number, Timestamp};
use super::*;

#[track_caller]
fn check(value: &Value, expected: &str) {
    assert_eq!(text(value), expected);
}

#[test]
fn each_kind_has_one_text() {
    check(&Value::Null, "null");
    check(&Value::Bool(true), "true");
    check(&Value::Int(-7), "-7");
    check(&Number::parse("10.50").unwrap().into(), "10.5");
    check(&Number::parse("1E-130").unwrap().into(), "1E-130");
    check(&Value::text("Zoë"), "\"Zoë\"");
    check(
        &Value::text("a\"b\\c/d\n\r\t\u{8}\u{c}\u{1}\u{7f}"),
        "\"a\\\"b\\\\c/d\\n\\r\\t\\b\\f\\u0001\u{7f}\"",
    );
    check(
        &Value::Time(Timestamp::parse("2026-01-01T01:00:00.120+01:00").unwrap()),
        "\"2026-01-01T00:00:00.12Z\"",
    );
    check(&Value::Duration(Duration::parse("90m").unwrap()), "\"5400s\"");
    for (bytes, base64) in [
        (&b""[..], ""),
        (b"f", "Zg=="),
        (b"fo", "Zm8="),
        (b"foo", "Zm9v"),
        (b"\xff\xfe\xfd\xfc", "//79/A=="),
    ] {
        check(&Value::Bytes(bytes.into()), &format!("\"{base64}\""));
    }
}

#[test]
fn maps_are_in_order_of_name() {
    let map: Map = [
        ("b", Value::Int(1)),
        ("a", Value::List(vec![Value::Null, Value::Int(2)])),
        ("B", Value::Null),
    ]
    .into_iter()
    .collect();
    check(&map.into(), r#"{"B":null,"a":[null,2],"b":1}"#);
    check(&Value::Map(Map::default()), "{}");
    check(&Value::List(Vec::new()), "[]");
}

#[test]
fn hashes_are_for_ever() {
    let document = super::super::json::value(r#"{"balance": 10.50, "tags": ["x"]}"#).unwrap();
    assert_eq!(text(&document), r#"{"balance":10.5,"tags":["x"]}"#);
    assert_eq!(hash(&document), xxhash_rust::xxh3::xxh3_64(br#"{"balance":10.5,"tags":["x"]}"#));
    assert_eq!(
        hash(&Value::Null),
        13_224_177_006_683_112_673,
        "a stored hash must mean the same tomorrow"
    );
}
