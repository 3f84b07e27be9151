//! The program `foldline`, but for its first line: which command was asked for, what it prints,
//! and how it ends. What is wanted of it goes to standard output, all else to standard error.
//!
//! [`run()`] takes everything that a process is given, so that nothing here asks for it.

mod arguments;
mod check;
mod docs;
mod exit;
mod limits;
mod output;
mod schema;

use std::ffi::OsString;

use arguments::{Arguments, Command};
pub use exit::Exit;
use output::Output;
pub use output::Surroundings;

/// Does what the arguments say, the first of which is the name of the program.
pub fn run(arguments: impl IntoIterator<Item = OsString>, surroundings: Surroundings<'_>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let read = Arguments::read(&arguments);
    let colour = read.as_ref().map_or_else(|_| arguments::colour(&arguments), |it| it.colour);
    let mut output = Output::new(surroundings, colour);
    let exit = match read {
        Ok(Arguments { command, form, .. }) => match command {
            Command::Check(asked) => check::run(&asked, form, &mut output),
            Command::Schema { of } => schema::run(of, &mut output),
            Command::Docs { code } => docs::run(code.as_deref(), form, &mut output),
        },
        Err(instead) => arguments::tell(&instead, &mut output),
    };
    output.end(exit)
}
