//! What bounds a module, so that no event costs more than it is worth.

/// Types of events that one module names.
pub const TYPES_MAX: usize = 1_000;

/// Handlers of one module.
pub const HANDLERS_MAX: usize = 1_000;

/// Writes of one handler.
pub const WRITES_MAX: usize = 200;

/// Steps of one path.
pub const STEPS_MAX: usize = 16;

/// Elements that `limit` may keep of a list.
pub const KEPT_MAX: u32 = 10_000;

/// Lists within one another in a type.
pub const TYPE_DEPTH_MAX: usize = 8;

/// Bytes of a name that stores and the configuration know too.
pub const NAME_BYTES_MAX: usize = 64;
