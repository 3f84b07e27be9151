//! A feed in memory: partitions of records, which can be split, merged and trimmed, and a life
//! that can be replaced by another.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex};

use foldline_core::event::{Batch, BatchBuilder};
use foldline_core::fault::Trouble;
use foldline_core::input::{FetchError, Fetched};
use foldline_core::name::Name;
use foldline_core::position::{Incarnation, Position, Record};

use super::group::Group;
use super::lock;
use crate::Answer;
use crate::feed::{Ask, Partition, Spot};

/// Partitions of records.
#[derive(Debug)]
pub struct Feed {
    state: Mutex<State>,
    group: Option<Group>,
}

#[derive(Debug)]
struct State {
    incarnation: Incarnation,
    /// In the order in which they came, so that parents stand before their children.
    order: Vec<Name>,
    logs: BTreeMap<Name, Log>,
}

/// One partition.
#[derive(Debug)]
struct Log {
    parents: Vec<Name>,
    ended: bool,
    /// By place, which are numbers from 1; each with the position of its last event.
    records: BTreeMap<Record, (Position, Arc<Batch>)>,
    last: u64,
    /// The last position that is no longer held.
    trimmed: Option<Position>,
}

impl Log {
    fn new(parents: Vec<Name>) -> Log {
        Log { parents, ended: false, records: BTreeMap::new(), last: 0, trimmed: None }
    }

    /// Whether reading after this position would leave something out, or lies beyond all that
    /// there ever was.
    fn is_trimmed(&self, after: Option<&Position>) -> bool {
        let lost = self.trimmed.as_ref().is_some_and(|gone| after.is_none_or(|a| a < gone));
        lost || after.is_some_and(|after| after.record > Record::number(self.last))
    }

    fn newest(&self) -> Option<Position> {
        self.records.last_key_value().map(|(_, (last, _))| last.clone()).or(self.trimmed.clone())
    }

    /// The events after a position, and the position of the last.
    fn batch(&self, after: Option<&Position>, events_max: usize) -> (Arc<Batch>, Option<Position>) {
        let from = after.map_or(Bound::Unbounded, |after| Bound::Included(&after.record));
        let held = self.records.range::<Record, _>((from, Bound::Unbounded));
        let held = held.map(|(_, record)| record);
        let mut found = held.skip_while(|(last, _)| after.is_some_and(|after| last <= after));
        let mut next = after.cloned();
        let mut builder = BatchBuilder::default();
        let mut count = 0;
        while count < events_max.max(1) {
            let Some((last, record)) = found.next() else { break };
            for event in record.events().filter(|e| after.is_none_or(|a| e.position() > a)) {
                builder.copy(event);
                count += 1;
            }
            next = Some(last.clone());
        }
        (Arc::new(builder.build()), next)
    }
}

impl Feed {
    /// A feed with these partitions, whose owners are found by leases.
    pub fn new(incarnation: &str, partitions: &[&str]) -> Feed {
        let state = State {
            incarnation: Name::from(incarnation),
            order: Vec::new(),
            logs: BTreeMap::new(),
        };
        let feed = Feed { state: Mutex::new(state), group: None };
        feed.reincarnate(incarnation, partitions);
        feed
    }

    /// A feed with these partitions, whose owners its group finds.
    pub fn with_group(incarnation: &str, partitions: &[&str]) -> Feed {
        let feed = Feed { group: Some(Group::new()), ..Feed::new(incarnation, partitions) };
        feed.tell_group(&lock(&feed.state));
        feed
    }

    /// Ends this life of the feed and begins another, empty.
    pub fn reincarnate(&self, incarnation: &str, partitions: &[&str]) {
        let mut state = lock(&self.state);
        state.incarnation = Name::from(incarnation);
        state.order = partitions.iter().map(|name| Name::from(*name)).collect();
        state.logs = state.order.iter().map(|name| (name.clone(), Log::new(Vec::new()))).collect();
        self.tell_group(&state);
    }

    /// Appends one record: `make` is told where its first event stands, and makes its events.
    /// None: there is no such partition, or it has ended.
    pub fn append(
        &self,
        partition: &str,
        make: impl FnOnce(Position) -> Batch,
    ) -> Option<Position> {
        let mut state = lock(&self.state);
        let log = state.logs.get_mut(partition).filter(|log| !log.ended)?;
        log.last += 1;
        let first = Position::number(log.last);
        let batch = make(first.clone());
        let last = batch.events().map(|event| event.position().clone()).max();
        let last = last.unwrap_or_else(|| first.clone());
        log.records.insert(first.record.clone(), (last, Arc::new(batch)));
        Some(first)
    }

