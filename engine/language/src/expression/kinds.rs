//! Which kinds of values an expression may yield, as far as that is known before it runs. What
//! comes from an event may be anything; what is written out, computed or declared is known.

use foldline_core::value::Value;

/// A set of kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kinds(u16);

/// The kinds by the bits of a set, in the words of the language.
const NAMES: [&str; 10] =
    ["null", "bool", "int", "decimal", "string", "bytes", "time", "duration", "list", "map"];

impl Kinds {
    /// Nothing but null.
    pub const NULL: Kinds = Kinds(1);
    /// Yes or no.
    pub const BOOL: Kinds = Kinds(1 << 1);
    /// A whole number.
    pub const INT: Kinds = Kinds(1 << 2);
    /// Any number: a decimal that is whole is an int.
    pub const NUMBER: Kinds = Kinds(1 << 2 | 1 << 3);
    /// Text.
    pub const TEXT: Kinds = Kinds(1 << 4);
    /// Bytes.
    pub const BYTES: Kinds = Kinds(1 << 5);
    /// A moment.
    pub const TIME: Kinds = Kinds(1 << 6);
    /// A length of time.
    pub const DURATION: Kinds = Kinds(1 << 7);
    /// Values in order.
    pub const LIST: Kinds = Kinds(1 << 8);
    /// Values by name.
    pub const MAP: Kinds = Kinds(1 << 9);
    /// Whatever an event may bring.
    pub const ANY: Kinds = Kinds((1 << 10) - 1);
    /// Nothing that is known: what is wrong already is not told again.
    pub const NONE: Kinds = Kinds(0);

    /// Of this one or of the other.
    #[must_use]
    pub const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// Of both.
    #[must_use]
    pub const fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// Of this one and not of the other.
    #[must_use]
    pub const fn without(self, other: Kinds) -> Kinds {
        Kinds(self.0 & !other.0)
    }

    /// Whether a value may be of one of these and of one of those. What is not known at all may.
    pub fn may_be(self, other: Kinds) -> bool {
        self == Kinds::NONE || other == Kinds::NONE || self.0 & other.0 != 0
    }

    /// Whether a value can be of none but those.
    pub fn is_within(self, other: Kinds) -> bool {
        self.0 & !other.0 == 0
    }

    /// The kind of a value.
    pub fn of(value: &Value) -> Kinds {
        match value {
            Value::Null => Kinds::NULL,
            Value::Bool(_) => Kinds::BOOL,
            Value::Int(_) => Kinds::INT,
            Value::Decimal(_) => Kinds(1 << 3),
            Value::Text(_) => Kinds::TEXT,
            Value::Bytes(_) => Kinds::BYTES,
            Value::Time(_) => Kinds::TIME,
            Value::Duration(_) => Kinds::DURATION,
            Value::List(_) => Kinds::LIST,
            Value::Map(_) => Kinds::MAP,
        }
    }
}

impl Kinds {
    /// The words for it.
    fn words(self) -> Vec<&'static str> {
        let whole = self.0 & Kinds::NUMBER.0 == Kinds::NUMBER.0;
        let names = NAMES.iter().enumerate().filter(|(bit, _)| self.0 & (1 << bit) != 0);
        // An int or a decimal is a number.
        let names = names.filter(|(_, name)| !whole || **name != "int");
        names.map(|(_, name)| if whole && *name == "decimal" { "number" } else { name }).collect()
    }

    /// Which kinds these are, as a sentence has them: `null, a number or a string`.
    pub fn told(self) -> String {
        if self == Kinds::ANY {
            return "anything".into();
        }
        let words = self.words().into_iter().map(|word| match word {
            "null" | "bytes" => word.to_string(),
            "int" => "an int".into(),
            word => format!("a {word}"),
        });
        listed(&words.collect::<Vec<_>>())
    }

    /// What to write where a value of these kinds belongs, and one of those stands.
    pub fn instead(self, found: Kinds) -> Option<&'static str> {
        let is = |kinds: Kinds| found != Kinds::NONE && found.is_within(kinds);
        let numbers = self.is_within(Kinds::NUMBER.or(Kinds::NULL));
        Some(if self == Kinds::BOOL && is(Kinds::LIST) {
            "several conditions are joined: `a && b`"
        } else if self == Kinds::BOOL && found != Kinds::NONE {
            "a condition compares: `data.a == 'b'`"
        } else if numbers && is(Kinds::TEXT) {
            "a number is written without quotes, and made of a text by `decimal(x)` or `int(x)`"
        } else if numbers && is(Kinds::BOOL) {
            "add 1, and put the condition behind `when`"
        } else if is(Kinds::TEXT) && self.may_be(Kinds::TIME) && !self.may_be(Kinds::TEXT) {
            "a text becomes a time by `timestamp(x)`"
        } else if is(Kinds::NUMBER) && self.is_within(Kinds::TEXT.or(Kinds::NULL)) {
            "a number becomes a text by `string(x)`"
        } else if is(Kinds::LIST) && self.is_within(Kinds::TEXT.or(Kinds::INT)) {
            "write one value; several become a text by `a + '-' + b`"
        } else if is(Kinds::LIST) && !self.may_be(Kinds::LIST) {
            "write one value"
        } else if is(Kinds::MAP) && !self.may_be(Kinds::MAP) {
            "write one value, as `data.id`"
        } else {
            return None;
        })
    }
}

/// Words with commas between them, and `or` before the last.
fn listed<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((last, [])) => (*last).into(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => "nothing".into(),
    }
}

impl std::fmt::Display for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == Kinds::ANY {
            return f.write_str("anything");
        }
        f.write_str(&listed(&self.words()))
    }
}

#[cfg(test)]
mod tests {
    use super::Kinds;

    #[test]
    fn kinds_are_told_in_the_words_of_the_language() {
        for (kinds, told) in [
            (Kinds::INT, "int"),
            (Kinds::NUMBER, "number"),
            (Kinds::NUMBER.or(Kinds::TEXT).or(Kinds::NULL), "null, number or string"),
            (Kinds::TIME.or(Kinds::DURATION), "time or duration"),
            (Kinds::ANY, "anything"),
            (Kinds::NONE, "nothing"),
        ] {
            assert_eq!(kinds.to_string(), told);
        }
        assert_eq!(Kinds::INT.or(Kinds::TEXT).told(), "an int or a string");
        assert_eq!(Kinds::NUMBER.or(Kinds::NULL).told(), "null or a number");
    }

    #[test]
    fn what_is_not_known_may_be_anything() {
        assert!(Kinds::NONE.may_be(Kinds::TEXT) && Kinds::TEXT.may_be(Kinds::NONE));
        assert!(!Kinds::INT.may_be(Kinds::TEXT));
        assert!(Kinds::INT.may_be(Kinds::NUMBER) && Kinds::INT.is_within(Kinds::NUMBER));
        assert!(!Kinds::NUMBER.is_within(Kinds::INT));
    }
}
