//! What a trimmed feed and a sweep do to what is in hand, and how retries are spread.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::checkpoint::{Checkpoint, Counts};
use crate::effect::{Effect, Ticket};
use crate::event::BatchBuilder;
use crate::fault::Trouble;
use crate::guard::Revision;
use crate::input::{FetchError, Head, History, Input};
use crate::name::Name;
use crate::position::Position;
use crate::projector::{Source, Tuning, Versions};

use super::memory::Play;

fn contiguous() -> Source {
    Source { versions: Versions::Contiguous, first: 1, history: true, ordered: false, begins: None }
}

/// The ticket of the first effect that is one of these, which is taken out.
fn take(play: &mut Play, ticket: fn(&Effect) -> Option<Ticket>) -> Ticket {
    let place = play.asked.iter().position(|effect| ticket(effect).is_some());
    let effect = play.asked.swap_remove(place.expect("it was asked for"));
    ticket(&effect).expect("it has a ticket")
}

fn fetch(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::Fetch { ticket, .. } => Some(*ticket),
        _ => None,
    }
}

fn repair(effect: &Effect) -> Option<Ticket> {
    match effect {
        Effect::Repair { ticket, .. } => Some(*ticket),
        _ => None,
    }
}

#[test]
fn what_is_in_hand_when_the_feed_was_trimmed_is_done_as_it_is() {
    let mut play = Play::of(contiguous(), Tuning::default(), 7);
    assert!(play.fetched(&[("s", 1)]));
    let ticket = take(&mut play, fetch);
    let (partition, error) = (Name::from("p"), FetchError::Trimmed);
    play.hear(Input::FetchFailed { ticket, partition, error });
    assert_eq!((play.machine.totals().counts.received, play.machine.in_hand()), (1, 1));
    play.settle();
    play.wait(1_000);
    play.settle();
    assert_eq!(play.machine.totals().counts.applied, 1);
}

/// Of the second a sweep told, but no history has it any more: nobody brought it here, so nothing
/// is to be read again from the feed.
#[test]
fn what_was_only_told_of_and_is_gone_is_passed_over() {
    let mut play = Play::of(contiguous(), Tuning::default(), 7);
    assert!(play.fetched(&[("s", 1)]));
    play.wait(1_000);
    play.settle();
    let page = Ok(vec![Head { stream: Name::from("s"), version: 3 }]);
    play.hear(Input::Heads { sweep: None, page, more: None });
    assert!(play.fetched(&[("s", 5)]));
    for _ in 0..100 {
        play.wait(1_000);
        play.settle();
        if play.asked.iter().any(|effect| repair(effect).is_some()) {
            let ticket = take(&mut play, repair);
            let batch = Arc::new(BatchBuilder::default().build());
            let history = Ok(History { batch, oldest: Some(5), more: false });
            play.hear(Input::Repaired { ticket, stream: Name::from("s"), history });
        }
    }
    play.settle();
    let totals = play.machine.totals();
    assert_eq!((totals.counts.applied, totals.held), (2, 0));
    assert_eq!(play.machine.rewinds(), 0);
}

/// History is down, and comes back to all of them at once: they do not all knock in step.
#[test]
fn streams_try_again_at_times_of_their_own() {
    for nonce in [8, 1 << 40] {
        let tuning = Tuning { retry_ms: (100_000, 200_000), ..Tuning::default() };
        let mut play = Play::of(contiguous(), tuning, nonce);
        let names = ["a", "b", "c", "d", "e", "f"];
        let events = names.map(|name| (name, 1));
        assert!(play.fetched(&events));
        play.wait(1_000);
        play.settle();
        assert!(play.fetched(&names.map(|name| (name, 3))));
        play.wait(1_000);
        for name in names {
            let is_its = |effect: &Effect| match effect {
                Effect::Repair { ticket, stream, .. } if stream == name => Some(*ticket),
                _ => None,
            };
            let ticket = play.asked.iter().find_map(is_its).expect("its gap is read");
            let (stream, history) = (Name::from(name), Err(Trouble::Unknown));
            // All at the same time.
            play.now -= 1;
            play.hear(Input::Repaired { ticket, stream, history });
        }
        let times: BTreeSet<_> = play.machine.timers.iter().map(|(at, _)| *at).collect();
        assert_eq!((play.machine.timers.len(), times.len()), (6, 6), "nonce {nonce}");
    }
}

