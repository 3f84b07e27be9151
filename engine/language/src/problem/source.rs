//! A text with a name: where its lines begin, and so in which line and column a byte stands.

use super::Span;

/// A text that an author wrote, by the name of its file.
#[derive(Clone, Debug)]
pub struct Source<'t> {
    /// What its author calls it.
    pub name: &'t str,
    /// The text itself.
    pub text: &'t str,
    /// Where the lines begin.
    lines: Vec<usize>,
}

/// A place as an editor tells it. Both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl<'t> Source<'t> {
    /// The text of that name. A line ends with a feed, a return, or both in a row.
    pub fn new(name: &'t str, text: &'t str) -> Source<'t> {
        let marked = text.len() - text.trim_start_matches('\u{feff}').len();
        let ends = text.match_indices(['\n', '\r']).map(|(at, _)| at + 1);
        let is_end = |at: &usize| !text.get(at - 1..).is_some_and(|it| it.starts_with("\r\n"));
        // A byte order mark is no part of the line that it stands in.
        let lines = std::iter::once(marked).chain(ends.filter(is_end)).collect();
        Source { name, text, lines }
    }

    /// The line and the column of a byte.
    pub fn place(&self, at: u32) -> Place {
        let at = self.whole(at);
        let (line, _) = self.lines(at, at);
        let begin = self.begin(line);
        // Within the end of a line is behind its last character.
        let before = self.text.get(begin..at).unwrap_or_default().trim_end_matches('\r');
        Place { line, column: before.chars().count() + 1 }
    }

    /// The text of a line, without its end, and the byte that it begins with; empty where there
    /// is no such line.
    pub(super) fn line(&self, line: usize) -> (usize, &'t str) {
        let begin = self.begin(line);
        let rest = self.text.get(begin..).unwrap_or_default();
        (begin, rest.split(['\n', '\r']).next().unwrap_or_default())
    }

    /// The first and the last line that bytes of the text are in.
    pub(super) fn lines(&self, from: usize, to: usize) -> (usize, usize) {
        let line = |at| self.lines.partition_point(|begin| *begin <= at).max(1);
        // The end of a line belongs to it.
        (line(from), line(to.saturating_sub(1).max(from)))
    }

    /// The piece of the text, and no less than whole characters.
    pub(super) fn piece(&self, span: Span) -> (usize, usize) {
        let from = self.whole(span.from);
        (from, self.whole(span.to).max(from))
    }

    fn begin(&self, line: usize) -> usize {
        self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// The beginning of the character that a byte belongs to, or the end of the text.
    fn whole(&self, at: u32) -> usize {
        self.text.floor_char_boundary((at as usize).min(self.text.len()))
    }
}
