//! No text is too nasty to be read, and no expression runs on: it ends at a limit that has a name.

use foldline_core::value::{Map, Value};
use foldline_language::expression::{Kinds, limits, parse};
use foldline_language::problem::Code;

use super::{given, json, ready};

const LANGUAGE: &str = include_str!("../../../../docs/reference/language.md");

/// Pieces that texts are made of again and again.
const PIECES: [&str; 40] = [
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "-",
    "!",
    "?",
    ":",
    ".",
    "?.",
    ",",
    "'",
    "\"",
    "'''",
    "\\",
    "1",
    "0",
    "9.",
    "1e9",
    "a",
    "a.",
    "a[",
    "a(",
    "a?",
    "a?b:",
    "1+",
    "1+(",
    "x in ",
    "a && ",
    "[1,",
    "{'a':",
    "f(x,",
    "'\\ud800'",
    "r'",
    "b\"",
    "é",
    "\u{0}",
    "- - ",
];

#[test]
fn a_text_that_repeats_itself_is_read_or_wrong() {
    for piece in PIECES {
        for len in [limits::BYTES_MAX, limits::BYTES_MAX + 1, 10 << 20] {
            let mut text = piece.repeat(len / piece.len());
            if let Err(problems) = parse(&text) {
                assert!(!problems.is_empty(), "{piece}");
                let is_long = problems.iter().any(|problem| problem.code == Code::TooLong);
                assert_eq!(is_long, text.len() > limits::BYTES_MAX, "{piece}");
            }
            text.truncate(limits::BYTES_MAX - limits::BYTES_MAX % piece.len());
            text.extend(std::iter::repeat_n(' ', limits::BYTES_MAX - text.len()));
            // What is read is checked and run as well.
            if let Ok(ready) = ready(&text) {
                drop(ready.value(&Value::Null, &Value::Null));
            }
        }
    }
}

/// A piece, so often, with another between.
fn row(piece: &str, between: &str, times: usize) -> String {
    format!("{piece}{}", format!("{between}{piece}").repeat(times - 1))
}

#[test]
fn ten_thousand_of_anything_in_a_row_are_too_many() {
    for (text, code) in [
        (row("1", "+", 10_000), Code::TooLong),
        (row("1", "+", 8_000), Code::TooDeep),
        (row("a", ".", 8_000), Code::TooDeep),
        (row("a", "?.", 5_000), Code::TooDeep),
        ("a?b:".repeat(4_000) + "c", Code::TooDeep),
        ("-".repeat(10_000) + "a", Code::TooDeep),
        ("!".repeat(10_000) + "a", Code::TooDeep),
        ("[".repeat(8_000) + &"]".repeat(8_000), Code::TooDeep),
        ("(".repeat(8_000) + &")".repeat(8_000), Code::TooDeep),
        ("a".to_owned() + &"[0]".repeat(5_000), Code::TooDeep),
        ("a".to_owned() + &".trim()".repeat(2_000), Code::TooDeep),
        ("9".repeat(16_000), Code::Number),
        ("9".repeat(1 << 20), Code::TooLong),
        (format!("1e{}", "9".repeat(16_000)), Code::Number),
        (format!("0.{}1", "0".repeat(16_000)), Code::Number),
        (r"'\ud83d\ude00'".to_owned(), Code::Escape),
        (r"'\Uffffffff'".to_owned(), Code::Escape),
    ] {
        let problems = parse(&text).expect_err("it is wrong");
        assert!(problems.iter().all(|problem| problem.code == code), "{text:.40}: {problems:?}");
    }
    // Signs of a number are part of it, however many there are.
    assert_eq!(given(&format!("{}1", "-".repeat(10_000)), &Value::Null, &Value::Null), "1");
}

/// Data and a document with long lists and texts, as the words of an expression name them.
fn large() -> (Value, Value) {
    let ints = || Value::List((0..9_000).map(Value::Int).collect());
    let text = || Value::text(&"aab".repeat(340_000));
    let map: Map = (0..9_000).map(|at| (format!("name-{at:08}"), Value::Int(at))).collect();
    let texts = Value::List((0..9_000).map(|at| Value::text(&format!("a text of {at}"))).collect());
    let data: Map = [("l", ints()), ("t", text()), ("texts", texts.clone())].into_iter().collect();
    let by = Value::Map(map);
    let blob = Value::text(&"AAAA".repeat(250_000));
    let document = [("tags", ints()), ("name", text()), ("by", by), ("any", texts), ("blob", blob)];
    (Value::Map(data), Value::Map(document.into_iter().collect::<Map>()))
}

