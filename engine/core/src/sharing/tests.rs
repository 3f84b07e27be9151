//! Who shares which read, case by case and in a world of slow and leaving members.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Effect, Input, Outcome, ReadId, Sharing, Window};
use crate::effect::Ticket;
use crate::name::ProjectionId;
use crate::position::Position;
use crate::time::Time;

const WINDOW: Window = Window { reads: 2, bytes: 100, patience_ms: 50 };

fn id(number: u32) -> ProjectionId {
    ProjectionId { name: "p".into(), generation: number }
}

/// Place 0 is before everything.
fn place(number: u64) -> Option<Position> {
    (number > 0).then(|| Position::number(number))
}

fn ask(number: u32, after: u64) -> Input {
    ask_of("life", 1, number, after)
}

fn ask_of(life: &str, ticket: u64, number: u32, after: u64) -> Input {
    let (ticket, projection, after) = (Ticket(ticket), id(number), place(after));
    Input::Asked { ticket, projection, partition: "0".into(), incarnation: life.into(), after }
}

fn came(read: u64, next: u64) -> Input {
    let outcome = Outcome::Batch { next: place(next), bytes: 10 };
    Input::Arrived { read: ReadId(read), outcome }
}

fn failed(read: u64) -> Input {
    Input::Arrived { read: ReadId(read), outcome: Outcome::Failed }
}

fn gone(number: u32) -> Input {
    Input::Gone { projection: id(number), partition: None }
}

/// The effects as words: `read 1 after 5`, `hand 1 to 2`, `forget 1`, `attach 1`, `detach 1`,
/// `wake 50`.
fn words(effects: &[Effect]) -> Vec<String> {
    let word = |effect: &Effect| match effect {
        Effect::Read { read, after, .. } => {
            let after = after.as_ref().map_or("0".into(), ToString::to_string);
            format!("read {} after {after}", read.0)
        }
        Effect::Hand { projection, read, .. } => {
            format!("hand {} to {}", read.0, projection.generation)
        }
        Effect::Forget { read } => format!("forget {}", read.0),
        Effect::Attached { projection, .. } => format!("attach {}", projection.generation),
        Effect::Detached { projection, .. } => format!("detach {}", projection.generation),
        Effect::WakeAt(time) => format!("wake {}", time.0),
    };
    effects.iter().map(word).collect()
}

/// Each input at its time has these effects.
fn check(script: &[(u64, Input, &[&str])]) {
    let mut sharing = Sharing::new(WINDOW);
    for (number, (now, input, expected)) in script.iter().enumerate() {
        let effects = sharing.step(Time(*now), input.clone());
        assert_eq!(words(&effects), *expected, "input {number}: {input:?}");
    }
}

#[test]
fn one_alone_reads_without_waiting_and_keeps_nothing() {
    check(&[
        (0, ask(1, 0), &["attach 1", "read 1 after 0"]),
        (1, came(1, 5), &["hand 1 to 1", "forget 1"]),
        (2, ask(1, 5), &["read 2 after 5"]),
        (3, failed(2), &["hand 2 to 1", "forget 2"]),
        (4, ask(1, 5), &["read 3 after 5"]),
    ]);
}

#[test]
fn two_at_one_place_share_a_read() {
    check(&[
        (0, ask(1, 0), &["attach 1", "read 1 after 0"]),
        (0, ask(2, 0), &["attach 2"]),
        (1, came(1, 5), &["hand 1 to 1", "hand 1 to 2", "forget 1"]),
        (2, ask(2, 5), &["wake 52"]),
        (3, ask(1, 5), &["read 2 after 5"]),
        (4, came(2, 5), &["hand 2 to 1", "hand 2 to 2", "forget 2"]),
    ]);
}

#[test]
fn a_slow_one_costs_one_patience_and_finds_what_it_missed() {
    check(&[
        (0, ask(1, 0), &["attach 1", "read 1 after 0"]),
        (0, ask(2, 0), &["attach 2"]),
        (1, came(1, 5), &["hand 1 to 1", "hand 1 to 2", "forget 1"]),
        (2, ask(1, 5), &["wake 52"]),
        (52, Input::Ticked, &["read 2 after 5"]),
        (53, came(2, 9), &["hand 2 to 1"]),
        (54, ask(1, 9), &["read 3 after 9"]),
        (55, ask(2, 5), &["hand 2 to 2", "forget 2"]),
        (56, ask(2, 9), &[]),
        (57, came(3, 12), &["hand 3 to 1", "hand 3 to 2", "forget 3"]),
    ]);
}

