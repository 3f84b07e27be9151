//! Adapters that live in memory: for tests, for trying things out, and for the spec runner.
//!
//! Each has a synchronous core (`load_now`, `write_now`, …) that the port delegates to, so that
//! a simulation can put its faults in between without a runtime. They are deterministic: the
//! same calls give the same answers, and what must be random comes in as a nonce.

pub mod clock;
pub mod control;
pub mod documents;
pub mod feed;
pub mod group;
pub mod history;
mod table;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock that outlives a panic elsewhere: no adapter leaves its state half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
