//! What machines did that no fault is, and that a run must have seen: a zero is something that it
//! did not test.

macro_rules! deeds {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+) => {
        /// One kind of thing that was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Deed {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Deed {
            /// All kinds.
            pub const ALL: &'static [Deed] = &[$(Deed::$name,)+];

            /// Its name in reports.
            pub fn name(self) -> &'static str {
                match self {
                    $(Deed::$name => $text,)+
                }
            }
        }
    };
}

deeds! {
    /// A read was handed to several projections.
    Shared = "read-shared",
    /// A projection began to share its reads of a partition.
    Attached = "attached",
    /// A projection was left behind, and read a partition on its own.
    Detached = "detached",
    /// A projection began to work on several lanes.
    Lanes = "lanes",
    /// A partition was granted anew to all lanes, since one went back.
    LanesBack = "lanes-back",
    /// A page of the background sweep went to a projection.
    Swept = "swept-page",
    /// Whoever had the background sweep died over it.
    SweeperDied = "sweeper-died",
    /// A document had to show the true one of two contents, and did.
    ForkDecided = "fork-decided",
}

/// How often each was done.
#[derive(Clone, Debug, Default)]
pub struct Deeds([u64; Deed::ALL.len()]);

impl Deeds {
    /// Counts one.
    pub fn count(&mut self, deed: Deed) {
        if let Some(count) = self.0.get_mut(deed as usize) {
            *count += 1;
        }
    }

    /// Adds another's counts.
    pub fn absorb(&mut self, other: &Deeds) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine += theirs;
        }
    }

    /// Name and number of each.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Deed::ALL.iter().zip(&self.0).map(|(deed, count)| (deed.name(), *count))
    }
}