#[test]
fn a_slower_one_reads_alone_until_it_meets_the_others() {
    check(&[
        (0, ask(1, 0), &["attach 1", "read 1 after 0"]),
        (0, ask(2, 0), &["attach 2"]),
        (1, came(1, 5), &["hand 1 to 1", "hand 1 to 2", "forget 1"]),
        (2, ask(1, 5), &["wake 52"]),
        (52, Input::Ticked, &["read 2 after 5"]),
        (53, came(2, 6), &["hand 2 to 1"]),
        (54, ask(1, 6), &["read 3 after 6"]),
        (55, came(3, 7), &["hand 3 to 1"]),
        (56, ask(1, 7), &["read 4 after 7"]),
        (57, came(4, 8), &["hand 4 to 1", "forget 2"]),
        (58, ask(2, 5), &["detach 2", "read 5 after 5"]),
        (59, came(5, 7), &["hand 5 to 2", "forget 3", "forget 5"]),
        (60, ask(2, 7), &["hand 4 to 2", "attach 2", "forget 4"]),
        (61, ask(1, 8), &["wake 111"]),
        (62, ask(2, 8), &["read 6 after 8"]),
    ]);
}

#[test]
fn who_left_is_not_waited_for() {
    check(&[
        (0, ask(1, 0), &["attach 1", "read 1 after 0"]),
        (0, ask(2, 0), &["attach 2"]),
        (1, came(1, 5), &["hand 1 to 1", "hand 1 to 2", "forget 1"]),
        (2, ask(1, 5), &["wake 52"]),
        (3, gone(2), &["read 2 after 5"]),
        (4, gone(1), &[]),
        (5, ask(1, 5), &["attach 1"]),
        (6, came(2, 9), &["hand 2 to 1", "forget 2"]),
        (7, ask(1, 9), &["read 3 after 9"]),
        (8, gone(1), &[]),
        (9, came(3, 12), &["forget 3"]),
    ]);
}

#[test]
fn one_that_goes_back_is_not_handed_what_it_no_longer_asks_for() {
    check(&[
        (0, ask(1, 7), &["attach 1", "read 1 after 7"]),
        (1, ask(1, 7), &[]),
        (2, ask(1, 3), &["read 2 after 3"]),
        (3, came(1, 9), &[]),
        (4, came(2, 7), &["hand 2 to 1", "forget 2"]),
        (5, ask(1, 7), &["hand 1 to 1", "forget 1"]),
    ]);
}

#[test]
fn who_believes_in_another_life_of_the_feed_reads_another_log() {
    check(&[
        (0, ask(1, 5), &["attach 1", "read 1 after 5"]),
        (0, ask_of("reborn", 1, 2, 5), &["attach 2", "read 2 after 5"]),
        (1, ask_of("reborn", 1, 1, 5), &["attach 1"]),
        (2, came(2, 7), &["hand 2 to 1", "hand 2 to 2", "forget 2"]),
        (3, came(1, 9), &["forget 1"]),
    ]);
}

#[test]
fn a_request_that_was_overtaken_takes_no_answer_from_the_later_one() {
    let mut sharing = Sharing::new(WINDOW);
    sharing.step(Time(0), ask_of("life", 2, 1, 9));
    assert_eq!(sharing.step(Time(1), ask_of("life", 1, 1, 5)), []);
    assert_eq!(sharing.step(Time(2), ask_of("before", 1, 1, 9)), []);
    sharing.step(Time(3), ask_of("life", 3, 1, 9));
    let (projection, ticket, read) = (id(1), Ticket(3), ReadId(1));
    let effects = sharing.step(Time(4), came(1, 12));
    let expected = [Effect::Hand { projection, ticket, read }, Effect::Forget { read }];
    assert_eq!(effects, expected);
}

#[test]
fn what_is_too_large_is_not_kept() {
    let large = Outcome::Batch { next: place(6), bytes: 101 };
    check(&[
        (0, ask(1, 1), &["attach 1", "read 1 after 1"]),
        (0, ask(2, 5), &["attach 2", "read 2 after 5"]),
        (1, Input::Arrived { read: ReadId(2), outcome: large }, &["hand 2 to 2", "forget 2"]),
        (2, came(77, 1), &["forget 77"]),
    ]);
}

