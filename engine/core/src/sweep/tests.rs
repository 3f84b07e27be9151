//! When heads are read, and when each projection is given them.

use proptest::prelude::*;

use super::{Effect, Input, Pace, Sweep};
use crate::backoff::Backoff;
use crate::fault::Trouble;
use crate::input::Head;
use crate::name::{Name, ProjectionId};
use crate::time::Time;

const PACE: Pace = Pace {
    pass_ms: 1_000,
    page_ms: 100,
    page_heads: 10,
    pages: 2,
    slack_ms: 5,
    patience_ms: 2_000,
    lag_ms: 300,
};

fn id(name: &str) -> ProjectionId {
    ProjectionId { name: name.into(), generation: 1 }
}

fn passed(name: &str, partition: &str, time: u64) -> Input {
    Input::Passed { projection: id(name), partition: partition.into(), time: Time(time) }
}

fn gone(name: &str, partition: Option<&str>) -> Input {
    Input::Gone { projection: id(name), partition: partition.map(Name::from) }
}

/// A page with this one stream at this version.
fn page(stream: &str, version: u64, more: bool) -> Input {
    let page = Ok(vec![Head { stream: stream.into(), version }]);
    Input::Page { page, more: more.then(|| stream.into()) }
}

fn sweep() -> Sweep {
    Sweep::new(PACE, Backoff::new((10, 10), 0, 0))
}

/// The effects as words: `read`, `read after s`, `a gets s9`, `wake 50`.
fn words(effects: &[Effect]) -> Vec<String> {
    let word = |effect: &Effect| match effect {
        Effect::ReadHeads { after: None, .. } => "read".into(),
        Effect::ReadHeads { after: Some(after), .. } => format!("read after {after}"),
        Effect::Hand { projection, heads } => {
            let heads = heads.iter().map(|head| format!(" {}{}", head.stream, head.version));
            format!("{} gets{}", projection.name, heads.collect::<String>())
        }
        Effect::WakeAt(time) => format!("wake {}", time.0),
    };
    effects.iter().map(word).collect()
}

fn check(script: &[(u64, Input, &[&str])]) {
    let mut sweep = sweep();
    for (number, (now, input, expected)) in script.iter().enumerate() {
        let effects = sweep.step(Time(*now), input.clone());
        assert_eq!(words(&effects), *expected, "input {number}: {input:?}");
    }
}

#[test]
fn nobody_needs_no_sweep() {
    check(&[(0, Input::Ticked, &[]), (9_999, Input::Ticked, &[])]);
}

#[test]
fn heads_wait_until_every_partition_has_passed_their_time() {
    check(&[
        (100, passed("a", "0", 0), &["read"]),
        (110, passed("a", "1", 0), &[]),
        (120, page("s", 9, true), &["wake 220"]),
        (130, passed("a", "0", 130), &["wake 220"]),
        (131, passed("a", "1", 124), &["wake 220"]),
        (132, passed("a", "1", 125), &["a gets s9", "wake 220"]),
        (133, passed("a", "1", 126), &["wake 220"]),
        (220, Input::Ticked, &["read after s"]),
    ]);
}

#[test]
fn a_pass_ends_and_another_begins_in_time() {
    check(&[
        (0, passed("a", "0", 9_999), &["read"]),
        (10, page("s", 1, false), &["a gets s1", "wake 1000"]),
        (999, Input::Ticked, &["wake 1000"]),
        (1_000, Input::Ticked, &["read"]),
    ]);
}

#[test]
fn each_projection_gets_a_page_when_it_is_ready() {
    check(&[
        (0, passed("a", "0", 9_999), &["read"]),
        (0, passed("b", "0", 0), &[]),
        (10, page("s", 1, true), &["a gets s1", "wake 110"]),
        (110, Input::Ticked, &["read after s"]),
        (120, page("t", 1, true), &["a gets t1", "wake 310"]),
        (300, Input::Ticked, &["wake 310"]),
        (305, passed("b", "0", 15), &["b gets s1", "read after t"]),
        (306, gone("b", None), &[]),
        (307, page("u", 1, false), &["a gets u1", "wake 1000"]),
    ]);
}

#[test]
fn one_that_is_paused_misses_pages_and_holds_nobody_back() {
    check(&[
        (0, passed("a", "0", 9_999), &["read"]),
        (0, passed("b", "0", 0), &[]),
        (10, page("s", 1, true), &["a gets s1", "wake 110"]),
        (110, Input::Ticked, &["read after s"]),
        (120, page("t", 1, true), &["a gets t1", "wake 310"]),
        (310, Input::Ticked, &["read after t"]),
        (320, page("u", 1, true), &["a gets u1", "wake 420"]),
        (420, Input::Ticked, &["read after u"]),
        (430, passed("b", "0", 9_999), &["b gets u1"]),
    ]);
}

