//! What is said of modules that are wrong: the code, the piece that shows it, and what to do.

use super::HEAD;
use crate::module::{limits, parse};

/// All that is said of a text: the code and the piece.
fn said(text: &str) -> Vec<(&'static str, &str)> {
    parse(text).1.iter().map(|it| (it.code.name(), it.span.of(text))).collect()
}

/// Holds that one thing is wrong with the text, and that its hint has these words.
#[track_caller]
fn wrong(text: &str, code: &str, piece: &str, hint: &str) {
    let problems = parse(text).1;
    assert_eq!(said(text), [(code, piece)], "{text}: {problems:?}");
    let given = problems[0].hint.as_deref().unwrap_or_default();
    assert!(given.contains(hint), "{text}: {given}");
}

/// The same of a module with other lines at its top.
#[track_caller]
fn top(lines: &str, code: &str, piece: &str, hint: &str) {
    let key = lines.split_once(':').map_or("", |(key, _)| key);
    let others: Vec<&str> = HEAD.lines().filter(|it| !it.starts_with(&format!("{key}:"))).collect();
    let on = if key == "on" { "" } else { "on: { A: delete }" };
    wrong(&format!("{}\n{on}\n{lines}\n", others.join("\n")), code, piece, hint);
}

/// The same of a module with this handler of an event.
#[track_caller]
fn handler(written: &str, code: &str, piece: &str, hint: &str) {
    wrong(&format!("{HEAD}on:\n  A: {written}\n"), code, piece, hint);
}

#[test]
fn what_stands_at_the_top_is_held_to_its_shape() {
    top("fileds: { a: int }", "F0301", "fileds", "write `fields`");
    top("colour: red", "F0301", "colour", "the keys here are projection, version, from");
    top("into: { collection: c }", "F0302", "collection", "`store`: a store of");
    top("into: {}", "F0302", "{}", "`store`");
    top("into: db", "F0303", "db", "into: { store");
    top("from: [a]", "F0303", "[a]", "one word");
    top("from: ", "F0304", "", "one word");
    top("key: ", "F0304", "", "`null`");
    top("key: [a, '']", "F0105", "''", "");
    top("key:\n- a\n-", "F0304", "", "`null`");
    top("projection: Wallet Balance", "F0305", "Wallet Balance", "write `wallet_balance`");
    top("projection: 1st", "F0305", "1st", "begins with one of a-z");
    let long = "a".repeat(limits::NAME_BYTES_MAX + 1);
    top(&format!("from: {long}"), "F0305", &long, "at most 64");
    top("version: 0", "F0306", "0", "from 1 to");
    top("version: +1", "F0306", "+1", "write `1`");
    top("version: 4294967296", "F0306", "4294967296", "digits");
    top("unknown: skip", "F0307", "skip", "`ignore` or `park`");
    top("across_streams: true", "F0307", "true", "`arrival`");
    top("repairs: 3", "F0312", "3", "raise `version`");
    wrong(
        &HEAD.replace("version: 3", "version: x\nrepairs: 3\non: { A: delete }"),
        "F0306",
        "x",
        "digits",
    );
    top("allow: { F0301: why }", "F0313", "F0301", "mend it");
    top("allow: { F0991: why }", "F0313", "F0991", "write `F0901`");
    top("allow: { F0901: ' ' }", "F0313", "' '", "why");
    top("allow: { F0901: }", "F0304", "", "why");
    top("allow: [F0901]", "F0303", "[F0901]", "allow: {");
    top("on: {}", "F0504", "{}", "on: {");
    top("on: { A: ignore }", "F0504", "{ A: ignore }", "on: {");
    top("on: []", "F0303", "[]", "on: {");
    for text in ["", "a", "[]", "# nothing\n"] {
        let (module, problems) = parse(text);
        assert!(module.is_none() && problems.len() == 1, "{text}: {problems:?}");
    }
}

