//! Holds [`foldline_ports::commit`] to its contract.

use foldline_core::fault::Trouble;
use foldline_core::guard::Revision;
use foldline_core::input::{SideAnswer, WriteAnswer};
use foldline_core::name::Name;
use foldline_ports::commit::{Commit, Committed};
use foldline_ports::documents::Documents;

use super::run::block_on;
use super::samples::{checkpoint, cursor, document, generation, keys};
use super::{Case, Held, LeftOut, Outcome, cases};

/// The tests.
pub const TESTS: &[Case<dyn Documents>] = cases![
    a_commit_is_all_or_nothing,
    a_commit_tells_what_stood_in_the_way,
    a_commit_answers_every_part,
];

const NONE: Outcome = LeftOut("this store has no transactions");

/// The revision of each kind of record, where it is there.
type Three = [Option<Revision>; 3];

fn commit(store: &dyn Documents, number: u64, [a, b, c]: Three) -> Option<Committed> {
    let transactions = store.transactions()?;
    let (documents, cursors, checkpoints) = (
        [document("a", a, &number.to_string()), document("z", None, "z")],
        [cursor("s", b, number)],
        [checkpoint("p", c, number)],
    );
    let documents = if a.is_some() { &documents[..1] } else { &documents[..] };
    let parts = Commit { documents, cursors: &cursors, checkpoints: &checkpoints };
    Some(block_on(transactions.commit(&generation(1), parts)))
}

/// What stands there.
fn stand(store: &dyn Documents) -> Three {
    let one = generation(1);
    let document = block_on(store.load(&one, &keys(&["a"]))).remove(0).stored.unwrap();
    let cursor = block_on(store.load_cursors(&one, &[Name::from("s")])).remove(0).1.unwrap();
    let checkpoint = block_on(store.load_checkpoint(&one, "p")).unwrap();
    [document.map(|it| it.revision), cursor.map(|it| it.1), checkpoint.map(|it| it.1)]
}

fn written(answers: &Committed) -> Three {
    let document = match answers.documents.first() {
        Some(WriteAnswer::Written(revision)) => Some(*revision),
        _ => None,
    };
    let cursor = match answers.cursors.first() {
        Some(SideAnswer::Written(revision)) => Some(*revision),
        _ => None,
    };
    let checkpoint = match answers.checkpoints.first() {
        Some(SideAnswer::Written(revision)) => Some(*revision),
        _ => None,
    };
    [document, cursor, checkpoint]
}

fn a_commit_is_all_or_nothing(store: &dyn Documents) -> Outcome {
    block_on(store.create(&generation(1))).unwrap();
    let Some(first) = commit(store, 1, [None; 3]) else { return NONE };
    assert!(first.done(), "{first:?}");
    let good = stand(store);
    for broken in 0..3 {
        let mut revisions = good;
        revisions[broken] = Some(Revision(u64::MAX, u64::MAX));
        let answers = commit(store, 2, revisions).unwrap();
        assert!(!answers.done());
        assert_eq!(stand(store), good, "part {broken} stood in the way, and another was written");
    }
    let absent = commit(store, 2, [None, good[1], good[2]]).unwrap();
    assert!(!absent.done());
    assert_eq!(stand(store), good);
    let again = commit(store, 2, good).unwrap();
    assert!(again.done());
    assert!(stand(store).iter().zip(good).all(|(new, old)| *new != old), "all are new");
    Held
}

fn a_commit_tells_what_stood_in_the_way(store: &dyn Documents) -> Outcome {
    block_on(store.create(&generation(1))).unwrap();
    if commit(store, 1, [None; 3]).is_none() {
        return NONE;
    }
    let good = stand(store);
    let wrong = Some(Revision(u64::MAX, u64::MAX));
    let answers = commit(store, 2, [good[0], wrong, good[2]]).unwrap();
    let again = Trouble::Throttled;
    assert_eq!(answers.documents, [WriteAnswer::Retry(again)], "it could have been written");
    assert_eq!(answers.checkpoints, [SideAnswer::Retry(again)]);
    let stands = (cursor("s", None, 1).cursor, good[1].unwrap());
    assert_eq!(answers.cursors, [SideAnswer::Conflict(Some(stands))]);

    let answers = commit(store, 2, [wrong, good[1], wrong]).unwrap();
    assert_eq!(answers.documents, [WriteAnswer::Conflict]);
    assert_eq!(answers.cursors, [SideAnswer::Retry(again)]);
    let stands = (checkpoint("p", None, 1).checkpoint, good[2].unwrap());
    assert_eq!(answers.checkpoints, [SideAnswer::Conflict(Some(stands))]);
    Held
}

fn a_commit_answers_every_part(store: &dyn Documents) -> Outcome {
    block_on(store.create(&generation(1))).unwrap();
    let Some(first) = commit(store, 1, [None; 3]) else { return NONE };
    let counts = (first.documents.len(), first.cursors.len(), first.checkpoints.len());
    assert_eq!(counts, (2, 1, 1));
    assert!(first.done());
    assert_eq!(written(&first), stand(store));
    let second = commit(store, 2, stand(store)).unwrap();
    assert_eq!(written(&second), stand(store));
    let transactions = store.transactions().unwrap();
    let nothing = block_on(transactions.commit(&generation(1), Commit::default()));
    assert_eq!(nothing, Committed::default(), "a commit of nothing is done");
    let absent = generation(2);
    let documents = [document("a", None, "")];
    let parts = Commit { documents: &documents, ..Commit::default() };
    let answers = block_on(transactions.commit(&absent, parts));
    assert!(!answers.done(), "there is no such collection");
    Held
}
