//! Holds [`foldline_ports::documents`] to its contract: documents here, the rest in
//! [`records`] and [`collections`].

use std::collections::BTreeSet;

use foldline_core::effect::{DocumentWrite, LoadKey};
use foldline_core::guard::Revision;
use foldline_core::input::{Stored, WriteAnswer};
use foldline_core::limits::KEY_BYTES_MAX;
use foldline_core::name::Name;
use foldline_ports::documents::Documents;

use super::run::block_on;
use super::samples::{all_kinds, document, generation, keys, progress, tombstone};
use super::{Case, Held, LeftOut, Outcome, cases};

pub mod collections;
pub mod records;

/// The tests of documents; those of [`records`] and [`collections`] come besides.
pub const TESTS: &[Case<dyn Documents>] = cases![
    answers_come_in_order,
    a_load_sees_what_was_written,
    writes_are_conditional,
    one_conflict_keeps_no_other_back,
    a_key_named_twice_is_written_once,
    each_write_changes_the_revision,
    a_document_created_again_meets_no_old_revision,
    an_oversized_document_is_refused,
    an_unfit_key_is_refused,
    rows_are_written_with_their_document,
    rows_come_with_their_document,
    rows_beyond_the_limit_are_refused,
];

/// Writes to the first generation.
fn write(store: &dyn Documents, documents: &[DocumentWrite]) -> Vec<WriteAnswer> {
    block_on(store.write(&generation(1), documents))
}

/// Writes one document, which must be taken.
fn written(store: &dyn Documents, document: DocumentWrite) -> Revision {
    match write(store, &[document]).as_slice() {
        [WriteAnswer::Written(revision)] => *revision,
        other => panic!("it was to be written: {other:?}"),
    }
}

/// What the first generation holds under a key.
fn load(store: &dyn Documents, key: &str) -> Option<Stored> {
    block_on(store.load(&generation(1), &keys(&[key]))).remove(0).stored.unwrap()
}

fn create(store: &dyn Documents) {
    block_on(store.create(&generation(1))).unwrap();
}

fn answers_come_in_order(store: &dyn Documents) -> Outcome {
    create(store);
    let names: Vec<String> = (0..60).rev().map(|number| format!("k-{number}")).collect();
    for name in names.iter().step_by(3) {
        written(store, document(name, None, name));
    }
    let documents: Vec<DocumentWrite> =
        names.iter().map(|name| document(name, None, name)).collect();
    for (place, answer) in write(store, &documents).into_iter().enumerate() {
        match answer {
            WriteAnswer::Conflict => assert_eq!(place % 3, 0, "{} was absent", names[place]),
            WriteAnswer::Written(revision) => {
                assert_ne!(place % 3, 0, "{} was there", names[place]);
                assert_eq!(load(store, &names[place]).unwrap().revision, revision);
            }
            other => panic!("{other:?}"),
        }
    }
    let asked: Vec<&str> = ["none", "k-7", "k-59", "nor this", "k-7"].to_vec();
    let loaded = block_on(store.load(&generation(1), &keys(&asked)));
    let names: Vec<&str> = loaded.iter().map(|loaded| loaded.key.as_str()).collect();
    assert_eq!(names, asked);
    let there: Vec<bool> = loaded.iter().map(|l| matches!(l.stored, Ok(Some(_)))).collect();
    assert_eq!(there, [false, true, true, false, true]);
    Held
}

fn a_load_sees_what_was_written(store: &dyn Documents) -> Outcome {
    create(store);
    let mut expected = all_kinds();
    let odd = ["a b", "a/b#c?d=e%20", "quote\"s", "ü/漢/🦀", "_foldline", ".."];
    let long = "x".repeat(KEY_BYTES_MAX);
    expected.extend(odd.iter().map(|key| document(key, None, key)));
    expected.push(document(&long, None, "the longest key"));
    let answers = write(store, &expected);
    for (write, answer) in expected.iter().zip(answers) {
        let WriteAnswer::Written(revision) = answer else { panic!("{}: {answer:?}", write.key) };
        let (body, meta) = (write.body.clone(), write.meta.clone());
        assert_eq!(load(store, &write.key), Some(Stored { body, meta, revision }));
    }
    let revision = load(store, "marked").unwrap().revision;
    let next = document("marked", Some(revision), "the mark is gone");
    written(store, next.clone());
    assert_eq!(load(store, "marked").map(|found| (found.body, found.meta)), {
        Some((next.body, next.meta))
    });
    Held
}

