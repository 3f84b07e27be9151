//! What a machine that drops all that is not durable goes on with.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::backoff::Backoff;
use crate::checkpoint::Checkpoint;
use crate::effect::{Effect, Halt};
use crate::event::BatchBuilder;
use crate::fault::{Fault, Trouble};
use crate::input::{FetchError, Fetched, Head, Input};
use crate::name::Name;
use crate::position::Position;
use crate::projector::Projector;
use crate::time::Time;

use super::memory::{Last, Play};
use super::tenures::{at, fetch, granted, machine};

/// What the machine asks for when it has dropped everything, wakes and commits left out.
fn after_a_rewind(machine: &mut Projector<Last>, now: u64) -> Vec<Effect> {
    machine.rewind();
    let effects = machine.step(Time(now), Input::Ticked);
    let told = |it: &Effect| !matches!(it, Effect::WakeAt(_) | Effect::Commit { .. });
    effects.into_iter().filter(told).collect()
}

#[test]
fn a_partition_is_read_again_from_its_checkpoint_and_nothing_else_is_asked() {
    let mut machine = machine();
    fetch(&machine.step(Time(1_000), granted("i", at(5))));
    let effects = after_a_rewind(&mut machine, 1_001);
    assert_eq!(effects.len(), 1, "{effects:?}");
    let (_, after) = fetch(&effects);
    assert_eq!(after, Some(Position::number(5)));
    assert_eq!(machine.rewinds(), 1);
    after_a_rewind(&mut machine, 1_002);
    assert_eq!(machine.rewinds(), 2);
}

#[test]
fn a_partition_that_ended_is_not_read_again() {
    let mut machine = machine();
    machine.step(Time(1_000), granted("i", Checkpoint { ended: true, ..at(5) }));
    assert_eq!(after_a_rewind(&mut machine, 1_001), []);
}

#[test]
fn a_partition_that_halted_is_not_read_again() {
    let mut machine = machine();
    machine.step(Time(1_000), granted("i", at(5)));
    machine.halt(0, Halt::Nameless(Fault::new("odd", "it yields no stream")));
    machine.step(Time(1_001), Input::Ticked);
    assert_eq!(after_a_rewind(&mut machine, 1_002), []);
}

#[test]
fn a_partition_that_was_given_up_does_not_come_back() {
    let mut machine = machine();
    machine.step(Time(1_000), granted("i", at(5)));
    machine.step(Time(1_001), Input::Revoked { partition: Name::from("p"), lost: true });
    assert_eq!(after_a_rewind(&mut machine, 1_002), []);
}

/// How many different times the partitions wait whose fetches failed at once.
fn fail_all(machine: &mut Projector<Last>, effects: Vec<Effect>) -> usize {
    for effect in effects {
        let Effect::Fetch { ticket, partition, .. } = effect else { continue };
        let error = FetchError::Trouble(Trouble::Down);
        machine.step(Time(2_000), Input::FetchFailed { ticket, partition, error });
    }
    let all = machine.intakes.iter().map(|intake| format!("{:?}", intake.reading));
    all.collect::<BTreeSet<String>>().len()
}

/// Those that fail together do not come back together, whatever the worker's nonce.
#[test]
fn what_waits_waits_each_its_own_time() {
    for nonce in [0, u64::MAX] {
        let mut machine = machine_of(nonce);
        let mut effects = Vec::new();
        for partition in ["p", "q", "r", "t"].map(Name::from) {
            let incarnation = Name::from("i");
            let input = Input::Granted { partition, incarnation, checkpoint: None, begun: true };
            effects.extend(machine.step(Time(1_000), input));
        }
        assert!(fail_all(&mut machine, effects) > 2);
        let effects = after_a_rewind(&mut machine, 2_001);
        assert!(fail_all(&mut machine, effects) > 2);
        let of = |it: &Backoff| it.clone().failed(Time(0));
        let waits = BTreeSet::from([
            of(&machine.write_backoff),
            of(&machine.load_backoff),
            of(&machine.cursor_backoff),
            of(&machine.park_backoff),
        ]);
        assert!(waits.len() > 2, "{waits:?}");
    }
}

fn machine_of(nonce: u64) -> Projector<Last> {
    let like = machine();
    Projector::new(Last, like.source, like.tuning, nonce)
}

#[test]
fn no_two_parkings_of_any_two_lives_are_named_alike() {
    let mut names = BTreeSet::new();
    for nonce in [1, 2, 3, 1 << 40, u64::MAX] {
        let mut machine = machine_of(nonce);
        names.extend((0..100).map(|_| machine.epoch().0));
    }
    assert_eq!(names.len(), 500);
}

/// What only a sweep told of was never in memory: there is nothing to read again.
#[test]
fn what_history_named_and_has_not_is_passed_over_and_nothing_is_read_again() {
    let mut play = Play::new(true, 1 << 20);
    assert!(play.fetched(&[("s", 1)]));
    play.settle();
    let head = Head { stream: Name::from("s"), version: 5 };
    play.hear(Input::Heads { sweep: None, page: Ok(vec![head]), more: None });
    play.wait_for_proof();
    assert_eq!((play.machine().rewinds(), play.machine().in_hand()), (0, 0));
}

#[test]
fn when_to_wake_is_said_once() {
    let mut machine = machine();
    let (ticket, after) = fetch(&machine.step(Time(1_000), granted("i", at(5))));
    let fetched = Fetched {
        partition: Name::from("p"),
        incarnation: Name::from("i"),
        follows: after.clone(),
        batch: Arc::default(),
        next: after,
        ended: false,
    };
    let poll = machine.tuning.poll_ms;
    let effects = machine.step(Time(1_001), Input::Fetched { ticket, fetched });
    assert_eq!(effects, [Effect::WakeAt(Time(1_001 + poll))]);
    assert_eq!(machine.step(Time(1_002), Input::Ticked), []);
    assert_eq!(machine.step(Time(1_000 + poll), Input::Ticked), []);
    fetch(&machine.step(Time(1_001 + poll), Input::Ticked));
}

#[test]
fn what_is_answered_after_a_partition_was_given_up_is_not_taken() {
    let mut machine = machine();
    let (ticket, after) = fetch(&machine.step(Time(1_000), granted("i", at(5))));
    let partition = Name::from("p");
    machine.step(Time(1_001), Input::Revoked { partition: partition.clone(), lost: true });
    let mut builder = BatchBuilder::default();
    builder.event("s", 1, Position::number(6)).part("happened", &[]);
    let fetched = Fetched {
        partition: partition.clone(),
        incarnation: Name::from("i"),
        follows: after,
        batch: Arc::new(builder.build()),
        next: Some(Position::number(6)),
        ended: false,
    };
    assert_eq!(machine.step(Time(1_002), Input::Fetched { ticket, fetched }), []);
    assert_eq!((machine.in_memory(), machine.in_hand()), ((0, 0), 0));
    let again =
        machine.step(Time(1_003), Input::Revoked { partition: partition.clone(), lost: false });
    assert_eq!(again, [Effect::Release { partition }], "it is not ours: at once");
}
