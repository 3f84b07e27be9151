//! A history in memory: events by stream, then by version and sort key. Versions may be left
//! out, and old ones truncated.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex};

use foldline_core::event::{Batch, BatchBuilder, Event};
use foldline_core::fault::Trouble;
use foldline_core::input::{Head, History as Read};
use foldline_core::name::Name;

use super::lock;
use crate::history::{Heads, Scanned, Segment, Versions};
use crate::{Answer, Place};

/// Events of any age.
#[derive(Debug, Default)]
pub struct History(Mutex<BTreeMap<Name, Stream>>);

/// By version, then by sort key: sources without versions say 0 for all.
type Stream = BTreeMap<(u64, Name), Arc<Batch>>;

impl History {
    /// A history without events.
    pub fn new() -> History {
        History::default()
    }

    /// Takes a copy of an event. False: its version (and sort key) is there, and stays.
    pub fn append(&self, event: Event<'_>) -> bool {
        let mut streams = lock(&self.0);
        let stream = streams.entry(Name::from(event.stream())).or_default();
        let place = stream.entry((event.version(), Name::from(event.sort())));
        let vacant = matches!(place, std::collections::btree_map::Entry::Vacant(_));
        place.or_insert_with(|| Arc::new(alone(event)));
        vacant
    }

    /// Takes away a stream's events below a version.
    pub fn truncate(&self, stream: &str, below: u64) {
        let mut streams = lock(&self.0);
        let Some(events) = streams.get_mut(stream) else { return };
        events.retain(|(version, _), _| *version >= below);
        if events.is_empty() {
            streams.remove(stream);
        }
    }

    /// Versions of one stream.
    pub fn read_now(&self, versions: Versions<'_>) -> Read {
        let streams = lock(&self.0);
        let Some(stream) = streams.get(versions.stream) else { return nothing() };
        let through = versions.through.unwrap_or(u64::MAX);
        let found = stream
            .range((versions.from, Name::default())..)
            .take_while(|((version, _), _)| *version <= through);
        page(stream, found.map(|(_, event)| event), versions.events_max)
    }

    /// A stream's events in the order of their sort keys.
    pub fn sorted_now(&self, stream: &str, after: Option<&str>, events_max: usize) -> Read {
        let streams = lock(&self.0);
        let Some(stream) = streams.get(stream) else { return nothing() };
        let mut found: Vec<(&Name, &Arc<Batch>)> = stream
            .iter()
            .map(|((_, sort), event)| (sort, event))
            .filter(|(sort, _)| after.is_none_or(|after| sort.as_str() > after))
            .collect();
        found.sort_by_key(|(sort, _)| *sort);
        page(stream, found.into_iter().map(|(_, event)| event), events_max)
    }

    /// Streams with their highest versions, in order of name.
    pub fn heads_now(&self, after: Option<&str>, streams_max: usize) -> Heads {
        let streams = lock(&self.0);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut found =
            streams.range::<str, _>((from, Bound::Unbounded)).filter_map(|(name, s)| {
                let ((version, sort), _) = s.last_key_value()?;
                let counted = if sort.is_empty() { *version } else { s.len() as u64 };
                Some(Head { stream: name.clone(), version: counted })
            });
        let page: Vec<Head> = found.by_ref().take(streams_max.max(1)).collect();
        let more = found.next().and(page.last().map(|head| head.stream.clone()));
        Heads { page, more }
    }

    /// So many segments, by the hash of the stream.
    pub fn segments_now(wanted: usize) -> Vec<Segment> {
        let count = wanted.max(1);
        let names = (0..count).map(|number| Name::from(format!("{number}/{count}")));
        names.map(Segment).collect()
    }

