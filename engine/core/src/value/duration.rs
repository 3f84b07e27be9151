//! Lengths of time, to the nanosecond. Read as `1h30m` or `1.5s`, written in seconds: `5400s`.

use std::fmt;

use crate::fault::Fault;

/// Nanoseconds of a second.
pub(super) const SECOND: u32 = 1_000_000_000;

/// A length of time; negative ones count their nanoseconds forward from the second below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration {
    seconds: i64,
    nanos: u32,
}

impl Duration {
    /// This many seconds, and nanoseconds more.
    pub fn new(seconds: i64, nanos: u32) -> Option<Duration> {
        (nanos < SECOND).then_some(Duration { seconds, nanos })
    }

    /// Whole seconds, rounded down.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds beyond the whole seconds.
    pub fn nanos(self) -> u32 {
        self.nanos
    }

    /// The other direction.
    pub fn negated(self) -> Option<Duration> {
        match self.nanos {
            0 => Some(Duration { seconds: self.seconds.checked_neg()?, nanos: 0 }),
            nanos => Some(Duration { seconds: !self.seconds, nanos: SECOND - nanos }),
        }
    }

    /// Both together, if that fits.
    pub fn plus(self, other: Duration) -> Option<Duration> {
        let (seconds, nanos) = add((self.seconds, self.nanos), (other.seconds, other.nanos))?;
        Duration::new(seconds, nanos)
    }

    /// Reads `1h30m`, `1.5s`, `-250ms`: numbers with the units `h`, `m`, `s`, `ms`, `us`, `ns`.
    pub fn parse(text: &str) -> Result<Duration, Fault> {
        let refused = || {
            let shown: String = text.chars().take(40).collect();
            Fault::new("duration", format!("`{shown}` is not a duration as in `1h30m` or `1.5s`"))
        };
        parse(text).ok_or_else(refused)
    }
}

pub(super) fn add(a: (i64, u32), b: (i64, u32)) -> Option<(i64, u32)> {
    let nanos = a.1 + b.1;
    let seconds = a.0.checked_add(b.0)?.checked_add(i64::from(nanos >= SECOND))?;
    Some((seconds, nanos % SECOND))
}

/// The digits after a point, in parts of which `whole` make one; none where it is finer.
pub(super) fn fraction(digits: &[u8], whole: u64) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    // The last digit that counts may stand behind zeros, but none that counts behind it.
    let (mut sum, mut power, mut zeros) = (0u64, 1u64, 1u64);
    for byte in digits {
        match byte {
            b'0' => zeros = zeros.saturating_mul(10),
            b'1'..=b'9' => {
                let step = zeros.checked_mul(10)?;
                sum = sum.checked_mul(step)?.checked_add(u64::from(byte - b'0'))?;
                power = power.checked_mul(step)?;
                zeros = 1;
            }
            _ => return None,
        }
    }
    if let Some(parts) = sum.checked_mul(whole) {
        return parts.is_multiple_of(power).then_some(parts / power);
    }
    let (parts, power) = (u128::from(sum) * u128::from(whole), u128::from(power));
    parts.is_multiple_of(power).then(|| u64::try_from(parts / power).ok())?
}

fn parse(text: &str) -> Option<Duration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if rest.is_empty() {
        return None;
    }
    let mut total = 0i128;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(end)?;
        let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let unit: u64 = match unit {
            "h" => 3_600_000_000_000,
            "m" => 60_000_000_000,
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" => 1_000,
            "ns" => 1,
            _ => return None,
        };
        let (whole, part) = match number.split_once('.') {
            Some((whole, part)) => (whole, fraction(part.as_bytes(), unit)?),
            None => (number, 0),
        };
        let whole: i128 = whole.parse().ok()?;
        total = total.checked_add(whole.checked_mul(unit.into())?)?.checked_add(part.into())?;
        rest = after;
    }
    let total = if negative { -total } else { total };
    let second = i128::from(SECOND);
    let nanos = u32::try_from(total.rem_euclid(second)).ok()?;
    Duration::new(i64::try_from(total.div_euclid(second)).ok()?, nanos)
}

fn write_fraction(nanos: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let (mut digits, mut width) = (nanos, 9);
    while digits.is_multiple_of(10) {
        digits /= 10;
        width -= 1;
    }
    write!(f, ".{digits:0width$}")
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut duration = *self;
        if duration.seconds < 0 {
            f.write_str("-")?;
            // The lowest of all has no opposite; its digits are written as they are.
            duration = match duration.negated() {
                Some(duration) => duration,
                None => return write!(f, "{}s", duration.seconds.unsigned_abs()),
            };
        }
        write!(f, "{}", duration.seconds)?;
        write_fraction(duration.nanos, f)?;
        f.write_str("s")
    }
}

#[cfg(test)]
mod tests;
