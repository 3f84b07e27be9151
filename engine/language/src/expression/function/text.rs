//! What is made of texts. Characters are those of Unicode, small and capital letters too.

use foldline_core::value::Value;

use super::super::kinds::Kinds;
use super::super::wrong::Failure;
use super::arguments::Arguments;
use super::built::{self, Done, fits};
use super::{Function, needed, optional};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "contains",
        takes: &[needed("text", Kinds::TEXT), needed("part", Kinds::TEXT)],
        more: false,
        gives: Kinds::BOOL,
        says: "whether the part stands somewhere in the text; whether a list has an element is \
               asked by `x in list`",
        examples: &[("contains('wallet-7', '-')", "true"), ("'wallet'.contains('-')", "false")],
        run: |of| Ok(Value::Bool(of.text(0)?.contains(of.text(1)?))),
    },
    Function {
        name: "startsWith",
        takes: &[needed("text", Kinds::TEXT), needed("part", Kinds::TEXT)],
        more: false,
        gives: Kinds::BOOL,
        says: "whether the text begins with the part",
        examples: &[("startsWith('wallet-7', 'wallet')", "true")],
        run: |of| Ok(Value::Bool(of.text(0)?.starts_with(of.text(1)?))),
    },
    Function {
        name: "endsWith",
        takes: &[needed("text", Kinds::TEXT), needed("part", Kinds::TEXT)],
        more: false,
        gives: Kinds::BOOL,
        says: "whether the text ends with the part",
        examples: &[("endsWith('wallet-7', '-7')", "true")],
        run: |of| Ok(Value::Bool(of.text(0)?.ends_with(of.text(1)?))),
    },
    Function {
        name: "lower",
        takes: &[needed("text", Kinds::TEXT)],
        more: false,
        gives: Kinds::TEXT,
        says: "the text in small letters",
        examples: &[("lower('ÄB')", r#""äb""#)],
        run: |of| recased(of.text(0)?, str::to_lowercase),
    },
    Function {
        name: "upper",
        takes: &[needed("text", Kinds::TEXT)],
        more: false,
        gives: Kinds::TEXT,
        says: "the text in capital letters",
        examples: &[("upper('cad')", r#""CAD""#)],
        run: |of| recased(of.text(0)?, str::to_uppercase),
    },
    Function {
        name: "trim",
        takes: &[needed("text", Kinds::TEXT)],
        more: false,
        gives: Kinds::TEXT,
        says: "the text without blanks at its ends",
        examples: &[(r"trim(' a b\n')", r#""a b""#)],
        run: |of| built::text(of.text(0)?.trim()),
    },
    Function {
        name: "split",
        takes: &[
            needed("text", Kinds::TEXT),
            needed("separator", Kinds::TEXT),
            optional("limit", Kinds::INT),
        ],
        more: false,
        gives: Kinds::LIST,
        says: "the pieces between the separators, into characters where the separator is empty; \
               of at most `limit` pieces the last one is all that is left",
        examples: &[
            ("split('a,b,c', ',')", r#"["a","b","c"]"#),
            ("split('wallet-7-x', '-', 2)", r#"["wallet","7-x"]"#),
            ("split('añ', '')", r#"["a","ñ"]"#),
            ("split('', ',')", r#"[""]"#),
        ],
        run: split,
    },
    Function {
        name: "join",
        takes: &[needed("list", Kinds::LIST), optional("separator", Kinds::TEXT)],
        more: false,
        gives: Kinds::TEXT,
        says: "the texts of the list one after another, with the separator between them",
        examples: &[("join(['a', 'b'], ', ')", r#""a, b""#), ("join(['a', 'b'])", r#""ab""#)],
        run: join,
    },
    Function {
        name: "replace",
        takes: &[
            needed("text", Kinds::TEXT),
            needed("from", Kinds::TEXT),
            needed("to", Kinds::TEXT),
        ],
        more: false,
        gives: Kinds::TEXT,
        says: "the text with `to` wherever it had `from`",
        examples: &[("replace('1.234.567', '.', '')", r#""1234567""#)],
        run: replace,
    },
    Function {
        name: "substring",
        takes: &[
            needed("text", Kinds::TEXT),
            needed("from", Kinds::INT),
            optional("to", Kinds::INT),
        ],
        more: false,
        gives: Kinds::TEXT,
        says: "the characters from the place `from`, the first being 0, to before the place `to`, \
               or to the end; of a shorter text what there is",
        examples: &[
            ("substring('2026-01-31', 0, 7)", r#""2026-01""#),
            ("substring('wallet-7', 7)", r#""7""#),
            ("substring('añb', 1, 80)", r#""ñb""#),
        ],
        run: substring,
    },
];

/// A text in other letters, which may take three times the bytes.
fn recased(text: &str, recase: impl FnOnce(&str) -> String) -> Done {
    fits(text.len())?;
    built::text(recase(text))
}

fn split(of: Arguments<'_>) -> Done {
    let (text, separator) = (of.text(0)?, of.text(1)?);
    // Below 0 there is no limit, as in CEL.
    let limit = usize::try_from(of.int_or(2, -1)?).unwrap_or(usize::MAX);
    if separator.is_empty() {
        return built::list(characters(text, limit));
    }
    built::list(text.splitn(limit, separator).map(Value::text))
}

/// The characters of a text, each a text; the last of so many is all that is left.
fn characters(text: &str, limit: usize) -> impl Iterator<Item = Value> {
    let places = text.char_indices().zip(1..=limit);
    places.map(move |((at, letter), nth)| {
        let end = if nth == limit { text.len() } else { at + letter.len_utf8() };
        Value::text(text.get(at..end).unwrap_or_default())
    })
}

fn join(of: Arguments<'_>) -> Done {
    let (list, separator) = (of.list(0)?, of.text_or(1, "")?);
    let mut size = separator.len().saturating_mul(list.len().saturating_sub(1));
    let mut texts = Vec::with_capacity(list.len());
    for item in list {
        let text = item.as_text().ok_or_else(|| {
            Failure::kind("strings: `list.map(x, string(x))` makes them so", item)
        })?;
        size = size.saturating_add(text.len());
        texts.push(text);
    }
    fits(size)?;
    built::text(texts.join(separator))
}

fn replace(of: Arguments<'_>) -> Done {
    let (text, from, to) = (of.text(0)?, of.text(1)?, of.text(2)?);
    let count = text.matches(from).count();
    let kept = text.len().saturating_sub(count.saturating_mul(from.len()));
    fits(kept.saturating_add(count.saturating_mul(to.len())))?;
    built::text(text.replace(from, to))
}

fn substring(of: Arguments<'_>) -> Done {
    let (text, from) = (of.text(0)?, of.count(1)?);
    let to = if of.given(2).is_some() { of.count(2)? } else { usize::MAX };
    let Some(count) = to.checked_sub(from) else {
        return Err(Failure::new("argument", format!("{to} is before {from}")));
    };
    let place = |text: &str, nth| text.char_indices().nth(nth).map_or(text.len(), |(at, _)| at);
    let rest = text.get(place(text, from)..).unwrap_or_default();
    built::text(rest.get(..place(rest, count)).unwrap_or_default())
}
