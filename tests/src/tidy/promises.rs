//! What pages and tables promise, held against what is there: the map of the code against the
//! packages, the named limits against their use, the contracts of ports against the tests that hold
//! them, the README's command against what CI runs.

use std::collections::BTreeSet;

use super::Problem;
use super::links;
use super::packages::Packages;
use super::rust;
use super::tree::Tree;

/// The map of the code.
const MAP: &str = "docs/architecture.md";

/// How the line begins that says what a package never does.
const INVARIANT: &str = "**Invariant:**";

/// Where the ports are, each opening with its contract.
const PORTS: &str = "engine/ports/src/";

/// What CI runs.
const CI: &str = ".ci/run";

/// The README's heading over the test command.
const TESTING: &str = "Tests";

/// Every package without a section on the map that names its folder and holds an invariant.
pub fn invariants(tree: &Tree, packages: &Packages) -> Vec<Problem> {
    let map = tree.text(MAP).unwrap_or_default();
    let mut problems = Vec::new();
    for package in &packages.0 {
        let folder = format!("`{}`", package.folder);
        let section = sections(map).into_iter().find(|(title, _)| title.contains(&folder));
        match section {
            None => problems.push(Problem::of(MAP, format!("no heading names {folder}"))),
            Some((_, body)) if !body.lines().any(|line| line.starts_with(INVARIANT)) => {
                let what = format!("the section of {folder} has no line `{INVARIANT}`");
                problems.push(Problem::of(MAP, what));
            }
            Some(_) => {}
        }
    }
    problems
}

/// Every named limit that no code outside its own file obeys.
pub fn unused_limits(tree: &Tree) -> Vec<Problem> {
    let is_limits = |path: &str| path.ends_with("/limits.rs");
    let others = tree.files("rs").filter(|(path, _)| !is_limits(path));
    let others: Vec<String> = others.map(|(_, text)| rust::code_of(text)).collect();
    let mut problems = Vec::new();
    for (path, text) in tree.files("rs").filter(|(path, _)| is_limits(path)) {
        for (line, name) in rust::constants(&rust::code_of(text)) {
            if !others.iter().any(|code| rust::has_word(code, name)) {
                let what = format!("nothing obeys the limit `{name}`");
                problems.push(Problem::at(path, line, what));
            }
        }
    }
    problems
}

/// That CI begins with the very command that the README tells its reader to test with.
pub fn test_command(tree: &Tree) -> Vec<Problem> {
    let readme = tree.text("README.md").unwrap_or_default();
    let ci = tree.text(CI).unwrap_or_default();
    let sections = sections(readme);
    let testing = sections.iter().find(|(title, _)| *title == TESTING);
    let Some(told) = testing.and_then(|(_, body)| first_command(body)) else {
        let what = format!("no command in a block under the heading `{TESTING}`");
        return vec![Problem::of("README.md", what)];
    };
    let run = ci.lines().find_map(|line| line.strip_prefix("run "));
    if run == Some(told) {
        return Vec::new();
    }
    vec![Problem::of(CI, format!("must run `{told}` first, as the README says, not {run:?}"))]
}

/// Every line of a port's contract that no test holds: each bullet with a MUST names, in
/// brackets, the functions that hold it, and the kit or a suite has them.
pub fn unheld_contracts(tree: &Tree) -> Vec<Problem> {
    let tests = tree.files("rs").filter(|(path, _)| path.starts_with("tests/"));
    let functions = tests.flat_map(|(_, text)| rust::functions(&rust::code_of(text)));
    let known: BTreeSet<String> = functions.map(|function| function.name).collect();
    let mut problems = Vec::new();
    for (path, text) in tree.files("rs").filter(|(path, _)| path.starts_with(PORTS)) {
        for (line, bullet) in bullets(text).into_iter().filter(|(_, bullet)| has_must(bullet)) {
            let names = bracketed(&bullet);
            if names.is_empty() {
                problems.push(Problem::at(path, line, "a MUST that names no test"));
            }
            for name in names.into_iter().filter(|name| !known.contains(*name)) {
                problems.push(Problem::at(path, line, format!("no test is called `{name}`")));
            }
        }
    }
    problems
}

fn has_must(bullet: &str) -> bool {
    rust::has_word(bullet, "MUST")
}

/// The bullets of a file's header, each with the line it begins on.
fn bullets(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(text.lines().map_while(|line| line.strip_prefix("//!"))) {
        let more = line.trim();
        if let Some(first) = more.strip_prefix("* ") {
            found.push((number, first.to_owned()));
            open = true;
        } else if let Some((_, bullet)) =
            found.last_mut().filter(|_| open && line.starts_with("   "))
        {
            bullet.push(' ');
            bullet.push_str(more);
        } else {
            open = false;
        }
    }
    found
}

/// The names of functions that stand in brackets: ``(`a_name`)``, ``(`a_name`, `another_one`)``.
fn bracketed(bullet: &str) -> Vec<&str> {
    let opened = bullet.split('(').skip(1).filter_map(|rest| rest.split(')').next());
    let quoted = opened.flat_map(|inside| inside.split('`').skip(1).step_by(2));
    let is_name = |text: &&str| {
        text.contains('_')
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    quoted.filter(is_name).collect()
}

/// The first line of the first fenced block.
fn first_command(body: &str) -> Option<&str> {
    let mut lines = body.lines().skip_while(|line| !line.starts_with("```"));
    lines.next()?;
    lines.next().filter(|line| !line.starts_with("```"))
}

/// A page by its headings: each title with the text below it, up to the next heading.
fn sections(page: &str) -> Vec<(&str, String)> {
    let headings = links::headings(page);
    let ends = headings.iter().skip(1).map(|(line, _)| *line).chain([usize::MAX]);
    let section = |((line, title), end): (&(usize, _), usize)| {
        let body = page.lines().take(end.saturating_sub(1)).skip(*line);
        (*title, body.collect::<Vec<_>>().join("\n"))
    };
    headings.iter().zip(ends).map(section).collect()
}
