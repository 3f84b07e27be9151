//! The true log: what the writers wrote, apart from what any feed or history shows of it. Nothing
//! in here goes wrong; the oracle folds it, feed and history show parts of it.

use std::collections::{BTreeMap, BTreeSet};

use foldline_core::event::{BatchBuilder, Slot};
use foldline_core::fault::Fault;
use foldline_core::letter::Rank;
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_core::time::Time;

/// What an event means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Its id joins the document.
    Added,
    /// The document goes.
    Removed,
    /// Its id joins the document if the last id there is even.
    Noted,
    /// Nobody handles it.
    Ignored,
}

impl Act {
    /// The event's type.
    pub fn name(self) -> &'static str {
        match self {
            Act::Added => "Added",
            Act::Removed => "Removed",
            Act::Noted => "Noted",
            Act::Ignored => "Ignored",
        }
    }
}

/// What is wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// It cannot be decoded.
    Undecodable,
    /// Its key cannot be told.
    Route,
    /// It fails for one of its keys.
    Apply,
    /// It fails for all of its keys.
    Keys,
    /// It fails where the document is absent.
    Strict,
    /// No store will take a document with it.
    Bitter,
}

/// One event of the true log.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its version; for sources without versions its place in the sort order.
    pub version: u64,
    /// What it means.
    pub act: Act,
    /// Unique in the world: what it leaves in documents.
    pub id: i64,
    /// A second id, of a second part that shares the version.
    pub twin: Option<i64>,
    /// The data keys that it names.
    pub keys: Vec<Name>,
    /// What is wrong with it.
    pub flaw: Flaw,
    /// When it happened.
    pub time: u64,
    /// When history shows it.
    pub shown: u64,
}

/// What is special about a stream; one thing each, so that the oracle's answer is plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Duplicates, disorder, losses and holes only.
    Plain,
    /// Some of its events are poison.
    Poisoned,
    /// Some versions appear long after higher ones.
    Late,
    /// Some versions come with two contents.
    Forked,
    /// History loses its beginning.
    Truncated,
}

/// One stream of the true log.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Its name.
    pub name: Name,
    /// What is special about it.
    pub class: Class,
    /// Its events.
    pub facts: BTreeMap<u64, Fact>,
    /// Versions that never existed.
    pub holes: BTreeSet<u64>,
    /// Versions that appear late.
    pub late: BTreeSet<u64>,
    /// Other contents that the feed also shows for a version, and whether it shows them first.
    pub forks: BTreeMap<u64, (Fact, bool)>,
    /// History forgets what is below this version at this time.
    pub truncated: Option<(u64, u64)>,
    /// What the feed shows below the first version, where nothing can be.
    pub below: Option<Fact>,
}

impl Stream {
    /// What the feed shows for this version, if it shows the right content.
    pub fn shown(&self, version: u64) -> Option<&Fact> {
        let below = self.below.as_ref().filter(|below| below.version == version);
        self.facts.get(&version).or(below)
    }
}

/// The true log.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// Its streams.
    pub streams: Vec<Stream>,
    /// Places by name.
    pub by_name: BTreeMap<Name, usize>,
}

impl Truth {
    /// The stream of this name.
    pub fn stream(&self, name: &str) -> Option<&Stream> {
        self.streams.get(*self.by_name.get(name)?)
    }

    /// An event of a stream.
    pub fn fact(&self, stream: &str, version: u64) -> Option<&Fact> {
        self.stream(stream)?.facts.get(&version)
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.streams.iter().map(|stream| stream.facts.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The slots that events fill, by number.
pub mod slot {
    /// The id.
    pub const ID: usize = 0;
    /// The first of the keys.
    pub const KEYS: usize = 1;
    /// The last of the keys.
    pub const KEYS_LAST: usize = 3;
    /// What is wrong with it.
    pub const FLAW: usize = 4;
}

impl Fact {
    /// Writes the event as feed or history shows it, at this version.
    pub fn show(&self, out: &mut BatchBuilder, stream: &str, version: u64, position: Position) {
        out.event(stream, version, position).time(Time(crate::world::run::EPOCH_MS + self.time));
        if self.flaw == Flaw::Undecodable {
            out.fault(Fault::new("undecodable", "broken on purpose"));
            return;
        }
        self.part(out, self.id);
        if let Some(twin) = self.twin {
            self.part(out, twin);
        }
    }

    fn part(&self, out: &mut BatchBuilder, id: i64) {
        let mut slots = [Slot::Missing; 5];
        slots[slot::ID] = Slot::Int(id);
        for (place, key) in slots.iter_mut().skip(slot::KEYS).zip(&self.keys) {
            *place = Slot::Text(key);
        }
        slots[slot::FLAW] = match self.flaw {
            Flaw::Route => Slot::Text("route"),
            Flaw::Apply => Slot::Text("apply"),
            Flaw::Keys => Slot::Text("keys"),
            Flaw::Strict => Slot::Text("strict"),
            Flaw::Bitter => Slot::Text("bitter"),
            Flaw::None | Flaw::Undecodable => Slot::Missing,
        };
        out.part(self.act.name(), &slots);
    }
}

/// The sort key of a place, for sources without versions: texts that sort as the numbers do.
pub fn sort_key(place: u64) -> Name {
    Name::from(format!("{place:08}"))
}

/// The place that a letter's rank says: its version, or what its sort key was made of.
pub fn place_of(rank: &Rank) -> u64 {
    rank.sort.parse().unwrap_or(rank.version)
}