    /// A page of a segment.
    pub fn scan_now(&self, segment: &Segment, after: Option<&Place>, events_max: usize) -> Scanned {
        let streams = lock(&self.0);
        let ((number, count), from) = (share(segment), after.and_then(begin));
        let after_stream = from.as_ref().map_or("", |(stream, _)| stream.as_str());
        let mut found = streams
            .range::<str, _>((Bound::Included(after_stream), Bound::Unbounded))
            .filter(|(name, _)| foldline_core::name::hash(name) % count == number)
            .flat_map(|(name, stream)| stream.iter().map(move |(at, event)| (name, at, event)))
            .skip_while(|(name, at, _)| match &from {
                Some((stream, last)) => *name == stream && *at <= last,
                None => false,
            });
        let mut builder = BatchBuilder::default();
        let mut last = None;
        for (name, at, batch) in found.by_ref().take(events_max.max(1)) {
            copy(&mut builder, batch);
            last = Some(end(name, at));
        }
        let more = found.next().and(last);
        Scanned { batch: Arc::new(builder.build()), more }
    }
}

/// Which share of how many a segment is: `2/4`. One that cannot be read is the whole.
fn share(segment: &Segment) -> (u64, u64) {
    let parts = segment.0.split_once('/');
    let numbers = parts.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    numbers.filter(|(_, count)| *count > 0).unwrap_or((0, 1))
}

/// The place after an event: `17/3/abcwallet-1` is version 17, the 3 bytes of a sort key, a stream.
fn end(stream: &Name, (version, sort): &(u64, Name)) -> Place {
    Place(format!("{version}/{}/{sort}{stream}", sort.len()))
}

/// The stream to go on with, and its last event that is done. What cannot be read is no place
/// that [`end`] gave: the segment is read from its beginning, which leaves nothing out.
fn begin(place: &Place) -> Option<(Name, (u64, Name))> {
    let (version, rest) = place.0.split_once('/')?;
    let (length, rest) = rest.split_once('/')?;
    let (sort, stream) = rest.split_at_checked(length.parse().ok()?)?;
    Some((Name::from(stream), (version.parse().ok()?, Name::from(sort))))
}

fn copy(builder: &mut BatchBuilder, batch: &Batch) {
    for event in batch.events() {
        builder.copy(event);
    }
}

fn alone(event: Event<'_>) -> Batch {
    let mut builder = BatchBuilder::default();
    builder.copy(event);
    builder.build()
}

fn nothing() -> Read {
    Read { batch: Arc::default(), oldest: None, more: false }
}

fn page<'a>(
    stream: &Stream,
    found: impl Iterator<Item = &'a Arc<Batch>>,
    events_max: usize,
) -> Read {
    let mut found = found;
    let mut builder = BatchBuilder::default();
    for batch in found.by_ref().take(events_max.max(1)) {
        copy(&mut builder, batch);
    }
    let oldest = stream.first_key_value().map(|((version, _), _)| *version);
    Read { batch: Arc::new(builder.build()), oldest, more: found.next().is_some() }
}

impl crate::history::History for History {
    fn read<'a>(&'a self, versions: Versions<'a>) -> Answer<'a, Result<Read, Trouble>> {
        Box::pin(async move { Ok(self.read_now(versions)) })
    }

    fn sorted<'a>(
        &'a self,
        stream: &'a str,
        after: Option<&'a str>,
        events_max: usize,
    ) -> Answer<'a, Result<Read, Trouble>> {
        Box::pin(async move { Ok(self.sorted_now(stream, after, events_max)) })
    }

    fn heads<'a>(
        &'a self,
        after: Option<&'a str>,
        streams_max: usize,
    ) -> Answer<'a, Result<Heads, Trouble>> {
        Box::pin(async move { Ok(self.heads_now(after, streams_max)) })
    }

    fn segments(&self, wanted: usize) -> Answer<'_, Result<Vec<Segment>, Trouble>> {
        Box::pin(async move { Ok(History::segments_now(wanted)) })
    }

    fn scan<'a>(
        &'a self,
        segment: &'a Segment,
        after: Option<&'a Place>,
        events_max: usize,
    ) -> Answer<'a, Result<Scanned, Trouble>> {
        Box::pin(async move { Ok(self.scan_now(segment, after, events_max)) })
    }
}
