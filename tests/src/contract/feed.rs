//! Holds [`foldline_ports::feed`] to its contract.

use foldline_core::input::{FetchError, Fetched};
use foldline_core::name::Name;
use foldline_core::position::{Incarnation, Position};
use foldline_ports::feed::{Ask, Feed, Partition, Spot};

use super::run::block_on;
use super::{Case, Held, LeftOut, Outcome, cases};

/// What the tests need of an adapter's world. It begins with two partitions or more, empty.
pub trait World {
    /// The feed.
    fn feed(&self) -> &dyn Feed;

    /// Appends one record, that makes these events of a stream. False: this feed's records make
    /// one event each.
    fn append(&self, partition: &str, stream: &str, versions: &[u64]) -> bool;

    /// Forgets what stands up to a position. False: nobody can make this feed do it.
    fn trim(&self, partition: &str, through: &Position) -> bool;

    /// Ends partitions, and begins so many that continue them. False: this feed's never end.
    fn reshard(&self, parents: &[Name], children: usize) -> bool;

    /// Begins another life of the feed, with partitions of the same names, empty. False: nobody
    /// can make this feed do it.
    fn reincarnate(&self) -> bool;
}

/// The tests.
pub const TESTS: &[Case<dyn World>] = cases![
    a_batch_says_what_it_follows,
    positions_rise_and_nothing_is_left_out,
    the_same_position_gives_the_same_events,
    next_never_goes_back,
    a_fetch_goes_on_inside_a_record,
    a_batch_is_bounded,
    what_was_trimmed_is_told,
    a_position_beyond_the_end_is_told,
    another_incarnation_is_told,
    oldest_leads_to_the_oldest_event,
    newest_is_where_the_feed_ends,
    the_end_comes_after_the_last_event,
    children_name_their_parents,
    a_trimmed_parent_still_ends,
];

const NOBODY_TRIMS: Outcome = LeftOut("nobody can make this feed trim");
const NEVER_ENDS: Outcome = LeftOut("this feed's partitions never end");

fn partitions(world: &dyn World) -> Vec<Partition> {
    block_on(world.feed().partitions()).unwrap()
}

fn first(world: &dyn World) -> Name {
    partitions(world).first().unwrap().name.clone()
}

fn life(world: &dyn World) -> Incarnation {
    block_on(world.feed().incarnation()).unwrap()
}

fn try_fetch(
    world: &dyn World,
    partition: &str,
    after: Option<&Position>,
    events_max: usize,
) -> Result<Fetched, FetchError> {
    let incarnation = life(world);
    block_on(world.feed().fetch(Ask { partition, incarnation: &incarnation, after, events_max }))
}

fn fetch(world: &dyn World, partition: &str, after: Option<&Position>) -> Fetched {
    try_fetch(world, partition, after, 1_000).unwrap()
}

/// Everything from a position on, in batches of so many, up to the first empty batch.
fn read(world: &dyn World, partition: &str, from: Option<Position>, max: usize) -> Vec<Fetched> {
    let (mut all, mut after) = (Vec::new(), from);
    loop {
        let fetched = try_fetch(world, partition, after.as_ref(), max).unwrap();
        let over = fetched.batch.is_empty();
        after.clone_from(&fetched.next);
        all.push(fetched);
        if over {
            return all;
        }
    }
}

/// Stream and version of all events, in order.
fn events(all: &[Fetched]) -> Vec<(String, u64)> {
    let events = all.iter().flat_map(|fetched| fetched.batch.events());
    events.map(|event| (event.stream().to_owned(), event.version())).collect()
}

fn versions(all: &[Fetched]) -> Vec<u64> {
    events(all).into_iter().map(|(_, version)| version).collect()
}

fn positions(all: &[Fetched]) -> Vec<Position> {
    let events = all.iter().flat_map(|fetched| fetched.batch.events());
    events.map(|event| event.position().clone()).collect()
}

fn fill(world: &dyn World, partition: &str, versions: impl IntoIterator<Item = u64>) {
    for version in versions {
        world.append(partition, "s", &[version]);
    }
}

fn a_batch_says_what_it_follows(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, 0..5);
    let mut after = None;
    for fetched in read(world, &partition, None, 2) {
        assert_eq!(fetched.partition, partition);
        assert_eq!(fetched.incarnation, life(world));
        assert_eq!(fetched.follows, after);
        let later = |event: &Position| after.as_ref().is_none_or(|after| event > after);
        assert!(fetched.batch.events().all(|event| later(event.position())));
        after.clone_from(&fetched.next);
    }
    Held
}

fn positions_rise_and_nothing_is_left_out(world: &dyn World) -> Outcome {
    let names: Vec<Name> = partitions(world).into_iter().map(|found| found.name).collect();
    assert!(names.len() > 1, "the tests need two partitions");
    for version in 0..40 {
        for name in &names {
            world.append(name, name, &[version]);
        }
    }
    for name in &names {
        for max in [1, 7, 1_000] {
            let all = read(world, name, None, max);
            let expected: Vec<(String, u64)> = (0..40).map(|v| (name.to_string(), v)).collect();
            assert_eq!(events(&all), expected, "partition {name}, in batches of {max}");
            assert!(positions(&all).is_sorted_by(|a, b| a < b), "positions rise");
        }
    }
    Held
}

