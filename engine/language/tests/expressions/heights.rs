//! The highest expressions that may be written are read, checked, run, copied and dropped on a
//! small stack, whatever they are made of.

use foldline_core::value::Value;
use foldline_language::expression::{limits, parse};

use super::{json, ready};

/// Bytes of the stack: a quarter of what a thread of the engine has.
const STACK: usize = 512 << 10;

/// A shape of expressions: what stands before, in the middle and behind, as often as wanted.
type Form = fn(usize) -> String;

/// So many times one text, then the middle, then so many times another.
fn around(before: &str, middle: &str, behind: &str, times: usize) -> String {
    [&before.repeat(times), middle, &behind.repeat(times)].concat()
}

/// Loops within loops, each over a list of what the one around it binds.
fn loops(name: &str, times: usize) -> String {
    let open = (1..=times).map(|at| format!("[x{}].{name}(x{at}, ", at - 1));
    let open = open.collect::<Vec<_>>().concat().replacen("x0", "data.yes", 1);
    [&open, "data.yes", &")".repeat(times)].concat()
}

const FORMS: &[(&str, Form)] = &[
    ("parentheses", |n| around("(", "data.n", ")", n)),
    ("lists", |n| around("[", "data.n", "]", n)),
    ("maps", |n| around("{'a': ", "data.n", "}", n)),
    ("names of maps", |n| around("{string(size(", "data.s", ")): 1}", n)),
    ("not", |n| around("!", "data.yes", "", n)),
    ("minus", |n| around("-", "data.n", "", n)),
    ("sums", |n| around("data.n + ", "data.n", "", n)),
    ("sums to the right", |n| around("data.n + (", "data.n", ")", n)),
    ("each tightness", |n| {
        around("size([data.no || data.yes && 1 < 2 + 3 * -(", "data.n", ")])", n)
    }),
    ("either", |n| around("data.no || (", "data.yes", ")", n)),
    ("conditions", |n| around("(", "data.yes", " ? data.yes : data.no)", n)),
    ("choices", |n| around("data.yes ? ", "data.n", " : 2", n)),
    ("other choices", |n| around("data.no ? 1 : ", "data.n", "", n)),
    ("fields", |n| around("", "doc.by", ".a", n)),
    ("fields of the event", |n| around("", "data.deep", ".a", n)),
    ("fields that may be absent", |n| around("", "doc?.any", "?.a", n)),
    ("whether fields are there", |n| format!("has(doc.by{})", ".a".repeat(n))),
    ("indexes", |n| around("", "doc.tags", "[0]", n)),
    ("indexes in indexes", |n| around("doc.tags[", "0", "]", n)),
    ("the first that is there", |n| around("coalesce(", "data.absent", ", null)", n)),
    ("calls", |n| around("string(", "data.n", ")", n)),
    ("calls on", |n| around("", "data.s", ".trim()", n)),
    ("patterns", |n| around("string(", "data.s", ".matches('a'))", n)),
    ("elements that are made", |n| loops("map", n)),
    ("elements that are taken", |n| loops("filter", n)),
    ("elements that are asked", |n| loops("exists", n)),
    ("elements that are sorted", |n| loops("sort_by", n)),
];

/// Does all that is done with an expression.
fn live(text: &str, data: &Value, document: &Value) {
    let tree = parse(text).expect("it is no higher than it may be");
    let copy = tree.clone().placed(&|span| span);
    assert_eq!(copy, tree);
    let ready = ready(text).expect("it is read again");
    let node = ready.compiled.node.clone();
    drop(ready.value(data, document));
    drop((node, copy, tree, ready));
}

#[test]
fn the_highest_expressions_live_on_a_small_stack() {
    let deep = |open: &str, close: &str| around(open, "1", close, 60);
    let data = json(&format!(
        r#"{{"n":1,"s":"a","yes":true,"no":false,"deep":{}}}"#,
        deep(r#"{"a":"#, "}")
    ));
    let document = json(&format!(
        r#"{{"by":{},"any":{},"tags":{}}}"#,
        deep(r#"{"a":"#, "}"),
        deep(r#"{"a":"#, "}"),
        deep("[", "]")
    ));
    for (name, form) in FORMS {
        let highest = (1..2 * limits::HEIGHT_MAX).rev().find(|times| parse(&form(*times)).is_ok());
        let highest = highest.unwrap_or_else(|| panic!("no {name} are read"));
        assert!(parse(&form(highest + 1)).is_err(), "{name}: there is no highest");
        assert!(highest >= 10, "{name}: {highest} is not high");
        let (text, data, document) = (form(highest), data.clone(), document.clone());
        std::thread::scope(|scope| {
            let small = std::thread::Builder::new().name((*name).into()).stack_size(STACK);
            let thread = small.spawn_scoped(scope, move || live(&text, &data, &document));
            thread.expect("it starts").join().unwrap_or_else(|_| panic!("{name}: it panics"));
        });
    }
}
