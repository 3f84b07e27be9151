//! What is said of texts that are no YAML, or more of it than has a meaning here.

use super::{full, parse};
use crate::problem::Code;
use crate::yaml::limits;

/// All that is said of the text: the code, the piece and the sentence.
fn said(text: &str) -> Vec<(Code, &str, String)> {
    let (_, problems) = parse(text);
    problems.into_iter().map(|it| (it.code, it.span.of(text), it.what)).collect()
}

/// The only thing that is said of the text: the code, the piece and the hint.
fn hinted(text: &str) -> (Code, &str, String) {
    let (_, mut problems) = parse(text);
    assert_eq!(problems.len(), 1, "{text}: {problems:?}");
    let problem = problems.remove(0);
    (problem.code, problem.span.of(text), problem.hint.expect("something can be done"))
}

#[test]
fn an_expression_that_lacks_its_quotes_is_told_so() {
    let cases = [
        ("key: a ? b : c\n", "a ? b : c", "\"a ? b : c\""),
        ("{ x: f(a, b), y: 1 }\n", "f(a, b)", "\"f(a, b)\""),
        ("[ f(a, b), 1 ]\n", "f(a, b)", "\"f(a, b)\""),
        ("{ x: f(a, 'b'), y: 1 }\n", "f(a, 'b')", "\"f(a, 'b')\""),
        ("{ x: a[0].b, y: 1 }\n", "a[0].b", "\"a[0].b\""),
        ("{ a[b = c].d: 1 }\n", "a[b = c].d", "\"a[b = c].d\""),
        ("key: 'a' + b\n", "+", "\"'a' + b\""),
        ("key: \"a\" + b\n", "+", "\"'a' + b\""),
        ("key: [a] + b\n", "+", "quotes"),
        ("key: @a\n", "@", "quotes"),
        ("key: %a\n", "%", "quotes"),
        ("key: `a`\n", "`", "quotes"),
        ("key: > 5\n", ">", "quotes"),
        ("key: - a\n", "-", "quotes"),
        ("key: f(a # b\n  c)\n", "#", "quotes"),
    ];
    for (text, piece, hint) in cases {
        let (code, at, said) = hinted(text);
        assert_eq!((code, at), (Code::YamlSyntax, piece), "{text}: {said}");
        assert!(said.contains(hint), "{text}: {said}");
    }
    let (code, at, hint) = hinted("when: !data.closed\n");
    assert_eq!((code, at), (Code::YamlTag, "!data.closed"));
    assert_eq!(hint, "a value that begins with `!` stands in quotes: \"!data.closed\"");
    assert_eq!(hinted("when: !a && b\n").1, "!a");
    assert_eq!(hinted("when: *a\n").1, "*a");
    assert_eq!(hinted("when: * a\n").0, Code::YamlAlias);
}

#[test]
fn a_syntax_error_is_one_sentence_with_its_place() {
    let cases = [
        ("a: [b\n", "[", "a bracket is not closed"),
        ("a: [b}\n", "[", "a bracket is closed by one of another kind"),
        ("[b]]\n", "]", "a bracket closes nothing that is open"),
        ("a: 'b\n", "'b", "a text between quotes does not end"),
        ("a:\n\tb: c\n", "\t", "a tab stands where blanks are expected"),
        ("a: b\nc\n", "c", "a key is not followed by `:`"),
        ("- a\nb: c\n", "b", "`- ` is expected here"),
        ("a: [b, , c]\n", ",", "between brackets, a value is expected here"),
        ("a: \"\\q\"\n", "\"", "a backslash stands before something that has no meaning there"),
        ("a: \"\\ud800\"\n", "\"", "an escape stands for no character"),
        ("a: \"\\ud800\\u0041\"\n", "\"", "an escape stands for no character"),
        ("a: \"\\udc00\"\n", "\"", "an escape stands for no character"),
        ("a\0: b\n", "\0", "a control character stands here"),
        ("a: b\n\u{feff}c: d\n", "\u{feff}", "a byte order mark stands within the text"),
    ];
    let two_ways = "this text over several lines can be read in more than one way";
    assert_eq!(said("a: b\n\t# c\n  d\n"), [(Code::YamlSyntax, "b\n\t# c\n  d", two_ways.into())]);
    for (text, piece, what) in cases {
        let expected = (Code::YamlSyntax, piece, what.to_string());
        assert_eq!(said(text), [expected], "{text}");
        assert_eq!(parse(text).0, None, "{text}");
    }
}

