//! `foldline check` shows all that is wrong with all files, to people and to programs.

use std::fs;
use std::io::pipe;

use serde_json::json;

use crate::kit::{Folder, module, program, ran, wrong};

/// What is known of the module of these tests.
const KNOWN: &str = "  events: Opened
  guard: version (the embedded log, Postgres, Kinesis, DynamoDB Streams, Kafka)
    why: each document is of one stream, and carries how far its stream is applied
  guard: refold (tables without versions)
    why: events have no versions, so a document is folded anew from its stream's history
";

#[test]
fn a_module_in_which_nothing_is_wrong_is_named() {
    let folder = Folder::new("fine");
    folder.write("projections/a/projection.yaml", module("one"));
    folder.write("projections/b.yml", module("two"));
    for arguments in [&["check"][..], &["check", "projections"]] {
        let ran = folder.run(arguments);
        assert_eq!((ran.exit, ran.err.as_str()), (0, "2 files: no problems\n"), "{}", ran.out);
        let named = |name, file| format!("{name}, version 1 (projections/{file})\n{KNOWN}");
        let expected = named("one", "a/projection.yaml") + &named("two", "b.yml");
        assert_eq!(ran.out, expected);
    }
}

#[test]
fn a_problem_is_drawn_where_it_is() {
    let folder = Folder::new("drawn");
    folder.write("a.yaml", wrong("one"));
    let ran = folder.run(&["check", "a.yaml"]);
    let expected = "\
error[F0202]: the key `version` stands here again
 --> a.yaml:8:1
  |
8 | version: 1
  | ^^^^^^^
  |
  = hint: it stands first in line 2
";
    assert_eq!((ran.exit, ran.out.as_str()), (1, expected));
    assert_eq!(ran.err, "1 file: 1 problem\n");
    assert!(folder.run(&["check", "a.yaml", "--color", "always"]).out.contains('\x1b'));
}

#[test]
fn all_problems_of_all_files_are_told_in_order() {
    let folder = Folder::new("ten");
    for number in (0..10).rev() {
        let text = format!("{}from: b\n", wrong(&format!("p{number}")));
        folder.write(format!("projections/{number}/projection.yaml"), text);
    }
    folder.write("projections/2b.yaml", module("fine"));
    let ran = folder.run(&["check"]);
    assert_eq!((ran.exit, ran.err.as_str()), (1, "11 files: 20 problems\n"));
    let places: Vec<&str> =
        ran.out.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")).collect();
    let place = |number, line| format!("projections/{number}/projection.yaml:{line}:1");
    let expected: Vec<String> =
        (0..10).flat_map(|number| [place(number, 8), place(number, 9)]).collect();
    assert_eq!(places, expected);
    assert!(!ran.out.contains("\n\n\n") && !ran.out.contains('\x1b'), "{}", ran.out);
}

#[test]
fn what_a_module_means_is_checked_too() {
    let folder = Folder::new("meant");
    let text = module("one").replace("set:", "sett:") + "unknown: skip\n";
    folder.write("a.yaml", text + "allow: { F0910: ' ' }\n");
    let ran = folder.run(&["check", "a.yaml", "--output", "json"]);
    let lines = ran.lines();
    let codes: Vec<&str> = lines.iter().filter_map(|line| line["code"].as_str()).collect();
    assert_eq!(codes, ["F0501", "F0307", "F0313"]);
    assert_eq!((ran.exit, &lines[0]["hint"]), (1, &json!("write `set`")));
}

#[test]
fn a_source_is_checked_too() {
    let folder = Folder::new("source");
    let text = "source: wallets\nformat: json\nevent:\n  stream: record.s\n  version: record.v\n  \
        type: record.t\n  time: record.at\n  data: record.d\n";
    folder.write("a.yaml", text).write("b.yaml", "source: others\nformat: jsonn\n");
    let ran = folder.run(&["check", "a.yaml"]);
    assert_eq!((ran.exit, ran.out.as_str()), (0, "wallets, a source (a.yaml)\n"), "{}", ran.err);
    let ran = folder.run(&["check", "b.yaml", "--output", "json"]);
    let lines = ran.lines();
    assert_eq!((ran.exit, &lines[0]["hint"]), (1, &json!("write `json`")), "{}", ran.out);
    let last = lines.last().unwrap();
    folder.write("c.yaml", text.replace("record.v", "recod.v"));
    let lines = folder.run(&["check", "c.yaml", "--output", "json"]).lines();
    assert_eq!((&lines[0]["code"], &lines[0]["line"]), (&json!("F0401"), &json!(5)));
    assert_eq!((&last["source"], &last["file"]), (&json!("others"), &json!("b.yaml")));
}

#[test]
fn the_guard_follows_from_the_weakest_key() {
    let folder = Folder::new("guards");
    let guards = |name: &str, key: &str| {
        let text = module(name).replace("key: stream", key);
        folder.write("a.yaml", text);
        let ran = folder.run(&["check", "a.yaml", "--output", "json"]);
        let lines = ran.lines();
        let guards = lines.last().unwrap()["guards"].as_array().cloned().unwrap();
        assert!(guards.iter().all(|it| it["why"].as_str().is_some_and(|why| why.len() > 20)));
        guards.iter().map(|it| (it["feed"].clone(), it["guard"].clone())).collect::<Vec<_>>()
    };
    for (key, ordered, versioned, unversioned) in [
        ("key: stream", json!("version"), json!("version"), json!("refold")),
        ("key: data.owner", json!("positions"), json!("streams"), json!(null)),
        ("key: \"'all'\"", json!("positions"), json!("ledger"), json!(null)),
    ] {
        let expected =
            [("ordered", ordered), ("versioned", versioned), ("unversioned", unversioned)];
        assert_eq!(guards("one", key), expected.map(|(feed, guard)| (json!(feed), guard)), "{key}");
    }
    let null = folder.write("b.yaml", wrong("two")).run(&["check", "b.yaml", "--output", "json"]);
    assert_eq!(null.lines().last().unwrap()["guards"], json!(null), "nobody knows");
}

