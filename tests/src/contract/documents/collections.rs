//! Collections: one a generation; scans, purges, and the switch between them.

use foldline_core::fault::Trouble;
use foldline_core::guard::{Guard, Meta};
use foldline_core::input::{SideAnswer, WriteAnswer};
use foldline_core::name::{Name, ProjectionId};
use foldline_core::time::Time;
use foldline_ports::documents::{Documents, Switched};

use super::{create, load, written};
use crate::contract::run::block_on;
use crate::contract::samples::{
    all_kinds, checkpoint, cursor, document, generation, keys, mark, tombstone,
};
use crate::contract::{Case, Held, LeftOut, Outcome, cases};

/// The tests.
pub const TESTS: &[Case<dyn Documents>] = cases![
    collections_share_nothing,
    creating_again_changes_nothing,
    a_removed_collection_takes_no_write,
    a_scan_shows_each_document_once,
    a_sorted_scan_is_sorted,
    a_purge_takes_old_tombstones_only,
    a_switch_is_one_conditional_step,
    no_switch_to_an_absent_collection,
];

/// Purges the first generation whole, in pages of so many; says how many went.
pub(super) fn purge(store: &dyn Documents, before: u64, page: usize) -> u64 {
    let (mut count, mut after) = (0, None);
    loop {
        let one = generation(1);
        let purged = block_on(store.purge(&one, Time(before), after.as_ref(), page)).unwrap();
        count += purged.tombstones;
        match purged.more {
            Some(more) => after = Some(more),
            None => return count,
        }
    }
}

/// The keys of the first generation, as its pages show them.
fn scan(store: &dyn Documents, page: usize) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let scanned = block_on(store.scan(&generation(1), after.as_ref(), page)).unwrap();
        assert!(scanned.documents.len() <= page);
        for (key, stored) in scanned.documents {
            assert_eq!(load(store, &key), Some(stored), "a scan shows what a load shows");
            found.push(key.to_string());
        }
        match scanned.more {
            Some(more) => after = Some(more),
            None => return found,
        }
    }
}

fn collections_share_nothing(store: &dyn Documents) -> Outcome {
    let (one, two) = (generation(1), generation(2));
    let other = ProjectionId { name: Name::from("balance_1"), generation: 1 };
    for collection in [&one, &two, &other] {
        block_on(store.create(collection)).unwrap();
    }
    written(store, document("a", None, "one"));
    block_on(store.save_cursors(&one, &[cursor("s", None, 1)]));
    block_on(store.save_checkpoint(&one, &checkpoint("p", None, 1)));
    for collection in [&two, &other] {
        let loaded = block_on(store.load(collection, &keys(&["a"]))).remove(0);
        assert_eq!(loaded.stored, Ok(None));
        let cursors = block_on(store.load_cursors(collection, &[Name::from("s")]));
        assert_eq!(cursors, [(Name::from("s"), Ok(None))]);
        assert_eq!(block_on(store.load_checkpoint(collection, "p")), Ok(None));
        assert_eq!(block_on(store.checkpoints(collection)), Ok(Vec::new()));
        assert!(block_on(store.scan(collection, None, 10)).unwrap().documents.is_empty());
        let answers = block_on(store.write(collection, &[document("a", None, "")]));
        assert!(matches!(answers.as_slice(), [WriteAnswer::Written(_)]));
        block_on(store.remove(collection)).unwrap();
    }
    assert_eq!(load(store, "a").map(|stored| stored.body), Some(document("a", None, "one").body));
    assert!(matches!(block_on(store.load_checkpoint(&one, "p")), Ok(Some(_))));
    Held
}

fn creating_again_changes_nothing(store: &dyn Documents) -> Outcome {
    create(store);
    written(store, document("a", None, ""));
    block_on(store.save_checkpoint(&generation(1), &checkpoint("p", None, 1)));
    let stood = (load(store, "a"), block_on(store.load_checkpoint(&generation(1), "p")));
    create(store);
    assert_eq!((load(store, "a"), block_on(store.load_checkpoint(&generation(1), "p"))), stood);
    Held
}

fn a_removed_collection_takes_no_write(store: &dyn Documents) -> Outcome {
    let one = generation(1);
    let closed = || {
        // Nothing here may be taken for an answer about a document: the machine must wait.
        let answers = block_on(store.write(&one, &[document("a", None, "")]));
        assert!(matches!(answers.as_slice(), [WriteAnswer::Retry(_)]), "{answers:?}");
        let answers = block_on(store.save_cursors(&one, &[cursor("s", None, 1)]));
        assert!(matches!(answers.as_slice(), [SideAnswer::Retry(_)]), "{answers:?}");
        let answer = block_on(store.save_checkpoint(&one, &checkpoint("p", None, 1)));
        assert!(matches!(answer, SideAnswer::Retry(_)), "{answer:?}");
        let loaded = block_on(store.load(&one, &keys(&["a"])));
        let troubled = |stored: &Result<_, Trouble>| stored.is_err();
        assert!(loaded.iter().all(|loaded| troubled(&loaded.stored)), "{loaded:?}");
        let cursors = block_on(store.load_cursors(&one, &[Name::from("s")]));
        assert!(cursors.iter().all(|(_, cursor)| cursor.is_err()), "{cursors:?}");
        assert!(block_on(store.load_checkpoint(&one, "p")).is_err());
        assert!(block_on(store.checkpoints(&one)).is_err());
        assert!(block_on(store.scan(&one, None, 10)).is_err());
        assert!(block_on(store.purge(&one, Time(9), None, 10)).is_err());
    };
    closed();
    create(store);
    let old = written(store, document("a", None, ""));
    block_on(store.save_checkpoint(&one, &checkpoint("p", None, 1)));
    block_on(store.remove(&one)).unwrap();
    block_on(store.remove(&one)).expect("removing again changes nothing");
    closed();
    create(store);
    assert_eq!(load(store, "a"), None, "what is created again is empty");
    assert_eq!(block_on(store.load_checkpoint(&one, "p")), Ok(None));
    let answers = block_on(store.write(&one, &[document("a", Some(old), "")]));
    assert_eq!(answers, [WriteAnswer::Conflict]);
    Held
}

