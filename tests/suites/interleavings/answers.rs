//! Answers that come late, in part, or to a question that nobody asks any more.

use foldline_core::effect::Alarm;
use foldline_core::guard::GuardKind;
use foldline_core::input::Input;
use foldline_core::name::Name;
use foldline_core::position::Position;
use foldline_tests::world::effects;

use crate::stage::Stage;

/// A worker in the middle of the sweep of a trimmed partition: the first of two pages of heads
/// came, the second is under way.
fn sweeping() -> (Stage, usize) {
    let mut stage = Stage::new(GuardKind::Version);
    stage.write("p0", &["s:1", "t:1", "u:1", "v:1"]);
    stage.feed.trim("p0", &Position::number(4));
    let a = stage.owner(&["p0"]);
    stage.run_until(a, "sweep");
    stage.perform(a, "sweep");
    stage.run_until(a, "sweep");
    (stage, a)
}

#[test]
fn a_page_of_heads_of_an_earlier_tenure_does_not_end_the_sweep() {
    let (mut stage, a) = sweeping();
    let last_page = stage.take(a, "sweep");
    stage.lose(a, "p0");
    stage.grant(a, "p0");
    assert!(stage.wants(a).contains(&"sweep"), "it begins again");
    let answer = stage.do_it(a, &last_page).expect("heads");
    stage.hear(a, answer);
    stage.run(5_000);
    let found = ["s", "t", "u", "v"].map(|stream| stage.ids(stream, stream));
    assert_eq!(found, [[1], [1], [1], [1]]);
}

#[test]
fn a_batch_that_an_earlier_tenure_asked_for_is_no_disorder() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1", "s:2"]);
    stage.perform(a, "fetch");
    stage.run_until(a, "fetch");
    stage.write("p0", &["s:3"]);
    let early = stage.take(a, "fetch");
    stage.lose(a, "p0");
    stage.grant(a, "p0");
    let answer = stage.do_it(a, &early).expect("a batch");
    stage.hear(a, answer);
    stage.run(3_000);
    assert_eq!(stage.ids("s", "s"), [1, 2, 3]);
    assert!(!stage.alarms.iter().any(|alarm| matches!(alarm, Alarm::Disorder { .. })));
}

#[test]
fn a_checkpoint_that_an_earlier_tenure_wrote_is_not_taken_for_this_ones() {
    let mut stage = Stage::new(GuardKind::Version);
    let a = stage.owner(&["p0"]);
    stage.write("p0", &["s:1"]);
    stage.run_until(a, "commit");
    stage.perform(a, "commit");
    stage.write("p0", &["s:2"]);
    stage.run_until(a, "commit");
    let early = stage.take(a, "commit");
    let answer = stage.do_it(a, &early).expect("an answer");
    stage.lose(a, "p0");
    stage.grant(a, "p0");
    stage.write("p0", &["s:3"]);
    stage.run_until(a, "commit");
    let present = stage.take(a, "commit");
    stage.hear(a, answer);
    // Nothing is known of the present one: it dies with its sender.
    stage.hear(a, Input::Revoked { partition: "p0".into(), lost: false });
    stage.released.clear();
    stage.run(500);
    assert!(stage.released.is_empty(), "its last checkpoint is not known to be durable");
    let answer = stage.do_it(a, &present).expect("an answer");
    stage.hear(a, answer);
    stage.run(500);
    assert_eq!(stage.released, [Name::from("p0")]);
}

#[test]
fn what_an_answer_leaves_out_is_asked_for_again() {
    for kind in ["load", "load-cursors"] {
        let guard = if kind == "load" { GuardKind::Version } else { GuardKind::Streams };
        let mut stage = Stage::new(guard);
        let a = stage.owner(&["p0"]);
        stage.write("p0", &["s:1@k", "t:1@l"]);
        stage.run_until(a, kind);
        let effect = stage.take(a, kind);
        assert_eq!(effects::KINDS.get(effects::kind(&effect)), Some(&kind));
        let answer = match stage.do_it(a, &effect).expect("an answer") {
            Input::Loaded { ticket, documents } => {
                assert_eq!(documents.len(), 2);
                Input::Loaded { ticket, documents: documents.into_iter().take(1).collect() }
            }
            Input::CursorsLoaded { ticket, cursors } => {
                assert_eq!(cursors.len(), 2);
                Input::CursorsLoaded { ticket, cursors: cursors.into_iter().take(1).collect() }
            }
            other => panic!("{other:?}"),
        };
        stage.hear(a, answer);
        stage.run(2_000);
        let keys = if kind == "load" { ["s", "t"] } else { ["k", "l"] };
        assert_eq!([stage.ids(keys[0], "s"), stage.ids(keys[1], "t")], [[1], [1]], "{kind}");
    }
}
