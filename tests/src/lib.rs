//! The kit that the suites share: the world and its faults, the oracle, the contracts of the
//! ports, and the rules that keep the house.

pub mod contract;
pub mod tidy;
pub mod world;
