//! Links in pages: each relative one leads to a file or folder that is there, and its anchor to
//! a heading, named as GitHub names headings. Links to other sites are not followed.

use std::collections::BTreeMap;

use super::Problem;
use super::tree::{self, Tree};

/// A link of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its line, from 1.
    pub line: usize,
    /// Where it leads, as written.
    pub target: String,
}

/// Every relative link that leads nowhere.
pub fn broken_links(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.files("md") {
        for link in links(text) {
            if let Some(what) = broken(tree, path, &link.target) {
                problems.push(Problem::at(path, link.line, what));
            }
        }
    }
    problems
}

/// The file or folder that a relative link of a page leads to; none for other sites, and for
/// what lies outside the repository.
pub fn file_of(page: &str, target: &str) -> Option<String> {
    if is_elsewhere(target) {
        return None;
    }
    let file = target.split('#').next().unwrap_or_default();
    if file.is_empty() {
        return Some(page.to_owned());
    }
    tree::resolve(tree::folder(page), file).filter(|_| !file.starts_with('/'))
}

fn broken(tree: &Tree, page: &str, target: &str) -> Option<String> {
    if is_elsewhere(target) {
        return None;
    }
    let Some(file) = file_of(page, target).filter(|file| tree.holds(file)) else {
        return Some(format!("the link `{target}` leads nowhere"));
    };
    let (_, anchor) = target.split_once('#')?;
    let text = tree.text(&file).filter(|_| is_page(&file))?;
    let missing = !anchors(text).iter().any(|known| known == anchor);
    missing.then(|| format!("`{file}` has no heading `#{anchor}`"))
}

fn is_page(path: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|extension| extension == "md")
}

fn is_elsewhere(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.chars().all(|next| next.is_ascii_alphanumeric()))
}

/// The links of a page, outside code.
pub fn links(text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    for (line, prose) in prose_lines(text) {
        let inline = prose.match_indices("](").filter_map(|(at, open)| {
            let rest = prose.get(at + open.len()..)?;
            rest.find(')').and_then(|end| rest.get(..end))
        });
        let defined = prose.trim_start().strip_prefix('[').and_then(|rest| {
            let (_, target) = rest.split_once("]:")?;
            Some(target)
        });
        for target in inline.chain(defined) {
            let target = target.split_whitespace().next().unwrap_or_default();
            let target = target.trim_start_matches('<').trim_end_matches('>').to_owned();
            found.push(Link { line, target });
        }
    }
    found
}

/// The anchors of a page: one for each heading.
pub fn anchors(text: &str) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (_, heading) in headings(text) {
        let name = anchor(heading);
        let times = seen.entry(name.clone()).or_default();
        found.push(if *times == 0 { name } else { format!("{name}-{times}") });
        *times += 1;
    }
    found
}

/// The headings of a page with their lines, outside fenced code.
pub fn headings(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in unfenced(text) {
        let title = line.trim_start_matches('#');
        if (1..=6).contains(&(line.len() - title.len())) && title.starts_with(' ') {
            found.push((number, title.trim()));
        }
    }
    found
}

/// A heading's anchor: lower case, blanks to dashes, without punctuation.
fn anchor(heading: &str) -> String {
    let mut name = String::new();
    let mut address = false;
    for next in heading.to_lowercase().chars() {
        match next {
            '(' if name.ends_with(']') => address = true,
            ')' if address => address = false,
            _ if address => {}
            ' ' => name.push('-'),
            ']' => name.push(']'),
            next if next.is_alphanumeric() || next == '-' || next == '_' => name.push(next),
            _ => {}
        }
    }
    name.replace(']', "")
}

/// The lines of a page without its code, with their numbers.
fn prose_lines(text: &str) -> Vec<(usize, String)> {
    let lines = unfenced(text).into_iter();
    lines.map(|(number, line)| (number, without_code(line))).collect()
}

/// A line without what stands between backticks.
fn without_code(line: &str) -> String {
    let parts = line.split('`').enumerate();
    parts.filter(|(index, _)| index % 2 == 0).map(|(_, part)| part).collect()
}

/// The lines of a page outside fenced code.
fn unfenced(text: &str) -> Vec<(usize, &str)> {
    let mut fence: Option<&str> = None;
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mark = ["```", "~~~"].into_iter().find(|mark| line.trim_start().starts_with(mark));
        match (fence, mark) {
            (None, None) => found.push((number, line)),
            (None, opened) => fence = opened,
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
        }
    }
    found
}
