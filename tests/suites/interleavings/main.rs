//! Schedules that broke earlier drafts, each played step by step against the machine's effects
//! and named after what must not go wrong.

mod answers;
mod conditions;
mod cursors;
mod drains;
mod found;
mod late;
mod ordinary;
mod parking;
mod partitions;
mod reads;
mod records;
mod refolds;
mod stage;
mod thrift;
mod time;
mod waits;
