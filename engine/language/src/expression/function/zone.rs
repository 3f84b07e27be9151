//! Time zones: what clocks and calendars show at a moment, and when they show it. The rules are
//! carried along, in the release that the lock file names: neither the machine's rules nor its
//! settings count. `+05:30` is a zone without rules.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use foldline_core::value::{Timestamp, Value};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use super::super::kinds::Kinds;
use super::super::wrong::Failure;
use super::arguments::Arguments;
use super::one_of::{Stranger, failure, stranger};
use super::{Takes, optional};

/// A zone that may be left out: then it is UTC.
pub(super) const ZONE: Takes = Takes { check, ..optional("zone", Kinds::TEXT) };

/// A time zone.
#[derive(Clone, Copy)]
pub(super) enum Zone {
    /// So many seconds before UTC, always.
    Fixed(i64),
    /// With rules.
    Ruled(&'static TimeZone),
}

/// The zones by name, each read when it is first asked for: that costs more than using it.
static ZONES: LazyLock<BTreeMap<Box<str>, OnceLock<Option<TimeZone>>>> = LazyLock::new(|| {
    let names = TimeZoneDatabase::bundled();
    names.available().map(|name| (name.as_str().into(), OnceLock::new())).collect()
});

impl Zone {
    fn find(name: &str) -> Option<Zone> {
        if let Some(zone) = ZONES.get(name) {
            let read = || TimeZoneDatabase::bundled().get(name).ok();
            return zone.get_or_init(read).as_ref().map(Zone::Ruled);
        }
        offset(name).map(Zone::Fixed)
    }

    /// The zone that is given at this place, or UTC.
    pub(super) fn given(of: Arguments<'_>, place: usize) -> Result<Zone, Failure> {
        if of.given(place).is_none() {
            return Ok(Zone::Fixed(0));
        }
        let name = of.text(place)?;
        Zone::find(name).ok_or_else(|| failure("time zone", name))
    }

    /// How many seconds its clocks are before those of UTC at this second.
    fn offset(self, seconds: i64) -> i64 {
        match self {
            Zone::Fixed(offset) => offset,
            Zone::Ruled(zone) => i64::from(zone.to_offset(moment(seconds)).seconds()),
        }
    }

    /// What its clocks and calendars show at this time, as the time at which those of UTC do.
    pub(super) fn shown(self, time: Timestamp) -> Result<Timestamp, Failure> {
        let shown = time.seconds() + self.offset(time.seconds());
        Timestamp::new(shown, time.nanos()).ok_or_else(out_of_range)
    }

    /// The first moment at which its calendar and clocks show this, or more where they leap over
    /// it.
    pub(super) fn first(self, shown: Timestamp) -> Result<Timestamp, Failure> {
        let seconds = match self {
            Zone::Fixed(offset) => shown.seconds() - offset,
            Zone::Ruled(zone) => {
                let civil = civil(shown).ok_or_else(out_of_range)?;
                match zone.to_ambiguous_timestamp(civil).offset() {
                    AmbiguousOffset::Unambiguous { offset }
                    | AmbiguousOffset::Fold { before: offset, .. } => {
                        shown.seconds() - i64::from(offset.seconds())
                    }
                    AmbiguousOffset::Gap { after, .. } => {
                        let before = shown.seconds() - i64::from(after.seconds());
                        let leap = zone.following(moment(before)).next();
                        leap.ok_or_else(out_of_range)?.timestamp().as_second()
                    }
                }
            }
        };
        Timestamp::new(seconds, 0).ok_or_else(out_of_range)
    }

    /// The moment at which its clocks show this and are as far before UTC as at `time`; the first
    /// one where there is none.
    pub(super) fn near(self, shown: Timestamp, time: Timestamp) -> Result<Timestamp, Failure> {
        let offset = self.offset(time.seconds());
        let seconds = shown.seconds() - offset;
        if self.offset(seconds) == offset {
            return Timestamp::new(seconds, 0).ok_or_else(out_of_range);
        }
        self.first(shown)
    }
}

/// The second as the rules want it. They end a day before our times do, and nothing changes there.
fn moment(seconds: i64) -> jiff::Timestamp {
    let (first, last) = (jiff::Timestamp::MIN, jiff::Timestamp::MAX);
    let seconds = seconds.clamp(first.as_second(), last.as_second());
    jiff::Timestamp::from_second(seconds).unwrap_or_default()
}

fn civil(shown: Timestamp) -> Option<DateTime> {
    let (year, month, day) = shown.date();
    let second = shown.second_of_day();
    let part = |part: i64| i8::try_from(part).ok();
    DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        part(second / 3_600)?,
        part(second / 60 % 60)?,
        part(second % 60)?,
        0,
    )
    .ok()
}

/// Reads `+05:30`, also without its sign.
fn offset(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes() {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    let &[h1, h2, b':', m1, m2] = digits else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn check(value: &Value) -> Result<(), Stranger> {
    match value.as_text() {
        Some(name) if Zone::find(name).is_none() => {
            let forms = || "a zone is written as in `Europe/Berlin`, `UTC` or `+05:30`".into();
            Err(stranger("time zone", name, ZONES.keys().map(|name| &**name), forms))
        }
        _ => Ok(()),
    }
}

fn out_of_range() -> Failure {
    Failure::new("overflow", "the time is not in the years 0 to 9999 there")
}

#[cfg(test)]
mod tests;
