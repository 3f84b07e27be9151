//! Plain and quoted scalars: a line break within them is a blank, and several are one less;
//! blanks around it are nobody's. In single quotes `''` is a quote, in double ones `\` escapes.

use super::Pieces;
use crate::yaml::tree::Style;

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Finds the pieces of what stands between the quotes, which begins at `from` in the file. None
/// if the text is not what this file says.
pub(super) fn read(pieces: &mut Pieces<'_>, inner: &str, from: usize, style: Style) -> Option<()> {
    let mut at = 0;
    // Whether the line break that follows is escaped: it is no blank then.
    let mut joined = false;
    while let Some(rest) = inner.get(at..).filter(|rest| !rest.is_empty()) {
        let blanks = rest.len() - rest.trim_start_matches(BLANKS).len();
        let (len, right) = if blanks > 0 {
            let blanks = rest.get(..blanks)?;
            let right = match breaks(blanks) {
                0 => pieces.copied(blanks, from + at),
                1 if !joined => pieces.folded(' '),
                more => (1..more).all(|_| pieces.folded('\n')),
            };
            joined = false;
            (blanks.len(), right)
        } else if style == Style::Double && rest.starts_with('\\') {
            joined = rest.starts_with("\\\n") || rest.starts_with("\\\r");
            let len = if joined { 1 } else { escape(rest) };
            (len, joined || pieces.escaped(from + at, len))
        } else if style == Style::Single && rest.starts_with('\'') {
            (2, pieces.escaped(from + at, 2))
        } else {
            let special = |c| BLANKS.contains(&c) || is_special(c, style);
            let copied = rest.get(..rest.find(special).unwrap_or(rest.len()))?;
            (copied.len(), pieces.copied(copied, from + at))
        };
        if !right || len == 0 {
            return None;
        }
        at += len;
    }
    pieces.rest().is_empty().then_some(())
}

fn is_special(c: char, style: Style) -> bool {
    match style {
        Style::Double => c == '\\',
        Style::Single => c == '\'',
        Style::Plain | Style::Block => false,
    }
}

/// How many line breaks there are; a pair of return and feed is one.
fn breaks(blanks: &str) -> usize {
    let feeds = blanks.matches(['\r', '\n']).count();
    feeds - blanks.matches("\r\n").count()
}

/// How many bytes the escape takes that a text begins with. A pair of surrogates is one.
fn escape(text: &str) -> usize {
    let number = |from| text.get(from..from + 4).and_then(|it| u32::from_str_radix(it, 16).ok());
    let mut letters = text.chars().skip(1);
    match letters.next() {
        Some('x') => 4,
        Some('u') => match number(2) {
            Some(0xd800..=0xdbff) => 12,
            _ => 6,
        },
        Some('U') => 10,
        Some(letter) => 1 + letter.len_utf8(),
        None => 1,
    }
}
