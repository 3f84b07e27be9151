//! The contract suites: one a port, one function a test, each named by a MUST line of
//! `engine/ports`. Every adapter that is registered in [`adapters`] runs all of them; a test that
//! an adapter's source or store makes impossible says why it was left out.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics where the contract is broken"
)]

pub mod adapters;
pub mod clock;
pub mod commit;
pub mod control;
pub mod documents;
pub mod feed;
pub mod group;
pub mod history;
pub mod lines;
pub mod run;
pub mod samples;

/// How a test ended that did not panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The adapter does as it must.
    Held,
    /// It cannot be asked: why.
    LeftOut(&'static str),
}

pub use Outcome::{Held, LeftOut};

/// One test, over a fresh world of the adapter.
#[derive(Debug)]
pub struct Case<W: ?Sized> {
    /// As the MUST line names it.
    pub name: &'static str,
    /// What it does; it panics where the contract is broken.
    pub run: fn(&W) -> Outcome,
}

/// Lists functions as cases under their own names. A function that is not listed is dead code,
/// which the compiler tells.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        &[$($crate::contract::Case { name: stringify!($name), run: $name }),*]
    };
}
pub(crate) use cases;
