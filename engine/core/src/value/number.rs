//! Numbers: whole ones that fit an `i64`, and decimals. Arithmetic is exact or an error; only a
//! quotient is rounded, half-even at 38 digits. `1` and `1.0` are the same number.

use std::cmp::Ordering;
use std::fmt;

use super::decimal::{Decimal, Parts, count};
use crate::fault::Fault;

/// A number, in its one form.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Number {
    /// A whole number that fits.
    Int(i64),
    /// Any other.
    Decimal(Decimal),
}

/// Why there is no such number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberError {
    /// The text is not a number.
    Malformed,
    /// It has more than 38 digits.
    Inexact,
    /// It is too great: two whole numbers past `i64`, or others past 9.99…E+125.
    Overflow,
    /// It is not 0 and too near to it: below 1E-130.
    Underflow,
    /// Divided by zero.
    DivisionByZero,
}

/// Where a number goes that has more digits than are kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To the nearer neighbour; from the middle to the one whose last digit is even.
    HalfEven,
    /// To the neighbour below.
    Down,
    /// To the neighbour above.
    Up,
}

impl Number {
    /// Reads a number: digits with an optional sign, point and exponent. All digits count: what
    /// has more than 38 is an error, zeros at either end aside.
    pub fn parse(text: &str) -> Result<Number, NumberError> {
        if let Some(int) = short(text.as_bytes()) {
            return Ok(Number::Int(int));
        }
        let mut scan = Scan::default();
        let bytes = text.as_bytes();
        let (negative, bytes) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, bytes),
        };
        let mut bytes = bytes.iter();
        let mut power = 0;
        for &byte in &mut bytes {
            match byte {
                b'0'..=b'9' => scan.digit(byte - b'0')?,
                b'.' if !scan.point => scan.point = true,
                b'e' | b'E' => {
                    power = exponent(bytes.as_slice())?;
                    break;
                }
                _ => return Err(NumberError::Malformed),
            }
        }
        if !scan.any {
            return Err(NumberError::Malformed);
        }
        // Past these bounds every sum is out of range, and none leaves an i32.
        let places = i32::try_from(scan.places).unwrap_or(i32::MAX / 4);
        let zeros = i32::try_from(scan.zeros).unwrap_or(i32::MAX / 4);
        let exponent = power + zeros - places;
        Parts { negative, digits: scan.digits(), exponent }.number()
    }

    fn parts(self) -> Parts {
        match self {
            Number::Int(int) => Parts::of_int(int),
            Number::Decimal(decimal) => decimal.parts(),
        }
    }

    /// The sum.
    pub fn plus(self, other: Number) -> Result<Number, NumberError> {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => int(a.checked_add(b)),
            _ => self.parts().plus(other.parts()),
        }
    }

    /// The difference.
    pub fn minus(self, other: Number) -> Result<Number, NumberError> {
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            return int(a.checked_sub(b));
        }
        let other = other.parts();
        self.parts().plus(Parts { negative: !other.negative, ..other })
    }

    /// The product.
    pub fn times(self, other: Number) -> Result<Number, NumberError> {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => int(a.checked_mul(b)),
            _ => self.parts().times(other.parts()),
        }
    }

    /// The quotient, rounded half-even at 38 digits where it has more.
    pub fn over(self, other: Number) -> Result<Number, NumberError> {
        self.parts().over(other.parts())
    }

    /// The nearest number, as said, with so many digits after the point at most; where that is
    /// negative, so many before the point are zeros.
    pub fn rounded(self, places: i32, rounding: Rounding) -> Result<Number, NumberError> {
        self.parts().rounded(places, rounding)
    }

    /// The other sign.
    pub fn negated(self) -> Result<Number, NumberError> {
        Number::Int(0).minus(self)
    }

    /// Without its sign.
    pub fn absolute(self) -> Result<Number, NumberError> {
        if self < Number::Int(0) { self.negated() } else { Ok(self) }
    }

    /// Appends it in its canonical form: plain where its digits, zeros included, are at most 38,
    /// else as `1E-130`.
    pub fn write(self, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Number::Int(int) => write!(out, "{int}"),
            Number::Decimal(decimal) => write_parts(decimal.parts(), out),
        }
    }
}

/// Most numbers are few digits and nothing else: they fit whatever they are.
fn short(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    digits.iter().try_fold(0i64, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
    })
}

fn int(result: Option<i64>) -> Result<Number, NumberError> {
    result.map(Number::Int).ok_or(NumberError::Overflow)
}

