//! Holds [`foldline_ports::group`] to its contract.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_ports::feed::{Feed, Spot};
use foldline_ports::group::{Group, Ownership};

use super::run::{block_on, poll_once};
use super::{Case, Held, LeftOut, Outcome, cases};

/// What the tests need of an adapter's world. It begins with four partitions, and no member.
pub trait World {
    /// The feed whose group this is.
    fn feed(&self) -> &dyn Feed;

    /// The group.
    fn group(&self) -> &dyn Group;

    /// Waits a little for the group to come to rest. False: it rests, or has had its time.
    fn wait(&self) -> bool;

    /// Adds a partition. False: nobody can make this feed do it.
    fn grow(&self) -> bool;

    /// Does what the group does with a member that it has not heard of for too long. False:
    /// nobody can make this group do it.
    fn expel(&self, member: &str) -> bool;
}

/// The tests.
pub const TESTS: &[Case<dyn World>] = cases![
    every_partition_finds_an_owner,
    new_partitions_are_granted,
    a_partition_has_one_owner,
    a_release_lets_the_next_begin,
    a_member_that_leaves_frees,
    an_expelled_member_is_told,
    a_dropped_wait_loses_nothing,
    a_courtesy_changes_nothing,
];

/// What the members hold, by what they were told, and what they are asked to release.
#[derive(Default)]
struct Members {
    held: BTreeMap<Name, BTreeSet<Name>>,
    asked: BTreeMap<Name, BTreeSet<Name>>,
    lost: BTreeMap<Name, BTreeSet<Name>>,
}

impl Members {
    fn join(&mut self, world: &dyn World, member: &str) {
        block_on(world.group().join(member)).unwrap();
        self.held.entry(member.into()).or_default();
    }

    /// Hears all there is to tell, and checks that no two hold the same partition.
    fn hear(&mut self, world: &dyn World) {
        loop {
            let mut news = 0;
            let members: Vec<Name> = self.held.keys().cloned().collect();
            for member in &members {
                while let Some(told) = poll_once(world.group().next(member)) {
                    self.note(member, told.unwrap());
                    news += 1;
                }
            }
            if news == 0 && !world.wait() {
                return;
            }
        }
    }

    fn note(&mut self, member: &Name, told: Ownership) {
        let held = self.held.entry(member.clone()).or_default();
        match told {
            Ownership::Granted(partition) => {
                assert!(held.insert(partition.clone()), "{partition} was {member}'s already");
                let others = self.held.iter().filter(|(_, held)| held.contains(&partition));
                let owners: Vec<&Name> = others.map(|(member, _)| member).collect();
                assert_eq!(owners, [member], "{partition} has one owner");
            }
            Ownership::Revoked { partition, lost } => {
                assert!(held.contains(&partition), "{partition} was never {member}'s");
                if lost {
                    held.remove(&partition);
                    self.lost.entry(member.clone()).or_default().insert(partition);
                } else {
                    self.asked.entry(member.clone()).or_default().insert(partition);
                }
            }
        }
    }

    /// Releases all that is asked for.
    fn release(&mut self, world: &dyn World) {
        for (member, partitions) in std::mem::take(&mut self.asked) {
            for partition in partitions {
                self.held.entry(member.clone()).or_default().remove(&partition);
                block_on(world.group().release(&member, &partition)).unwrap();
            }
        }
    }

    fn settle(&mut self, world: &dyn World) {
        for _ in 0..4 {
            self.hear(world);
            self.release(world);
        }
        assert!(self.asked.is_empty(), "the group never comes to rest");
    }

    fn all(&self) -> BTreeSet<Name> {
        self.held.values().flatten().cloned().collect()
    }

    fn count(&self, member: &str) -> usize {
        self.held.get(member).map_or(0, BTreeSet::len)
    }
}

fn listed(world: &dyn World) -> BTreeSet<Name> {
    let partitions = block_on(world.feed().partitions()).unwrap();
    partitions.into_iter().map(|partition| partition.name).collect()
}

fn every_partition_finds_an_owner(world: &dyn World) -> Outcome {
    let mut members = Members::default();
    for member in ["b", "a", "c"] {
        members.join(world, member);
        members.join(world, member);
        members.settle(world);
        assert_eq!(members.all(), listed(world), "after {member} joined, twice");
    }
    assert!(members.held.values().all(|held| !held.is_empty()), "everyone has a share");
    Held
}

