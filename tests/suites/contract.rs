//! Runs every contract suite over every registered adapter, and checks that the suites and the
//! MUST lines of the ports name each other, one to one.

use std::path::Path;

use foldline_tests::contract::adapters::{Adapter, Make, all};
use foldline_tests::contract::{
    Case, Held, LeftOut, clock, commit, control, documents, feed, group, history, lines,
};
use libtest_mimic::{Arguments, Completion, Failed, Trial};

/// One trial a case, each in a world of its own.
fn trials<W: ?Sized + 'static>(
    adapter: &Adapter,
    port: &str,
    make: Option<Make<W>>,
    suites: &[&'static [Case<W>]],
) -> Vec<Trial> {
    let Some(make) = make else { return Vec::new() };
    let cases = suites.iter().flat_map(|suite| suite.iter());
    let trial = |case: &'static Case<W>| {
        let name = format!("{}::{port}::{}", adapter.name, case.name);
        let expected = adapter.leaves_out.contains(&case.name);
        Trial::ignorable_test(name, move || match ((case.run)(&make()), expected) {
            (Held, false) => Ok(Completion::Completed),
            (LeftOut(why), true) => Ok(Completion::ignored_with(why)),
            (Held, true) => Err("it holds, and is registered as left out".into()),
            (LeftOut(why), false) => Err(format!("left out, and not registered so: {why}").into()),
        })
    };
    cases.map(trial).collect()
}

fn of(adapter: &Adapter) -> Vec<Trial> {
    let documents = &[
        documents::TESTS,
        documents::records::TESTS,
        documents::collections::TESTS,
        commit::TESTS,
    ];
    [
        trials(adapter, "clock", adapter.clock, &[clock::TESTS]),
        trials(adapter, "control", adapter.control, &[control::TESTS]),
        trials(adapter, "documents", adapter.documents, documents),
        trials(adapter, "feed", adapter.feed, &[feed::TESTS]),
        trials(adapter, "group", adapter.group, &[group::TESTS]),
        trials(adapter, "history", adapter.history, &[history::TESTS]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn names<W: ?Sized>(suites: &[&[Case<W>]]) -> Vec<&'static str> {
    suites.iter().flat_map(|suite| suite.iter().map(|case| case.name)).collect()
}

/// The ports that have a suite, with the names of its tests.
fn ports() -> Vec<(&'static str, Vec<&'static str>)> {
    let documents = &[documents::TESTS, documents::records::TESTS, documents::collections::TESTS];
    vec![
        ("clock.rs", names(&[clock::TESTS])),
        ("commit.rs", names(&[commit::TESTS])),
        ("control.rs", names(&[control::TESTS])),
        ("documents.rs", names(documents)),
        ("feed.rs", names(&[feed::TESTS])),
        ("group.rs", names(&[group::TESTS])),
        ("history.rs", names(&[history::TESTS])),
    ]
}

/// Every MUST line names its test, and every test has its MUST line.
fn contracts_and_suites_name_each_other() -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/ports/src");
    let ports = ports();
    let mut problems = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if !path.is_file() {
            continue;
        }
        let tests = ports.iter().find(|(port, _)| *port == file).map(|(_, tests)| tests.as_slice());
        let found = lines::disagreements(&std::fs::read_to_string(&path)?, tests.unwrap_or(&[]));
        problems.extend(found.into_iter().map(|problem| format!("{file}: {problem}")));
    }
    for adapter in all() {
        let unknown = |name: &&&str| !ports.iter().any(|(_, tests)| tests.contains(name));
        let unknown = adapter.leaves_out.iter().filter(unknown);
        problems.extend(unknown.map(|name| format!("{}: no test `{name}`", adapter.name)));
    }
    for (port, _) in ports {
        if !folder.join(port).is_file() {
            problems.push(format!("{port}: there is a suite, and no such port"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

fn main() {
    let arguments = Arguments::from_args();
    let mut all: Vec<Trial> = all().iter().flat_map(of).collect();
    let check = contracts_and_suites_name_each_other;
    all.push(Trial::test("contracts_and_suites_name_each_other", check));
    libtest_mimic::run(&arguments, all).exit();
}
