//! Whatever records hold, none is lost, and nothing panics.

use foldline_core::position::Position;
use proptest::prelude::*;

use super::{mapping, plan, show};
use crate::decode::lines;

const JSON: &str = "source: s\nformat: json\nwhere: record?.kind != 'Noise'\nschema: record.v\n\
    explode: coalesce(record.lines, [record])\nevent:\n  stream: item.id\n  \
    version: item.n + index\n  type: item.kind\n  data: rest\n  meta: record.meta\n\
    count_only: [Snapshot]\nupcast:\n  \
    - { type: T, from: 1, steps: [ { rename: { a: b.c } }, { default: { x: data.b } } ] }\n  \
    - { type: U, from: 1, steps: [ { split: [ { type: T }, { type: V, data: data.a } ] } ] }\n";

const ITEMS: &str = "source: s\nformat: dynamodb\nwhere: new?.kind != 'Noise'\nevent:\n  \
    stream: new.id\n  version: new.n\n  type: new.kind\n  data: rest\nignore_changes: [a]\n";

const REFOLDED: &str = "source: s\nformat: dynamodb\nversions: refold\nsort: new.n\nevent:\n  \
    stream: new.id\n  type: new.kind\n  data: rest\n";

fn record_like() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n",
        "\"id\":\"s\",",
        "\"n\":1,",
        "\"kind\":\"T\",",
        "\"kind\":\"U\"",
        "\"kind\":\"Noise\"",
        "\"kind\":\"Snapshot\"",
        "\"a\":{\"c\":1}",
        "\"lines\":[",
        "{\"id\":\"s\",\"n\":1,\"kind\":\"T\",\"a\":1},",
        "\"v\":2,",
        "\"meta\":null",
        "\"eventName\":\"MODIFY\",",
        "\"eventName\":\"REMOVE\",",
        "\"dynamodb\":{",
        "\"Item\":{",
        "\"NewImage\":{",
        "\"OldImage\":{",
        "\"Keys\":{",
        "\"id\":{\"S\":\"s\"},",
        "\"n\":{\"N\":\"1\"},",
        "\"kind\":{\"S\":\"T\"}",
        "\"a\":{\"N\":\"2\"}",
        "1E99",
        "\"\\ud800\"",
    ];
    let piece = prop_oneof![
        12 => prop::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn no_record_is_lost(buffer in record_like()) {
        for source in [JSON, ITEMS, REFOLDED, "source: s\nformat: json\n"] {
            let mapping = mapping(source);
            let plan = plan();
            let decoder = mapping.decoder(&plan);
            for (range, at) in lines(&buffer).zip(0..) {
                let record = buffer.get(range).unwrap_or_default().to_vec();
                let places = [(0..record.len(), Position::number(at))];
                let decoded = decoder.decode(record, places).expect("it is small");
                let tally = &decoded.tally;
                let nothing = [
                    tally.filtered, tally.empty, tally.harmless, tally.expired, tally.anomalies,
                ];
                let nothing: u64 = nothing.iter().sum();
                prop_assert_eq!(tally.events, decoded.batch.len() as u64);
                prop_assert!((tally.records, nothing) == (1, 1) || tally.events > 0, "{:?}", tally);
                prop_assert!(nothing <= 1);
                for event in decoded.batch.events() {
                    let _ = show(event);
                    let nameless = event.version() == 0 && event.fault().is_some();
                    prop_assert!(!event.stream().is_empty() || nameless);
                }
            }
        }
    }
}
