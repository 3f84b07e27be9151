//! A page as a terminal shows it: the same letters, its headings and its code in colours. Pages
//! are our own and short, so a reader of all Markdown would be out of place.

const HEADING: &str = "\x1b[1m";
const CODE: &str = "\x1b[36m";
const END: &str = "\x1b[0m";

/// The page with the signs that give a terminal its colours.
pub(super) fn page(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut is_fenced = false;
    for line in text.lines() {
        let is_fence = line.starts_with("```");
        if is_fence || is_fenced {
            out.extend([CODE, line, END]);
        } else if line.starts_with('#') {
            out.extend([HEADING, line, END]);
        } else {
            prose(line, &mut out);
        }
        out.push('\n');
        is_fenced ^= is_fence;
    }
    out
}

/// A line, with what stands between backticks in the colour of code.
fn prose(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some((before, opened)) = rest.split_once('`') {
        let Some((code, after)) = opened.split_once('`') else { break };
        out.extend([before, CODE, "`", code, "`", END]);
        rest = after;
    }
    out.push_str(rest);
}
