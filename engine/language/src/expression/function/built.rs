//! What functions give, within the limits of what an expression may build. What can be much
//! longer than what it is made of is measured by [`fits`] before it is made.

use foldline_core::value::Value;

use super::super::limits;
use super::super::wrong::Failure;

/// What a function gives, or why it gives nothing.
pub(super) type Done = Result<Value, Failure>;

/// That a text, or bytes, of this length may be made.
pub(super) fn fits(bytes: usize) -> Result<(), Failure> {
    super::super::evaluate::fits(bytes, limits::TEXT_BYTES_MAX, "bytes")
}

/// A text.
pub(super) fn text(text: impl AsRef<str>) -> Done {
    fits(text.as_ref().len())?;
    Ok(Value::text(text.as_ref()))
}

/// Bytes.
pub(super) fn bytes(bytes: impl Into<Box<[u8]>>) -> Done {
    let bytes = bytes.into();
    fits(bytes.len())?;
    Ok(Value::Bytes(bytes))
}

/// A list. What comes after the first elements that are too many is not asked for.
pub(super) fn list(items: impl Iterator<Item = Value>) -> Done {
    let items: Vec<Value> = items.take(limits::ITEMS_MAX + 1).collect();
    super::super::evaluate::fits(items.len(), limits::ITEMS_MAX, "elements")?;
    Ok(Value::List(items))
}
