//! `foldline docs` prints the pages of the problems, for whoever reads them and however far.

use std::fs;
use std::io::pipe;
use std::path::Path;
use std::process::Stdio;

use serde_json::json;

use crate::kit::{program, ran, run};

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors");

/// The codes that have a page, in order, each with its page.
fn pages() -> Vec<(String, String)> {
    let files = fs::read_dir(Path::new(PAGES)).expect("there are pages");
    let mut pages: Vec<(String, String)> = files
        .map(|file| {
            let path = file.expect("it is a file").path();
            let code = path.file_stem().expect("it has a name").to_str().expect("it is text");
            (code.to_owned(), fs::read_to_string(&path).expect("it is a page"))
        })
        .collect();
    pages.sort();
    assert!(pages.len() > 10);
    pages
}

fn title(page: &str) -> &str {
    page.lines().next().and_then(|line| line.split_once(": ")).expect("it has a title").1
}

#[test]
fn each_page_is_printed_as_it_is() {
    for (code, page) in pages() {
        let ran = run(&["docs", &code]);
        assert_eq!((ran.exit, ran.out, ran.err), (0, page, String::new()), "{code}");
    }
}

#[test]
fn a_code_may_be_written_in_short() {
    let expected = run(&["docs", "F0105"]).out;
    for short in ["f0105", "0105", "105"] {
        assert_eq!(run(&["docs", short]).out, expected, "{short}");
    }
}

#[test]
fn all_codes_are_listed_with_their_titles() {
    let pages = pages();
    let expected: Vec<_> =
        pages.iter().map(|(code, page)| format!("{code}  {}", title(page))).collect();
    let ran = run(&["docs"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn programs_are_told_in_json() {
    let listed = run(&["docs", "--output", "json"]).lines();
    assert_eq!(listed.len(), pages().len());
    for ((code, page), line) in pages().iter().zip(listed) {
        let severity = line["severity"].clone();
        assert!(severity == "error" || severity == "warning", "{severity}");
        let mut expected = json!({ "code": code, "severity": severity, "title": title(page) });
        assert_eq!(line, expected);
        expected["text"] = page.as_str().into();
        assert_eq!(run(&["docs", code, "--output", "json"]).lines(), [expected]);
    }
}

#[test]
fn an_unknown_code_names_the_nearest() {
    let ran = run(&["docs", "F0199"]);
    assert_eq!((ran.exit, ran.out.as_str()), (2, ""));
    let expected = "error: there is no problem with the code `F0199`\n\
        hint: near it are F0109, F0201; `foldline docs` lists all of them\n";
    assert_eq!(ran.err, expected);
    for (asked, hint) in [("1", "hint: near it is F0101; `"), ("yaml", "hint: `foldline docs` ")] {
        let told = run(&["docs", asked]).err;
        assert!(told.contains(hint), "{told}");
    }
}

#[test]
fn colours_are_there_when_asked_for() {
    assert!(!run(&["docs", "F0105"]).out.contains('\x1b'));
    assert!(run(&["docs", "F0105", "--color", "always"]).out.contains('\x1b'));
    assert!(!run(&["docs", "F0105", "--color", "always", "--output", "json"]).out.contains("\\u"));
    assert!(run(&["docs", "F9999", "--color", "always"]).err.contains('\x1b'));
    let never = ran(program(&["docs", "F9999", "--color", "never"]).env("CLICOLOR_FORCE", "1"));
    assert!(!never.err.contains('\x1b'));
}

#[test]
fn a_reader_who_has_seen_enough_may_leave() {
    for arguments in [&["docs"][..], &["docs", "F0101"], &["--help"], &["docs", "--help"]] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let child = program(arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8(ended.stderr).unwrap(), "", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let child = program(&["docs"]).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(told.starts_with("error: the result cannot be written: "), "{told}");
}
