//! The house is kept: every rule of [`foldline_tests::tidy`] over this repository, and, in the
//! modules below, each rule over planted examples that it must bite on and ones that it must not.

use foldline_tests::tidy::packages::Packages;
use foldline_tests::tidy::tree::{self, Tree};
use foldline_tests::tidy::{
    Problem, leftovers, links, manifests, modules, packages, promises, shape,
};
use foldline_tests::world::faults::Kind;

mod tidy {
    //! Planted examples, by rule.

    mod leftovers;
    mod links;
    mod manifests;
    mod modules;
    mod packages;
    mod promises;
    mod rust;
    mod shape;
}

fn tree() -> Tree {
    Tree::of_repository().expect("the repository can be read")
}

fn packages() -> Packages {
    Packages::of_repository().expect("cargo tells its packages")
}

#[track_caller]
fn check(problems: &[Problem]) {
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{} problems:\n  {}", told.len(), told.join("\n  "));
}

#[test]
fn files_lines_and_functions_are_short() {
    check(&shape::lengths(&tree()));
}

#[test]
fn every_file_opens_with_its_point() {
    check(&shape::headers(&tree()));
}

#[test]
fn modules_live_where_their_name_says() {
    check(&shape::module_files(&tree()));
}

#[test]
fn nothing_is_left_over() {
    check(&leftovers::leftovers(&tree()));
}

#[test]
fn no_file_is_dead() {
    check(&modules::dead_files(&tree(), &packages()));
}

#[test]
fn every_page_is_reached_from_the_readme() {
    check(&modules::lost_pages(&tree()));
}

#[test]
fn no_link_is_broken() {
    check(&links::broken_links(&tree()));
}

#[test]
fn packages_are_ours_and_licensed() {
    check(&packages::strangers(&packages()));
}

#[test]
fn packages_know_only_what_is_below_them() {
    check(&packages::directions(&packages()));
}

#[test]
fn what_decides_is_pure() {
    check(&packages::impurities(&packages()));
}

#[test]
fn every_dependency_says_why() {
    check(&manifests::reasons(&tree(), &packages()));
}

#[test]
fn every_dependency_is_shared_and_used() {
    check(&manifests::dependencies(&tree()));
}

#[test]
fn every_package_has_its_invariant() {
    check(&promises::invariants(&tree(), &packages()));
}

#[test]
fn every_limit_is_obeyed() {
    check(&promises::unused_limits(&tree()));
}

#[test]
fn every_fault_is_described() {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    check(&promises::faults(&tree(), &names));
}

#[test]
fn ci_runs_the_command_of_the_readme() {
    check(&promises::test_command(&tree()));
}

#[test]
fn the_repository_is_read() {
    let here = tree();
    assert!(here.text("tests/suites/tidy.rs").is_some());
    assert!(here.text(".ci/run").is_some(), "programs without an extension are text too");
    assert!(here.files("rs").count() > 10 && packages().0.len() >= 4);
    assert!(!here.holds("target"), "output is not source");
    assert!(tree::root().join("Cargo.lock").exists());
}
