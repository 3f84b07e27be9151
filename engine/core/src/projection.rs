//! What folds: a module's compiled plan, or Rust by hand. The machine treats both alike.

use crate::event::Event;
use crate::fault::Fault;
use crate::guard::GuardKind;
use crate::name::{Name, ProjectionId};
use crate::value::Value;

/// The documents that one event changes.
#[derive(Debug, Default)]
pub struct Keys {
    /// Whether the event's own stream is a key.
    pub(crate) stream: bool,
    pub(crate) named: Vec<Name>,
}

impl Keys {
    /// The document whose key is the event's stream.
    pub fn stream(&mut self) {
        self.stream = true;
    }

    /// The document with this key; naming one twice is naming it once.
    pub fn push(&mut self, key: &str) {
        if !self.named.iter().any(|named| named == key) {
            self.named.push(Name::from(key));
        }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.stream = false;
        self.named.clear();
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        !self.stream && self.named.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.named.len() + usize::from(self.stream)
    }

    /// Whether the event's own stream is one of them.
    pub fn has_stream(&self) -> bool {
        self.stream
    }

    /// Refuses what no store could hold, and more than one event may change.
    pub fn check(&self) -> Result<(), Fault> {
        if self.len() > crate::limits::KEYS_PER_EVENT_MAX {
            let fault = format!("{} documents for one event, the limit is 1,000", self.len());
            return Err(Fault::new("keys", fault));
        }
        self.named.iter().find_map(|key| key_fault(key)).map_or(Ok(()), Err)
    }

    /// The keys named so far, the stream's own excepted.
    pub fn named(&self) -> &[Name] {
        &self.named
    }
}

/// What an event did to a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is folded in.
    Applied,
    /// A condition of the handler said no: the document is as before.
    Filtered,
}

/// What folds events into documents. Deterministic: the same event and document give the same
/// result on every worker, today and in a year.
///
/// ```
/// use foldline_core::event::Event;
/// use foldline_core::fault::Fault;
/// use foldline_core::guard::GuardKind;
/// use foldline_core::name::ProjectionId;
/// use foldline_core::projection::{Change, Keys, Projection};
/// use foldline_core::value::Value;
///
/// /// How many events each stream has.
/// struct Counter;
///
/// impl Projection for Counter {
///     fn id(&self) -> ProjectionId {
///         ProjectionId { name: "counter".into(), generation: 1 }
///     }
///
///     fn guard(&self) -> GuardKind {
///         GuardKind::Version
///     }
///
///     fn route(&self, _event: Event<'_>, keys: &mut Keys) -> Result<(), Fault> {
///         keys.stream();
///         Ok(())
///     }
///
///     fn apply(&self, _: Event<'_>, _: &str, document: &mut Value) -> Result<Change, Fault> {
///         let count = match document {
///             Value::Int(count) => *count,
///             _ => 0,
///         };
///         *document = Value::Int(count + 1);
///         Ok(Change::Applied)
///     }
/// }
/// # assert_eq!(Counter.guard(), GuardKind::Version);
/// ```
pub trait Projection {
    /// Which projection and generation this is.
    fn id(&self) -> ProjectionId;

    /// Which guard its documents carry.
    fn guard(&self) -> GuardKind;

    /// Changes with whatever changes the meaning of the module or of the source's mapping:
    /// digests of events made under another tag are not compared.
    fn tag(&self) -> u64 {
        0
    }

    /// Names the documents that this event changes; none where nothing handles it. A fault parks
    /// the event's whole stream, since nobody can tell which document it belongs to.
    fn route(&self, event: Event<'_>, keys: &mut Keys) -> Result<(), Fault>;

    /// Folds the event, with all its parts, into the document; [`Value::Null`] is a document that
    /// is absent or deleted, and leaving it so deletes. After a fault the machine throws the
    /// document away and loads it again, so there is nothing to undo.
    fn apply(&self, event: Event<'_>, key: &str, document: &mut Value) -> Result<Change, Fault>;
}

/// The key of a document as the projection's events name it.
pub fn key_fault(key: &str) -> Option<Fault> {
    let fits = (1..=crate::limits::KEY_BYTES_MAX).contains(&key.len());
    (!fits).then(|| Fault::new("key", format!("a key has 1 to 512 bytes, this one {}", key.len())))
}
