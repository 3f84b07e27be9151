//! Which files `foldline check` takes, and what it says of paths that it cannot check.

use crate::kit::{Folder, module, run, wrong};

#[test]
fn a_path_that_is_not_there_is_wrong_usage() {
    let folder = Folder::new("absent");
    folder.write("a.yaml", wrong("one"));
    let ran = folder.run(&["check"]);
    assert_eq!((ran.exit, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error: there is no `projections`\nhint: "), "{}", ran.err);
    let ran = folder.run(&["check", "b.yaml", "a.yaml"]);
    assert_eq!(
        (ran.exit, ran.err.as_str()),
        (2, "error: there is no `b.yaml`\n1 file: 1 problem\n")
    );
    assert!(ran.out.starts_with("error[F0202]: "), "the other is checked: {}", ran.out);
    assert_eq!(run(&["check", ""]).exit, 2);
}

#[test]
fn a_folder_without_a_module_is_wrong_usage() {
    let folder = Folder::new("empty");
    folder.write("docker-compose.yaml", "services: {}\n").write("a.txt", wrong("one"));
    folder.write("with/a.yaml", module("one"));
    let with = folder.run(&["check", "with"]);
    assert_eq!(with.exit, 0, "{}", with.err);
    folder.write("without/spec.yaml", "cases: [}\n").write("without/.hidden/a.yaml", wrong("one"));
    folder.write("without/.a.yaml", wrong("one")).write("without/b.json", "{}");
    let ran = folder.run(&["check", "with", "without"]);
    assert_eq!(ran.exit, 2);
    assert_eq!(ran.err, "error: there is no module in `without`\n1 file: no problems\n");
    assert_eq!(folder.run(&["check", "."]).err, "1 file: no problems\n");
}

#[test]
fn a_named_file_is_told_when_it_is_something_else() {
    let folder = Folder::new("strange");
    folder.write("a.yaml", "projecton: one\n").write("b.yaml", "").write("c.txt", module("one"));
    folder.write("spec.yaml", "cases: []\n").write(".a.yaml", module("two"));
    let ran = folder.run(&["check", "a.yaml"]);
    assert_eq!((ran.exit, ran.out.as_str()), (2, ""));
    let expected = "error: `a.yaml` is neither a module nor a source\n\
        hint: write `projection` for `projecton`\n";
    assert_eq!(ran.err, expected);
    for name in ["b.yaml", "spec.yaml"] {
        let ran = folder.run(&["check", name]);
        assert_eq!((ran.exit, ran.out.as_str()), (2, ""));
        let expected =
            format!("error: `{name}` is neither a module nor a source\nhint: a module says");
        assert!(ran.err.starts_with(&expected), "{}", ran.err);
    }
    assert_eq!(folder.run(&["check", "c.txt", ".a.yaml"]).exit, 0);
}

#[test]
fn a_file_that_is_no_utf_8_is_told_and_read_on() {
    let folder = Folder::new("latin");
    let mut text = wrong("one").into_bytes();
    text.extend(b"# \xe4\n");
    folder.write("latin.yaml", text);
    let utf16: Vec<u8> = module("two").encode_utf16().flat_map(u16::to_le_bytes).collect();
    folder.write("wide.yaml", [&[0xff, 0xfe], utf16.as_slice()].concat());
    folder.write("other.yaml", b"services: \xe4\n");
    let ran = folder.run(&["check", "."]);
    assert_eq!((ran.exit, ran.err.as_str()), (1, "2 files: 3 problems\n"));
    let titles: Vec<_> = ran.out.lines().filter(|line| line.starts_with("error")).collect();
    let expected = [
        "error[F0202]: the key `version` stands here again",
        "error[F0210]: the byte `0xe4` is no part of a UTF-8 text",
        "error[F0210]: the file is UTF-16",
    ];
    assert_eq!(titles, expected);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::{fs, process};

    use crate::kit::{Folder, module, wrong};

    #[test]
    fn a_name_that_is_no_text_is_a_name() {
        let folder = Folder::new("names");
        folder.write(OsStr::from_bytes(b"a\xff.yaml"), wrong("one"));
        folder.write("b\n\x1b[2J.yaml", wrong("two"));
        let ran = folder.run(&["check", "."]);
        assert_eq!(ran.exit, 1, "{}", ran.err);
        assert!(ran.out.contains(" --> ./a\u{fffd}.yaml:8:1\n"), "{}", ran.out);
        assert!(ran.out.contains(" --> ./b\u{240a}\u{241b}[2J.yaml:8:1\n"), "{}", ran.out);
        let lines = folder.run(&["check", ".", "--output", "json"]).lines();
        assert_eq!(lines[0]["file"], "./a\u{fffd}.yaml");
        assert_eq!(lines[2]["file"], "./b\n\u{1b}[2J.yaml");
        let ran = folder.run(&[OsStr::new("check"), OsStr::from_bytes(b"\xff\x1b")]);
        assert_eq!((ran.exit, ran.err.as_str()), (2, "error: there is no `\u{fffd}\u{241b}`\n"));
    }

    #[test]
    fn a_file_that_cannot_be_read_keeps_no_other_from_being_checked() {
        let folder = Folder::new("unread");
        folder.write("b.yaml", wrong("one"));
        symlink("c.yaml", folder.path("a.yaml")).unwrap();
        symlink("d.yaml", folder.path("d.yaml")).unwrap();
        symlink("nowhere", folder.path("e.txt")).unwrap();
        let ran = folder.run(&["check", "."]);
        assert_eq!(ran.exit, 2);
        assert!(ran.out.starts_with("error[F0202]: "), "{}", ran.out);
        let told: Vec<&str> = ran.err.lines().collect();
        assert_eq!(told[0], "error: `./a.yaml` is a link that leads nowhere");
        assert!(told[1].starts_with("error: `./d.yaml` cannot be read: "), "{}", ran.err);
        assert_eq!(told[2..], ["1 file: 1 problem"]);
    }

    #[test]
    fn a_file_that_must_not_be_read_is_told() {
        let folder = Folder::new("secret");
        folder.write("a.yaml", module("one")).write("b/c.yaml", module("two"));
        for (path, mode) in [("a.yaml", 0o000), ("b", 0o000)] {
            fs::set_permissions(folder.path(path), fs::Permissions::from_mode(mode)).unwrap();
        }
        let is_free = fs::read(folder.path("a.yaml")).is_ok();
        let ran = folder.run(&["check", "."]);
        fs::set_permissions(folder.path("b"), fs::Permissions::from_mode(0o755)).unwrap();
        if is_free {
            // Whoever runs the tests may read everything, and so may the program.
            assert_eq!((ran.exit, ran.err.as_str()), (0, "2 files: no problems\n"));
            return;
        }
        assert_eq!(ran.exit, 2);
        let expected = "error: `./b` cannot be read: Permission denied\n\
            error: `./a.yaml` cannot be read: Permission denied\n";
        assert_eq!(ran.err, expected);
    }

    #[test]
    fn links_are_followed_and_never_around_in_a_circle() {
        let folder = Folder::new("links");
        folder.write("here/a.yaml", module("one")).write("there/b.yaml", module("two"));
        symlink("../there", folder.path("here/c")).unwrap();
        symlink("../here", folder.path("there/d")).unwrap();
        symlink("a.yaml", folder.path("here/e.yaml")).unwrap();
        let ran = folder.run(&["check", "here"]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let expected = "note: `here/c/d` is a link to a folder that was searched before\n\
            2 files: no problems\n";
        assert_eq!(ran.err, expected);
        assert!(ran.out.contains("(here/c/b.yaml)"), "{}", ran.out);
    }

    #[test]
    fn of_many_links_the_first_are_told() {
        let folder = Folder::new("many");
        folder.write("a/a.yaml", module("one"));
        for number in 0..14 {
            symlink("a", folder.path(format!("link{number}"))).unwrap();
        }
        let ran = folder.run(&["check", "."]);
        assert_eq!((ran.exit, ran.err.lines().count()), (0, 12), "{}", ran.err);
        assert!(ran.err.ends_with("note: and so are 4 more\n1 file: no problems\n"), "{}", ran.err);
    }

    #[test]
    fn what_is_no_file_is_passed_over() {
        let folder = Folder::new("pipes");
        folder.write("a.yaml", module("one"));
        let made = process::Command::new("mkfifo").arg(folder.path("b.yaml")).status().unwrap();
        assert!(made.success());
        assert_eq!(folder.run(&["check", "."]).err, "1 file: no problems\n");
    }
}
