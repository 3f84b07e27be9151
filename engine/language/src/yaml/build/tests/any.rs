//! Any text is a tree or wrong, within a bound on the work; and a tree's places lie in the text.

use proptest::prelude::*;

use crate::problem::{Problem, Span};
use crate::yaml::{Kind, Node, limits, parse};

/// Reads the text, and holds what is promised for any: a tree or a reason, places in the text, and
/// the same bytes at the place of a plain piece. Gives the number of values.
fn hold(text: &str) -> usize {
    let (root, problems) = parse(text);
    let begin: String = text.chars().take(200).collect();
    assert!(root.is_some() || !problems.is_empty(), "{begin:?}: nothing is said");
    assert!(problems.len() <= limits::PROBLEMS_MAX);
    let here = |span: Span| text.get(span.from as usize..span.to as usize).is_some();
    assert!(problems.iter().all(|problem| here(problem.span)), "{begin:?}: {problems:?}");
    // The reader of YAML steps over a comment within a text, if a tab stands before it.
    let has_comment = text.contains('\t') && text.contains('#');
    let two_ways = |problem: &Problem| problem.what.contains("in more than one way");
    assert!(has_comment || !problems.iter().any(two_ways), "{begin:?}: {problems:?}");
    let mut waiting: Vec<&Node> = root.iter().collect();
    let mut seen = 0;
    while let Some(node) = waiting.pop() {
        seen += 1;
        assert!(here(node.span), "{begin:?}: {:?}", node.span);
        match &node.kind {
            Kind::Scalar(scalar) => {
                for (at, c) in scalar.text.char_indices() {
                    let place = scalar.place(Span::new(at, at + c.len_utf8()));
                    assert!(here(place), "{begin:?}: {:?} at {at}", scalar.span);
                    assert!(scalar.span.from <= place.from && place.to <= scalar.span.to);
                    assert!(
                        made_of(c, place.of(text)) || is_blank(&scalar.text),
                        "{begin:?}: {c:?} {place:?}"
                    );
                }
            }
            Kind::List(items) => waiting.extend(items),
            Kind::Map(entries) => waiting.extend(entries.iter().map(|entry| &entry.value)),
            Kind::Null | Kind::Refused => {}
        }
    }
    seen
}

fn is_blank(text: &str) -> bool {
    text.trim_matches([' ', '\n']).is_empty()
}

/// Whether the character may be what this piece of a file stands for.
fn made_of(c: char, written: &str) -> bool {
    let folded = written.is_empty() && [' ', '\n'].contains(&c);
    folded || written.starts_with('\\') || written == c.to_string() || (c, written) == ('\'', "''")
}

/// Pieces that YAML is made of, more of them where lines begin.
const PIECES: [&str; 48] = [
    "a",
    "b c",
    "é",
    "😀",
    "'",
    "\"",
    "''",
    "'a'",
    "\"b\"",
    ":",
    ": ",
    "- ",
    "-",
    "? ",
    ",",
    "[",
    "]",
    "{",
    "}",
    "#",
    " # c",
    "&x ",
    "*x",
    "!t ",
    "!!str ",
    "<<: ",
    "|",
    ">",
    "|+",
    ">-",
    "|2",
    "\n",
    "\n  ",
    "\n    ",
    "\r\n",
    "\r",
    "\t",
    " ",
    "\\",
    "\\n",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\\n  ",
    "%",
    "@",
    "---\n",
    "...\n",
    "\u{feff}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_tree_or_wrong(text in "[ -~\\n\\t\\ré😀]{0,60}|\\PC{0,40}|(?s).{0,40}") {
        hold(&text);
    }

    #[test]
    fn any_heap_of_pieces_is_a_tree_or_wrong(
        pieces in prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..40)
    ) {
        hold(&pieces.concat());
    }

    #[test]
    fn any_scalar_knows_its_places(
        head in prop::sample::select(vec![
            "k: ", "k: '", "k: \"", "k: |\n  ", "k: >\n  ", "k: |2-\n  ", "k: >1+\n   ", "- ",
            "[ '", "{ a: \"",
        ]),
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "a", "bc", "é", "😀", " ", "  ", "\t", "\n", "\n  ", "\n   ", "\n    ", "\r\n  ",
                "\r  ", "''", "\\\"", "\\x41", "\\u00e9", "\\N", "\\_", "\\L", "\\U0001F600",
                "\\ud83d\\ude00", "\\ ", "\\\n  ", "\\\r\n  ", "\\t", "#", "-", "==",
            ]),
            0..16,
        ),
        foot in prop::sample::select(vec!["", "\n", "'", "\"", "'\n", "\"\n", "' ]", "\" }"]),
    ) {
        hold(&format!("{head}{}{foot}", pieces.concat()));
    }
}

#[test]
fn no_long_text_takes_long() {
    let lines = ["-\n", "a:\n", " a:\n", "a\n", "\n a", "\n\n a", "a: b\n", "a: 'b\n", "- !a b\n"];
    let more = ["[a,", "{a:", "&a [*a,", "a: ", "a ", "a,", "-- ", "''", "- a: b\n  a: c\n"];
    let signs = ["!", "!a ", "&a ", "<<: *a\n", "%a\n", "# a\n", "|\n", ">\n", "?\n", "\\x41"];
    for piece in PIECES.iter().chain(&lines).chain(&more).chain(&signs) {
        for head in ["", "a: ", "[", "{", "'", "\"", "a: |\n ", "a: >\n "] {
            let room = limits::BYTES_MAX / 4;
            // A text that took a time that grows with its square would not end before the test.
            hold(&format!("{head}{}", piece.repeat(room / piece.len())));
        }
    }
}
