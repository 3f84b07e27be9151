//! Which documents an event changes, and for which elements.

use super::kit::{codes, fold, keys, module, with};

#[test]
fn rule_13_each_binds_a_name_and_conditions_are_asked_for_each_element() {
    let each = module("  A: { each: { l: data.lines }, when: l.n > 0, add: { 'by[l.sku]': l.n } }");
    let event = r#"A {"lines":[{"sku":"x","n":1},{"sku":"y","n":0},{"sku":"x","n":2}]}"#;
    assert_eq!(fold(&each, "s-1", &[event]), r#"{"by":{"x":3}}"#);
}

#[test]
fn rule_13_an_empty_list_is_filtered_and_null_parks() {
    let each = module("  A: { each: { l: data.lines }, add: { n: 1 } }");
    assert_eq!(fold(&each, "s-1", &[r#"A {"lines":[]}"#]), "null");
    let parked = fold(&each, "s-1", &[r#"A {"lines":null}"#]);
    assert!(parked.starts_with("parks: type: projection.yaml:7:19: `data.lines`"), "{parked}");
}

#[test]
fn rule_13_a_key_is_asked_for_each_element() {
    let each = with(
        "key: stream",
        "  A: { each: { l: data.lines }, when: l.n > 0, key: l.at, add: { n: l.n } }",
    );
    let event =
        r#"A {"lines":[{"at":"x","n":1},{"at":"y","n":0},{"at":"x","n":2},{"at":"z","n":5}]}"#;
    assert_eq!(keys(&each, event), "x z");
    assert_eq!(fold(&each, "x", &[event]), r#"{"n":3}"#);
    assert_eq!(fold(&each, "z", &[event]), r#"{"n":5}"#);
    assert_eq!(keys(&each, r#"A {"lines":[]}"#), "");
}

#[test]
fn rule_14_a_key_is_a_string_an_int_or_a_list_of_them() {
    let by = with("key: data.k", "  A: { add: { n: 1 } }");
    for (event, expected) in [
        (r#"A {"k":"x"}"#, "x"),
        (r#"A {"k":42}"#, "42"),
        (r#"A {"k":["x","y","x",1]}"#, "x y 1"),
        (r#"A {"k":[]}"#, ""),
    ] {
        assert_eq!(keys(&by, event), expected, "{event}");
    }
    let long = format!(r#"A {{"k":"{}"}}"#, "x".repeat(513));
    for event in [r#"A {"k":null}"#, r#"A {"k":""}"#, r#"A {"k":[null]}"#, &long] {
        assert!(keys(&by, event).starts_with("key: projection.yaml:5:6: `data.k`"), "{event}");
    }
    assert!(keys(&by, "A {}").starts_with("missing: projection.yaml:5:6: `data.k`"));
}

#[test]
fn rule_14_an_event_changes_a_thousand_documents_at_most() {
    let by = with("key: data.k", "  A: { add: { n: 1 } }");
    let event = |most: usize| {
        let keys: Vec<String> = (0..most).map(|key| (key % 1_001).to_string()).collect();
        format!(r#"A {{"k":[{}]}}"#, keys.join(","))
    };
    assert_eq!(keys(&by, &event(1_000)).split(' ').count(), 1_000);
    for most in [1_001, 9_000] {
        let fault = keys(&by, &event(most));
        assert!(fault.starts_with("keys: projection.yaml:5:6: `data.k`: 1001 docu"), "{fault}");
    }
}

#[test]
fn rule_14_a_condition_is_asked_before_the_key() {
    let by = with("key: data.k", "  A: { when: has(data.k) && doc == null, add: { n: 1 } }");
    assert_eq!(keys(&by, "A {}"), "");
    assert_eq!(keys(&by, r#"A {"k":"x"}"#), "x");
    assert_eq!(fold(&by, "x", &[r#"A {"k":"x"}"#, r#"A {"k":"x"}"#]), r#"{"n":1}"#);
}

#[test]
fn rule_14_a_handler_that_is_refused_needs_no_key_where_another_runs() {
    let both = with(
        "key: stream",
        "  A: [ { add: { n: 1 } }, { when: has(data.k), key: data.k, add: { n: 10 } } ]",
    );
    assert_eq!(keys(&both, "A {}"), "<stream>");
    assert_eq!(fold(&both, "s-1", &["A {}"]), r#"{"n":1}"#);
    assert_eq!(fold(&both, "x", &[r#"A {"k":"x"}"#]), r#"{"n":10}"#);
}

#[test]
fn rule_14_a_condition_that_fails_parks_unless_the_rest_of_it_says_no() {
    let first = with(
        "key: stream",
        "  A: { when: data.n > 1 && doc == null, set: { a: 1 } }\n  B: { set: { b: 1 } }",
    );
    assert!(fold(&first, "s-1", &["A {}"]).starts_with("parks: missing: "));
    assert_eq!(fold(&first, "s-1", &["B", "A {}"]), r#"{"b":1}"#);
    assert_eq!(fold(&first, "s-1", &[r#"A {"n":2}"#]), r#"{"a":1}"#);
}

#[test]
fn rule_14_a_key_that_may_be_absent_is_refused() {
    for key in ["data?.k", "\"data.a ? data.k : null\"", "\"coalesce(data.k, data.l)\""] {
        assert_eq!(
            codes(&with(&format!("key: {key}"), "  A: { add: { n: 1 } }")),
            ["F0601"],
            "{key}"
        );
    }
    assert_eq!(codes(&with("key: doc.k", "  A: { add: { n: 1 } }")), ["F0407"]);
    let safe = with("key: \"coalesce(data.k, 'none')\"", "  A: { add: { n: 1 } }");
    assert_eq!(keys(&safe, "A {}"), "none");
}

#[test]
fn rule_15_types_that_are_not_listed_are_ignored_or_park() {
    let ignore = with("key: stream\nunknown: ignore", "  A: { add: { n: 1 } }");
    assert_eq!(keys(&ignore, "B"), "");
    let park = with("key: stream\nunknown: park", "  A: { add: { n: 1 } }\n  C: ignore");
    assert!(keys(&park, "B").starts_with("unknown_type: "));
    assert_eq!(keys(&park, "C"), "");
}
