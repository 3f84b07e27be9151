//! Starts the program, and takes what it prints.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What the program printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The lines of JSON that it printed: every line is an object.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        let read =
            |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let lines: Vec<Value> = self.out.lines().map(read).collect();
        assert!(lines.iter().all(Value::is_object), "{}", self.out);
        lines
    }
}

/// The program with these arguments, without the settings of
/// whoever runs the tests.
pub(crate) fn program(arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foldline"));
    command.args(arguments).stdin(Stdio::null()).current_dir(env!("CARGO_TARGET_TMPDIR"));
    for setting in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"] {
        command.env_remove(setting);
    }
    command
}

/// Runs the program with these arguments.
pub(crate) fn run(arguments: &[impl AsRef<OsStr>]) -> Ran {
    ran(&mut program(arguments))
}

/// Runs a command.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
    let exit = status.code().expect("the program ends by itself");
    Ran { exit, out: text(stdout), err: text(stderr) }
}
