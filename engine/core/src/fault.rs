//! Why an event could not be folded: the permanent kind of failure. What may pass (throttling,
//! time-outs) is a [`Trouble`], is retried for ever, and never becomes a letter.

use crate::name::Name;

/// A permanent failure of one event for one document: it will fail again until someone changes
/// the module, the event or the document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    /// A short, stable word to group by: `type`, `overflow`, `too_large`, `undecodable`.
    pub code: Name,
    /// What happened, with the values that failed.
    pub message: String,
}

impl Fault {
    /// A fault with its code and what happened.
    pub fn new(code: &str, message: impl Into<String>) -> Fault {
        Fault { code: Name::from(code), message: message.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Fault {}

/// A failure that may pass. Retried with back-off for as long as it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// The service refused before it did anything: throttled, full, not signed in.
    Throttled,
    /// No answer came: it may or may not have been done.
    Unknown,
    /// The service is away.
    Down,
}
