//! What one tenure of a partition hears of the one before it.

use std::sync::Arc;

use crate::checkpoint::{Checkpoint, Counts};
use crate::effect::{Effect, Ticket};
use crate::event::BatchBuilder;
use crate::guard::Revision;
use crate::input::{FetchError, Fetched, Input, SideAnswer};
use crate::name::Name;
use crate::position::Position;
use crate::projector::{Projector, Source, Tuning, Versions};
use crate::time::Time;

use super::memory::Last;

const NONCE: u64 = 7;

pub(super) fn machine() -> Projector<Last> {
    let source = Source {
        versions: Versions::Contiguous,
        first: 1,
        history: true,
        ordered: false,
        begins: None,
    };
    Projector::new(Last, source, Tuning { checkpoint_ms: 0, ..Tuning::default() }, NONCE)
}

pub(super) fn at(position: u64) -> Checkpoint {
    Checkpoint {
        incarnation: Name::from("i"),
        position: Some(Position::number(position)),
        jump: None,
        ended: false,
        counts: Counts::default(),
        writer: 1,
        serial: 1,
    }
}

pub(super) fn granted(incarnation: &str, checkpoint: Checkpoint) -> Input {
    let (partition, incarnation) = (Name::from("p"), Name::from(incarnation));
    let checkpoint = Some((checkpoint, Revision(1, 0)));
    Input::Granted { partition, incarnation, checkpoint, begun: true }
}

pub(super) fn fetch(effects: &[Effect]) -> (Ticket, Option<Position>) {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Fetch { ticket, after, .. } => Some((*ticket, after.clone())),
        _ => None,
    });
    found.expect("it asks for a batch")
}

fn locate(effects: &[Effect]) -> Ticket {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Locate { ticket, .. } => Some(*ticket),
        _ => None,
    });
    found.expect("it asks for the oldest position")
}

fn commit(effects: &[Effect]) -> (Ticket, Checkpoint) {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Commit { ticket, checkpoint, .. } => Some((*ticket, checkpoint.clone())),
        _ => None,
    });
    found.expect("it writes a checkpoint")
}

fn located(ticket: Ticket, incarnation: &str, position: u64) -> Input {
    let (partition, incarnation) = (Name::from("p"), Name::from(incarnation));
    Input::Located {
        ticket,
        partition,
        incarnation,
        position: Ok(Some(Position::number(position))),
    }
}

/// The last write of the tenure before lands after this one was granted, and the feed is trimmed:
/// the place to go on from is not written below what is stored.
#[test]
fn a_tenure_that_began_below_an_earlier_write_begins_again_where_that_is() {
    let mut machine = machine();
    let mut now = 1_000;
    let mut step = |input| {
        now += 1;
        machine.step(Time(now), input)
    };
    let (ticket, after) = fetch(&step(granted("i", at(5))));
    let partition = Name::from("p");
    let fetched = Fetched {
        partition: partition.clone(),
        incarnation: Name::from("i"),
        follows: after,
        batch: Arc::new(BatchBuilder::default().build()),
        next: Some(Position::number(9)),
        ended: false,
    };
    let (_, late) = commit(&step(Input::Fetched { ticket, fetched }));
    assert_eq!(late.position, Some(Position::number(9)));
    step(Input::Revoked { partition: partition.clone(), lost: true });
    let (ticket, after) = fetch(&step(granted("i", at(5))));
    assert_eq!(after, Some(Position::number(5)));
    let trimmed = FetchError::Trimmed;
    let trimmed = Input::FetchFailed { ticket, partition: partition.clone(), error: trimmed };
    let ticket = locate(&step(trimmed));
    let (ticket, low) = commit(&step(located(ticket, "i", 20)));
    assert_eq!(low.position, Some(Position::number(5)));
    let answer = SideAnswer::Conflict(Some((late, Revision(2, 0))));
    let again = step(Input::Committed { ticket, partition, answer });
    let (_, next) = commit(&step(located(locate(&again), "i", 20)));
    assert_eq!(next.position, Some(Position::number(9)));
    assert_eq!(next.jump, Some(Position::number(20)));
}

/// A sweep goes on to a place in one life of the feed. The feed lives another, and before the
/// oldest position of that is known everything is dropped and read again.
#[test]
fn a_place_in_another_life_of_the_feed_is_not_gone_on_from_after_a_rewind() {
    let mut machine = machine();
    let swept = Checkpoint { jump: Some(Position::number(3)), ..at(2) };
    let effects = machine.step(Time(1_000), granted("j", swept));
    locate(&effects);
    machine.rewind();
    let effects = machine.step(Time(1_001), Input::Ticked);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Sweep { .. })), "{effects:?}");
    let ticket = locate(&effects);
    let (_, checkpoint) = commit(&machine.step(Time(1_002), located(ticket, "j", 8)));
    assert_eq!(checkpoint.incarnation, "j");
    assert_eq!(checkpoint.position, None, "of this life nothing is done");
    assert_eq!(checkpoint.jump, Some(Position::number(8)));
}

/// Partitions come and go for months: what was is not walked through at each step.
#[test]
fn a_partition_has_one_place_however_often_it_comes_back() {
    let mut machine = machine();
    for round in 0..100 {
        machine.step(Time(round), granted("i", at(5)));
        if round % 3 == 0 {
            machine.rewind();
            machine.step(Time(round), Input::Ticked);
        } else {
            let partition = Name::from("p");
            machine.step(Time(round), Input::Revoked { partition, lost: true });
        }
    }
    assert_eq!(machine.intakes.len(), 1);
}
