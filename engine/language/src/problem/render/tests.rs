//! Problems as they are drawn, letter by letter, and as they are told to programs.

use proptest::prelude::*;

use super::{Look, json, text};
use crate::problem::{Code, Problem, Source, Span};

/// A problem at these bytes is drawn like this, below its title.
#[track_caller]
fn draws(file: &str, from: usize, to: usize, expected: &[&str]) {
    let problem = Problem::new(Code::Syntax, Span::new(from, to), "this is wrong");
    let drawn = text(&Source::new("a.yaml", file), &[problem], Look::Plain);
    let lines: Vec<&str> = drawn.lines().collect();
    assert_eq!(lines.first(), Some(&"error[F0105]: this is wrong"));
    assert_eq!(lines.get(1..).unwrap_or_default(), expected, "\n{drawn}");
}

#[test]
fn problems_are_drawn_in_the_order_of_their_places() {
    let problems = [
        Problem::new(Code::Syntax, Span::new(44, 47), "expected an operator, found `and`")
            .hint("`and` is written `&&`"),
        Problem::new(Code::YamlKeyTwice, Span::new(21, 24), "the key `key` stands here again"),
    ];
    let file = "projection: a\nkey: b\nkey: c\non:\n  A: { b: c and d }\n";
    let drawn = text(&Source::new("wallet.yaml", file), &problems, Look::Plain);
    let expected = "\
error[F0202]: the key `key` stands here again
 --> wallet.yaml:3:1
  |
3 | key: c
  | ^^^

error[F0105]: expected an operator, found `and`
 --> wallet.yaml:5:13
  |
5 |   A: { b: c and d }
  |             ^^^
  |
  = hint: `and` is written `&&`
";
    assert_eq!(drawn, expected);
}

#[test]
fn a_place_is_shown_below_what_is_there() {
    draws("a: b\nc: d\n", 8, 9, &[" --> a.yaml:2:4", "  |", "2 | c: d", "  |    ^"]);
    draws("a:\tb\n", 3, 4, &[" --> a.yaml:1:4", "  |", "1 | a:    b", "  |       ^"]);
    draws("a: 日本 x\n", 10, 11, &[" --> a.yaml:1:7", "  |", "1 | a: 日本 x", "  |         ^"]);
    draws("a: 日本 x\n", 3, 9, &[" --> a.yaml:1:4", "  |", "1 | a: 日本 x", "  |    ^^^^"]);
    draws("a: b\rc: d\r\ne", 8, 9, &[" --> a.yaml:2:4", "  |", "2 | c: d", "  |    ^"]);
    draws("\u{feff}a: b\n", 6, 7, &[" --> a.yaml:1:4", "  |", "1 | a: b", "  |    ^"]);
}

#[test]
fn a_place_between_two_characters_is_shown_behind_the_first() {
    draws("a: b\nc: d\n", 4, 4, &[" --> a.yaml:1:5", "  |", "1 | a: b", "  |     ^"]);
    draws("a: b\n", 5, 5, &[" --> a.yaml:2:1", "  |", "2 |", "  | ^"]);
    draws("a: b", 4, 4, &[" --> a.yaml:1:5", "  |", "1 | a: b", "  |     ^"]);
    draws("a: b\r\n", 5, 5, &[" --> a.yaml:1:5", "  |", "1 | a: b", "  |     ^"]);
    draws("", 0, 0, &[" --> a.yaml:1:1", "  |", "1 |", "  | ^"]);
}

#[test]
fn a_place_that_is_none_is_shown_at_the_nearest() {
    draws("é\n", 1, 2, &[" --> a.yaml:1:1", "  |", "1 | é", "  | ^"]);
    draws("a\n", 5, 9, &[" --> a.yaml:2:1", "  |", "2 |", "  | ^"]);
}

#[test]
fn lines_are_drawn_from_the_first_to_the_last() {
    draws(
        "a: b\nc: d\ne: f\n",
        3,
        13,
        &[
            " --> a.yaml:1:4",
            "  |",
            "1 |   a: b",
            "  |  ____^",
            "2 | | c: d",
            "3 | | e: f",
            "  | |___^",
        ],
    );
    draws("a: b\nc: d\n", 3, 5, &[" --> a.yaml:1:4", "  |", "1 | a: b", "  |    ^"]);
    draws(
        &"a: b\n".repeat(200),
        3,
        999,
        &[
            "   --> a.yaml:1:4",
            "    |",
            "  1 |   a: b",
            "    |  ____^",
            "  2 | | a: b",
            "  3 | | a: b",
            "  4 | | a: b",
            "...   |",
            "199 | | a: b",
            "200 | | a: b",
            "    | |____^",
        ],
    );
}

