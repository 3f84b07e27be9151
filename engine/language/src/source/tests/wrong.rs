//! What is said of sources that are wrong: the code, and the smallest place that shows it.

use super::{Code, HEAD, parse, problems};

/// The one thing that is wrong with this, below the head of a source.
#[track_caller]
fn wrong(text: &str, code: Code, place: &str) {
    let text = format!("{HEAD}{text}\n");
    assert_eq!(problems(&text), [(code, place)], "{text}");
}

/// The same, with what is said.
#[track_caller]
fn says(text: &str, what: &str, hint: &str) {
    let text = format!("{HEAD}{text}\n");
    let (_, problems) = parse(&text);
    let [problem] = problems.as_slice() else { panic!("{text}: {problems:?}") };
    assert_eq!((&*problem.what, problem.hint.as_deref()), (what, Some(hint)), "{text}");
}

const EVENT: &str = "event: { stream: record.s, version: record.n, type: record.t }";

#[test]
fn keys_are_known_or_told() {
    wrong("evnt: {}", Code::SourceKey, "evnt");
    says("evnt: {}", "the key `evnt` has no meaning here", "write `event`");
    wrong("event: { strem: a, stream: a, version: b, type: c }", Code::SourceKey, "strem");
    wrong("upcast: [ { kind: a, type: a, from: 1, steps: [] } ]", Code::SourceKey, "kind");
    wrong("event: { stream: a, version: b }", Code::SourceLacks, "stream");
    wrong("upcast: [ { from: 1, steps: [] } ]", Code::SourceLacks, "from");
    assert_eq!(problems("format: json\n"), [(Code::SourceLacks, "format")]);
    assert_eq!(problems("source: s\n"), [(Code::SourceLacks, "s")]);
    assert_eq!(problems("source: s\nformat: dynamodb\n"), [(Code::SourceLacks, "dynamodb")]);
    wrong("event: { stream: a, type: b }", Code::SourceLacks, "stream");
    wrong("explode: record.lines", Code::SourceLacks, "json");
    wrong("versions: refold", Code::SourceLacks, "refold");
}

#[test]
fn all_of_the_wrong_things_are_told_at_once() {
    let text = "source: A b\nformat: jsn\nevent: [1]\nwhere: a ==\nfirst: 2\nuse: x\n";
    assert_eq!(
        problems(text),
        [
            (Code::SourceName, "A b"),
            (Code::SourceWord, "jsn"),
            (Code::SourceShape, "[1]"),
            (Code::Syntax, ""),
            (Code::SourceWord, "2"),
            (Code::SourceKey, "use"),
        ]
    );
}

#[test]
fn values_are_of_the_kind_that_belongs_there() {
    for (text, place) in [
        ("event: x", "x"),
        ("event:", ""),
        ("where:", ""),
        ("count_only: SNAPSHOT", "SNAPSHOT"),
        ("count_only: [[a]]", "[a]"),
        ("upcast: {}", "{}"),
        ("upcast: [x]", "x"),
        ("upcast: [ { type: a, from: 1, steps: x } ]", "x"),
        ("upcast: [ { type: a, from: 1, steps: [ [a] ] } ]", "[a]"),
        ("upcast: [ { type: a, from: 1, steps: [ { set: x } ] } ]", "x"),
        ("upcast: [ { type: a, from: 1, steps: [ { set: {} } ] } ]", "{}"),
        ("upcast: [ { type: a, from: 1, steps: [ { drop: yes } ] } ]", "yes"),
        ("upcast: [ { type: a, from: 1, steps: [ { unset: [] } ] } ]", "[]"),
        ("explode: { a: b, c: d }", "{ a: b, c: d }"),
    ] {
        wrong(text, Code::SourceShape, place);
    }
    assert_eq!(problems(""), [(Code::SourceShape, "")]);
    assert_eq!(problems("[a]"), [(Code::SourceShape, "[a]")]);
    assert_eq!(problems("{}"), [(Code::SourceLacks, "{}")]);
}

#[test]
fn words_and_numbers_are_those_that_there_are() {
    for (text, place) in [
        ("versions: contigous", "contigous"),
        ("first: 2", "2"),
        ("first: one", "one"),
        ("upcast: [ { type: a, from: 0, steps: [] } ]", "0"),
        ("upcast: [ { type: a, from: -1, steps: [] } ]", "-1"),
        ("upcast: [ { type: a, from: 4294967295, steps: [] } ]", "4294967295"),
        ("upcast: [ { type: a, from: 99999999999999999999, steps: [] } ]", "99999999999999999999"),
    ] {
        wrong(text, Code::SourceWord, place);
    }
    let what = "`contigous` is not one of the words for what versions are";
    says("versions: contigous", what, "write `contiguous`");
    let (_, problems) = parse("source: s\nformat: dynamo\n");
    assert_eq!(problems[0].hint.as_deref(), Some("write `dynamodb`"));
    let (_, problems) = parse("source: s\nformat: protobuf\n");
    assert_eq!(problems[0].hint.as_deref(), Some("write `json` or `dynamodb`"));
}

