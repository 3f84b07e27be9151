//! Progress against the plain set of versions that it stands for.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Holes, Progress, Standing};
use crate::limits;

const MAX: u64 = 24;

/// Below the first, the versions that are not done.
type Model = (u64, BTreeSet<u64>);

fn any_progress() -> impl Strategy<Value = (Progress, Model)> {
    let holes = prop::collection::vec((0..MAX, 0..4u64), 0..5);
    (0..MAX, holes).prop_map(|(next, ranges)| {
        let (mut progress, mut model) = (Progress::start(next), BTreeSet::new());
        for (from, more) in ranges {
            let to = (from + more).min(next.saturating_sub(1));
            if next > 0 {
                progress.holes.add(from, to);
                model.extend(from..=to);
            }
        }
        (progress, (next, model))
    })
}

/// The versions that the ranges hold; they must be in order and apart.
fn listed(holes: &Holes) -> BTreeSet<u64> {
    for pair in holes.ranges().windows(2) {
        let [(_, end), (begin, _)] = pair else { continue };
        assert!(end + 1 < *begin, "ranges that touch are one: {:?}", holes.ranges());
    }
    assert_eq!(holes.is_empty(), holes.ranges().is_empty());
    holes.ranges().iter().flat_map(|(from, to)| *from..=*to).collect()
}

fn is_done((next, holes): &Model, version: u64) -> bool {
    version < *next && !holes.contains(&version)
}

proptest! {
    #[test]
    fn it_judges_as_the_set_does((progress, model) in any_progress()) {
        prop_assert_eq!(&listed(&progress.holes), &model.1);
        for version in 0..MAX + 2 {
            let standing = match is_done(&model, version) {
                true => Standing::Covered,
                false if version >= model.0 => Standing::New,
                false => Standing::LateFill,
            };
            prop_assert_eq!(progress.judge(version), standing);
            let range = progress.holes.range_of(version);
            prop_assert_eq!(range.is_some(), model.1.contains(&version));
            prop_assert!(range.is_none_or(|(from, to)| (from..=to).contains(&version)));
        }
    }

    #[test]
    fn it_advances_as_the_set_does((progress, model) in any_progress(), version in 0..MAX + 2) {
        let (mut progress, (mut next, mut holes)) = (progress, model);
        progress.advance(version);
        holes.remove(&version);
        next = next.max(version + 1);
        prop_assert_eq!((progress.next, listed(&progress.holes)), (next, holes));
    }

    #[test]
    fn two_know_together_what_either_has(
        (one, mine) in any_progress(),
        (other, theirs) in any_progress(),
    ) {
        let mut both = one;
        both.merge(&other);
        prop_assert_eq!(both.next, mine.0.max(theirs.0));
        for version in 0..both.next {
            let either = is_done(&mine, version) || is_done(&theirs, version);
            prop_assert_eq!(both.judge(version) == Standing::Covered, either, "{}", version);
        }
        listed(&both.holes);
    }

    #[test]
    fn a_part_of_the_holes_is_that_part(
        (progress, (next, holes)) in any_progress(),
        from in 0..MAX,
        below in 0..MAX,
    ) {
        let mut within = Holes::default();
        within.extend(progress.holes.within(from, below));
        let expected = holes.iter().copied().filter(|v| (from..below).contains(v)).collect();
        prop_assert_eq!(listed(&within), expected);
        let part = progress.below(below);
        prop_assert_eq!(part.next, next.min(below));
        let expected = holes.into_iter().filter(|version| *version < below).collect();
        prop_assert_eq!(listed(&part.holes), expected);
    }
}

#[test]
fn an_empty_range_adds_nothing() {
    let mut holes = Holes::default();
    holes.add(3, 2);
    assert!(holes.is_empty() && !holes.contains(3));
    holes.add(u64::MAX, u64::MAX);
    assert!(holes.contains(u64::MAX));
}

#[test]
fn a_list_of_holes_is_full_at_the_limit() {
    let mut holes = Holes::default();
    for place in 1..=limits::HOLES_MAX as u64 {
        assert!(!holes.is_full());
        holes.add(place * 2, place * 2);
    }
    assert_eq!(holes.len(), limits::HOLES_MAX);
    assert!(holes.is_full());
}
