//! A stream's cursor: how far a projection is durably done with it. Kept beside the documents, so
//! that a stream that left memory, or came to another worker, is not taken for a new one.

use crate::guard::{Mark, Revision};
use crate::limits;
use crate::name::Name;
use crate::progress::Progress;

/// Short digests of the last few events of a stream: the same version with another digest is a
/// fork. Each is 24 bits, beside 8 bits that tell the version it belongs to, so that one that
/// was left standing when the stream moved on is not compared with another version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Digests([u32; limits::DIGESTS]);

impl Digests {
    /// Remembers this version's digest, and forgets an older one.
    pub fn set(&mut self, version: u64, digest: u32) {
        if let Some(place) = self.0.get_mut(slot(version)) {
            *place = tagged(version, digest);
        }
    }

    /// Whether this version is known with another digest.
    pub fn differ(&self, version: u64, next: u64, digest: u32) -> bool {
        self.get(version, next).is_some_and(|known| known != tagged(version, digest))
    }

    /// Whether this version is known with this digest.
    pub fn agree(&self, version: u64, next: u64, digest: u32) -> bool {
        self.get(version, next) == Some(tagged(version, digest))
    }

    /// The tagged digest of this version, if it is among the last few below `next`.
    fn get(&self, version: u64, next: u64) -> Option<u32> {
        let recent = version < next && next - version <= limits::DIGESTS as u64;
        let known = self.0.get(slot(version)).copied().unwrap_or(0);
        (recent && known != 0 && known >> 24 == tag(version)).then_some(known)
    }

    /// The raw values, to store; [`Digests::from_raw`] reads them back.
    pub fn raw(&self) -> [u32; limits::DIGESTS] {
        self.0
    }

    /// From stored values.
    pub fn from_raw(raw: [u32; limits::DIGESTS]) -> Digests {
        Digests(raw)
    }
}

/// The digest's low 24 bits, never 0, and its version's tag.
fn tagged(version: u64, digest: u32) -> u32 {
    tag(version) << 24 | (digest & 0x00ff_ffff).max(1)
}

/// Which turn of the slots the version belongs to, in 8 bits.
fn tag(version: u64) -> u32 {
    u32::try_from(version / limits::DIGESTS as u64 % 256).unwrap_or(0)
}

fn slot(version: u64) -> usize {
    usize::try_from(version % limits::DIGESTS as u64).unwrap_or(0)
}

/// What is stored for one projection and stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// All that is durably done.
    pub done: Progress,
    /// Set while the stream is parked: its key could not be told from this version on.
    pub mark: Option<Box<Mark>>,
    /// Whether the stream is parked or ever was. Others' events pushed documents' positions on
    /// while it stood still, so that from then on only versions tell which of its events they have.
    pub parked_once: bool,
    /// Digests of the last few versions.
    pub digests: Digests,
    /// Which module and mapping the digests were made with: others are not compared.
    pub tag: u64,
}

/// A cursor to be written, conditional on what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CursorWrite {
    /// Whose.
    pub stream: Name,
    /// The revision it replaces; none where there must be none.
    pub replaces: Option<Revision>,
    /// What to store.
    pub cursor: Cursor,
}

#[cfg(test)]
mod tests;
