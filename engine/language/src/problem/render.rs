//! Problems as their readers want them: drawn below the lines that they are in for people, and a
//! line of JSON each for editors and scripts. Both in the order of their places, and both with the
//! lines and columns that [`Source`] counts.
//!
//! A library draws. It is handed no more than the lines that a problem is in, places that are
//! there, and nothing that a terminal obeys: it panics at places that are none, passes on some
//! controls, counts lines otherwise, and knows no bound for a side line along long ones.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use foldline_core::value::canonical;

use super::{Problem, Severity, Source, Span};

/// How problems are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Letters alone.
    Plain,
    /// With the signs that give a terminal its colours.
    Coloured,
}

/// Columns that are drawn: of a longer line the part around the problem.
const COLUMNS_MAX: usize = 120;

/// The problems of a source, drawn for people.
pub fn text(source: &Source<'_>, problems: &[Problem], look: Look) -> String {
    let renderer = match look {
        Look::Plain => Renderer::plain(),
        Look::Coloured => Renderer::styled(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(COLUMNS_MAX);
    let name = clean(source.name);
    let mut out = String::new();
    for problem in by_place(problems) {
        let excerpt = Excerpt::of(source, problem.span);
        let marked = AnnotationKind::Primary.span(excerpt.from..excerpt.to);
        let snippet = Snippet::source(excerpt.text).line_start(excerpt.line).path(name.as_str());
        let level = match problem.code.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(clean(&problem.what)).id(problem.code.name());
        let mut group = title.element(snippet.annotation(marked));
        if let Some(hint) = &problem.hint {
            group = group.element(Level::HELP.with_name("hint").message(clean(hint)));
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&renderer.render(&[group]));
        out.push('\n');
    }
    out
}

/// The problems of a source, an object and a line each. Lines and columns count from 1, columns
/// in characters; the end is the place behind the last character.
pub fn json(source: &Source<'_>, problems: &[Problem]) -> String {
    let mut out = String::new();
    for problem in by_place(problems) {
        let (begin, end) = (source.place(problem.span.from), source.place(problem.span.to));
        out.push_str("{\"code\":");
        canonical::write_text(problem.code.name(), &mut out);
        out.push_str(match problem.code.severity() {
            Severity::Error => ",\"severity\":\"error\"",
            Severity::Warning => ",\"severity\":\"warning\"",
        });
        out.push_str(",\"file\":");
        canonical::write_text(source.name, &mut out);
        let numbers = [
            ("line", begin.line),
            ("column", begin.column),
            ("end_line", end.line),
            ("end_column", end.column),
        ];
        for (name, number) in numbers {
            out.extend([",\"", name, "\":", &number.to_string()]);
        }
        out.push_str(",\"message\":");
        canonical::write_text(&problem.what, &mut out);
        out.push_str(",\"hint\":");
        match &problem.hint {
            Some(hint) => canonical::write_text(hint, &mut out),
            None => out.push_str("null"),
        }
        out.push_str("}\n");
    }
    out
}

fn by_place(problems: &[Problem]) -> Vec<&Problem> {
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|problem| (problem.span, problem.code));
    sorted
}

/// A text without what a terminal would obey: pictures of it stand in its place.
pub fn clean(text: &str) -> String {
    text.chars().map(harmless).collect()
}

fn harmless(c: char) -> char {
    match u32::from(c) {
        low @ ..=0x1f => char::from_u32(0x2400 + low).unwrap_or(char::REPLACEMENT_CHARACTER),
        0x7f => '\u{2421}',
        // The rest of the controls, and what turns the order of the letters around.
        0x80..=0x9f | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069 => {
            char::REPLACEMENT_CHARACTER
        }
        _ => c,
    }
}

/// The lines that a piece of a source is in, and the piece in them.
struct Excerpt {
    text: String,
    /// The number of the first line.
    line: usize,
    from: usize,
    to: usize,
}

impl Excerpt {
    fn of(source: &Source<'_>, span: Span) -> Excerpt {
        let (from, to) = source.piece(span);
        let (first, last) = source.lines(from, to);
        // A side line along lines that are cut off would be as long as they are.
        let is_long = |line| source.line(line).1.len() > COLUMNS_MAX;
        let last = if (first..=last).any(is_long) { first } else { last };
        let mut excerpt = Excerpt { text: String::new(), line: first, from: 0, to: 0 };
        for line in first..=last {
            let (begin, written) = source.line(line);
            // A tab is drawn as the blanks that it is.
            let clean = |part: &str| -> String {
                part.chars().map(|c| if c == '\t' { c } else { harmless(c) }).collect()
            };
            // Where a byte of the source is, once what stands before it in the line is clean.
            let into = |at: usize| {
                let before = written.get(..at.saturating_sub(begin)).unwrap_or(written);
                clean(before).len()
            };
            if line == first {
                excerpt.from = into(from);
            } else {
                excerpt.text.push('\n');
            }
            excerpt.to = excerpt.text.len() + into(to);
            excerpt.text.push_str(&clean(written));
        }
        excerpt
    }
}

#[cfg(test)]
mod tests;
