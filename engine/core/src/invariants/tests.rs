//! Small cases of each invariant, kept and broken.

use std::collections::BTreeMap;

use crate::checkpoint::{Checkpoint, Counts};
use crate::cursor::Cursor;
use crate::guard::{Guard, Positions};
use crate::name::Name;
use crate::position::Position;
use crate::progress::Progress;

use super::{checkpoint_goes_on, counts_balance, cursor_goes_on, guard_goes_on, progress_goes_on};

fn progress(next: u64, holes: &[(u64, u64)]) -> Progress {
    let mut progress = Progress::start(next);
    for &(from, to) in holes {
        progress.holes.add(from, to);
    }
    progress
}

fn streams(of: &[(&str, u64)]) -> Guard {
    Guard::Streams(
        of.iter().map(|(name, next)| (Name::from(*name), progress(*next, &[]))).collect(),
    )
}

fn positions(of: &[(&str, u64)]) -> Guard {
    let applied = of.iter().map(|(name, at)| (Name::from(*name), Position::number(*at)));
    let (applied, drained) = (applied.collect(), BTreeMap::new());
    Guard::Positions(Box::new(Positions { applied, drained }))
}

fn refold(count: u64) -> Guard {
    Guard::Refold { last: Name::default(), count }
}

fn checkpoint(incarnation: &str, position: Option<u64>, jump: Option<u64>) -> Checkpoint {
    Checkpoint {
        incarnation: Name::from(incarnation),
        position: position.map(Position::number),
        jump: jump.map(Position::number),
        ended: false,
        counts: Counts::default(),
        writer: 1,
        serial: 1,
    }
}

#[test]
fn each_event_received_has_one_verdict() {
    let counts =
        Counts { received: 6, applied: 2, duplicate: 1, filtered: 1, parked: 1, discarded: 1 };
    assert!(counts_balance(&counts));
    assert!(!counts_balance(&Counts { received: 7, ..counts }));
    assert!(!counts_balance(&Counts { applied: 3, ..counts }));
}

#[test]
fn progress_never_goes_back_and_opens_no_hole() {
    let before = progress(5, &[(2, 3)]);
    assert_eq!(progress_goes_on(&before, &before), Ok(()));
    assert_eq!(progress_goes_on(&before, &progress(5, &[(3, 3)])), Ok(()), "a hole is filled");
    assert_eq!(progress_goes_on(&before, &progress(9, &[(2, 3), (6, 7)])), Ok(()), "new holes");
    assert!(progress_goes_on(&before, &progress(4, &[(2, 3)])).is_err());
    assert!(progress_goes_on(&before, &progress(9, &[(4, 6)])).is_err(), "4 was in");
}

#[test]
fn no_guard_covers_less_than_before() {
    let version = |next| Guard::Version(progress(next, &[]));
    assert_eq!(guard_goes_on(&version(3), &version(3)), Ok(()));
    assert!(guard_goes_on(&version(3), &version(2)).is_err());

    let before = streams(&[("a", 3), ("b", 1)]);
    assert_eq!(guard_goes_on(&before, &streams(&[("a", 4), ("b", 1), ("c", 1)])), Ok(()));
    assert!(guard_goes_on(&before, &streams(&[("a", 2), ("b", 1)])).is_err());
    assert_eq!(guard_goes_on(&before, &streams(&[("a", 4)])), Err("its guard forgot b".to_owned()));

    let before = positions(&[("p", 3)]);
    assert_eq!(guard_goes_on(&before, &positions(&[("p", 3), ("q", 1)])), Ok(()));
    assert!(guard_goes_on(&before, &positions(&[("p", 2)])).is_err());
    assert!(guard_goes_on(&before, &positions(&[])).is_err());

    assert_eq!(guard_goes_on(&refold(2), &refold(2)), Ok(()));
    assert!(guard_goes_on(&refold(2), &refold(1)).is_err());
    assert!(guard_goes_on(&refold(2), &version(9)).is_err(), "it changed its kind");
}

#[test]
fn no_checkpoint_goes_back_in_one_life_of_the_feed() {
    let before = checkpoint("i", Some(5), None);
    assert_eq!(checkpoint_goes_on(&before, &checkpoint("i", Some(5), None)), Ok(()));
    assert!(checkpoint_goes_on(&before, &checkpoint("i", Some(4), None)).is_err());
    assert!(checkpoint_goes_on(&before, &checkpoint("i", None, None)).is_err());
    assert_eq!(checkpoint_goes_on(&before, &checkpoint("j", None, None)), Ok(()), "another life");
    let sweep = checkpoint("i", Some(5), Some(9));
    assert_eq!(checkpoint_goes_on(&before, &sweep), Ok(()), "a sweep begins");
    assert_eq!(checkpoint_goes_on(&sweep, &checkpoint("i", Some(3), None)), Ok(()), "and ends");
    assert!(checkpoint_goes_on(&before, &checkpoint("i", Some(4), Some(9))).is_err());
}

#[test]
fn no_cursor_goes_back() {
    let cursor = |next| Cursor { done: progress(next, &[]), ..Cursor::default() };
    assert_eq!(cursor_goes_on(&cursor(2), &cursor(2)), Ok(()));
    assert!(cursor_goes_on(&cursor(2), &cursor(1)).is_err());
}
