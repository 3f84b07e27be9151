//! Decimals that are exact or an error. A decimal has up to 38 digits and a magnitude from 1E-130
//! to 9.99…E+125 (what `DynamoDB` stores), has no trailing zeros, and is never a whole number that
//! fits an `i64`: that is a [`Number::Int`], however it was spelled. So a number has one form
//! only, and equal numbers are equal bits.
//!
//! The arithmetic is our own, because the bounds are: a library decimal of 128 bits holds some
//! numbers of 39 digits and not others, divides to 38 or 39 digits as it comes (so that rounding
//! to 38 rounds twice), and carries its flags along in every value. The tests hold ours against
//! such a library, with more digits than we need.

use super::number::{Number, NumberError, Rounding};
use super::wide;

/// Digits that a number has at most.
pub const DIGITS_MAX: u32 = 38;

/// The exponents of the first digit of the smallest and the greatest number.
const FIRST_DIGIT: std::ops::RangeInclusive<i32> = -130..=125;

/// Places after or before the point beyond which no number has any digit.
const PLACES_MAX: i32 = 1_000;

/// Digits of any `i64`, at most.
const INT_DIGITS: i32 = 19;

/// A number that is not an `i64`: it has a fraction, or is greater.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    high: u64,
    low: u64,
    exponent: i16,
    negative: bool,
}

/// A number as it is worked with: `digits * 10^exponent`, in any of its forms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    pub(super) negative: bool,
    pub(super) digits: u128,
    pub(super) exponent: i32,
}

impl Decimal {
    pub(super) fn parts(self) -> Parts {
        Parts {
            negative: self.negative,
            digits: u128::from(self.high) << 64 | u128::from(self.low),
            exponent: i32::from(self.exponent),
        }
    }

    /// The bits that tell it from all others, for digests.
    pub(crate) fn bits(self) -> [u64; 3] {
        let exponent = u64::from(self.exponent.cast_unsigned());
        [self.high, self.low, exponent << 1 | u64::from(self.negative)]
    }
}

impl Parts {
    pub(super) fn of_int(int: i64) -> Parts {
        let (digits, exponent) = without_zeros(u128::from(int.unsigned_abs()));
        Parts { negative: int < 0, digits, exponent }
    }

    /// The number in its one form.
    pub(super) fn number(self) -> Result<Number, NumberError> {
        if self.digits == 0 {
            return Ok(Number::Int(0));
        }
        let (digits, zeros) = without_zeros(self.digits);
        let exponent = self.exponent.saturating_add(zeros);
        let count = count(digits);
        if count > DIGITS_MAX.cast_signed() {
            return Err(NumberError::Inexact);
        }
        if exponent >= 0 && exponent.saturating_add(count) <= INT_DIGITS {
            let whole = digits * power(exponent);
            let int = i64::try_from(whole).map(|int| if self.negative { -int } else { int });
            match int {
                Ok(int) => return Ok(Number::Int(int)),
                Err(_) if self.negative && whole == u128::from(i64::MIN.unsigned_abs()) => {
                    return Ok(Number::Int(i64::MIN));
                }
                Err(_) => {}
            }
        }
        let first = exponent.saturating_add(count - 1);
        if first > *FIRST_DIGIT.end() {
            return Err(NumberError::Overflow);
        }
        if first < *FIRST_DIGIT.start() {
            return Err(NumberError::Underflow);
        }
        Ok(Number::Decimal(Decimal {
            high: (digits >> 64) as u64,
            low: u64::try_from(digits & u128::from(u64::MAX)).unwrap_or_default(),
            exponent: i16::try_from(exponent).map_err(|_| NumberError::Overflow)?,
            negative: self.negative,
        }))
    }

    /// The same digits with zeros up to 38, and the exponent that goes with them.
    fn widened(self) -> (u128, i32) {
        let zeros = DIGITS_MAX.cast_signed() - count(self.digits);
        (self.digits * power(zeros), self.exponent - zeros)
    }

    /// The exact sum. Both are without trailing zeros, as all numbers are.
    pub(super) fn plus(self, other: Parts) -> Result<Number, NumberError> {
        if self.digits == 0 {
            return other.number();
        }
        if other.digits == 0 {
            return self.number();
        }
        let (upper, lower) =
            if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        // What does not fit 128 bits here, or in the sum, has 39 digits of which the last is not 0.
        let shift = upper.exponent - lower.exponent;
        if shift > DIGITS_MAX.cast_signed() {
            return Err(NumberError::Inexact);
        }
        let raised = upper.digits.checked_mul(power(shift)).ok_or(NumberError::Inexact)?;
        let (negative, digits) = if upper.negative == lower.negative {
            (upper.negative, raised.checked_add(lower.digits).ok_or(NumberError::Inexact)?)
        } else if raised >= lower.digits {
            (upper.negative, raised - lower.digits)
        } else {
            (lower.negative, lower.digits - raised)
        };
        Parts { negative, digits, exponent: lower.exponent }.number()
    }

