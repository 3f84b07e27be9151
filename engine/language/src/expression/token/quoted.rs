//! Texts and bytes that are written out: between single or double quotes, or three of either,
//! which may go over lines; `r` before them takes backslashes as they are, `b` makes them bytes.

use foldline_core::value::Value;

use super::{Cutter, Kind};
use crate::problem::{Code, Problem, Span};

/// Whether a text begins with one that is quoted.
pub(super) fn begins(text: &str) -> bool {
    prefix(text).is_some()
}

/// How many letters stand before the quote, whether they say raw, and whether bytes.
fn prefix(text: &str) -> Option<(usize, bool, bool)> {
    let letters = text.bytes().take(3).position(|byte| byte == b'\'' || byte == b'"')?;
    match text.get(..letters)?.to_ascii_lowercase().as_str() {
        "" => Some((0, false, false)),
        "r" => Some((1, true, false)),
        "b" => Some((1, false, true)),
        "br" | "rb" => Some((2, true, true)),
        _ => None,
    }
}

impl Cutter<'_> {
    /// A text, or bytes, between quotes.
    pub(super) fn quoted(&mut self) -> Option<Kind> {
        let from = self.at;
        let (letters, raw, bytes) = prefix(self.rest())?;
        self.at += letters;
        let quote = self.rest().get(..1)?;
        let three = quote.repeat(3);
        let quote = if self.rest().starts_with(&three) { three.as_str() } else { quote };
        self.at += quote.len();
        let mut out = Vec::new();
        let mut right = true;
        loop {
            let rest = self.rest();
            if rest.starts_with(quote) {
                self.at += quote.len();
                break;
            }
            let Some(first) = rest.chars().next() else {
                return self.open(from, quote);
            };
            if quote.len() == 1 && first == '\n' {
                return self.open(from, quote);
            }
            if first == '\\' && !raw {
                right &= self.escape(bytes, &mut out);
            } else {
                self.at += first.len_utf8();
                out.extend_from_slice(first.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        if !right {
            return None;
        }
        if bytes {
            return Some(Kind::Value(Value::Bytes(out.into())));
        }
        // Escapes of texts are whole characters.
        String::from_utf8(out).ok().map(|text| Kind::Value(Value::text(&text)))
    }

    fn open(&mut self, from: usize, quote: &str) -> Option<Kind> {
        let span = Span::new(from, self.at);
        let what = "the text does not end";
        // `'it's'`: a quote within a text.
        let within = self.text.get(..from).and_then(|before| before.chars().next_back());
        let hint = if within.is_some_and(char::is_alphanumeric) {
            format!("a {quote} within a text is written \\{quote}")
        } else {
            format!("close it with {quote}")
        };
        self.problems.push(Problem::new(Code::OpenText, span, what).hint(hint));
        None
    }

    /// A backslash, and what it stands for; false where that is nothing.
    fn escape(&mut self, bytes: bool, out: &mut Vec<u8>) -> bool {
        let from = self.at;
        self.at += 1;
        let Some(letter) = self.rest().chars().next() else { return true };
        self.at += letter.len_utf8();
        let plain = match letter {
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'v' => Some('\u{b}'),
            '\\' | '\'' | '"' | '`' | '?' => Some(letter),
            'x' | 'X' => return self.code(from, 2, 16, bytes, out),
            'u' if !bytes => return self.code(from, 4, 16, bytes, out),
            'U' if !bytes => return self.code(from, 8, 16, bytes, out),
            '0'..='3' => {
                self.at -= 1;
                return self.code(from, 3, 8, bytes, out);
            }
            _ => None,
        };
        if let Some(plain) = plain {
            out.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            let hint = "a backslash itself is written `\\\\`; `r'…'` takes each as it is";
            self.no_escape(from, hint);
        }
        plain.is_some()
    }

    /// A character, or a byte, by its number in so many digits.
    fn code(
        &mut self,
        from: usize,
        digits: usize,
        base: u32,
        byte: bool,
        out: &mut Vec<u8>,
    ) -> bool {
        let written =
            self.rest().get(..digits).filter(|text| text.chars().all(|c| c.is_digit(base)));
        let number = written.and_then(|text| u32::from_str_radix(text, base).ok());
        let Some(number) = number else {
            self.no_escape(
                from,
                &format!("{digits} digits to the base of {base} belong behind it"),
            );
            return false;
        };
        self.at += digits;
        if byte {
            return u8::try_from(number).map(|byte| out.push(byte)).is_ok();
        }
        let Some(found) = char::from_u32(number) else {
            self.no_escape(from, "no character has this number, nor is half of a pair one");
            return false;
        };
        out.extend_from_slice(found.encode_utf8(&mut [0; 4]).as_bytes());
        true
    }

    fn no_escape(&mut self, from: usize, hint: &str) {
        let span = Span::new(from, self.at);
        let what = format!("`{}` stands for nothing", span.of(self.text));
        self.problems.push(Problem::new(Code::Escape, span, what).hint(hint));
    }
}
