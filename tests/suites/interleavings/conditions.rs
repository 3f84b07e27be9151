//! Schedules in which a condition is asked of a document that lacks versions, while another owner's
//! document has them.

use foldline_core::guard::GuardKind;

use crate::stage::Stage;

#[test]
fn what_a_condition_says_of_a_document_with_a_hole_counts_only_when_it_is_written() {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:1"]);
    let a = stage.owner(&["p0"]);
    stage.run(500);
    stage.crash(a);
    // Of the second history knows nothing: its other owner alone can bring it.
    stage.write("p1", &["s:3="]);
    let b = stage.owner(&["p1"]);
    stage.run(500);
    stage.show("p0", &["s:2"]);
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "write");
    stage.perform(a, "write");
    stage.crash(a);
    assert_eq!(stage.ids("s", "s"), [1, 2]);
    // Now the hole is proven to whoever remembers the document as it was: odd.
    stage.run_until(b, "commit");
    stage.run(2_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
}

#[test]
fn what_a_condition_says_where_no_document_is_and_a_version_lacks_is_asked_again() {
    for guard in [GuardKind::Version, GuardKind::Streams] {
        let mut stage = Stage::new(guard);
        let key = if guard == GuardKind::Version { "s" } else { "k" };
        stage.write("p1", &["s:2=@k"]);
        let b = stage.owner(&["p1"]);
        stage.run_until(b, "load");
        let load = stage.take(b, "load");
        let absent = stage.do_it(b, &load).expect("a load is answered");
        stage.show("p0", &["s:1#8@k"]);
        let a = stage.owner(&["p0"]);
        stage.run_until(a, "write");
        stage.perform(a, "write");
        stage.crash(a);
        assert_eq!(stage.ids(key, "s"), [8]);
        stage.hear(b, absent);
        stage.run_until(b, "commit");
        stage.run(2_000);
        assert_eq!(stage.ids(key, "s"), [8, 2], "{guard:?}");
    }
}