#[test]
fn names_mean_one_thing() {
    for name in ["index", "record", "new", "true"] {
        wrong(&format!("explode: {{ {name}: record.x }}\n{EVENT}"), Code::SourceName, name);
    }
    for name in ["a b", "1a", "a-b"] {
        wrong(&format!("explode: {{ {name}: record.x }}\n{EVENT}"), Code::SourceName, name);
    }
    wrong("preset: My Preset", Code::SourceName, "My Preset");
    wrong("count_only: [' ']", Code::SourceName, "' '");
    wrong("upcast: [ { type: '', from: 1, steps: [] } ]", Code::SourceName, "''");
}

#[test]
fn settings_that_do_not_go_together_are_told() {
    wrong("binary: once", Code::SourceClash, "binary");
    wrong("ignore_changes: [a]", Code::SourceClash, "ignore_changes");
    wrong("sort: record.a", Code::SourceClash, "record.a");
    wrong("versions: refold\nsort: record.a\nfirst: 0", Code::SourceClash, "0");
    wrong(&format!("versions: refold\nsort: record.a\n{EVENT}"), Code::SourceClash, "record.n");
}

#[test]
fn problems_of_expressions_stand_where_they_were_made() {
    wrong("where: \"a &\\u0026 (b\"", Code::OpenBracket, "(");
    wrong("event: { stream: [a, b +], version: c, type: d }", Code::Syntax, "");
    let text = "source: s\nformat: json\nwhere: >\n  a\n  === b\n";
    assert_eq!(problems(text), [(Code::Foreign, "===")], "{text}");
}

#[test]
fn steps_are_one_thing_each() {
    let step = |step: &str, code: Code, place: &str| {
        wrong(&format!("upcast: [ {{ type: a, from: 1, steps: [ {step} ] }} ]"), code, place);
    };
    step("delete", Code::UpcastStep, "delete");
    step("{ rname: { a: b } }", Code::UpcastStep, "rname");
    step("{ set: { a: 1 }, unset: b }", Code::UpcastStep, "unset");
    step("{ split: [] }", Code::UpcastStep, "[]");
    step("drop, { set: { a: 1 } }", Code::UpcastEnd, "{ set: { a: 1 } }");
    step("{ retype: b }, { set: { a: 1 } }, drop", Code::UpcastEnd, "{ set: { a: 1 } }");
    step("{ retype: { type: b, data: 1 } }", Code::SourceKey, "data");
    step("{ split: [ { schema: 2 } ] }", Code::SourceLacks, "schema");
}

#[test]
fn paths_lead_into_data_and_do_not_meet() {
    let step = |step: &str, place: &str| {
        let text = format!("upcast: [ {{ type: a, from: 1, steps: [ {step} ] }} ]");
        wrong(&text, Code::UpcastPath, place);
    };
    step("{ set: { '': 1 } }", "''");
    step("{ set: { a..b: 1 } }", "a..b");
    step("{ set: { .a: 1 } }", ".a");
    step("{ set: { a.: 1 } }", "a.");
    step("{ set: { 'a[0]': 1 } }", "'a[0]'");
    step("{ set: { 'a b': 1 } }", "'a b'");
    step("{ set: { data.a: 1 } }", "data.a");
    step("{ set: { a: 1, a.b: 2 } }", "a.b");
    step("{ rename: { a: a } }", "a");
    step("{ rename: { a: b, b: c } }", "b");
    step("{ rename: { a: b c } }", "b c");
    step("{ unset: [a, a] }", "a");
    step("{ unset: x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x }", "x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x");
}

#[test]
fn what_is_too_much_is_told() {
    let upcasts: Vec<String> =
        (0..1_001).map(|n| format!("  - {{ type: t{n}, from: 1, steps: [ drop ] }}")).collect();
    let text = format!("{HEAD}upcast:\n{}\n", upcasts.join("\n"));
    let found = problems(&text);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0, Code::SourceMany);
    let steps = vec!["{ unset: a }"; 600].join(", ");
    let upcast = |kind: &str| format!("  - {{ type: {kind}, from: 1, steps: [ {steps} ] }}");
    let text = format!("{HEAD}upcast:\n{}\n{}\n{}\n", upcast("a"), upcast("b"), upcast("c"));
    assert_eq!(problems(&text).iter().map(|it| it.0).collect::<Vec<_>>(), [Code::SourceMany]);
    let names: Vec<String> = (0..1_001).map(|n| format!("t{n}")).collect();
    let text = format!("{HEAD}count_only: [{}]\n", names.join(", "));
    assert_eq!(problems(&text), [(Code::SourceMany, "t1000")]);
}
