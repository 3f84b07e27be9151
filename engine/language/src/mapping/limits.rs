//! What bounds the events of one record.

/// Events that one record is exploded into.
pub const EVENTS_MAX: usize = 10_000;

/// Parts that upcasts split one event into, all together.
pub const PARTS_MAX: usize = 1_000;

/// Anomalies of one batch that are told one by one.
pub const ANOMALIES_MAX: usize = 16;

const _: () = assert!(EVENTS_MAX <= foldline_core::limits::BATCH_EVENTS_MAX, "they fit a batch");
const _: () = assert!(PARTS_MAX >= crate::source::limits::PARTS_MAX, "what one step makes fits");
