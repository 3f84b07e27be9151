//! Broken links and anchors are found; links to other sites, and code, are left alone.

use foldline_tests::tidy::links::{anchors, broken_links, links};
use foldline_tests::tidy::tree::Tree;

fn broken(text: &str) -> Vec<String> {
    let files = [("docs/a.md", text), ("docs/b.md", "# One `two`\n"), ("src/c.rs", "")];
    broken_links(&Tree::planted(&files)).iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_there_may_be_linked() {
    let none: [&str; 0] = [];
    assert_eq!(broken("[a](b.md) [b](../src/c.rs) [c](../src) [d](../docs/b.md \"title\")"), none);
    assert_eq!(broken("# Top\n[a](#top) [b](b.md#one-two) ![c](<b.md>)\n\n[d]: b.md\n"), none);
    assert_eq!(broken("[a](https://example.org/x.md) [b](mailto:a@example.org)"), none);
    assert_eq!(broken("`[a](x.md)`\n```\n[b](x.md)\n```\n"), none);
}

#[test]
fn a_link_that_leads_nowhere_is_told() {
    assert_eq!(broken("\n[a](x.md)"), ["docs/a.md:2: the link `x.md` leads nowhere"]);
    assert_eq!(broken("[a](../../b.md)").len(), 1, "outside the repository");
    assert_eq!(broken("[a](/docs/b.md)").len(), 1, "from the root");
    assert_eq!(broken("[a]: x.md").len(), 1, "a definition");
    assert_eq!(broken("[a](x.md), [b](y.md)").len(), 2, "two in a line");
}

#[test]
fn an_anchor_without_a_heading_is_told() {
    assert_eq!(broken("[a](b.md#two)"), ["docs/a.md:1: `docs/b.md` has no heading `#two`"]);
    assert_eq!(broken("[a](#b)\n```\n# B\n```\n").len(), 1, "a heading in code is none");
}

#[test]
fn anchors_are_named_as_on_github() {
    let text = "# A b, `c_d`: é!\n## A-b\n## A-b\n#no heading\n## See [the map](map.md) (old)\n";
    assert_eq!(anchors(text), ["a-b-c_d-é", "a-b", "a-b-1", "see-the-map-old"]);
}

#[test]
fn links_have_their_lines() {
    let found: Vec<_> = links("a\n[b](c)\n").into_iter().map(|l| (l.line, l.target)).collect();
    assert_eq!(found, [(2, "c".to_owned())]);
}