#[test]
fn what_stands_for_something_else_is_refused() {
    let alias = |piece, what: &str| (Code::YamlAlias, piece, what.to_string());
    assert_eq!(
        said("a: &b {c: d}\ne: *b\nf: *g\nh:\n  <<: *b\n  i: j\n"),
        [
            alias("&b", "`&b` is an anchor of YAML: a value has no other name than its key"),
            alias("*b", "`*b` is an alias of YAML: no value stands for another"),
            alias("*g", "`*g` is an alias of YAML: no value stands for another"),
            alias("<<", "`<<` merges maps in YAML: here a map has only what stands in it"),
        ]
    );
    let (root, _) = parse("a: &b {c: d}\ne: *b\nh:\n  <<: *b\n  i: !!str j\n");
    assert_eq!(root.as_ref().map(full).as_deref(), Some("{a:{c:d} e:! h:{i:!}}"));
    for (text, piece) in [("a: !!int 1\n", "!!int"), ("a: ! b\n", "!"), ("!a {b: c}\n", "!a")] {
        assert_eq!(hinted(text).0, Code::YamlTag, "{text}");
        assert_eq!(hinted(text).1, piece);
    }
    assert_eq!(hinted("%YAML 1.2\n---\na: b\n").0, Code::YamlDirective);
    assert_eq!(hinted("a: b\n---\nc: d\n").1, "---");
    assert_eq!(hinted("a: b\n--- \n---\n").0, Code::YamlDocuments);
}

#[test]
fn keys_are_texts_and_stand_once() {
    let (root, problems) = parse("a: 1\nb: {c: 2, 'c': 3}\n\"a\": 4\n");
    let told: Vec<_> = problems.iter().map(|it| (it.what.as_str(), it.hint.as_deref())).collect();
    let expected = [
        ("the key `'c'` stands here again", Some("it stands first in line 2")),
        ("the key `\"a\"` stands here again", Some("it stands first in line 1")),
    ];
    assert_eq!(told, expected);
    assert_eq!(root.as_ref().map(full).as_deref(), Some("{a:1 b:{c:2}}"));
    let long = format!("{}: b\n", "a".repeat(500));
    let what = format!("the key `{}...` stands here again", "a".repeat(40));
    assert_eq!(said(&long.repeat(2)), [(Code::YamlKeyTwice, &*"a".repeat(500), what)]);
    for text in ["? [a]\n: b\n", "{a: 1}: 2\n", ": a\n", "{: a}\n"] {
        assert_eq!(hinted(text).0, Code::YamlKey, "{text}");
    }
}

#[test]
fn all_that_is_wrong_is_told_by_place() {
    let codes: Vec<Code> =
        said("a: !b c\nd: *e\na: f\n[g]: h\n").into_iter().map(|it| it.0).collect();
    assert_eq!(codes, [Code::YamlTag, Code::YamlAlias, Code::YamlKeyTwice, Code::YamlKey]);
    let codes: Vec<Code> = said("a: !b c\nd: *e\nf: 'g\n").into_iter().map(|it| it.0).collect();
    assert_eq!(codes, [Code::YamlTag, Code::YamlAlias, Code::YamlSyntax]);
    assert_eq!(said(&"- !a b\n".repeat(1_000)).len(), limits::PROBLEMS_MAX);
    let more = format!("- {{{}}}\n{}", "a, ".repeat(200), "- !a b\n".repeat(50));
    assert_eq!(said(&more).len(), limits::PROBLEMS_MAX);
    let after = format!("{}- {{{}}}\n", "- !a b\n".repeat(50), "a, ".repeat(200));
    assert_eq!(said(&after).len(), limits::PROBLEMS_MAX);
}

#[test]
fn nothing_is_read_beyond_its_bounds() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let steps = |n: usize| {
        let step = |text: String, i| text + &" ".repeat(i) + "a:\n";
        (0..n).fold(String::new(), step)
    };
    for text in [deep(limits::DEPTH_MAX), "- ".repeat(limits::DEPTH_MAX), steps(limits::DEPTH_MAX)]
    {
        assert_eq!(said(&text), []);
    }
    let mixed = format!("{}{}", "- ".repeat(limits::DEPTH_MAX / 2), deep(limits::DEPTH_MAX));
    for n in [limits::DEPTH_MAX + 1, 1_000] {
        for text in [deep(n), "- ".repeat(n), steps(n), mixed.clone(), "{a: ".repeat(n)] {
            assert_eq!(hinted(&text).0, Code::YamlTooDeep, "{}", &text[..20]);
        }
    }
    assert_eq!(hinted(&"[".repeat(10 << 20)).0, Code::YamlTooLong);
    let many = format!("[{}]", "a,".repeat(limits::NODES_MAX - 1));
    assert_eq!(said(&many), []);
    assert_eq!(hinted(&many.replace("[a", "[a,a")).0, Code::YamlTooLong);
}
