//! Batches: what goes in comes out, copied or not, and no use of the builder panics.

use proptest::prelude::*;

use super::*;
use crate::value::Number;

fn decimal(text: &str) -> Decimal {
    match Number::parse(text) {
        Ok(Number::Decimal(decimal)) => decimal,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(slot: Slot<'_>, value: &str) {
    let mut builder = BatchBuilder::default();
    builder.event("s", 1, Position::number(1)).part_of("T", 3, &[Slot::Missing, slot]);
    let batch = builder.build();
    let part = batch.event(0).unwrap().parts().next().unwrap();
    assert_eq!((part.kind(), part.kind_id(), part.len()), ("T", 3, 2));
    assert_eq!(part.slot(1), slot);
    let shown = part.slot(1).value().unwrap().map(|value| crate::value::canonical::text(&value));
    assert_eq!(shown.as_deref().unwrap_or("missing"), value);
    assert_eq!(*batch.extract(0).unwrap(), batch);
}

#[test]
fn slots_keep_what_they_are_given() {
    check(Slot::Missing, "missing");
    check(Slot::Null, "null");
    check(Slot::Bool(true), "true");
    check(Slot::Int(-5), "-5");
    check(Slot::Decimal(decimal("0.10")), "0.1");
    check(Slot::Text("Zoë"), "\"Zoë\"");
    check(Slot::Text(""), "\"\"");
    check(Slot::Raw("[1, {\"b\":2.0}]"), "[1,{\"b\":2}]");
}

#[test]
fn text_that_the_batch_owns_is_not_copied() {
    let mut builder = BatchBuilder::over("stream-1 Opened Zoë".to_owned()).unwrap();
    builder.read(|text, writer| {
        let (stream, kind, name) = (&text[..8], &text[9..15], &text[16..]);
        writer.event(stream, 1, Position::number(1));
        writer.part(kind, 0, [Slot::Text(name), Slot::Text("other")].into_iter());
    });
    let batch = builder.build();
    assert_eq!(batch.copied, "other");
    let event = batch.event(0).unwrap();
    assert_eq!((event.stream(), event.kind()), ("stream-1", "Opened"));
    let slots: Vec<Slot<'_>> = event.parts().flat_map(|part| part.slots()).collect();
    assert_eq!(slots, [Slot::Text("Zoë"), Slot::Text("other")]);
    assert_eq!(*batch.extract(0).unwrap(), batch, "what an event says does not depend on where");
}

#[test]
fn digests_tell_contents_apart() {
    let digest = |parts: &[(&str, &[Slot<'_>])]| {
        let mut builder = BatchBuilder::default();
        builder.event("s", 1, Position::number(1));
        for (kind, slots) in parts {
            builder.part(kind, slots);
        }
        builder.build().event(0).unwrap().digest()
    };
    let a = digest(&[("T", &[Slot::Int(1), Slot::Raw("{\"a\":1,\"b\":2}")])]);
    assert_eq!(a, digest(&[("T", &[Slot::Int(1), Slot::Raw("{ \"b\": 2.0, \"a\": 1 }")])]));
    let others = [
        digest(&[]),
        digest(&[("T", &[])]),
        digest(&[("U", &[Slot::Int(1), Slot::Raw("{\"a\":1,\"b\":2}")])]),
        digest(&[("T", &[Slot::Int(2), Slot::Raw("{\"a\":1,\"b\":2}")])]),
        digest(&[("T", &[Slot::Text("ab"), Slot::Text("c")])]),
        digest(&[("T", &[Slot::Text("a"), Slot::Text("bc")])]),
        digest(&[("T", &[Slot::Text("a")]), ("T", &[Slot::Text("bc")])]),
        digest(&[("T", &[Slot::Missing])]),
        digest(&[("T", &[Slot::Null])]),
    ];
    for (place, digest) in others.iter().enumerate() {
        assert_ne!(*digest, a);
        assert_ne!(*digest, 0);
        assert!(!others[..place].contains(digest), "{place}");
    }
}

#[test]
fn a_raw_slot_that_is_not_json_is_a_fault() {
    let mut builder = BatchBuilder::default();
    builder.event("s", 1, Position::number(1)).part("T", &[Slot::Raw("{")]);
    let batch = builder.build();
    assert_eq!(batch.event(0).unwrap().fault().unwrap().code, "undecodable");
}

#[derive(Clone, Debug)]
enum Call {
    Event(String, u64, u64),
    Time(u64),
    Sort(String),
    Fault(String),
    Part(String, u32, Vec<Made>),
}

#[derive(Clone, Debug)]
enum Made {
    Missing,
    Null,
    Bool(bool),
    Int(i64),
    Decimal(u64),
    Text(String),
    Raw(String),
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let slot = prop_oneof![
        Just(Made::Missing),
        Just(Made::Null),
        any::<bool>().prop_map(Made::Bool),
        any::<i64>().prop_map(Made::Int),
        any::<u64>().prop_map(Made::Decimal),
        ".{0,30}".prop_map(Made::Text),
        prop_oneof![Just("[1]".to_owned()), ".{0,10}"].prop_map(Made::Raw),
    ];
    let call = prop_oneof![
        3 => (".{0,30}", any::<u64>(), any::<u64>()).prop_map(|(s, v, p)| Call::Event(s, v, p)),
        1 => any::<u64>().prop_map(Call::Time),
        1 => ".{0,10}".prop_map(Call::Sort),
        1 => ".{0,10}".prop_map(Call::Fault),
        3 => (".{0,10}", any::<u32>(), prop::collection::vec(slot, 0..6))
            .prop_map(|(kind, id, slots)| Call::Part(kind, id, slots)),
    ];
    prop::collection::vec(call, 0..30)
}

fn play(calls: &[Call]) -> Batch {
    let mut builder = BatchBuilder::default();
    for call in calls {
        match call {
            Call::Event(stream, version, at) => {
                builder.event(stream, *version, Position::number(*at))
            }
            Call::Time(time) => builder.time(Time(*time)),
            Call::Sort(sort) => builder.sort(sort),
            Call::Fault(message) => builder.fault(Fault::new("test", message.as_str())),
            Call::Part(kind, id, slots) => {
                let slots: Vec<Slot<'_>> = slots
                    .iter()
                    .map(|slot| match slot {
                        Made::Missing => Slot::Missing,
                        Made::Null => Slot::Null,
                        Made::Bool(yes) => Slot::Bool(*yes),
                        Made::Int(int) => Slot::Int(*int),
                        Made::Decimal(n) => match Number::parse(&format!("{n}.5")) {
                            Ok(Number::Decimal(decimal)) => Slot::Decimal(decimal),
                            _ => Slot::Null,
                        },
                        Made::Text(text) => Slot::Text(text),
                        Made::Raw(text) => Slot::Raw(text),
                    })
                    .collect();
                builder.part_of(kind, *id, &slots)
            }
        };
    }
    builder.build()
}

proptest! {
    #[test]
    fn copies_are_equal_and_no_use_panics(calls in calls()) {
        let batch = play(&calls);
        let mut copy = BatchBuilder::default();
        for (place, event) in batch.events().enumerate() {
            copy.copy(event);
            let alone = batch.extract(place).unwrap();
            prop_assert_eq!(alone.event(0).unwrap(), event);
            prop_assert_eq!(alone.len(), 1);
        }
        prop_assert_eq!(copy.build(), batch);
    }
}
