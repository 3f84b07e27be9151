//! `foldline schema` prints JSON Schema that editors take.

use crate::kit::run;

#[test]
fn a_schema_is_one_object_of_json() {
    let ran = run(&["schema", "--of", "module"]);
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let lines = ran.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(lines[0]["properties"]["projection"]["$ref"], "#/$defs/name");
    assert_eq!(run(&["schema", "--of", "module", "--output", "json"]).out, ran.out);
}

#[test]
fn without_a_choice_all_are_printed() {
    let ran = run(&["schema"]);
    let titles: Vec<_> = ran.lines().iter().map(|line| line["title"].clone()).collect();
    assert_eq!(titles, ["A projection of Foldline", "A source of Foldline"]);
    let ran = run(&["schema", "--of", "modul"]);
    assert_eq!((ran.exit, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("a similar value exists: 'module'"), "{}", ran.err);
}