    /// Ends partitions and begins others that continue them: one and several is a split, several
    /// and one a merge.
    pub fn reshard(&self, parents: &[&str], children: &[&str]) {
        let mut state = lock(&self.state);
        let names: Vec<Name> = parents.iter().map(|name| Name::from(*name)).collect();
        for name in &names {
            if let Some(log) = state.logs.get_mut(name) {
                log.ended = true;
            }
        }
        for child in children {
            let child = Name::from(*child);
            if !state.logs.contains_key(&child) {
                state.order.push(child.clone());
                state.logs.insert(child, Log::new(names.clone()));
            }
        }
        self.tell_group(&state);
    }

    /// Forgets the records of a partition up to and with a position.
    pub fn trim(&self, partition: &str, through: &Position) {
        let mut state = lock(&self.state);
        let Some(log) = state.logs.get_mut(partition) else { return };
        while let Some(entry) = log.records.first_entry().filter(|e| e.get().0 <= *through) {
            log.trimmed = Some(entry.remove().0);
        }
    }

    /// Which life this is.
    pub fn incarnation_now(&self) -> Incarnation {
        lock(&self.state).incarnation.clone()
    }

    /// All partitions, parents before their children.
    pub fn partitions_now(&self) -> Vec<Partition> {
        let state = lock(&self.state);
        let logs = state.order.iter().filter_map(|name| Some((name, state.logs.get(name)?)));
        logs.map(|(name, log)| Partition {
            name: name.clone(),
            parents: log.parents.clone(),
            ended: log.ended,
        })
        .collect()
    }

    /// What follows a position.
    pub fn fetch_now(&self, ask: Ask<'_>) -> Result<Fetched, FetchError> {
        let state = lock(&self.state);
        if *ask.incarnation != state.incarnation {
            return Err(FetchError::Incarnation(state.incarnation.clone()));
        }
        let log = state.logs.get(ask.partition).ok_or(FetchError::Trimmed)?;
        if log.is_trimmed(ask.after) {
            return Err(FetchError::Trimmed);
        }
        let (batch, next) = log.batch(ask.after, ask.events_max);
        let ended = log.ended && log.newest() <= next;
        Ok(Fetched {
            partition: Name::from(ask.partition),
            incarnation: state.incarnation.clone(),
            follows: ask.after.cloned(),
            batch,
            next,
            ended,
        })
    }

    /// Where the oldest event that is still held follows.
    pub fn oldest_now(&self, partition: &str) -> Spot {
        let state = lock(&self.state);
        let position = state.logs.get(partition).and_then(|log| log.trimmed.clone());
        Spot { incarnation: state.incarnation.clone(), position }
    }

    /// Where what is appended next will follow.
    pub fn newest_now(&self, partition: &str) -> Spot {
        let state = lock(&self.state);
        let position = state.logs.get(partition).and_then(Log::newest);
        Spot { incarnation: state.incarnation.clone(), position }
    }

    /// The group that finds owners, if there is one.
    pub fn group_now(&self) -> Option<&Group> {
        self.group.as_ref()
    }

    fn tell_group(&self, state: &State) {
        if let Some(group) = &self.group {
            group.partitions_now(&state.order);
        }
    }
}

impl crate::feed::Feed for Feed {
    fn incarnation(&self) -> Answer<'_, Result<Incarnation, Trouble>> {
        Box::pin(async move { Ok(self.incarnation_now()) })
    }

    fn partitions(&self) -> Answer<'_, Result<Vec<Partition>, Trouble>> {
        Box::pin(async move { Ok(self.partitions_now()) })
    }

    fn fetch<'a>(&'a self, ask: Ask<'a>) -> Answer<'a, Result<Fetched, FetchError>> {
        Box::pin(async move { self.fetch_now(ask) })
    }

    fn oldest<'a>(&'a self, partition: &'a str) -> Answer<'a, Result<Spot, Trouble>> {
        Box::pin(async move { Ok(self.oldest_now(partition)) })
    }

    fn newest<'a>(&'a self, partition: &'a str) -> Answer<'a, Result<Spot, Trouble>> {
        Box::pin(async move { Ok(self.newest_now(partition)) })
    }

    fn group(&self) -> Option<&dyn crate::group::Group> {
        self.group.as_ref().map(|group| group as &dyn crate::group::Group)
    }
}
