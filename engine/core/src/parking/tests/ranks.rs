//! Names and ranks of letters: what is told apart, and in which order it stands.

use std::sync::Arc;

use super::{EPOCH, Store, head, id, key, letter, run};
use crate::event::{Batch, BatchBuilder};
use crate::letter::{Cause, Letter, LetterAnswer, Rank, Scope};
use crate::name::Name;
use crate::parking::{Left, Limits, names};
use crate::position::Position;

#[test]
fn letters_are_listed_by_stream_and_version() {
    let mut store = Store::default();
    for (stream, version) in [("t", 1), ("s", 10), ("s", 9), ("s", 100)] {
        run(&mut store, letter(key(), Some(EPOCH), stream, version), Limits::default());
    }
    let prefix = names::letters(&id(), &key(), EPOCH);
    let found: Vec<String> =
        store.names(&prefix).iter().map(|name| name.replace(prefix.as_str(), "")).collect();
    let place = |stream: &str, version: u64| format!("{stream}/{version:020}");
    assert_eq!(found, [place("s", 9), place("s", 10), place("s", 100), place("t", 1)]);
}

/// An event of a source without versions.
fn sorted(stream: &str, sort: &str) -> Arc<Batch> {
    let mut payload = BatchBuilder::default();
    payload.event(stream, 0, Position::number(0)).sort(sort).part("Credited", &[]);
    Arc::new(payload.build())
}

#[test]
fn letters_without_versions_are_told_apart_by_their_sort_keys() {
    let mut store = Store::default();
    let mut put = |sort, letters_per_key| {
        let payload = sorted("s", sort);
        let letter = Letter { payload, ..letter(key(), Some(EPOCH), "s", 0) };
        let limits = Limits { letters_per_key, ..Limits::default() };
        let answer = run(&mut store, letter, limits);
        let stand = store.names(&names::letters(&id(), &key(), EPOCH)).len();
        (answer, stand)
    };
    assert_eq!(put("2026 01", 2), (LetterAnswer::Parked, 1));
    assert_eq!(put("2026 02", 2), (LetterAnswer::Parked, 2));
    assert_eq!(put("2026 02", 2), (LetterAnswer::Parked, 2));
    assert_eq!(put("2026 03", 2), (LetterAnswer::Full, 2));
    let mut head = head(&store, &key(), EPOCH).unwrap();
    assert_eq!(head.held(), 2);
    let rank = |sort: &str| Rank { version: 0, sort: sort.into() };
    assert!(head.leave("s", &rank("2026 01"), Left::Retried));
    assert!(!head.is_drained());
    assert!(head.leave("s", &rank("2026 02"), Left::Retried));
    assert!(head.is_drained());
}

#[test]
fn names_are_short_and_differ() {
    let long = "ключ/".repeat(200);
    let scopes = [
        Scope::Key("a/b".into()),
        Scope::Key("a%2Fb".into()),
        Scope::Key("".into()),
        Scope::Stream("a/b".into()),
        Scope::Key(long.as_str().into()),
        Scope::Key(format!("{long}x").into()),
    ];
    let mut all: Vec<Name> =
        scopes.iter().map(|scope| names::letters(&id(), scope, EPOCH)).collect();
    for name in &all {
        assert!(name.len() < 300 && name.is_ascii(), "{name}");
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), scopes.len());
    let mut letter = letter(Scope::Key(long.as_str().into()), Some(EPOCH), &long, u64::MAX);
    assert!(names::letter(&id(), &letter).len() < 512);
    letter.payload = sorted(&long, &long);
    assert!(names::letter(&id(), &letter).len() < 512);
    assert!(names::discard(&id(), &letter).len() < 512);
    letter.cause = Cause::Nameless;
    assert!(names::discard(&id(), &letter).len() < 512);
}
