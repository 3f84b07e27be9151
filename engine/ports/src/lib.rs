//! What the engine needs from the world, as traits, each opening with its contract: a line that
//! says MUST names the test that holds it, and every adapter runs those tests.
//!
//! Read in this order: where events come from ([`feed`], [`group`], [`history`]), where read
//! models go ([`documents`], [`commit`]), what the fleet shares ([`control`]), the time
//! ([`clock`]), and the adapters that need no service ([`memory`]).
//!
//! A feed and a history hand over events, not bytes: an adapter is built with the decoder of its
//! source (mapping, upcasts, the paths that are read), so that one decoding serves the live feed,
//! repairs and rebuilds alike.

pub mod clock;
pub mod commit;
pub mod control;
pub mod documents;
pub mod feed;
pub mod group;
pub mod history;
pub mod memory;

use std::future::Future;
use std::pin::Pin;

/// What every call to the world returns: boxed, so that traits can be used as objects and
/// adapters need no common runtime. Nothing happens before it is polled.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where a listing goes on: a text that only the adapter which gave it can read. It is stored
/// with long jobs, so it stays good when the process does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub String);
