//! What files are, and that any bytes are told of without harm.

use foldline_language::problem::Source;
use foldline_language::problem::render::{self, Look};
use foldline_language::yaml::{self, limits};
use proptest::prelude::*;
use serde_json::Value;

use super::{Checked, Kind, check};
use crate::check::facts;

#[test]
fn what_is_changed_below_is_right() {
    for text in [MODULE, SOURCE] {
        assert_eq!(check("a.yaml", text.as_bytes()).problems, [], "{text}");
    }
}

#[test]
fn a_file_is_what_its_top_says() {
    for (name, text, kind) in [
        ("a.yaml", "projection: a\n", Kind::Module),
        ("a.yaml", "version: 1\n'projection': []\n", Kind::Module),
        ("projection.yaml", "version: 1\n", Kind::Module),
        ("projection.yml", "", Kind::Module),
        ("a.yaml", "source: a\nprojection: b\n", Kind::Module),
        ("a.yaml", "source: a\n", Kind::Source),
        ("a.yaml", "sources: {}\nprojections: projections\n", Kind::Other),
        ("a.yaml", "a: { projection: b }\n", Kind::Other),
        ("a.yaml", "- projection: a\n", Kind::Other),
        ("a.yaml", "", Kind::Other),
        ("a.yaml", "projection: a\n  b: c\n", Kind::Unknown),
    ] {
        assert_eq!(check(name, text.as_bytes()).kind, kind, "{name}: {text}");
    }
}

#[test]
fn what_is_known_is_known_of_wrong_modules_too() {
    let Checked { facts, .. } = check("a.yaml", b"projection: a\nversion: +1\non: { B: c }\n");
    assert_eq!(facts.name.map(|(name, _)| name).as_deref(), Some("a"));
    assert_eq!((facts.version, facts.events), (None, Some(vec!["B".into()])));
    let Checked { facts, .. } = check("a.yaml", b"projection: [a]\nversion: 12\n");
    assert_eq!((facts.name, facts.version), (None, Some(12)));
}

#[test]
fn a_file_that_is_cut_off_within_a_letter_is_too_long_and_nothing_else() {
    let long = "\u{e9}".repeat(limits::BYTES_MAX);
    let cut = long.as_bytes().get(..=limits::BYTES_MAX).unwrap();
    let codes: Vec<&str> = check("a.yaml", cut).problems.iter().map(|it| it.code.name()).collect();
    assert_eq!(codes, ["F0208"]);
}

const MODULE: &str = "\
projection: a
version: 1
from: b
into: { store: c }
key: stream
fields: { d: decimal }
on:
  E | F:
    - when: data.g > 0
      set: { d: 'data.h + 1' }
      append: { 'i[data.j]': \"'k'\" }
      limit: { 'i[data.j]': 2 }
    - { each: { l: data.m }, key: l.n, add: { 'o[p = l.q].r': 1 } }
  '*': delete
unknown: park
";

const SOURCE: &str = "\
source: wallets
format: json
event:
  stream: record.stream
  version: record.version
  type: record.type
  data: record.data
where: has(record.type)
upcast:
  - { type: A, from: 1, steps: [ { rename: { b: c } }, { set: { d: 'data.e + 1' } } ] }
";

/// Any bytes, and a module and a source in which a few bytes are others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let new = prop_oneof![any::<u8>(), prop::sample::select(&b" \n\t:{}[]'\"|#&*!-=.,"[..])];
    let spots = prop::collection::vec((any::<prop::sample::Index>(), new), 1..4);
    let text = prop::sample::select(vec![MODULE, SOURCE]);
    let changed = (text, spots).prop_map(|(text, spots)| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte) in spots {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    });
    prop_oneof![1 => bytes, 4 => changed]
}

proptest! {
    #[test]
    fn any_bytes_are_told_of_line_by_line(bytes in bytes()) {
        let checked = check("a.yaml", &bytes);
        let (text, _) = yaml::text(&bytes);
        let (name, problems) = ("a.yaml", &checked.problems);
        let source = Source::new(name, &text);
        let drawn = render::text(&source, problems, Look::Plain) + &facts::text(name, &checked);
        prop_assert!(!drawn.chars().any(|it| it.is_control() && it != '\n'), "{drawn}");
        let told = render::json(&source, problems) + &facts::json(name, &checked, 1, 2);
        let lines: Result<Vec<Value>, _> = told.lines().map(serde_json::from_str).collect();
        prop_assert_eq!(lines.map(|it| it.len()).ok(), Some(told.lines().count()), "{}", told);
        prop_assert!(!checked.problems.is_empty() || checked.kind != Kind::Unknown, "{text}");
    }
}
