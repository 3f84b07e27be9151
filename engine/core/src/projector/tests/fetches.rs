//! What is made of a batch before any of its events is judged: whether it answers what was asked,
//! and when the next one is asked for.

use std::sync::Arc;

use crate::effect::{Alarm, Effect, Halt};
use crate::event::BatchBuilder;
use crate::input::{Fetched, Input};
use crate::name::Name;
use crate::position::Position;
use crate::projector::{Projector, Tuning, Versions};
use crate::time::Time;

use super::memory::Last;
use super::tenures::{at, fetch, granted, machine};

/// A batch of first events at these positions, up to the last of them.
fn batch(follows: u64, events: &[(&str, u64, u64)], next: u64) -> Fetched {
    let mut builder = BatchBuilder::default();
    for (stream, version, at) in events {
        builder.event(stream, *version, Position::number(*at)).part("happened", &[]);
    }
    Fetched {
        partition: Name::from("p"),
        incarnation: Name::from("i"),
        follows: Some(Position::number(follows)),
        batch: Arc::new(builder.build()),
        next: Some(Position::number(next)),
        ended: false,
    }
}

/// A machine that stands at 5 hears this; what it asks for then, checkpoints left out.
fn hears(machine: &mut Projector<Last>, fetched: Fetched) -> Vec<Effect> {
    let (ticket, _) = fetch(&machine.step(Time(1_000), granted("i", at(5))));
    let effects = machine.step(Time(1_001), Input::Fetched { ticket, fetched });
    assert_eq!(machine.check(), Ok(()));
    effects.into_iter().filter(|it| !matches!(it, Effect::Commit { .. })).collect()
}

#[test]
fn an_empty_batch_that_moved_on_is_followed_at_once() {
    let (_, after) = fetch(&hears(&mut machine(), batch(5, &[], 7)));
    assert_eq!(after, Some(Position::number(7)));
}

#[test]
fn where_nothing_is_new_the_next_look_is_a_while_away() {
    let effects = hears(&mut machine(), batch(5, &[], 5));
    assert_eq!(effects, [Effect::WakeAt(Time(1_001 + Tuning::default().poll_ms))]);
}

#[test]
fn a_partition_that_ended_with_nothing_new_is_not_asked_again() {
    let effects = hears(&mut machine(), Fetched { ended: true, ..batch(5, &[], 5) });
    assert_eq!(effects, []);
}

#[test]
fn a_batch_that_answers_another_question_is_refused_and_the_right_one_asked_again() {
    let other = batch(6, &[("s", 1, 7)], 7);
    let disorder = batch(5, &[("s", 1, 7), ("t", 1, 6)], 7);
    for (fetched, got) in [(other, 6), (disorder, 5)] {
        let mut machine = machine();
        let effects = hears(&mut machine, fetched);
        let alarm = Alarm::Disorder {
            partition: Name::from("p"),
            expected: Some(Position::number(5)),
            got: Some(Position::number(got)),
        };
        let [first, Effect::WakeAt(wake)] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!((first, machine.in_memory()), (&Effect::Alarm(alarm), (0, 0)));
        let (_, after) = fetch(&machine.step(*wake, Input::Ticked));
        assert_eq!(after, Some(Position::number(5)));
    }
}

#[test]
fn an_answer_is_taken_once() {
    let mut machine = machine();
    let (ticket, _) = fetch(&machine.step(Time(1_000), granted("i", at(5))));
    let answer = || Input::Fetched { ticket, fetched: batch(5, &[("s", 1, 6)], 6) };
    machine.step(Time(1_001), answer());
    machine.step(Time(1_002), answer());
    assert_eq!((machine.totals().counts.received, machine.in_hand()), (1, 1));
}

/// A machine to which nothing was granted yet, of a source numbered like this.
fn numbered(versions: Versions) -> Projector<Last> {
    let like = machine();
    let mut source = like.source.clone();
    source.versions = versions;
    Projector::new(Last, source, like.tuning, 7)
}

/// What halts a partition whose first batch this is.
fn halts(machine: &mut Projector<Last>, begun: bool, event: (&str, u64)) -> Vec<Halt> {
    let (partition, incarnation) = (Name::from("p"), Name::from("i"));
    let granted = Input::Granted { partition, incarnation, checkpoint: None, begun };
    let (ticket, _) = fetch(&machine.step(Time(1_000), granted));
    let (stream, version) = event;
    let fetched = Fetched { follows: None, ..batch(0, &[(stream, version, 1)], 1) };
    let effects = machine.step(Time(1_001), Input::Fetched { ticket, fetched });
    let halted = effects.into_iter().filter_map(|effect| match effect {
        Effect::Halt { why, .. } => Some(why),
        _ => None,
    });
    halted.collect()
}

#[test]
fn only_the_very_first_event_of_all_tells_that_streams_begin_lower() {
    let contiguous = || numbered(Versions::Contiguous);
    let halted = halts(&mut contiguous(), false, ("s", 0));
    let [Halt::First(fault)] = halted.as_slice() else { panic!("{halted:?}") };
    assert!(fault.message.contains("set `first: 0`"), "{fault:?}");
    assert_eq!(halts(&mut contiguous(), true, ("s", 0)), []);
    assert_eq!(halts(&mut contiguous(), false, ("s", 1)), []);
    assert_eq!(halts(&mut numbered(Versions::Monotonic), false, ("s", 0)), []);
}

#[test]
fn a_record_without_a_stream_halts_only_where_no_gap_would_show_it() {
    let halted = halts(&mut numbered(Versions::Monotonic), true, ("", 1));
    assert!(matches!(halted.as_slice(), [Halt::Nameless(_)]), "{halted:?}");
    assert_eq!(halts(&mut numbered(Versions::Contiguous), true, ("", 1)), []);
}
