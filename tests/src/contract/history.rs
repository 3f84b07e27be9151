//! Holds [`foldline_ports::history`] to its contract.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::event::Batch;
use foldline_core::input::History as Read;
use foldline_ports::history::{History, Segment, Versions};

use super::run::block_on;
use super::{Case, Held, LeftOut, Outcome, cases};

/// What the tests need of an adapter's world.
pub trait World {
    /// The history.
    fn history(&self) -> &dyn History;

    /// Adds an event; versions may be left out.
    fn append(&self, stream: &str, version: u64);

    /// Adds an event that cannot be decoded. False: this source cannot hold one.
    fn append_undecodable(&self, stream: &str, version: u64) -> bool;

    /// Adds an event without a version. False: this source numbers its events.
    fn append_sorted(&self, stream: &str, sort: &str) -> bool;

    /// Takes away a stream's events below a version. False: this source keeps all.
    fn truncate(&self, stream: &str, below: u64) -> bool;
}

/// The tests.
pub const TESTS: &[Case<dyn World>] = cases![
    a_read_gives_the_range_in_order,
    a_read_sees_what_was_acknowledged,
    a_hole_is_left_out_and_passed,
    what_cannot_be_decoded_is_there,
    oldest_is_of_the_whole_stream,
    pages_join_without_seam,
    heads_show_every_stream,
    segments_hold_whole_streams,
    a_scan_gives_each_stream_in_order,
    a_scan_goes_on_from_its_place,
    a_sorted_read_follows_the_sort_key,
];

fn page(world: &dyn World, stream: &str, from: u64, through: Option<u64>, max: usize) -> Read {
    let versions = Versions { stream, from, through, events_max: max };
    block_on(world.history().read(versions)).unwrap()
}

fn versions(batch: &Batch) -> Vec<u64> {
    batch.events().map(|event| event.version()).collect()
}

fn read(world: &dyn World, stream: &str, from: u64, through: Option<u64>) -> Vec<u64> {
    let read = page(world, stream, from, through, 1_000);
    assert!(!read.more, "all of it fits");
    assert!(read.batch.events().all(|event| event.stream() == stream));
    versions(&read.batch)
}

fn fill(world: &dyn World, stream: &str, versions: impl IntoIterator<Item = u64>) {
    for version in versions {
        world.append(stream, version);
    }
}

fn a_read_gives_the_range_in_order(world: &dyn World) -> Outcome {
    fill(world, "s-1", [0, 1, 2, 3, 9, 10, 11]);
    fill(world, "s-10", [0, 1]);
    fill(world, "s", [5]);
    assert_eq!(read(world, "s-1", 0, None), [0, 1, 2, 3, 9, 10, 11]);
    assert_eq!(read(world, "s-1", 2, None), [2, 3, 9, 10, 11]);
    assert_eq!(read(world, "s-1", 2, Some(9)), [2, 3, 9]);
    assert_eq!(read(world, "s-1", 3, Some(3)), [3]);
    assert!(read(world, "s-1", 12, None).is_empty());
    assert!(read(world, "s-1", 4, Some(2)).is_empty(), "an empty range holds nothing");
    let slots = page(world, "s-1", 9, Some(9), 1);
    let event = slots.batch.event(0).unwrap();
    assert_eq!(event.kind(), "Credited", "events come decoded");
    Held
}

fn a_read_sees_what_was_acknowledged(world: &dyn World) -> Outcome {
    for version in 0..50 {
        world.append("s", version);
        assert_eq!(read(world, "s", version, None), [version]);
    }
    Held
}

fn a_hole_is_left_out_and_passed(world: &dyn World) -> Outcome {
    fill(world, "s", [1, 4, 7]);
    assert_eq!(read(world, "s", 1, Some(7)), [1, 4, 7]);
    assert_eq!(read(world, "s", 2, Some(3)), [] as [u64; 0]);
    assert_eq!(read(world, "s", 2, None), [4, 7]);
    let first = page(world, "s", 2, None, 1);
    assert_eq!((versions(&first.batch), first.more), (vec![4], true), "a hole is not an end");
    Held
}

