//! The sequencer, case by case.

use super::{Absence, Sequence, Source, Versions, absence, known, sequence, settles};
use crate::cursor::Digests;
use crate::progress::{Holes, Progress};
use crate::time::Time;

fn source(versions: Versions, ordered: bool) -> Source {
    Source { versions, first: 1, history: true, ordered, begins: None }
}

/// How a version stands to a stream that has all below 6, save 3, and whose 5 has the digest 50.
fn stands(source: &Source, version: u64, digest: u32) -> Sequence {
    let mut digests = Digests::default();
    digests.set(5, 50);
    let mut holes = Holes::default();
    holes.add(3, 3);
    sequence(source, 6, Some(&holes), &digests, (version, digest))
}

#[test]
fn an_event_stands_to_a_contiguous_stream_in_one_of_seven_ways() {
    let contiguous = source(Versions::Contiguous, false);
    assert_eq!(stands(&contiguous, 6, 1), Sequence::Next);
    assert_eq!(stands(&contiguous, 7, 1), Sequence::Gap);
    assert_eq!(stands(&contiguous, 5, 50), Sequence::Duplicate);
    assert_eq!(stands(&contiguous, 5, 51), Sequence::Fork);
    assert_eq!(stands(&contiguous, 4, 1), Sequence::Duplicate, "its digest is not known");
    assert_eq!(stands(&contiguous, 3, 1), Sequence::LateFill);
    assert_eq!(stands(&contiguous, 1, 1), Sequence::Duplicate);
    assert_eq!(stands(&contiguous, 0, 1), Sequence::BelowFirst);
    let ordered = source(Versions::Contiguous, true);
    assert_eq!(stands(&ordered, 7, 1), Sequence::ProvenHole);
}

#[test]
fn rising_versions_have_no_gaps_and_begin_anywhere() {
    for versions in [Versions::Monotonic, Versions::Refold] {
        let rising = source(versions, false);
        assert_eq!(stands(&rising, 9, 1), Sequence::Next);
        assert_eq!(stands(&rising, 0, 1), Sequence::Duplicate);
        assert_eq!(source(versions, false).numbered().first, 0);
        assert!(!rising.resolves());
    }
    assert_eq!(source(Versions::Contiguous, false).numbered().first, 1);
}

#[test]
fn only_unordered_contiguous_streams_are_looked_up_cold() {
    assert!(source(Versions::Contiguous, false).resolves());
    assert!(!source(Versions::Contiguous, true).resolves());
}

#[test]
fn what_counts_on_one_partition_for_each_stream_is_refused_from_other_feeds() {
    let fits = |versions, ordered, pinned| source(versions, ordered).fits(pinned);
    assert_eq!(fits(Versions::Monotonic, false, true), Ok(()));
    assert_eq!(fits(Versions::Contiguous, false, false), Ok(()));
    assert_eq!(fits(Versions::Refold, false, false), Ok(()));
    let rising = fits(Versions::Monotonic, false, false).expect_err("it is refused");
    assert!(rising.message.contains("`versions: monotonic` is taken only"), "{rising:?}");
    let ordered = fits(Versions::Contiguous, true, false).expect_err("it is refused");
    assert!(ordered.message.contains("`ordered_unique: true` is taken only"), "{ordered:?}");
}

#[test]
fn absence_is_proven_by_a_read_that_was_asked_for_late_enough() {
    let after = |asked, oldest| absence(4, oldest, (Time(1_000), Time(asked)), 300);
    assert_eq!(after(1_299, None), Absence::Unproven);
    assert_eq!(after(1_299, Some(9)), Absence::Unproven);
    assert_eq!(after(1_300, None), Absence::Hole);
    assert_eq!(after(1_300, Some(4)), Absence::Hole);
    assert_eq!(after(1_300, Some(5)), Absence::Truncated);
}

#[test]
fn a_guard_and_a_cursor_say_what_either_knows() {
    let (low, mut high) = (Progress::start(4), Progress::start(7));
    high.holes.add(2, 2);
    high.holes.add(5, 5);
    let both = known(1, Some(&low), Some(&high));
    assert_eq!((both.next, both.holes.ranges()), (7, &[(5, 5)][..]));
    assert_eq!(known(1, None, None), Progress::start(1));
}

#[test]
fn what_is_in_or_a_hole_or_next_is_settled() {
    let mut progress = Progress::start(4);
    progress.holes.add(2, 2);
    let settled: Vec<u64> = (0..7).filter(|version| settles(&progress, *version)).collect();
    assert_eq!(settled, [0, 1, 2, 3, 4]);
}
