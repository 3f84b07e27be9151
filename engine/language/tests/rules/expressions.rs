//! What stands after a verb.

use super::kit::{codes, fold, module};

/// What an expression gives for this data, as the one field of a document.
#[track_caller]
fn gives(expression: &str, data: &str) -> String {
    let module = module(&format!("  A:\n    set:\n      x: {expression}"));
    let folded = fold(&module, "s-1", &[&format!("A {data}")]);
    let field = folded.strip_prefix(r#"{"x":"#).and_then(|rest| rest.strip_suffix('}'));
    field.map_or(folded.clone(), str::to_owned)
}

#[test]
fn rule_1_every_scalar_is_an_expression() {
    assert_eq!(gives("1 + data.n", r#"{"n":2}"#), "3");
    assert_eq!(gives("\"'open'\"", "{}"), r#""open""#);
    assert_eq!(codes(&module("  A: { set: { status: open } }")), ["F0401"]);
    assert_eq!(codes(&module("  A: { set: { status: yes } }")), ["F0401"]);
}

#[test]
fn rule_1_a_map_or_a_list_of_yaml_is_built_of_expressions() {
    assert_eq!(gives("{ a: data.n, b: [ 1, \"'x'\" ] }", r#"{"n":2}"#), r#"{"a":2,"b":[1,"x"]}"#);
}

#[test]
fn rule_2_numbers_are_exact_and_have_one_form() {
    assert_eq!(gives("data.n", r#"{"n":10.0}"#), "10");
    assert_eq!(gives("data.n == 1", r#"{"n":1.0}"#), "true");
    assert_eq!(gives("0.1 + 0.2", "{}"), "0.3");
    assert_eq!(gives("1 / 3", "{}"), "0.33333333333333333333333333333333333333");
    let digits = "12345678901234567890123456789012345678";
    assert_eq!(gives("data.n", &format!(r#"{{"n":{digits}}}"#)), digits);
}

#[test]
fn rule_2_what_leaves_the_range_names_the_expression() {
    let parked = gives("data.n + 1", r#"{"n":9223372036854775807}"#);
    assert!(
        parked.starts_with("parks: overflow: projection.yaml:9:10: `data.n + 1`: "),
        "{parked}"
    );
    assert_eq!(codes(&module("  A: { set: { x: 9223372036854775807 + 1 } }")), ["F0406"]);
    let digits = "1234567890123456789012345678901234567";
    assert!(
        gives("data.n + 0.01", &format!(r#"{{"n":{digits}.1}}"#)).starts_with("parks: inexact")
    );
}

#[test]
fn rule_3_the_event_and_the_document_have_names() {
    assert_eq!(gives("[stream, version, type, meta.user]", "{}"), r#"["s-1",1,"A","ann"]"#);
    assert_eq!(gives("time", "{}"), r#""2026-01-01T00:00:00Z""#);
    assert_eq!(gives("doc", "{}"), "null");
    assert_eq!(codes(&module("  A: { set: { x: record.y } }")), ["F0407"]);
}

#[test]
fn rule_4_what_is_missing_is_an_error_unless_it_is_asked_for() {
    assert!(gives("data.a", "{}").starts_with("parks: missing: projection.yaml:9:10: `data.a`"));
    assert_eq!(gives("data?.a", "{}"), "null");
    assert_eq!(gives("has(data.a.b.c)", r#"{"a":{}}"#), "false");
    assert_eq!(gives("coalesce(data.a, 5)", "{}"), "5");
    assert_eq!(codes(&module("  A: { set: { x: data.?a } }")), ["F0109"]);
}

#[test]
fn rule_4_values_of_different_types_are_unequal_and_have_no_order() {
    assert_eq!(gives("data.a == data.b", r#"{"a":1,"b":"1"}"#), "false");
    assert!(gives("data.a < data.b", r#"{"a":1,"b":"1"}"#).starts_with("parks: type"));
}

#[test]
fn rule_5_documents_have_one_text() {
    let data = r#"{"b":1,"a":1.50,"t":{"z":1,"y":1E2}}"#;
    assert_eq!(gives("data", data), r#"{"a":1.5,"b":1,"t":{"y":100,"z":1}}"#);
    assert_eq!(gives("1e-130", "{}"), "1E-130");
}
