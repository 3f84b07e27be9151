//! Paths, and which of them meet.

use super::{HEAD, Step, writes};
use crate::expression::Kind;
use crate::module::parse;
use crate::problem::Code;

/// The steps of a path, as they would be written: keys in brackets with their place in the file.
fn steps(path: &str) -> Vec<String> {
    let text = format!("{{ set: {{ '{}': 1 }} }}", path.replace('\'', "''"));
    let writes = writes(&text);
    let step = |step: &Step| match step {
        Step::Name(name) => name.text.to_string(),
        Step::Key(key) => match &key.kind {
            Kind::Value(value) => format!("[{}]", value.kind()),
            Kind::Name(name) => format!("[{name}]"),
            _ => format!("[{}]", key.height),
        },
        Step::Element { field, equals } => format!("[{} = {}]", field.text, equals.height),
    };
    writes[0].path.steps.iter().map(step).collect()
}

#[test]
fn paths_are_names_and_brackets() {
    assert_eq!(steps("a"), ["a"]);
    assert_eq!(steps("_a.b-c.d1"), ["_a", "b-c", "d1"]);
    assert_eq!(steps("a[b].c"), ["a", "[b]", "c"]);
    assert_eq!(steps("a['x].y'].c"), ["a", "[string]", "c"]);
    assert_eq!(steps("a[0][b]"), ["a", "[int]", "[b]"]);
    assert_eq!(steps("a[ data[b[0]] ]"), ["a", "[3]"]);
    assert_eq!(steps("a[f = b]"), ["a", "[f = 1]"]);
    assert_eq!(steps("a[ f-g=data['=']][h = 1].i"), ["a", "[f-g = 2]", "[h = 1]", "i"]);
}

#[test]
fn a_field_may_be_called_as_something_in_expressions_is() {
    assert_eq!(steps("doc"), ["doc"]);
    assert_eq!(steps("data.doc.stream"), ["data", "doc", "stream"]);
}

#[test]
fn places_that_meet_are_told() {
    let wrong = |one: &str, two: &str, code: Option<Code>| {
        for (one, two) in [(one, two), (two, one)] {
            let quoted = [one, two].map(|path| path.replace('\'', "''"));
            let [one, two] = quoted;
            let text =
                format!("{HEAD}on:\n A:\n  set: {{ '{one}': 1 }}\n  add: {{ '{two}': 1 }}\n");
            let problems = parse(&text).1;
            let codes: Vec<Code> = problems.iter().map(|it| it.code).collect();
            assert_eq!(codes, code.into_iter().collect::<Vec<_>>(), "{text}: {problems:?}");
            if let Some(problem) = problems.first() {
                assert_eq!(problem.span.of(&text), format!("'{two}'"));
                assert!(problem.hint.as_ref().is_some_and(|it| it.starts_with("line 8 writes")));
            }
        }
    };
    let twice = Some(Code::WrittenTwice);
    wrong("a", "a", twice);
    wrong("a", "a.b", twice);
    wrong("a.b", "a.c", None);
    wrong("a.b", "ab", None);
    wrong("a[data.b]", "a[ data . b ].c", twice);
    wrong("a[data.b]", "a[data?.b]", None);
    wrong("a[f(x, 1)]", "a[f(x, 1)]", twice);
    wrong("a[f(x, 1)]", "a[f(x, 2)]", None);
    wrong("a.b", "a['b']", twice);
    wrong("a['0']", "a[0]", twice);
    wrong("a['0']", "a[b]", None);
    wrong("a[f = x].b", "a[f = x]", twice);
    wrong("a[f = x].b", "a[f = y].b", None);
    wrong("a[f = x].b", "a[f = x].c", None);
    wrong("a[f = x].b", "a[g = x].c", Some(Code::TwoFields));
    wrong("a[f = x].b", "a.c", Some(Code::TwoFields));
    wrong("a[f = x].b", "a[c]", Some(Code::TwoFields));
}

#[test]
fn a_default_meets_no_other_verb() {
    let codes = |written: &str| -> Vec<Code> {
        let problems = parse(&format!("{HEAD}on: {{ A: {written} }}\n")).1;
        problems.iter().map(|problem| problem.code).collect()
    };
    assert_eq!(codes("{ default: { a: 1 }, add: { a: 1 } }"), []);
    assert_eq!(codes("{ default: { a.b: 1 }, append: { a: 1 } }"), []);
    assert_eq!(codes("{ default: { a: {} }, set: { a.b: 1 } }"), []);
    assert_eq!(codes("{ default: { a: {}, a.b: 1 } }"), [Code::WrittenTwice]);
    assert_eq!(codes("{ default: { a.b: 1 }, set: { a: 1 } }"), [Code::IdleDefault]);
    assert_eq!(codes("{ unset: a, default: { a: 1 } }"), [Code::IdleDefault]);
    let fields = "{ default: { 'a[f = 1].b': 1 }, add: { 'a[g = 1].b': 1 } }";
    assert_eq!(codes(fields), [Code::TwoFields]);
}
