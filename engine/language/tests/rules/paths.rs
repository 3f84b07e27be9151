//! Where paths lead.

use super::kit::{fold, folded, module};

#[test]
fn rule_11_a_name_in_a_map_is_a_string_or_an_int() {
    let by = module("  A: { add: { 'by[data.k].n': 1 } }");
    assert_eq!(fold(&by, "s-1", &[r#"A {"k":"x"}"#, r#"A {"k":"x"}"#]), r#"{"by":{"x":{"n":2}}}"#);
    assert_eq!(fold(&by, "s-1", &[r#"A {"k":7}"#]), r#"{"by":{"7":{"n":1}}}"#);
    for wrong in ["null", "1.5", "[1]", "true"] {
        let parked = fold(&by, "s-1", &[&format!(r#"A {{"k":{wrong}}}"#)]);
        assert!(parked.starts_with("parks: type: projection.yaml:7:19: `data.k`"), "{parked}");
    }
}

#[test]
fn rule_11_there_is_no_numeric_index_of_a_list() {
    let by = module("  A: { set: { 'list[0]': 1 } }");
    assert_eq!(fold(&by, "s-1", &["A"]), r#"{"list":{"0":1}}"#);
    let parked = folded(&by, "s-1", r#"{"list":[5]}"#, &["A"]);
    assert!(parked.starts_with("parks: type"), "{parked}");
}

#[test]
fn rule_11_an_element_is_found_by_a_field_or_appended() {
    let lines = module("  A: { add: { 'lines[sku = data.sku].qty': data.n } }");
    let (x, y) = (r#"A {"sku":"x","n":2}"#, r#"A {"sku":"y","n":5}"#);
    assert_eq!(
        fold(&lines, "s-1", &[x, y, x]),
        r#"{"lines":[{"qty":4,"sku":"x"},{"qty":5,"sku":"y"}]}"#
    );
    let twice = r#"{"lines":[{"sku":"x"},{"sku":"x"}]}"#;
    assert!(folded(&lines, "s-1", twice, &[x]).starts_with("parks: twice"));
    assert!(folded(&lines, "s-1", r#"{"lines":{}}"#, &[x]).starts_with("parks: type"));
}

#[test]
fn rule_11_nothing_is_created_by_unset_and_remove() {
    let takes = module(
        "  A: { unset: 'lines[sku = data.sku]' }\n  \
         B: { remove: { 'lines[sku = data.sku].tags': data.tag } }\n  \
         C: { unset: 'm[data.sku].a' }",
    );
    let before = r#"{"lines":[{"sku":"x","tags":["a","b","a"]},{"sku":"y"}]}"#;
    assert_eq!(folded(&takes, "s-1", before, &[r#"A {"sku":"x"}"#]), r#"{"lines":[{"sku":"y"}]}"#);
    assert_eq!(
        folded(&takes, "s-1", before, &[r#"B {"sku":"x","tag":"a"}"#]),
        r#"{"lines":[{"sku":"x","tags":["b"]},{"sku":"y"}]}"#
    );
    for event in [
        r#"A {"sku":"z"}"#,
        r#"B {"sku":"z","tag":"a"}"#,
        r#"B {"sku":"y","tag":"a"}"#,
        r#"C {"sku":"z"}"#,
    ] {
        assert_eq!(folded(&takes, "s-1", before, &[event]), before, "{event}");
    }
}

#[test]
fn rule_12_append_keeps_the_newest() {
    let newest = module("  A: { append: { last: data.x }, limit: { last: 2 } }");
    let events = [r#"A {"x":1}"#, r#"A {"x":2}"#, r#"A {"x":3}"#];
    assert_eq!(fold(&newest, "s-1", &events), r#"{"last":[2,3]}"#);
}

#[test]
fn rule_12_insert_does_not_depend_on_arrival() {
    let set = module("  A: { insert: { tags: data.x } }\n  B: { remove: { tags: data.x } }");
    let events = [r#"A {"x":"b"}"#, r#"A {"x":"a"}"#, r#"A {"x":"b"}"#, r#"A {"x":2}"#];
    let mut turned = events;
    turned.reverse();
    assert_eq!(fold(&set, "s-1", &events), r#"{"tags":[2,"a","b"]}"#);
    assert_eq!(fold(&set, "s-1", &turned), r#"{"tags":[2,"a","b"]}"#);
    let all = folded(&set, "s-1", r#"{"tags":["b","a","b"]}"#, &[r#"B {"x":"b"}"#]);
    assert_eq!(all, r#"{"tags":["a"]}"#);
}
