//! Block scalars: their lines, less the indentation. Where a line ends, the text has a line break,
//! a blank or nothing, by rules that need not be known here: the text tells.

use super::Pieces;
use crate::problem::Span;

/// Finds the pieces of a block, whose lines begin at or in `span`. None if the text is not what
/// the file says.
pub(super) fn read(pieces: &mut Pieces<'_>, file: &str, span: Span) -> Option<()> {
    let before = file.get(..span.from as usize)?;
    // The place of the block is behind the indentation of its first line.
    let mut from = before.rfind(['\r', '\n']).map_or(0, |at| at + 1);
    let mut rest = file.get(from..span.to as usize)?;
    let indent = match first(rest.split(['\r', '\n'])) {
        Some(written) => written.checked_sub(first(pieces.text.split('\n'))?)?,
        None => 0,
    };
    while !rest.is_empty() {
        let line = rest.get(..rest.find(['\r', '\n']).unwrap_or(rest.len()))?;
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let content = line.get(blanks.min(indent)..)?;
        if !content.is_empty() && !put(pieces, content, from + line.len() - content.len()) {
            return None;
        }
        let next = (line.len() + 1).min(rest.len());
        rest = rest.get(next..)?;
        from += next;
    }
    pieces.rest().chars().all(|left| left == '\n').then_some(())
}

/// The line is the next of the text, behind what the line breaks before it became.
fn put(pieces: &mut Pieces<'_>, content: &str, from: usize) -> bool {
    let at = pieces.at;
    while pieces.folded('\n') {}
    if pieces.at == at && at > 0 {
        pieces.folded(' ');
    }
    if pieces.copied(content, from) {
        return true;
    }
    // Blanks below the last line are no part of it.
    pieces.at = at;
    content.trim_start_matches(' ').is_empty()
}

/// How many blanks the first line begins with that has more than blanks.
fn first<'t>(mut lines: impl Iterator<Item = &'t str>) -> Option<usize> {
    let has_more = |line: &&str| !line.trim_start_matches(' ').is_empty();
    lines.find(has_more).map(|line| line.len() - line.trim_start_matches(' ').len())
}
