//! Pieces of texts, and what is underlined for them.

use crate::problem::Span;
use crate::yaml::{Kind, parse};

/// The value at `k`: what is underlined in the file for a piece of it.
#[track_caller]
fn shows(file: &str, piece: &str, expected: &str) {
    let (root, problems) = parse(file);
    assert_eq!(problems, [], "{file}");
    let Some(Kind::Map(entries)) = root.map(|root| root.kind) else { panic!("{file}: no map") };
    let entry = entries.into_iter().find(|entry| &*entry.key.text == "k").expect("it has a k");
    let Kind::Scalar(scalar) = entry.value.kind else { panic!("{file}: no text") };
    let at = scalar.text.find(piece).unwrap_or_else(|| panic!("{:?} has no {piece}", scalar.text));
    let place = scalar.place(Span::new(at, at + piece.len()));
    assert_eq!(place.of(file), expected, "{file}");
}

#[test]
fn plain_texts_are_shown_as_they_stand() {
    shows("k: a + bc\n", "bc", "bc");
    shows("\u{feff}é: ü\nk: é + bc\n", "bc", "bc");
    shows("k: a +\n   bc\n", "bc", "bc");
    shows("k: a +\n\n\n   bc\n", "bc", "bc");
    shows("k: a +  \r\n   bc\r\n", "bc", "bc");
    shows("k: a +\n   bc\n", "+ bc", "+\n   bc");
    shows("k: a +\n   bc\n", "+ ", "+");
    shows("{k: a + bc}", "bc", "bc");
}

#[test]
fn quotes_are_no_part_of_a_text() {
    shows("k: 'a + bc'\n", "a", "a");
    shows("k: 'a + bc'\n", "bc", "bc");
    shows("k: '''a'' + bc'\n", "'a'", "''a''");
    shows("k: '''a'' + bc'\n", "bc", "bc");
    shows("k: \"'a' + bc\"\n", "'a'", "'a'");
    shows("k: 'a +\n\n  bc'\n", "bc", "bc");
    shows("k: ''\n", "", "''");
    shows("k: '\n  ''a'\n", " ", "");
}

#[test]
fn an_escape_is_shown_as_a_whole() {
    shows(r#"k: "\u00e9 + bc""#, "é", r"\u00e9");
    shows(r#"k: "\u00e9 + bc""#, "bc", "bc");
    shows(r#"k: "\ud83d\ude00 + bc""#, "😀", r"\ud83d\ude00");
    shows(r#"k: "\ud83d\ude00 + bc""#, "bc", "bc");
    shows(r#"k: "\U0001F600\x41\N\t\\ bc""#, "A\u{85}\t", r"\x41\N\t");
    shows(r#"k: "a \"b\" bc""#, "\"b\"", r#"\"b\""#);
    shows("k: \"a \\\n   b\\\n   c\"\n", "bc", "b\\\n   c");
    shows("k: \"a \\\r\n\r\n   b\"\n", "b", "b");
}

#[test]
fn blocks_are_shown_without_their_indentation() {
    shows("k: |\n    a +\n      bc\n", "bc", "bc");
    shows("k: |\n    a +\n      bc\n", "a +\n  bc", "a +\n      bc");
    shows("k: |\n\n  \n    a\n", "a", "a");
    shows("k: |2\n     a\n   bc\n", "   a\n bc", "   a\n   bc");
    shows("k: |  # d\r\n  a\r\n\r\n  bc\r\n", "bc", "bc");
    shows("k: >\n  a +\n  bc\n\n  d\n   e\n  f\n", "bc", "bc");
    shows("k: >\n  a +\n  bc\n\n  d\n   e\n  f\n", "d\n e\nf", "d\n   e\n  f");
    shows("k: >-\n  a\n\n\n  bc", "bc", "bc");
    shows("a: b\nk: |+\n  é\n  bc\n\n\nd: e\n", "bc", "bc");
}

#[test]
fn a_place_in_a_text_is_one_in_the_file() {
    let file = "k: 'a''b\n   c'\n";
    let (root, _) = parse(file);
    let Some(Kind::Map(entries)) = root.map(|root| root.kind) else { panic!("it is a map") };
    let Kind::Scalar(scalar) = &entries[0].value.kind else { panic!("it is a text") };
    assert_eq!(&*scalar.text, "a'b c");
    let places: Vec<u32> = (0..=5).map(|at| scalar.place(Span::new(at, at)).from).collect();
    assert_eq!(places, [4, 5, 7, 8, 12, 13]);
}
