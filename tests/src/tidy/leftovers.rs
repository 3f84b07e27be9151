//! What is meant to be gone before a change is done: notes to oneself, debugging, tests that are
//! switched off without a word, paths of somebody's machine.

use super::Problem;
use super::rust;
use super::tree::Tree;

/// Words that mark unfinished work. Put together here, so that this file does not bite itself.
const WORDS: [&str; 3] = [concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X")];

/// Macros that mark unfinished work.
const MACROS: [&str; 3] =
    [concat!("todo", "!"), concat!("unimplemented", "!"), concat!("dbg", "!")];

/// A test that is switched off, without a reason.
const IGNORED: &str = concat!("#[ignore", "]");

/// Folders that only somebody's machine has.
const MACHINE: [&str; 6] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("/tm", "p/"),
    concat!("/wo", "rk/"),
    concat!("C:", "\\"),
];

/// Every left-over in a text file.
pub fn leftovers(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.all() {
        for (number, line) in (1..).zip(text.lines()) {
            problems.extend(found(line).map(|what| {
                let what = format!("`{what}` is left over");
                Problem::at(path, number, what)
            }));
        }
    }
    problems
}

fn found(line: &str) -> impl Iterator<Item = &'static str> {
    let words = WORDS.into_iter().filter(|word| rust::has_word(line, word));
    let macros = MACROS.into_iter().filter(|name| begins(line, name));
    let ignored = [IGNORED].into_iter().filter(|ignored| line.contains(ignored));
    let machine = MACHINE.into_iter().filter(|folder| begins(line, folder));
    words.chain(macros).chain(ignored).chain(machine)
}

/// Whether `what` stands in the line and is not the tail of a longer word or path.
fn begins(line: &str, what: &str) -> bool {
    line.match_indices(what).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|next| next.is_alphanumeric() || "_-./}".contains(next))
    })
}
