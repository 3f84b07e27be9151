//! What is made of numbers. All is exact, but what rounds says so by its name.

use foldline_core::value::{NumberError, Rounding, Value};

use super::super::kinds::Kinds;
use super::arguments::Arguments;
use super::built::Done;
use super::{Function, needed, optional};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "abs",
        takes: &[needed("x", Kinds::NUMBER)],
        more: false,
        gives: Kinds::NUMBER,
        says: "the number without its sign",
        examples: &[("abs(-2.5)", "2.5")],
        run: |of| Ok(of.number(0)?.absolute()?.into()),
    },
    Function {
        name: "round",
        takes: &[needed("x", Kinds::NUMBER), optional("places", Kinds::INT)],
        more: false,
        gives: Kinds::NUMBER,
        says: "the nearest number with so many digits after the point, none if that is left out; \
               from the middle to the even one; below 0 places so many digits before the point \
               are zeros",
        examples: &[
            ("round(2.5)", "2"),
            ("round(3.5)", "4"),
            ("round(10 / 3, 2)", "3.33"),
            ("round(1250, -2)", "1200"),
        ],
        run: |of| rounded(of, Rounding::HalfEven),
    },
    Function {
        name: "floor",
        takes: &[needed("x", Kinds::NUMBER)],
        more: false,
        gives: Kinds::NUMBER,
        says: "the greatest whole number that is not above it",
        examples: &[("floor(2.7)", "2"), ("floor(-2.1)", "-3")],
        run: |of| rounded(of, Rounding::Down),
    },
    Function {
        name: "ceil",
        takes: &[needed("x", Kinds::NUMBER)],
        more: false,
        gives: Kinds::NUMBER,
        says: "the least whole number that is not below it",
        examples: &[("ceil(2.1)", "3"), ("ceil(-2.7)", "-2")],
        run: |of| rounded(of, Rounding::Up),
    },
    Function {
        name: "div",
        takes: &[needed("a", Kinds::INT), needed("b", Kinds::INT)],
        more: false,
        gives: Kinds::INT,
        says: "how many times `b` goes into `a`, rounded towards 0, so that \
               `a == div(a, b) * b + a % b`; `/` gives the exact quotient",
        examples: &[("div(7, 2)", "3"), ("div(-7, 2)", "-3")],
        run: div,
    },
];

fn rounded(of: Arguments<'_>, rounding: Rounding) -> Done {
    // No number has a digit past these places.
    let places = of.int_or(1, 0)?.clamp(-1_000, 1_000);
    let places = i32::try_from(places).unwrap_or_default();
    Ok(of.number(0)?.rounded(places, rounding)?.into())
}

fn div(of: Arguments<'_>) -> Done {
    let (a, b) = (of.int(0)?, of.int(1)?);
    if b == 0 {
        return Err(NumberError::DivisionByZero.into());
    }
    let quotient = a.checked_div(b).ok_or(NumberError::Overflow)?;
    Ok(Value::Int(quotient))
}
