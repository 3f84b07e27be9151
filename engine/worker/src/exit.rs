//! How the program ends, as scripts see it. A number means the same for every command; what is
//! not here is a bug in the program: a panic ends it with 101.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Done,
    /// It did, and the answer is no: problems were found.
    No,
    /// What was asked cannot be done as it was asked: an unknown option, a file that is not there.
    Usage,
}

impl Exit {
    /// The number of it.
    pub fn number(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Usage => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.number())
    }
}
