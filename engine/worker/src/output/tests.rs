//! Which colours are used, and what becomes of a result that cannot be written.

use std::io::{Error, ErrorKind, Write};

use foldline_language::problem::render::Look;

use super::{Colour, Notice, Output, Surroundings};
use crate::Exit;

/// Takes a number of writes, then none.
struct Full {
    writes: usize,
    kind: ErrorKind,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.writes = self.writes.checked_sub(1).ok_or_else(|| Error::from(self.kind))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.writes == 0 { Err(self.kind.into()) } else { Ok(()) }
    }
}

fn output<'w>(out: &'w mut dyn Write, err: &'w mut dyn Write, colour: Colour) -> Output<'w> {
    let (out_is_terminal, err_is_terminal, wants_no_colour) = (true, false, false);
    let given = Surroundings { out, err, out_is_terminal, err_is_terminal, wants_no_colour };
    Output::new(given, colour)
}

#[test]
fn colours_are_for_terminals() {
    let look = |colour, is_terminal, wants_no_colour| {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let output = Output::new(
            Surroundings {
                out: &mut out,
                err: &mut err,
                out_is_terminal: is_terminal,
                err_is_terminal: !is_terminal,
                wants_no_colour,
            },
            colour,
        );
        (output.look, output.notice_look)
    };
    assert_eq!(look(Colour::Auto, true, false), (Look::Coloured, Look::Plain));
    assert_eq!(look(Colour::Auto, false, false), (Look::Plain, Look::Coloured));
    assert_eq!(look(Colour::Auto, true, true), (Look::Plain, Look::Plain));
    assert_eq!(look(Colour::Always, true, true), (Look::Coloured, Look::Coloured));
    assert_eq!(look(Colour::Never, true, false), (Look::Plain, Look::Plain));
}

#[test]
fn who_wants_no_colours_says_so_by_a_variable() {
    for (name, value, expected) in [
        ("NO_COLOR", "1", true),
        ("NO_COLOR", "0", true),
        ("NO_COLOR", "", false),
        ("TERM", "dumb", true),
        ("TERM", "xterm", false),
        ("COLOR", "1", false),
    ] {
        let variable = |asked: &str| (asked == name).then(|| value.into());
        assert_eq!(Surroundings::wants_no_colour(variable), expected, "{name}={value}");
    }
}

#[test]
fn a_reader_who_goes_away_changes_no_answer() {
    for writes in 0..3 {
        let mut err = Vec::new();
        let mut out = Full { writes, kind: ErrorKind::BrokenPipe };
        let mut output = output(&mut out, &mut err, Colour::Never);
        output.result("one");
        output.result("two");
        assert_eq!(output.end(Exit::No), Exit::No);
        assert!(err.is_empty());
    }
}

#[test]
fn a_result_that_cannot_be_written_is_told() {
    for writes in 0..3 {
        let mut err = Vec::new();
        let mut out = Full { writes, kind: ErrorKind::StorageFull };
        let mut output = output(&mut out, &mut err, Colour::Never);
        output.result("one");
        output.result("two");
        assert_eq!(output.end(Exit::Done), Exit::Usage);
        let told = String::from_utf8(err).unwrap();
        assert!(told.starts_with("error: the result cannot be written: "), "{told}");
    }
}

#[test]
fn what_is_told_gives_no_orders_to_the_terminal() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    output(&mut out, &mut err, Colour::Never).tell(Notice::Hint, "a\n\x1b[2Jb");
    assert_eq!(String::from_utf8(err).unwrap(), "hint: a\u{240a}\u{241b}[2Jb\n");
    assert!(out.is_empty());
}
