//! From the bytes of a file to its text, which is UTF-8 and nothing else.

use std::borrow::Cow;

use crate::problem::{Code, Problem, Span};

/// The text of a file. What is no UTF-8 is replaced by a sign each, and the first of them told of;
/// the rest of the text can be read as ever.
pub fn text(bytes: &[u8]) -> (Cow<'_, str>, Option<Problem>) {
    let text = String::from_utf8_lossy(bytes);
    let Err(error) = std::str::from_utf8(bytes) else { return (text, None) };
    let from = error.valid_up_to();
    let span = Span::new(from, from + char::REPLACEMENT_CHARACTER.len_utf8());
    let problem = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        Problem::new(Code::YamlBytes, span, "the file is UTF-16")
    } else {
        let wrong = bytes.get(from).copied().unwrap_or_default();
        let what = format!("the byte `{wrong:#04x}` is no part of a UTF-8 text");
        Problem::new(Code::YamlBytes, span, what)
    };
    (text, Some(problem.hint("save the file as UTF-8")))
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::problem::render::{Look, text as draw};
    use crate::problem::{Place, Source};

    #[test]
    fn what_is_no_utf_8_is_told_where_it_stands() {
        for (bytes, what, line, column) in [
            (&b"a: b\nc: \xe4\xf6\n"[..], "the byte `0xe4` is no part of a UTF-8 text", 2, 4),
            (b"a: b\nc: \xe2\x82", "the byte `0xe2` is no part of a UTF-8 text", 2, 4),
            (b"a: b\n\x00\xc0\x80", "the byte `0xc0` is no part of a UTF-8 text", 2, 2),
            (b"\xff\xfea\x00:\x00", "the file is UTF-16", 1, 1),
        ] {
            let (text, problem) = text(bytes);
            let problem = problem.expect("it is wrong");
            assert_eq!((problem.what.as_str(), problem.span.of(&text)), (what, "\u{fffd}"));
            let place = Source::new("", &text).place(problem.span.from);
            assert_eq!(place, Place { line, column });
            assert!(draw(&Source::new("a", &text), &[problem], Look::Plain).contains("= hint: "));
        }
    }

    #[test]
    fn utf_8_is_taken_as_it_is() {
        for whole in ["", "a: ä\n", "\u{feff}a: b", "a: \u{0}"] {
            assert_eq!(text(whole.as_bytes()), (whole.into(), None));
        }
    }
}
