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

proptest! {
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
