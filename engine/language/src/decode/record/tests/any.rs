//! Whatever a record holds, it is read or refused soon; and what is written is read back.

use std::fmt::Write;
use std::time::{Duration, Instant};

use foldline_core::value::{Map, Number, Value, base64, canonical};
use proptest::prelude::*;

use super::{Binary, Format, decoder, shown};

/// A value as DynamoDB writes it.
fn typed(value: &Value) -> String {
    let all = |list: &[Value]| list.iter().map(typed).collect::<Vec<_>>().join(",");
    match value {
        Value::Null => r#"{"NULL":true}"#.into(),
        Value::Bool(yes) => format!(r#"{{"BOOL":{yes}}}"#),
        Value::Int(_) | Value::Decimal(_) => format!(r#"{{"N":"{}"}}"#, canonical::text(value)),
        Value::Text(_) => format!(r#"{{"S":{}}}"#, canonical::text(value)),
        Value::Bytes(bytes) => {
            let mut out = String::new();
            base64::write(bytes, &mut out).expect("a string takes all");
            format!(r#"{{"B":"{out}"}}"#)
        }
        Value::List(list) => format!(r#"{{"L":[{}]}}"#, all(list)),
        Value::Map(map) => format!(r#"{{"M":{}}}"#, attributes(map)),
        other => panic!("DynamoDB has no {}", other.kind()),
    }
}

fn attributes(map: &Map) -> String {
    let mut out = String::from("{");
    for (name, value) in map.iter() {
        let comma = if out.len() > 1 { "," } else { "" };
        let name = canonical::text(&Value::text(name));
        write!(out, "{comma}{name}:{}", typed(value)).expect("a string takes all");
    }
    out + "}"
}

fn value() -> impl Strategy<Value = Value> {
    let number = "-?[1-9][0-9]{0,18}(\\.[0-9]{1,18})?(E-?[1-9][0-9]?)?";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        number.prop_map(|text| Number::parse(&text).expect("it is one").into()),
        any::<String>().prop_map(|text| Value::text(&text)),
        any::<Vec<u8>>().prop_map(|bytes| Value::Bytes(bytes.into())),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            map(inner).prop_map(Value::Map),
        ]
    })
}

fn map(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map> {
    prop::collection::vec((any::<String>(), value), 0..5).prop_map(Map::from_iter)
}

/// Pieces that records are made of, and any characters.
fn record_like() -> impl Strategy<Value = String> {
    let pieces = vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        " ",
        "null",
        "true",
        "-1",
        "1E99",
        "0.5",
        "{}",
        "\"eventName\":\"INSERT\",",
        "\"eventName\":\"MODIFY\",",
        "\"dynamodb\":{",
        "\"Keys\":{",
        "\"NewImage\":{",
        "\"OldImage\":{",
        "\"Item\":{",
        "\"a\":{\"S\":\"x\"},",
        "\"a\":",
        "{\"N\":",
        "\"b\":{\"M\":{",
        "{\"L\":[",
        "{\"B\":\"Zg==\"}",
        "{\"SS\":[\"x\"]}",
        "\"\\ud83d\"",
        "\"userIdentity\":{\"type\":\"Service\"},",
        "\"Metadata\":{\"WriteTimestampMicros\":",
        "\"ApproximateCreationDateTime\":1.5E9,",
        "\"record\":{\"a\":1}",
    ];
    let piece = prop_oneof![
        8 => prop::sample::select(pieces).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_is_too_odd(text in record_like()) {
        for format in Format::ALL {
            let all = format.roots().join(" ");
            let some = match format {
                Format::Json => "record.a record.b.c",
                Format::Dynamodb => "keys new.a old.b.c",
            };
            for paths in [&*all, some, ""] {
                let decoder = decoder(format, paths, Binary::Auto);
                let record = decoder.decode(&text);
                let _ = shown(&record);
                if let Some(change) = record.change {
                    let before = change.before(&super::Wanted::all(), Binary::Auto);
                    let _ = (change.only_in(&["a"]), change.item(), before);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(item in map(value())) {
        let text = format!(r#"{{"Item":{}}}"#, attributes(&item));
        let record = decoder(Format::Dynamodb, "new", Binary::Once).decode(&text);
        prop_assert_eq!(record.fault, None);
        prop_assert_eq!(&record.roots[1], &Value::Map(item.clone()));
        let text = canonical::text(&Value::Map(item.clone()).as_stored());
        let record = decoder(Format::Json, "record", Binary::Once).decode(&text);
        prop_assert_eq!(record.fault, None);
        prop_assert_eq!(&record.roots[0], &Value::Map(item).as_stored());
    }

    #[test]
    fn a_part_is_the_part_of_the_whole(item in map(value()), seed: u64) {
        let text = format!(r#"{{"Item":{}}}"#, attributes(&item));
        let names: Vec<&str> = item.iter().map(|(name, _)| name).collect();
        let pick = usize::try_from(seed).unwrap_or(0) % names.len().max(1);
        let mut wanted = super::Wanted::default();
        wanted.path(names.get(pick).map_or(&[][..], std::slice::from_ref));
        let new = vec![super::Wanted::default(), wanted];
        let decoder = super::Decoder::new(Format::Dynamodb, new, Binary::Once);
        let record = decoder.decode(&text);
        let part = names.get(pick).and_then(|name| record.roots[1].at(&[name]));
        prop_assert_eq!(part, names.get(pick).and_then(|name| item.get(name)));
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a bound of time is what is tested")]
fn what_is_too_much_is_refused_soon() {
    let begun = Instant::now();
    for text in [
        "[".repeat(10_000_000),
        "{\"Item\":".repeat(1_000_000),
        format!("{{\"Item\":{}", "{\"a\":{\"M\":".repeat(1_000_000)),
        format!("{{\"Item\":{{\"a\":{{\"N\":\"{}\"}}}}}}", "9".repeat(1_000_000)),
        format!("{{\"record\":{}}}", "9".repeat(1_000_000)),
        format!("{{\"Item\":{{{}\"z\":{{\"S\":\"\"}}}}}}", "\"a\":{\"S\":\"\"},".repeat(300_000)),
        format!("{{\"Item\":{{\"a\":{{\"SS\":[{}\"\"]}}}}}}", "\"x\",".repeat(1_000_000)),
        format!("\"{}\"", "\\ud800".repeat(1_000_000)),
        format!("\"{}\"", "x".repeat(20 << 20)),
        "{\"a\":1},".repeat(1_000_000),
    ] {
        for format in Format::ALL {
            let all = format.roots().join(" ");
            let record = decoder(format, &all, Binary::Auto).decode(&text);
            let fine = text.contains("\"SS\"") || format == Format::Json && text.contains("Item");
            assert!(fine || record.fault.is_some(), "{}", &text[..60]);
        }
    }
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
}
