//! Every kind of left-over is found, in every kind of file, and its lookalikes are not.

use foldline_tests::tidy::leftovers::leftovers;
use foldline_tests::tidy::tree::Tree;

fn found(path: &str, text: &str) -> usize {
    leftovers(&Tree::planted(&[(path, text)])).len()
}

#[test]
fn left_overs_are_found() {
    for text in [
        concat!("// TO", "DO: later"),
        concat!("// FIX", "ME"),
        concat!("let a = 1; // XX", "X"),
        concat!("    to", "do!()"),
        concat!("unimpl", "emented!(\"later\")"),
        concat!("let a = db", "g!(b);"),
        concat!("#[ig", "nore]"),
        concat!("cd /ho", "me/somebody/src"),
        concat!("`/ro", "ot/.cargo`"),
        concat!("(/wo", "rk/main)"),
        concat!("open /Us", "ers/somebody"),
        concat!("out > /t", "mp/out"),
        concat!("C:", "\\code"),
    ] {
        for path in ["a.rs", "docs/a.md", "a.toml", "a.yaml", "a.sh", ".ci/run"] {
            assert_eq!(found(path, text), 1, "{text} in {path}");
        }
    }
}

#[test]
fn lookalikes_are_left_alone() {
    for text in [
        concat!("MASTO", "DON"),
        concat!("#[ig", "nore = \"needs a server\"]"),
        concat!("https://example.org/ho", "me/page"),
        concat!("target/t", "mp/out"),
        concat!("my_to", "do!()"),
        "mktemp -d",
    ] {
        assert_eq!(found("a.rs", text), 0, "{text}");
    }
}
