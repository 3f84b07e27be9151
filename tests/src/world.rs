//! A world around the machines: one seed plays writers, feed, history, stores, clocks, workers and
//! operators, lets them fail, and checks at every step and at the end what users were promised.
//!
//! Read in this order: chance and faults ([`rng`], [`faults`], [`settings`]), what was written
//! ([`truth`], [`writers`], [`projections`]), the world and its time ([`run`], [`disasters`],
//! [`fleet`], [`rest`]), how machines act and hear ([`hear`], [`lanes`], [`reads`], [`sweeps`]),
//! how effects are performed ([`perform`], [`stores`], [`letters`], [`operator`]), what is checked
//! ([`watch`], [`oracle`]), and what is told of it ([`trace`], [`effects`], [`deeds`], [`report`]).

pub mod deeds;
pub mod disasters;
pub mod effects;
pub mod faults;
pub mod fleet;
pub mod hear;
pub mod lanes;
pub mod letters;
pub mod operator;
pub mod oracle;
pub mod parts;
pub mod perform;
pub mod profiles;
pub mod projections;
pub mod reads;
pub mod report;
pub mod rest;
pub mod rng;
pub mod run;
pub mod settings;
pub mod shards;
pub mod stores;
pub mod sweeps;
pub mod trace;
pub mod truth;
pub mod watch;
pub mod writers;
