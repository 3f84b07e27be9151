//! The shape of a Rust file: how long it, its lines and its functions may be, and that it opens
//! by saying what it is for. A bound is a reason to split by what the parts decide.

use super::Problem;
use super::rust;
use super::tree::Tree;

/// Lines of a file.
const FILE_LINES_MAX: usize = 400;

/// Characters of a line.
const LINE_CHARS_MAX: usize = 100;

/// Lines of a function's body.
const FUNCTION_LINES_MAX: usize = 60;

/// Words of the sentence that a file opens with, at the least.
const HEADER_WORDS_MIN: usize = 3;

/// Every Rust file that is too long, or has a line or a function that is.
pub fn lengths(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.files("rs") {
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            let what = format!("{lines} lines, at most {FILE_LINES_MAX}: split it");
            problems.push(Problem::of(path, what));
        }
        for (number, line) in (1..).zip(text.lines()) {
            let chars = line.chars().count();
            if chars > LINE_CHARS_MAX {
                let what = format!("a line of {chars} characters, at most {LINE_CHARS_MAX}");
                problems.push(Problem::at(path, number, what));
            }
        }
        for function in rust::functions(&rust::code_of(text)) {
            if function.body > FUNCTION_LINES_MAX {
                let (name, body) = (&function.name, function.body);
                let what = format!("`{name}` has {body} lines, at most {FUNCTION_LINES_MAX}");
                problems.push(Problem::at(path, function.line, what));
            }
        }
    }
    problems
}

/// Every Rust file that does not open with at least one sentence of `//!`.
pub fn headers(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.files("rs") {
        let opening = text.lines().map_while(|line| line.strip_prefix("//!"));
        let opening = opening.map(str::trim).collect::<Vec<_>>().join(" ");
        let is_sentence = format!("{opening} ").contains(". ");
        if !is_sentence || opening.split_whitespace().count() < HEADER_WORDS_MIN {
            let what = "does not open with a sentence of `//!` that says what it is for";
            problems.push(Problem::at(path, 1, what));
        }
    }
    problems
}

/// Every `mod.rs`, and every module whose file an attribute names: a module lives in `x.rs`.
pub fn module_files(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, text) in tree.files("rs") {
        if path == "mod.rs" || path.ends_with("/mod.rs") {
            problems.push(Problem::of(path, "name it after its module: `x.rs` beside `x/`"));
        }
        let code = rust::code_of(text);
        for (at, _) in code.match_indices("#[path") {
            let line = rust::line_at(&code, at);
            problems.push(Problem::at(path, line, "a module lives where its name says"));
        }
    }
    problems
}
