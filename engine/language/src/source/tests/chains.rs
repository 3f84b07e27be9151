//! Chains of upcasts: which of them hold.

use super::{Code, HEAD, parse, problems, right};

/// Upcasts, each `type from step`.
fn upcasts(written: &[&str]) -> String {
    let one = |written: &&str| {
        let mut words = written.splitn(3, ' ');
        let mut word = || words.next().unwrap_or_default();
        format!("  - {{ type: {}, from: {}, steps: [ {} ] }}\n", word(), word(), word())
    };
    format!("{HEAD}upcast:\n{}", written.iter().map(one).collect::<Vec<_>>().concat())
}

#[track_caller]
fn wrong(written: &[&str], code: Code, place: &str) {
    let text = upcasts(written);
    assert_eq!(problems(&text), [(code, place)], "{text}");
}

#[test]
fn chains_that_hold() {
    right(&upcasts(&["A 1", "A 2", "A 3"]));
    right(&upcasts(&["A 3", "A 2"]));
    right(&upcasts(&["A 1", "B 7"]));
    right(&upcasts(&["A 1 { retype: B }", "B 1", "B 2"]));
    right(&upcasts(&["A 1 { retype: { type: A, schema: 3 } }", "A 2", "A 3"]));
    right(&upcasts(&["A 1 { split: [ { type: A, schema: 2 }, { type: B } ] }"]));
    right(&upcasts(&["A 1 { split: [ { type: B }, { type: B } ] }", "B 1 { retype: C }"]));
    right(&upcasts(&["A 1 { retype: B }", "B 1 { retype: { type: A, schema: 2 } }"]));
}

#[test]
fn a_missing_step_is_told() {
    wrong(&["A 1", "A 3"], Code::UpcastChain, "3");
    wrong(&["A 1", "A 2", "A 2"], Code::UpcastChain, "2");
    wrong(&["A 1 { retype: B }", "B 2"], Code::UpcastChain, "B");
    wrong(&["A 1 { split: [ { type: B, schema: 1 } ] }", "B 2"], Code::UpcastChain, "B");
    let (_, problems) = parse(&upcasts(&["A 1", "A 4294967294"]));
    assert_eq!(problems.len(), 1, "a great gap is told once");
}

#[test]
fn a_circle_is_told() {
    wrong(&["A 1 { retype: A }"], Code::UpcastCycle, "A");
    wrong(&["A 1 { retype: B }", "B 1 { retype: A }"], Code::UpcastCycle, "A");
    wrong(&["A 1", "A 2 { retype: A }"], Code::UpcastCycle, "A");
    wrong(&["A 1 { split: [ { type: B }, { type: A } ] }"], Code::UpcastCycle, "A");
    wrong(
        &["A 1 { retype: B }", "B 1", "B 2 { retype: C }", "C 1 { retype: B }"],
        Code::UpcastCycle,
        "B",
    );
}

#[test]
fn long_chains_are_walked_without_recursion() {
    let chain: Vec<String> = (1..=1_000).map(|from| format!("A {from}")).collect();
    let chain: Vec<&str> = chain.iter().map(String::as_str).collect();
    right(&upcasts(&chain));
    let last = "A 1000 { retype: A }";
    let circle = [&chain[..999], &[last]].concat();
    wrong(&circle, Code::UpcastCycle, "A");
}
