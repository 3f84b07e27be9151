//! What bounds an expression, so that no text costs more than it is worth.

/// Bytes of one expression.
pub const BYTES_MAX: usize = 16 << 10;

/// Expressions within expressions. A sum of many terms counts one for each: it is as high a tree.
pub const HEIGHT_MAX: usize = 100;
