//! Starts the program, takes what it prints, and makes folders for it to look at.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, io};

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

/// A folder of a test's own.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// An empty folder, by a name that no other test has.
    pub(crate) fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{error}"),
            _ => fs::create_dir_all(&path).expect("a folder can be made"),
        }
        Folder(path)
    }

    /// The place of a file in it.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file into it, and the folders above that.
    pub(crate) fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) -> &Folder {
        let path = self.path(name);
        let above = path.parent().expect("it is in a folder");
        fs::create_dir_all(above).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
        self
    }

    /// Runs the program in it.
    pub(crate) fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Ran {
        ran(program(arguments).current_dir(&self.0))
    }
}

/// A module in which nothing is wrong.
pub(crate) fn module(name: &str) -> String {
    format!(
        "projection: {name}\nversion: 1\nfrom: wallets\ninto: {{ store: read_models }}\n\
         key: stream\non:\n  Opened: {{ set: {{ balance: data.balance }} }}\n"
    )
}

/// The same, with a key that stands twice, in the last line.
pub(crate) fn wrong(name: &str) -> String {
    module(name) + "version: 1\n"
}
