//! Schedules that broke earlier drafts, each played step by step against the machine's effects
//! and named after what must not go wrong.

#[path = "interleavings/ordinary.rs"]
mod ordinary;
#[path = "interleavings/parking.rs"]
mod parking;
#[path = "interleavings/stage.rs"]
mod stage;
#[path = "interleavings/time.rs"]
mod time;
