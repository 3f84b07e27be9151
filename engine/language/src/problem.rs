//! What is wrong with a text that an author wrote: where, what, why, and what to do next. All
//! that is found is told, in the order of the text; nobody stops at the first. [`render`] shows it
//! to people and to programs, in the lines and columns of its [`Source`].

mod code;
mod nearest;
pub mod render;
mod source;

pub use code::{Code, Severity};
pub use nearest::nearest;
pub use source::{Place, Source};

/// A piece of a text: its bytes `from..to`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub from: u32,
    /// The byte after the last.
    pub to: u32,
}

impl Span {
    /// The bytes `from..to`; a text longer than 4 GiB was refused before.
    pub fn new(from: usize, to: usize) -> Span {
        let place = |at| u32::try_from(at).unwrap_or(u32::MAX);
        Span { from: place(from), to: place(to) }
    }

    /// From the beginning of this one to the end of the other.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { from: self.from, to: other.to.max(self.from) }
    }

    /// How many bytes it has.
    pub fn len(self) -> u32 {
        self.to.saturating_sub(self.from)
    }

    /// Whether it has none: it is a place between two bytes then.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The piece of the text; empty where the text is another one.
    pub fn of(self, text: &str) -> &str {
        text.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which kind of problem: each has a page of its own.
    pub code: Code,
    /// Where it is seen.
    pub span: Span,
    /// What is wrong, in one sentence without a stop.
    pub what: String,
    /// What to write instead, or where to look.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem without a hint.
    pub fn new(code: Code, span: Span, what: impl Into<String>) -> Problem {
        Problem { code, span, what: what.into(), hint: None }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with what to do about it where that is known.
    #[must_use]
    pub fn hinted(self, hint: Option<&str>) -> Problem {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// The same, seen at another place: that of its expression in a file.
    #[must_use]
    pub fn placed(self, place: impl FnOnce(Span) -> Span) -> Problem {
        Problem { span: place(self.span), ..self }
    }
}
