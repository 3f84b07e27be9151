//! Each code has a page, each page has a code, and the examples of the pages are what they say:
//! what is called wrong has the page's problem, what is called right has none.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use foldline_language::expression::{self, Compiler, Named, Names, Reads, Tree};
use foldline_language::problem::{Code, Problem};
use foldline_language::program;
use foldline_language::source;
use foldline_language::yaml::{self, Kind, Node};

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors");
const LIST: &str = include_str!("../../../docs/reference/errors.md");

fn page(code: Code) -> String {
    let path = Path::new(PAGES).join(format!("{code}.md"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn each_code_has_a_page_and_each_page_a_code() {
    let files = fs::read_dir(PAGES).expect("there are pages");
    let names = files.map(|file| file.expect("it is a file").file_name().into_string());
    let pages: BTreeSet<String> = names.map(|name| name.expect("its name is text")).collect();
    let codes = Code::ALL.iter().map(|code| format!("{code}.md")).collect();
    assert_eq!(pages, codes);
    for &code in Code::ALL {
        let page = page(code);
        let (title, rest) = page.split_once('\n').expect("it has lines");
        let title = title.strip_prefix(&format!("# {code}: ")).expect("it begins with its code");
        assert_eq!((code.title(), code.page()), (title, page.as_str()), "{code}");
        let line = format!("* [{code}](../errors/{code}.md): {title}\n");
        assert!(LIST.contains(&line), "docs/reference/errors.md lacks: {line}");
        assert!(rest.trim().len() > 80, "{code}: a page says what happened, and what to do");
    }
}

/// The YAML of a page: what is called wrong, and what is called right.
fn examples(page: &str) -> Vec<(bool, &str)> {
    let blocks = page.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("```"));
    blocks
        .map(|(block, _)| {
            let (first, text) = block.split_once('\n').expect("a block has lines");
            match first {
                "# wrong" => (false, text),
                "# right" => (true, text),
                other => panic!("a block begins with `# wrong` or `# right`, not with `{other}`"),
            }
        })
        .collect()
}

/// The codes of all that is wrong with a module, a source, or a file whose values are expressions.
fn wrong(code: Code, text: &str) -> BTreeSet<Code> {
    if text.lines().any(|line| line.starts_with("projection:")) {
        return program::read("projection.yaml", text)
            .1
            .iter()
            .map(|problem| problem.code)
            .collect();
    }
    if text.starts_with("source:") {
        return source::parse(text).1.iter().map(|problem| problem.code).collect();
    }
    let (node, problems) = yaml::parse(text);
    let mut codes: BTreeSet<Code> = problems.iter().map(|problem| problem.code).collect();
    let mut nodes: Vec<&Node> = node.iter().collect();
    while let Some(node) = nodes.pop() {
        match &node.kind {
            Kind::Scalar(scalar) => {
                let problems = match expression::parse(&scalar.text) {
                    // What is wrong with a file is told before anybody asks what it means.
                    Ok(tree) if code >= Code::UnknownName => meaning(&tree),
                    Ok(_) => Vec::new(),
                    Err(problems) => problems,
                };
                codes.extend(problems.iter().map(|problem| problem.code));
            }
            Kind::List(items) => nodes.extend(items),
            Kind::Map(entries) => nodes.extend(entries.iter().map(|entry| &entry.value)),
            Kind::Null | Kind::Refused => {}
        }
    }
    codes
}

/// What is wrong with what an expression of a handler means.
fn meaning(tree: &Tree) -> Vec<Problem> {
    let names = [
        ("stream", Named::Stream),
        ("version", Named::Version),
        ("time", Named::Time),
        ("data", Named::Slots),
        ("doc", Named::Elsewhere("this example is of a key")),
    ];
    let (mut reads, mut problems) = (Reads::default(), Vec::new());
    let names = Names { names: &names, shape: None, kind: None };
    Compiler::new(names, &mut reads, &mut problems).compile(tree);
    problems
}

#[test]
fn the_examples_of_the_pages_are_what_they_say() {
    for &code in Code::ALL {
        let page = page(code);
        for (right, text) in examples(&page) {
            let expected = if right { BTreeSet::new() } else { BTreeSet::from([code]) };
            assert_eq!(wrong(code, text), expected, "{code}:\n{text}");
        }
    }
}
