//! No dead file: every Rust file is reached through `mod` declarations from the root of a target,
//! and every page is reached through links from the README.

use std::collections::BTreeSet;

use super::Problem;
use super::packages::Packages;
use super::tree::{self, Tree};
use super::{links, rust};

/// Every Rust file that no target reaches, and every declared module that has no file.
pub fn dead_files(tree: &Tree, packages: &Packages) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut reached = BTreeSet::new();
    for root in packages.roots() {
        let mut waiting = vec![(root.to_owned(), tree::folder(root).to_owned())];
        while let Some((path, base)) = waiting.pop() {
            let Some(text) = tree.text(&path) else {
                problems.push(Problem::of(&path, "is declared as a module, and is not there"));
                continue;
            };
            for names in rust::modules(&rust::code_of(text)) {
                let place = format!("{base}/{}", names.join("/"));
                waiting.push((format!("{place}.rs"), place));
            }
            reached.insert(path);
        }
    }
    for (path, _) in tree.files("rs") {
        if !reached.contains(path) {
            problems.push(Problem::of(path, "no target reaches it: declare it or delete it"));
        }
    }
    problems
}

/// Every page that cannot be reached from the README, link by link.
pub fn lost_pages(tree: &Tree) -> Vec<Problem> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec!["README.md".to_owned()];
    while let Some(path) = waiting.pop() {
        let Some(text) = tree.text(&path) else { continue };
        if reached.contains(&path) {
            continue;
        }
        for link in links::links(text) {
            waiting.extend(links::file_of(&path, &link.target));
        }
        reached.insert(path);
    }
    let lost = tree.files("md").filter(|(path, _)| !reached.contains(*path));
    lost.map(|(path, _)| Problem::of(path, "no link leads to it from README.md")).collect()
}
