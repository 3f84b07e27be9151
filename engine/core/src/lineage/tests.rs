//! Parents and children, case by case.

use super::{Parent, may_read};
use crate::checkpoint::{Checkpoint, Counts};

fn checkpoint(life: &str, ended: bool) -> Checkpoint {
    Checkpoint {
        incarnation: life.into(),
        position: None,
        jump: None,
        ended,
        counts: Counts::default(),
        writer: 1,
        serial: 1,
    }
}

/// Whether a child with this checkpoint may be read, in the life `i`, while its parents are so.
fn check(own: Option<&Checkpoint>, parents: &[(bool, Option<Checkpoint>)], expected: bool) {
    let seen: Vec<Parent<'_>> = parents
        .iter()
        .map(|(listed, checkpoint)| Parent { listed: *listed, checkpoint: checkpoint.as_ref() })
        .collect();
    let may = may_read(&"i".into(), own, &seen);
    assert_eq!(may, expected, "{own:?} of {parents:?}");
}

#[test]
fn a_child_waits_for_all_its_parents() {
    let (done, reading) = (Some(checkpoint("i", true)), Some(checkpoint("i", false)));
    check(None, &[], true);
    check(None, &[(true, done.clone())], true);
    check(None, &[(true, reading.clone())], false);
    check(None, &[(true, None)], false);
    check(None, &[(true, done.clone()), (true, reading)], false);
    check(None, &[(true, done.clone()), (true, done)], true);
}

#[test]
fn an_end_in_another_life_of_the_feed_is_no_end_of_this_one() {
    check(None, &[(true, Some(checkpoint("before", true)))], false);
}

#[test]
fn a_parent_that_is_not_listed_any_more_holds_nobody_up() {
    check(None, &[(false, None)], true);
    check(None, &[(false, Some(checkpoint("i", false)))], true);
    check(None, &[(false, None), (true, None)], false);
}

#[test]
fn who_has_begun_goes_on() {
    let gone = (true, None);
    check(Some(&checkpoint("i", false)), std::slice::from_ref(&gone), true);
    check(Some(&checkpoint("before", false)), &[gone], false);
}
