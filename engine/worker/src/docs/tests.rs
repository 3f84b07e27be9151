//! Which code is meant, and that a page stays the page that it is.

use foldline_language::problem::Code;

use super::{code_of, near, styled};

#[test]
fn a_code_is_known_by_its_number() {
    for asked in ["F0105", "f0105", "0105", "105", " F0105\n", "F105", "00105"] {
        assert_eq!(code_of(asked), Some(Code::Syntax), "{asked}");
    }
    for asked in ["", "F", "+105", "F-105", "FF0105", "F01O5", "65641", "F0105x", "１０５", "E0105"]
    {
        assert_eq!(code_of(asked), None, "{asked}");
    }
}

#[test]
fn the_codes_that_were_meant_are_near() {
    for (asked, expected) in [
        ("F0199", &["F0109", "F0201"][..]),
        ("F1005", &["F0105"]),
        ("0", &["F0101"]),
        ("OF0105", &["F0105"]),
        ("G0105", &["F0105"]),
        ("yaml", &[]),
        ("", &[]),
    ] {
        let near = near(asked);
        assert_eq!(near.get(..expected.len()), Some(expected), "{asked}: {near:?}");
        assert_eq!(near.is_empty(), expected.is_empty(), "{asked}: {near:?}");
    }
}

#[test]
fn colours_change_no_letter_of_a_page() {
    for code in Code::ALL {
        let styled = styled::page(code.page());
        assert!(styled.starts_with("\x1b[1m# F"), "{styled}");
        let mut plain = styled;
        for sign in ["\x1b[1m", "\x1b[36m", "\x1b[0m"] {
            plain = plain.replace(sign, "");
        }
        assert_eq!(plain, code.page(), "{code}");
    }
    assert_eq!(styled::page("a `b` c `d\n"), "a \x1b[36m`b`\x1b[0m c `d\n");
}
