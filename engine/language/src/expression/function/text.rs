//! What is made of texts, and texts of other values.

use std::borrow::Cow;

use foldline_core::value::{Value, canonical};

use super::super::kinds::Kinds;
use super::super::wrong::Failure;
use super::{Function, needed, never};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "lower",
        takes: &[needed("text", Kinds::TEXT)],
        more: false,
        gives: Kinds::TEXT,
        says: "the text in small letters",
        run: |arguments| changed(arguments, str::to_lowercase),
    },
    Function {
        name: "upper",
        takes: &[needed("text", Kinds::TEXT)],
        more: false,
        gives: Kinds::TEXT,
        says: "the text in capital letters",
        run: |arguments| changed(arguments, str::to_uppercase),
    },
    Function {
        name: "trim",
        takes: &[needed("text", Kinds::TEXT)],
        more: false,
        gives: Kinds::TEXT,
        says: "the text without blanks at its ends",
        run: |arguments| changed(arguments, |text| text.trim().into()),
    },
    Function {
        name: "string",
        takes: &[needed("value", Kinds::ANY.without(Kinds::LIST.or(Kinds::MAP).or(Kinds::NULL)))],
        more: false,
        gives: Kinds::TEXT,
        says: "the value as the text that a document has for it",
        run: string,
    },
];

fn string(arguments: &[Cow<'_, Value>]) -> Result<Value, Failure> {
    let [value] = arguments else { return Err(never(arguments)) };
    let text = canonical::text(value);
    Ok(match value.as_text() {
        Some(own) => Value::text(own),
        // Nothing in the texts of these is escaped.
        None => Value::text(text.trim_matches('"')),
    })
}

/// A text made of a text.
fn changed(
    arguments: &[Cow<'_, Value>],
    change: impl FnOnce(&str) -> String,
) -> Result<Value, Failure> {
    match arguments {
        [text] => match text.as_text() {
            Some(text) => Ok(Value::Text(change(text).into())),
            None => Err(never(arguments)),
        },
        _ => Err(never(arguments)),
    }
}
