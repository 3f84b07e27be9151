//! `foldline schema`: what files may hold, in JSON Schema, for editors that complete and check as
//! one types.

use clap::ValueEnum;
use foldline_language::{module, source};

use crate::Exit;
use crate::output::Output;

/// What there is a schema of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Of {
    /// A module: a `projection.yaml`.
    Module,
    /// A source: how the records of a feed become events.
    Source,
}

/// Prints a schema, or all of them, an object a line.
pub(crate) fn run(of: Option<Of>, output: &mut Output<'_>) -> Exit {
    for known in Of::value_variants() {
        if of.is_none_or(|of| of == *known) {
            output.result(&match known {
                Of::Module => module::schema(),
                Of::Source => source::schema(),
            });
            output.result("\n");
        }
    }
    Exit::Done
}
