//! The examples of docs/reference/language.md, run: handlers with the events that they take and
//! the document that comes of it, expressions with what they give, and what is wrong with its code.

use std::collections::BTreeSet;

use super::kit::{codes, events, fold, module};

const PAGE: &str = include_str!("../../../../docs/reference/language.md");

/// The event that the expressions of the page see: the third of its stream.
const EVENT: &str = r#"A {"n":3,"none":null,"odd-name":true,"lines":[{"sku":"a"},{"sku":"b"}]}"#;

/// The blocks of the page, each with its language, in order.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let pieces = PAGE.split("```").skip(1).step_by(2);
    pieces.map(|piece| piece.split_once('\n').expect("a block has lines")).collect()
}

/// A whole module, or one around handlers.
fn whole(text: &str) -> String {
    if text.contains("projection:") || text.starts_with("source:") {
        return text.into();
    }
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    module(&lines.join("\n"))
}

#[test]
fn what_the_page_says_of_handlers_is_so() {
    let (mut wrong, mut right) = (0, 0);
    let mut last = String::new();
    for (language, text) in blocks() {
        match language {
            "yaml" => match text.strip_prefix("# ") {
                Some(text) => {
                    let (code, text) = text.split_once('\n').expect("a code, and what has it");
                    let told: BTreeSet<&str> = codes(&whole(text)).into_iter().collect();
                    assert_eq!(told, BTreeSet::from([code]), "{text}");
                    wrong += 1;
                }
                None => last = whole(text),
            },
            "events" => {
                let mut events: Vec<&str> = text.lines().collect();
                let expected = events.pop().and_then(|line| line.strip_prefix("= "));
                assert_eq!(Some(fold(&last, "s-1", &events).as_str()), expected, "{last}");
                right += 1;
            }
            "records" => {
                let is_event = |line: &&str| line.starts_with("= ");
                let (expected, records): (Vec<&str>, Vec<&str>) = text.lines().partition(is_event);
                let expected: Vec<&str> =
                    expected.iter().filter_map(|line| line.strip_prefix("= ")).collect();
                assert_eq!(events(&last, &records.join("\n")), expected, "{last}");
                right += 1;
            }
            other => panic!("a block of `{other}`"),
        }
    }
    assert!(wrong >= 4 && right >= 12, "the page has lost its examples: {wrong}, {right}");
}

#[test]
fn what_the_page_says_of_expressions_is_so() {
    let rows = PAGE.split("| expression | gives |\n|---|---|\n").skip(1);
    let rows: Vec<&str> =
        rows.flat_map(|table| table.lines().take_while(|it| !it.is_empty())).collect();
    assert!(rows.len() > 20, "the page has lost its tables");
    for row in rows {
        let (expression, given) = row
            .strip_prefix("| `")
            .and_then(|row| row.strip_suffix(" |"))
            .and_then(|row| row.split_once("` | "))
            .expect("a row is an expression and what it gives");
        let text = expression.replace('"', "\\\"");
        let module = module(&format!("  A: {{ set: {{ x: \"{text}\" }} }}"));
        let folded = fold(&module, "s-1", &["B", "B", EVENT]);
        let expected = match given.strip_prefix('`').and_then(|it| it.strip_suffix('`')) {
            Some(value) => format!(r#"{{"x":{value}}}"#),
            None => format!("parks: {given}: "),
        };
        assert!(folded.starts_with(&expected), "{expression}: {folded}, not {expected}");
    }
}

#[test]
fn every_rule_has_tests_that_bear_its_number() {
    let tests = [
        include_str!("documents.rs"),
        include_str!("expressions.rs"),
        include_str!("keys.rs"),
        include_str!("paths.rs"),
        include_str!("sources.rs"),
    ];
    let rules = PAGE.lines().filter_map(|line| line.strip_prefix("### Rule "));
    let numbers: Vec<&str> = rules.filter_map(|rule| rule.split(':').next()).collect();
    let expected: Vec<String> = (1..=18).map(|number| number.to_string()).collect();
    assert_eq!(numbers, expected);
    for number in numbers {
        let name = format!("fn rule_{number}_");
        assert!(tests.iter().any(|test| test.contains(&name)), "rule {number} has no test");
    }
}
