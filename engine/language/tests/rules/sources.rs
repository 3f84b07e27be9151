//! How records become events.

use super::kit::events;

const CHANGES: &str = "\
source: accounts
format: dynamodb
where: \"!keys.Id.startsWith('test-')\"
event: { stream: new.Id, version: new.Version, type: new.Type, data: rest }
count_only: [SNAPSHOT]
first: 1
ignore_changes: [page]
";

/// A change of an item with these attributes behind its keys.
fn change(name: &str, id: &str, version: u32, new: &str, old: &str) -> String {
    let keys = format!(r#""Id":{{"S":"{id}"}},"Version":{{"N":"{version}"}}"#);
    let image = |attributes: &str| match attributes {
        "" => "null".to_owned(),
        attributes => format!("{{{keys},{attributes}}}"),
    };
    let (new, old) = (image(new), image(old));
    let images = format!(r#""Keys":{{{keys}}},"NewImage":{new},"OldImage":{old}"#);
    format!(r#"{{"eventName":"{name}","dynamodb":{{{images}}}}}"#)
}

#[test]
fn rule_17_data_is_the_rest_and_numbers_keep_their_digits() {
    let digits = "12345678901234567890123456789012345678";
    let new = format!(r#""Type":{{"S":"CREDIT"}},"Amount":{{"N":"{digits}"}}"#);
    let record = change("INSERT", "a", 1, &new, "");
    assert_eq!(events(CHANGES, &record), [format!(r#"a@1 CREDIT {{"Amount":{digits}}}"#)]);
}

#[test]
fn rule_17_foreign_records_and_harmless_changes_are_no_events() {
    let new = r#""Type":{"S":"CREDIT"},"page":{"N":"1"}"#;
    let old = r#""Type":{"S":"CREDIT"}"#;
    for record in [
        change("INSERT", "test-1", 1, new, ""),
        change("MODIFY", "a", 1, new, old),
        change("REMOVE", "a", 1, "", old),
    ] {
        assert_eq!(events(CHANGES, &record), [""; 0], "{record}");
    }
}

#[test]
fn rule_17_counted_types_keep_their_place() {
    let record = change("INSERT", "a", 2, r#""Type":{"S":"SNAPSHOT"}"#, "");
    assert_eq!(events(CHANGES, &record), ["a@2"]);
}

#[test]
fn rule_17_one_record_may_be_several_events() {
    let source = "\
source: changesets
format: json
explode: record.events
event: { stream: record.s, version: record.first + index, type: item.t, data: item }
";
    let record = r#"{"s":"x","first":5,"events":[{"t":"A"},{"t":"B"}]}"#;
    assert_eq!(events(source, record), [r#"x@5 A {"t":"A"}"#, r#"x@6 B {"t":"B"}"#]);
    assert_eq!(events(source, r#"{"s":"x","first":5,"events":[]}"#), [""; 0]);
}

const UPCASTS: &str = "\
source: wallets
format: json
schema: coalesce(record?.schema, 1)
upcast:
  - { type: A, from: 1, steps: [ { rename: { amt: amount } } ] }
  - type: A
    from: 2
    steps: [ { default: { currency: \"'EUR'\" } }, { set: { twice: data.amount * 2 } } ]
  - type: B
    from: 1
    steps: [ { split: [ { type: C, data: { n: 1 } }, { type: D, data: { n: data.n } } ] } ]
  - { type: E, from: 1, steps: [ drop ] }
  - { type: F, from: 1, steps: [ { retype: G } ] }
";

/// What one event of this type, with what else its record says, becomes.
fn upcast(kind: &str, rest: &str) -> Vec<String> {
    let record = format!(r#"{{"stream":"s","version":1,"type":"{kind}",{rest}}}"#);
    events(UPCASTS, &record)
}

#[test]
fn rule_18_a_missing_schema_is_1_and_chains_are_gone_to_their_end() {
    let newest = r#"s@1 A {"amount":5,"currency":"EUR","twice":10}"#;
    assert_eq!(upcast("A", r#""data":{"amt":5}"#), [newest]);
    assert_eq!(upcast("A", r#""schema":2,"data":{"amount":5}"#), [newest]);
    assert_eq!(upcast("A", r#""schema":3,"data":{"amount":5}"#), [r#"s@1 A {"amount":5}"#]);
}

#[test]
fn rule_18_the_parts_of_a_split_share_the_version() {
    assert_eq!(upcast("B", r#""data":{"n":7}"#), [r#"s@1 C {"n":1} D {"n":7}"#]);
}

#[test]
fn rule_18_what_is_dropped_keeps_its_place_and_types_may_change() {
    assert_eq!(upcast("E", r#""data":{}"#), ["s@1"]);
    assert_eq!(upcast("F", r#""data":{}"#), ["s@1 G {}"]);
}
