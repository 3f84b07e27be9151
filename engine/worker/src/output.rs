//! What the program prints, and where: results to standard output, everything else to standard
//! error. A reader who goes away is no fault of anybody; a result that cannot be written is.

use std::ffi::OsString;
use std::io::{ErrorKind, Write};

use foldline_language::problem::render::{self, Look};

use crate::Exit;

/// What a process has to print with.
pub struct Surroundings<'w> {
    /// Standard output.
    pub out: &'w mut dyn Write,
    /// Standard error.
    pub err: &'w mut dyn Write,
    /// Whether somebody looks at standard output.
    pub out_is_terminal: bool,
    /// Whether somebody looks at standard error.
    pub err_is_terminal: bool,
    /// Whether the terminal's owner wants no colours, or it has none.
    pub wants_no_colour: bool,
}

impl Surroundings<'_> {
    /// Whether these variables of the process say that no colours are wanted, or understood.
    pub fn wants_no_colour(variable: impl Fn(&str) -> Option<OsString>) -> bool {
        variable("NO_COLOR").is_some_and(|it| !it.is_empty())
            || variable("TERM").is_some_and(|it| it == "dumb")
    }
}

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The form that results are printed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// For people.
    #[default]
    Text,
    /// For programs: JSON, an object a line.
    Json,
}

/// What is told beside the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// What was asked cannot be done, or not all of it.
    Error,
    /// It was done, and somebody should know something of it.
    Note,
    /// What to do next.
    Hint,
}

/// Where the results go, and where everything else goes.
pub(crate) struct Output<'w> {
    out: &'w mut dyn Write,
    err: &'w mut dyn Write,
    /// How results look.
    pub(crate) look: Look,
    /// How everything else looks.
    pub(crate) notice_look: Look,
    /// Nothing more can be written: nobody reads it, or there is no room for it.
    is_closed: bool,
    failed: Option<std::io::Error>,
}

impl<'w> Output<'w> {
    pub(crate) fn new(given: Surroundings<'w>, colour: Colour) -> Output<'w> {
        let Surroundings { out, err, out_is_terminal, err_is_terminal, wants_no_colour } = given;
        let look = |is_terminal: bool| match colour {
            Colour::Always => Look::Coloured,
            Colour::Auto if is_terminal && !wants_no_colour => Look::Coloured,
            Colour::Auto | Colour::Never => Look::Plain,
        };
        Output {
            out,
            err,
            look: look(out_is_terminal),
            notice_look: look(err_is_terminal),
            is_closed: false,
            failed: None,
        }
    }

    /// Prints a piece of the result, as it is.
    pub(crate) fn result(&mut self, text: &str) {
        if !self.is_closed {
            let written = self.out.write_all(text.as_bytes());
            self.heed(written);
        }
    }

    /// Prints something else than a result, as it is, behind the results before it.
    pub(crate) fn aside(&mut self, text: &str) {
        self.flush();
        // There is nobody left to tell that this fails.
        let _ = self.err.write_all(text.as_bytes());
    }

    /// Tells something in a line of its own. It may quote whatever was found.
    pub(crate) fn tell(&mut self, notice: Notice, what: &str) {
        let (name, colour) = match notice {
            Notice::Error => ("error", "\x1b[1m\x1b[91m"),
            Notice::Note => ("note", "\x1b[1m\x1b[92m"),
            Notice::Hint => ("hint", "\x1b[1m\x1b[96m"),
        };
        let what = render::clean(what);
        self.aside(&match self.notice_look {
            Look::Plain => format!("{name}: {what}\n"),
            Look::Coloured => format!("{colour}{name}\x1b[0m: {what}\n"),
        });
    }

    /// Brings out what is still on its way, and says how the program ends.
    pub(crate) fn end(mut self, exit: Exit) -> Exit {
        self.flush();
        let Some(error) = self.failed.take() else { return exit };
        self.tell(Notice::Error, &format!("the result cannot be written: {error}"));
        Exit::Usage
    }

    fn flush(&mut self) {
        if !self.is_closed {
            let written = self.out.flush();
            self.heed(written);
        }
    }

    fn heed(&mut self, written: std::io::Result<()>) {
        if let Err(error) = written {
            self.is_closed = true;
            // `foldline … | head` has all that it wanted.
            self.failed = Some(error).filter(|it| it.kind() != ErrorKind::BrokenPipe);
        }
    }
}

#[cfg(test)]
mod tests;
