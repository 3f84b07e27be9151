//! When DynamoDB made a record: seconds, milliseconds or microseconds since 1970 began. Which of
//! them, it says itself or not; then the size of the number tells.

use foldline_core::value::{Number, Timestamp};

/// In seconds a number below this is in the years of our calendar.
const SECONDS_BELOW: i128 = 100_000_000_000;

/// In milliseconds.
const MILLISECONDS_BELOW: i128 = 1_000 * SECONDS_BELOW;

const NANOS: i128 = 1_000_000_000;

/// The moment that a number tells, with the unit that was said.
pub(super) fn moment(number: &str, unit: Option<&str>) -> Option<Timestamp> {
    // In billionths of the unit: fractions are written of seconds.
    let parts = match Number::parse(number).ok()? {
        Number::Int(int) => i128::from(int) * NANOS,
        decimal @ Number::Decimal(_) => billionths(&decimal.to_string())?,
    };
    let units_in_second = match unit.unwrap_or_default() {
        unit if unit.eq_ignore_ascii_case("SECOND") => 1,
        unit if unit.eq_ignore_ascii_case("MILLISECOND") => 1_000,
        unit if unit.eq_ignore_ascii_case("MICROSECOND") => 1_000_000,
        _ => match parts / NANOS {
            count if count < SECONDS_BELOW => 1,
            count if count < MILLISECONDS_BELOW => 1_000,
            _ => 1_000_000,
        },
    };
    let nanos = parts / units_in_second;
    let seconds = i64::try_from(nanos.div_euclid(NANOS)).ok()?;
    Timestamp::new(seconds, u32::try_from(nanos.rem_euclid(NANOS)).ok()?)
}

/// A plain decimal in billionths; what is finer is left out.
fn billionths(decimal: &str) -> Option<i128> {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let fraction = fraction.get(..9).unwrap_or(fraction);
    format!("{whole}{fraction:0<9}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[track_caller]
    fn check(number: &str, unit: Option<&str>, expected: &str) {
        let shown = moment(number, unit).map(|moment| moment.to_string());
        assert_eq!(shown.as_deref().unwrap_or("none"), expected, "{number} {unit:?}");
    }

    #[test]
    fn the_unit_is_said_or_told_by_the_size() {
        check("1720740233012995", Some("MICROSECOND"), "2024-07-11T23:23:53.012995Z");
        check("1720740233012", Some("MILLISECOND"), "2024-07-11T23:23:53.012Z");
        check("1720740233012995", None, "2024-07-11T23:23:53.012995Z");
        check("1720740233012", None, "2024-07-11T23:23:53.012Z");
        check("1612188486", None, "2021-02-01T14:08:06Z");
        check("1568014718.0", None, "2019-09-09T07:38:38Z");
        check("1568014718.25", None, "2019-09-09T07:38:38.25Z");
        check("1.568014718E9", None, "2019-09-09T07:38:38Z");
        check("1720740233012", Some("minutes"), "2024-07-11T23:23:53.012Z");
        check("0", None, "1970-01-01T00:00:00Z");
        // What is said counts, whatever the size.
        check("1720740233012", Some("MICROSECOND"), "1970-01-20T21:59:00.233012Z");
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for number in ["", "x", "1E-130", "-0.0000000001", "1E40", "9.99E125"] {
            let shown = moment(number, None).map(|moment| moment.to_string());
            assert!(shown.is_none_or(|shown| shown.starts_with("1970")), "{number}");
        }
        check("99999999999999999999", None, "none");
        check("9223372036854775807", Some("SECOND"), "none");
    }
}
