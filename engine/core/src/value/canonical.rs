//! The one text of a value. Map keys are sorted, numbers have their one form, times are RFC 3339
//! in UTC, bytes are base64, and text escapes no more than JSON demands: equal values are equal
//! bytes, on every build and for ever. Hashes of contents are hashes of this text.

use std::fmt::Write;

use super::{Value, base64};

/// Appends the value's text.
pub fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Text(text) => write_text(text, out),
        Value::Int(_) | Value::Decimal(_) => write_plain(value, out),
        Value::Bytes(_) | Value::Time(_) | Value::Duration(_) => {
            // None of these has a character that JSON would escape.
            out.push('"');
            write_plain(value, out);
            out.push('"');
        }
        Value::List(list) => {
            out.push('[');
            for (place, value) in list.iter().enumerate() {
                comma(place, out);
                write(value, out);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (place, (name, value)) in map.iter().enumerate() {
                comma(place, out);
                write_text(name, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

/// The value's text.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// A hash of the value's text, the same on every build.
pub fn hash(value: &Value) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text(value).as_bytes())
}

fn comma(place: usize, out: &mut String) {
    if place > 0 {
        out.push(',');
    }
}

/// Appends a scalar that needs no escapes, without quotes; others are left out.
pub(super) fn write_plain(value: &Value, out: &mut impl Write) {
    let written = match value {
        Value::Int(int) => write!(out, "{int}"),
        Value::Decimal(decimal) => write!(out, "{decimal}"),
        Value::Time(time) => write!(out, "{time}"),
        Value::Duration(length) => write!(out, "{length}"),
        Value::Bytes(bytes) => base64::write(bytes, out),
        _ => Ok(()),
    };
    // Writing to memory does not fail.
    debug_assert!(written.is_ok(), "a string takes all that is written");
}

/// Appends a text in quotes, with the least escapes.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
        let (plain, odd) = rest.split_at(at);
        out.push_str(plain);
        let mut odd = odd.chars();
        match odd.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            control => {
                let written = write!(out, "\\u{:04x}", u32::from(control.unwrap_or_default()));
                debug_assert!(written.is_ok(), "a string takes all that is written");
            }
        }
        rest = odd.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests;