fn new_partitions_are_granted(world: &dyn World) -> Outcome {
    let mut members = Members::default();
    members.join(world, "a");
    members.settle(world);
    if !world.grow() {
        return LeftOut("nobody can make this feed grow");
    }
    members.settle(world);
    assert_eq!(members.all(), listed(world));
    Held
}

fn a_partition_has_one_owner(world: &dyn World) -> Outcome {
    // `note` checks it at each grant, here while nobody releases for a while.
    let mut members = Members::default();
    for member in ["a", "b", "c", "d", "e"] {
        members.join(world, member);
        members.hear(world);
    }
    assert_eq!(members.count("a"), listed(world).len(), "nobody else begins before a release");
    members.settle(world);
    assert_eq!(members.all(), listed(world));
    Held
}

fn a_release_lets_the_next_begin(world: &dyn World) -> Outcome {
    let mut members = Members::default();
    members.join(world, "a");
    members.settle(world);
    members.join(world, "b");
    members.hear(world);
    assert_eq!(members.count("b"), 0);
    let asked = members.asked.get("a").cloned().unwrap_or_default();
    assert!(!asked.is_empty(), "a is asked for a share");
    members.release(world);
    members.hear(world);
    assert_eq!(members.held.get("b"), Some(&asked));
    // Releasing again what is another's by now takes nothing from it.
    for partition in &asked {
        block_on(world.group().release("a", partition)).unwrap();
    }
    members.hear(world);
    assert_eq!(members.held.get("b"), Some(&asked));
    Held
}

fn a_member_that_leaves_frees(world: &dyn World) -> Outcome {
    let mut members = Members::default();
    members.join(world, "a");
    members.join(world, "b");
    members.settle(world);
    block_on(world.group().leave("a")).unwrap();
    members.held.remove("a");
    members.settle(world);
    assert_eq!(members.held.get("b"), Some(&listed(world)));
    Held
}

fn an_expelled_member_is_told(world: &dyn World) -> Outcome {
    let mut members = Members::default();
    members.join(world, "a");
    members.join(world, "b");
    members.settle(world);
    let before = members.held.get("a").cloned().unwrap_or_default();
    if !world.expel("a") {
        return LeftOut("nobody can make this group expel a member");
    }
    members.hear(world);
    assert_eq!(members.lost.get("a"), Some(&before), "a hears what it lost");
    members.settle(world);
    assert_eq!(members.held.get("b"), Some(&listed(world)), "b has all");
    members.join(world, "a");
    members.settle(world);
    assert!(members.count("a") > 0, "it may come back");
    assert_eq!(members.all(), listed(world));
    Held
}

fn a_dropped_wait_loses_nothing(world: &dyn World) -> Outcome {
    let group = world.group();
    assert!(poll_once(group.next("a")).is_none(), "who takes no part has nothing to hear");
    let mut members = Members::default();
    members.join(world, "a");
    // Made and dropped without a poll: nothing may have been taken for it.
    (0..10).for_each(|_| drop(group.next("a")));
    members.settle(world);
    assert_eq!(members.all(), listed(world));
    assert!(poll_once(group.next("a")).is_none(), "it waits while there is nothing to tell");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| block_on(group.next("a")));
        let mut other = Members::default();
        other.join(world, "b");
        let told = waiting.join().unwrap().unwrap();
        assert!(matches!(told, Ownership::Revoked { lost: false, .. }), "woken by {told:?}");
    });
    Held
}

fn a_courtesy_changes_nothing(world: &dyn World) -> Outcome {
    let mut members = Members::default();
    members.join(world, "a");
    members.settle(world);
    let incarnation = block_on(world.feed().incarnation()).unwrap();
    for partition in listed(world) {
        let oldest = block_on(world.feed().oldest(&partition)).unwrap();
        for position in [None, Some(Position::number(0))] {
            let spot = Spot { incarnation: incarnation.clone(), position };
            block_on(world.group().tell(&partition, &spot)).unwrap();
        }
        assert_eq!(block_on(world.feed().oldest(&partition)).unwrap(), oldest);
    }
    members.hear(world);
    assert!(members.asked.is_empty() && members.lost.is_empty());
    assert_eq!(members.all(), listed(world));
    Held
}