#[test]
fn of_a_long_line_the_part_around_the_place_is_drawn() {
    let long = format!("a: {}!x {}\n", "b ".repeat(300), "b ".repeat(300));
    let line = format!("1 | ...{}!x{}...", "b ".repeat(27), " b".repeat(27));
    let mark = format!("  | {}^", " ".repeat(57));
    draws(&long, 603, 604, &[" --> a.yaml:1:604", "  |", &line, &mark]);
    let longest = format!("{}\n{}\n", "a b ".repeat(100_000), "a b ".repeat(100_000));
    for (from, to) in [(0, 800_000), (200_000, 300_000), (200_000, 600_000), (399_999, 400_002)] {
        let problem = Problem::new(Code::Syntax, Span::new(from, to), "this is wrong");
        let drawn = text(&Source::new("a.yaml", &longest), &[problem], Look::Plain);
        assert!(drawn.len() < 2_000, "{from}..{to}: {}", drawn.len());
    }
}

#[test]
fn nothing_that_a_text_holds_commands_the_terminal() {
    let file = "a: \u{1b}[31m\u{9b}\u{202e}\0x\n";
    let line = "1 | a: ␛[31m��␀x";
    draws(file, 3, 4, &[" --> a.yaml:1:4", "  |", line, "  |    ^"]);
    draws(file, 14, 15, &[" --> a.yaml:1:12", "  |", line, "  |            ^"]);
    let problem = Problem::new(Code::Syntax, Span::new(0, 1), "a\u{1b}[31m\u{202e}").hint("b\u{7}");
    let drawn = text(&Source::new("c\u{1b}\n.yaml", "a"), &[problem], Look::Plain);
    let expected =
        "error[F0105]: a␛[31m�\n --> c␛␊.yaml:1:1\n  |\n1 | a\n  | ^\n  |\n  = hint: b␇\n";
    assert_eq!(drawn, expected);
}

#[test]
fn programs_are_told_a_line_for_each_problem() {
    let problems = [
        Problem::new(Code::Syntax, Span::new(12, 14), "b \"c\"").hint("d\ne"),
        Problem::new(Code::YamlKey, Span::new(3, 5), "f"),
    ];
    let told = json(&Source::new("é.yaml", "a: é\nb: é\nc"), &problems);
    let expected = "\
{\"code\":\"F0203\",\"severity\":\"error\",\"file\":\"é.yaml\",\
\"line\":1,\"column\":4,\"end_line\":1,\"end_column\":5,\
\"message\":\"f\",\"hint\":null}
{\"code\":\"F0105\",\"severity\":\"error\",\"file\":\"é.yaml\",\
\"line\":3,\"column\":1,\"end_line\":3,\"end_column\":2,\
\"message\":\"b \\\"c\\\"\",\"hint\":\"d\\ne\"}
";
    assert_eq!(told, expected);
}

/// What is drawn without the signs for colours.
fn colourless(drawn: &str) -> String {
    let mut pieces = drawn.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_string();
    pieces.fold(first, |out, piece| out + piece.split_once('m').map_or("", |(_, rest)| rest))
}

/// Texts of few kinds of characters that are drawn in odd ways, of any kind, and long ones.
const ANY: &str = "[ab \\n\\r\\té日\u{feff}\u{1b}\u{202e}\u{301}👩\u{200d}]{0,60}|(?s).{0,40}|\
                   [a ]{0,400}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_piece_of_any_text_is_drawn(
        file in ANY,
        from in 0..70_usize,
        len in 0..70_usize,
        what in "(?s).{0,20}",
    ) {
        let problem = Problem::new(Code::Syntax, Span::new(from, from + len), &*what).hint(&*what);
        let source = Source::new(&what, &file);
        let plain = text(&source, std::slice::from_ref(&problem), Look::Plain);
        let coloured = text(&source, std::slice::from_ref(&problem), Look::Coloured);
        prop_assert_eq!(colourless(&coloured), plain.as_str());
        let commands = |c: char| c.is_control() && c != '\n';
        prop_assert!(!plain.contains(commands), "{:?}", plain);
        let told = json(&source, &[problem]);
        let read: serde_json::Value = serde_json::from_str(&told).expect("it is JSON");
        let number = |name: &str| read.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
        let lines = file.replace("\r\n", "\n").matches(['\r', '\n']).count() as u64 + 1;
        prop_assert!((1..=lines).contains(&number("line")));
        prop_assert!((number("line")..=lines).contains(&number("end_line")));
        prop_assert!(number("column") >= 1 && number("end_column") >= 1);
        prop_assert_eq!(read.get("message").and_then(serde_json::Value::as_str), Some(&*what));
        let place = format!(":{}:{}\n", number("line"), number("column"));
        prop_assert!(plain.contains(&place), "{}{:?}", plain, place);
    }
}
