//! Files with mistakes that people make, and beside each what they are told, letter by letter.
//!
//! A file is read as what its folder says: a module, a source, or a list of expressions that stand
//! in a handler. What is told of `name.yaml` is `name.txt`. `RENEW=1 cargo test -p
//! foldline-language --test broken` writes those anew: read what changed, as somebody would who
//! knows nothing of this code.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use foldline_language::expression::{self, Compiler, Named, Names, Reads, Tree};
use foldline_language::problem::render::{Look, text as draw};
use foldline_language::problem::{Code, Problem, Source};
use foldline_language::yaml::{self, Kind, Node};
use foldline_language::{mapping, program};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/broken");

/// How many files there are at least.
const FILES_MIN: usize = 120;

/// Codes that no small file shows, and why; each is shown by a text that is made here.
const MADE: [(Code, &str); 6] = [
    (Code::TooDeep, "it takes a hundred brackets"),
    (Code::TooLong, "it takes an expression of many lines"),
    (Code::YamlTooLong, "it takes a file of a megabyte"),
    (Code::YamlTooDeep, "it takes lists within many lists"),
    (Code::YamlBytes, "it takes a file that is no text"),
    (Code::SourceMany, "it takes a thousand names"),
];

/// Codes that nothing in one file is told with.
const ELSEWHERE: [(Code, &str); 1] = [(Code::NameTwice, "it takes two files, and a folder")];

/// A file with mistakes.
struct Broken {
    path: PathBuf,
    /// As it is called in what is told.
    name: String,
    text: String,
    problems: Vec<Problem>,
}

impl Broken {
    fn read(path: PathBuf) -> Broken {
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        let folder = path.parent().and_then(Path::file_name).expect("it is in a folder");
        let problems = match folder.to_str() {
            Some("modules") => program::read(&name, &text).1,
            Some("sources") => mapping::read(&text).1,
            Some("expressions") => {
                assert!(text.starts_with("# expressions\n"), "{}", path.display());
                expressions(&text)
            }
            other => panic!("a folder says what its files are: {other:?} does not"),
        };
        Broken { path, name, text, problems }
    }

    /// What is told of it.
    fn told(&self) -> String {
        draw(&Source::new(&self.name, &self.text), &self.problems, Look::Plain)
    }
}

/// All of them, by their paths.
fn all() -> Vec<Broken> {
    let mut paths = Vec::new();
    for folder in fs::read_dir(FOLDER).expect("it is there") {
        for file in fs::read_dir(folder.expect("it is read").path()).expect("it is a folder") {
            paths.push(file.expect("it is read").path());
        }
    }
    paths.sort();
    let is = |path: &Path, ending: &str| path.extension().is_some_and(|own| own == ending);
    for path in &paths {
        let is_told = is(path, "txt") && path.with_extension("yaml").exists();
        assert!(is(path, "yaml") || is_told, "{} belongs to nothing", path.display());
    }
    paths.into_iter().filter(|path| is(path, "yaml")).map(Broken::read).collect()
}

/// What is wrong with a list of expressions that stand in a handler.
fn expressions(text: &str) -> Vec<Problem> {
    let (node, mut problems) = yaml::parse(text);
    let Some(Node { kind: Kind::List(items), .. }) = node else { return problems };
    for item in &items {
        let Kind::Scalar(scalar) = &item.kind else { continue };
        let own = match expression::parse(&scalar.text) {
            Ok(tree) => meaning(&tree),
            Err(problems) => problems,
        };
        problems.extend(own.into_iter().map(|problem| problem.placed(|at| scalar.place(at))));
    }
    problems
}

/// What is wrong with what an expression means.
fn meaning(tree: &Tree) -> Vec<Problem> {
    let names = [
        ("stream", Named::Stream),
        ("version", Named::Version),
        ("type", Named::Type),
        ("time", Named::Time),
        ("data", Named::Slots),
        ("meta", Named::Slots),
        ("doc", Named::Document),
    ];
    let (mut reads, mut problems) = (Reads::default(), Vec::new());
    let names = Names { names: &names, shape: None, kind: None };
    Compiler::new(names, &mut reads, &mut problems).compile(tree);
    problems
}

