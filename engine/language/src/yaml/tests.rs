//! From a file to what its author is shown: an expression's problem stands below the expression.

use crate::expression;
use crate::problem::render::{Look, text};
use crate::problem::{Problem, Source};
use crate::yaml::{Kind, Scalar, parse};

/// What is drawn of the problems of the expression at `k`.
fn drawn(file: &str) -> String {
    let (root, problems) = parse(file);
    assert_eq!(problems, [], "{file}");
    let Some(Kind::Map(entries)) = root.map(|root| root.kind) else { panic!("{file}: no map") };
    let entry = entries.into_iter().find(|entry| &*entry.key.text == "k").expect("it has a k");
    let Kind::Scalar(scalar) = entry.value.kind else { panic!("{file}: no text") };
    let moved = |it: Problem, scalar: &Scalar| Problem { span: scalar.place(it.span), ..it };
    let problems = expression::parse(&scalar.text).expect_err("it is wrong");
    let problems: Vec<Problem> = problems.into_iter().map(|it| moved(it, &scalar)).collect();
    text(&Source::new("a.yaml", file), &problems, Look::Plain)
}

#[test]
fn an_expression_is_underlined_where_it_was_written() {
    assert_eq!(
        drawn("k: \"'\\u00e9' == data.x and data.y\"\n"),
        "\
error[F0109]: expected an operator, found `and`
 --> a.yaml:1:24
  |
1 | k: \"'\\u00e9' == data.x and data.y\"
  |                        ^^^
  |
  = hint: `and` is written `&&`
"
    );
    assert_eq!(
        drawn("a: b\r\nk: >-\r\n  data.x\r\n  or\r\n  data.y\r\n"),
        "\
error[F0109]: expected an operator, found `or`
 --> a.yaml:4:3
  |
4 |   or
  |   ^^
  |
  = hint: `or` is written `||`
"
    );
}

#[test]
fn what_is_missing_is_shown_at_the_end_of_the_text() {
    let title = "error[F0105]: an expression is missing at the end\n";
    let hint = "  |\n  = hint: write a value, or take the last sign away\n";
    let expected = " --> a.yaml:1:8\n  |\n1 | k: 'a +'\n  |        ^\n";
    assert_eq!(drawn("k: 'a +'\n"), format!("{title}{expected}{hint}"));
    let expected = " --> a.yaml:2:6\n  |\n2 |   a +\n  |      ^\n";
    assert_eq!(drawn("k: |\n  a +\n\nb: c\n"), format!("{title}{expected}{hint}"));
    let title = "error[F0105]: the expression is empty\n";
    let expected = " --> a.yaml:1:4\n  |\n1 | k: ''\n  |    ^^\n";
    assert_eq!(drawn("k: ''\n"), format!("{title}{expected}"));
}