fn what_cannot_be_decoded_is_there(world: &dyn World) -> Outcome {
    fill(world, "s", [1, 3]);
    if !world.append_undecodable("s", 2) {
        return LeftOut("this source cannot hold what cannot be decoded");
    }
    let read = page(world, "s", 1, None, 10);
    assert_eq!(versions(&read.batch), [1, 2, 3]);
    let faulty: Vec<bool> = read.batch.events().map(|event| event.fault().is_some()).collect();
    assert_eq!(faulty, [false, true, false]);
    Held
}

fn oldest_is_of_the_whole_stream(world: &dyn World) -> Outcome {
    assert_eq!(page(world, "s", 0, None, 10).oldest, None);
    fill(world, "s", 3..=9);
    for (from, through) in [(0, None), (5, Some(6)), (20, None), (4, Some(3))] {
        assert_eq!(page(world, "s", from, through, 2).oldest, Some(3), "{from}..{through:?}");
    }
    if !world.truncate("s", 7) {
        return Held;
    }
    assert_eq!(page(world, "s", 8, None, 10).oldest, Some(7));
    assert_eq!(read(world, "s", 0, None), [7, 8, 9]);
    world.truncate("s", 100);
    assert_eq!(page(world, "s", 0, None, 10).oldest, None);
    Held
}

fn pages_join_without_seam(world: &dyn World) -> Outcome {
    let all: Vec<u64> = (1..40).filter(|version| version % 5 != 0).collect();
    fill(world, "s", all.iter().copied());
    for max in [1, 2, 7, 31, 32, 33] {
        let (mut from, mut found, mut pages) = (0, Vec::new(), 0);
        loop {
            let read = page(world, "s", from, None, max);
            assert!(read.batch.len() <= max, "{} events of {max}", read.batch.len());
            found.extend(versions(&read.batch));
            pages += 1;
            if !read.more {
                break;
            }
            from = found.last().map_or(0, |last| last + 1);
        }
        assert_eq!(found, all, "in pages of {max}");
        assert_eq!(pages, all.len().div_ceil(max), "`more` is said only where there is more");
    }
    Held
}

fn heads_show_every_stream(world: &dyn World) -> Outcome {
    let mut expected = BTreeMap::new();
    for number in 0..23 {
        let stream = format!("s-{number}");
        fill(world, &stream, [0, number + 1, number + 7]);
        expected.insert(stream, number + 7);
    }
    for max in [1, 5, 23, 24] {
        let mut found = BTreeMap::new();
        let mut after = None;
        loop {
            let heads = block_on(world.history().heads(after.as_deref(), max)).unwrap();
            assert!(heads.page.len() <= max);
            for head in heads.page {
                let before = found.insert(head.stream.to_string(), head.version);
                assert_eq!(before, None, "{} came twice", head.stream);
            }
            match heads.more {
                Some(more) => after = Some(more.to_string()),
                None => break,
            }
        }
        assert_eq!(found, expected, "in pages of {max}");
    }
    Held
}

/// All events of a segment: stream and version.
fn scan(world: &dyn World, segment: &Segment, max: usize) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let page = block_on(world.history().scan(segment, after.as_ref(), max)).unwrap();
        found.extend(page.batch.events().map(|e| (e.stream().to_owned(), e.version())));
        match page.more {
            Some(more) => after = Some(more),
            None => return found,
        }
    }
}

fn streams_of(world: &dyn World, wanted: usize, max: usize) -> Vec<BTreeMap<String, Vec<u64>>> {
    let segments = block_on(world.history().segments(wanted)).unwrap();
    assert!(!segments.is_empty());
    let by_stream = |segment| {
        let mut streams: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (stream, version) in scan(world, segment, max) {
            streams.entry(stream).or_default().push(version);
        }
        streams
    };
    segments.iter().map(by_stream).collect()
}

