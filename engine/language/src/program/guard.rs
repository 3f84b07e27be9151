//! Which guard the documents of a program carry, and why: the weakest of its keys decides, and
//! what the feed promises.

use foldline_core::guard::GuardKind;

/// What the keys of a program's documents are, over all its handlers: the weakest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keys {
    /// Each document is of one stream.
    Stream,
    /// An event's data says which documents it changes: few streams of many feed one.
    Data,
    /// The key is the same for all streams, or follows from the type alone: all of them feed it.
    Constant,
}

/// What a feed promises of the events that it brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feed {
    /// Unique versions, in order, and the whole history: the embedded log, a Postgres table.
    Ordered,
    /// Versions that may come twice, late, and on any partition: Kinesis, DynamoDB Streams, Kafka.
    Versioned,
    /// No versions: a sort key orders each stream.
    Unversioned,
}

/// What is chosen, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The guard; none where there is none for such a feed.
    pub guard: Option<GuardKind>,
    /// Why, in one sentence without a stop.
    pub why: &'static str,
}

impl Feed {
    /// All of them.
    pub const ALL: [Feed; 3] = [Feed::Ordered, Feed::Versioned, Feed::Unversioned];

    /// The feeds that promise this.
    pub fn which(self) -> &'static str {
        match self {
            Feed::Ordered => "the embedded log, Postgres",
            Feed::Versioned => "Kinesis, DynamoDB Streams, Kafka",
            Feed::Unversioned => "tables without versions",
        }
    }
}

/// The guard for such keys on such a feed.
pub fn choose(keys: Keys, feed: Feed) -> Choice {
    let (guard, why) = match (keys, feed) {
        (Keys::Stream, Feed::Ordered | Feed::Versioned) => (
            Some(GuardKind::Version),
            "each document is of one stream, and carries how far its stream is applied",
        ),
        (Keys::Stream, Feed::Unversioned) => (
            Some(GuardKind::Refold),
            "events have no versions, so a document is folded anew from its stream's history",
        ),
        (Keys::Data | Keys::Constant, Feed::Ordered) => (
            Some(GuardKind::Positions),
            "the feed is the ordered whole history, so a document carries the last position of \
             each partition",
        ),
        (Keys::Data, Feed::Versioned) => (
            Some(GuardKind::Streams),
            "the key is data, so a document carries how far each of its streams is applied, of \
             1,000 streams at most",
        ),
        (Keys::Constant, Feed::Versioned) => (
            Some(GuardKind::Ledger),
            "all streams feed the same documents, so each stream has a row of its own beside \
             them: the store must have transactions (embedded, dynamodb)",
        ),
        (Keys::Data | Keys::Constant, Feed::Unversioned) => (
            None,
            "without versions a document can only be folded anew from its stream, so the key must \
             be `stream`",
        ),
    };
    Choice { guard, why }
}

#[cfg(test)]
mod tests {
    use super::{Feed, Keys, choose};
    use foldline_core::guard::GuardKind;

    #[test]
    fn the_weakest_key_and_the_feed_choose_the_guard() {
        let table = [
            (
                Keys::Stream,
                [Some(GuardKind::Version), Some(GuardKind::Version), Some(GuardKind::Refold)],
            ),
            (Keys::Data, [Some(GuardKind::Positions), Some(GuardKind::Streams), None]),
            (Keys::Constant, [Some(GuardKind::Positions), Some(GuardKind::Ledger), None]),
        ];
        for (keys, guards) in table {
            assert_eq!(Feed::ALL.map(|feed| choose(keys, feed).guard), guards, "{keys:?}");
        }
        assert!(Keys::Stream < Keys::Data && Keys::Data < Keys::Constant);
    }
}
