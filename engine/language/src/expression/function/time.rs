//! What calendars and clocks show of a time, in a zone: years, months and days count from 1, as
//! people do, and weeks begin on Monday.

use foldline_core::value::{Timestamp, Value};

use super::super::kinds::Kinds;
use super::super::wrong::Failure;
use super::arguments::Arguments;
use super::built::{self, Done};
use super::unit::{Unit, check_unit, weekday};
use super::zone::{ZONE, Zone};
use super::{Function, Takes, needed};

pub(super) const TIME_AND_ZONE: &[Takes] = &[needed("time", Kinds::TIME), ZONE];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "date",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::TEXT,
        says: "the day as text, in UTC or in a zone",
        examples: &[
            ("date(timestamp('2026-01-31T23:30:00Z'))", r#""2026-01-31""#),
            ("date(timestamp('2026-01-31T23:30:00Z'), 'Europe/Berlin')", r#""2026-02-01""#),
        ],
        run: date,
    },
    Function {
        name: "year",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the year",
        examples: &[("year(timestamp('2026-01-31T23:30:00Z'))", "2026")],
        run: |of| Ok(Value::Int(shown(of)?.date().0)),
    },
    Function {
        name: "month",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the month, from 1 to 12",
        examples: &[("month(timestamp('2026-01-31T23:30:00Z'), '+01:00')", "2")],
        run: |of| Ok(Value::Int(shown(of)?.date().1.into())),
    },
    Function {
        name: "day",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the day of the month, from 1 on",
        examples: &[("day(timestamp('2026-01-31T23:30:00Z'))", "31")],
        run: |of| Ok(Value::Int(shown(of)?.date().2.into())),
    },
    Function {
        name: "weekday",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the day of the week, from Monday, which is 1, to Sunday, which is 7",
        examples: &[("weekday(timestamp('2026-01-31T23:30:00Z'))", "6")],
        run: |of| Ok(Value::Int(weekday(shown(of)?))),
    },
    Function {
        name: "hour",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the hour of the day, from 0 to 23",
        examples: &[("hour(timestamp('2026-07-01T12:00:00Z'), 'Europe/Berlin')", "14")],
        run: |of| Ok(Value::Int(shown(of)?.second_of_day() / 3_600)),
    },
    Function {
        name: "minute",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the minute of the hour, from 0 to 59",
        examples: &[("minute(timestamp('2026-07-01T12:34:56Z'))", "34")],
        run: |of| Ok(Value::Int(shown(of)?.second_of_day() / 60 % 60)),
    },
    Function {
        name: "second",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the second of the minute, from 0 to 59",
        examples: &[("second(timestamp('2026-07-01T12:34:56Z'))", "56")],
        run: |of| Ok(Value::Int(shown(of)?.second_of_day() % 60)),
    },
    Function {
        name: "truncate",
        takes: &[
            needed("time", Kinds::TIME),
            Takes { check: check_unit, ..needed("unit", Kinds::TEXT) },
            ZONE,
        ],
        more: false,
        gives: Kinds::TIME,
        says: "when the `year`, `quarter`, `month`, `week`, `day`, `hour`, `minute` or `second` \
               began that the time is in, in UTC or in a zone; a day begins at the first moment \
               at which the zone's calendar shows it, be that midnight or not",
        examples: &[
            ("truncate(timestamp('2026-01-31T23:30:00Z'), 'hour')", r#""2026-01-31T23:00:00Z""#),
            ("truncate(timestamp('2026-02-01T12:00:00Z'), 'week')", r#""2026-01-26T00:00:00Z""#),
            (
                "truncate(timestamp('2026-07-01T12:00:00Z'), 'day', 'Europe/Berlin')",
                r#""2026-06-30T22:00:00Z""#,
            ),
        ],
        run: truncate,
    },
];

/// What the zone that is given, or UTC, shows at the time that is given.
pub(super) fn shown(of: Arguments<'_>) -> Result<Timestamp, Failure> {
    Zone::given(of, 1)?.shown(of.time(0)?)
}

fn date(of: Arguments<'_>) -> Done {
    let (year, month, day) = shown(of)?.date();
    built::text(format!("{year:04}-{month:02}-{day:02}"))
}

fn truncate(of: Arguments<'_>) -> Done {
    let (time, unit, zone) = (of.time(0)?, Unit::named(of.text(1)?)?, Zone::given(of, 2)?);
    let beginning = unit.beginning(zone.shown(time)?);
    let beginning = beginning.ok_or_else(|| Failure::new("overflow", "it began before year 0"))?;
    let first = if unit.is_of_clock() { zone.near(beginning, time) } else { zone.first(beginning) };
    Ok(Value::Time(first?))
}