fn segments_hold_whole_streams(world: &dyn World) -> Outcome {
    for number in 0..30 {
        fill(world, &format!("s-{number}"), 0..3);
    }
    for wanted in [1, 2, 4, 100] {
        let mut all = BTreeSet::new();
        for segment in streams_of(world, wanted, 7) {
            for (stream, versions) in segment {
                assert_eq!(versions, [0, 1, 2], "{stream} lies whole in one segment");
                assert!(all.insert(stream.clone()), "{stream} lies in two");
            }
        }
        assert_eq!(all.len(), 30, "in {wanted} segments");
    }
    Held
}

fn a_scan_gives_each_stream_in_order(world: &dyn World) -> Outcome {
    let long: Vec<u64> = (1..=40).filter(|version| version % 7 != 0).collect();
    fill(world, "long", long.iter().copied());
    fill(world, "a", [3]);
    fill(world, "z", [1, 2]);
    for max in [1, 3, 1_000] {
        let mut all = BTreeMap::new();
        for segment in streams_of(world, 2, max) {
            all.extend(segment);
        }
        let expected = [("a", vec![3]), ("long", long.clone()), ("z", vec![1, 2])];
        assert_eq!(all, expected.map(|(stream, list)| (stream.to_owned(), list)).into());
    }
    Held
}

fn a_scan_goes_on_from_its_place(world: &dyn World) -> Outcome {
    for stream in ["a", "b/1", "c"] {
        fill(world, stream, 0..5);
    }
    let segments = block_on(world.history().segments(1)).unwrap();
    for segment in &segments {
        let all = scan(world, segment, 1_000);
        let mut done = Vec::new();
        let mut after = None;
        loop {
            let page = block_on(world.history().scan(segment, after.as_ref(), 2)).unwrap();
            done.extend(page.batch.events().map(|e| (e.stream().to_owned(), e.version())));
            let Some(more) = page.more else { break };
            // Read on from here to the end, without moving on: as whoever takes the job over.
            let mut rest = Vec::new();
            let mut place = Some(more.clone());
            while let Some(at) = place {
                let page = block_on(world.history().scan(segment, Some(&at), 4)).unwrap();
                rest.extend(page.batch.events().map(|e| (e.stream().to_owned(), e.version())));
                place = page.more;
            }
            assert_eq!([done.clone(), rest].concat(), all, "from {more:?}");
            after = Some(more);
        }
        assert_eq!(done, all);
    }
    if world.truncate("a", 3) {
        let segment = segments.first().unwrap();
        let start = block_on(world.history().scan(segment, None, 1)).unwrap();
        world.truncate("a", 4);
        let Some(place) = start.more else { return Held };
        let rest = block_on(world.history().scan(segment, Some(&place), 100)).unwrap();
        let oldest = start.batch.event(0).map(|event| event.stream().to_owned());
        let missing = oldest.as_deref() == Some("a")
            && !rest.batch.events().any(|event| (event.stream(), event.version()) == ("a", 4));
        assert!(!missing, "what is truncated below a place leaves nothing out above it");
    }
    Held
}

fn a_sorted_read_follows_the_sort_key(world: &dyn World) -> Outcome {
    let order = ["2026-01#1", "2026-01#2", "2026-02", "2026-10", "2026-11"];
    for at in [2, 0, 4, 1, 3] {
        if !world.append_sorted("s", order[at]) {
            return LeftOut("this source numbers its events");
        }
    }
    world.append_sorted("t", "2026-01#3");
    for max in [1, 2, 5, 6] {
        let mut found: Vec<String> = Vec::new();
        loop {
            let after = found.last().map(String::as_str);
            let read = block_on(world.history().sorted("s", after, max)).unwrap();
            assert!(read.batch.len() <= max);
            found.extend(read.batch.events().map(|event| event.sort().to_owned()));
            if !read.more {
                break;
            }
        }
        assert_eq!(found, order, "in pages of {max}");
    }
    let heads = block_on(world.history().heads(None, 10)).unwrap();
    let counts: Vec<u64> = heads.page.iter().map(|head| head.version).collect();
    assert_eq!(counts, [5, 1], "the head of a stream without versions is how many events it has");
    Held
}
