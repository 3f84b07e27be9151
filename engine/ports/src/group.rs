//! A feed's own say in who reads what: a consumer group that grants partitions to its members
//! and takes them back. It only saves work: what keeps a stale owner from doing harm is the
//! condition on every write.
//!
//! The contract:
//! * Every partition MUST be granted to some member once there is one
//!   (`every_partition_finds_an_owner`), those that come with a split or a merge too
//!   (`new_partitions_are_granted`).
//! * A partition MUST NOT be granted while another member holds it that has neither released
//!   nor lost it (`a_partition_has_one_owner`).
//! * A member that gives a partition up to another MUST be told `Revoked` first, and the other
//!   is granted it once it is released (`a_release_lets_the_next_begin`).
//! * What a member that is gone held MUST be granted to others (`a_member_that_leaves_frees`).
//! * A member that the group no longer counts MUST be told that what it held is lost, as soon
//!   as it asks (`an_expelled_member_is_told`).
//! * `next` MUST wait while there is nothing to tell, and lose nothing where it is dropped
//!   (`a_dropped_wait_loses_nothing`).
//! * `tell` MUST change nobody's reading: it is a courtesy for the broker's tools
//!   (`a_courtesy_changes_nothing`).

use foldline_core::fault::Trouble;
use foldline_core::name::Name;

use crate::Answer;
use crate::feed::Spot;

/// What becomes of a partition, for one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// It is this member's from now on.
    Granted(Name),
    /// It is to be given up: finish what is in hand, then release it.
    Revoked {
        /// The partition.
        partition: Name,
        /// Whether another may have it already: then there is nothing to release.
        lost: bool,
    },
}

/// A consumer group, with members that go by name.
pub trait Group: Send + Sync {
    /// Takes part. Who takes part already goes on.
    fn join<'a>(&'a self, member: &'a str) -> Answer<'a, Result<(), Trouble>>;

    /// The next thing that a member must know, when there is one.
    fn next<'a>(&'a self, member: &'a str) -> Answer<'a, Result<Ownership, Trouble>>;

    /// Gives up a partition that was revoked: all of it is durable or dropped.
    fn release<'a>(
        &'a self,
        member: &'a str,
        partition: &'a str,
    ) -> Answer<'a, Result<(), Trouble>>;

    /// Takes part no longer, and holds nothing any more.
    fn leave<'a>(&'a self, member: &'a str) -> Answer<'a, Result<(), Trouble>>;

    /// Tells the broker how far a partition is done, by all that read it.
    fn tell<'a>(&'a self, partition: &'a str, spot: &'a Spot) -> Answer<'a, Result<(), Trouble>>;
}
