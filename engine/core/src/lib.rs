//! Decides. Everything that Foldline must get right is a pure step here: events come in as
//! inputs, work goes out as effects, and time, randomness and I/O exist only as values.
//!
//! Read in this order: what an event is ([`event`], [`position`], [`value`]), what is already
//! done ([`progress`], [`guard`], [`cursor`], [`checkpoint`]), what the machine says and hears
//! ([`effect`], [`input`]), what must always hold ([`invariants`]), the machine
//! ([`projector`]), and its neighbours ([`lineage`], [`lanes`],
//! [`sharing`], [`sweep`], [`drain`]).

pub mod backoff;
pub mod checkpoint;
pub mod control;
pub mod cursor;
pub mod drain;
pub mod effect;
pub mod event;
pub mod fault;
pub mod guard;
pub mod input;
pub mod invariants;
pub mod lanes;
pub mod letter;
pub mod limits;
pub mod lineage;
pub mod name;
pub mod parking;
pub mod position;
pub mod progress;
pub mod projection;
pub mod projector;
pub mod sequencer;
pub mod sharing;
pub mod sweep;
pub mod time;
pub mod value;
