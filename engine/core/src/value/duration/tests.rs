//! Lengths of time: what is read, and how it is written.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let shown = match Duration::parse(text) {
        Ok(duration) => duration.to_string(),
        Err(fault) => fault.code.to_string(),
    };
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn durations_are_read_in_units_and_written_in_seconds() {
    check("0s", "0s");
    check("1h30m", "5400s");
    check("1.5s", "1.5s");
    check("-1.5s", "-1.5s");
    check("-250ms", "-0.25s");
    check("1us", "0.000001s");
    check("1ns", "0.000000001s");
    check("0.5h", "1800s");
    check("1.000000001s", "1.000000001s");
    check("-9223372036854775808s", "-9223372036854775808s");
}

#[test]
fn what_is_no_duration_is_refused() {
    for text in [
        "",
        "-",
        "1",
        "s",
        "1x",
        "1.s",
        "1..5s",
        "1.5",
        "0.5ns",
        "--1s",
        "9223372036854775808s",
        "1.é",
        "é",
    ] {
        check(text, "duration");
    }
}

proptest! {
    #[test]
    fn durations_are_read_as_they_are_written(seconds: i64, nanos in 0..SECOND) {
        let duration = Duration::new(seconds, nanos).unwrap();
        prop_assert_eq!(Duration::parse(&duration.to_string()), Ok(duration));
    }

    #[test]
    fn any_text_is_a_duration_or_an_error(text in "[-0-9.hmsun]{0,40}") {
        let _ = Duration::parse(&text);
    }
}
