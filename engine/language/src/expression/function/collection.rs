//! What is made of lists and maps.

use std::borrow::Cow;

use foldline_core::value::Value;

use super::super::kinds::Kinds;
use super::super::wrong::Failure;
use super::{Function, needed, never};

pub(super) const FUNCTIONS: &[Function] = &[Function {
    name: "size",
    takes: &[needed("of", Kinds::TEXT.or(Kinds::BYTES).or(Kinds::LIST).or(Kinds::MAP))],
    more: false,
    gives: Kinds::INT,
    says: "how many characters, bytes, elements or names there are",
    run: size,
}];

fn size(arguments: &[Cow<'_, Value>]) -> Result<Value, Failure> {
    let size = match arguments {
        [of] => match of.as_ref() {
            Value::Text(text) => text.chars().count(),
            Value::Bytes(bytes) => bytes.len(),
            Value::List(items) => items.len(),
            Value::Map(map) => map.len(),
            _ => return Err(never(arguments)),
        },
        _ => return Err(never(arguments)),
    };
    Ok(Value::Int(i64::try_from(size).unwrap_or(i64::MAX)))
}
