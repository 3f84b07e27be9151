//! Texts, the trees that they are, and what is said of those that are wrong; and that any text at
//! all is one or the other, soon.

mod any;
mod wrong;

use super::parse;
use crate::yaml::{Kind, Node, Style};

/// The tree in full: scalars in their quotes, nothing as `-`, what was refused as `!`.
fn full(node: &Node) -> String {
    let all = |parts: Vec<String>| parts.join(" ");
    match &node.kind {
        Kind::Null => "-".into(),
        Kind::Refused => "!".into(),
        Kind::Scalar(scalar) => match scalar.style {
            Style::Plain => scalar.text.to_string(),
            Style::Single => format!("'{}'", scalar.text),
            Style::Double => format!("{:?}", scalar.text),
            Style::Block => format!("|{:?}", scalar.text),
        },
        Kind::List(items) => format!("[{}]", all(items.iter().map(full).collect())),
        Kind::Map(entries) => {
            let entry = |it: &crate::yaml::Entry| format!("{}:{}", it.key.text, full(&it.value));
            format!("{{{}}}", all(entries.iter().map(entry).collect()))
        }
    }
}

/// This text is this tree.
fn is(text: &str, expected: &str) {
    let (root, problems) = parse(text);
    assert_eq!(problems, [], "{text}");
    assert_eq!(root.as_ref().map(full).as_deref(), Some(expected), "{text}");
}

#[test]
fn maps_lists_and_texts_are_trees() {
    is("a: b\nc:\n  - d\n  - e: f\n    g: h\n", "{a:b c:[d {e:f g:h}]}");
    is("a: { b: [c, 'd'], \"e\": f }\n", "{a:{b:[c 'd'] e:f}}");
    is("a:\n- b\n-\n  - c\n", "{a:[b [c]]}");
    is("? a\n: b\n", "{a:b}");
    is("a: { b, c: }\nd:\n", "{a:{b:- c:-} d:-}");
    is("[a: b]", "[{a:b}]");
    is("a: |\n  b\n   c\n\nd: >-\n  e\n  f\n", "{a:|\"b\\n c\\n\" d:|\"e f\"}");
    is("---\na: b # c\n...\n", "{a:b}");
    for empty in ["", "\n\n", "# a\n", "---\n", "\u{feff}"] {
        is(empty, "-");
    }
}

#[test]
fn a_text_is_never_another_value() {
    is(
        "[no, yes, ~, null, 1e3, 0o7, 0x1F, 1_000, .inf, 2020-01-01, 010, 1.50]",
        "[no yes ~ null 1e3 0o7 0x1F 1_000 .inf 2020-01-01 010 1.50]",
    );
    is("a: ''\nb: \"\"\n", "{a:'' b:\"\"}");
}

#[test]
fn marks_and_line_ends_of_other_systems_are_read() {
    is("\u{feff}a: b\r\nc: |\r\n  d\r\n  e\r\n", "{a:b c:|\"d\\ne\\n\"}");
    is("a: b\rc: d\r", "{a:b c:d}");
    is("a:\tb\n", "{a:b}");
}

#[test]
fn values_know_their_places() {
    let text = "a: b\nc:\n  - d\n  - 'e'\nf: {g: [h ]}\ni:\nj: |\n  k\n";
    let (root, problems) = parse(text);
    assert_eq!(problems, []);
    let root = root.expect("it is right");
    let mut found = Vec::new();
    let mut waiting = vec![&root];
    while let Some(node) = waiting.pop() {
        found.push(node.span.of(text));
        match &node.kind {
            Kind::List(items) => waiting.extend(items.iter().rev()),
            Kind::Map(entries) => {
                waiting.extend(entries.iter().rev().map(|entry| &entry.value));
                found.extend(entries.iter().map(|entry| entry.key.span.of(text)));
            }
            _ => {}
        }
    }
    let expected = [
        text,
        "a",
        "c",
        "f",
        "i",
        "j",
        "b",
        "d\n  - 'e'",
        "d",
        "'e'",
        "{g: [h ]}",
        "g",
        "[h ]",
        "h",
        "",
        "k\n",
    ];
    assert_eq!(found.iter().map(|it| it.trim_start_matches("- ")).collect::<Vec<_>>(), expected);
}