/// A world of members that each read one partition from its beginning to its end.
struct World {
    sharing: Sharing,
    now: u64,
    /// Where each member stands, and whether it has asked.
    members: BTreeMap<u32, (u64, bool)>,
    /// The latest request of each.
    tickets: BTreeMap<u32, Ticket>,
    /// Open reads: what each follows.
    open: BTreeMap<u64, u64>,
    /// What each read that came follows and where it ends.
    came: BTreeMap<u64, (u64, u64)>,
    forgotten: BTreeSet<u64>,
}

const END: u64 = 30;

impl World {
    fn step(&mut self, input: Input) {
        for effect in self.sharing.step(Time(self.now), input) {
            match effect {
                Effect::Read { read, after, .. } => {
                    let after = (0..=END).find(|number| place(*number) == after).unwrap();
                    assert!(!self.open.values().any(|open| *open == after), "read twice at once");
                    self.open.insert(read.0, after);
                }
                Effect::Hand { projection, ticket, read } => {
                    assert_eq!(self.tickets[&projection.generation], ticket, "the latest");
                    assert!(!self.forgotten.contains(&read.0), "handed after it was forgotten");
                    let (follows, next) = self.came[&read.0];
                    let member = self.members.get_mut(&projection.generation).unwrap();
                    assert_eq!(*member, (follows, true), "it follows what was asked for");
                    *member = (next, false);
                }
                Effect::Forget { read } => {
                    assert!(self.forgotten.insert(read.0), "forgotten twice");
                }
                Effect::WakeAt(time) => assert!(time > Time(self.now)),
                Effect::Attached { .. } | Effect::Detached { .. } => {}
            }
        }
        for place in self.sharing.partitions.values() {
            let (members, open, kept) = place.sizes();
            assert!(kept <= WINDOW.reads && open <= members.max(self.open.len()));
        }
    }

    fn ask(&mut self, member: u32) {
        let (at, asked) = self.members.entry(member).or_default();
        if !*asked && *at < END {
            *asked = true;
            let after = *at;
            let ticket = self.tickets.entry(member).or_insert(Ticket(0));
            ticket.0 += 1;
            let ticket = ticket.0;
            self.step(ask_of("life", ticket, member, after));
            // One of before it is still on its way.
            self.step(ask_of("life", ticket - 1, member, after / 2));
        }
    }

    fn arrive(&mut self, fate: u64) {
        let place = usize::try_from(fate).unwrap() % self.open.len().max(1);
        let Some((&read, &follows)) = self.open.iter().nth(place) else { return };
        self.open.remove(&read);
        let next = (follows + fate % 4).min(END);
        self.came.insert(read, (follows, next));
        let input = if fate.is_multiple_of(7) {
            self.came.insert(read, (follows, follows));
            failed(read)
        } else {
            came(read, next)
        };
        self.step(input);
    }
}

proptest! {
    /// Whoever is slow, fails, leaves or comes back: everyone gets everything, in order.
    #[test]
    fn everyone_gets_to_the_end(
        schedule in prop::collection::vec((0u8..12, 0u32..4, 0u64..40), 0..300),
    ) {
        let mut world = World {
            sharing: Sharing::new(WINDOW),
            now: 0,
            members: BTreeMap::new(),
            tickets: BTreeMap::new(),
            open: BTreeMap::new(),
            came: BTreeMap::new(),
            forgotten: BTreeSet::new(),
        };
        for (what, member, fate) in schedule {
            match what {
                0..=4 => world.ask(member),
                5..=8 => world.arrive(fate),
                9 | 10 => {
                    world.now += fate;
                    world.step(Input::Ticked);
                }
                _ => {
                    world.members.remove(&member);
                    world.step(gone(member));
                }
            }
        }
        for round in 1..1_000 {
            (0..4).for_each(|member| world.ask(member));
            world.now += 10;
            world.step(Input::Ticked);
            world.arrive(round);
        }
        for member in 0..4 {
            prop_assert_eq!(world.members[&member], (END, false), "member {}", member);
        }
        while !world.open.is_empty() {
            world.arrive(1);
        }
        (0..4).for_each(|member| world.step(gone(member)));
        prop_assert_eq!(world.forgotten.len(), world.came.len(), "every read is forgotten");
        prop_assert!(world.sharing.partitions.is_empty() && world.sharing.open.is_empty());
    }
}
