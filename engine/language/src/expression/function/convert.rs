//! From one kind of value to another. Exact, or a failure: nothing is cut off on the way.

use foldline_core::value::{
    Duration, Number, NumberError, Rounding, Timestamp, Value, canonical, json,
};

use super::super::kinds::Kinds;
use super::super::wrong::{Failure, shown};
use super::arguments::Arguments;
use super::built::{self, Done, fits};
use super::{Function, Takes, bytes, needed, optional, unit};

/// What numbers and texts are made of.
const SCALAR: Kinds = Kinds::ANY.without(Kinds::LIST.or(Kinds::MAP).or(Kinds::NULL));

/// The unit in which a number counts time.
const UNIT: Takes = Takes { check: unit::check_count, ..optional("unit", Kinds::TEXT) };

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "string",
        takes: &[needed("value", SCALAR)],
        more: false,
        gives: Kinds::TEXT,
        says: "the value as the text that a document has for it; bytes as the UTF-8 that they must \
               be",
        examples: &[
            ("string(1.50)", r#""1.5""#),
            ("string(timestamp('2026-01-01T01:00:00+01:00'))", r#""2026-01-01T00:00:00Z""#),
            ("string(b'abc')", r#""abc""#),
        ],
        run: string,
    },
    Function {
        name: "int",
        takes: &[needed("value", SCALAR.without(Kinds::BYTES.or(Kinds::DURATION)))],
        more: false,
        gives: Kinds::INT,
        says: "the value as a whole number: a number or the text of one, which must be whole; true \
               as 1 and false as 0; a time as the seconds since 1970, rounded down",
        examples: &[
            ("int('42')", "42"),
            ("int(true)", "1"),
            ("int(timestamp('2009-02-13T23:31:30Z'))", "1234567890"),
        ],
        run: int,
    },
    Function {
        name: "decimal",
        takes: &[needed("value", SCALAR.without(Kinds::BYTES.or(Kinds::BOOL)))],
        more: false,
        gives: Kinds::NUMBER,
        says: "the value as a number, with all its digits: the text of one; a time as the seconds \
               since 1970, a duration as its seconds",
        examples: &[
            ("decimal('12.50')", "12.5"),
            ("decimal(duration('1m30.5s'))", "90.5"),
            ("floor(decimal(timestamp('1970-01-01T00:00:01.5Z')) * 1000)", "1500"),
        ],
        run: decimal,
    },
    Function {
        name: "bool",
        takes: &[needed("value", Kinds::BOOL.or(Kinds::TEXT))],
        more: false,
        gives: Kinds::BOOL,
        says: "the text as yes or no: `true`, `True`, `TRUE`, `t` and `1`, `false`, `False`, \
               `FALSE`, `f` and `0`",
        examples: &[("bool('true')", "true"), ("bool('0')", "false")],
        run: bool,
    },
    Function {
        name: "timestamp",
        takes: &[needed("value", Kinds::TEXT.or(Kinds::NUMBER).or(Kinds::TIME)), UNIT],
        more: false,
        gives: Kinds::TIME,
        says: "the time that a text says as RFC 3339 does, or that lies so many units after 1970 \
               began in UTC: `s` if that is left out, `ms`, `us`, `ns`, `m`, `h` or `d`",
        examples: &[
            ("timestamp('2026-01-01T01:00:00+01:00')", r#""2026-01-01T00:00:00Z""#),
            ("timestamp(1234567890.5)", r#""2009-02-13T23:31:30.5Z""#),
            ("timestamp(1234567890123, 'ms')", r#""2009-02-13T23:31:30.123Z""#),
        ],
        run: timestamp,
    },
    Function {
        name: "duration",
        takes: &[needed("value", Kinds::TEXT.or(Kinds::NUMBER).or(Kinds::DURATION)), UNIT],
        more: false,
        gives: Kinds::DURATION,
        says: "the length of time that a text says, or so many units: `s` if that is left out, \
               `ms`, `us`, `ns`, `m`, `h`, or `d` of 24 hours",
        examples: &[
            ("duration('1h30m')", r#""5400s""#),
            ("duration(1.5)", r#""1.5s""#),
            ("duration(30, 'd')", r#""2592000s""#),
        ],
        run: duration,
    },
    Function {
        name: "json",
        takes: &[needed("text", Kinds::TEXT)],
        more: false,
        gives: Kinds::ANY,
        says: "the value that a text says as JSON, with all digits of its numbers; a name that is \
               there twice is refused",
        examples: &[(r#"json('{"a": [1, 2.50]}')"#, r#"{"a":[1,2.5]}"#)],
        run: |of| {
            fits(of.text(0)?.len())?;
            Ok(json::value(of.text(0)?)?)
        },
    },
    Function {
        name: "to_json",
        takes: &[needed("value", Kinds::ANY)],
        more: false,
        gives: Kinds::TEXT,
        says: "the text of the value as JSON, in the one form that a document has: names in their \
               order, no blanks",
        examples: &[("to_json({'b': 1.0, 'a': null})", r#""{\"a\":null,\"b\":1}""#)],
        run: |of| built::text(canonical::text(of.value(0)?)),
    },
    Function {
        name: "bytes",
        takes: &[needed("value", Kinds::TEXT.or(Kinds::BYTES))],
        more: false,
        gives: Kinds::BYTES,
        says: "the text as bytes, in UTF-8",
        examples: &[("size(bytes('añb'))", "4")],
        run: |of| match of.value(0)? {
            Value::Text(text) => built::bytes(text.as_bytes()),
            other => Ok(other.clone()),
        },
    },
    Function {
        name: "base64",
        takes: &[needed("bytes", Kinds::BYTES)],
        more: false,
        gives: Kinds::TEXT,
        says: "the bytes as text in base64",
        examples: &[("base64(bytes('hello'))", r#""aGVsbG8=""#)],
        run: bytes::base64,
    },
    Function {
        name: "from_base64",
        takes: &[needed("text", Kinds::TEXT)],
        more: false,
        gives: Kinds::BYTES,
        says: "the bytes that a text in base64 stands for",
        examples: &[("string(from_base64('aGVsbG8='))", r#""hello""#)],
        run: bytes::from_base64,
    },
];

fn string(of: Arguments<'_>) -> Done {
    match of.value(0)? {
        Value::Text(text) => Ok(Value::Text(text.clone())),
        Value::Bytes(bytes) => {
            let wrong = |_| Failure::new("argument", "these bytes are not UTF-8");
            built::text(std::str::from_utf8(bytes).map_err(wrong)?)
        }
        // Nothing in the texts of the others is escaped.
        other => built::text(canonical::text(other).trim_matches('"')),
    }
}

fn int(of: Arguments<'_>) -> Done {
    let number = match of.value(0)? {
        Value::Bool(yes) => Number::Int(i64::from(*yes)),
        Value::Time(time) => Number::Int(time.seconds()),
        value => read(value)?,
    };
    match number {
        Number::Int(int) => Ok(Value::Int(int)),
        Number::Decimal(_) if number.rounded(0, Rounding::Down) == Ok(number) => {
            Err(NumberError::Overflow.into())
        }
        Number::Decimal(_) => {
            let what = format!("{number} is not whole: `round`, `floor` and `ceil` make it so");
            Err(Failure::new("inexact", what))
        }
    }
}

fn decimal(of: Arguments<'_>) -> Done {
    let seconds = |whole, nanos| {
        let part = Number::Int(i64::from(nanos)).over(Number::Int(unit::SECOND))?;
        Number::Int(whole).plus(part)
    };
    let number = match of.value(0)? {
        Value::Time(time) => seconds(time.seconds(), time.nanos())?,
        Value::Duration(length) => seconds(length.seconds(), length.nanos())?,
        value => read(value)?,
    };
    Ok(number.into())
}

/// A number, or the one that a text says.
fn read(value: &Value) -> Result<Number, Failure> {
    let Some(text) = value.as_text() else {
        return value.number().ok_or_else(|| Failure::kind("a number", value));
    };
    Number::parse(text).map_err(|error| match error {
        NumberError::Malformed => unreadable(value, "number"),
        other => other.into(),
    })
}

fn bool(of: Arguments<'_>) -> Done {
    let value = of.value(0)?;
    Ok(Value::Bool(match value.as_text() {
        None => return Ok(value.clone()),
        Some("true" | "True" | "TRUE" | "t" | "1") => true,
        Some("false" | "False" | "FALSE" | "f" | "0") => false,
        Some(_) => return Err(unreadable(value, "bool")),
    }))
}

fn timestamp(of: Arguments<'_>) -> Done {
    if let (Some(number), unit) = counted(of)? {
        let (seconds, nanos) = unit.seconds(number)?;
        let time = Timestamp::new(seconds, nanos).ok_or_else(|| {
            Failure::new("overflow", format!("{number} is not in the years 0 to 9999"))
        });
        return Ok(Value::Time(time?));
    }
    match of.value(0)? {
        value @ Value::Text(text) => match Timestamp::parse(text) {
            Ok(time) => Ok(Value::Time(time)),
            Err(_) => Err(unreadable(value, "time as in `2026-01-01T00:00:00Z`")),
        },
        other => Ok(other.clone()),
    }
}

fn duration(of: Arguments<'_>) -> Done {
    if let (Some(number), unit) = counted(of)? {
        let (seconds, nanos) = unit.seconds(number)?;
        let length = Duration::new(seconds, nanos);
        return Ok(Value::Duration(length.ok_or(NumberError::Overflow)?));
    }
    match of.value(0)? {
        value @ Value::Text(text) => match Duration::parse(text) {
            Ok(length) => Ok(Value::Duration(length)),
            Err(_) => Err(unreadable(value, "duration as in `1h30m`")),
        },
        other => Ok(other.clone()),
    }
}

/// The number that was given, if one was, and what it counts. Nothing else is counted.
fn counted(of: Arguments<'_>) -> Result<(Option<Number>, unit::Count), Failure> {
    let (value, unit) = (of.value(0)?, unit::Count::named(of.text_or(1, "s")?)?);
    if value.number().is_none() && of.given(1).is_some() {
        let what = format!("a unit goes with a number, not with {}", shown(value));
        return Err(Failure::new("argument", what));
    }
    Ok((value.number(), unit))
}

/// A text that does not say what it should.
fn unreadable(value: &Value, what: &str) -> Failure {
    Failure::new("argument", format!("{} is no {what}", shown(value)))
}
