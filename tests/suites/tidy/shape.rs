//! The bounds of files, lines and functions bite one past the bound, and not at it; headers and
//! module files are held.

use foldline_tests::tidy::shape::{headers, lengths, module_files};
use foldline_tests::tidy::tree::Tree;

fn lengths_of(text: &str) -> Vec<String> {
    lengths(&Tree::planted(&[("a.rs", text)])).iter().map(ToString::to_string).collect()
}

fn function(lines: usize) -> String {
    format!("//! A file.\nfn long() {{\n{}}}\n", "    work();\n".repeat(lines))
}

#[test]
fn a_file_has_400_lines() {
    assert!(lengths_of(&"//\n".repeat(400)).is_empty());
    assert_eq!(lengths_of(&"//\n".repeat(401)), ["a.rs: 401 lines, at most 400: split it"]);
}

#[test]
fn a_line_has_100_characters() {
    assert!(lengths_of(&"é".repeat(100)).is_empty());
    let long = format!("\n{}", "x".repeat(101));
    assert_eq!(lengths_of(&long), ["a.rs:2: a line of 101 characters, at most 100"]);
}

#[test]
fn a_function_has_60_lines() {
    assert!(lengths_of(&function(60)).is_empty());
    assert_eq!(lengths_of(&function(61)), ["a.rs:2: `long` has 61 lines, at most 60"]);
}

#[test]
fn a_file_opens_with_a_sentence() {
    let bites = |text: &str| !headers(&Tree::planted(&[("a.rs", text)])).is_empty();
    assert!(!bites("//! Decides what\n//! is done.\n"));
    assert!(!bites("//! Decides what is done. And more\n"));
    assert!(bites("fn main() {}\n"));
    assert!(bites("//! Decides what is done\n"), "no full stop");
    assert!(bites("//! Stuff.\n"), "no sentence");
    assert!(bites("\n//! Decides what is done.\n"), "not at the top");
}

#[test]
fn a_module_lives_in_a_file_of_its_name() {
    let bites = |path: &str, text: &str| !module_files(&Tree::planted(&[(path, text)])).is_empty();
    assert!(bites("a/mod.rs", ""));
    assert!(bites("a.rs", "#[path = \"b.rs\"]\nmod c;\n"));
    assert!(!bites("a/model.rs", "// #[path = \"b.rs\"]\nmod c;\n"));
}
