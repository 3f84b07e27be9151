//! What handlers do to documents.

use super::kit::{codes, fold, folded, module, with};

#[test]
fn rule_6_a_type_takes_one_handler_or_a_list() {
    let one = module("  A: { add: { n: 1 } }");
    let list = module("  A: [ { add: { n: 1 } }, { add: { m: 10 } }, { add: { n: 100 } } ]");
    assert_eq!(fold(&one, "s-1", &["A", "A"]), r#"{"n":2}"#);
    assert_eq!(fold(&list, "s-1", &["A", "A"]), r#"{"m":20,"n":202}"#);
}

#[test]
fn rule_6_a_bar_names_several_types_and_odd_names_are_quoted() {
    let several = module("  A | B: { add: { n: 1 } }\n  \"'odd | name'\": { add: { n: 10 } }");
    assert_eq!(fold(&several, "s-1", &["A", "B", "C", "odd|name"]), r#"{"n":2}"#);
    assert_eq!(codes(&module("  A | B: { add: { n: 1 } }\n  A: { add: { n: 1 } }")), ["F0503"]);
}

#[test]
fn rule_6_a_star_runs_for_every_type_before_the_named() {
    let star = module(
        "  A: { set: { last: \"'named'\" } }\n  '*': { set: { last: type }, add: { n: 1 } }",
    );
    assert_eq!(fold(&star, "s-1", &["B", "A"]), r#"{"last":"named","n":2}"#);
    assert_eq!(fold(&star, "s-1", &["A", "B"]), r#"{"last":"B","n":2}"#);
}

#[test]
fn rule_7_expressions_read_the_document_before_the_event() {
    let swap = module(
        "  A: { set: { a: 1, b: 2 } }\n  B: { set: { a: doc.b, b: doc.a } }\n  \
         C: [ { set: { a: 10 } }, { set: { b: doc.a } } ]",
    );
    assert_eq!(fold(&swap, "s-1", &["A", "B"]), r#"{"a":2,"b":1}"#);
    assert_eq!(fold(&swap, "s-1", &["A", "C"]), r#"{"a":10,"b":1}"#);
}

#[test]
fn rule_7_verbs_act_on_the_running_document_in_order() {
    let sums = module(
        "  A: [ { add: { n: 1 } }, { when: doc == null, add: { n: 10 } }, { add: { n: 100 } } ]\n  \
         B: { each: { x: data.xs }, append: { list: x }, limit: { list: 3 } }",
    );
    assert_eq!(fold(&sums, "s-1", &["A"]), r#"{"n":111}"#);
    assert_eq!(fold(&sums, "s-1", &["A", "A"]), r#"{"n":212}"#);
    assert_eq!(fold(&sums, "s-1", &[r#"B {"xs":[1,2,3,4]}"#]), r#"{"list":[2,3,4]}"#);
}

#[test]
fn rule_7_a_path_is_written_once_and_a_default_comes_first() {
    assert_eq!(codes(&module("  A: { set: { a: 1 }, add: { a: 1 } }")), ["F0506"]);
    assert_eq!(codes(&module("  A: { set: { a: { b: 1 } }, add: { a.b: 1 } }")), ["F0506"]);
    let default = module("  A: { add: { n: 1 }, default: { n: 10 } }");
    assert_eq!(fold(&default, "s-1", &["A", "A"]), r#"{"n":12}"#);
}

#[test]
fn rule_7_two_paths_that_turn_out_to_be_one_park_the_event() {
    let two = module("  A: { set: { 'm[data.a]': 1, 'm[data.b]': 2 } }");
    assert_eq!(fold(&two, "s-1", &[r#"A {"a":"x","b":"y"}"#]), r#"{"m":{"x":1,"y":2}}"#);
    let parked = fold(&two, "s-1", &[r#"A {"a":"x","b":"x"}"#]);
    assert!(parked.starts_with("parks: conflict: projection.yaml:7:31: `"), "{parked}");
    let inner = module("  A: { set: { 'm[data.a]': 1, 'm[data.b].c': 2 } }");
    assert!(fold(&inner, "s-1", &[r#"A {"a":"x","b":"x"}"#]).starts_with("parks: conflict"));
}

#[test]
fn rule_7_the_order_of_keys_means_nothing() {
    let one = module("  A: { add: { n: 1 }, set: { m: 2 }, default: { n: 5 }, when: data.yes }");
    let other = module("  A: { when: data.yes, default: { n: 5 }, set: { m: 2 }, add: { n: 1 } }");
    let events = [r#"A {"yes":true}"#, r#"A {"yes":false}"#];
    assert_eq!(fold(&one, "s-1", &events), r#"{"m":2,"n":6}"#);
    assert_eq!(fold(&other, "s-1", &events), r#"{"m":2,"n":6}"#);
}

#[test]
fn rule_8_a_map_is_replaced_and_a_path_goes_inside() {
    let replace = module("  A: { set: { a: { b: data.b } } }\n  B: { set: { a.c: 1 } }");
    assert_eq!(fold(&replace, "s-1", &[r#"A {"b":1}"#, "B"]), r#"{"a":{"b":1,"c":1}}"#);
    assert_eq!(fold(&replace, "s-1", &["B", r#"A {"b":1}"#]), r#"{"a":{"b":1}}"#);
}

#[test]
fn rule_8_missing_and_null_parents_become_maps_and_others_park() {
    let deep = module("  A: { set: { a.b.c: 1 } }");
    assert_eq!(fold(&deep, "s-1", &["A"]), r#"{"a":{"b":{"c":1}}}"#);
    assert_eq!(folded(&deep, "s-1", r#"{"a":null}"#, &["A"]), r#"{"a":{"b":{"c":1}}}"#);
    let parked = folded(&deep, "s-1", r#"{"a":{"b":5}}"#, &["A"]);
    assert_eq!(parked, "parks: type: projection.yaml:7:15: `a.b.c`: the int 5 has no `c`");
    let add = module("  A: { add: { a: 1 } }");
    assert!(folded(&add, "s-1", r#"{"a":"x"}"#, &["A"]).starts_with("parks: type"));
}

#[test]
fn rule_9_numbers_start_at_zero_and_a_null_parks() {
    let sums = module("  A: { add: { n: data.by } }\n  B: { subtract: { n: data.by } }");
    assert_eq!(fold(&sums, "s-1", &[r#"A {"by":0.1}"#, r#"A {"by":0.2}"#]), r#"{"n":0.3}"#);
    assert_eq!(fold(&sums, "s-1", &[r#"B {"by":2}"#]), r#"{"n":-2}"#);
    assert!(folded(&sums, "s-1", r#"{"n":null}"#, &[r#"A {"by":1}"#]).starts_with("parks: type"));
    assert!(fold(&sums, "s-1", &[r#"A {"by":"1"}"#]).starts_with("parks: type"));
    let most = r#"{"n":9223372036854775807}"#;
    let parked = folded(&sums, "s-1", most, &[r#"A {"by":1}"#]);
    assert!(parked.starts_with("parks: overflow: projection.yaml:7:15: `n`: "), "{parked}");
    assert!(parked.ends_with(": 9223372036854775807 and 1"), "{parked}");
}

#[test]
fn rule_9_min_and_max_take_the_value_where_there_is_none() {
    let ends = module("  A: { min: { low: data.x }, max: { high: data.x } }");
    let events = [r#"A {"x":5}"#, r#"A {"x":2.5}"#, r#"A {"x":7}"#];
    assert_eq!(fold(&ends, "s-1", &events), r#"{"high":7,"low":2.5}"#);
    assert!(fold(&ends, "s-1", &[r#"A {"x":5}"#, r#"A {"x":"a"}"#]).starts_with("parks: type"));
    let times = module("  A: { max: { last: timestamp(data.t) } }");
    let early = r#"A {"t":"2026-01-01T00:00:00Z"}"#;
    let late = r#"A {"t":"2026-01-01T00:00:00.5Z"}"#;
    for events in [[early, late], [late, early]] {
        assert_eq!(fold(&times, "s-1", &events), r#"{"last":"2026-01-01T00:00:00.5Z"}"#);
    }
}

#[test]
fn rule_9_lists_start_empty_and_nothing_is_removed_from_nothing() {
    let lists = module(
        "  A: { append: { a: data.x }, insert: { i: data.x }, limit: { a: 9 } }\n  \
         B: { remove: { a: data.x, i: data.x } }\n  C: { unset: [a, deep.er] }",
    );
    assert_eq!(fold(&lists, "s-1", &[r#"A {"x":1}"#]), r#"{"a":[1],"i":[1]}"#);
    assert_eq!(fold(&lists, "s-1", &[r#"B {"x":1}"#, "C"]), "{}");
    assert_eq!(fold(&lists, "s-1", &[r#"A {"x":1}"#, "C"]), r#"{"i":[1]}"#);
}

#[test]
fn rule_9_null_is_a_value() {
    let nulls = module("  A: { set: { a: null } }\n  B: { default: { a: 1 } }");
    assert_eq!(fold(&nulls, "s-1", &["A", "B"]), r#"{"a":null}"#);
    assert_eq!(fold(&nulls, "s-1", &["B", "A"]), r#"{"a":null}"#);
}

#[test]
fn rule_10_every_handler_creates_the_document() {
    let creates = module("  A: { unset: x }\n  B: { when: doc != null, set: { b: 1 } }");
    assert_eq!(fold(&creates, "s-1", &["A"]), "{}");
    assert_eq!(fold(&creates, "s-1", &["B"]), "null");
    assert_eq!(fold(&creates, "s-1", &["A", "B"]), r#"{"b":1}"#);
}

#[test]
fn rule_10_delete_empties_and_a_later_event_starts_from_null() {
    let deletes = module(
        "  A: { add: { n: 1 }, set: { was: doc?.n } }\n  B: delete\n  \
         C: [ { delete: }, { set: { again: doc.n } } ]",
    );
    assert_eq!(fold(&deletes, "s-1", &["A", "B"]), "null");
    assert_eq!(fold(&deletes, "s-1", &["A", "B", "A"]), r#"{"n":1,"was":null}"#);
    assert_eq!(fold(&deletes, "s-1", &["A", "C"]), r#"{"again":1}"#);
}

#[test]
fn rule_16_listed_fields_are_enforced_and_others_are_free() {
    let top = "key: stream\nfields: { n: int, at: time, tags: list<string>, lines: list<map> }";
    let typed = with(
        top,
        "  A: { set: { n: data.x, free: data.x } }\n  B: { set: { at: data.x } }\n  \
         C: { insert: { tags: data.x } }\n  D: { add: { n: data.x } }",
    );
    assert_eq!(fold(&typed, "s-1", &[r#"A {"x":1}"#]), r#"{"free":1,"n":1}"#);
    assert_eq!(fold(&typed, "s-1", &[r#"A {"x":null}"#]), r#"{"free":null,"n":null}"#);
    let parked = fold(&typed, "s-1", &[r#"A {"x":1.5}"#]);
    assert_eq!(
        parked,
        "parks: type: projection.yaml:8:15: `n`: declared as int, found the decimal 1.5"
    );
    for event in [r#"B {"x":"2026-01-01T00:00:00Z"}"#, r#"C {"x":1}"#, r#"D {"x":0.5}"#] {
        assert!(fold(&typed, "s-1", &[event]).starts_with("parks: type"), "{event}");
    }
    assert_eq!(fold(&typed, "s-1", &[r#"C {"x":"b"}"#, r#"C {"x":"a"}"#]), r#"{"tags":["a","b"]}"#);
    let times =
        with(top, "  A: { set: { at: time } }\n  B: { set: { since: string(time - doc.at) } }");
    assert_eq!(fold(&times, "s-1", &["A", "B"]), r#"{"at":"2026-01-01T00:00:00Z","since":"60s"}"#);
    for handlers in [
        "  A: { set: { n: \"'x'\" } }",
        "  A: { append: { n: 1 }, limit: { n: 2 } }",
        "  A: { set: { n.m: 1 } }",
        "  A: { set: { 'tags[a = 1].b': 1 } }",
    ] {
        assert_eq!(codes(&with(top, handlers)), ["F0523"], "{handlers}");
    }
}
