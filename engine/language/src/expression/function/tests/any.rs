//! Whatever a function is given, it ends, twice the same: with a value of the kinds that it says,
//! within the limits of what may be built, or with a failure.

use proptest::prelude::*;

use super::super::super::wrong::Failure;
use super::*;

fn number(text: &str) -> Value {
    Number::parse(text).expect("it is a number").into()
}

/// Values at the ends of their kinds, and those that are names here and there.
fn extremes() -> Vec<Value> {
    let nines = "9".repeat(38);
    let mut values = vec![Value::Null, Value::Bool(false), Value::Bool(true)];
    values.extend([i64::MIN, -1_001, -1, 0, 1, 2, 14, i64::MAX].map(Value::Int));
    let odd = ["0.5", "-2.5", "1E-130", "-1E-130", "9.99E+125", "-9.99E+125"];
    values.extend(odd.map(number));
    values.extend([&*nines, &*format!("0.{nines}"), &*format!("-{nines}E+87")].map(number));
    let names = ["", "a", "-", "Europe/Berlin", "+14:00", "-23:59", "day", "week", "ms", "dns"];
    values.extend(names.map(Value::text));
    values.extend([r#"{"a":[1]}"#, "aGVsbG8=", "1E5", "2026-01-01T00:00:00Z"].map(Value::text));
    values.extend(["ß", "ΐ\u{0}", "𝄞a", " "].map(|letter| Value::text(&letter.repeat(9_000))));
    values.push(Value::text(&"[".repeat(70_000)));
    values.extend([vec![], vec![0xff], vec![b'x'; 70_000]].map(|it| Value::Bytes(it.into())));
    for seconds in [-62_167_219_200, -1, 0, 1_774_746_000, 253_402_300_799] {
        values.extend(Timestamp::new(seconds, 999_999_999).map(Value::Time));
    }
    for seconds in [i64::MIN, -1, 0, 86_400, i64::MAX] {
        values.extend(Duration::new(seconds, 999_999_999).map(Value::Duration));
    }
    let ints = (0..10_000).map(|int| Value::Int(int % 100)).collect();
    values.extend([vec![], vec![Value::Null], vec![Value::text("a"); 3], ints].map(Value::List));
    values.push(Value::List(vec![Value::List(vec![Value::Int(1); 101]); 100]));
    let many: Map = (0..1_000).map(|at| (at.to_string(), Value::Int(at))).collect();
    values.extend([Map::default(), many].map(Value::Map));
    values
}

/// Calls a function twice, and looks at what it gives.
fn holds(function: &Function, arguments: &[&Value]) {
    let arguments: Vec<Cow<'_, Value>> = arguments.iter().map(|it| Cow::Borrowed(*it)).collect();
    let given: Result<Value, Failure> = function.run(&arguments);
    assert_eq!(given, function.run(&arguments), "{}", function.name);
    let Ok(value) = given else { return };
    assert!(
        Kinds::of(&value).is_within(function.gives),
        "{} gives {}",
        function.name,
        value.kind()
    );
    match &value {
        Value::Text(text) => assert!(text.len() <= limits::TEXT_BYTES_MAX, "{}", function.name),
        Value::List(items) => assert!(items.len() <= limits::ITEMS_MAX, "{}", function.name),
        _ => {}
    }
}

#[test]
fn functions_end_at_all_extremes() {
    let values = extremes();
    let taken = |function: &Function, place| {
        let kinds = function.takes(place).map_or(Kinds::NONE, |takes| takes.kinds);
        let fit = values.iter().filter(move |value| Kinds::of(value).is_within(kinds));
        fit.collect::<Vec<_>>()
    };
    for function in all() {
        holds(function, &[]);
        for first in &values {
            holds(function, &[first]);
        }
        for first in taken(function, 0) {
            for second in taken(function, 1) {
                holds(function, &[first, second]);
                for third in taken(function, 2).into_iter().filter(|_| !function.more) {
                    holds(function, &[first, second, third]);
                }
            }
        }
    }
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(extremes()),
        any::<i64>().prop_map(Value::Int),
        (-20i64..20).prop_map(Value::Int),
        (any::<i64>(), -140i32..120).prop_filter_map("it is none", |(digits, power)| {
            Number::parse(&format!("{digits}E{power}")).ok().map(Value::from)
        }),
        ".{0,12}".prop_map(|text| Value::text(&text)),
        "[-+0-9.:TZhms]{0,24}".prop_map(|text| Value::text(&text)),
        prop::collection::vec(any::<u8>(), 0..12).prop_map(|bytes| Value::Bytes(bytes.into())),
        (-62_167_219_200i64..253_402_300_800, 0u32..1_000_000_000)
            .prop_filter_map("it is none", |(at, nanos)| Timestamp::new(at, nanos))
            .prop_map(Value::Time),
        (any::<i64>(), 0u32..1_000_000_000)
            .prop_filter_map("it is none", |(length, nanos)| Duration::new(length, nanos))
            .prop_map(Value::Duration),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::vec((".{0,4}", inner), 0..6)
                .prop_map(|pairs| Value::Map(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn functions_end_whatever_they_are_given(values in prop::collection::vec(value(), 0..5)) {
        for function in all() {
            holds(function, &values.iter().collect::<Vec<_>>());
            // Some of them in places that take them.
            let fitting: Vec<&Value> = (0..3)
                .map_while(|place| {
                    let kinds = function.takes(place)?.kinds;
                    values.iter().find(|value| Kinds::of(value).is_within(kinds))
                })
                .collect();
            holds(function, &fitting);
        }
    }

    #[test]
    fn a_quotient_and_what_is_left_make_the_whole(a: i64, b: i64, small in -20i64..20) {
        for b in [b, small] {
            let div = named("div").expect("it is there");
            let arguments = [Value::Int(a), Value::Int(b)].map(Cow::Owned);
            if let Ok(Value::Int(quotient)) = div.run(&arguments) {
                prop_assert_eq!(quotient * b + a % b, a);
            }
        }
    }

    #[test]
    fn a_text_is_joined_as_it_was_split(text in "[a,ñ]{0,20}", by in "[a,ñ]{0,2}") {
        let (split, join) = (named("split").expect("is"), named("join").expect("is"));
        let by = Value::text(&by);
        let pieces = split.run(&[Cow::Owned(Value::text(&text)), Cow::Borrowed(&by)]);
        let joined = join.run(&[Cow::Owned(pieces.expect("it is short")), Cow::Borrowed(&by)]);
        prop_assert_eq!(joined, Ok(Value::text(&text)));
    }
}
