//! The page of the commands shows what happens: its files are written, its commands are run in
//! order, and each prints what stands below it.

use std::io::{Read, pipe};

use crate::kit::{Folder, program, run};

const PAGE: &str = include_str!("../../../../docs/reference/commands.md");

/// What stands for any lines, up to the next that is shown.
const ANY: &str = "…";

/// The fenced blocks of a page: their language and their text.
fn blocks(page: &str) -> impl Iterator<Item = (&str, &str)> {
    // Every other piece between fences is a block.
    page.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').expect("it has lines"))
}

/// The commands of a block, each with what it prints.
fn commands(block: &str) -> Vec<(&str, &str)> {
    let pieces = block.strip_prefix("$ ").expect("a command comes first").split("\n$ ");
    pieces.map(|piece| piece.split_once('\n').unwrap_or((piece, ""))).collect()
}

/// What a command prints, as a terminal shows it, and how it ends.
fn shown(folder: &Folder, command: &str) -> (String, i32) {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("foldline"), "{command}");
    let (mut reader, writer) = pipe().expect("there is a pipe");
    let mut child = program(&words.collect::<Vec<_>>());
    child.current_dir(folder.path("")).stdout(writer.try_clone().expect("it is one pipe"));
    let mut running = child.stderr(writer).spawn().expect("the program starts");
    drop(child);
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("the program prints UTF-8");
    (text, running.wait().expect("it ends").code().expect("it ends by itself"))
}

fn is_as_shown(printed: &str, expected: &str) -> bool {
    let printed: Vec<&str> = printed.trim_end().lines().collect();
    let expected: Vec<&str> = expected.trim_end().lines().collect();
    let Some(gap) = expected.iter().position(|line| *line == ANY) else {
        return printed == expected;
    };
    let (first, last) = (expected.iter().take(gap), expected.iter().skip(gap + 1));
    let (begins, ends) = (printed.iter().take(gap), printed.iter().rev().take(last.len()).rev());
    printed.len() > gap + last.len() && begins.eq(first) && ends.eq(last)
}

#[test]
fn the_page_shows_what_happens() {
    let folder = Folder::new("page");
    let (mut files, mut ran, mut exit) = (0, 0, 0);
    for (language, block) in blocks(PAGE) {
        match language {
            "yaml" => {
                let (name, _) = block.split_once('\n').expect("it has lines");
                folder.write(name.strip_prefix("# ").expect("it has a name"), block);
                files += 1;
            }
            "console" => {
                for (command, expected) in commands(block) {
                    if command == "echo $?" {
                        assert_eq!(expected.trim_end(), exit.to_string(), "{block}");
                        continue;
                    }
                    let (printed, ended) = shown(&folder, command);
                    assert!(is_as_shown(&printed, expected), "{command} prints:\n{printed}");
                    exit = ended;
                    ran += 1;
                }
            }
            "sh" | "text" => {}
            other => panic!("a block of `{other}` that nobody holds to its word"),
        }
    }
    assert!(files >= 2 && ran >= 6, "{files} files, {ran} commands");
}

/// The options that a help tells of.
fn options(help: &str) -> impl Iterator<Item = &str> {
    let words = help.split_whitespace().map(|word| word.trim_end_matches(','));
    words.filter(|word| word.starts_with("--"))
}

#[test]
fn every_command_and_option_is_on_the_page() {
    let help = run(&["--help"]).out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let commands = commands.map_while(|line| line.split_whitespace().next());
    let commands: Vec<&str> = commands.filter(|it| *it != "help").collect();
    assert!(commands.len() >= 3, "{commands:?}");
    for command in commands {
        assert!(PAGE.contains(&format!("## `foldline {command}`\n")), "{command}");
        for option in options(&run(&[command, "--help"]).out).chain(options(&help)) {
            assert!(PAGE.contains(&format!("`{option}")) || PAGE.contains(&format!("[{option}")));
        }
    }
}
