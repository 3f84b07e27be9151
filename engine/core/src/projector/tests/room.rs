//! How room is made: what goes when, and what is hurried for it.

use crate::effect::Effect;
use crate::input::Input;
use crate::limits::EVICT_LOOKS_MAX;
use crate::name::Name;
use crate::projector::{Source, Tuning, Versions};

use super::memory::Play;

fn source() -> Source {
    Source { versions: Versions::Contiguous, first: 1, history: true, ordered: false, begins: None }
}

fn is_write(effect: &Effect) -> bool {
    matches!(effect, Effect::Write { .. })
}

/// Others go on with them: what is remembered of them would be wrong soon.
#[test]
fn what_is_idle_goes_with_the_partition_and_not_to_make_room() {
    let mut play = Play::new(true, 1 << 20);
    assert!(play.fetched(&[("s", 1), ("t", 1)]));
    play.settle();
    assert_eq!(play.machine.in_memory(), (2, 2));
    play.hear(Input::Revoked { partition: Name::from("p"), lost: true });
    assert_eq!((play.machine.in_memory(), play.machine.evicted()), ((0, 0), 0));
}

#[test]
fn where_memory_is_short_what_is_dirty_is_written_at_once() {
    for (memory, at_once) in [(500, true), (1 << 20, false)] {
        let tuning = Tuning { memory, flush_ms: 60_000, ..Tuning::default() };
        let mut play = Play::of(source(), tuning, 7);
        assert!(play.fetched(&[("s", 1)]));
        let load = play.asked.iter().position(|effect| matches!(effect, Effect::Load { .. }));
        let load = play.asked.swap_remove(load.expect("it is loaded"));
        play.hear(super::memory::answer(&load, play.now).expect("a load is answered"));
        play.wait(1);
        assert_eq!(play.has_asked(is_write), at_once, "{memory}");
    }
}

/// No step walks through all that is in memory: it goes on in the next, and asks for that.
#[test]
fn room_is_made_in_steps_until_there_is_enough() {
    let mut play = Play::new(true, 1 << 30);
    let names: Vec<String> = (0..EVICT_LOOKS_MAX).map(|number| format!("s{number}")).collect();
    let events: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    assert!(play.fetched(&events));
    play.settle();
    assert_eq!(play.machine.evicted(), 0);
    play.machine.tuning.memory = 2_000_000;
    play.hear(Input::Ticked);
    let mut steps = 0;
    while play.machine.bytes() > 1_500_000 {
        let wake = play.machine.wake.expect("it is to be called again");
        assert!(wake.0 <= play.now + 2, "at once");
        play.hear(Input::Ticked);
        steps += 1;
        assert!(steps < 20, "{} bytes are left", play.machine.bytes());
    }
    assert!(steps > 0 && play.machine.evicted() > 0);
}

#[test]
fn a_rebuild_lets_what_it_folded_go() {
    for (keep_folded, batches) in [(true, 1), (false, 0)] {
        let tuning = Tuning { keep_folded, flush_ms: 60_000, ..Tuning::default() };
        let mut play = Play::of(source(), tuning, 7);
        assert!(play.fetched(&[("s", 1)]));
        play.settle();
        assert_eq!(play.machine.totals().in_flight, 1);
        assert_eq!(play.machine.batches.len(), batches, "{keep_folded}");
    }
}