    /// The exact product.
    pub(super) fn times(self, other: Parts) -> Result<Number, NumberError> {
        let negative = self.negative != other.negative;
        let exponent = self.exponent + other.exponent;
        if let Some(digits) = self.digits.checked_mul(other.digits) {
            return Parts { negative, digits, exponent }.number();
        }
        let (wide, zeros) = wide::product(self.digits, other.digits).without_zeros();
        if wide.high != 0 {
            return Err(NumberError::Inexact);
        }
        Parts { negative, digits: wide.low, exponent: exponent + zeros }.number()
    }

    /// The quotient: exact, or rounded half-even at 38 digits.
    pub(super) fn over(self, other: Parts) -> Result<Number, NumberError> {
        if other.digits == 0 {
            return Err(NumberError::DivisionByZero);
        }
        if self.digits == 0 {
            return Ok(Number::Int(0));
        }
        let (dividend, exponent) = self.widened();
        let (divisor, below) = other.widened();
        // Both have 38 digits now, so this many more give a quotient of exactly 38.
        let more = if dividend >= divisor { DIGITS_MAX - 1 } else { DIGITS_MAX };
        let (digits, rest) =
            wide::product(dividend, 10u128.pow(more)).over(divisor).ok_or(NumberError::Overflow)?;
        let up = match (rest * 2).cmp(&divisor) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => digits % 2 == 1,
        };
        Parts {
            negative: self.negative != other.negative,
            digits: digits + u128::from(up),
            exponent: exponent - below - more.cast_signed(),
        }
        .number()
    }

    /// With so many digits after the point at most; where that is negative, so many before it are
    /// zeros.
    pub(super) fn rounded(self, places: i32, rounding: Rounding) -> Result<Number, NumberError> {
        let last = -places.clamp(-PLACES_MAX, PLACES_MAX);
        let dropped = last - self.exponent;
        if dropped <= 0 || self.digits == 0 {
            return self.number();
        }
        // What is below a unit of which it is not even a tenth leaves nothing of its digits.
        let unit = if dropped > DIGITS_MAX.cast_signed() { u128::MAX } else { power(dropped) };
        let (kept, rest) = (self.digits / unit, self.digits % unit);
        let up = match rounding {
            Rounding::HalfEven => match rest.cmp(&(unit - rest)) {
                std::cmp::Ordering::Less => false,
                std::cmp::Ordering::Greater => true,
                std::cmp::Ordering::Equal => kept % 2 == 1,
            },
            Rounding::Down => self.negative && rest > 0,
            Rounding::Up => !self.negative && rest > 0,
        };
        Parts { negative: self.negative, digits: kept + u128::from(up), exponent: last }.number()
    }

    /// Which is greater.
    pub(super) fn compare(self, other: Parts) -> std::cmp::Ordering {
        let sign = |parts: Parts| match (parts.digits, parts.negative) {
            (0, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        };
        let magnitude = || {
            let first = |parts: Parts| parts.exponent + count(parts.digits);
            first(self).cmp(&first(other)).then_with(|| self.widened().0.cmp(&other.widened().0))
        };
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => std::cmp::Ordering::Equal,
            1 => magnitude(),
            _ => magnitude().reverse(),
        })
    }
}

/// All powers of ten that are needed: looked up, since each sum wants one.
#[expect(clippy::indexing_slicing, reason = "what is out of bounds here does not compile")]
const POWERS: [u128; 39] = {
    let mut powers = [1; 39];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// Ten to this power, from 0 to 38.
fn power(exponent: i32) -> u128 {
    let power = usize::try_from(exponent).ok().and_then(|at| POWERS.get(at));
    debug_assert!(power.is_some(), "10^{exponent} is not needed");
    power.copied().unwrap_or(1)
}

/// How many digits; one for zero.
pub(super) fn count(digits: u128) -> i32 {
    // One word is many times faster than two, and most numbers are short.
    let log = match u64::try_from(digits) {
        Ok(digits) => digits.checked_ilog10(),
        Err(_) => digits.checked_ilog10(),
    };
    log.unwrap_or(0).cast_signed() + 1
}

fn without_zeros(digits: u128) -> (u128, i32) {
    // A number with a factor of ten is even: most others end here.
    if digits % 2 == 1 || digits == 0 {
        return (digits, 0);
    }
    let mut zeros = 0;
    if let Ok(mut small) = u64::try_from(digits) {
        while small.is_multiple_of(10) {
            small /= 10;
            zeros += 1;
        }
        return (u128::from(small), zeros);
    }
    let mut digits = digits;
    for step in [32, 16, 8, 4, 2, 1] {
        let power = 10u128.pow(step);
        if digits.trailing_zeros() >= step && digits.is_multiple_of(power) {
            digits /= power;
            zeros += step.cast_signed();
        }
    }
    (digits, zeros)
}

#[cfg(test)]
mod tests;