#[test]
fn what_an_expression_means_is_checked_too() {
    let folder = Folder::new("expressions");
    folder.write("a.yaml", module("one").replace("data.balance", "datta.balance"));
    let ran = folder.run(&["check", "a.yaml"]);
    assert_eq!((ran.exit, ran.err.as_str()), (1, "1 file: 1 problem\n"));
    assert!(ran.out.starts_with("error[F0401]: "), "{}", ran.out);
    assert!(ran.out.contains("\n --> a.yaml:7:29\n"), "{}", ran.out);
}

#[test]
fn a_warning_fails_only_when_asked() {
    let folder = Folder::new("warned");
    let text = module("one").replace("set: {", "default: { a: 0 }, set: { a: 1,");
    folder.write("a.yaml", text);
    let ran = folder.run(&["check", "a.yaml"]);
    assert_eq!(
        (ran.exit, ran.err.as_str()),
        (0, "1 file: no problems, 1 warning\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.starts_with("warning[F0910]: "), "{}", ran.out);
    assert!(ran.out.contains("one, version 1 (a.yaml)\n"), "{}", ran.out);
    assert_eq!(folder.run(&["check", "a.yaml", "--deny-warnings"]).exit, 1);
    let lines = folder.run(&["check", "a.yaml", "--output", "json"]).lines();
    assert_eq!((&lines[0]["severity"], &lines[1]["warnings"]), (&json!("warning"), &json!(1)));
}

#[test]
fn two_files_of_one_name_are_told() {
    let folder = Folder::new("names_twice");
    folder.write("a/a.yaml", module("one")).write("a/b.yaml", module("one"));
    folder.write("b/a.yaml", module("one")).write("b/b.yaml", "source: one\n");
    let ran = folder.run(&["check", "a"]);
    assert_eq!((ran.exit, ran.err.as_str()), (1, "2 files: 1 problem\n"));
    let expected = "
error[F0390]: the projection `one` stands in another file too
 --> a/b.yaml:1:13
  |
1 | projection: one
  |             ^^^
  |
  = hint: the other is `a/a.yaml`
";
    assert_eq!(ran.out, format!("one, version 1 (a/a.yaml)\n{KNOWN}{expected}"));
    let ran = folder.run(&["check", "a/a.yaml", "b/a.yaml"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, "2 files: no problems\n"), "other places");
}

#[test]
fn programs_are_told_line_by_line() {
    let folder = Folder::new("json");
    folder.write("a.yaml", wrong("one")).write("b.yaml", module("two"));
    folder.write("c.yaml", "source: wallets\nevent: }\n").write("d.yaml", "a: b\n");
    let ran = folder.run(&["check", "--output", "json", "."]);
    assert_eq!((ran.exit, ran.err.as_str()), (1, ""));
    let lines = ran.lines();
    let problem = json!({
        "code": "F0202", "severity": "error", "file": "./a.yaml",
        "line": 8, "column": 1, "end_line": 8, "end_column": 8,
        "message": "the key `version` stands here again",
        "hint": "it stands first in line 2",
    });
    assert_eq!(lines.first(), Some(&problem));
    let told: Vec<_> = lines
        .iter()
        .map(|it| (&it["projection"], &it["version"], &it["file"], &it["errors"]))
        .collect();
    let null = json!(null);
    let files = (json!("./a.yaml"), json!("./b.yaml"), json!("./c.yaml"));
    let expected = [
        (&null, &null, &files.0, &null),
        (&json!("one"), &json!(1), &files.0, &json!(1)),
        (&json!("two"), &json!(1), &files.1, &json!(0)),
        (&null, &null, &files.2, &null),
    ];
    assert_eq!(told, expected);
    assert_eq!(lines[3]["code"], "F0201");
}

#[test]
fn a_reader_who_has_seen_enough_changes_no_answer() {
    let folder = Folder::new("left");
    folder.write("a.yaml", wrong("one")).write("b.yaml", wrong("two"));
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut command = program(&["check", "."]);
    let ran = ran(command.current_dir(folder.path("")).stdout(writer));
    assert_eq!((ran.exit, ran.err.as_str()), (1, "2 files: 2 problems\n"));
}

#[test]
fn a_file_that_is_met_twice_is_checked_once() {
    let folder = Folder::new("twice");
    folder.write("a/b/one.yaml", wrong("one"));
    let ran = folder.run(&["check", "a/b", "a", "a/b/one.yaml", "a"]);
    assert_eq!((ran.exit, ran.err.as_str()), (1, "1 file: 1 problem\n"));
}

#[test]
fn a_file_of_any_length_is_read_no_further_than_needed() {
    let folder = Folder::new("long");
    let file = fs::File::create(folder.path("projection.yaml")).unwrap();
    file.set_len(1 << 40).unwrap();
    let ran = folder.run(&["check", "."]);
    assert_eq!(ran.exit, 1);
    assert!(ran.out.starts_with("error[F0208]: "), "{}", ran.out);
}
