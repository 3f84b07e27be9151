//! Reading and writing numbers.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let shown = match Number::parse(text) {
        Ok(number) => number.to_string(),
        Err(error) => format!("{error:?}"),
    };
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn a_number_has_one_form() {
    check("0", "0");
    check("-0", "0");
    check("0.000", "0");
    check("0E99999999999", "0");
    check("10.0", "10");
    check("1e3", "1000");
    check("+5", "5");
    check("007.50", "7.5");
    check(".5", "0.5");
    check("5.", "5");
    check("12.34", "12.34");
    check("-0.001", "-0.001");
    check("1.5E1", "15");
    check("123456e-3", "123.456");
    check("9223372036854775807", "9223372036854775807");
    check("-9223372036854775808", "-9223372036854775808");
    check("9223372036854775808", "9223372036854775808");
    check("12345678901234567890123456789012345678", "12345678901234567890123456789012345678");
    check("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678");
    check("1E37", "10000000000000000000000000000000000000");
    check("1E38", "1E+38");
    check("1E-38", "0.00000000000000000000000000000000000001");
    check("1E-39", "1E-39");
    check("1.5E-38", "1.5E-38");
    check("1E-130", "1E-130");
    check(
        "9.9999999999999999999999999999999999999E+125",
        "9.9999999999999999999999999999999999999E+125",
    );
}

#[test]
fn what_is_no_number_or_too_much_is_refused() {
    for text in [
        "", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1,5", "NaN", "inf", "0x1", " 1", "1 ",
        "--1", "1e5.5",
    ] {
        check(text, "Malformed");
    }
    check("123456789012345678901234567890123456789", "Inexact");
    check("1.00000000000000000000000000000000000001", "Inexact");
    check("1E126", "Overflow");
    check("1E99999999999999999999", "Overflow");
    check("9E-131", "Underflow");
    check("1E-99999999999999999999", "Underflow");
    check(&"9".repeat(1_000_000), "Inexact");
    check(&format!("1{}", "0".repeat(1_000_000)), "Overflow");
    check(&format!("0.{}1", "0".repeat(1_000_000)), "Underflow");
    check(&format!("1{}", "0".repeat(100)), "1E+100");
}

#[test]
fn whole_numbers_are_ints_however_they_are_spelled() {
    assert_eq!(Number::parse("1"), Number::parse("1.0"));
    assert_eq!(Number::parse("100"), Number::parse("1E2"));
    assert_eq!(Number::parse("-1e0"), Ok(Number::Int(-1)));
    assert!(matches!(Number::parse("9223372036854775808"), Ok(Number::Decimal(_))));
    assert_eq!(Number::Int(i64::MIN).absolute().map(|n| n.to_string()), Err(NumberError::Overflow));
}

#[test]
fn numbers_are_rounded_to_their_places() {
    let nines = "9".repeat(37);
    for (text, places, expected) in [
        ("2.5", 0, ["2", "2", "3"]),
        ("3.5", 0, ["4", "3", "4"]),
        ("-2.5", 0, ["-2", "-3", "-2"]),
        ("-3.51", 0, ["-4", "-4", "-3"]),
        ("0.125", 2, ["0.12", "0.12", "0.13"]),
        ("0.1250000000000000000000000000000000001", 2, ["0.13", "0.12", "0.13"]),
        ("1.25", 7, ["1.25", "1.25", "1.25"]),
        ("1250", -2, ["1200", "1200", "1300"]),
        ("50", -2, ["0", "0", "100"]),
        ("-150", -2, ["-200", "-200", "-100"]),
        ("49", -5, ["0", "0", "100000"]),
        ("1E-130", 0, ["0", "0", "1"]),
        ("-1E-130", 0, ["0", "-1", "0"]),
        ("-1E-130", 999_999, ["-1E-130", "-1E-130", "-1E-130"]),
        ("0", -999_999, ["0", "0", "0"]),
        ("1", i32::MIN, ["0", "0", "Overflow"]),
        ("-1", i32::MIN, ["0", "Overflow", "0"]),
        (
            "9223372036854775807",
            -1,
            ["9223372036854775810", "9223372036854775800", "9223372036854775810"],
        ),
        (
            &format!("{nines}.9"),
            0,
            [&format!("1{}", "0".repeat(37)), &nines, &format!("1{}", "0".repeat(37))],
        ),
    ] {
        let number = Number::parse(text).unwrap();
        for (rounding, expected) in
            [Rounding::HalfEven, Rounding::Down, Rounding::Up].into_iter().zip(expected)
        {
            let shown = match number.rounded(places, rounding) {
                Ok(number) => number.to_string(),
                Err(error) => format!("{error:?}"),
            };
            assert_eq!(shown, expected, "{text} at {places}, {rounding:?}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_rounded_is_a_neighbour(
        digits in -(10i128.pow(38) - 1)..10i128.pow(38), exponent in -40i32..3, places in -5i32..45,
    ) {
        let number = Number::parse(&format!("{digits}E{exponent}")).unwrap();
        let rounded = |rounding| number.rounded(places, rounding).unwrap();
        let (down, up) = (rounded(Rounding::Down), rounded(Rounding::Up));
        prop_assert!(down <= number && number <= up);
        let unit = Number::parse(&format!("1E{}", -places)).unwrap();
        if down == up {
            prop_assert_eq!(down, number);
        } else if let Ok(next) = down.plus(unit) {
            prop_assert_eq!(next, up);
        }
        let near = rounded(Rounding::HalfEven);
        prop_assert!(near == down || near == up);
        prop_assert_eq!(near.rounded(places, Rounding::HalfEven), Ok(near));
        if let (Ok(below), Ok(above)) = (number.minus(down), up.minus(number)) {
            prop_assert_eq!(near == down, below < above || down == up
                || below == above && even(down, unit));
        }
    }

    #[test]
    fn any_text_is_a_number_or_an_error(text in "[-+0-9.eE]{0,60}") {
        if let Ok(number) = Number::parse(&text) {
            prop_assert_eq!(Number::parse(&number.to_string()), Ok(number));
        }
    }

    #[test]
    fn ints_are_read_as_they_are_written(int: i64) {
        prop_assert_eq!(Number::parse(&int.to_string()), Ok(Number::Int(int)));
        prop_assert_eq!(Number::parse(&format!("{int}.00")), Ok(Number::Int(int)));
    }
}

/// Whether the last digit that is kept is even.
fn even(number: Number, unit: Number) -> bool {
    let half = number.over(unit.times(Number::Int(2)).unwrap()).unwrap();
    half.rounded(0, Rounding::Down) == Ok(half)
}
