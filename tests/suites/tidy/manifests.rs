//! A dependency without a reason, without a use, or with a version of its own is found.

use std::path::Path;

use serde_json::json;

use foldline_tests::tidy::manifests::{dependencies, reasons};
use foldline_tests::tidy::packages::Packages;
use foldline_tests::tidy::tree::Tree;

fn reasons_of(manifest: &str) -> Vec<String> {
    let metadata = json!({
        "workspace_members": ["a"],
        "packages": [{
            "id": "a", "name": "foldline-core", "manifest_path": "/r/a/Cargo.toml",
            "dependencies": [{ "name": "serde" }, { "name": "memchr" }],
        }],
    });
    let packages = Packages::read(&metadata, Path::new("/r"));
    let tree = Tree::planted(&[("Cargo.toml", manifest)]);
    reasons(&tree, &packages).iter().map(ToString::to_string).collect()
}

fn dependencies_of(manifest: &str, code: &str) -> Vec<String> {
    let tree = Tree::planted(&[("a/Cargo.toml", manifest), ("a/src/lib.rs", code)]);
    dependencies(&tree).iter().map(ToString::to_string).collect()
}

#[test]
fn every_entry_has_a_reason_above_it() {
    let none: [&str; 0] = [];
    let good = "[workspace.dependencies]\n# Reads.\nserde = \"1\"\n# Finds.\nmemchr = \"2\"\n";
    assert_eq!(reasons_of(good), none);
    assert_eq!(reasons_of("[profile.dev]\ndebug = 0\n"), none);
    let bad = "[workspace.dependencies]\n# Reads.\nserde = \"1\"\nmemchr = \"2\"\n";
    let expected = ["Cargo.toml:4: `memchr` does not say why it is there, on the line above"];
    assert_eq!(reasons_of(bad), expected);
}

#[test]
fn every_entry_is_used() {
    let unused = "[workspace.dependencies]\n# Draws.\nrand = \"1\"\n";
    assert_eq!(reasons_of(unused), ["Cargo.toml:3: no package uses `rand`"]);
}

#[test]
fn versions_stand_in_one_place() {
    let none: [&str; 0] = [];
    let good = "[dependencies]\nserde.workspace = true\n[lints]\nworkspace = true\n";
    assert_eq!(dependencies_of(good, "use serde::Serialize;"), none);
    let bad = dependencies_of("[dev-dependencies]\nserde = \"1\"\n", "use serde::Serialize;");
    assert_eq!(bad.len(), 1, "{bad:?}");
}

#[test]
fn a_dependency_that_no_file_names_is_told() {
    let manifest = "[dependencies]\nserde-more.workspace = true\n";
    assert!(dependencies_of(manifest, "serde_more::read();").is_empty());
    let expected = ["a/Cargo.toml:2: no file of the package names `serde-more`"];
    assert_eq!(dependencies_of(manifest, "// serde_more"), expected);
}
