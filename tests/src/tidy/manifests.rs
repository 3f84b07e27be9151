//! Dependencies are few, and each says why it is there: one line of comment above it in the
//! table of the workspace, which is the only place that names versions.

use std::collections::BTreeSet;

use super::Problem;
use super::packages::Packages;
use super::rust;
use super::tree::Tree;

/// The table that names what the workspace depends on.
const SHARED: &str = "[workspace.dependencies]";

/// Every foreign crate in the table of the workspace without a reason of its own above it, and
/// every one that no package uses.
pub fn reasons(tree: &Tree, packages: &Packages) -> Vec<Problem> {
    let mut problems = Vec::new();
    let used: BTreeSet<&str> =
        packages.0.iter().flat_map(|package| package.needs.iter().map(String::as_str)).collect();
    let manifest = tree.text("Cargo.toml").unwrap_or_default();
    let mut above = "";
    for (line, table, text) in lines(manifest) {
        if let Some(name) = entry(table, text).filter(|_| table == SHARED) {
            if !name.starts_with("foldline-") && !above.starts_with('#') {
                let what = format!("`{name}` does not say why it is there, on the line above");
                problems.push(Problem::at("Cargo.toml", line, what));
            }
            if !used.contains(name) {
                let what = format!("no package uses `{name}`");
                problems.push(Problem::at("Cargo.toml", line, what));
            }
        }
        above = text;
    }
    problems
}

/// Every dependency of a package that does not come from the table of the workspace, and every
/// one that none of its files names.
pub fn dependencies(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let manifests = tree.files("toml").filter(|(path, _)| path.ends_with("/Cargo.toml"));
    for (path, manifest) in manifests {
        let folder = path.trim_end_matches("Cargo.toml");
        for (line, table, text) in lines(manifest) {
            let Some(name) = entry(table, text) else { continue };
            if !text.contains("workspace = true") {
                let what = format!("`{name}` must come from {SHARED} (`workspace = true`)");
                problems.push(Problem::at(path, line, what));
            }
            if !is_named(tree, folder, name) {
                let what = format!("no file of the package names `{name}`");
                problems.push(Problem::at(path, line, what));
            }
        }
    }
    problems
}

fn is_named(tree: &Tree, folder: &str, name: &str) -> bool {
    let identifier = name.replace('-', "_");
    let mut ours = tree.files("rs").filter(|(path, _)| path.starts_with(folder));
    ours.any(|(_, text)| rust::has_word(&rust::code_of(text), &identifier))
}

/// The crate that a line of a dependency table names.
fn entry<'m>(table: &str, line: &'m str) -> Option<&'m str> {
    let (name, _) = line.split_once('=').filter(|_| table.ends_with("dependencies]"))?;
    let name = name.trim().trim_end_matches(".workspace");
    (!name.starts_with('#')).then_some(name)
}

/// The lines of a manifest, with their numbers and the table that they stand in.
fn lines(manifest: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    let mut table = "";
    (1..).zip(manifest.lines()).map(move |(number, line)| {
        if line.starts_with('[') {
            table = line.trim();
        }
        (number, table, line)
    })
}
