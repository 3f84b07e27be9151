//! What the arguments mean, and that their descriptions hold together.

use clap::CommandFactory;

use super::{Arguments, colour};
use crate::output::Colour;

#[test]
fn the_arguments_hold_together() {
    Arguments::command().debug_assert();
}

#[test]
fn arguments_that_cannot_be_read_say_when_to_use_colours() {
    for (given, expected) in [
        ("foldline dosc --color always", Colour::Always),
        ("foldline dosc --color=never", Colour::Never),
        ("foldline --color", Colour::Auto),
        ("foldline --color=green", Colour::Auto),
        ("foldline --colors always", Colour::Auto),
        ("foldline dosc -- --color always", Colour::Auto),
        ("foldline", Colour::Auto),
    ] {
        let words: Vec<_> = given.split(' ').map(Into::into).collect();
        assert_eq!(colour(&words), expected, "{given}");
    }
}
