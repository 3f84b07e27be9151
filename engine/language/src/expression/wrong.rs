//! What can go wrong while an expression runs: it parks the event, and is told with the place of
//! the expression and the values that failed.

use foldline_core::value::json::JsonError;
use foldline_core::value::{NumberError, Value, canonical};

use super::limits;
use crate::problem::Span;

/// Why there is no value, and where that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(Box<(Span, Failure)>);

const _: () = assert!(size_of::<Wrong>() == 8, "each value is handed over beside it");

impl Wrong {
    /// A short word to group by: `missing`, `type`, `overflow`.
    pub fn code(&self) -> &'static str {
        self.0.1.code
    }

    /// Whether nothing else can settle what this leaves open: what one event may cost is spent.
    pub(super) fn is_final(&self) -> bool {
        self.code() == super::scope::TOO_COSTLY
    }

    /// Which expression, in the file that it stands in.
    pub fn span(&self) -> Span {
        self.0.0
    }

    /// What happened, with the values that failed.
    pub fn message(&self) -> &str {
        &self.0.1.message
    }
}

/// The same, told by a function that does not know where it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// A short word to group by.
    pub code: &'static str,
    /// What happened, with the values that failed.
    pub message: String,
}

impl Failure {
    /// A failure.
    pub fn new(code: &'static str, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into() }
    }

    /// A value of another kind than a function takes.
    pub fn kind(expected: impl std::fmt::Display, found: &Value) -> Failure {
        Failure::new("type", format!("expected {expected}, found {}", shown(found)))
    }

    /// The same, of two numbers: what is wrong with their kinds tells of them already.
    #[must_use]
    pub(crate) fn of(self, one: &Value, other: &Value) -> Failure {
        match (self.code, one.number(), other.number()) {
            ("overflow" | "inexact" | "division_by_zero", Some(one), Some(other)) => {
                Failure { message: format!("{}: {one} and {other}", self.message), ..self }
            }
            _ => self,
        }
    }

    /// The same, seen at this place.
    pub fn at(self, span: Span) -> Wrong {
        Wrong(Box::new((span, self)))
    }
}

impl From<NumberError> for Failure {
    fn from(error: NumberError) -> Failure {
        let code = match error {
            NumberError::Malformed => "type",
            NumberError::Inexact => "inexact",
            NumberError::Overflow | NumberError::Underflow => "overflow",
            NumberError::DivisionByZero => "division_by_zero",
        };
        Failure::new(code, error.to_string())
    }
}

impl From<JsonError> for Failure {
    fn from(error: JsonError) -> Failure {
        Failure::new("json", error.to_string())
    }
}

/// A value as a sentence shows it: what kind it is, and the beginning of its text. No more than
/// that is read of it, however long it is.
pub fn shown(value: &Value) -> String {
    let most = limits::QUOTED_CHARACTERS_MAX;
    match value {
        Value::Null => "null".into(),
        Value::List(items) => format!("a list of {}", items.len()),
        Value::Map(map) => format!("a map of {}", map.len()),
        value => {
            // What is cut off here is longer than what is shown, as it is written.
            let text = match value {
                Value::Text(text) => {
                    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
                    canonical::text(&Value::text(text.get(..end).unwrap_or_default()))
                }
                Value::Bytes(bytes) => {
                    canonical::text(&Value::Bytes(bytes.iter().take(most).copied().collect()))
                }
                value => canonical::text(value),
            };
            let mut short: String = text.chars().take(most).collect();
            if short.len() < text.len() {
                short.push('…');
            }
            format!("the {} {short}", value.kind())
        }
    }
}
