//! Bytes and the texts that they are written as.

use foldline_core::value::{Value, canonical};

use super::super::wrong::Failure;
use super::arguments::Arguments;
use super::built::{self, Done, fits};

/// The text of bytes in base64.
pub(super) fn base64(of: Arguments<'_>) -> Done {
    fits(of.bytes(0)?.len().div_ceil(3).saturating_mul(4))?;
    built::text(canonical::text(of.value(0)?).trim_matches('"'))
}

/// The bytes that a text in base64 stands for.
pub(super) fn from_base64(of: Arguments<'_>) -> Done {
    let bytes = decode(of.text(0)?);
    bytes.map(Value::Bytes).ok_or_else(|| Failure::new("argument", "this is not base64"))
}

/// The bytes that a text in base64 stands for, where it is that.
pub(in super::super) fn decode(text: &str) -> Option<Box<[u8]>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits) = (0u32, 0);
    for letter in digits.bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        group = group << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((group >> bits & 0xff) as u8);
        }
    }
    // What is left over must be nothing, or the same bytes had two texts.
    let left = group & ((1 << bits) - 1) != 0 || bits >= 6;
    (!left).then(|| bytes.into())
}