fn a_scan_shows_each_document_once(store: &dyn Documents) -> Outcome {
    create(store);
    assert!(scan(store, 10).is_empty());
    let mut all: Vec<String> = (0..33).map(|number| format!("k-{number}")).collect();
    for key in &all {
        written(store, document(key, None, key));
    }
    for write in all_kinds() {
        all.push(write.key.to_string());
        written(store, write);
    }
    all.sort();
    for page in [1, 7, all.len() - 1, all.len(), all.len() + 1] {
        let mut found = scan(store, page);
        found.sort();
        assert_eq!(found, all, "in pages of {page}");
    }
    Held
}

fn a_sorted_scan_is_sorted(store: &dyn Documents) -> Outcome {
    if !store.capabilities().sorted_scan {
        return LeftOut("this store scans in an order of its own");
    }
    create(store);
    for key in ["b", "a/1", "ü", "a", "Z", "a-1", "10", "9", "🦀", "漢", "\u{e000}"] {
        written(store, document(key, None, ""));
    }
    for page in [1, 3, 100] {
        let expected = ["10", "9", "Z", "a", "a-1", "a/1", "b", "ü", "漢", "\u{e000}", "🦀"];
        assert_eq!(scan(store, page), expected, "by the bytes of their keys");
    }
    Held
}

fn a_purge_takes_old_tombstones_only(store: &dyn Documents) -> Outcome {
    let kept = |key: &str, change: &dyn Fn(&mut Meta)| {
        let mut write = tombstone(key, None, 5);
        change(&mut write.meta);
        write
    };
    for page in [1, 3, 100] {
        create(store);
        for number in 0..7 {
            written(store, tombstone(&format!("old-{number}"), None, 9));
            written(store, tombstone(&format!("young-{number}"), None, 10));
            written(store, document(&format!("alive-{number}"), None, ""));
        }
        written(store, kept("marked", &|meta| meta.mark = Some(mark().into())));
        written(store, kept("dropped", &|meta| meta.dropped.add(2, 2)));
        written(store, kept("stub", &|meta| meta.deleted = None));
        let streams = Guard::Streams(std::collections::BTreeMap::default());
        written(store, kept("streams", &|meta| meta.guard = streams.clone()));
        let before = scan(store, 100);
        assert_eq!(purge(store, 10, page), 7, "in pages of {page}");
        let left: Vec<String> = before.into_iter().filter(|key| !key.starts_with("old-")).collect();
        assert_eq!(scan(store, 100), left, "in pages of {page}");
        assert_eq!(purge(store, 10, page), 0);
        block_on(store.remove(&generation(1))).unwrap();
    }
    Held
}

fn a_switch_is_one_conditional_step(store: &dyn Documents) -> Outcome {
    let switch = |from, to| block_on(store.switch("balance", from, to));
    let active = || block_on(store.active("balance")).unwrap();
    for number in 1..=3 {
        block_on(store.create(&generation(number))).unwrap();
    }
    assert_eq!(active(), None);
    assert_eq!(switch(Some(1), 2), Switched::Conflict(None));
    assert_eq!(active(), None);
    assert_eq!(switch(None, 1), Switched::Done);
    assert_eq!(active(), Some(1));
    assert_eq!(switch(None, 1), Switched::Done, "whoever resumes repeats it");
    assert_eq!(switch(Some(1), 2), Switched::Done);
    assert_eq!(switch(Some(1), 2), Switched::Done);
    assert_eq!(active(), Some(2));
    for from in [None, Some(1), Some(3)] {
        assert_eq!(switch(from, 3), Switched::Conflict(Some(2)));
        assert_eq!(active(), Some(2));
    }
    assert_eq!(switch(Some(2), 1), Switched::Done, "and back");
    assert_eq!(active(), Some(1));
    assert_eq!(block_on(store.active("balance_1")).unwrap(), None, "each projection has its own");
    let won = std::thread::scope(|scope| {
        let switchers =
            [2, 3].map(|to| scope.spawn(move || block_on(store.switch("balance", Some(1), to))));
        switchers.map(|switcher| switcher.join().unwrap())
    });
    assert_eq!(won.iter().filter(|answer| **answer == Switched::Done).count(), 1, "{won:?}");
    Held
}

fn no_switch_to_an_absent_collection(store: &dyn Documents) -> Outcome {
    create(store);
    assert_eq!(block_on(store.switch("balance", None, 7)), Switched::Absent);
    assert_eq!(block_on(store.active("balance")), Ok(None));
    assert_eq!(block_on(store.switch("balance", None, 1)), Switched::Done);
    assert_eq!(block_on(store.switch("balance", Some(1), 7)), Switched::Absent);
    assert_eq!(block_on(store.active("balance")), Ok(Some(1)));
    Held
}
