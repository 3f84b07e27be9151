//! The program `foldline`: hands over what it was started with, and ends as it is told.

use std::io::{BufWriter, IsTerminal, stderr, stdout};
use std::process::ExitCode;

use foldline_worker::{Surroundings, run};

fn main() -> ExitCode {
    let mut out = BufWriter::new(stdout().lock());
    let mut err = stderr().lock();
    let surroundings = Surroundings {
        out_is_terminal: out.get_ref().is_terminal(),
        err_is_terminal: err.is_terminal(),
        out: &mut out,
        err: &mut err,
        wants_no_colour: Surroundings::wants_no_colour(|name| std::env::var_os(name)),
    };
    run(std::env::args_os(), surroundings).into()
}
