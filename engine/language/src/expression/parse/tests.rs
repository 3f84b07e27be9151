//! Texts, the trees that they are, and what is said of those that are none.

use foldline_core::value::canonical;
use proptest::prelude::*;

use super::parse;
use crate::expression::{Binary, Kind, Tree, Unary, limits};
use crate::problem::{Code, Span};

/// The tree in full: each operator in brackets of its own, before its operands.
fn full(tree: &Tree) -> String {
    let all = |trees: &[Tree]| trees.iter().map(full).collect::<Vec<_>>().join(" ");
    match &tree.kind {
        Kind::Value(value) => {
            let mut out = String::new();
            canonical::write(value, &mut out);
            out
        }
        Kind::Name(name) => name.to_string(),
        Kind::Field { of, name, optional } => {
            format!("{}{}{}", full(of), if *optional { "?." } else { "." }, name.text)
        }
        Kind::Index { of, at } => format!("{}[{}]", full(of), full(at)),
        Kind::Call { on, name, arguments } => {
            let on = on.as_ref().map_or(String::new(), |on| format!("{}.", full(on)));
            format!("{on}{}({})", name.text, all(arguments))
        }
        Kind::List(items) => format!("[{}]", all(items)),
        Kind::Map(entries) => {
            let entry = |(name, value): &(Tree, Tree)| format!("{}:{}", full(name), full(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(" "))
        }
        Kind::Unary(Unary::Not, of) => format!("(! {})", full(of)),
        Kind::Unary(Unary::Minus, of) => format!("(- {})", full(of)),
        Kind::Binary(operator, _, left, right) => {
            format!("({} {} {})", sign(*operator), full(left), full(right))
        }
        Kind::Choice(parts) => format!("(? {})", all(parts.as_slice())),
    }
}

fn sign(operator: Binary) -> &'static str {
    match operator {
        Binary::Or => "||",
        Binary::And => "&&",
        Binary::Equal => "==",
        Binary::Unequal => "!=",
        Binary::Less => "<",
        Binary::LessOrEqual => "<=",
        Binary::Greater => ">",
        Binary::GreaterOrEqual => ">=",
        Binary::In => "in",
        Binary::Plus => "+",
        Binary::Minus => "-",
        Binary::Times => "*",
        Binary::Over => "/",
        Binary::Rest => "%",
    }
}

/// These texts are these trees.
fn are(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let tree = parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
        assert_eq!(full(&tree), *expected, "{text}");
    }
}

/// This text is wrong: the first thing that is said of it, where, and the hint.
fn wrong(text: &str) -> (Code, String, String, String) {
    let problems = parse(text).expect_err(text);
    let problem = problems.first().expect("there is a reason");
    let piece = problem.span.of(text).to_string();
    (problem.code, piece, problem.what.clone(), problem.hint.clone().unwrap_or_default())
}

#[test]
fn what_binds_more_tightly_is_done_first() {
    are(&[
        ("1 + 2 * 3", "(+ 1 (* 2 3))"),
        ("(1 + 2) * 3", "(* (+ 1 2) 3)"),
        ("1 - 2 - 3", "(- (- 1 2) 3)"),
        ("a || b && c == d + e", "(|| a (&& b (== c (+ d e))))"),
        ("a + b in c", "(in (+ a b) c)"),
        ("!a == b", "(== (! a) b)"),
        ("-a.b", "(- a.b)"),
        ("- -a", "(- (- a))"),
        ("a ? b : c ? d : e", "(? a b (? c d e))"),
        ("a || b ? c : d", "(? (|| a b) c d)"),
        ("a ? b ? c : d : e", "(? a (? b c d) e)"),
        ("a % b / c", "(/ (% a b) c)"),
        ("a < b != c >= d", "(>= (!= (< a b) c) d)"),
    ]);
}

#[test]
fn values_have_fields_elements_and_calls_behind_them() {
    are(&[
        ("data.amount", "data.amount"),
        ("data?.a.b?.c", "data?.a.b?.c"),
        ("data['a-b'][0]", "data[\"a-b\"][0]"),
        ("size(doc.lines)", "size(doc.lines)"),
        ("doc.lines.map(l, l.qty * 2).sum()", "doc.lines.map(l (* l.qty 2)).sum()"),
        ("data.in.true", "data.in.true"),
        ("[1, 'a', [],]", "[1 \"a\" []]"),
        ("{'a': 1, b: [2],}", "{\"a\":1 b:[2]}"),
        ("{}", "{}"),
        ("coalesce(a?.b, null)", "coalesce(a?.b null)"),
        ("((a))", "a"),
    ]);
}

