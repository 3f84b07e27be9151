//! Where the pieces of a scalar's text stand in the file. Most are taken from it as they are;
//! escapes are other bytes than what they stand for, and folded line breaks have no place.
//!
//! What is found is checked against the text that the reader of YAML made of the same bytes. Where
//! they differ, the text has two readings, and is refused.

mod block;
mod flow;

use super::tree::Style;
use crate::problem::Span;

/// The pieces of a text, in its order; none overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places(Box<[Piece]>);

/// Bytes of the text, and those of the file that they were made of. If they are as many, they
/// are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    text: Span,
    file: Span,
}

impl Places {
    /// The places of a scalar's text, which stands at `span` in the file. None if it is not what
    /// the file says there.
    pub(super) fn new(file: &str, span: Span, style: Style, text: &str) -> Option<Places> {
        if text.trim_matches([' ', '\n']).is_empty() {
            // Which blank is which is of no use to anybody.
            return Some(Places::default());
        }
        let mut pieces = Pieces { text, at: 0, found: Vec::new() };
        let written = span.of(file);
        let from = span.from as usize;
        match style {
            Style::Plain => flow::read(&mut pieces, written, from, style),
            Style::Single | Style::Double => {
                let inner = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
                flow::read(&mut pieces, inner, from + 1, style)
            }
            Style::Block => block::read(&mut pieces, file, span),
        }?;
        Some(Places(pieces.found.into()))
    }

    /// Where a piece of the text stands in the file; the whole scalar where there are blanks alone.
    pub(super) fn of(&self, piece: Span, whole: Span) -> Span {
        let Some(first) = self.0.first() else { return whole };
        let begins = |at| self.0.partition_point(|piece| piece.text.from <= at);
        let from = self.before(begins(piece.from)).unwrap_or(first).begin(piece.from);
        if piece.to <= piece.from {
            return Span { from, to: from };
        }
        let ends = self.0.partition_point(|it| it.text.from < piece.to);
        let to = self.before(ends).unwrap_or(first).end(piece.to);
        Span { from, to: to.max(from) }
    }

    fn before(&self, index: usize) -> Option<&Piece> {
        self.0.get(index.checked_sub(1)?)
    }
}

impl Piece {
    fn is_copied(&self) -> bool {
        self.text.len() == self.file.len()
    }

    fn begin(&self, at: u32) -> u32 {
        match at.saturating_sub(self.text.from) {
            _ if at >= self.text.to => self.file.to,
            into if self.is_copied() => self.file.from + into,
            _ => self.file.from,
        }
    }

    fn end(&self, at: u32) -> u32 {
        match at.saturating_sub(self.text.from) {
            // A line break that was folded stands before the first piece.
            0 => self.file.from,
            into if self.is_copied() && at < self.text.to => self.file.from + into,
            _ => self.file.to,
        }
    }
}

/// The pieces as they are found, and how far into the text they reach.
struct Pieces<'t> {
    text: &'t str,
    at: usize,
    found: Vec<Piece>,
}

impl Pieces<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// These bytes of the file are the next of the text; false if they are not.
    fn copied(&mut self, written: &str, from: usize) -> bool {
        let right = self.rest().starts_with(written);
        if right {
            self.push(written.len(), from, written.len());
        }
        right
    }

    /// So many bytes of the file stand for the next character of the text; false if none is left.
    fn escaped(&mut self, from: usize, len: usize) -> bool {
        let next = self.rest().chars().next();
        if let Some(next) = next {
            self.push(next.len_utf8(), from, len);
        }
        next.is_some()
    }

    /// The next of the text is this, and has no place; false if it is not.
    fn folded(&mut self, made: char) -> bool {
        let right = self.rest().starts_with(made);
        self.at += usize::from(right);
        right
    }

    fn push(&mut self, text: usize, from: usize, file: usize) {
        let piece =
            Piece { text: Span::new(self.at, self.at + text), file: Span::new(from, from + file) };
        self.at += text;
        if let Some(last) = self.found.last_mut()
            && (last.text.to, last.file.to) == (piece.text.from, piece.file.from)
            && last.is_copied()
            && piece.is_copied()
        {
            last.text.to = piece.text.to;
            last.file.to = piece.file.to;
            return;
        }
        self.found.push(piece);
    }
}

#[cfg(test)]
mod tests;