#[test]
fn what_takes_long_ends_at_the_limit_of_its_steps() {
    let (data, document) = large();
    let long = (0..90).map(|_| "(a - a) * b + 1 < 0").collect::<Vec<_>>().join(" || ");
    for text in [
        // Loops in loops, with long bodies.
        "data.l.map(a, data.l.map(b, a)).size()",
        "doc.tags.exists(a, doc.tags.exists(b, doc.tags.exists(c, false)))",
        &format!("doc.tags.exists(a, doc.tags.exists(b, {long}))"),
        // What is read from the event again and again.
        "doc.tags.exists(a, data.t == 'a')",
        "doc.tags.exists(a, data.l == [])",
        "doc.tags.map(a, coalesce(data.l, 1) == 1)",
        // What is compared again and again.
        "doc.tags.exists(a, doc.name != doc.name)",
        "doc.tags.exists(a, doc.name < doc.name)",
        "doc.tags.exists(a, doc.tags != doc.tags)",
        "doc.tags.exists(a, doc.by != doc.by)",
        "doc.tags.exists(a, 'a text' in doc.any)",
        "doc.tags.exists(a, [a] in [doc.tags, doc.any])",
        "doc.tags.exists(a, -1 in doc.tags)",
        // What goes wrong again and again, and is settled by none.
        "[doc.name].exists(n, doc.tags.exists(a, doc.tags.exists(b, n + 1 == 2)))",
        "doc.tags.exists(a, doc.tags.exists(b, {doc.name: 1, doc.name: 2} == {}))",
        // What is built again and again.
        "doc.tags.map(a, doc.name + 'a')",
        "doc.tags.map(a, doc.tags + [a])",
        "doc.tags.map(a, [doc.by])",
        "doc.tags.map(a, string(doc.name))",
        "doc.tags.exists(a, size(doc.name) == 0)",
        "doc.tags.exists(a, hash([doc.tags, doc.by]) == 0)",
        "doc.tags.sort_by(a, doc.name)",
        "doc.tags.exists(a, doc.blob == b'')",
        "doc.by.exists(a, doc.by.exists(b, false))",
        "doc.tags.exists(a, doc.by.exists(b, true) == false)",
        // Patterns.
        "doc.name.matches('(.?){500}c')",
        "doc.name.matches('(a*)*(a*)*(a*)*c')",
        "doc.tags.exists(a, doc.name.matches('c$'))",
        "data.t.matches('[a-z]{250}\\\\d')",
    ] {
        assert_eq!(given(text, &data, &document), "too_costly", "{text}");
    }
}

#[test]
fn what_an_author_may_well_want_is_not_too_much() {
    let (data, document) = large();
    for (text, expected) in [
        ("data.l.map(a, a * 2 + 1).filter(b, b % 3 == 0).size()", "3000"),
        ("doc.tags.filter(a, a in data.l && a < 2).size()", "too_costly"),
        ("data.texts.filter(a, a.matches('^a .*7$')).size()", "900"),
        ("data.l.all(a, has(data.l) && has(data.t))", "true"),
        ("data.texts.sort_by(a, a)[0]", r#""a text of 0""#),
        ("doc.by.filter(a, a == 'name-00000007')", r#"["name-00000007"]"#),
        ("doc.tags.exists(a, doc.by['name-00000001'] == 2)", "false"),
        ("(doc.name + data.t).size()", "too_large"),
        ("(data.l + data.l).size()", "too_large"),
        ("data.t == doc.name", "true"),
        ("doc.name.matches('c')", "false"),
    ] {
        assert_eq!(given(text, &data, &document), expected, "{text}");
    }
}

#[test]
fn what_doubles_ends_at_a_limit() {
    let document = json(r#"{"name":"0123456789","tags":[1,2,3]}"#);
    let doubled = |first: &str, twice: fn(&str) -> String, times: usize| {
        let doubling = (0..times).map(|at| format!(".map(x{at}, {})", twice(&format!("x{at}"))));
        let doubling: Vec<String> = doubling.collect();
        format!("[{first}]{}[0] == null", doubling.concat())
    };
    for (text, code) in [
        (doubled("doc.name", |x| format!("{x} + {x}"), 90), "too_large"),
        (doubled("doc.tags", |x| format!("{x} + {x}"), 90), "too_large"),
        (doubled("doc.tags", |x| format!("[{x}, {x}]"), 90), "too_costly"),
        (doubled("doc.tags", |x| format!("{{'l': {x}, 'r': {x}}}"), 90), "too_costly"),
    ] {
        assert_eq!(given(&text, &Value::Null, &document), code, "{text}");
    }
    let number = doubled("version", |x| format!("{x} * {x}"), 90);
    assert_eq!(given(&number, &Value::Null, &document), "overflow");
}

#[test]
fn what_is_known_is_not_computed_into_something_long() {
    // The text is 8 KiB long, and so would be what comes of it, many times.
    let text = format!("'{}'", "a".repeat(4_000));
    let sum = format!("{text} + {text} + {text}");
    let ready = ready(&format!("[{sum}].map(x, x + x)")).expect("it is read");
    assert!(ready.problems.is_empty() && ready.compiled.node.known().is_none());
    assert!(ready.compiled.kinds == Kinds::LIST);
}

#[test]
fn the_reference_tells_the_limits_that_hold() {
    let rows = [
        format!(
            "| an expression | {} KiB, {} expressions within one another |",
            limits::BYTES_MAX >> 10,
            limits::HEIGHT_MAX
        ),
        format!(
            "| steps of one event in one document | {},000,000: one for each expression as often \
             as it runs, for each element looked at, and for each {} bytes read, \
             compared or built |",
            limits::STEPS_MAX / 1_000_000,
            limits::BYTES_PER_STEP
        ),
        format!("| a text that is built | {} MiB |", limits::TEXT_BYTES_MAX >> 20),
        format!(
            "| a list that is built or looked at | {},000 elements |",
            limits::ITEMS_MAX / 1_000
        ),
    ];
    for row in rows {
        assert!(LANGUAGE.lines().any(|line| line == row), "the reference lacks: {row}");
    }
}
