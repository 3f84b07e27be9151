//! Units of time: those that a number counts, and those that a time is cut to.

use foldline_core::value::{Number, NumberError, Rounding, Timestamp, Value};

use super::super::wrong::Failure;
use super::one_of::{Stranger, failure, stranger};

/// Nanoseconds of a second.
pub(super) const SECOND: i64 = 1_000_000_000;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What a number counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    nanos: i64,
}

/// What numbers may count, in nanoseconds.
const COUNTS: [(&str, i64); 7] = [
    ("s", SECOND),
    ("ms", SECOND / 1_000),
    ("us", SECOND / 1_000_000),
    ("ns", 1),
    ("m", 60 * SECOND),
    ("h", 3_600 * SECOND),
    ("d", DAY * SECOND),
];

impl Count {
    fn find(name: &str) -> Option<Count> {
        let found = COUNTS.iter().find(|(own, _)| *own == name);
        found.map(|(_, nanos)| Count { nanos: *nanos })
    }

    /// The unit of this name.
    pub(super) fn named(name: &str) -> Result<Count, Failure> {
        Count::find(name).ok_or_else(|| failure("unit of time", name))
    }

    /// So many of these as seconds and the nanoseconds after them. A part of a nanosecond is
    /// refused.
    pub(super) fn seconds(self, number: Number) -> Result<(i64, u32), Failure> {
        let whole = number.rounded(0, Rounding::Down)?;
        let part = number.minus(whole)?.times(Number::Int(self.nanos))?;
        let (Number::Int(whole), Number::Int(part)) = (whole, part) else {
            let finer = matches!(whole, Number::Int(_));
            return Err(if finer { NumberError::Inexact } else { NumberError::Overflow }.into());
        };
        let nanos = i128::from(whole) * i128::from(self.nanos) + i128::from(part);
        let second = i128::from(SECOND);
        let seconds = i64::try_from(nanos.div_euclid(second));
        let rest = u32::try_from(nanos.rem_euclid(second));
        match (seconds, rest) {
            (Ok(seconds), Ok(rest)) => Ok((seconds, rest)),
            _ => Err(NumberError::Overflow.into()),
        }
    }
}

/// That this names what a number counts.
pub(super) fn check_count(value: &Value) -> Result<(), Stranger> {
    check(value, |name| Count::find(name).is_some(), COUNTS.map(|(name, _)| name))
}

/// What a time is cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

const UNITS: [(&str, Unit); 8] = [
    ("year", Unit::Year),
    ("quarter", Unit::Quarter),
    ("month", Unit::Month),
    ("week", Unit::Week),
    ("day", Unit::Day),
    ("hour", Unit::Hour),
    ("minute", Unit::Minute),
    ("second", Unit::Second),
];

impl Unit {
    fn find(name: &str) -> Option<Unit> {
        UNITS.iter().find(|(own, _)| *own == name).map(|(_, unit)| *unit)
    }

    /// The unit of this name.
    pub(super) fn named(name: &str) -> Result<Unit, Failure> {
        Unit::find(name).ok_or_else(|| failure("unit of time", name))
    }

    /// Whether clocks show it, rather than calendars.
    pub(super) fn is_of_clock(self) -> bool {
        matches!(self, Unit::Hour | Unit::Minute | Unit::Second)
    }

    /// Where it began that this time is in; none before the year 0.
    pub(super) fn beginning(self, time: Timestamp) -> Option<Timestamp> {
        let (year, month, _) = time.date();
        let second = time.second_of_day();
        let back = match self {
            Unit::Year => return Timestamp::of_date(year, 1, 1),
            Unit::Quarter => return Timestamp::of_date(year, (month - 1) / 3 * 3 + 1, 1),
            Unit::Month => return Timestamp::of_date(year, month, 1),
            Unit::Week => second + (weekday(time) - 1) * DAY,
            Unit::Day => second,
            Unit::Hour => second % 3_600,
            Unit::Minute => second % 60,
            Unit::Second => 0,
        };
        Timestamp::new(time.seconds() - back, 0)
    }
}

/// The day of the week, from Monday, which is 1, to Sunday, which is 7.
pub(super) fn weekday(time: Timestamp) -> i64 {
    // 1970 began on a Thursday.
    (time.seconds().div_euclid(DAY) + 3).rem_euclid(7) + 1
}

/// That this names what a time is cut to.
pub(super) fn check_unit(value: &Value) -> Result<(), Stranger> {
    check(value, |name| Unit::find(name).is_some(), UNITS.map(|(name, _)| name))
}

fn check<const N: usize>(
    value: &Value,
    is_known: impl FnOnce(&str) -> bool,
    names: [&'static str; N],
) -> Result<(), Stranger> {
    match value.as_text() {
        Some(name) if !is_known(name) => {
            let all = || format!("the units are {}", names.join(", "));
            Err(stranger("unit of time", name, names, all))
        }
        _ => Ok(()),
    }
}
