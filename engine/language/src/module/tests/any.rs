//! Any text is a module or wrong, within a bound on the work; and a module without a problem is
//! what its types promise.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{HEAD, WALLET};
use crate::module::{Act, Kinds, Module, Path, Step, Verb, limits, parse};
use crate::problem::{Severity, Span};
use crate::yaml;

/// Another module that is right, of what is rare.
const RARE: &str = "\
projection: stock
version: 2
from: orders
into: { store: es }
repairs: 1
across_streams: arrival
fields: { a: list<list<int>>, b: { type: decimal, as: keyword } }
allow: { F0910: 'why' }
on:
  '*': { key: [stream, data.id], default: { a: [] } }
  A | \"b c\": ignore
  Ordered:
    - { each: { line: data.lines }, key: line.sku, append: { log: [line] }, limit: { log: 9 } }
    - key: |
        data.x ? 'a' :
          'b'
      unset: [ a, 'm[data.x]', \"l[f = 'g'].h\" ]
      insert: { 'm[0].n': \"'t' + \\\"u\\\"\" }
    - { key: stream, delete: true, when: doc != null }
";

/// Reads the text, and holds what is promised for any.
fn hold(text: &str) {
    let (module, problems) = parse(text);
    let begin: String = text.chars().take(2_000).collect();
    assert!(module.is_some() || !problems.is_empty(), "{begin}: nothing is said");
    assert!(problems.len() <= yaml::limits::PROBLEMS_MAX);
    for problem in &problems {
        let Span { from, to } = problem.span;
        assert!(text.get(from as usize..to as usize).is_some(), "{begin}: {problem:?}");
        assert!(!problem.what.is_empty() && !problem.what.ends_with('.'), "{problem:?}");
        assert!(problem.what.len() < 400, "{problem:?}");
    }
    if problems.iter().all(|problem| problem.code.severity() == Severity::Warning) {
        whole(text, &module.expect("nothing is wrong"));
    }
}

/// Holds what is promised of a module in which nothing is wrong.
fn whole(text: &str, module: &Module) {
    for name in [&module.name, &module.from, &module.into.store, &module.into.collection] {
        assert!((1..=limits::NAME_BYTES_MAX).contains(&name.text.len()), "{text}: {name:?}");
    }
    assert!(module.version.value > 0 && !module.on.is_empty());
    assert!(module.repairs.is_none_or(|it| (1..module.version.value).contains(&it.value)));
    let mut types = BTreeSet::new();
    for on in &module.on {
        let names = match &on.kinds {
            Kinds::Every => vec!["any type at all"],
            Kinds::Named(names) => names.iter().map(|name| &*name.text).collect(),
        };
        assert!(!names.is_empty() && names.iter().all(|name| types.insert(*name)), "{text}");
        for handler in &on.handlers {
            assert!(module.key.is_some() || handler.key.is_some(), "{text}");
            let Act::Write(writes) = &handler.act else { continue };
            assert!(!writes.is_empty() && writes.len() <= limits::WRITES_MAX, "{text}");
            for write in writes {
                path(text, &write.path);
                assert_eq!(write.value.is_none(), write.verb == Verb::Unset, "{text}");
                assert!(write.limit.is_none() || write.verb == Verb::Append, "{text}");
            }
        }
    }
}

fn path(text: &str, path: &Path) {
    assert!((1..=limits::STEPS_MAX).contains(&path.steps.len()), "{text}: {path:?}");
    assert!(matches!(path.steps[0], Step::Name(_)), "{text}: {path:?}");
    for step in &path.steps {
        let span = match step {
            Step::Name(name) | Step::Element { field: name, .. } => name.span,
            Step::Key(key) => key.span,
        };
        assert!(path.span.from <= span.from && span.to <= path.span.to, "{text}: {path:?}");
    }
}

/// What is put into a module, or in the place of a piece of it.
const PIECES: [&str; 46] = [
    "a",
    "0",
    "é",
    "😀",
    "'",
    "\"",
    ": ",
    ":",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "{}",
    "[]",
    "[[]]",
    "=",
    "==",
    ".",
    "..",
    "|",
    "*",
    "'*'",
    " ",
    "\n",
    "\n  ",
    "\n    ",
    "- ",
    "#",
    "null",
    "delete",
    "ignore",
    "set",
    "unset",
    "limit",
    "append",
    "each",
    "key",
    "when",
    "_foldline",
    "list<",
    ">",
    "-",
    "doc",
    "$",
    "\t",
];

fn mutated() -> impl Strategy<Value = String> {
    let cut = (any::<prop::sample::Index>(), 0..12_usize, prop::sample::select(PIECES.as_slice()));
    let cuts = prop::collection::vec(cut, 0..6);
    (prop::sample::select(vec![WALLET, RARE]), cuts).prop_map(|(text, cuts)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, len, piece) in cuts {
            let from = at.index(chars.len() + 1);
            let to = (from + len).min(chars.len());
            chars.splice(from..to, piece.chars());
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn any_module_with_slips_is_a_module_or_wrong(text in mutated()) {
        hold(&text);
    }

    #[test]
    fn any_key_and_value_are_read(
        key in "[A-Za-z0-9_.$ |*,'\\[\\]=<>é-]{0,24}",
        value in "[A-Za-z0-9_.$ |*,'\\[\\]=<>{}é-]{0,24}",
        place in prop::sample::select(vec![
            "", "into: ", "fields: ", "on: ", "allow: ", "on: A: ", "on: A: set: ",
            "on: A: each: ", "on: A: limit: ", "fields: a: ",
        ]),
    ) {
        let open = place.replace(": ", ": {");
        let close = "}".repeat(open.matches('{').count());
        hold(&format!("{HEAD}{open}\"{key}\": {value}{close}\n"));
        hold(&format!("{HEAD}{open}\"{key}\": \"{value}\"{close}\n"));
    }
}

#[test]
fn the_modules_that_are_cut_are_right() {
    super::right(WALLET);
    super::right(RARE);
}

#[test]
fn no_large_module_takes_long() {
    let pieces = [
        ("on: { A: { set: {", "a", ": 1, ", "} } }"),
        ("on: { A: { unset: [", "'a[f(f(f(f(1))))]", "', ", "] } }"),
        ("on: { A: { set: { '", "a[", "", "': 1 } } }"),
        ("on: { A: { set: { '", "a.", "", "': 1 } } }"),
        ("on: { A: { set: { 'a", "[0]", "", "': 1 } } }"),
        ("on: { A: { set: { 'a[", "$a", "", "': 1 } } }"),
        ("on: { A: { set: { 'a[", "[= ", "", "': 1 } } }"),
        ("on: { A: { set: { a: ", "[{a: ", "", "} } }"),
        ("on: { '", "A|", "", "': delete }"),
        ("on: { \"", "'A'|", "", "\": delete }"),
        ("on: {", "A: [delete,", "]", "}"),
        ("on: { A: [", "delete,", "", "] }"),
        ("on: { A: [", "{},", "", "] }"),
        ("fields: { a: '", "list<", "", "' }"),
        ("", "a", ": b\n", ""),
    ];
    for (head, piece, next, foot) in pieces {
        let room = yaml::limits::BYTES_MAX - HEAD.len() - 100;
        let times = room / (piece.len() + next.len() + 6);
        // A text that took a time that grows with its square would not end before the test.
        let same = format!("{piece}{next}").repeat(times);
        let numbers = (0..times).map(|at| format!("{piece}{at}{next}")).collect::<Vec<_>>();
        for body in [same, numbers.concat()] {
            hold(&format!("{HEAD}{head}{body}{foot}\n"));
        }
    }
}

#[test]
fn bounds_are_told_once() {
    let codes = |on: &str| -> Vec<&str> {
        let problems = parse(&format!("{HEAD}on:\n{on}")).1;
        problems.iter().map(|problem| problem.code.name()).collect()
    };
    let handlers = |count: usize| format!("  A: [ {} ]\n", "delete, ".repeat(count));
    assert!(codes(&handlers(limits::HANDLERS_MAX)).is_empty());
    assert_eq!(codes(&handlers(limits::HANDLERS_MAX + 2)), ["F0314"]);
    let types = |count: usize| -> String {
        (0..count).map(|at| format!("  A{at}: ignore\n")).chain(["  B: delete\n".into()]).collect()
    };
    assert!(codes(&types(limits::TYPES_MAX - 1)).is_empty());
    assert_eq!(codes(&types(limits::TYPES_MAX + 2)), ["F0314"]);
    let together = |count: usize| -> String {
        let types: Vec<String> = (0..count).map(|at| format!("A{at}")).collect();
        // A key of YAML has a thousand characters at most.
        let keys = types.chunks(100).map(|some| format!("  {}: delete\n", some.join(" | ")));
        keys.collect::<Vec<_>>().concat()
    };
    assert!(codes(&together(limits::TYPES_MAX)).is_empty());
    assert_eq!(codes(&together(limits::TYPES_MAX + 1)), ["F0314"]);
    let writes = |count: usize| -> String {
        let paths: Vec<String> = (0..count).map(|at| format!("a{at}: 1")).collect();
        format!("  A: {{ set: {{ {} }}, add: {{ b: 1, c: 1 }} }}\n", paths.join(", "))
    };
    assert!(codes(&writes(limits::WRITES_MAX - 2)).is_empty());
    assert_eq!(codes(&writes(limits::WRITES_MAX - 1)), ["F0314"]);
    assert_eq!(codes(&writes(limits::WRITES_MAX + 9)), ["F0314"]);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let text = format!(
        "{HEAD}feilds: {{}}\non:\n  A: {{ set: {{ a: 1 + }}, when: 'b }}\n  \
         B: [ {{ push: {{ a: 1 }} }}, {{ set: {{ a..b: $ }} }} ]\n  C: {{ set: {{ d: e }} }}\n"
    )
    .replace("'b", "(b");
    let (module, problems) = parse(&text);
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code.name()).collect();
    assert_eq!(codes, ["F0301", "F0105", "F0106", "F0501", "F0505", "F0101"]);
    // What is right of it is there, to be looked at further.
    let module = module.expect("it can be looked at");
    assert_eq!(module.on.len(), 3);
    assert_eq!(module.on[2].handlers.len(), 1);
}

#[test]
fn warnings_never_hide_an_error() {
    let idle = |at: usize| format!("  A{at}: {{ default: {{ a: 1 }}, set: {{ a: 2 }} }}\n");
    let warnings: String = (0..yaml::limits::PROBLEMS_MAX).map(idle).collect();
    let (_, problems) = parse(&format!("{HEAD}on:\n{warnings}  B: {{ set: {{ a: (1 }} }}\n"));
    assert_eq!(problems.len(), yaml::limits::PROBLEMS_MAX);
    assert_eq!(problems.last().map(|problem| problem.code.name()), Some("F0106"));
}

#[test]
fn an_expression_is_no_higher_for_the_map_around_it() {
    let sum = "a + ".repeat(97);
    let codes = |value: &str| -> Vec<&str> {
        let problems = parse(&format!("{HEAD}on: {{ A: {{ set: {{ a: {value} }} }} }}\n")).1;
        problems.iter().map(|problem| problem.code.name()).collect()
    };
    assert!(codes(&format!("[[{sum}a]]")).is_empty());
    assert_eq!(codes(&format!("[[[{sum}a]]]")), ["F0107"]);
    assert_eq!(codes(&format!("{{ b: {{ c: [{sum}a] }} }}")), ["F0107"]);
}
