//! Plans: the same path has the same slot, the same type the same number.

use super::*;

#[test]
fn paths_and_kinds_are_numbered_once() {
    let mut plan = Plan::default();
    assert_eq!(plan.path(&["data", "a"]), Ok(0));
    assert_eq!(plan.path(&["data"]), Ok(1));
    assert_eq!(plan.path(&["data", "a", "b"]), Ok(2));
    assert_eq!(plan.path(&["data", "a"]), Ok(0));
    assert_eq!(plan.slots(), 3);
    assert_eq!((plan.kind("Opened"), plan.kind("Closed"), plan.kind("Up")), (0, 1, 2));
    assert_eq!((plan.kind("Closed"), plan.kind_id("Opened"), plan.kind_id("Up")), (1, 0, 2));
    assert_eq!(plan.kind_id("Other"), KIND_UNKNOWN);
    assert!(plan.reads(0) && !plan.reads(KIND_UNKNOWN));
    plan.every_kind();
    assert!(plan.reads(KIND_UNKNOWN));
}

#[test]
fn only_data_meta_and_id_are_read_by_path() {
    let mut plan = Plan::default();
    for path in [&[][..], &["stream"], &["other", "data"], &["data"; 64]] {
        assert_eq!(plan.path(path).unwrap_err().code, "path");
    }
    assert_eq!(plan.path(&["data"; 63]), Ok(0));
}

#[test]
fn paths_are_told_as_they_were_given() {
    let mut plan = Plan::default();
    for path in [&["data", "a", "b"][..], &["data", "c"], &["meta"]] {
        plan.path(path).unwrap();
    }
    let mut paths = plan.paths("data");
    paths.sort();
    assert_eq!(paths, [vec!["a", "b"], vec!["c"]]);
    assert_eq!(plan.paths("meta"), [Vec::<&str>::new()]);
    assert!(plan.paths("id").is_empty());
}
