//! Guards, kind by kind: what counts as applied, what was passed over, and when one is full.

use std::sync::Arc;

use super::{Guard, GuardKind, Meta};
use crate::event::{Batch, BatchBuilder};
use crate::limits;
use crate::position::Position;
use crate::progress::{Progress, Standing};

/// One event, at this place of its partition.
fn event(stream: &str, version: u64, at: u64) -> Arc<Batch> {
    let mut events = BatchBuilder::default();
    events.event(stream, version, Position::number(at));
    Arc::new(events.build())
}

fn judge(guard: &Guard, (stream, version, at): (&str, u64, u64), partition: &str) -> Standing {
    let batch = event(stream, version, at);
    guard.judge(batch.event(0).expect("it is there"), partition)
}

fn advance(guard: &mut Guard, (stream, version, at): (&str, u64, u64), seen: &Progress) {
    let batch = event(stream, version, at);
    guard.advance(batch.event(0).expect("it is there"), "p", seen);
}

/// Done below `next`, save these.
fn seen(next: u64, holes: &[(u64, u64)]) -> Progress {
    let mut progress = Progress::start(next);
    progress.holes.extend(holes.iter().copied());
    progress
}

/// A list of holes as long as a guard's may be, below `next`.
fn full() -> (u64, Progress) {
    let next = 2 * limits::HOLES_MAX as u64 + 2;
    let holes: Vec<(u64, u64)> = (1..=limits::HOLES_MAX as u64).map(|n| (2 * n, 2 * n)).collect();
    (next, seen(next, &holes))
}

#[test]
fn positions_cover_their_partition_up_to_the_last_one() {
    let mut guard = Guard::empty(GuardKind::Positions, 1);
    assert_eq!(judge(&guard, ("s", 1, 5), "p"), Standing::New);
    advance(&mut guard, ("s", 1, 5), &seen(1, &[]));
    advance(&mut guard, ("s", 1, 3), &seen(1, &[]));
    for (at, standing) in [(4, Standing::Covered), (5, Standing::Covered), (6, Standing::New)] {
        assert_eq!(judge(&guard, ("t", 1, at), "p"), standing, "at {at}");
    }
    assert_eq!(judge(&guard, ("t", 1, 4), "q"), Standing::New, "each partition has its own");
}

#[test]
fn a_stream_that_was_parked_is_judged_by_version_whatever_its_position() {
    let mut guard = Guard::empty(GuardKind::Positions, 1);
    let batch = |version| event("s", version, 9);
    let by_version = |guard: &Guard, version| {
        guard.judge_by_version(batch(version).event(0).expect("it is there"))
    };
    assert_eq!(by_version(&guard, 4), Some(Standing::New));
    for version in [4, 2] {
        guard.advance_by_version(batch(version).event(0).expect("it is there"));
    }
    for (version, standing) in [(3, Standing::Covered), (4, Standing::Covered), (5, Standing::New)]
    {
        assert_eq!(by_version(&guard, version), Some(standing), "version {version}");
        // Nor is its feed's copy taken again, though no position covers it.
        assert_eq!(judge(&guard, ("s", version, 9), "p"), standing, "version {version}");
    }
    assert_eq!(judge(&guard, ("t", 4, 9), "p"), Standing::New);
    let version = Guard::empty(GuardKind::Version, 1);
    assert_eq!(by_version(&version, 4), None);
}

#[test]
fn holes_that_were_passed_are_listed_and_can_be_filled() {
    for kind in [GuardKind::Version, GuardKind::Streams, GuardKind::Ledger] {
        let mut guard = Guard::empty(kind, 1);
        advance(&mut guard, ("s", 1, 0), &seen(1, &[]));
        advance(&mut guard, ("s", 6, 0), &seen(6, &[(3, 4)]));
        let standings: Vec<Standing> = (2..8).map(|v| judge(&guard, ("s", v, 0), "p")).collect();
        let (new, covered, late) = (Standing::New, Standing::Covered, Standing::LateFill);
        assert_eq!(standings, [covered, late, late, covered, covered, new], "{kind:?}");
        advance(&mut guard, ("s", 3, 0), &seen(6, &[(3, 4)]));
        assert_eq!(judge(&guard, ("s", 3, 0), "p"), covered, "{kind:?}");
        assert_eq!(judge(&guard, ("s", 4, 0), "p"), late, "{kind:?}");
    }
}

#[test]
fn streams_are_counted_apart() {
    let mut guard = Guard::empty(GuardKind::Streams, 1);
    advance(&mut guard, ("s", 3, 0), &seen(3, &[]));
    assert_eq!(judge(&guard, ("s", 3, 0), "p"), Standing::Covered);
    assert_eq!(judge(&guard, ("t", 3, 0), "p"), Standing::New);
}

#[test]
fn a_refold_judges_nothing() {
    let mut guard = Guard::empty(GuardKind::Refold, 0);
    advance(&mut guard, ("s", 3, 0), &seen(3, &[]));
    assert_eq!(judge(&guard, ("s", 3, 0), "p"), Standing::New);
    assert_eq!(guard, Guard::empty(GuardKind::Refold, 0));
}

#[test]
fn what_nothing_handled_counts_as_seen_with_the_holes_in_it() {
    let mut guard = Guard::Version(seen(3, &[(2, 2)]));
    guard.see_below(3, &seen(3, &[(1, 1)]));
    assert_eq!(guard, Guard::Version(seen(3, &[(2, 2)])), "it says no more than is known");
    guard.see_below(7, &seen(9, &[(1, 1), (4, 5), (8, 8)]));
    assert_eq!(guard, Guard::Version(seen(7, &[(2, 2), (4, 5)])));
    let mut streams = Guard::empty(GuardKind::Streams, 1);
    streams.see_below(7, &seen(7, &[]));
    assert_eq!(streams, Guard::empty(GuardKind::Streams, 1));
}

