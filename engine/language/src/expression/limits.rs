//! What bounds an expression, so that no text costs more than it is worth, and no event more than
//! its author may spend.

/// Bytes of one expression.
pub const BYTES_MAX: usize = 16 << 10;

/// Expressions within expressions. A sum of many terms counts one for each: it is as high a tree.
pub const HEIGHT_MAX: usize = 100;

/// Steps that one event may take in one document: one for each expression that is run, as often
/// as it is, one for each element that `map`, `filter` and their like look at, and one for each
/// [`BYTES_PER_STEP`] of a text or a list that is read from the event, compared or built. A step
/// takes some 50 ns at most, whatever it is spent on: all of them together a tenth of a second.
pub const STEPS_MAX: u32 = 2_000_000;

/// Steps that it costs to say what went wrong, where it may be that nobody asks.
pub const STEPS_OF_A_WRONG: usize = 20;

/// Bytes that cost as much to read, compare or build as one expression to run.
pub const BYTES_PER_STEP: usize = 16;

/// Bytes of a text that an expression builds.
pub const TEXT_BYTES_MAX: usize = 1 << 20;

/// Elements of a list that an expression builds or looks at.
pub const ITEMS_MAX: usize = 10_000;

/// Bytes of a pattern.
pub const PATTERN_BYTES_MAX: usize = 1 << 10;

/// Characters of a value that a fault's sentence quotes.
pub const QUOTED_CHARACTERS_MAX: usize = 40;

/// Bytes of memory that a compiled pattern may take.
pub const PATTERN_SIZE_MAX: usize = 1 << 18;