#[test]
fn fields_have_types_that_there_are() {
    top("fields: { a: double }", "F0309", "double", "write `decimal`");
    top("fields: { a: flot }", "F0309", "flot", "write `decimal`");
    top("fields: { a: strnig }", "F0309", "strnig", "write `string`");
    top("fields: { a: 'list<Int>' }", "F0309", "Int", "write `int`");
    top("fields: { a: list }", "F0309", "list", "write `list<string>`");
    top("fields: { a: list<list> }", "F0309", "list", "write `list<string>`");
    top("fields: { a: colour }", "F0309", "colour", "one of string, int");
    top("fields: { a: list<int }", "F0309", "list<int", "");
    top("fields: { a: }", "F0304", "", "one of string, int");
    top("fields: { a: { as: keyword } }", "F0302", "as", "`type`");
    top("fields: { a: { type: int, as: keyword } }", "F0310", "keyword", "leave it away");
    top("fields: { a: { type: decimal, as: text } }", "F0307", "text", "`keyword`");
    top("fields: { a: { type: int, kind: b } }", "F0301", "kind", "the keys here are type, as");
    top("fields: { a.b: int }", "F0308", "a.b", "`a`");
    top("fields: { 1a: int }", "F0308", "1a", "begins with");
    top("fields: { _foldline: int }", "F0311", "_foldline", "`_foldline`");
    let deep = |depth: usize| format!("{}int{}", "list<".repeat(depth), ">".repeat(depth));
    let (most, more) = (deep(limits::TYPE_DEPTH_MAX), deep(limits::TYPE_DEPTH_MAX + 1));
    super::right(&format!("{HEAD}fields: {{ a: {most} }}\non: {{ A: delete }}\n"));
    top(&format!("fields: {{ a: {more} }}"), "F0314", &more, "map");
}

#[test]
fn keys_of_events_are_types() {
    let on = |key: &str, code: &str, piece: &str, hint: &str| {
        wrong(&format!("{HEAD}on:\n  {key}: delete\n"), code, piece, hint);
    };
    on("A, B", "F0502", ", B", "A | B");
    on("A or B", "F0502", "or B", "A | B");
    on("A |", "F0502", "", "A | B");
    on("A || B", "F0502", "", "A | B");
    on("'* | A'", "F0502", "*", "alone");
    on("A | *", "F0502", "*", "alone");
    on("\"''\"", "F0502", "''", "quotes");
    on("\"'a\"", "F0102", "'a", "close it");
    on("\"'\\\\q'\"", "F0103", "\\\\q", "backslash");
    on("''", "F0502", "''", "A | B");
    on("A: delete\n  B | A", "F0503", "A", "line 7 handles it");
    on("A | B | A", "F0503", "A", "line 7 handles it");
    on("'*': delete\n  ' *'", "F0503", "' *'", "line 7 handles it");
}

#[test]
fn a_handler_does_something() {
    handler("remove", "F0501", "remove", "delete");
    handler("drop", "F0501", "drop", "write `delete`");
    handler("{ $inc: { a: 1 } }", "F0501", "$inc", "write `add`");
    handler("{ push: { a: 1 } }", "F0501", "push", "write `append`");
    handler("{ setOnInsert: { a: 1 } }", "F0501", "setOnInsert", "write `default`");
    handler("{ put: { a: 1 } }", "F0501", "put", "write `set`");
    handler("{ apend: { a: 1 } }", "F0501", "apend", "write `append`");
    handler("{ frobnicate: { a: 1 } }", "F0501", "frobnicate", "the verbs are set, default");
    handler("{ delete: true, if: a }", "F0501", "if", "write `when`");
    handler("{ when: a }", "F0504", "{ when: a }", "another verb");
    handler("[ delete, ignore ]", "F0504", "ignore", "in the place of the list");
    handler("{ append: { a: 1+ }, limit: { a: 1 } }", "F0105", "", "");
    handler("{ when: 1+ }", "F0105", "", "");
    handler("{}", "F0504", "{}", "ignore");
    handler("[]", "F0504", "[]", "ignore");
    handler("{ set: {} }", "F0504", "{}", "take the verb away");
    handler("{ unset: [] }", "F0504", "[]", "take the verb away");
    handler("", "F0304", "", "delete");
    handler("[[]]", "F0303", "[]", "a list of handlers");
    handler("{ delete: true, set: { a: 1 } }", "F0508", "delete", "line 7");
    handler("{ delete: false }", "F0303", "false", "unset");
    handler("{ set: a }", "F0303", "a", "path: value");
    handler("{ set: { a: } }", "F0304", "", "`null`");
    handler("{ unset: { a: true } }", "F0303", "{ a: true }", "unset: path");
    handler("{ append: { a: 1 }, limit: { b: 1 } }", "F0509", "b", "beside `append");
    handler("{ append: { a.b: 1 }, limit: { a: 1 } }", "F0509", "a", "beside `append");
    handler("{ set: { a: 1 }, limit: { a: 1 } }", "F0509", "a", "beside `append");
    handler("{ append: { a: 1 }, limit: { a: 0 } }", "F0306", "0", "from 1 to 10000");
    handler("{ append: { a: 1 }, limit: { a: 10001 } }", "F0306", "10001", "from 1 to 10000");
    handler("{ each: { doc: a }, set: { a: 1 } }", "F0510", "doc", "another name");
    handler("{ each: { a-b: a }, set: { a: 1 } }", "F0510", "a-b", "letters");
    handler("{ each: { a: a, b: b }, set: { a: 1 } }", "F0510", "{ a: a, b: b }", "each: {");
    handler("{ each: data.a, set: { a: 1 } }", "F0303", "data.a", "each: {");
}

