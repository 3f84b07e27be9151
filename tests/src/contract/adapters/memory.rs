//! The in-memory adapters, with all they can do, and a document store that can do little.

use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_core::time::Time;
use foldline_ports::documents::Capabilities;
use foldline_ports::feed::Feed;
use foldline_ports::group::Group;
use foldline_ports::history::History;
use foldline_ports::memory;

use super::Adapter;
use crate::contract::{clock, feed, group, history, samples};

/// A nonce that shows what happens where a counter runs over.
const NONCE: u64 = u64::MAX - 3;

/// All that is in memory.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "memory",
    leaves_out: &["rows_beyond_the_limit_are_refused"],
    clock: Some(|| Box::new(memory::clock::Clock::new(Time(1_000_000)))),
    control: Some(|| Box::new(memory::control::Control::new(NONCE))),
    documents: Some(|| Box::new(memory::documents::Documents::new(NONCE))),
    feed: Some(|| Box::new(memory::feed::Feed::new("life-1", &["p-0", "p-1", "p-2"]))),
    group: Some(|| {
        Box::new(memory::feed::Feed::with_group("life-1", &["p-0", "p-1", "p-2", "p-3"]))
    }),
    history: Some(|| Box::new(memory::history::History::new())),
};

/// A document store without transactions, and with low limits.
pub(super) const BARE: Adapter = Adapter {
    name: "memory_bare",
    leaves_out: &[
        "rows_are_written_with_their_document",
        "rows_come_with_their_document",
        "a_commit_is_all_or_nothing",
        "a_commit_tells_what_stood_in_the_way",
        "a_commit_answers_every_part",
    ],
    clock: None,
    control: None,
    documents: Some(|| {
        let capabilities = Capabilities {
            document_bytes_max: 4_000,
            ledger_rows_max: 0,
            batch_documents: 1,
            sorted_scan: true,
        };
        Box::new(memory::documents::Documents::with(0, capabilities, false))
    }),
    feed: None,
    group: None,
    history: None,
};

impl clock::World for memory::clock::Clock {
    fn clock(&self) -> &dyn foldline_ports::clock::Clock {
        self
    }

    fn leap(&self, millis: u64) -> bool {
        self.advance(millis);
        true
    }
}

impl feed::World for memory::feed::Feed {
    fn feed(&self) -> &dyn Feed {
        self
    }

    fn append(&self, partition: &str, stream: &str, versions: &[u64]) -> bool {
        let make = |at: Position| samples::record(&at, stream, versions);
        memory::feed::Feed::append(self, partition, make).is_some()
    }

    fn trim(&self, partition: &str, through: &Position) -> bool {
        memory::feed::Feed::trim(self, partition, through);
        true
    }

    fn reshard(&self, parents: &[Name], children: usize) -> bool {
        let parents: Vec<&str> = parents.iter().map(Name::as_str).collect();
        let names: Vec<String> =
            (0..children).map(|child| format!("{}.{child}", parents.join("+"))).collect();
        let children: Vec<&str> = names.iter().map(String::as_str).collect();
        memory::feed::Feed::reshard(self, &parents, &children);
        true
    }

    fn reincarnate(&self) -> bool {
        memory::feed::Feed::reincarnate(self, "life-2", &["p-0", "p-1", "p-2"]);
        true
    }
}

impl group::World for memory::feed::Feed {
    fn feed(&self) -> &dyn Feed {
        self
    }

    fn group(&self) -> &dyn Group {
        Feed::group(self).expect("it was made with a group")
    }

    fn wait(&self) -> bool {
        false
    }

    fn grow(&self) -> bool {
        memory::feed::Feed::reshard(self, &["p-1"], &["p-1.0", "p-1.1"]);
        true
    }

    fn expel(&self, member: &str) -> bool {
        self.group_now().expect("it was made with a group").expel_now(member);
        true
    }
}

impl history::World for memory::history::History {
    fn history(&self) -> &dyn History {
        self
    }

    fn append(&self, stream: &str, version: u64) {
        let batch = samples::record(&Position::number(version), stream, &[version]);
        batch.events().for_each(|event| {
            assert!(memory::history::History::append(self, event), "{stream} has {version}");
        });
    }

    fn append_undecodable(&self, stream: &str, version: u64) -> bool {
        let batch = samples::undecodable(stream, version);
        batch.events().all(|event| memory::history::History::append(self, event))
    }

    fn append_sorted(&self, stream: &str, sort: &str) -> bool {
        let batch = samples::sorted(stream, sort);
        batch.events().all(|event| memory::history::History::append(self, event))
    }

    fn truncate(&self, stream: &str, below: u64) -> bool {
        memory::history::History::truncate(self, stream, below);
        true
    }
}