fn the_same_position_gives_the_same_events(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, 0..10);
    let before = read(world, &partition, None, 3);
    let at = before.first().unwrap().next.clone();
    let rest = events(before.get(1..).unwrap());
    for round in 0..3 {
        assert_eq!(events(&read(world, &partition, at.clone(), 4)), rest, "round {round}");
    }
    fill(world, &partition, 10..12);
    assert_eq!(versions(&read(world, &partition, at, 100)), (3..12).collect::<Vec<u64>>());
    assert_eq!(
        positions(&read(world, &partition, None, 100)).get(..10),
        positions(&before).get(..10)
    );
    Held
}

fn next_never_goes_back(world: &dyn World) -> Outcome {
    let partition = first(world);
    assert_eq!(fetch(world, &partition, None).next, None, "nothing came: where it was");
    fill(world, &partition, 0..9);
    let mut after: Option<Position> = None;
    for fetched in read(world, &partition, None, 2) {
        assert!(fetched.next >= after, "{:?} after {after:?}", fetched.next);
        match fetched.batch.events().last() {
            Some(last) => assert!(fetched.next.as_ref() >= Some(last.position())),
            None => assert_eq!(fetched.next, after),
        }
        after = fetched.next;
    }
    Held
}

fn a_fetch_goes_on_inside_a_record(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, [0]);
    if !world.append(&partition, "s", &[1, 2, 3]) {
        return LeftOut("a record of this feed is one event");
    }
    fill(world, &partition, [4]);
    let all = read(world, &partition, None, 1_000);
    assert_eq!(versions(&all), [0, 1, 2, 3, 4]);
    for (place, position) in positions(&all).into_iter().enumerate() {
        let rest = read(world, &partition, Some(position.clone()), 1_000);
        assert_eq!(versions(&rest), versions(&all)[place + 1..], "after {position}");
    }
    Held
}

fn a_batch_is_bounded(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, 0..6);
    let largest = if world.append(&partition, "s", &[6, 7, 8]) { 3 } else { 1 };
    fill(world, &partition, 9..12);
    for max in [1, 2, 5] {
        for fetched in read(world, &partition, None, max) {
            let has = fetched.batch.len();
            assert!(has < max + largest, "{has} events where {max} were asked for");
        }
    }
    Held
}

fn what_was_trimmed_is_told(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, 0..10);
    let all = positions(&read(world, &partition, None, 100));
    if !world.trim(&partition, &all[4]) {
        return NOBODY_TRIMS;
    }
    for after in [None, Some(&all[0]), Some(&all[3])] {
        let answer = try_fetch(world, &partition, after, 100);
        assert_eq!(answer.err(), Some(FetchError::Trimmed), "after {after:?}");
    }
    assert_eq!(versions(&read(world, &partition, Some(all[4].clone()), 100)), [5, 6, 7, 8, 9]);
    assert_eq!(versions(&read(world, &partition, Some(all[7].clone()), 100)), [8, 9]);
    Held
}

fn a_position_beyond_the_end_is_told(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, 0..5);
    let last = positions(&read(world, &partition, None, 100))[4].clone();
    assert!(fetch(world, &partition, Some(&last)).batch.is_empty(), "the end itself is no fault");
    let other = partitions(world)[1].name.clone();
    let answer = try_fetch(world, &other, Some(&last), 100);
    assert_eq!(answer.err(), Some(FetchError::Trimmed), "{other} never held {last}");
    Held
}

fn another_incarnation_is_told(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, 0..3);
    let ask = |incarnation: &Incarnation, after: Option<&Position>| {
        let ask = Ask { partition: &partition, incarnation, after, events_max: 10 };
        block_on(world.feed().fetch(ask)).map(|fetched| fetched.batch.len())
    };
    let old = life(world);
    let stranger = Name::from("another");
    assert_eq!(ask(&stranger, None), Err(FetchError::Incarnation(old.clone())));
    let at = positions(&read(world, &partition, None, 10))[1].clone();
    assert_eq!(ask(&stranger, Some(&at)), Err(FetchError::Incarnation(old.clone())));
    assert_eq!(ask(&old, Some(&at)), Ok(1));
    if world.reincarnate() {
        let new = life(world);
        assert_ne!(new, old);
        assert_eq!(ask(&old, Some(&at)), Err(FetchError::Incarnation(new.clone())));
        assert_eq!(ask(&new, None), Ok(0), "another life begins empty");
    }
    Held
}

