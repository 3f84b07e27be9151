//! Patterns: what `matches` looks for in a text. They run in time linear in the text, and what
//! that costs is known before.

use regex_lite::{Regex, RegexBuilder};

use super::limits;

/// A pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    regex: Regex,
    /// How many places of the pattern a character may be compared with, roughly, and at most.
    places: usize,
}

/// Bytes of memory that a place takes, at least.
const PLACE: usize = 32;

/// Places that cost as much to look at as one expression to run.
const PLACES_PER_STEP: usize = 16;

impl Pattern {
    /// Reads it, or says what is wrong with it.
    pub(super) fn read(written: &str) -> Result<Pattern, String> {
        if written.len() > limits::PATTERN_BYTES_MAX {
            return Err(format!("a pattern has at most {} bytes", limits::PATTERN_BYTES_MAX));
        }
        // How much a pattern is made of is not told, only whether it fits.
        let mut size = PLACE;
        loop {
            match RegexBuilder::new(written).size_limit(size).build() {
                Ok(regex) => return Ok(Pattern { regex, places: size / PLACE }),
                Err(error) if size >= limits::PATTERN_SIZE_MAX => return Err(error.to_string()),
                Err(_) => size *= 2,
            }
        }
    }

    /// Whether it is found in a text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// How many steps it takes to look for it in a text.
    pub(super) fn steps(&self, text: &str) -> usize {
        text.len().saturating_mul(self.places) / PLACES_PER_STEP
    }
}
