//! Values and maps: changed in place, compared, measured.

use super::*;

fn value(text: &str) -> Value {
    json::value(text).unwrap()
}

#[track_caller]
fn check(before: &str, change: impl FnOnce(&mut Value), after: &str) {
    let mut document = value(before);
    change(&mut document);
    assert_eq!(canonical::text(&document), after);
}

#[test]
fn documents_change_in_place() {
    let set = |path: &'static [&'static str]| {
        move |document: &mut Value| {
            if let Some(place) = document.at_mut(path) {
                *place = Value::Int(1);
            }
        }
    };
    check("null", set(&["a"]), r#"{"a":1}"#);
    check("null", set(&["a", "b"]), r#"{"a":{"b":1}}"#);
    check(r#"{"a":{"c":2}}"#, set(&["a", "b"]), r#"{"a":{"b":1,"c":2}}"#);
    check(r#"{"a":null}"#, set(&["a", "b"]), r#"{"a":{"b":1}}"#);
    check(r#"{"a":[]}"#, set(&["a", "b"]), r#"{"a":[]}"#);
    check("7", set(&[]), "1");
    check(r#"{"a":1,"b":2}"#, |d| drop(d.map_mut().unwrap().remove("a")), r#"{"b":2}"#);
    check(
        "null",
        |d| *d.map_mut().unwrap().get_or_insert("n", || Value::Int(7)) = Value::Int(8),
        r#"{"n":8}"#,
    );
    check(
        r#"{"n":1}"#,
        |d| *d.map_mut().unwrap().get_or_insert("n", || unreachable!()) = Value::Int(9),
        r#"{"n":9}"#,
    );
    assert_eq!(value(r#"{"a":{"b":1}}"#).at(&["a", "b"]), Some(&Value::Int(1)));
    assert_eq!(value(r#"{"a":1}"#).at(&["a", "b"]), None);
}

#[test]
fn what_is_stored_comes_back_the_same() {
    let document = Value::Map(
        [
            ("at", Value::Time(Timestamp::parse("2026-01-01T00:00:00+01:00").unwrap())),
            ("raw", Value::List(vec![Value::Bytes((*b"foo").into())])),
            ("span", Value::Duration(Duration::parse("1m").unwrap())),
        ]
        .into_iter()
        .collect(),
    );
    let text = canonical::text(&document);
    assert_eq!(document.as_stored(), value(&text));
}

#[test]
fn values_are_ordered_by_kind_and_numbers_among_themselves() {
    let rising = [
        "null",
        "false",
        "true",
        "-1",
        "0.5",
        "1",
        "1.5",
        "\"a\"",
        "\"b\"",
        "[]",
        "[1]",
        "[1.5]",
        "{}",
        "{\"a\":1}",
        "{\"a\":2}",
        "{\"b\":1}",
    ];
    for (i, a) in rising.iter().enumerate() {
        for (j, b) in rising.iter().enumerate() {
            assert_eq!(value(a).cmp(&value(b)), i.cmp(&j), "{a} and {b}");
            assert_eq!(value(a) == value(b), i == j, "{a} and {b}");
        }
    }
}

#[test]
fn memory_is_counted() {
    let short = value(r#"{"name":"short"}"#).bytes();
    let long = value(&format!(r#"{{"name":"{}"}}"#, "x".repeat(1_000))).bytes();
    assert!(long >= short + 1_000, "{short} and {long}");
}
