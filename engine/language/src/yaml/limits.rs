//! What bounds a file, so that no text costs more than it is worth.

/// Bytes of one file.
pub const BYTES_MAX: usize = 1 << 20;

/// Maps and lists within one another. An expression that is built of them is less deep.
pub const DEPTH_MAX: usize = 64;

/// Scalars, maps, lists and empty values of one file, keys among them.
pub const NODES_MAX: usize = 100_000;

/// Problems that are told of one file: nobody reads more at once.
pub const PROBLEMS_MAX: usize = 100;

/// Characters of the text that a problem's sentence quotes.
pub const QUOTED_CHARACTERS_MAX: usize = 40;

const _: () = assert!(NODES_MAX < BYTES_MAX, "most values take more than a byte");
const _: () = assert!(DEPTH_MAX < crate::expression::limits::HEIGHT_MAX, "a map may be a value");
