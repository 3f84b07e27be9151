//! What pages and tables promise, held against what is there: the map of the code against the
//! packages, the named limits against their use, the README's command against what CI runs, the
//! simulation's page against its faults.

use super::Problem;
use super::links;
use super::packages::Packages;
use super::rust;
use super::tree::Tree;

/// The map of the code.
const MAP: &str = "docs/architecture.md";

/// How the line begins that says what a package never does.
const INVARIANT: &str = "**Invariant:**";

/// What the simulation is told of.
const SIMULATION: &str = "docs/reference/simulation.md";

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

/// Every kind of fault that the simulation's page does not describe in its table, and every row of
/// that table that no fault has.
pub fn faults(tree: &Tree, known: &[&str]) -> Vec<Problem> {
    let page = tree.text(SIMULATION).unwrap_or_default();
    let rows: Vec<(usize, &str)> = (1..).zip(page.lines()).filter_map(fault_of_row).collect();
    let missing = known.iter().filter(|name| !rows.iter().any(|(_, row)| row == *name));
    let missing = missing.map(|name| Problem::of(SIMULATION, format!("no row tells of `{name}`")));
    let strange = rows.iter().filter(|(_, row)| !known.contains(row));
    let strange = strange.map(|(line, row)| {
        Problem::at(SIMULATION, *line, format!("the simulation knows no fault `{row}`"))
    });
    missing.chain(strange).collect()
}

/// The name in a row that begins with one: ``| `name` | what happens |``.
fn fault_of_row((line, text): (usize, &str)) -> Option<(usize, &str)> {
    let (name, _) = text.strip_prefix("| `")?.split_once('`')?;
    Some((line, name))
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
