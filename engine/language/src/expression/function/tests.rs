//! What functions give: their own examples, called either way; what they do at the edges; and that
//! whatever they are given, they end with a value of the kinds that the table says, or a failure.

use std::borrow::Cow;

use foldline_core::value::{Duration, Map, Number, Timestamp, Value, canonical, json};

use super::super::tree::{Kind, Tree};
use super::super::{Compiler, Cost, Kinds, Names, Reads, Scope, limits, parse};
use super::{FORMS, Function, all, named};

mod any;
mod edges;

/// What an expression gives, as JSON, or the codes of what is told of it.
fn given(tree: &Tree) -> String {
    let (mut reads, mut problems) = (Reads::default(), Vec::new());
    let names = Names { names: &[], shape: None, kind: None };
    let compiled = Compiler::new(names, &mut reads, &mut problems).compile(tree);
    if !problems.is_empty() {
        let told = problems.iter().map(|problem| format!("{} {}", problem.code, problem.what));
        return told.collect::<Vec<_>>().join("; ");
    }
    let cost = Cost::default();
    let scope = Scope::empty(&cost);
    match compiled.node.value(&scope) {
        Ok(value) => {
            assert!(Kinds::of(&value).is_within(compiled.kinds), "{}", compiled.kinds);
            canonical::text(&value)
        }
        Err(wrong) => wrong.code().into(),
    }
}

/// The same expression, with each `f(a, b)` as `a.f(b)`, and the other way round.
fn turned(tree: Tree) -> Tree {
    let kind = match tree.kind {
        Kind::Call { on: Some(on), name, arguments } => {
            let all = std::iter::once(*on).chain(arguments);
            Kind::Call { on: None, name, arguments: all.map(turned).collect() }
        }
        Kind::Call { on: None, name, arguments } => {
            let mut arguments = arguments.into_iter().map(turned);
            let on = arguments.next().map(Box::new);
            Kind::Call { on, name, arguments: arguments.collect() }
        }
        Kind::Binary(binary, at, one, other) => {
            Kind::Binary(binary, at, Box::new(turned(*one)), Box::new(turned(*other)))
        }
        kind => kind,
    };
    Tree { kind, ..tree }
}

#[test]
fn the_examples_of_functions_and_forms_give_what_they_say() {
    let functions = all().map(|function| (function.name, function.examples));
    for (name, examples) in functions.chain(FORMS.iter().map(|form| (form.name, form.examples))) {
        assert!(!examples.is_empty(), "{name} has no example");
        for (text, expected) in examples {
            assert!(text.contains(&format!("{name}(")), "{text} is an example of {name}");
            let tree = parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
            assert_eq!(given(&tree), *expected, "{text}");
            assert_eq!(given(&turned(tree)), *expected, "{text}, called the other way");
        }
    }
}

#[test]
fn a_name_is_one_function_or_one_form() {
    let mut names: Vec<&str> = all().map(|function| function.name).collect();
    names.extend(FORMS.map(|form| form.name));
    names.sort_unstable();
    let many = names.len();
    names.dedup();
    assert_eq!(names.len(), many);
}

#[test]
fn what_may_be_left_out_stands_last() {
    for function in all() {
        assert!(function.takes.is_sorted_by_key(|takes| takes.optional), "{}", function.name);
        assert!(!function.takes.is_empty(), "{}: `a.f()` needs an argument", function.name);
        assert!(!function.says.ends_with('.') && !function.says.is_empty(), "{}", function.name);
    }
    assert_eq!(named("split").expect("it is there").signature(), "split(text, separator[, limit])");
    assert_eq!(named("min").expect("it is there").signature(), "min(values, …)");
}
