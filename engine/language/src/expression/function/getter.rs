//! The parts of a time under the names that CEL has for them, and counted as CEL does: months, days
//! of the month and of the year from 0, days of the week from Sunday, which is 0. Of a duration
//! they give all its hours, minutes or seconds, and its milliseconds beyond the second.

use foldline_core::value::{Timestamp, Value};

use super::super::kinds::Kinds;
use super::super::wrong::Failure;
use super::arguments::Arguments;
use super::built::Done;
use super::time::{TIME_AND_ZONE, shown};
use super::unit::{SECOND, weekday};
use super::zone::ZONE;
use super::{Function, Takes, needed};

const EITHER_AND_ZONE: &[Takes] = &[needed("time", Kinds::TIME.or(Kinds::DURATION)), ZONE];

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "getFullYear",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the year",
        examples: &[("getFullYear(timestamp('2009-02-13T23:31:30Z'))", "2009")],
        run: |of| Ok(Value::Int(shown(of)?.date().0)),
    },
    Function {
        name: "getMonth",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the month, from 0 to 11",
        examples: &[("getMonth(timestamp('2009-02-13T23:31:30Z'))", "1")],
        run: |of| Ok(Value::Int(i64::from(shown(of)?.date().1) - 1)),
    },
    Function {
        name: "getDate",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the day of the month, from 1 on",
        examples: &[("getDate(timestamp('2009-02-13T23:31:30Z'), 'Australia/Sydney')", "14")],
        run: |of| Ok(Value::Int(shown(of)?.date().2.into())),
    },
    Function {
        name: "getDayOfMonth",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the day of the month, from 0 on",
        examples: &[("getDayOfMonth(timestamp('2009-02-13T02:00:00Z'), '-02:30')", "11")],
        run: |of| Ok(Value::Int(i64::from(shown(of)?.date().2) - 1)),
    },
    Function {
        name: "getDayOfWeek",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the day of the week, from Sunday, which is 0, to Saturday, which is 6",
        examples: &[("getDayOfWeek(timestamp('2009-02-13T23:31:30Z'))", "5")],
        run: |of| Ok(Value::Int(weekday(shown(of)?) % 7)),
    },
    Function {
        name: "getDayOfYear",
        takes: TIME_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the day of the year, from 0 on",
        examples: &[("getDayOfYear(timestamp('2009-02-13T23:31:30Z'), 'US/Central')", "43")],
        run: day_of_year,
    },
    Function {
        name: "getHours",
        takes: EITHER_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the hour of the day, from 0 to 23; all whole hours of a duration",
        examples: &[
            ("getHours(timestamp('2009-02-13T23:31:30Z'), '02:00')", "1"),
            ("getHours(duration('10000s'))", "2"),
        ],
        run: |of| part(of, 3_600 * SECOND, 24),
    },
    Function {
        name: "getMinutes",
        takes: EITHER_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the minute of the hour, from 0 to 59; all whole minutes of a duration",
        examples: &[
            ("getMinutes(timestamp('2009-02-13T23:31:30Z'), 'Asia/Kathmandu')", "16"),
            ("getMinutes(duration('3730s'))", "62"),
        ],
        run: |of| part(of, 60 * SECOND, 60),
    },
    Function {
        name: "getSeconds",
        takes: EITHER_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the second of the minute, from 0 to 59; all whole seconds of a duration",
        examples: &[
            ("getSeconds(timestamp('2009-02-13T23:31:30Z'))", "30"),
            ("getSeconds(duration('3730.5s'))", "3730"),
        ],
        run: |of| part(of, SECOND, 60),
    },
    Function {
        name: "getMilliseconds",
        takes: EITHER_AND_ZONE,
        more: false,
        gives: Kinds::INT,
        says: "the milliseconds since the whole second, from 0 to 999; of a duration too",
        examples: &[
            ("getMilliseconds(timestamp('2009-02-13T23:31:20.123456789Z'))", "123"),
            ("getMilliseconds(duration('123.321456789s'))", "321"),
        ],
        run: |of| part(of, SECOND / 1_000, 1_000),
    },
];

fn day_of_year(of: Arguments<'_>) -> Done {
    let shown = shown(of)?;
    let year = Timestamp::of_date(shown.date().0, 1, 1).unwrap_or(shown);
    Ok(Value::Int(shown.since(year).seconds() / 86_400))
}

/// How many whole ones of so many nanoseconds there are: since the next greater unit, of which so
/// many make one, or in a duration, towards 0.
fn part(of: Arguments<'_>, nanos: i64, many: i64) -> Done {
    let Value::Duration(length) = of.value(0)? else {
        let shown = shown(of)?;
        let of_day = shown.second_of_day() * SECOND + i64::from(shown.nanos());
        return Ok(Value::Int(of_day / nanos % many));
    };
    if of.given(1).is_some() {
        return Err(Failure::new("argument", "a duration is the same in every zone"));
    }
    let all = i128::from(length.seconds()) * i128::from(SECOND) + i128::from(length.nanos());
    let whole = all / i128::from(nanos);
    let milliseconds = nanos < SECOND;
    let whole = if milliseconds { whole % i128::from(many) } else { whole };
    Ok(Value::Int(i64::try_from(whole).unwrap_or_default()))
}
