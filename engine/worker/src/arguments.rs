//! What can be asked of the program, and the texts that explain it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use foldline_language::problem::render::Look;

use crate::Exit;
use crate::output::{Colour, Form, Output};
use crate::schema::Of;

/// Folds a change feed of events into read models, and keeps them right.
#[derive(Debug, Parser)]
#[command(name = "foldline", version, arg_required_else_help = true, after_help = EXITS)]
pub(crate) struct Arguments {
    /// Print results as text, or as json: an object a line
    #[arg(long = "output", value_name = "FORM", global = true, value_enum, default_value_t)]
    #[arg(
        hide_possible_values = true,
        help = "Print results as text, or as json: an object a line"
    )]
    pub(crate) form: Form,
    /// Use colours: auto (on a terminal), always or never
    #[arg(long = "color", value_name = "WHEN", global = true, value_enum, default_value_t)]
    #[arg(
        hide_possible_values = true,
        help = "Use colours: auto (on a terminal), always or never"
    )]
    pub(crate) colour: Colour,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check modules and sources, and show all that is wrong with them
    Check(Check),
    /// Print the JSON schema of modules and sources, for editors
    #[command(after_help = "Without --of all of them are printed, a line each.")]
    Schema {
        /// Of what: module or source
        #[arg(long, value_name = "WHAT", value_enum, hide_possible_values = true)]
        of: Option<Of>,
    },
    /// Say what a problem's code means, and what to do about it
    #[command(after_help = "Without a code all of them are listed.")]
    Docs {
        /// The code, as `foldline check` prints it: F0105; 0105 or f0105 will do
        code: Option<String>,
    },
}

/// What is to be checked.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files, and folders that are searched for *.yaml and *.yml [default: projections]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Count warnings as problems: end with 1 where there are any
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

/// What the number says that the program ends with.
const EXITS: &str = "\
Results go to standard output, everything else to standard error.
Exit codes: 0 done, 1 the answer is no (problems found), 2 it cannot be done as it was asked (an
unknown option, a file that cannot be read).";

impl Arguments {
    /// From what was given, or what is to be told instead.
    pub(crate) fn read(given: &[OsString]) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(given)
    }
}

/// When to use colours, as far as arguments tell that cannot be read.
pub(crate) fn colour(given: &[OsString]) -> Colour {
    const NAME: &str = "--color";
    let words = given.iter().map(|it| it.to_str().unwrap_or_default()).take_while(|it| *it != "--");
    let mut words = words.skip_while(|word| !word.starts_with(NAME));
    let value = match words.next().and_then(|word| word.strip_prefix(NAME)) {
        Some("") => words.next(),
        Some(rest) => rest.strip_prefix('='),
        None => None,
    };
    value.and_then(|value| Colour::from_str(value, false).ok()).unwrap_or_default()
}

/// Tells what is to be told instead of doing anything: the help that was asked for, or what is
/// wrong with the arguments.
pub(crate) fn tell(instead: &clap::Error, output: &mut Output<'_>) -> Exit {
    let text = |look| match look {
        Look::Plain => instead.render().to_string(),
        Look::Coloured => instead.render().ansi().to_string(),
    };
    if matches!(instead.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        output.result(&text(output.look));
        return Exit::Done;
    }
    output.aside(&text(output.notice_look));
    Exit::Usage
}

#[cfg(test)]
mod tests;
