//! Moments: what is read, and how it is written.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let shown = match Timestamp::parse(text) {
        Ok(time) => time.to_string(),
        Err(fault) => fault.code.to_string(),
    };
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn times_are_read_with_any_offset_and_written_in_utc() {
    check("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
    check("2026-01-01t00:00:00z", "2026-01-01T00:00:00Z");
    check("2026-01-01 00:00:00+00:00", "2026-01-01T00:00:00Z");
    check("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z");
    check("2025-12-31T23:30:00-05:45", "2026-01-01T05:15:00Z");
    check("2024-02-29T12:34:56.500Z", "2024-02-29T12:34:56.5Z");
    check("2024-02-29T12:34:56.000000001Z", "2024-02-29T12:34:56.000000001Z");
    check("2024-02-29T12:34:56.1234567890000Z", "2024-02-29T12:34:56.123456789Z");
    check("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z");
    check("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z");
    check("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z");
    check("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z");
    check("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z");
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        "2026",
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00.0000000001Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+0100",
        "2026-01-01T00:00:00ZZ",
        "+026-01-01T00:00:00Z",
        "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "2026-01-01T00:00:0éZ",
        "é026-01-01T00:00:00Z",
    ] {
        check(text, "time");
    }
}

#[test]
fn milliseconds_are_the_machines() {
    let time = Timestamp::parse("1970-01-01T00:00:01.5Z").unwrap();
    assert_eq!(time.millis(), Time(1_500));
    assert_eq!(Timestamp::from_millis(Time(1_500)), Some(time));
    assert_eq!(Timestamp::parse("1969-12-31T23:59:59Z").unwrap().millis(), Time(0));
    assert_eq!(Timestamp::from_millis(Time(u64::MAX)), None);
}

#[test]
fn a_day_that_is_none_has_no_beginning() {
    let begins =
        |year, month, day| Timestamp::of_date(year, month, day).map(|time| time.to_string());
    assert_eq!(begins(2024, 2, 29).as_deref(), Some("2024-02-29T00:00:00Z"));
    assert_eq!(begins(0, 1, 1).as_deref(), Some("0000-01-01T00:00:00Z"));
    assert_eq!(begins(9999, 12, 31).as_deref(), Some("9999-12-31T00:00:00Z"));
    for (year, month, day) in [
        (2023, 2, 29),
        (-1, 12, 31),
        (10_000, 1, 1),
        (i64::MAX, 1, 1),
        (i64::MIN, 1, 1),
        (2026, 0, 1),
        (2026, 13, 1),
        (2026, 1, 0),
        (2026, 4, 31),
        (2026, u32::MAX, u32::MAX),
    ] {
        assert_eq!(begins(year, month, day), None, "{year}-{month}-{day}");
    }
}

proptest! {
    #[test]
    fn a_day_begins_where_its_date_says(seconds in FIRST..=LAST) {
        let time = Timestamp::new(seconds, 0).unwrap();
        let (year, month, day) = time.date();
        let begins = Timestamp::of_date(year, month, day).unwrap();
        prop_assert_eq!(begins.seconds() + time.second_of_day(), seconds);
    }

    #[test]
    fn times_are_read_as_they_are_written(seconds in FIRST..=LAST, nanos in 0..SECOND) {
        let time = Timestamp::new(seconds, nanos).unwrap();
        prop_assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
    }

    #[test]
    fn what_is_between_two_times_leads_from_one_to_the_other(
        a in (FIRST..=LAST, 0..SECOND), b in (FIRST..=LAST, 0..SECOND),
    ) {
        let (a, b) = (Timestamp::new(a.0, a.1).unwrap(), Timestamp::new(b.0, b.1).unwrap());
        prop_assert_eq!(a.plus(b.since(a)), Some(b));
        prop_assert_eq!(b.since(a).negated(), Some(a.since(b)));
    }

    #[test]
    fn any_text_is_a_time_or_an_error(
        text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{0,12}[Z+0-9:-]{0,6}",
    ) {
        let _ = Timestamp::parse(&text);
    }
}