fn oldest_leads_to_the_oldest_event(world: &dyn World) -> Outcome {
    let partition = first(world);
    let oldest = || {
        let Spot { incarnation, position } = block_on(world.feed().oldest(&partition)).unwrap();
        assert_eq!(incarnation, life(world));
        versions(&read(world, &partition, position, 100))
    };
    assert!(oldest().is_empty());
    fill(world, &partition, 0..5);
    assert_eq!(oldest(), [0, 1, 2, 3, 4]);
    let all = positions(&read(world, &partition, None, 100));
    if !world.trim(&partition, &all[1]) {
        return NOBODY_TRIMS;
    }
    assert_eq!(oldest(), [2, 3, 4]);
    world.trim(&partition, &all[4]);
    assert!(oldest().is_empty(), "a partition trimmed whole can still be read on");
    fill(world, &partition, [5]);
    assert_eq!(oldest(), [5]);
    Held
}

fn newest_is_where_the_feed_ends(world: &dyn World) -> Outcome {
    let partition = first(world);
    let newest = || {
        let Spot { incarnation, position } = block_on(world.feed().newest(&partition)).unwrap();
        assert_eq!(incarnation, life(world));
        position
    };
    for version in 0..5 {
        let end = newest();
        assert!(fetch(world, &partition, end.as_ref()).batch.is_empty(), "nothing follows {end:?}");
        fill(world, &partition, [version]);
        assert_eq!(versions(&read(world, &partition, end, 100)), [version]);
    }
    let all = positions(&read(world, &partition, None, 100));
    if !world.trim(&partition, &all[4]) {
        return NOBODY_TRIMS;
    }
    let end = newest();
    assert!(end.is_some(), "a partition trimmed whole does not end at its beginning");
    fill(world, &partition, [5]);
    assert_eq!(versions(&read(world, &partition, end, 100)), [5]);
    Held
}

fn the_end_comes_after_the_last_event(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, 0..5);
    let open = read(world, &partition, None, 2);
    assert!(open.iter().all(|fetched| !fetched.ended), "an open partition has no end");
    if !world.reshard(std::slice::from_ref(&partition), 2) {
        return NEVER_ENDS;
    }
    let all = read(world, &partition, None, 2);
    for fetched in &all {
        let reached = fetched.batch.events().any(|event| event.version() == 4);
        let behind = fetched.batch.is_empty();
        assert_eq!(fetched.ended, reached || behind, "at {:?}", fetched.next);
    }
    assert_eq!(versions(&all), [0, 1, 2, 3, 4]);
    Held
}

fn children_name_their_parents(world: &dyn World) -> Outcome {
    let begin: Vec<Name> = partitions(world).into_iter().map(|found| found.name).collect();
    fill(world, &begin[0], 0..3);
    let children = |of: &[Name]| {
        let all = partitions(world);
        for parent in of {
            let place = all.iter().position(|found| found.name == *parent);
            let place = place.expect("a parent that holds events stays listed");
            assert!(all[place].ended, "{parent} has ended");
            let after = &all[place..];
            let continues = |found: &&Partition| found.parents.contains(parent);
            let (here, everywhere) =
                (after.iter().filter(continues).count(), all.iter().filter(continues).count());
            assert_eq!(here, everywhere, "parents stand before their children");
        }
        let of_these = all.into_iter().filter(|found| found.parents == of);
        of_these.map(|found| found.name).collect::<Vec<Name>>()
    };
    if !world.reshard(&begin[..1], 2) {
        return NEVER_ENDS;
    }
    let halves = children(&begin[..1]);
    assert_eq!(halves.len(), 2, "a split has two children");
    fill(world, &halves[0], [3]);
    fill(world, &halves[1], [4]);
    world.reshard(&halves, 1);
    let merged = children(&halves);
    assert_eq!(merged.len(), 1, "a merge has one child, which names all its parents");
    fill(world, &merged[0], [5]);
    let read_all = |name: &Name| versions(&read(world, name, None, 100));
    let found = [&begin[0], &halves[0], &halves[1], &merged[0]].map(read_all);
    assert_eq!(found, [vec![0, 1, 2], vec![3], vec![4], vec![5]]);
    let others = partitions(world).into_iter().filter(|found| begin[1..].contains(&found.name));
    assert!(others.into_iter().all(|found| !found.ended && found.parents.is_empty()));
    Held
}

fn a_trimmed_parent_still_ends(world: &dyn World) -> Outcome {
    let partition = first(world);
    fill(world, &partition, 0..3);
    let all = positions(&read(world, &partition, None, 100));
    if !world.reshard(std::slice::from_ref(&partition), 2) {
        return NEVER_ENDS;
    }
    if !world.trim(&partition, &all[2]) {
        return NOBODY_TRIMS;
    }
    assert_eq!(try_fetch(world, &partition, None, 10).err(), Some(FetchError::Trimmed));
    let spot = block_on(world.feed().oldest(&partition)).unwrap();
    let fetched = fetch(world, &partition, spot.position.as_ref());
    assert!(fetched.batch.is_empty() && fetched.ended, "nothing left, and that was all");
    Held
}
