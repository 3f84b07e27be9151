//! When history is asked for what a stream lacks.

use crate::effect::Effect;
use crate::projector::Tuning;

use super::memory::Play;

fn is_repair(effect: &Effect) -> bool {
    matches!(effect, Effect::Repair { .. })
}

/// The first gap was closed in time; its wait is not the second one's.
#[test]
fn a_gap_is_waited_for_from_its_own_beginning() {
    let wait = Tuning::default().gap_wait_ms;
    let mut play = Play::new(true, 1 << 20);
    assert!(play.fetched(&[("s", 1)]));
    play.settle();
    assert!(play.fetched(&[("s", 3)]));
    play.wait(wait * 3 / 4);
    assert!(play.fetched(&[("s", 2)]));
    play.settle();
    assert!(play.fetched(&[("s", 5)]));
    play.wait(wait / 2);
    play.settle();
    assert!(!play.has_asked(is_repair), "the second gap is young");
    play.wait(wait / 2);
    assert!(play.has_asked(is_repair));
}
