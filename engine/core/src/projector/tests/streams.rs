//! What memory knows of one stream, and what of it may be forgotten.

use crate::backoff::Backoff;
use crate::checkpoint::Verdict;
use crate::cursor::Cursor;
use crate::effect::Ticket;
use crate::fault::Fault;
use crate::guard::{Epoch, Mark, Revision};
use crate::name::Name;
use crate::projector::held::Place;
use crate::projector::recheck::Recheck;
use crate::projector::slab::{Id, Slab};
use crate::projector::stream::{Extra, Held, Parking, Resolve, Stream};
use crate::projector::work::{Out, Work};
use crate::time::Time;

fn parking() -> Parking {
    let (stream, fault) = (Name::from("s"), Fault::new("odd", "it failed"));
    Parking::durable(Box::new(Mark { epoch: Epoch(1), stream, version: 4, fault }))
}

fn failed() -> Backoff {
    let mut backoff = Backoff::new((10, 50), 0, 1);
    backoff.failed(Time(0));
    backoff
}

/// Whether the rare part goes that this was done to.
fn goes(change: impl Fn(&mut Extra)) -> bool {
    let mut stream = Stream::new(Name::from("s"));
    change(stream.extra());
    stream.shed();
    stream.extra.is_none()
}

#[test]
fn only_a_rare_part_that_says_nothing_is_let_go() {
    assert!(goes(|_| {}));
    assert!(goes(|it| it.gap_since = Some((3, Time(1)))), "a gap that is closed");
    assert!(goes(|it| it.backoff = Some(Backoff::new((10, 50), 0, 1))), "nothing failed since");
    assert!(!goes(|it| it.backoff = Some(failed())));
    assert!(!goes(|it| it.holes.add(2, 2)));
    assert!(!goes(|it| drop(it.held.insert(3, Held::default()))));
    assert!(!goes(|it| it.timer = Some(Time(1))));
    assert!(!goes(|it| it.resolve = Resolve::Guard));
    assert!(!goes(|it| it.recheck = Some(Recheck::default())));
    assert!(!goes(|it| it.to_end = true));
    assert!(!goes(|it| it.loading = Some(Ticket(1))));
    assert!(!goes(|it| it.cursor_wanted = true));
    assert!(!goes(|it| it.cursor_waiters.push(Slab::id(0))));
    assert!(!goes(|it| it.saving = Some(Cursor::default())));
    assert!(!goes(|it| it.cursor = Some((Cursor::default(), Revision(1, 0)))));
    assert!(!goes(|it| it.parking = Some(parking())));
    assert!(!goes(|it| it.closed = Some(Epoch(1))));
    assert!(!goes(|it| it.forks.extend([(3, Slab::id(0))])));
}

/// Whether the stream is idle that this was done to.
fn idle(change: impl Fn(&mut Extra)) -> bool {
    let mut stream = Stream::new(Name::from("s"));
    change(stream.extra());
    stream.is_idle()
}

#[test]
fn a_stream_is_idle_when_nothing_of_it_is_on_its_way_held_or_asked_for() {
    assert!(idle(|_| {}) && idle(|it| it.holes.add(2, 2)));
    assert!(idle(|it| it.parking = Some(parking())));
    assert!(!idle(|it| {
        let mut parking = self::parking();
        parking.letters.push_back(Slab::id(0));
        it.parking = Some(parking);
    }));
    assert!(!idle(|it| drop(it.held.insert(3, Held::default()))));
    assert!(!idle(|it| it.timer = Some(Time(1))));
    assert!(!idle(|it| it.recheck = Some(Recheck::default())));
    assert!(!idle(|it| it.loading = Some(Ticket(1))));
    assert!(!idle(|it| it.saving = Some(Cursor::default())));
    assert!(!idle(|it| it.cursor_wanted = true));
    assert!(!idle(|it| it.resolve = Resolve::Begin));
    assert!(!idle(|it| it.forks.extend([(3, Slab::id(0))])));
    let mut stream = Stream::new(Name::from("s"));
    stream.head = Slab::id(0);
    assert!(!stream.is_idle());
}

#[test]
fn what_is_to_come_is_no_hole_whatever_a_stored_cursor_lists() {
    let mut stream = Stream::new(Name::from("s"));
    stream.next = 5;
    stream.extra().holes.add(3, 8);
    let holes: Vec<u64> = (0..10).filter(|version| stream.is_hole(*version)).collect();
    assert_eq!(holes, [3, 4]);
}

