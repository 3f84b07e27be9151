//! Whether the machine notices when its own books do not agree, and what it says of itself.

use crate::effect::Effect;
use crate::input::Input;
use crate::limits::HELD_BATCHES_MAX;
use crate::projector::held::Lent;
use crate::projector::slab::Id;

use super::memory::Play;

/// A machine with something in each book: one event durable, one in a write that is under way,
/// one that waits for it, and two held.
fn play() -> Play {
    let mut play = Play::new(true, 1 << 20);
    assert!(play.fetched(&[("s", 1)]));
    play.settle();
    assert!(play.fetched(&[("s", 2)]));
    assert!(play.asked.iter().any(|effect| matches!(effect, Effect::Write { .. })));
    assert!(play.fetched(&[("s", 3), ("s", 5), ("s", 6)]));
    play
}

/// What the books say once this was done to them.
fn wrong(amiss: impl FnOnce(&mut Play)) -> String {
    let mut play = play();
    assert_eq!(play.machine.check(), Ok(()));
    amiss(&mut play);
    play.machine.check().expect_err("the books do not agree")
}

#[test]
fn what_was_received_is_judged_held_or_on_its_way() {
    let play = play();
    let totals = play.machine.totals();
    assert_eq!((totals.counts.received, totals.counts.applied), (5, 1));
    assert_eq!((totals.in_flight, totals.held), (2, 2));
    assert_eq!((play.machine.in_hand(), play.machine.in_memory()), (4, (1, 1)));
    assert_eq!((play.machine.rewinds(), play.machine.evicted()), (0, 0));
    let said = wrong(|play| {
        play.machine.intakes.iter_mut().for_each(|intake| intake.received += 1);
    });
    assert_eq!(said, "received 6 but 5 accounted for");
}

#[test]
fn a_rewind_is_counted_and_leaves_nothing_in_hand() {
    let mut play = play();
    play.machine.rewind();
    play.hear(Input::Ticked);
    assert_eq!((play.machine.rewinds(), play.machine.in_hand()), (1, 0));
}

#[test]
fn an_event_without_a_verdict_is_in_one_place() {
    let twice = wrong(|play| {
        let works = &mut play.machine.works;
        let work = works.values_mut().next().expect("an event is on its way");
        let receipt = work.receipt;
        work.rare().duplicates.extend(receipt);
    });
    assert_eq!(twice, "an event is in two places at once");
    let nowhere = wrong(|play| {
        play.machine.works.values_mut().take(1).for_each(|work| work.receipt = None);
    });
    assert_eq!(nowhere, "p: 4 events have no verdict, 3 are in the machine");
}

#[test]
fn batches_are_kept_for_those_who_borrow_from_them() {
    for counted in [1, 3] {
        let said = wrong(|play| play.machine.whole = counted);
        assert!(said.starts_with("2 held with bytes, counted "), "{said}");
    }
    let said = wrong(|play| {
        play.machine.batches.values_mut().take(1).for_each(|kept| kept.users += 1);
    });
    assert!(said.contains("borrow from"), "{said}");
}

#[test]
fn held_events_keep_so_many_batches_and_no_more() {
    let lend = |play: &mut Play, many| {
        let nothing = || Lent { batch: Id::NONE, held: Vec::new() };
        play.machine.lent.resize_with(many, nothing);
    };
    let said = wrong(|play| lend(play, HELD_BATCHES_MAX + 1));
    assert!(said.starts_with("2 held with bytes"), "{said}");
    let mut full = play();
    lend(&mut full, HELD_BATCHES_MAX);
    assert_eq!(full.machine.check(), Ok(()));
}

#[test]
fn bytes_counted_are_those_that_are_there() {
    let less: fn(&mut Play) = |play| play.machine.bytes -= 1;
    let more: fn(&mut Play) = |play| play.machine.bytes += 1;
    for amiss in [less, more] {
        let said = wrong(amiss);
        assert!(said.contains("bytes in memory, counted"), "{said}");
    }
}

#[test]
fn what_a_document_folded_is_on_its_way_and_in_one_write() {
    let said = wrong(|play| {
        play.machine.documents.items.values_mut().for_each(|document| {
            document.flying = u32::try_from(document.folded.len() + 1).expect("a few");
        });
    });
    assert_eq!(said, "s: more in flight than folded");
    let said = wrong(|play| play.machine.works.values_mut().for_each(|work| work.left = 0));
    assert_eq!(said, "s: an event is complete and waits here");
    let said = wrong(|play| {
        play.machine.writes.values_mut().for_each(|ids| ids.extend_from_within(..));
    });
    assert_eq!(said, "written twice at once");
}
