//! Who runs the suites: each adapter registers here once, with a factory for each port that it
//! has, and the suites find it.

use foldline_ports::control::Control;
use foldline_ports::documents::Documents;

use super::{clock, feed, group, history};

mod memory;

/// Makes a fresh world.
pub type Make<W> = fn() -> Box<W>;

/// One adapter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Adapter {
    /// Its name, in front of its tests'.
    pub name: &'static str,
    /// The tests that it leaves out. One that leaves out another, or holds one of these, fails:
    /// what an adapter cannot do must not change unseen.
    pub leaves_out: &'static [&'static str],
    /// Its clock.
    pub clock: Option<Make<dyn clock::World>>,
    /// Its control store.
    pub control: Option<Make<dyn Control>>,
    /// Its document store; the transactions of it are tested where it has any.
    pub documents: Option<Make<dyn Documents>>,
    /// Its feed.
    pub feed: Option<Make<dyn feed::World>>,
    /// The group of its feed.
    pub group: Option<Make<dyn group::World>>,
    /// Its history.
    pub history: Option<Make<dyn history::World>>,
}

/// All adapters.
pub fn all() -> Vec<Adapter> {
    vec![memory::ADAPTER, memory::BARE]
}
