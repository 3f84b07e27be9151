//! The live source of events. Its partitions are the unit of order and ownership; they may be
//! split and merged, trimmed, and replaced by those of another life of the feed.
//!
//! The contract:
//! * A fetch MUST give what follows the position that was asked for, and say that position
//!   (`a_batch_says_what_it_follows`).
//! * Positions MUST rise within a partition, and all that was appended comes, in that order
//!   (`positions_rise_and_nothing_is_left_out`).
//! * A fetch of the same position MUST give the same events again, however often, until they are
//!   trimmed (`the_same_position_gives_the_same_events`).
//! * `next` MUST be at or above the last event of the batch and never below the position asked
//!   for; where nothing came it is that position (`next_never_goes_back`).
//! * A fetch MUST go on inside a record that made several events
//!   (`a_fetch_goes_on_inside_a_record`).
//! * `events_max` MUST be obeyed but for the last record of a batch (`a_batch_is_bounded`).
//! * Where anything after the position (or the beginning) is no longer held the answer MUST be
//!   `Trimmed`, never a batch that leaves it out (`what_was_trimmed_is_told`).
//! * A position above all that the partition ever held MUST be answered with `Trimmed` too: it
//!   is of a log that was cut back (`a_position_beyond_the_end_is_told`).
//! * Who asks with another incarnation than the feed's MUST be told the feed's
//!   (`another_incarnation_is_told`).
//! * Fetching after `oldest` MUST bring the oldest event that is still held
//!   (`oldest_leads_to_the_oldest_event`); what is appended after `newest` was asked MUST follow
//!   it (`newest_is_where_the_feed_ends`).
//! * A partition that was split or merged MUST say `ended` with the batch that reaches its last
//!   event, and not before (`the_end_comes_after_the_last_event`).
//! * Children MUST name their parents, and a parent stays listed, and can be fetched, while it
//!   holds anything (`children_name_their_parents`).
//! * A partition that ended and was trimmed whole MUST still answer, empty and ended, after its
//!   `oldest` (`a_trimmed_parent_still_ends`).
//!
//! Nothing is said of duplicates, or of the order of one stream's events: the machine puts both
//! right. Who may fetch a partition is said by [`crate::group`] where the feed decides it, by
//! leases in the control store where it does not.

use foldline_core::fault::Trouble;
use foldline_core::input::{FetchError, Fetched};
use foldline_core::name::Name;
use foldline_core::position::{Incarnation, Position};

use crate::Answer;
use crate::group::Group;

/// A unit of order and ownership: a Kafka partition, a shard, a file, a lane of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its name, unique in the feed's life.
    pub name: Name,
    /// The partitions that it continues: read to their ends first. One that is not listed any
    /// more has ended, and holds nothing.
    pub parents: Vec<Name>,
    /// Whether nothing will be added to it.
    pub ended: bool,
}

/// What to fetch.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The partition.
    pub partition: &'a str,
    /// The life of the feed that the position belongs to.
    pub incarnation: &'a Incarnation,
    /// After this position; from the beginning where there is none.
    pub after: Option<&'a Position>,
    /// As soon as the batch has this many events it is full; at least one record is given.
    pub events_max: usize,
}

/// A place in a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The life of the feed.
    pub incarnation: Incarnation,
    /// The position to fetch after; none: the beginning.
    pub position: Option<Position>,
}

/// A feed.
pub trait Feed: Send + Sync {
    /// Which life of the feed this is.
    fn incarnation(&self) -> Answer<'_, Result<Incarnation, Trouble>>;

    /// All partitions, parents before their children.
    fn partitions(&self) -> Answer<'_, Result<Vec<Partition>, Trouble>>;

    /// The next batch of a partition. It may wait a moment for something to come, and is empty
    /// where nothing did.
    fn fetch<'a>(&'a self, ask: Ask<'a>) -> Answer<'a, Result<Fetched, FetchError>>;

    /// Fetching after this spot brings the oldest event that the partition still holds.
    fn oldest<'a>(&'a self, partition: &'a str) -> Answer<'a, Result<Spot, Trouble>>;

    /// Fetching after this spot brings only what is appended from now on.
    fn newest<'a>(&'a self, partition: &'a str) -> Answer<'a, Result<Spot, Trouble>>;

    /// Who says which worker owns a partition; none: leases in the control store do.
    fn group(&self) -> Option<&dyn Group> {
        None
    }
}
