//! Moments, to the nanosecond, from the year 0 to the year 9999. Read from
//! RFC 3339 with any offset, written in UTC. Plain calendar arithmetic: no clock, no time zones.

use std::fmt;

use super::duration::{Duration, SECOND, add, fraction};
use crate::fault::Fault;
use crate::time::Time;

const DAY: i64 = 86_400;

/// The first second of the year 0, and the last of the year 9999.
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    seconds: i64,
    nanos: u32,
}

impl Timestamp {
    /// The moment this long after 1970 began in UTC, if it is in the years 0 to 9999.
    pub fn new(seconds: i64, nanos: u32) -> Option<Timestamp> {
        let fits = (FIRST..=LAST).contains(&seconds) && nanos < SECOND;
        fits.then_some(Timestamp { seconds, nanos })
    }

    /// Whole seconds since 1970 began in UTC, rounded down.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds since the whole second.
    pub fn nanos(self) -> u32 {
        self.nanos
    }

    /// As the machine is told time; 0 for what lies before 1970.
    pub fn millis(self) -> Time {
        let seconds = u64::try_from(self.seconds).ok();
        Time(seconds.map_or(0, |seconds| seconds * 1_000 + u64::from(self.nanos / 1_000_000)))
    }

    /// From the machine's time, if it is before the year 10000.
    pub fn from_millis(time: Time) -> Option<Timestamp> {
        let nanos = u32::try_from(time.0 % 1_000).ok()? * 1_000_000;
        Timestamp::new(i64::try_from(time.0 / 1_000).ok()?, nanos)
    }

    /// Reads RFC 3339: `2026-01-01T00:00:00.5+01:00`. A leap second is the second after it, as in
    /// Unix time; a fraction finer than nanoseconds is refused, since nothing is rounded here.
    pub fn parse(text: &str) -> Result<Timestamp, Fault> {
        let refused = || {
            let shown: String = text.chars().take(40).collect();
            Fault::new("time", format!("`{shown}` is not a time as in `2026-01-01T00:00:00Z`"))
        };
        parse(text.as_bytes()).ok_or_else(refused)
    }

    /// Later by this duration, if that is in the years 0 to 9999.
    pub fn plus(self, duration: Duration) -> Option<Timestamp> {
        let (seconds, nanos) =
            add((self.seconds, self.nanos), (duration.seconds(), duration.nanos()))?;
        Timestamp::new(seconds, nanos)
    }

    /// How long after `earlier` this is; negative where it is before.
    pub fn since(self, earlier: Timestamp) -> Duration {
        let carry = self.nanos < earlier.nanos;
        let nanos =
            if carry { self.nanos + SECOND - earlier.nanos } else { self.nanos - earlier.nanos };
        Duration::new(self.seconds - earlier.seconds - i64::from(carry), nanos).unwrap_or_default()
    }

    /// Year, month and day in UTC.
    pub fn date(self) -> (i64, u32, u32) {
        civil(self.seconds.div_euclid(DAY))
    }

    /// The moment at which this day begins in UTC, where there is such a day.
    pub fn of_date(year: i64, month: u32, day: u32) -> Option<Timestamp> {
        let is_day = (0..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=month_days(year, month)).contains(&day);
        is_day.then(|| Timestamp { seconds: days(year, month, day) * DAY, nanos: 0 })
    }

    /// Seconds since the UTC day began.
    pub fn second_of_day(self) -> i64 {
        self.seconds.rem_euclid(DAY)
    }
}

/// Days since 1970 began, in the calendar of today carried back.
fn days(year: i64, month: u32, day: u32) -> i64 {
    // The year begins in March here, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (i64::from(month) + if month > 2 { -3 } else { 9 }) + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year + i64::from(day) - 719_469
}

fn civil(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

fn month_days(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |sum, byte| {
        byte.is_ascii_digit().then(|| sum.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')))
    })
}

fn parse(text: &[u8]) -> Option<Timestamp> {
    let (moment, rest) = text.split_at_checked(19)?;
    let &[
        y1,
        y2,
        y3,
        y4,
        b'-',
        o1,
        o2,
        b'-',
        d1,
        d2,
        b'T' | b't' | b' ',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
    ] = moment
    else {
        return None;
    };
    let year = i64::from(number(&[y1, y2, y3, y4])?);
    let (month, day) = (number(&[o1, o2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    let valid = (1..=12).contains(&month)
        && (1..=month_days(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !valid {
        return None;
    }
    let (nanos, rest) = match rest {
        [b'.', rest @ ..] => {
            let end = rest.iter().position(|b| !b.is_ascii_digit()).unwrap_or(rest.len());
            let (digits, rest) = rest.split_at_checked(end)?;
            (nanos(digits)?, rest)
        }
        _ => (0, rest),
    };
    let of_day = i64::from(hour * 3_600 + minute * 60 + second);
    let seconds = days(year, month, day) * DAY + of_day - offset(rest)?;
    Timestamp::new(seconds, u32::try_from(nanos).ok()?)
}

/// The digits after a point, in nanoseconds; none where they are finer.
fn nanos(digits: &[u8]) -> Option<u64> {
    // So many digits, and no more, are what clocks write.
    let power = 9u32.checked_sub(u32::try_from(digits.len()).ok()?);
    match power {
        Some(power) if power < 9 => Some(u64::from(number(digits)?) * 10u64.pow(power)),
        _ => fraction(digits, SECOND.into()),
    }
}

fn offset(text: &[u8]) -> Option<i64> {
    let (sign, h1, h2, m1, m2) = match *text {
        [b'Z' | b'z'] => return Some(0),
        [b'+', h1, h2, b':', m1, m2] => (1, h1, h2, m1, m2),
        [b'-', h1, h2, b':', m1, m2] => (-1, h1, h2, m1, m2),
        _ => return None,
    };
    let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
    (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 3_600 + minutes * 60))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Text::default();
        let (year, month, day) = self.date();
        let second = u32::try_from(self.second_of_day()).unwrap_or_default();
        text.digits(u32::try_from(year).unwrap_or_default(), 4);
        text.part(b'-', month);
        text.part(b'-', day);
        text.part(b'T', second / 3_600);
        text.part(b':', second / 60 % 60);
        text.part(b':', second % 60);
        if self.nanos > 0 {
            text.byte(b'.');
            text.digits(self.nanos, 9);
            text.trim_zeros();
        }
        text.byte(b'Z');
        f.write_str(text.written())
    }
}

/// The text of a moment while it is written: each document that says when it changed has one, so
/// it is put together without the machinery of formatting.
#[derive(Default)]
struct Text {
    bytes: [u8; 30],
    len: usize,
}

impl Text {
    fn byte(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    /// A number of so many digits.
    fn digits(&mut self, number: u32, width: usize) {
        let end = self.len + width;
        let mut rest = number;
        for place in self.bytes.get_mut(self.len..end).unwrap_or_default().iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        self.len = end.min(self.bytes.len());
    }

    fn part(&mut self, before: u8, number: u32) {
        self.byte(before);
        self.digits(number, 2);
    }

    fn trim_zeros(&mut self) {
        while self.len.checked_sub(1).and_then(|last| self.bytes.get(last)) == Some(&b'0') {
            self.len -= 1;
        }
    }

    fn written(&self) -> &str {
        let written = self.bytes.get(..self.len).unwrap_or_default();
        std::str::from_utf8(written).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
