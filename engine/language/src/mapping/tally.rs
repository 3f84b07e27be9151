//! What became of records that are no events.

use foldline_core::position::Position;

use super::limits;
use crate::decode::record::{Change, Operation};

/// What became of the records of a batch, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records.
    pub records: u64,
    /// Events that were made of them.
    pub events: u64,
    /// Records that are not of interest.
    pub filtered: u64,
    /// Records that hold a list of events with none in it.
    pub empty: u64,
    /// Changes of items in nothing but attributes that are called harmless.
    pub harmless: u64,
    /// Items that were removed because their time was over.
    pub expired: u64,
    /// Changes and removals of items that were events.
    pub anomalies: u64,
    /// The first of them.
    pub first_anomalies: Vec<Anomaly>,
}

/// That an item which was an event is no longer what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomaly {
    /// What was done to it.
    pub operation: Operation,
    /// The item by its keys, as the record writes them.
    pub item: Box<str>,
    /// Where the record stands in its feed.
    pub position: Position,
}

impl Tally {
    /// So many records, each of them an event.
    pub(super) fn all(events: usize) -> Tally {
        let events = events as u64;
        Tally { records: events, events, ..Tally::default() }
    }

    pub(super) fn anomaly(&mut self, operation: Operation, change: &Change<'_>, at: &Position) {
        self.anomalies += 1;
        if self.first_anomalies.len() < limits::ANOMALIES_MAX {
            let item = change.item().into();
            self.first_anomalies.push(Anomaly { operation, item, position: at.clone() });
        }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Tally) {
        self.records += other.records;
        self.events += other.events;
        self.filtered += other.filtered;
        self.empty += other.empty;
        self.harmless += other.harmless;
        self.expired += other.expired;
        self.anomalies += other.anomalies;
        self.first_anomalies.extend(other.first_anomalies);
        self.first_anomalies.truncate(limits::ANOMALIES_MAX);
    }
}
