//! The file that a program was written in: what goes wrong is told where its author wrote it.

use foldline_core::fault::Fault;

use crate::expression::Wrong;
use crate::problem::{Source, Span};

/// A file, by its name.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) name: Box<str>,
    pub(super) text: Box<str>,
}

/// Characters of an expression that a fault quotes.
const QUOTED_CHARACTERS_MAX: usize = 60;

impl File {
    /// What went wrong, where, in which expression.
    pub(super) fn fault(&self, wrong: &Wrong) -> Fault {
        self.tell(wrong.code(), wrong.span(), wrong.message())
    }

    /// The same for what is no expression.
    pub(super) fn tell(&self, code: &str, span: Span, what: &str) -> Fault {
        let place = Source::new(&self.name, &self.text).place(span.from);
        let written = span.of(&self.text);
        let line = written.lines().next().unwrap_or_default().trim_end();
        let mut quoted: String = line.chars().take(QUOTED_CHARACTERS_MAX).collect();
        if quoted.len() < written.trim_end().len() {
            quoted.push('…');
        }
        let (line, column) = (place.line, place.column);
        Fault::new(code, format!("{}:{line}:{column}: `{quoted}`: {what}", self.name))
    }
}
