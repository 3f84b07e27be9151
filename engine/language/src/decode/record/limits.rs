//! What bounds a record, so that none costs more than it is worth.

use foldline_core::limits;

/// Bytes of one record: as long as Kinesis takes them. What is longer is read as far as its
/// bounds allow, so that it can be named, and is a fault.
pub const BYTES_MAX: usize = 10 << 20;

/// Objects and lists within one another in a record of DynamoDB, where each value that holds
/// others is two of them, its own and that of its type: an item has values within 32 others.
pub const TYPED_DEPTH_MAX: usize = 2 * 32 + 4;

/// Names in a record of DynamoDB, over all its objects: two images of 400 KB, of the smallest
/// attributes, have fewer.
pub const TYPED_NAMES_MAX: usize = 400_000;

/// Characters of a name or a value that a fault quotes.
pub const QUOTED_CHARACTERS_MAX: usize = 60;

const _: () = assert!(limits::RECORD_BYTES_MAX < BYTES_MAX, "what is mapped may wrap an event");
const _: () = assert!(limits::JSON_KEYS_MAX < TYPED_NAMES_MAX, "types are names too");
const _: () = assert!(TYPED_DEPTH_MAX < 128, "a bit for each open bracket");

/// Enough of a text to know it by.
pub(super) fn brief(text: &str) -> &str {
    let cut = text.char_indices().nth(QUOTED_CHARACTERS_MAX).map(|(at, _)| at);
    cut.and_then(|cut| text.get(..cut)).unwrap_or(text)
}