#[test]
fn paths_are_places() {
    let path = |path: &str, code: &str, piece: &str, hint: &str| {
        handler(&format!("{{ set: {{ \"{path}\": 1 }} }}"), code, piece, hint);
    };
    path("", "F0505", "\"\"", "a path is written");
    path("a.", "F0505", "", "a path is written");
    path(".a", "F0505", ".", "a path is written");
    path("a..b", "F0505", ".", "a path is written");
    path("a b", "F0505", " ", "write `a_b`");
    path("a.0.b", "F0505", "0", "an element is written");
    path("a.'b c'", "F0505", "'b c'", "map['odd name']");
    path("$.a", "F0505", "$", "leave `$` and its dot away");
    path("[a]", "F0505", "[", "a path is written");
    path("a[]", "F0505", "[]", "`each`");
    path("a[*].b", "F0505", "[*]", "`each`");
    path("a[b", "F0106", "[", "close it");
    path("a['b]", "F0102", "'b]", "close it");
    path("a[b == c]", "F0505", "==", "one `=`");
    path("a[b.c = d]", "F0505", "b.c", "one field");
    path("a[b = c = d]", "F0101", "=", "==");
    path("a[b = ]", "F0105", "", "");
    path("a[1 +]", "F0105", "", "");
    path("doc.a", "F0911", "doc", "leave `doc.` away");
    path("_foldline.a", "F0311", "\"_foldline.a\"", "does not begin");
    let steps = vec!["a"; limits::STEPS_MAX + 1].join(".");
    path(&steps, "F0314", &format!("\"{steps}\""), "documents of its own");
}

#[test]
fn a_key_is_asked_of_every_handler_without_one() {
    let head = HEAD.replace("key: stream\n", "");
    for written in ["delete", "{ set: { a: 1 } }", "[ { key: b, delete: true }, delete ]"] {
        let text = format!("{head}on:\n  B: {{ key: b, set: {{ a: 1 }} }}\n  A: {written}\n");
        wrong(&text, "F0302", "A", "`key: stream`");
    }
}

#[test]
fn a_type_within_a_list_is_shown_where_it_stands() {
    let text = format!("{HEAD}fields: {{ a: list<list> }}\non: {{ A: delete }}\n");
    let problems = parse(&text).1;
    assert_eq!(problems[0].span.from as usize, text.find("list>").expect("it is there"));
}

#[test]
fn a_handler_whose_names_are_unknown_is_left_out() {
    let each = "{ each: { doc: a }, set: { a: 1 } }";
    let (module, problems) = parse(&format!("{HEAD}on: {{ A: [ {each}, delete ] }}\n"));
    assert_eq!(problems.len(), 1);
    assert_eq!(module.expect("the rest is there").on[0].handlers.len(), 1);
}
