//! What bounds a source, so that no event costs more than it is worth.

/// Upcasts of one source.
pub const UPCASTS_MAX: usize = 1_000;

/// Steps of all upcasts of one source.
pub const STEPS_MAX: usize = 1_000;

/// Names in one list: types that are counted only, attributes whose changes are ignored.
pub const NAMES_MAX: usize = 1_000;

/// Names of one path.
pub const PATH_NAMES_MAX: usize = 16;

/// Parts that one step splits an event into.
pub const PARTS_MAX: usize = 100;

/// Bytes of the name of a source.
pub const NAME_BYTES_MAX: usize = 64;

const _: () = assert!(PARTS_MAX < STEPS_MAX, "a part is less than a step");
