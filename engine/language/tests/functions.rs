//! The reference of the functions has what the table of functions has, word for word: between its
//! opening and its last section it is made of the table.
//! `RENEW=1 cargo test -p foldline-language --test functions` makes it anew.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use foldline_language::expression::function::{FORMS, Form, Function, GROUPS};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/functions.md");

/// Where the opening of the page ends, and where its last section begins.
const ENDS: [&str; 2] = ["\n## All of them\n", "\n## Time zones\n"];

/// The page as it should be: what people wrote of it stays.
fn page(found: &str) -> String {
    let [first, last] = ENDS.map(|heading| found.find(heading).expect("it has this section"));
    let (opening, closing) = (&found[..first], &found[last..]);
    let mut page = opening.to_owned();
    line(&mut page, "\n## All of them\n");
    names(&mut page, "Forms", FORMS.iter().map(|form| form.name));
    for group in GROUPS {
        names(&mut page, group.title, group.functions.iter().map(|function| function.name));
    }
    line(&mut page, "\n## Forms\n");
    line(&mut page, "What binds a name, looks at a path or takes what is written out is a form.");
    for form in &FORMS {
        of_form(&mut page, form);
    }
    for group in GROUPS {
        line(&mut page, &format!("\n## {}", group.title));
        for function in group.functions {
            of_function(&mut page, function);
        }
    }
    page + closing
}

fn names<'n>(page: &mut String, title: &str, names: impl Iterator<Item = &'n str>) {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let anchor = title.to_lowercase().replace(',', "").replace(' ', "-");
    wrapped(page, &format!("* [{title}](#{anchor}): {}", names.join(", ")), "  ");
}

fn of_form(page: &mut String, form: &Form) {
    line(page, &format!("\n### `{}`\n", form.written));
    wrapped(page, &format!("{}.", sentence(form.says)), "");
    examples(page, form.examples);
}

fn of_function(page: &mut String, function: &Function) {
    line(page, &format!("\n### `{}`\n", function.signature()));
    wrapped(page, &format!("{}.\n", sentence(function.says)), "");
    for takes in function.takes {
        let or_not = if takes.optional { ", may be left out" } else { "" };
        line(page, &format!("* `{}`: {}{or_not}", takes.name, takes.kinds));
    }
    line(page, &format!("* gives: {}", function.gives));
    examples(page, function.examples);
}

/// What is said, with a capital letter.
fn sentence(says: &str) -> String {
    let mut letters = says.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn examples(page: &mut String, examples: &[(&str, &str)]) {
    line(page, "\n```text");
    for (text, gives) in examples {
        line(page, &format!("{text}  →  {gives}"));
    }
    line(page, "```");
}

/// A paragraph in lines of at most 100 characters, all but the first of them indented.
fn wrapped(page: &mut String, text: &str, indent: &str) {
    let mut column = 0;
    for word in text.split(' ') {
        let letters = word.chars().count();
        if column > 0 && column + 1 + letters > 100 {
            page.extend(["\n", indent]);
            column = indent.len();
        } else if column > 0 {
            page.push(' ');
            column += 1;
        }
        page.push_str(word);
        column += letters;
    }
    page.push('\n');
}

fn line(page: &mut String, text: &str) {
    writeln!(page, "{text}").expect("a text takes all that is written");
}

#[test]
fn the_reference_has_what_the_table_has() {
    let path = Path::new(PAGE);
    let found = fs::read_to_string(path).expect("there is a page");
    let expected = page(&found);
    if env::var_os("RENEW").is_some() {
        fs::write(path, &expected).expect("the page can be written");
        return;
    }
    let differs = expected.lines().zip(found.lines()).find(|(own, other)| own != other);
    assert!(
        found == expected,
        "docs/reference/functions.md is not what the table says, at {differs:?}: \
         `RENEW=1 cargo test -p foldline-language --test functions` makes it so"
    );
}
