//! Side records: cursors and checkpoints.

use foldline_core::guard::Revision;
use foldline_core::input::SideAnswer;
use foldline_core::name::Name;
use foldline_ports::documents::Documents;

use super::{create, load};
use crate::contract::run::block_on;
use crate::contract::samples::{checkpoint, cursor, document, generation};
use crate::contract::{Case, Held, Outcome, cases};

/// The tests.
pub const TESTS: &[Case<dyn Documents>] = cases![
    cursors_are_conditional,
    checkpoints_are_conditional,
    checkpoints_are_listed,
    side_records_are_not_documents,
];

fn revision<T: std::fmt::Debug>(answer: Option<&SideAnswer<T>>) -> Revision {
    match answer {
        Some(SideAnswer::Written(revision)) => *revision,
        other => panic!("it was to be written: {other:?}"),
    }
}

fn cursors_are_conditional(store: &dyn Documents) -> Outcome {
    create(store);
    let one = generation(1);
    let stranger = Some(Revision(u64::MAX, u64::MAX));
    let answers = block_on(store.save_cursors(&one, &[cursor("s/1", stranger, 5)]));
    assert_eq!(answers, [SideAnswer::Conflict(None)]);
    let batch = [cursor("s/2", None, 6), cursor("s/1", stranger, 5), cursor("s/1", None, 5)];
    let answers = block_on(store.save_cursors(&one, &batch));
    assert_eq!(answers.get(1), Some(&SideAnswer::Conflict(None)), "each is judged alone");
    let first = revision(answers.get(2));
    let stands = Some((batch[2].cursor.clone(), first));
    for replaces in [None, stranger] {
        let answers = block_on(store.save_cursors(&one, &[cursor("s/1", replaces, 9)]));
        assert_eq!(answers, [SideAnswer::Conflict(stands.clone())]);
    }
    let names = [Name::from("none"), Name::from("s/1"), Name::from("s/2")];
    let loaded = block_on(store.load_cursors(&one, &names));
    let other = Some((batch[0].cursor.clone(), revision(answers.first())));
    let expected = names.iter().cloned().zip([Ok(None), Ok(stands), Ok(other)]);
    assert_eq!(loaded, expected.collect::<Vec<_>>());
    let answers = block_on(store.save_cursors(&one, &[cursor("s/1", Some(first), 9)]));
    let second = revision(answers.first());
    assert_ne!(second, first);
    let loaded = block_on(store.load_cursors(&one, &[Name::from("s/1")]));
    let expected = cursor("s/1", None, 9).cursor;
    assert_eq!(loaded, [(Name::from("s/1"), Ok(Some((expected, second))))]);
    Held
}

fn checkpoints_are_conditional(store: &dyn Documents) -> Outcome {
    create(store);
    let one = generation(1);
    let save = |write| block_on(store.save_checkpoint(&one, &write));
    let stranger = Some(Revision(u64::MAX, u64::MAX));
    assert_eq!(save(checkpoint("p/0", stranger, 1)), SideAnswer::Conflict(None));
    assert_eq!(block_on(store.load_checkpoint(&one, "p/0")), Ok(None));
    let first = revision(Some(&save(checkpoint("p/0", None, 1))));
    let stands = Some((checkpoint("p/0", None, 1).checkpoint, first));
    for replaces in [None, stranger] {
        let answer = save(checkpoint("p/0", replaces, 9));
        assert_eq!(answer, SideAnswer::Conflict(stands.clone()));
    }
    assert_eq!(block_on(store.load_checkpoint(&one, "p/0")), Ok(stands));
    let second = revision(Some(&save(checkpoint("p/0", Some(first), 2))));
    assert_ne!(second, first);
    let mut empty = checkpoint("p/1", None, 0);
    (empty.checkpoint.position, empty.checkpoint.jump) = (None, None);
    let other = revision(Some(&save(empty.clone())));
    assert_eq!(block_on(store.load_checkpoint(&one, "p/1")), Ok(Some((empty.checkpoint, other))));
    Held
}

fn checkpoints_are_listed(store: &dyn Documents) -> Outcome {
    create(store);
    let one = generation(1);
    assert_eq!(block_on(store.checkpoints(&one)), Ok(Vec::new()));
    let mut expected = Vec::new();
    for (partition, at) in [("p-1", 4), ("p-10", 5), ("p-2", 6)] {
        let write = checkpoint(partition, None, at);
        revision(Some(&block_on(store.save_checkpoint(&one, &write))));
        expected.push((write.partition, write.checkpoint));
    }
    assert_eq!(block_on(store.checkpoints(&one)), Ok(expected));
    Held
}

fn side_records_are_not_documents(store: &dyn Documents) -> Outcome {
    create(store);
    let one = generation(1);
    block_on(store.save_cursors(&one, &[cursor("a", None, 5)]));
    block_on(store.save_checkpoint(&one, &checkpoint("a", None, 5)));
    assert_eq!(load(store, "a"), None);
    let page = block_on(store.scan(&one, None, 10)).unwrap();
    assert!(page.documents.is_empty(), "{:?}", page.documents);
    super::written(store, document("a", None, ""));
    let page = block_on(store.scan(&one, None, 10)).unwrap();
    assert_eq!(page.documents.len(), 1);
    let loaded = block_on(store.load_cursors(&one, &[Name::from("a")]));
    assert!(matches!(loaded.as_slice(), [(_, Ok(Some(_)))]), "nor the other way round");
    Held
}
