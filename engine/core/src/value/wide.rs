//! 256-bit products and quotients of 128-bit numbers: what exact multiplication and division of
//! 38 digits need, and no more.

/// A number of up to 256 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wide {
    pub(super) high: u128,
    pub(super) low: u128,
}

const HALF: u32 = 64;
const LOW: u128 = u64::MAX as u128;

/// The whole product.
pub(super) fn product(a: u128, b: u128) -> Wide {
    let (a_high, a_low) = (a >> HALF, a & LOW);
    let (b_high, b_low) = (b >> HALF, b & LOW);
    let low = a_low * b_low;
    let cross = a_high * b_low + (low >> HALF);
    let middle = a_low * b_high + (cross & LOW);
    Wide {
        high: a_high * b_high + (cross >> HALF) + (middle >> HALF),
        low: middle << HALF | low & LOW,
    }
}

impl Wide {
    /// Quotient and remainder by long division, bit by bit. The divisor is below 2^127 and above
    /// `self.high`, so that the quotient fits; what does not fit gives none.
    pub(super) fn over(self, divisor: u128) -> Option<(u128, u128)> {
        if self.high >= divisor || divisor >> 127 != 0 {
            return None;
        }
        let (mut rest, mut quotient) = (self.high, self.low);
        for _ in 0..128 {
            rest = rest << 1 | quotient >> 127;
            quotient <<= 1;
            if rest >= divisor {
                rest -= divisor;
                quotient |= 1;
            }
        }
        Some((quotient, rest))
    }

    /// Takes out all factors of ten, and says how many there were.
    pub(super) fn without_zeros(mut self) -> (Wide, i32) {
        let mut zeros = 0;
        for step in [32, 16, 8, 4, 2, 1] {
            let power = 10u128.pow(step);
            // The high half is divided first, so that the rest of the division fits 128 bits.
            let high = self.high / power;
            let rest = Wide { high: self.high % power, low: self.low };
            if let Some((low, 0)) = rest.over(power) {
                self = Wide { high, low };
                zeros += step.cast_signed();
            }
        }
        (self, zeros)
    }
}