/// Where two texts part, line by line.
fn difference(was: &str, is: &str) -> String {
    let (was, is): (Vec<&str>, Vec<&str>) = (was.lines().collect(), is.lines().collect());
    let same = was.iter().zip(&is).take_while(|(one, other)| one == other).count();
    let (left, right) = (was.iter().rev(), is.iter().rev());
    let most = was.len().min(is.len()) - same;
    let after = left.zip(right).take_while(|(one, other)| one == other).count().min(most);
    let mut out = String::new();
    for (sign, lines) in [('-', &was), ('+', &is)] {
        for line in lines.get(same..lines.len() - after).unwrap_or_default() {
            writeln!(out, "{sign} {line}").expect("a text takes all");
        }
    }
    out
}

#[test]
fn what_is_told_of_each_file_is_what_stands_beside_it() {
    let renew = std::env::var_os("RENEW").is_some();
    let mut changed = String::new();
    for file in all() {
        let (told, beside) = (file.told(), file.path.with_extension("txt"));
        let was = fs::read_to_string(&beside).unwrap_or_default();
        if was == told {
            continue;
        }
        if renew {
            fs::write(&beside, &told).expect("it can be written");
        } else {
            let difference = difference(&was, &told);
            writeln!(changed, "{}\n{difference}", beside.display()).expect("a text takes all");
        }
    }
    assert!(changed.is_empty(), "what is told changed; if that is right, RENEW=1\n\n{changed}");
}

#[test]
fn each_file_is_told_of_by_place() {
    let files = all();
    assert!(files.len() >= FILES_MIN, "{}", files.len());
    for file in &files {
        let path = file.path.display();
        assert!(!file.problems.is_empty(), "{path}: nothing is wrong");
        let source = Source::new(&file.name, &file.text);
        let lines = file.text.lines().count().max(1) + 1;
        for problem in &file.problems {
            let place = source.place(problem.span.from);
            assert!((1..=lines).contains(&place.line) && place.column >= 1, "{path}: {place:?}");
            assert!(problem.span.to as usize <= file.text.len(), "{path}: {problem:?}");
            let said = [Some(&problem.what), problem.hint.as_ref()];
            for said in said.into_iter().flatten() {
                assert!(!said.is_empty() && !said.ends_with('.'), "{path}: {said}");
            }
        }
        let told: BTreeSet<_> = file.problems.iter().map(|it| (it.span, it.code)).collect();
        assert_eq!(told.len(), file.problems.len(), "{path}: something is told twice");
    }
}

#[test]
fn of_two_unrelated_mistakes_both_are_told() {
    let files = all();
    let two: Vec<_> = files.iter().filter(|file| file.name.starts_with("two-")).collect();
    assert!(two.len() >= 10, "{}", two.len());
    for file in two {
        let source = Source::new(&file.name, &file.text);
        let lines: BTreeSet<usize> =
            file.problems.iter().map(|problem| source.place(problem.span.from).line).collect();
        assert!(lines.len() >= 2, "{}: {lines:?}", file.path.display());
    }
}

#[test]
fn every_code_is_told_of_some_file() {
    let mut told: BTreeSet<Code> =
        all().iter().flat_map(|file| &file.problems).map(|problem| problem.code).collect();
    for (code, why) in MADE {
        assert!(!told.contains(&code), "{code} is told of a file, and: {why}");
        let problems = made(code);
        assert!(problems.iter().all(|problem| problem.code == code), "{code}: {problems:?}");
        told.extend(problems.iter().map(|problem| problem.code));
    }
    for (code, why) in ELSEWHERE {
        assert!(told.insert(code), "{code} is told of a file, and: {why}");
    }
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !told.contains(code)).collect();
    assert!(missing.is_empty(), "no file is told: {missing:?}");
}

/// What is told of a text that shows a code, and is too long for a file.
fn made(code: Code) -> Vec<Problem> {
    let list = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let wrong = |text: &str| expression::parse(text).expect_err("it is too much");
    match code {
        Code::TooDeep => wrong(&"-(".repeat(expression::limits::HEIGHT_MAX)),
        Code::TooLong => wrong(&"a".repeat(expression::limits::BYTES_MAX + 1)),
        Code::YamlTooLong => program::read("a", &"# a\n".repeat(yaml::limits::BYTES_MAX)).1,
        Code::YamlTooDeep => program::read("a", &list(yaml::limits::DEPTH_MAX + 1)).1,
        Code::YamlBytes => yaml::text(b"projection: caf\xe9\n").1.into_iter().collect(),
        Code::SourceMany => {
            let names = "a, ".repeat(foldline_language::source::limits::NAMES_MAX + 1);
            mapping::read(&format!("source: s\nformat: json\ncount_only: [{names}]\n")).1
        }
        other => panic!("{other} is told of a file"),
    }
}
