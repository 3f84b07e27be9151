//! Names: streams, keys, partitions and projections are short texts that are compared, hashed
//! and copied all day. Up to 24 bytes they live in place.

use compact_str::CompactString;

/// A stream, a document's key, a partition or a projection.
pub type Name = CompactString;

/// One physical build of a projection's read model: what checkpoints, letters and collections
/// belong to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectionId {
    /// The module's name.
    pub name: Name,
    /// Which build of it.
    pub generation: u32,
}

impl std::fmt::Display for ProjectionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.name, self.generation)
    }
}

/// The hash that tables of streams and keys use. The decoder computes it once for an event, for
/// all projections that share the read. It is stable within a process only: never stored.
pub fn hash(name: &str) -> u64 {
    use std::hash::{BuildHasher, Hasher};
    let mut hasher = foldhash::fast::FixedState::with_seed(0x666f_6c64).build_hasher();
    hasher.write(name.as_bytes());
    hasher.finish()
}
