//! What is told of an expression before it runs is so when it does, and it does the same again.

use foldline_core::value::Value;
use foldline_language::expression::Kinds;
use foldline_language::problem::Severity;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::make::{Choices, Maker};
use super::{given, json, ready, shape};

const DATA: [(&str, Kinds); 7] = [
    ("yes", Kinds::BOOL),
    ("n", Kinds::NUMBER),
    ("amount", Kinds::NUMBER),
    ("text", Kinds::TEXT),
    ("list", Kinds::LIST),
    ("map", Kinds::MAP),
    ("any", Kinds::ANY),
];

/// How an expression ended.
enum End {
    Refused,
    Wrong,
    Value,
}

/// Makes an expression of these choices, and looks at all that holds of it.
fn look(choices: &[u16]) -> Result<End, TestCaseError> {
    let mut maker = Maker { choices: Choices(choices.iter()), bound: 0 };
    let shape = shape();
    let document = match maker.map(shape.0.iter().map(|(name, kinds)| (&**name, *kinds))) {
        Value::Map(map) if map.len() < 2 => Value::Null,
        map => map,
    };
    let data = maker.map(DATA.into_iter());
    let text = maker.any(4);
    let ready = ready(&text).map_err(|problems| TestCaseError::fail(format!("{problems:?}")))?;
    let again = super::ready(&text).expect("it was read before");
    prop_assert_eq!(&ready.problems, &again.problems, "{}", text);
    let value = ready.value(&data, &document);
    prop_assert_eq!(&value, &again.value(&data, &document), "{}", text);
    let is_error = |problem: &_| matches!(problem, Severity::Error);
    if ready.problems.iter().map(|problem| problem.code.severity()).any(|it| is_error(&it)) {
        return Ok(End::Refused);
    }
    let kinds = ready.compiled.kinds;
    match value {
        Ok(value) => {
            prop_assert!(
                Kinds::of(&value).is_within(kinds),
                "{text} gives {value:?} of {document:?}: that is none of {kinds}"
            );
            if let Some(known) = ready.compiled.node.known() {
                prop_assert_eq!(known, &value, "{}", text);
            }
            Ok(End::Value)
        }
        Err(wrong) => {
            prop_assert!(ready.compiled.node.known().is_none(), "{text} is known to be {wrong:?}");
            prop_assert!(text.get(wrong.span().from as usize..wrong.span().to as usize).is_some());
            prop_assert!(!wrong.span().is_empty() && !wrong.message().is_empty(), "{text}");
            prop_assert!(wrong.message().len() < 500, "{text}: {}", wrong.message());
            Ok(End::Wrong)
        }
    }
}

#[test]
fn numbers_are_exact_to_38_digits_or_wrong_where_they_are_not() {
    let data = json(r#"{"n":1,"most":9223372036854775807,"cent":0.01}"#);
    for (text, expected) in [
        ("0.1 + 0.2", "0.3"),
        ("data.cent * 3 == 0.03", "true"),
        ("data.most - 1 + 1", "9223372036854775807"),
        ("-data.most - 1", "-9223372036854775808"),
        ("data.most + 0.5", "9223372036854775807.5"),
        (
            "data.n * 9999999999999999999999999999999999999.9",
            "9999999999999999999999999999999999999.9",
        ),
        ("data.n / 3 * 3", "0.99999999999999999999999999999999999999"),
        ("data.n / 8", "0.125"),
        ("data.most / data.cent", "922337203685477580700"),
    ] {
        assert_eq!(given(text, &data, &Value::Null), expected, "{text}");
    }
    for (text, place, code) in [
        ("1 - (data.most + data.n) * 2", "(data.most + data.n)", "overflow"),
        ("[data.n, -(0 - data.most - 1)]", "-(0 - data.most - 1)", "overflow"),
        ("data.n > 0 ? data.most * data.most : 0", "data.most * data.most", "overflow"),
        ("1 + data.cent * 1E-130", "data.cent * 1E-130", "overflow"),
        ("2 * (1E30 * data.n + data.cent)", "1E30 * data.n + data.cent", "0"),
        ("1 + (1E38 * data.n + data.cent)", "(1E38 * data.n + data.cent)", "inexact"),
        ("1 + data.n / (data.n - 1)", "data.n / (data.n - 1)", "division_by_zero"),
        ("1 + data.n % (data.n - 1)", "data.n % (data.n - 1)", "division_by_zero"),
        ("1 + (0 - data.most - 1) % (-data.n)", "(0 - data.most - 1) % (-data.n)", "overflow"),
    ] {
        let ready = ready(text).expect("it is read");
        match ready.value(&data, &Value::Null) {
            Ok(value) => assert_eq!(code, "0", "{text} is {value:?}"),
            Err(wrong) => {
                assert_eq!((wrong.code(), wrong.span().of(text)), (code, place), "{text}");
            }
        }
    }
}

#[test]
fn what_is_told_of_an_expression_before_it_runs_is_so() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::with_cases(20_000), rng);
    let (values, wrongs) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let choices = prop::collection::vec(any::<u16>(), 40..160);
    let looked = runner.run(&choices, |choices| {
        match look(&choices)? {
            End::Value => values.set(values.get() + 1),
            End::Wrong => wrongs.set(wrongs.get() + 1),
            End::Refused => {}
        }
        Ok(())
    });
    looked.unwrap_or_else(|error| panic!("{error}"));
    // What is refused shows little.
    assert!(values.get() > 5_000 && wrongs.get() > 1_000, "{values:?} values, {wrongs:?} wrongs");
}
