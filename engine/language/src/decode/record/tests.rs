//! Records in, values out: literal cases of each format, then anything at all.

mod any;
mod dynamodb;

use foldline_core::value::canonical;

use super::*;

/// What is wanted, as paths from the roots: `new.payload`; a root alone is all of it.
fn decoder(format: Format, paths: &str, binary: Binary) -> Decoder {
    let mut wanted = vec![Wanted::default(); format.roots().len()];
    for path in paths.split_whitespace() {
        let names: Vec<&str> = path.split('.').collect();
        let root = format.roots().iter().position(|root| *root == names[0]).expect("a root");
        wanted[root].path(&names[1..]);
    }
    Decoder::new(format, wanted, binary)
}

/// Values between blanks, and what is wrong.
fn shown(record: &Record<'_>) -> String {
    let mut out: Vec<String> = record.roots.iter().map(canonical::text).collect();
    out.extend(record.fault.iter().map(|fault| format!("!{fault}")));
    out.join(" ")
}

#[track_caller]
fn json(paths: &str, text: &str, expected: &str) {
    let decoder = decoder(Format::Json, paths, Binary::Auto);
    assert_eq!(shown(&decoder.decode(text)), expected, "{text}");
}

#[test]
fn what_is_wanted_is_there_and_nothing_else() {
    let text = r#" {"a":{"b":1,"c":[2,{"d":3}]},"e":"f","g":null} "#;
    json("record", text, r#"{"a":{"b":1,"c":[2,{"d":3}]},"e":"f","g":null}"#);
    json("record.a.b record.g", text, r#"{"a":{"b":1},"g":null}"#);
    json("record.a.c.d", text, r#"{"a":{"c":[2,{"d":3}]}}"#);
    json("record.a.b record.a", text, r#"{"a":{"b":1,"c":[2,{"d":3}]}}"#);
    json("record.e.x record.x.y", text, r#"{"e":"f"}"#);
    json("", text, "null");
    json("record.a", "[1]", "[1]");
    json("record.a", "7", "7");
    json(r"record.é", r#"{"\u00e9":"\ud83d\ude00"}"#, r#"{"é":"😀"}"#);
}

#[test]
fn it_may_be_enough_that_something_is_there() {
    let mut wanted = Wanted::default();
    wanted.there(&["a"]);
    wanted.path(&["b", "c"]);
    wanted.there(&["b"]);
    let decoder = Decoder::new(Format::Json, vec![wanted.clone()], Binary::Auto);
    let record = |text: &str| shown(&decoder.decode(text));
    assert_eq!(record(r#"{"a":{"x":1},"b":{"c":2,"d":3}}"#), r#"{"a":{},"b":{"c":2}}"#);
    assert_eq!(record(r#"{"a":7,"b":null}"#), r#"{"a":7,"b":null}"#);
    assert_eq!(record("{}"), "{}");
    let item = r#"{"Item":{"a":{"M":{"x":{"N":"1"}}},"b":{"M":{"c":{"N":"2"}}},"d":{"S":""}}}"#;
    let decoder = Decoder::new(Format::Dynamodb, vec![Wanted::default(), wanted], Binary::Auto);
    assert_eq!(shown(&decoder.decode(item)), r#"null {"a":{},"b":{"c":2}} null "INSERT""#);
}

#[test]
fn digits_are_kept() {
    let long = "12345678901234567890123456789012345678";
    json("record", &format!("[{long},-0.{long},1.0]"), &format!("[{long},-0.{long},1]"));
}

#[test]
fn what_is_wrong_leaves_the_rest() {
    json(
        "record.a record.b",
        r#"{"a":1,"a":2,"b":3}"#,
        r#"{"b":3} !undecodable: `a` is given twice"#,
    );
    json("record.b", r#"{"a":1,"a":2,"b":3}"#, r#"{"b":3}"#);
    json(
        "record.a record.b",
        r#"{"a":{"x":1,"x":2},"b":3}"#,
        r#"{"b":3} !undecodable: a name is given twice in one object, at byte 18"#,
    );
    json(
        "record.a record.b",
        &format!(r#"{{"a":[{}],"b":3}}"#, "1".repeat(39)),
        r#"{"b":3} !undecodable: a number has at most 38 digits, this one needs more, at byte 6"#,
    );
    json(
        "record.a record.b",
        r#"{"a":"\udc00","b":3}"#,
        r#"{"b":3} !undecodable: a text has half of a surrogate pair, at byte 5"#,
    );
    json("record.b", r#"{"a":"\udc00","b":3}"#, r#"{"b":3}"#);
    json(
        "record.b",
        r#"{"\udc00":1,"b":3}"#,
        r#"{"b":3} !undecodable: a text has half of a surrogate pair, at byte 1"#,
    );
}

#[test]
fn a_text_that_breaks_off_keeps_what_stood_before() {
    let ends = "!undecodable: the text ends too early, at byte";
    json("record", r#"{"a":1,"#, &format!("null {ends} 7"));
    json("record.a record.b", r#"{"a":1,"b":2"#, &format!(r#"{{"a":1}} {ends} 12"#));
    json("record.a.b record.c", r#"{"a":{"b":"x","#, &format!(r#"{{"a":{{"b":"x"}}}} {ends} 14"#));
    json(
        "record.a",
        r#"{"a":1} x"#,
        r#"{"a":1} !undecodable: something follows the value, at byte 8"#,
    );
    json("record", "", &format!("null {ends} 0"));
    json("record.a", "x", "null !undecodable: this is not JSON, at byte 0");
}

#[test]
fn formats_have_names_of_their_own() {
    for format in Format::ALL {
        assert!(!format.roots().is_empty() && !format.name().is_empty());
        let record = decoder(format, "", Binary::Auto).decode("{}");
        assert_eq!(record.roots.len(), format.roots().len());
        assert_eq!(record.change.is_some(), format == Format::Dynamodb);
    }
}
