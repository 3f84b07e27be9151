//! The grammar, byte by byte: what the reader is made of. Nothing here recurses.

use super::{JsonError, Reader, Wrong};
use crate::limits;

/// Brackets that can be told open at once.
pub(super) const BITS: usize = u128::BITS as usize;

impl Reader<'_> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    pub(super) fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// What is wrong where something else was expected.
    #[cold]
    fn unexpected(&self) -> JsonError {
        self.wrong(if self.at < self.text.len() { Wrong::Syntax } else { Wrong::Ends })
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), JsonError> {
        let end = self.at + word.len();
        if self.text.as_bytes().get(self.at..end) == Some(word.as_bytes()) {
            self.at = end;
            return Ok(());
        }
        Err(self.unexpected())
    }

    #[inline]
    pub(super) fn open(&mut self, bracket: u8) -> Result<(), JsonError> {
        self.space();
        if self.peek() != Some(bracket) {
            return Err(self.unexpected());
        }
        if self.depth >= self.bounds.depth {
            return Err(self.wrong(Wrong::Depth));
        }
        self.at += 1;
        self.depth += 1;
        Ok(())
    }

    /// Steps over the comma before the next value, or over the bracket that ends them.
    #[inline]
    pub(super) fn more(&mut self, first: bool, close: u8) -> Result<bool, JsonError> {
        self.space();
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                self.depth -= usize::from(self.depth > 0);
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if first => Ok(true),
            _ => Err(self.unexpected()),
        }
    }

    #[inline]
    pub(super) fn colon(&mut self) -> Result<(), JsonError> {
        self.keys += 1;
        if self.keys > self.bounds.keys {
            return Err(self.wrong(Wrong::Keys));
        }
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn run(&mut self) -> bool {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at > start
    }

    #[inline]
    pub(super) fn digits(&mut self) -> Result<(), JsonError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        // A zero stands alone before the point.
        let whole = if self.peek() == Some(b'0') {
            self.at += 1;
            true
        } else {
            self.run()
        };
        if !whole {
            return Err(self.unexpected());
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.run() {
                return Err(self.unexpected());
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            if !self.run() {
                return Err(self.unexpected());
            }
        }
        Ok(())
    }

    /// Steps over a text; says how many escapes it has.
    #[inline]
    pub(super) fn string(&mut self) -> Result<usize, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected());
        }
        self.at += 1;
        let mut escapes = 0;
        loop {
            self.plain();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escapes);
                }
                Some(b'\\') => {
                    escapes += 1;
                    self.escape()?;
                }
                Some(byte) if byte < 0x20 => return Err(self.wrong(Wrong::Text)),
                Some(_) => self.at += 1,
                None => return Err(self.wrong(Wrong::Ends)),
            }
        }
    }

    /// Steps over characters that mean themselves, eight at a time.
    #[inline]
    fn plain(&mut self) {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        let mut rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        while let Some((word, more)) = rest.split_first_chunk::<8>() {
            let word = u64::from_le_bytes(*word);
            // The lowest byte that is marked is marked rightly, whatever is said of later ones.
            let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
            let quote = zero(word ^ (ONES * u64::from(b'"')));
            let slash = zero(word ^ (ONES * u64::from(b'\\')));
            let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
            let marked = quote | slash | control;
            if marked != 0 {
                self.at += (marked.trailing_zeros() / 8) as usize;
                return;
            }
            self.at += 8;
            rest = more;
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let rest = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        let length = match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', a, b, c, d, ..] if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit) => 6,
            [] => return Err(self.wrong(Wrong::Ends)),
            _ => return Err(self.wrong(Wrong::Text)),
        };
        self.at += length;
        Ok(())
    }

    /// Steps over any value, without recursion: which brackets are open is a bit each.
    pub fn skip(&mut self) -> Result<(), JsonError> {
        const _: () = assert!(limits::JSON_DEPTH_MAX <= BITS, "a bit for each open bracket");
        let outside = self.depth;
        let mut maps = 0u128;
        loop {
            self.space();
            let mut first = false;
            match self.peek() {
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'{') => {
                    self.open(b'{')?;
                    maps = maps << 1 | 1;
                    first = true;
                }
                Some(b'[') => {
                    self.open(b'[')?;
                    maps <<= 1;
                    first = true;
                }
                Some(b't') => self.word("true")?,
                Some(b'f') => self.word("false")?,
                Some(b'n') => self.word("null")?,
                _ => self.digits()?,
            }
            loop {
                if self.depth == outside {
                    return Ok(());
                }
                let map = maps & 1 == 1;
                if self.more(first, if map { b'}' } else { b']' })? {
                    if map {
                        self.space();
                        self.string()?;
                        self.colon()?;
                    }
                    break;
                }
                maps >>= 1;
                first = false;
            }
        }
    }
}

/// Appends a text without its escapes, which are known to be well formed.
pub(super) fn unescape(raw: &str, out: &mut String) -> Result<(), Wrong> {
    let mut rest = raw;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = escape.chars();
        let letter = chars.next().ok_or(Wrong::Ends)?;
        let mut after = chars.as_str();
        out.push(match letter {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (unit, rest) = unit(after)?;
                after = rest;
                if let 0xD800..=0xDBFF = unit {
                    let low = after.strip_prefix("\\u").ok_or(Wrong::Surrogate)?;
                    let (low, rest) = self::unit(low)?;
                    after = rest;
                    let low = low.checked_sub(0xDC00).filter(|low| *low < 0x400);
                    let low = low.ok_or(Wrong::Surrogate)?;
                    char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + low)
                } else {
                    char::from_u32(unit)
                }
                .ok_or(Wrong::Surrogate)?
            }
            other => other,
        });
        rest = after;
    }
    out.push_str(rest);
    Ok(())
}

fn unit(text: &str) -> Result<(u32, &str), Wrong> {
    let (digits, rest) = text.split_at_checked(4).ok_or(Wrong::Text)?;
    Ok((u32::from_str_radix(digits, 16).map_err(|_| Wrong::Text)?, rest))
}
