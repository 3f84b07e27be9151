//! The reader against literal texts, and against another reader on arbitrary ones.

use proptest::prelude::*;

use super::super::{NumberError, canonical};
use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let shown = match value(text) {
        Ok(value) => canonical::text(&value),
        Err(error) => format!("{:?}", error.what),
    };
    assert_eq!(shown, expected, "{}", text.chars().take(200).collect::<String>());
    let skipped = Reader::new(text).raw();
    let grammar = !matches!(
        value(text),
        Err(JsonError {
            what: Wrong::Ends | Wrong::Syntax | Wrong::Text | Wrong::Depth | Wrong::Keys,
            ..
        })
    );
    assert_eq!(skipped.is_ok(), grammar, "what is skipped must be as well formed: {text}");
}

#[test]
fn what_is_json_is_read() {
    check(" null ", "null");
    check("[true,false,\t\n\r1 , -0, 1.50, 1e2]", "[true,false,1,0,1.5,100]");
    check(r#"{"b":[{}],"a":{"c":""},"":0}"#, r#"{"":0,"a":{"c":""},"b":[{}]}"#);
    check(r#""\u0041\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t""#, r#""Aé😀\"\\/\b\f\n\r\t""#);
    check(
        "\"Zoë \u{7f} 12345678 and more than eight\"",
        "\"Zoë \u{7f} 12345678 and more than eight\"",
    );
    check("12345678901234567890123456789012345678", "12345678901234567890123456789012345678");
    check(
        &format!("{}{}", "[".repeat(64), "]".repeat(64)),
        &format!("{}{}", "[".repeat(64), "]".repeat(64)),
    );
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        " ",
        "[",
        "{",
        "[1",
        "[1,",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "\"",
        "\"abc",
        "\"\\",
        "\"12345678",
        "t",
        "nul",
        "-",
        "1.",
        "1e",
        "1e+",
    ] {
        let error = value(text).unwrap_err();
        assert!(matches!(error.what, Wrong::Ends | Wrong::Syntax), "{text}: {error}");
        assert!(Reader::new(text).skip().is_err(), "{text}");
    }
    check("[1,]", "Syntax");
    check("{\"a\":1,}", "Syntax");
    check("[,1]", "Syntax");
    check("{,}", "Syntax");
    check("[1 2]", "Syntax");
    check("{\"a\" 1}", "Syntax");
    check("{a:1}", "Syntax");
    check("[1}", "Syntax");
    check("{\"a\":1]", "Syntax");
    check("nulL", "Syntax");
    check("+1", "Syntax");
    check(".5", "Syntax");
    check("\u{feff}1", "Syntax");
    check("\"\u{0}\"", "Text");
    check("\"12345678\u{1f}\"", "Text");
    check("\"\\x\"", "Text");
    check("\"\\u12g4\"", "Text");
    check("\"\\u12\"", "Text");
    assert_eq!(value("1 2").unwrap_err().what, Wrong::Trailing);
    assert_eq!(value("01").unwrap_err().what, Wrong::Trailing);
}

#[test]
fn what_is_json_but_no_value_is_refused() {
    check(r#""\ud800""#, "Surrogate");
    check(r#""\udc00""#, "Surrogate");
    check(r#""\ud800\ud800""#, "Surrogate");
    check(r#""\ud800x""#, "Surrogate");
    check(r#""\ud800\n""#, "Surrogate");
    check(r#"{"a":1,"b":2,"a":1}"#, "Duplicate");
    check(r#"{"a":1,"\u0061":1}"#, "Duplicate");
    check("1E400", &format!("{:?}", Wrong::Number(NumberError::Overflow)));
    check(&"7".repeat(39), &format!("{:?}", Wrong::Number(NumberError::Inexact)));
}

#[test]
fn bounds_are_kept_without_recursion() {
    check(&"[".repeat(10_000_000), "Depth");
    check(&"{\"a\":".repeat(1_000_000), "Depth");
    check(&format!("{}{}", "[".repeat(65), "]".repeat(65)), "Depth");
    let names = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("\"{n}\":0")).collect();
        format!("{{{}}}", names.join(","))
    };
    assert!(value(&names(limits::JSON_KEYS_MAX)).is_ok());
    check(&names(limits::JSON_KEYS_MAX + 1), "Keys");
}

#[test]
fn equal_values_have_equal_digests() {
    let a = digest(r#"{"a":1.0,"b":["x\n"]}"#).unwrap();
    assert_eq!(digest("{ \"b\" : [\"x\\u000a\"], \"a\": 1 }"), Ok(a));
    assert_ne!(digest(r#"{"a":1,"b":["y"]}"#), Ok(a));
}

fn json_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\":", "\"b\":1,", "null", "true", "false",
            "0", "-1", "1.5", "1e5", "\\u0041", "\\ud83d\\ude00", "\"x\"", " ", "\n", "é", "\u{1}",
            "[1,2]", "{\"c\":{}}",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn valid() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,20}".prop_map(Into::into),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map(".{0,6}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn it_takes_what_another_reader_takes(text in json_like()) {
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        let mut reader = Reader::new(&text);
        let ours = reader.skip().and_then(|()| reader.end());
        prop_assert_eq!(ours.is_ok(), theirs, "{:?}", ours);
        let _ = value(&text);
    }

    #[test]
    fn it_reads_what_another_writes(json in valid(), pretty: bool) {
        let write = if pretty { serde_json::to_string_pretty } else { serde_json::to_string };
        let text = write(&json).unwrap();
        let read = value(&text).unwrap();
        let canonical = canonical::text(&read);
        prop_assert_eq!(value(&canonical), Ok(read));
        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&canonical).unwrap(), json);
    }
}