#[test]
fn no_page_is_read_without_room_while_nobody_had_one() {
    check(&[
        (0, passed("b", "0", 0), &["read"]),
        (10, page("s", 1, true), &["wake 110"]),
        (110, Input::Ticked, &["read after s"]),
        (120, page("t", 1, true), &["wake 2010"]),
        (1_000, Input::Ticked, &["wake 2010"]),
        (2_010, Input::Ticked, &["read after t"]),
    ]);
}

#[test]
fn one_that_lags_misses_the_page() {
    check(&[
        (0, passed("b", "0", 0), &["read"]),
        (10, page("s", 1, false), &["wake 1000"]),
        (1_000, Input::Ticked, &["read"]),
        (1_010, Input::Page { page: Ok(Vec::new()), more: None }, &["wake 2000"]),
        (2_010, Input::Ticked, &["read"]),
        (2_011, passed("b", "0", 5_000), &[]),
    ]);
}

#[test]
fn a_partition_that_ended_is_not_waited_for() {
    check(&[
        (0, passed("a", "0", 9_999), &["read"]),
        (0, passed("a", "1", 0), &[]),
        (10, page("s", 1, false), &["wake 1000"]),
        (20, gone("a", Some("1")), &["a gets s1", "wake 1000"]),
        (30, gone("a", Some("0")), &[]),
        (40, gone("a", None), &[]),
    ]);
}

#[test]
fn trouble_is_tried_again_at_the_same_place() {
    let trouble = || Input::Page { page: Err(Trouble::Down), more: None };
    let mut sweep = sweep();
    sweep.step(Time(0), passed("a", "0", 9_999));
    sweep.step(Time(1), page("s", 1, true));
    assert_eq!(words(&sweep.step(Time(101), Input::Ticked)), ["read after s"]);
    let effects = sweep.step(Time(102), trouble());
    let [Effect::WakeAt(at)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(words(&sweep.step(*at, Input::Ticked)), ["read after s"]);
    // An answer that nobody waits for changes nothing.
    sweep.step(Time(300), page("t", 1, false));
    sweep.step(Time(300), page("x", 1, false));
    assert_eq!(sweep.heads(), 0);
}

#[test]
fn a_long_wait_is_slept_through_in_steps_that_the_clock_follows() {
    let pace = Pace { pass_ms: 60_000, ..PACE };
    let mut sweep = Sweep::new(pace, Backoff::new((10, 10), 0, 0));
    sweep.step(Time(0), passed("a", "0", 9_999_999));
    let mut effects = sweep.step(Time(1), page("s", 1, false));
    let mut now = 1;
    for _ in 0..100 {
        let Some(Effect::WakeAt(at)) = effects.last() else { break };
        now = at.0;
        effects = sweep.step(*at, Input::Ticked);
    }
    assert_eq!((words(&effects), now), (vec!["read".to_string()], 60_000));
}

proptest! {
    /// Whatever comes: memory is bounded, a page goes to a projection once and never early, and a
    /// projection that keeps up gets every page.
    #[test]
    fn pages_are_handed_once_and_in_time(
        script in prop::collection::vec((0u8..6, 0u64..3, 0u64..200), 0..300),
    ) {
        let mut sweep = sweep();
        let (mut now, mut version, mut reading) = (0, 0, false);
        let mut came = Vec::new();
        let mut reached = [[0u64; 2]; 3];
        let mut handed = std::collections::BTreeSet::new();
        for (what, who, much) in script {
            now += much;
            let place = usize::try_from(who).unwrap();
            let partition = usize::try_from(much % 2).unwrap();
            let input = match what {
                0 | 1 => {
                    reached[place][partition] = now;
                    passed(["a", "b", "c"][place], ["0", "1"][partition], now)
                }
                2 | 3 if reading => {
                    version += 1;
                    came.push(now);
                    reading = false;
                    page("s", version, much % 3 > 0)
                }
                4 if much < 5 => gone(["a", "b", "c"][place], None),
                _ => Input::Ticked,
            };
            for effect in sweep.step(Time(now), input) {
                match effect {
                    Effect::ReadHeads { .. } => {
                        prop_assert!(!reading, "one read at a time");
                        reading = true;
                    }
                    Effect::Hand { projection, heads } => {
                        let number = heads[0].version;
                        let time = came[usize::try_from(number).unwrap() - 1];
                        let who = "abc".find(projection.name.as_str()).unwrap();
                        prop_assert!(reached[who].iter().any(|at| *at >= time + PACE.slack_ms));
                        prop_assert!(handed.insert((projection, number)), "handed once");
                    }
                    Effect::WakeAt(at) => prop_assert!(at.0 > now),
                }
            }
            prop_assert!(sweep.heads() <= PACE.pages);
        }
    }
}