#[test]
fn numbers_keep_all_their_digits() {
    are(&[
        ("10", "10"),
        ("10.0", "10"),
        ("2.50", "2.5"),
        ("1e3", "1000"),
        ("-1", "-1"),
        ("a-1", "(- a 1)"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("0.1", "0.1"),
        ("1.e", "1.e"),
    ]);
    let (code, piece, what, _) = wrong("1 + 123456789012345678901234567890123456789");
    assert_eq!((code, piece.len()), (Code::Number, 39));
    assert_eq!(what, "a number has at most 38 digits, this one has more");
    assert_eq!(wrong("1e999").2, "the number is too great: 9.99E+125 is the greatest");
    assert_eq!(wrong("1e-999").2, "the number is too near to 0: 1E-130 is the nearest");
    for text in ["10u", "0x1F", "5kg", "1e3e3"] {
        assert_eq!(wrong(text).0, Code::Number, "{text}");
        assert_eq!(wrong(text).1, text);
    }
}

#[test]
fn texts_are_written_as_in_cel() {
    are(&[
        (r#"'a"b'"#, r#""a\"b""#),
        (r#""a'b""#, r#""a'b""#),
        (r"'\n\t\\\''", r#""\n\t\\'""#),
        (r"r'\n'", r#""\\n""#),
        (r"'\u00e9\x41\101\U0001F600'", "\"éAA😀\""),
        ("'''a\n'b'''", r#""a\n'b""#),
        ("''", r#""""#),
        (r"b'\xff' == b'a'", r#"(== "/w==" "YQ==")"#),
    ]);
    assert_eq!(wrong("'abc").0, Code::OpenText);
    assert_eq!(wrong("'ab\nc'").1, "'ab");
    assert_eq!(wrong(r"'a\qb'").1, r"\q");
    assert_eq!(wrong(r"'\ud800'").3, "no character has this number, nor is half of a pair one");
    assert_eq!(wrong(r"'\u12'").0, Code::Escape);
    assert_eq!(wrong(r"b'\u0041'").0, Code::Escape);
}

#[test]
fn all_that_is_no_token_is_told_at_once() {
    let problems = parse("a = 1 & 'b\\q' ; 7x").expect_err("it is wrong");
    let codes: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
    let stray = Code::StrayCharacter;
    assert_eq!(codes, [stray, stray, Code::Escape, stray, Code::Number]);
}

#[test]
fn a_text_that_cannot_go_on_says_what_was_expected() {
    let said = |text| {
        let (code, piece, what, hint) = wrong(text);
        (code, piece, format!("{what}; {hint}"))
    };
    let cases = [
        ("", Code::Syntax, "", "the expression is empty; "),
        (
            "a +",
            Code::Syntax,
            "",
            "an expression is missing at the end; write a value, or take the last sign away",
        ),
        (
            "a b",
            Code::Syntax,
            "b",
            "expected an operator, found `b`; a text stands in quotes of its own: \"'a b'\"",
        ),
        (
            "a 1",
            Code::Syntax,
            "1",
            "expected an operator, found `1`; two values stand side by side: an operator belongs \
             between them, and quotes of its own around a text",
        ),
        (
            "a.?b",
            Code::Foreign,
            ".",
            "`.?` has no meaning here; what may be absent is written `a?.b`",
        ),
        ("f(a", Code::OpenBracket, "(", "`(` is not closed; close it with `)`"),
        ("[a b]", Code::Syntax, "b", "expected `,` or `]`, found `b`; "),
        (
            "a ? b",
            Code::Syntax,
            "",
            "`:` is missing at the end; a choice is written `condition ? then : otherwise`",
        ),
        ("{a}", Code::Syntax, "}", "expected `:`, found `}`; an entry is written `'name': value`"),
        (
            "data.'a'",
            Code::Syntax,
            "'a'",
            "expected a name, found `'a'`; a name that is no word stands in brackets: \
             `data['a-b']`",
        ),
        ("in", Code::Syntax, "in", "expected an expression, found `in`; "),
        (
            "a)",
            Code::Syntax,
            ")",
            "expected an operator, found `)`; take it away: it closes nothing",
        ),
    ];
    for (text, code, piece, all) in cases {
        assert_eq!(said(text), (code, piece.to_string(), all.to_string()), "{text}");
    }
}

#[test]
fn what_other_languages_have_is_told_with_the_whole_sign() {
    let cases = [
        (
            "a and b",
            Code::Foreign,
            "and",
            "expected an operator, found `and`; `and` is written `&&`",
        ),
        ("a or b", Code::Foreign, "or", "expected an operator, found `or`; `or` is written `||`"),
        ("not a", Code::Foreign, "not", "`not` has no meaning here; `not` is written `!`"),
        ("a === b", Code::Foreign, "===", "`===` has no meaning here; to compare, write `==`"),
        (
            "(1, 2)",
            Code::Foreign,
            ",",
            "several values stand between `(` and `)`; a list is written `[1, 2]`",
        ),
        (
            "{{ a }}",
            Code::Foreign,
            "{{",
            "`{{` begins a template of other languages; an expression stands alone: `data.a`",
        ),
        (
            "a?b",
            Code::Syntax,
            "",
            "`:` is missing at the end; what may be absent is written `a?.b`",
        ),
        (
            "2026-01-31",
            Code::Number,
            "2026-01-31",
            "`2026-01-31` is no number; a time is written `timestamp('2026-01-31T00:00:00Z')`",
        ),
    ];
    for (text, code, piece, all) in cases {
        let (told, at, what, hint) = wrong(text);
        assert_eq!(
            (told, at.as_str(), format!("{what}; {hint}")),
            (code, piece, all.into()),
            "{text}"
        );
    }
}

#[test]
fn parts_know_their_places() {
    let text = " data.amount  *  2 > size( doc.lines )";
    let tree = parse(text).expect("it is right");
    assert_eq!(tree.span.of(text), text.trim());
    let Kind::Binary(_, place, left, right) = &tree.kind else { panic!("it compares") };
    assert_eq!(place.of(text), ">");
    assert_eq!(left.span.of(text), "data.amount  *  2");
    assert_eq!(right.span.of(text), "size( doc.lines )");
}

#[test]
fn no_text_is_read_deeper_than_the_stack_allows() {
    let high = limits::HEIGHT_MAX;
    let deep = |open: &str, inner: &str, close: &str, n: usize| {
        format!("{}{inner}{}", open.repeat(n), close.repeat(n))
    };
    for (open, inner, close) in
        [("(", "a", ")"), ("[", "a", "]"), ("!", "a", ""), ("f(", "a", ")"), ("", "a", ".b")]
    {
        assert!(parse(&deep(open, inner, close, high - 1)).is_ok(), "{open}{inner}{close}");
        for n in [high + 1, 2_000] {
            let problems = parse(&deep(open, inner, close, n)).expect_err("it is too deep");
            assert_eq!(problems.first().map(|p| p.code), Some(Code::TooDeep), "{open} {n}");
        }
    }
    assert_eq!(wrong(&deep("1 + ", "1", "", 2_000)).0, Code::TooDeep);
    assert_eq!(wrong(&deep("a ? b : ", "c", "", 2_000)).0, Code::TooDeep);
    assert_eq!(wrong(&"[".repeat(10 << 20)).0, Code::TooLong);
    assert_eq!(wrong(&"1".repeat(limits::BYTES_MAX)).0, Code::Number);
}

proptest! {
    #[test]
    fn any_text_is_a_tree_or_wrong(text in "[ -~\\né😀]{0,80}") {
        if let Err(problems) = parse(&text) {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn any_heap_of_tokens_is_a_tree_or_wrong(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "a", "in", "null", "1", "'t'", "(", ")", "[", "]", "{", "}", "?.", ".", "?", ":",
                ",", "!", "-", "+", "*", "==", "&&", "||", "f(",
            ]),
            0..60,
        )
    ) {
        let text = tokens.join(" ");
        match parse(&text) {
            Ok(tree) => prop_assert_eq!(tree.span.of(&text).trim(), text.trim()),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }
}

#[test]
fn every_part_of_a_tree_is_placed() {
    let text = "a?.b[c] == f(x, [1, 'y']) && {'k': -z}.g(1) != (u ? v : w) + 2";
    let there = parse(text).expect("it is an expression");
    let moved = there.placed(&|span| Span { from: span.from + 9, to: span.to + 9 });
    // The same text, so much further on in another one.
    let longer = parse(&format!("data.p ? {text} : q")).expect("it is an expression");
    let Kind::Choice(parts) = longer.kind else { panic!("it is a choice") };
    assert_eq!(moved, parts[1]);
}

#[test]
fn trees_that_say_the_same_are_the_same_wherever_they_stand() {
    let tree = |text: &str| parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    let texts = [
        "1",
        "2",
        "1.5",
        "'a'",
        "a",
        "b",
        "a.b",
        "a?.b",
        "a.c",
        "b.b",
        "a[b]",
        "a[c]",
        "c[b]",
        "f()",
        "f(a)",
        "f(a, a)",
        "f(b)",
        "g(a)",
        "a.f()",
        "b.f()",
        "a.f(a)",
        "[]",
        "[a]",
        "[b]",
        "[a, a]",
        "{}",
        "{'a': b}",
        "{'b': b}",
        "{'a': c}",
        "{'a': b, 'b': b}",
        "!a",
        "-a",
        "!b",
        "a + b",
        "a - b",
        "b + b",
        "a + c",
        "a ? b : c",
        "b ? b : c",
        "a ? c : c",
        "a ? b : b",
    ];
    for (place, text) in texts.iter().enumerate() {
        let spaced = tree(&format!(" ({text} )"));
        for (other, more) in texts.iter().enumerate() {
            assert_eq!(spaced.is_same(&tree(more)), place == other, "{text} and {more}");
        }
    }
}