#[test]
fn more_holes_than_a_guard_lists_are_not_seen() {
    let (next, many) = full();
    let mut guard = Guard::Version(seen(1, &[]));
    guard.see_below(next, &many);
    assert_eq!(guard, Guard::Version(many.clone()), "as many as there may be");
    let more = seen(next + 3, &[(next + 1, next + 1)]);
    guard.see_below(next + 3, &more);
    assert_eq!(guard, Guard::Version(many), "one more");
}

#[test]
fn a_document_lacks_what_it_lists_and_what_is_missing_above_it() {
    let lacks = |guard: &Guard, stream: &str, holes: &[(u64, u64)]| {
        guard.lacks_below(stream, 8, &seen(9, holes))
    };
    let own = Guard::Version(seen(5, &[(2, 2)]));
    assert!(lacks(&own, "s", &[]));
    let whole = Guard::Version(seen(5, &[]));
    assert!(!lacks(&whole, "s", &[(2, 2)]), "it has what memory lacks");
    assert!(lacks(&whole, "s", &[(6, 6)]));
    assert!(!lacks(&whole, "s", &[(8, 8)]), "that is not below");
    let streams = Guard::Streams([("s".into(), seen(5, &[]))].into());
    assert!(!lacks(&streams, "s", &[(2, 2)]));
    assert!(lacks(&streams, "s", &[(5, 5)]));
    assert!(lacks(&streams, "t", &[(2, 2)]), "of which it has nothing");
    assert!(!lacks(&streams, "t", &[]));
    for kind in [GuardKind::Positions, GuardKind::Refold] {
        assert!(!lacks(&Guard::empty(kind, 1), "s", &[(2, 2)]));
    }
}

#[test]
fn a_guard_takes_as_many_holes_as_it_lists_and_no_more() {
    let (next, many) = full();
    let more = seen(next + 3, &[(next + 1, next + 1)]);
    let guards = [Guard::Version(many.clone()), Guard::Streams([("s".into(), many)].into())];
    for guard in guards {
        assert_eq!(guard.is_full("s", next, &seen(next, &[(next - 2, next - 2)])), None);
        let fault = guard.is_full("s", next + 3, &more).expect("one too many");
        assert_eq!(fault.code, "guard_holes");
        assert_eq!(guard.is_full("s", next + 3, &seen(next + 3, &[])), None);
    }
}

#[test]
fn a_late_fill_that_would_split_a_full_list_of_holes_is_one_too_many() {
    let (next, mut many) = full();
    many.holes.fill(4);
    many.holes.add(next + 1, next + 3);
    many.next = next + 4;
    let guard = Guard::Version(many);
    let (end, middle) = (next + 3, next + 2);
    assert_eq!(guard.is_full("s", end, &seen(next + 4, &[])), None);
    let fault = guard.is_full("s", middle, &seen(next + 4, &[])).expect("one too many");
    assert_eq!(fault.code, "guard_holes");
}

#[test]
fn a_guard_takes_as_many_streams_as_it_lists_and_no_more() {
    let names = (0..limits::GUARD_STREAMS_MAX).map(|n| format!("s{n}").as_str().into());
    let guard = Guard::Streams(names.map(|name| (name, seen(2, &[]))).collect());
    assert_eq!(guard.is_full("s0", 2, &seen(2, &[])), None, "it has an entry");
    let fault = guard.is_full("other", 1, &seen(1, &[])).expect("one too many");
    assert_eq!(fault.code, "guard_streams");
    assert!(fault.message.contains("1000 streams feed this document"), "{}", fault.message);
    let fewer = Guard::Streams([("s0".into(), seen(2, &[]))].into());
    assert_eq!(fewer.is_full("other", 1, &seen(1, &[])), None);
}

#[test]
fn what_a_document_carries_weighs_more_with_each_entry() {
    let bytes = |guard: Guard| Meta { guard, ..Meta::empty(GuardKind::Version, 1) }.bytes();
    let (streams, name) =
        (|n: usize| (0..n).map(|n| format!("s{n}").as_str().into()), seen(1, &[]));
    let of = |n| bytes(Guard::Streams(streams(n).map(|s| (s, name.clone())).collect()));
    assert!(of(0) < of(1) && of(1) < of(10));
    let holes = |n: u64| bytes(Guard::Version(seen(50, &[(0, 0), (n, n)])));
    assert_eq!(holes(0) + 64, holes(9));
    let mut positions = Guard::empty(GuardKind::Positions, 1);
    let empty = bytes(positions.clone());
    advance(&mut positions, ("s", 1, 5), &seen(1, &[]));
    assert!(empty < bytes(positions));
}

#[test]
fn what_a_guard_lists_counts_as_what_it_takes() {
    let of = |entries: usize| {
        let mut meta = Meta::empty(GuardKind::Streams, 1);
        if let Guard::Streams(streams) = &mut meta.guard {
            streams.extend((0..entries).map(|n| (n.to_string().into(), Progress::start(1))));
        }
        meta.bytes()
    };
    assert_eq!((of(0), of(10) - of(0)), (size_of::<Meta>(), 640));
    let mut meta = Meta::empty(GuardKind::Positions, 1);
    let empty = meta.bytes();
    if let Guard::Positions(at) = &mut meta.guard {
        at.applied.insert("p".into(), Position::number(1));
        at.drained.extend([("s".into(), 2), ("t".into(), 3)]);
    }
    assert_eq!((empty, meta.bytes() - empty), (size_of::<Meta>() + 64, 4 * 64));
}
