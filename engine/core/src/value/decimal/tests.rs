//! Sums, products and quotients: literal cases at the edges, and a library decimal of 512 bits
//! as an independent judge.

use fastnum::D512;
use fastnum::decimal::{Context, RoundingMode};
use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
fn check(a: &str, operation: char, b: &str, expected: &str) {
    let (a, b) = (number(a), number(b));
    let result = match operation {
        '+' => a.plus(b),
        '-' => a.minus(b),
        '*' => a.times(b),
        _ => a.over(b),
    };
    let shown = match result {
        Ok(number) => {
            assert_eq!(Number::parse(&number.to_string()), Ok(number), "it is in its one form");
            number.to_string()
        }
        Err(error) => format!("{error:?}"),
    };
    assert_eq!(shown, expected, "{a} {operation} {b}");
}

const NINES: &str = "99999999999999999999999999999999999999";

#[test]
fn sums_are_exact_or_an_error() {
    check("0.1", '+', "0.2", "0.3");
    check("1", '+', "0.5", "1.5");
    check("0.5", '+', "0.5", "1");
    check("10", '+', "-0.1", "9.9");
    check("1.5", '-', "1.5", "0");
    check("0", '-', "0.5", "-0.5");
    check("9223372036854775807", '+', "1", "Overflow");
    check("-9223372036854775808", '-', "1", "Overflow");
    check("9223372036854775808", '-', "1", "9223372036854775807");
    check("-9223372036854775809", '+', "1", "-9223372036854775808");
    check("9223372036854775807", '+', "1.0", "Overflow");
    check(NINES, '+', "1", "1E+38");
    check(NINES, '+', "0.1", "Inexact");
    check(NINES, '+', NINES, "Inexact");
    check("1E38", '-', "1", NINES);
    check("1E39", '-', "1", "Inexact");
    check("1E125", '+', "1E-130", "Inexact");
    check("9E125", '+', "1E125", "Overflow");
    check("1.1E-130", '-', "1E-130", "Underflow");
    check("1E100", '+', "0", "1E+100");
}

#[test]
fn products_are_exact_or_an_error() {
    check("1.1", '*', "1.1", "1.21");
    check("-0.5", '*', "2", "-1");
    check("0", '*', "1E-130", "0");
    check("4294967296", '*', "4294967296", "Overflow");
    check("4294967296.5", '*', "2", "8589934593");
    check(
        "1267650600228229401496703205376",
        '*',
        "9094947017729282379150390625",
        "1.152921504606846976E+58",
    );
    check(NINES, '*', NINES, "Inexact");
    check(NINES, '*', "10", "9.9999999999999999999999999999999999999E+38");
    check("1E-70", '*', "1E-70", "Underflow");
    check("1E70", '*', "1E70", "Overflow");
}

#[test]
fn quotients_are_exact_or_rounded_half_even() {
    check("6", '/', "3", "2");
    check("1", '/', "4", "0.25");
    check("1", '/', "3", "0.33333333333333333333333333333333333333");
    check("2", '/', "3", "0.66666666666666666666666666666666666667");
    check("-2", '/', "3", "-0.66666666666666666666666666666666666667");
    check("1", '/', "0", "DivisionByZero");
    check("0", '/', "7", "0");
    check("-9223372036854775808", '/', "-1", "9223372036854775808");
    // 38 digits and a half: to the even neighbour, down here and up there.
    check(
        "20000000000000000000000000000000000001",
        '/',
        "2",
        "10000000000000000000000000000000000000",
    );
    check(NINES, '/', "2", "50000000000000000000000000000000000000");
    check("1E125", '/', "1E-130", "Overflow");
    check("1E-130", '/', "3", "Underflow");
}

#[test]
fn numbers_are_ordered_among_themselves() {
    let rising = [
        "-9E125",
        "-9223372036854775809",
        "-9223372036854775808",
        "-2",
        "-1.5",
        "-1",
        "-1E-130",
        "0",
        "1E-130",
        "0.1",
        "0.10000000000000000000000000000000000001",
        "1",
        "1.5",
        "2",
        "9223372036854775807",
        "9223372036854775807.1",
        "9223372036854775808",
        NINES,
        "1E38",
        "9E125",
    ];
    for (i, a) in rising.iter().enumerate() {
        for (j, b) in rising.iter().enumerate() {
            assert_eq!(number(a).cmp(&number(b)), i.cmp(&j), "{a} and {b}");
        }
    }
}

fn judge(number: Number) -> D512 {
    D512::from_str(&number.to_string(), Context::default().with_rounding_mode(RoundingMode::Down))
        .unwrap()
}

fn any_number() -> impl Strategy<Value = Number> {
    let digits = prop_oneof![
        any::<u64>().prop_map(u128::from),
        0..10u128.pow(38),
        0u128..200,
        (0u32..39).prop_map(|p| 10u128.pow(p))
    ];
    let exponent = prop_oneof![3 => -6..6i32, 1 => -40..40i32, 1 => -130..100i32];
    (digits, exponent, any::<bool>()).prop_filter_map("a number", |(digits, exponent, negative)| {
        Parts { negative, digits, exponent }.number().ok()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn results_are_those_of_an_independent_judge(a in any_number(), b in any_number()) {
        let (x, y) = (judge(a), judge(b));
        for (ours, theirs) in [(a.plus(b), x + y), (a.minus(b), x - y), (a.times(b), x * y)] {
            let rounded = theirs.is_op_inexact();
            let theirs = theirs.reduce();
            match ours {
                Ok(ours) => prop_assert_eq!(judge(ours), theirs, "{} and {}", a, b),
                Err(NumberError::Inexact) => prop_assert!(rounded || theirs.digits_count() > 38),
                Err(_) => {
                    let places = isize::from(theirs.fractional_digits_count());
                    let first = theirs.digits_count().cast_signed() - 1 - places;
                    let outside = !FIRST_DIGIT.contains(&i32::try_from(first).unwrap());
                    let ints = matches!((a, b), (Number::Int(_), Number::Int(_)));
                    prop_assert!(ints || outside, "{} and {}", a, b);
                }
            }
        }
    }

    #[test]
    fn a_quotient_is_the_nearest_number(a in any_number(), b in any_number()) {
        let Ok(quotient) = a.over(b) else { return Ok(()) };
        let parts = match quotient {
            Number::Int(int) => Parts::of_int(int),
            Number::Decimal(decimal) => decimal.parts(),
        };
        // |a - q*b| is at most half of b times the last of 38 digits of q.
        let (x, y) = (judge(a), judge(b));
        let rest = (x - judge(quotient) * y).abs();
        let (_, exponent) = parts.widened();
        let last = D512::from_str(&format!("1E{exponent}"), Context::default()).unwrap();
        let two = D512::from_str("2", Context::default()).unwrap();
        prop_assert!(parts.digits == 0 || rest * two <= y.abs() * last, "{} / {}", a, b);
    }

    #[test]
    fn order_is_that_of_an_independent_judge(a in any_number(), b in any_number()) {
        prop_assert_eq!(a.cmp(&b), judge(a).cmp(&judge(b)));
        prop_assert_eq!(a == b, judge(a) == judge(b));
    }
}
