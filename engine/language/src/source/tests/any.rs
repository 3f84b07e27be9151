//! Whatever a file holds, there is a source or a problem, soon.

use proptest::prelude::*;

use super::{EXPLODED, parse, read};
use crate::yaml;

/// Lines that sources are made of, and any others.
fn source_like() -> impl Strategy<Value = String> {
    let lines: Vec<String> = EXPLODED.lines().map(str::to_owned).collect();
    let odd = [
        "upcast:",
        "  - type: A",
        "    from: 1",
        "    steps: [ drop ]",
        "    steps:",
        "      - set: { a: 1 }",
        "      - rename: { a: b }",
        "      - split: [ { type: B } ]",
        "      - retype: { type: A, schema: 2 }",
        "      - { set: x, unset: y }",
        "      - ",
        "event: {",
        "explode: { a: b }",
        "sort: [",
        "versions: refold",
        "preset: p",
        "feed: x",
    ];
    let line = prop_oneof![
        6 => prop::sample::select(lines),
        6 => prop::sample::select(odd.map(str::to_owned).to_vec()),
        1 => any::<String>(),
    ];
    prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_text_is_a_source_or_wrong(text in source_like()) {
        let (source, problems) = parse(&text);
        prop_assert!(source.is_some() || !problems.is_empty());
        for problem in &problems {
            let (from, to) = (problem.span.from as usize, problem.span.to as usize);
            prop_assert!(text.get(from..to).is_some(), "{:?}", problem);
        }
        if let Some(node) = yaml::parse(&text).0 {
            let _ = read(&text, &node);
        }
    }

    #[test]
    fn a_source_with_a_line_less_is_read(line in 0usize..20) {
        let lines = EXPLODED.lines().enumerate().filter(|(at, _)| *at != line);
        let text: Vec<&str> = lines.map(|(_, line)| line).collect();
        let (source, problems) = parse(&text.join("\n"));
        prop_assert!(source.is_some() || !problems.is_empty());
    }
}
