//! Names: streams, keys, partitions and projections are short texts that are compared, hashed
//! and copied all day. Up to 24 bytes they live in place.

use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;

use compact_str::CompactString;
use foldhash::SharedSeed;
use foldhash::fast::SeedableRandomState;

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

/// The seed of this process's hashes.
static SEED: OnceLock<SharedSeed> = OnceLock::new();

/// Any number: what is secret is the seed.
const SALT: u64 = 0x082e_fa98_8a21_00ed;

/// Gives the hashes of this process a seed, random for each life of the program: names come from
/// outside, and whoever knew how they hash could choose such as all fall in one place of a table.
/// The first hash fixes the seed; false where one is fixed already. A program that never says one
/// hashes as every other such program does, so that what it does can be done again.
///
/// ```standalone_crate
/// use foldline_core::name;
///
/// assert!(name::seed(7));
/// let hash = name::hash("wallet-1");
/// assert!(!name::seed(8));
/// assert_eq!(name::hash("wallet-1"), hash);
/// ```
pub fn seed(random: u64) -> bool {
    SEED.set(SharedSeed::from_u64(random)).is_ok()
}

/// The hash that tables of streams and keys use. The decoder computes it once for an event, for
/// all projections that share the read. It is stable within a process only: never stored.
pub fn hash(name: &str) -> u64 {
    hash_with(name, SEED.get_or_init(|| SharedSeed::global_fixed().clone()))
}

fn hash_with(name: &str, seed: &'static SharedSeed) -> u64 {
    let mut hasher = SeedableRandomState::with_seed(SALT, seed).build_hasher();
    hasher.write(name.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    static SEEDS: [SharedSeed; 2] = [SharedSeed::from_u64(1), SharedSeed::from_u64(2)];

    /// How many pairs of these fall in one of so many places.
    fn met(names: &[String], places: u64, seed: &'static SharedSeed) -> usize {
        let mut taken: Vec<u64> = names.iter().map(|it| hash_with(it, seed) % places).collect();
        taken.sort_unstable();
        taken.windows(2).filter(|pair| pair[0] == pair[1]).count()
    }

    #[test]
    fn names_chosen_to_meet_under_one_seed_do_not_under_another() {
        let names = (0..300_000).map(|number| format!("wallet-{number}"));
        let chosen: Vec<String> =
            names.filter(|name| hash_with(name, &SEEDS[0]).is_multiple_of(1_000)).collect();
        assert!(chosen.len() > 200);
        assert_eq!(met(&chosen, 1_000, &SEEDS[0]), chosen.len() - 1);
        assert!(met(&chosen, 1_000, &SEEDS[1]) < chosen.len() / 2);
    }
}
