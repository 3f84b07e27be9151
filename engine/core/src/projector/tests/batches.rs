//! Batches longer than what is looked up at once, and tickets beyond what a document remembers.

use std::sync::Arc;

use crate::effect::Ticket;
use crate::event::{Batch, BatchBuilder};
use crate::limits::LOOKED_AHEAD;
use crate::position::Position;
use crate::projector::load::end_of;
use crate::projector::slab::Id;
use crate::value::Value;

use super::memory::Play;

const STREAMS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

#[test]
fn each_event_of_a_long_batch_comes_to_its_own_stream() {
    let mut play = Play::new(true, 1 << 20);
    let first: Vec<(&str, u64)> = STREAMS.iter().map(|stream| (*stream, 1)).collect();
    assert!(play.fetched(&first));
    play.settle();
    let many = 3 * LOOKED_AHEAD / STREAMS.len();
    let versions = 2..2 + many as u64;
    let events: Vec<(&str, u64)> =
        versions.flat_map(|version| STREAMS.map(|stream| (stream, version))).collect();
    assert!(play.fetched(&events));
    play.settle();
    let totals = play.totals();
    let all = (first.len() + events.len()) as u64;
    assert_eq!((totals.counts.applied, totals.counts.received), (all, all), "{totals:?}");
}

fn batch(events: usize) -> Arc<Batch> {
    let mut builder = BatchBuilder::default();
    for (stream, at) in STREAMS.iter().cycle().take(events).zip(1..) {
        builder.event(stream, at, Position::number(at)).part("happened", &[]);
    }
    Arc::new(builder.build())
}

#[test]
fn so_many_events_are_looked_up_together_as_are_known() {
    let mut play = Play::new(true, 1 << 20);
    assert!(play.fetched(&[("a", 1), ("c", 1)]));
    let mut met = vec![Id::NONE; 3];
    let long = batch(LOOKED_AHEAD + 10);
    play.machine().look_ahead(&long, 0, &mut met);
    assert_eq!(met.len(), LOOKED_AHEAD);
    let found = met.iter().take(4).map(|stream| stream.is_some()).collect::<Vec<_>>();
    assert_eq!(found, [true, false, true, false]);
    play.machine().look_ahead(&long, LOOKED_AHEAD, &mut met);
    assert_eq!(met.len(), 10);
}

#[test]
fn no_two_loads_under_way_end_alike() {
    let round = 1 << 32;
    assert_eq!(end_of(Ticket(5)), 5);
    assert_eq!(end_of(Ticket(round + 5)), 5);
    assert_eq!(end_of(Ticket(3 * round - 1)), u32::MAX);
}

#[test]
fn a_document_that_grew_is_weighed_again() {
    let mut play = Play::new(true, 1 << 20);
    assert!(play.fetched(&[("a", 1)]));
    play.settle();
    let machine = play.machine();
    let id = machine.documents.by_name("a").expect("it is in memory");
    let before = machine.bytes();
    machine.documents.items[id].body = Arc::new(Value::Text("x".repeat(1_000).into()));
    machine.reweigh(id);
    assert!((1_000..1_100).contains(&(machine.bytes() - before)));
    assert_eq!(machine.check(), Ok(()));
}