fn work(version: u64, out: Out) -> Work {
    Work {
        stream: Slab::id(0),
        version,
        next: Id::NONE,
        batch: Id::NONE,
        index: 0,
        left: 1,
        verdict: None,
        out,
        folded: false,
        receipt: None,
        rare: None,
    }
}

/// How far a stream is durably done that is seen up to 9, with these on their way.
fn durable(on_their_way: &[(u64, Out)]) -> (u64, Vec<(u64, u64)>) {
    let mut works = Slab::default();
    let mut stream = Stream::new(Name::from("s"));
    stream.next = 9;
    for (version, out) in on_their_way.iter().rev() {
        let next = stream.head;
        stream.head = works.insert(Work { next, ..work(*version, *out) });
    }
    let progress = stream.durable(&works);
    (progress.next, progress.holes.ranges().to_vec())
}

#[test]
fn a_stream_is_durably_done_up_to_the_oldest_event_on_its_way() {
    assert_eq!(durable(&[]), (9, vec![]));
    assert_eq!(durable(&[(6, Out::No), (7, Out::No), (8, Out::No)]), (6, vec![]));
    assert_eq!(durable(&[(3, Out::Fill), (7, Out::No)]), (7, vec![(3, 3)]), "a hole until then");
    assert_eq!(durable(&[(3, Out::Fork), (0, Out::Loose)]), (9, vec![]), "these are in no order");
}

#[test]
fn an_event_became_the_most_that_it_became_in_any_of_its_documents() {
    let rising = [
        Verdict::Filtered,
        Verdict::Duplicate,
        Verdict::Discarded,
        Verdict::Applied,
        Verdict::Parked,
    ];
    for (rank, low) in rising.iter().enumerate() {
        for high in rising.iter().skip(rank) {
            for pair in [[low, high], [high, low]] {
                let mut work = work(1, Out::No);
                for verdict in pair {
                    work.meet(*verdict);
                }
                assert_eq!(work.verdict, Some(*high), "{pair:?}");
            }
        }
    }
}

#[test]
fn the_places_of_removed_things_are_used_again_and_ids_are_in_their_order() {
    let mut slab = Slab::default();
    let ids = ["a", "b", "c"].map(|name| slab.insert(name));
    let [first, second, third] = ids;
    assert!(first < second && second < third);
    assert_eq!((slab.remove(second), slab.remove(second)), (Some("b"), None));
    assert_eq!((slab.len(), slab.places(), slab.get(second)), (2, 3, None));
    let listed: Vec<_> = slab.iter().collect();
    assert_eq!(listed, [(first, &"a"), (third, &"c")]);
    assert_eq!((slab.insert("d"), slab.insert("e").number()), (second, 3));
    assert_eq!((slab.len(), slab.places(), slab[second]), (4, 4, "d"));
    assert_eq!(format!("{second:?}"), "#1");
    assert!(!Id::<u8>::NONE.is_some() && Slab::<u8>::id(0).is_some());
}

#[test]
fn a_version_is_missing_since_a_higher_one_was_first_seen() {
    let mut extra = Extra::default();
    assert_eq!(extra.missing_since(3, Time(10)), Time(10), "nothing is held: since now");
    assert_eq!(extra.missing_since(3, Time(50)), Time(10), "and not since any later");
    let since = |since| Held { since: Some(Time(since)), ..Held::default() };
    extra.held.extend([(4, since(5)), (6, since(30)), (9, since(20))]);
    assert_eq!(extra.missing_since(5, Time(50)), Time(20), "only what lies above shows it");
    assert_eq!(extra.missing_since(3, Time(60)), Time(5));
}

#[test]
fn what_is_next_is_a_gap_only_where_its_bytes_are_not_there() {
    let place = Place { batch: Slab::id(0), index: 0 };
    let gap = |version, event| {
        let mut stream = Stream::new(Name::from("s"));
        stream.next = 3;
        stream.extra().held.insert(version, Held { event, ..Held::default() });
        stream.has_gap()
    };
    assert!(gap(4, Some(place)) && gap(4, None) && gap(3, None));
    assert!(!gap(3, Some(place)) && !gap(2, None) && !gap(2, Some(place)));
    let mut stream = Stream::new(Name::from("s"));
    assert!(!stream.has_gap());
    stream.extra().to_end = true;
    assert!(stream.has_gap(), "it is read to its end");
}