#[test]
fn what_is_held_without_history_has_bytes_of_its_own_when_memory_is_short() {
    let source = Source { history: false, ..contiguous() };
    let tuning = Tuning { memory: 1_500, flush_ms: 0, ..Tuning::default() };
    let mut play = Play::of(source, tuning, 7);
    assert!(play.fetched(&[("s", 1)]));
    play.settle();
    for version in [3, 5, 7, 9] {
        assert!(play.fetched(&[("s", version), ("s", version + 1)]));
        play.settle();
        let short = play.machine.bytes() > 1_500;
        assert_eq!(play.machine.lent.is_empty(), short, "{} bytes", play.machine.bytes());
        if short {
            return;
        }
    }
    panic!("memory was never short");
}

/// The place to go on from, so that the position is used.
#[test]
fn a_place_in_the_feed_is_asked_for_again_after_a_wait() {
    let mut play = Play::of(contiguous(), Tuning::default(), 7);
    let ticket = take(&mut play, fetch);
    let (partition, error) = (Name::from("p"), FetchError::Trimmed);
    play.hear(Input::FetchFailed { ticket, partition, error });
    let locate = |effect: &Effect| match effect {
        Effect::Locate { ticket, .. } => Some(*ticket),
        _ => None,
    };
    for _ in 0..3 {
        let ticket = take(&mut play, locate);
        let (partition, incarnation) = (Name::from("p"), Name::from("i"));
        let position = Err(Trouble::Unknown);
        play.hear(Input::Located { ticket, partition, incarnation, position });
        assert!(!play.has_asked(|effect| matches!(effect, Effect::Locate { .. })));
        assert!(play.machine.wake.is_some(), "it wakes to ask again");
        play.wait(31_000);
    }
    let ticket = take(&mut play, locate);
    let (partition, incarnation) = (Name::from("p"), Name::from("i"));
    let position = Ok(Some(Position::number(4)));
    play.hear(Input::Located { ticket, partition, incarnation, position });
    play.settle();
    let sweep = |effect: &Effect| match effect {
        Effect::Sweep { ticket, .. } => Some(*ticket),
        _ => None,
    };
    // So is a page of heads.
    for _ in 0..3 {
        let sweep = Some((Name::from("p"), take(&mut play, sweep)));
        play.hear(Input::Heads { sweep, page: Err(Trouble::Unknown), more: None });
        assert!(!play.has_asked(|effect| matches!(effect, Effect::Sweep { .. })));
        play.wait(31_000);
    }
    take(&mut play, sweep);
}

/// A sweep was under way when the source was said to be ordered: nothing is to be looked up.
#[test]
fn a_sweep_of_a_source_that_is_ordered_by_now_ends() {
    let source = Source { ordered: true, ..contiguous() };
    let mut play = Play::of(source, Tuning { checkpoint_ms: 0, ..Tuning::default() }, 7);
    let (partition, incarnation) = (Name::from("p"), Name::from("i"));
    let checkpoint = Checkpoint {
        incarnation: incarnation.clone(),
        position: Some(Position::number(2)),
        jump: Some(Position::number(9)),
        ended: false,
        counts: Counts::default(),
        writer: 1,
        serial: 1,
    };
    let checkpoint = Some((checkpoint, Revision(1, 0)));
    play.asked.clear();
    play.hear(Input::Granted { partition, incarnation, checkpoint, begun: true });
    let sweep = |effect: &Effect| match effect {
        Effect::Sweep { ticket, .. } => Some(*ticket),
        _ => None,
    };
    let sweep = Some((Name::from("p"), take(&mut play, sweep)));
    let page = Ok(vec![Head { stream: Name::from("s"), version: 3 }]);
    play.hear(Input::Heads { sweep, page, more: None });
    play.settle();
    let after = play.asked.iter().find_map(|effect| match effect {
        Effect::Fetch { after, .. } => Some(after.clone()),
        _ => None,
    });
    assert_eq!(after, Some(Some(Position::number(9))));
}
