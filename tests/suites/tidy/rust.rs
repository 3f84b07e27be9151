//! The scanner tells code from what only looks like it.

use foldline_tests::tidy::rust::{code_of, constants, functions, has_word, modules};

fn check_code(text: &str, expected: &str) {
    assert_eq!(code_of(text), expected);
    assert_eq!(code_of(text).len(), text.len());
}

#[test]
fn comments_texts_and_characters_are_blank() {
    check_code("a // b\nc", "a     \nc");
    check_code("a /* b /* c */ d */ e", "a                   e");
    check_code("f(\"}\\\"{\") + g", "f(      ) + g");
    check_code("f('{', '\\'', b'}')", "f(   ,     , b   )");
    check_code("f(r#\"a\"b\"#, 1)", "f(        , 1)");
    check_code("f(br\"{\", b\"{\")", "f(     ,     )");
    check_code("a /* never closed", "a                ");
}

#[test]
fn lifetimes_and_raw_names_are_code() {
    check_code("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
    check_code("'outer: loop {}", "'outer: loop {}");
    check_code("r#type(bar\"x\")", "r#type(bar   )");
}

#[test]
fn functions_are_measured_between_their_braces() {
    let code =
        code_of("fn a(x: [u8; 2]) -> u8 {\n  \"}\";\n  1\n}\ntrait T { fn b(); }\nfn c() {}\n");
    let found: Vec<_> = functions(&code).into_iter().map(|f| (f.name, f.line, f.body)).collect();
    assert_eq!(found, [("a".to_owned(), 1, 2), ("c".to_owned(), 6, 0)]);
}

#[test]
fn a_function_type_is_no_function() {
    assert!(functions("type F = fn (u8) -> u8;\nstruct S { f: fn(u8) }").is_empty());
}

#[test]
fn modules_are_named_with_the_inline_ones_around_them() {
    let code = code_of("mod a;\npub mod b {\n  mod c;\n}\n// mod d;\npub(crate) mod e;\n");
    assert_eq!(modules(&code), [vec!["a"], vec!["b", "c"], vec!["e"]]);
}

#[test]
fn constants_are_found_by_name() {
    let code =
        code_of("pub const A: u8 = 1;\nconst _: () = ();\nconst fn f() {}\nconst B: u8 = 2;");
    assert_eq!(constants(&code), [(1, "A"), (4, "B")]);
}

#[test]
fn a_word_stands_by_itself() {
    assert!(has_word("limits::A_MAX)", "A_MAX"));
    assert!(!has_word("A_MAXIMUM BA_MAX", "A_MAX"));
}
