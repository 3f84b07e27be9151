//! Bytes as text, in the standard alphabet with padding. There is one text for some bytes: what
//! is not it (other alphabets, blanks, missing padding, bits that say nothing) is not read.

use std::fmt::Write;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends the text of these bytes.
pub fn write(bytes: &[u8], out: &mut impl Write) -> std::fmt::Result {
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4usize {
            let six = (group >> (18 - 6 * place)) as usize & 63;
            let letter = LETTERS.get(six).copied().filter(|_| place <= chunk.len());
            out.write_char(char::from(letter.unwrap_or(b'=')))?;
        }
    }
    Ok(())
}

/// The bytes of this text; none where it is not the text of any.
pub fn read(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let padding = text.iter().rev().take(2).take_while(|letter| **letter == b'=').count();
    let letters = text.get(..text.len() - padding)?;
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in letters.chunks(4) {
        let bits = group.iter().try_fold(0u32, |bits, letter| Some(bits << 6 | six(*letter)?))?;
        let missing = 4 - group.len();
        let [_, all @ ..] = (bits << (6 * missing)).to_be_bytes();
        let (said, unsaid) = all.split_at_checked(3 - missing)?;
        if unsaid.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend(said);
    }
    Some(bytes)
}

fn six(letter: u8) -> Option<u32> {
    let (first, base) = match letter {
        b'A'..=b'Z' => (b'A', 0),
        b'a'..=b'z' => (b'a', 26),
        b'0'..=b'9' => (b'0', 52),
        b'+' => return Some(62),
        b'/' => return Some(63),
        _ => return None,
    };
    Some(u32::from(letter - first) + base)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(bytes: &[u8]) -> String {
        let mut text = String::new();
        write(bytes, &mut text).expect("a string takes all");
        text
    }

    #[test]
    fn the_vectors_of_the_standard_are_read_and_written() {
        for (bytes, written) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(text(bytes.as_bytes()), written);
            assert_eq!(read(written.as_bytes()).as_deref(), Some(bytes.as_bytes()), "{written}");
        }
        assert_eq!(read(b"+/+/"), Some(vec![0xfb, 0xff, 0xbf]));
    }

    #[test]
    fn what_no_bytes_are_written_as_is_not_read() {
        for wrong in [
            "Z", "Zg", "Zg=", "Zg= ", "=", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm-_", "Zh==",
            "Zm9=", "Zm=v", "Zm 9",
        ] {
            assert_eq!(read(wrong.as_bytes()), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: Vec<u8>) {
            prop_assert_eq!(read(text(&bytes).as_bytes()), Some(bytes));
        }

        #[test]
        fn what_is_read_is_written_so(letters in "[A-Za-z0-9+/=]{0,12}") {
            if let Some(bytes) = read(letters.as_bytes()) {
                prop_assert_eq!(text(&bytes), letters);
            }
        }
    }
}
