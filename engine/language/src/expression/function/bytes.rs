//! Bytes and the texts that they are written as.

use super::super::wrong::Failure;

/// The bytes that a text in base64 stands for.
pub(in super::super) fn decode(text: &str) -> Result<Box<[u8]>, Failure> {
    let wrong = || Failure::new("type", "this is not base64");
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return Err(wrong());
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
            _ => return Err(wrong()),
        };
        group = group << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((group >> bits & 0xff) as u8);
        }
    }
    // What is left over must be nothing, or the same bytes had two texts.
    if group & ((1 << bits) - 1) != 0 || bits >= 6 {
        return Err(wrong());
    }
    Ok(bytes.into())
}