fn writes_are_conditional(store: &dyn Documents) -> Outcome {
    create(store);
    let stranger = Some(Revision(u64::MAX, u64::MAX));
    assert_eq!(write(store, &[document("a", stranger, "")]), [WriteAnswer::Conflict]);
    assert_eq!(load(store, "a"), None);
    let first = written(store, document("a", None, "1"));
    let second = written(store, tombstone("a", Some(first), 1));
    for replaces in [None, Some(first), stranger] {
        let stood = load(store, "a");
        assert_eq!(write(store, &[document("a", replaces, "x")]), [WriteAnswer::Conflict]);
        assert_eq!(load(store, "a"), stood, "a tombstone is not absence; the old revision is old");
    }
    let mut last = second;
    for _ in 0..10 {
        let answers: Vec<WriteAnswer> = std::thread::scope(|scope| {
            let writer = |number: usize| {
                let write_one = document("a", Some(last), &number.to_string());
                scope.spawn(move || write(store, &[write_one]).remove(0))
            };
            let writers: Vec<_> = (0..4).map(writer).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let won = answers.iter().filter(|answer| matches!(answer, WriteAnswer::Written(_)));
        assert_eq!(won.count(), 1, "{answers:?}");
        last = load(store, "a").unwrap().revision;
    }
    Held
}

fn one_conflict_keeps_no_other_back(store: &dyn Documents) -> Outcome {
    create(store);
    written(store, document("b", None, "first"));
    let huge = "x".repeat(store.capabilities().document_bytes_max);
    let batch = [
        document("a", None, ""),
        document("b", None, "second"),
        document("c", None, &huge),
        document("d", None, ""),
    ];
    let answers = write(store, &batch);
    let kinds: Vec<&str> = answers.iter().map(kind).collect();
    assert_eq!(kinds, ["written", "conflict", "refused", "written"]);
    let there = ["a", "b", "c", "d"].map(|key| load(store, key).is_some());
    assert_eq!(there, [true, true, false, true]);
    Held
}

fn kind(answer: &WriteAnswer) -> &'static str {
    match answer {
        WriteAnswer::Written(_) => "written",
        WriteAnswer::Conflict => "conflict",
        WriteAnswer::Retry(_) => "retry",
        WriteAnswer::Refused(_) => "refused",
    }
}

fn a_key_named_twice_is_written_once(store: &dyn Documents) -> Outcome {
    create(store);
    let check = |replaces| {
        let batch = ["1", "2"].map(|text| document("a", replaces, text));
        let answers = write(store, &batch);
        let won = answers.iter().position(|answer| kind(answer) == "written");
        let won = won.expect("one of the two is written");
        let other = answers.iter().position(|answer| kind(answer) == "conflict");
        assert_eq!(other, Some(1 - won), "{answers:?}");
        assert_eq!(load(store, "a").unwrap().body, batch[won].body);
        load(store, "a").map(|stored| stored.revision)
    };
    let first = check(None);
    assert_ne!(check(first), first);
    Held
}

fn each_write_changes_the_revision(store: &dyn Documents) -> Outcome {
    create(store);
    let mut seen = BTreeSet::new();
    let mut last = None;
    for _ in 0..20 {
        let revision = written(store, document("a", last, "the same"));
        assert!(seen.insert(revision), "{revision:?} came twice");
        last = Some(revision);
    }
    Held
}

fn a_document_created_again_meets_no_old_revision(store: &dyn Documents) -> Outcome {
    let mut seen = BTreeSet::new();
    let mut see = |revision| assert!(seen.insert(revision), "{revision:?} came back");
    for round in 0..6 {
        create(store);
        let first = written(store, document("a", None, "1"));
        let second = written(store, tombstone("a", Some(first), 1));
        see(first);
        see(second);
        if round % 2 == 0 {
            collections::purge(store, 2, 10);
        } else {
            block_on(store.remove(&generation(1))).unwrap();
            create(store);
        }
        assert_eq!(load(store, "a"), None);
        let stale = document("a", Some(first), "a stale owner");
        assert_eq!(write(store, &[stale]), [WriteAnswer::Conflict]);
        let third = written(store, document("a", None, "3"));
        see(third);
        block_on(store.remove(&generation(1))).unwrap();
    }
    Held
}

fn an_oversized_document_is_refused(store: &dyn Documents) -> Outcome {
    create(store);
    let over = "x".repeat(store.capabilities().document_bytes_max);
    match write(store, &[document("a", None, &over)]).as_slice() {
        [WriteAnswer::Refused(fault)] => assert_eq!(fault.code, "too_large"),
        other => panic!("{other:?}"),
    }
    assert_eq!(load(store, "a"), None);
    let revision = written(store, document("a", None, "small"));
    let stood = load(store, "a");
    let answers = write(store, &[document("a", Some(revision), &over)]);
    assert_eq!(answers.iter().map(kind).collect::<Vec<&str>>(), ["refused"]);
    assert_eq!(load(store, "a"), stood);
    let half = "x".repeat(store.capabilities().document_bytes_max / 2);
    written(store, document("a", Some(revision), &half));
    Held
}

fn an_unfit_key_is_refused(store: &dyn Documents) -> Outcome {
    create(store);
    let long = "x".repeat(KEY_BYTES_MAX + 1);
    for key in ["", &long] {
        let answers = write(store, &[document(key, None, "")]);
        assert_eq!(answers.iter().map(kind).collect::<Vec<&str>>(), ["refused"], "`{key}`");
    }
    Held
}

/// A document with rows of these streams.
fn ledger(key: &str, replaces: Option<Revision>, rows: &[(&str, u64)]) -> DocumentWrite {
    let mut write = document(key, replaces, "");
    write.rows = rows.iter().map(|(stream, next)| (Name::from(*stream), progress(*next))).collect();
    write
}

/// The rows of these streams, as loaded with a document.
fn rows(store: &dyn Documents, key: &str, streams: &[&str]) -> Vec<(String, u64)> {
    let rows = streams.iter().map(|stream| Name::from(*stream)).collect();
    let asked = [LoadKey { key: Name::from(key), rows }];
    let loaded = block_on(store.load(&generation(1), &asked)).remove(0);
    loaded.rows.into_iter().map(|(stream, row)| (stream.to_string(), row.next)).collect()
}

const NO_LEDGER: Outcome = LeftOut("this store keeps no ledger");

fn rows_are_written_with_their_document(store: &dyn Documents) -> Outcome {
    if store.capabilities().ledger_rows_max < 2 {
        return NO_LEDGER;
    }
    create(store);
    let first = written(store, ledger("a", None, &[("s-1", 4), ("s-2", 5)]));
    let conflict = ledger("a", None, &[("s-1", 90), ("s-3", 90)]);
    assert_eq!(write(store, &[conflict]), [WriteAnswer::Conflict]);
    assert_eq!(
        rows(store, "a", &["s-1", "s-2", "s-3"]),
        [("s-1".into(), 4), ("s-2".into(), 5), ("s-3".into(), 0)]
    );
    written(store, ledger("a", Some(first), &[("s-1", 6)]));
    assert_eq!(rows(store, "a", &["s-1", "s-2"]), [("s-1".into(), 6), ("s-2".into(), 5)]);
    Held
}

fn rows_come_with_their_document(store: &dyn Documents) -> Outcome {
    if store.capabilities().ledger_rows_max < 2 {
        return NO_LEDGER;
    }
    create(store);
    written(store, ledger("a", None, &[("s/1", 4), ("s", 5)]));
    written(store, ledger("a/s", None, &[("1", 7)]));
    assert_eq!(
        rows(store, "a", &["s", "none", "s/1"]),
        [("s".into(), 5), ("none".into(), 0), ("s/1".into(), 4)]
    );
    assert_eq!(rows(store, "a/s", &["1", "s"]), [("1".into(), 7), ("s".into(), 0)]);
    assert_eq!(rows(store, "b", &["s"]), [("s".into(), 0)], "an absent row says that it is");
    let asked = [LoadKey { key: "a".into(), rows: vec!["s/1".into()] }];
    let loaded = block_on(store.load(&generation(1), &asked)).remove(0);
    assert_eq!(loaded.rows, [(Name::from("s/1"), progress(4))], "holes and all");
    // While a document and its row count up together, no load shows a row that is older.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut last = None;
            for number in 0..200 {
                let mut next = ledger("c", last, &[("s", number)]);
                next.meta.guard = foldline_core::guard::Guard::Version(progress(number));
                last = Some(written(store, next));
            }
        });
        for _ in 0..200 {
            let asked = [LoadKey { key: "c".into(), rows: vec!["s".into()] }];
            let loaded = block_on(store.load(&generation(1), &asked)).remove(0);
            let Ok(Some(stored)) = loaded.stored else { continue };
            let foldline_core::guard::Guard::Version(document) = stored.meta.guard else {
                continue;
            };
            let row = loaded.rows.first().map_or(0, |(_, row)| row.next);
            assert!(row >= document.next, "row {row} of a document at {}", document.next);
        }
    });
    Held
}

fn rows_beyond_the_limit_are_refused(store: &dyn Documents) -> Outcome {
    create(store);
    let most = store.capabilities().ledger_rows_max;
    if most > 10_000 {
        return LeftOut("this store has no limit that a test could reach");
    }
    let names: Vec<String> = (0..=most).map(|number| format!("s-{number}")).collect();
    let rows: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 4)).collect();
    let answers = write(store, &[ledger("a", None, &rows)]);
    assert_eq!(answers.iter().map(kind).collect::<Vec<&str>>(), ["refused"]);
    assert_eq!(load(store, "a"), None);
    written(store, ledger("a", None, &rows[1..]));
    Held
}
