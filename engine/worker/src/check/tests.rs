//! How a check ends, by all that came of it.

use super::Tally;
use crate::Exit;

#[test]
fn what_could_not_be_checked_weighs_most() {
    let tally = |errors, warnings, unchecked| Tally { files: 3, errors, warnings, unchecked };
    for (tally, exit, strict) in [
        (tally(0, 0, 0), Exit::Done, Exit::Done),
        (tally(0, 2, 0), Exit::Done, Exit::No),
        (tally(1, 0, 0), Exit::No, Exit::No),
        (tally(1, 1, 0), Exit::No, Exit::No),
        (tally(0, 0, 1), Exit::Usage, Exit::Usage),
        (tally(1, 1, 1), Exit::Usage, Exit::Usage),
    ] {
        assert_eq!((tally.exit(false), tally.exit(true)), (exit, strict), "{tally:?}");
    }
}

#[test]
fn a_summary_counts_what_there_is() {
    for (files, errors, warnings, expected) in [
        (1, 0, 0, "1 file: no problems\n"),
        (3, 2, 1, "3 files: 2 problems, 1 warning\n"),
        (2, 1, 0, "2 files: 1 problem\n"),
        (2, 0, 2, "2 files: no problems, 2 warnings\n"),
    ] {
        assert_eq!(Tally { files, errors, warnings, unchecked: 0 }.summary(), expected);
    }
}