/// What was read of a number so far. Zeros at the end are only counted until a digit follows.
#[derive(Default)]
struct Scan {
    /// The first digits, as many as fit, and the rest: so that short numbers stay in one word.
    small: u64,
    large: u128,
    count: u32,
    zeros: u64,
    places: u64,
    point: bool,
    any: bool,
}

/// Digits that always fit the small word.
const SMALL: u32 = 19;

impl Scan {
    fn digit(&mut self, digit: u8) -> Result<(), NumberError> {
        self.any = true;
        self.places += u64::from(self.point);
        if digit == 0 {
            self.zeros += u64::from(self.count > 0);
            return Ok(());
        }
        let more = u32::try_from(self.zeros + 1).unwrap_or(u32::MAX);
        self.count = self.count.saturating_add(more);
        if self.count <= SMALL {
            self.small = self.small * 10u64.pow(more) + u64::from(digit);
        } else if self.count <= super::decimal::DIGITS_MAX {
            let before = if self.large == 0 { u128::from(self.small) } else { self.large };
            self.large = before * 10u128.pow(more) + u128::from(digit);
        } else {
            return Err(NumberError::Inexact);
        }
        self.zeros = 0;
        Ok(())
    }

    fn digits(&self) -> u128 {
        if self.large == 0 { u128::from(self.small) } else { self.large }
    }
}

fn exponent(text: &[u8]) -> Result<i32, NumberError> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() {
        return Err(NumberError::Malformed);
    }
    let mut sum = 0i32;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return Err(NumberError::Malformed);
        }
        sum = (sum * 10 + i32::from(byte - b'0')).min(i32::MAX / 16);
    }
    Ok(if negative { -sum } else { sum })
}

/// Digits of the longest number, in text.
const TEXT: usize = 40;

fn write_parts(parts: Parts, out: &mut impl fmt::Write) -> fmt::Result {
    let mut buffer = [0u8; TEXT];
    let text = digits_text(parts.digits, &mut buffer);
    let (count, exponent) = (count(parts.digits), parts.exponent);
    if parts.negative {
        out.write_char('-')?;
    }
    let plain = count.max(-exponent).max(count + exponent) <= 38;
    // Where the point stands among the digits: before the first one at 0 or less.
    let point = if plain { count + exponent } else { 1 };
    let (whole, fraction) = match usize::try_from(point) {
        Ok(point) => text.split_at_checked(point).unwrap_or((text, "")),
        Err(_) => ("", text),
    };
    out.write_str(if whole.is_empty() { "0" } else { whole })?;
    zeros(point - count, out)?;
    if !fraction.is_empty() {
        out.write_char('.')?;
        zeros(-point, out)?;
        out.write_str(fraction)?;
    }
    if plain { Ok(()) } else { write!(out, "E{:+}", exponent + count - 1) }
}

fn zeros(count: i32, out: &mut impl fmt::Write) -> fmt::Result {
    (0..count).try_for_each(|_| out.write_char('0'))
}

fn digits_text(digits: u128, buffer: &mut [u8; TEXT]) -> &str {
    let mut start = TEXT;
    let mut put = |digit: u8| {
        start -= 1;
        if let Some(place) = buffer.get_mut(start) {
            *place = b'0' + digit;
        }
    };
    let mut rest = digits;
    // Division of one word is many times faster than of two.
    let mut rest = loop {
        match u64::try_from(rest) {
            Ok(rest) => break rest,
            Err(_) => put((rest % 10) as u8),
        }
        rest /= 10;
    };
    while rest > 0 {
        put((rest % 10) as u8);
        rest /= 10;
    }
    buffer.get(start..).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a.cmp(b),
            _ => self.parts().compare(other.parts()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Number::Decimal(*self).write(f)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Number::Decimal(*self).write(f)
    }
}

impl From<i64> for Number {
    fn from(int: i64) -> Number {
        Number::Int(int)
    }
}

impl std::str::FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Number, NumberError> {
        Number::parse(text)
    }
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumberError::Malformed => "this is not a number",
            NumberError::Inexact => "a number has at most 38 digits, this one needs more",
            NumberError::Overflow => "the number is too great",
            NumberError::Underflow => "the number is too near to 0: 1E-130 is the smallest",
            NumberError::DivisionByZero => "nothing can be divided by 0",
        })
    }
}

impl std::error::Error for NumberError {}

impl From<NumberError> for Fault {
    fn from(error: NumberError) -> Fault {
        let code = match error {
            NumberError::Malformed => "number",
            NumberError::Inexact => "inexact",
            NumberError::Overflow | NumberError::Underflow => "overflow",
            NumberError::DivisionByZero => "division_by_zero",
        };
        Fault::new(code, error.to_string())
    }
}

#[cfg(test)]
mod tests;
