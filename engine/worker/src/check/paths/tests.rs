//! What no folder may cost.

use std::path::Path;

use super::{Search, is_meant};
use crate::limits::{ENTRIES_MAX, FOLDERS_MAX};

#[test]
fn no_more_is_looked_at_than_is_allowed() {
    let here = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    for left in 0..4 {
        let mut search = Search { left, ..Search::new() };
        assert!(search.place(here).is_settled);
        let expected = format!("more than {ENTRIES_MAX} files and folders to look at");
        let told = search.errors.join("\n");
        assert!(search.errors.len() == 1 && told.ends_with(&expected), "{told}");
    }
    let mut search = Search::new();
    assert!(!search.place(here).is_settled && search.errors.is_empty());
}

#[test]
fn no_folder_is_looked_at_that_is_too_deep() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut search = Search::new();
    search.folder(here, FOLDERS_MAX, &mut super::Place::default());
    assert!(!search.errors.is_empty());
    for told in &search.errors {
        assert!(
            told.ends_with("is not checked as a whole: more than 32 folders within one another")
        );
    }
}

#[test]
fn a_file_is_meant_by_its_end() {
    for (name, expected) in [
        ("projection.yaml", true),
        ("a.yml", true),
        ("A.YAML", true),
        ("spec.yaml", false),
        ("spec.yml", false),
        ("my_spec.yaml", true),
        ("yaml", false),
        ("a.yaml.bak", false),
        ("a.json", false),
    ] {
        assert_eq!(is_meant(name.as_ref()), expected, "{name}");
    }
}
