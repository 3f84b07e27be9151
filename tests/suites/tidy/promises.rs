//! A package without an invariant, a limit that nothing obeys, and a README that tells another
//! command than CI runs are found.

use std::path::Path;

use serde_json::json;

use foldline_tests::tidy::packages::Packages;
use foldline_tests::tidy::promises::{faults, invariants, test_command, unused_limits};
use foldline_tests::tidy::tree::Tree;

fn invariants_of(map: &str) -> usize {
    let metadata = json!({
        "workspace_members": ["a"],
        "packages": [{
            "id": "a", "name": "foldline-core", "manifest_path": "/r/engine/core/Cargo.toml",
        }],
    });
    let packages = Packages::read(&metadata, Path::new("/r"));
    invariants(&Tree::planted(&[("docs/architecture.md", map)]), &packages).len()
}

fn limits_of(user: &str) -> usize {
    let limits = "pub const KEYS_MAX: u8 = 1;\nconst _: () = assert!(KEYS_MAX > 0);\n";
    unused_limits(&Tree::planted(&[("a/limits.rs", limits), ("a/user.rs", user)])).len()
}

fn faults_of(page: &str) -> Vec<String> {
    let tree = Tree::planted(&[("docs/reference/simulation.md", page)]);
    faults(&tree, &["crash", "fork"]).into_iter().map(|problem| problem.what).collect()
}

fn command_of(readme: &str, ci: &str) -> usize {
    test_command(&Tree::planted(&[("README.md", readme), (".ci/run", ci)])).len()
}

#[test]
fn every_package_has_a_section_with_an_invariant() {
    assert_eq!(invariants_of("## `engine/core`\n\nIt decides.\n\n**Invariant:** pure.\n"), 0);
    assert_eq!(invariants_of("## `engine/core`\n\nIt decides.\n\n## Next\n\n**Invariant:** x"), 1);
    assert_eq!(invariants_of("## `engine/ports`\n\n**Invariant:** pure.\n"), 1);
    assert_eq!(invariants_of(""), 1);
}

#[test]
fn a_limit_is_obeyed_outside_its_own_file() {
    assert_eq!(limits_of("if keys > limits::KEYS_MAX {}"), 0);
    assert_eq!(limits_of("/// At most [`limits::KEYS_MAX`].\n"), 1, "a comment obeys nothing");
    assert_eq!(limits_of("KEYS_MAXIMUM"), 1);
}

#[test]
fn every_fault_has_its_row() {
    let none: [&str; 0] = [];
    assert_eq!(faults_of("| `crash` | It dies. |\n| `fork` | Two contents. |\n"), none);
    assert_eq!(faults_of("| `crash` | It dies. |\n"), ["no row tells of `fork`"]);
    let page = "| `crash` | a |\n| `flood` | b |\n| `fork` | c |\n";
    assert_eq!(faults_of(page), ["the simulation knows no fault `flood`"]);
}

#[test]
fn the_readme_and_ci_agree() {
    let readme = "# A\n## Tests\n```sh\ncargo test --locked\n```\n";
    assert_eq!(command_of(readme, "#!/bin/sh\nrun cargo test --locked\nrun cargo fmt\n"), 0);
    assert_eq!(command_of(readme, "run cargo fmt\nrun cargo test --locked\n"), 1, "not first");
    assert_eq!(command_of(readme, "run cargo test\n"), 1);
    assert_eq!(command_of("# A\n", "run cargo test --locked\n"), 1, "nothing told");
}
