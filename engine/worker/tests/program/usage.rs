//! How the program is asked for help, and what it says when it is asked for what it has not.

use std::ffi::OsString;

use crate::kit::run;

#[test]
fn help_is_a_result() {
    for asked in [&["--help"][..], &["-h"], &["help"]] {
        let ran = run(asked);
        assert_eq!((ran.exit, ran.err.as_str()), (0, ""), "{asked:?}");
        assert!(ran.out.starts_with("Folds a change feed of events"), "{}", ran.out);
        assert!(ran.out.contains("Exit codes: 0 done, 1 "), "{}", ran.out);
        let longest = ran.out.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(100), "{}", ran.out);
    }
    let ran = run(&["--version"]);
    assert_eq!(
        (ran.exit, ran.out.as_str()),
        (0, concat!("foldline ", env!("CARGO_PKG_VERSION"), "\n"))
    );
}

#[test]
fn wrong_usage_is_no_result() {
    for (asked, told) in [
        (&["dosc"][..], "a similar subcommand exists: 'docs'"),
        (&["docs", "--colour"], "a similar argument exists: '--color'"),
        (&["docs", "--output", "xml"], "invalid value 'xml' for '--output <FORM>'"),
        (&["docs", "F0101", "F0102"], "unexpected argument 'F0102'"),
        (&[], "Usage: foldline"),
    ] {
        let ran = run(asked);
        assert_eq!((ran.exit, ran.out.as_str()), (2, ""), "{asked:?}");
        assert!(ran.err.contains(told) && !ran.err.contains('\x1b'), "{asked:?}: {}", ran.err);
    }
    assert!(run(&["dosc", "--color", "always"]).err.contains('\x1b'));
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text_is_wrong_usage() {
    use std::os::unix::ffi::OsStringExt;

    let ran = run(&[OsString::from("docs"), OsString::from_vec(vec![b'F', 0xff])]);
    assert_eq!((ran.exit, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("invalid UTF-8"), "{}", ran.err);
}
