//! Items of DynamoDB tables: what is an event of them, and what is not.

use super::{check, decode};
use crate::decode::record::Operation;

/// One item holds the events of a changeset; its table changes it again.
const CHANGESETS: &str = "\
source: changesets
format: dynamodb
where: \"coalesce(keys, new).stream_id != '!!!COUNTER!!!'\"
explode: new.events
event:
  stream: new.stream_id
  version: new.first_event_id + index
  type: item.type
  data: item
ignore_changes: [page, page_item]
";

fn changeset(operation: &str, around: &str, images: &[(&str, &str)]) -> String {
    let image = |(name, more): &(&str, &str)| {
        format!(
            concat!(
                r#","{}":{{"stream_id":{{"S":"s"}},"changeset_id":{{"N":"2"}},"#,
                r#""first_event_id":{{"N":"3"}},"events":{{"L":[{{"M":{{"type":{{"S":"T"}}}}}},"#,
                r#"{{"M":{{"type":{{"S":"U"}},"a":{{"N":"1.5"}}}}}}]}}{}}}"#
            ),
            name, more
        )
    };
    let images: Vec<String> = images.iter().map(image).collect();
    let keys = r#""Keys":{"stream_id":{"S":"s"},"changeset_id":{"N":"2"}}"#;
    let images = images.concat();
    format!(r#"{{"eventName":"{operation}"{around},"dynamodb":{{{keys}{images}}}}}"#)
}

const PAGE: &str = r#","page":{"N":"0"},"page_item":{"N":"7"}"#;

#[test]
fn an_inserted_item_is_its_events() {
    let events =
        [r#"s@3 T: {"type":"T"} - - - null"#, r#"s@4 U: {"a":1.5,"type":"U"} 1.5 - - null"#];
    check(CHANGESETS, &changeset("INSERT", "", &[("NewImage", "")]), &events);
    let line = r#"{"Item":{"stream_id":{"S":"s"},"first_event_id":{"N":"3"},"events":{"L":[]}}}"#;
    assert_eq!(check(CHANGESETS, line, &[]).empty, 1);
}

#[test]
fn foreign_items_are_left_out_whatever_becomes_of_them() {
    for operation in ["INSERT", "MODIFY", "REMOVE"] {
        let record = format!(
            concat!(
                r#"{{"eventName":"{}","dynamodb":{{"#,
                r#""Keys":{{"stream_id":{{"S":"!!!COUNTER!!!"}}}},"#,
                r#""NewImage":{{"stream_id":{{"S":"!!!COUNTER!!!"}},"n":{{"N":"1"}}}}}}}}"#
            ),
            operation
        );
        assert_eq!(check(CHANGESETS, &record, &[]).filtered, 1, "{operation}");
    }
}

#[test]
fn harmless_changes_are_counted_as_such() {
    let both = changeset("MODIFY", "", &[("NewImage", PAGE), ("OldImage", "")]);
    assert_eq!(check(CHANGESETS, &both, &[]).harmless, 1);
    let new = changeset("MODIFY", "", &[("NewImage", PAGE)]);
    assert_eq!(check(CHANGESETS, &new, &[]).harmless, 1);
}

#[test]
fn other_changes_are_anomalies_that_name_their_item() {
    let more = r#","events":{"L":[]}"#;
    for record in [
        changeset("MODIFY", "", &[("NewImage", ""), ("OldImage", r#","x":{"N":"1"}"#)]),
        changeset("MODIFY", "", &[("NewImage", "")]),
        changeset("MODIFY", "", &[("NewImage", more), ("OldImage", "")]),
        changeset("REMOVE", "", &[("OldImage", "")]),
        changeset("REMOVE", "", &[]),
    ] {
        let tally = check(CHANGESETS, &record, &[]);
        assert_eq!((tally.anomalies, tally.first_anomalies.len()), (1, 1), "{record}");
        let anomaly = &tally.first_anomalies[0];
        assert!(record.contains(anomaly.operation.name()));
        assert_eq!(&*anomaly.item, r#"{"stream_id":{"S":"s"},"changeset_id":{"N":"2"}}"#);
        assert_eq!(anomaly.position.to_string(), "0");
    }
}

#[test]
fn of_many_anomalies_the_first_are_named() {
    let record = changeset("REMOVE", "", &[]);
    let records = vec![record; 40].join("\n");
    let mut tally = check(CHANGESETS, &records, &[]);
    assert_eq!((tally.anomalies, tally.first_anomalies.len()), (40, 16));
    tally.add(tally.clone());
    assert_eq!((tally.records, tally.anomalies, tally.first_anomalies.len()), (80, 80, 16));
}

#[test]
fn items_whose_time_is_over_are_counted_as_such() {
    let service = r#","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}"#;
    let record = changeset("REMOVE", service, &[("OldImage", "")]);
    assert_eq!(check(CHANGESETS, &record, &[]).expired, 1);
}

#[test]
fn an_event_that_became_foreign_is_an_anomaly() {
    let source = "source: s\nformat: dynamodb\nwhere: \"new.kind == 'event'\"\nevent:\n  \
                  stream: new.id\n  version: new.n\n  type: new.kind\n";
    let image = |kind: &str| format!(r#"{{"id":{{"S":"s"}},"kind":{{"S":"{kind}"}}}}"#);
    let record = |new: &str, old: &str| {
        let (new, old) = (image(new), image(old));
        format!(r#"{{"eventName":"MODIFY","dynamodb":{{"NewImage":{new},"OldImage":{old}}}}}"#)
    };
    let tally = check(source, &record("other", "event"), &[]);
    assert_eq!(tally.first_anomalies.first().map(|it| it.operation), Some(Operation::Modify));
    assert_eq!(check(source, &record("event", "other"), &[]).anomalies, 1);
    assert_eq!(check(source, &record("other", "another"), &[]).filtered, 1);
}

/// Flat items, as of an account whose snapshots stand among its events.
const FLAT: &str = "\
source: accounts
format: dynamodb
event: { stream: new.Id, version: new.Version, type: new.Type, time: new.Timestamp, data: rest }
count_only: [SNAPSHOT]
";

#[test]
fn flat_items_have_the_rest_as_their_data() {
    let item = |version: u32, kind: &str, more: &str| {
        format!(
            concat!(
                r#"{{"Item":{{"Id":{{"S":"a"}},"Version":{{"N":"{}"}},"Type":{{"S":"{}"}},"#,
                r#""Timestamp":{{"S":"2019-08-01T00:00:00Z"}}{}}}}}"#
            ),
            version, kind, more
        )
    };
    let created = item(1, "T", "");
    let snapshot = item(2, "SNAPSHOT", r#","Balance":{"N":"0"}"#);
    let credit = item(3, "CREDIT", r#","a":{"N":"10.00"}"#);
    check(
        FLAT,
        &[created, snapshot, credit].join("\n"),
        &[
            "a@1 2019-08-01T00:00:00Z T: {} - - - null",
            "a@2 2019-08-01T00:00:00Z",
            "a@3 2019-08-01T00:00:00Z CREDIT: {\"a\":10} 10 - - null",
        ],
    );
}

#[test]
fn what_is_folded_anew_is_looked_at_after_each_change() {
    let source = "source: prices\nformat: dynamodb\nversions: refold\nsort: new.date\n\
                  event: { stream: new.productId, type: new.event, data: rest }\n";
    let item = r#"{"productId":{"S":"p"},"date":{"N":"1480000000000"},"event":{"S":"T"}}"#;
    let record = |operation: &str, images: &str| {
        format!(r#"{{"eventName":"{operation}","dynamodb":{{"Keys":{item}{images}}}}}"#)
    };
    let new = format!(r#","NewImage":{item}"#);
    check(
        source,
        &record("INSERT", &new),
        &[r#"p@0 <0000001480000000000> T: {"date":1480000000000} - - - null"#],
    );
    assert_eq!(check(source, &record("MODIFY", &new), &["p@0"]).anomalies, 1);
    assert_eq!(check(source, &record("REMOVE", ""), &["p@0"]).anomalies, 1);
}

#[test]
fn bytes_are_events_values_too() {
    let source = "source: s\nformat: dynamodb\nbinary: once\nevent: { stream: new.id, \
                  version: new.n, type: new.kind, data: { a: new.b } }\n";
    let decoded = decode(
        source,
        r#"{"Item":{"id":{"S":"s"},"n":{"N":"1"},"kind":{"S":"T"},"b":{"B":"Zm9v"}}}"#,
    );
    let shown = decoded.batch.event(0).map(super::show);
    assert_eq!(shown.as_deref(), Some(r#"s@1 T: {"a":"Zm9v"} "Zm9v" - - null"#));
}
