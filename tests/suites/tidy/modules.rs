//! A file that no target reaches is found, and so is a page that no link leads to.

use std::path::Path;

use foldline_tests::tidy::modules::{dead_files, lost_pages};
use foldline_tests::tidy::packages::Packages;
use foldline_tests::tidy::tree::Tree;

fn dead(files: &[(&str, &str)]) -> Vec<String> {
    let metadata = serde_json::json!({
        "workspace_members": ["a"],
        "packages": [{
            "id": "a", "name": "foldline-core", "manifest_path": "/r/a/Cargo.toml",
            "targets": [{ "src_path": "/r/a/src/lib.rs" }, { "src_path": "/r/a/suites/s.rs" }],
        }],
    });
    let packages = Packages::read(&metadata, Path::new("/r"));
    dead_files(&Tree::planted(files), &packages).into_iter().map(|problem| problem.path).collect()
}

#[test]
fn files_are_reached_through_modules() {
    let none: [&str; 0] = [];
    let files = [
        ("a/src/lib.rs", "pub mod b;\nmod inline { mod d; }\n"),
        ("a/src/b.rs", "mod c;"),
        ("a/src/b/c.rs", ""),
        ("a/src/inline/d.rs", ""),
        ("a/suites/s.rs", "mod s { mod part; }"),
        ("a/suites/s/part.rs", ""),
    ];
    assert_eq!(dead(&files), none);
}

#[test]
fn a_file_that_nothing_declares_is_dead() {
    let files = [("a/src/lib.rs", "// mod b;"), ("a/suites/s.rs", ""), ("a/src/b.rs", "")];
    assert_eq!(dead(&files), ["a/src/b.rs"]);
}

#[test]
fn a_module_without_a_file_is_told() {
    let files = [("a/src/lib.rs", "mod b;"), ("a/suites/s.rs", "")];
    assert_eq!(dead(&files), ["a/src/b.rs"]);
}

#[test]
fn a_page_that_no_link_leads_to_is_lost() {
    let lost = lost_pages(&Tree::planted(&[
        ("README.md", "[map](docs/map.md#x), [elsewhere](https://example.org/docs/lost.md)"),
        ("docs/map.md", "[back](../README.md), [on](./on.md)"),
        ("docs/on.md", ""),
        ("docs/lost.md", "[map](map.md)"),
    ]));
    let paths: Vec<_> = lost.into_iter().map(|problem| problem.path).collect();
    assert_eq!(paths, ["docs/lost.md"]);
}
